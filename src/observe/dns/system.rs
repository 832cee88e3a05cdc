//! The servers that this machine is set up to ask. Asks none of them.

use std::io;
use std::net::SocketAddr;

/// The servers that this machine is set up to ask, in its order: what `system` stands for. Fails where there is none, for a
/// guess would ask somebody whom nobody named.
pub fn system_servers() -> io::Result<Vec<SocketAddr>> {
    let advice = "name the view's servers instead, as in servers = [\"10.0.0.53\"]";
    let (config, _) = hickory_resolver::system_conf::read_system_conf()
        .map_err(|error| io::Error::other(format!("this machine's DNS settings cannot be read: {error}; {advice}")))?;
    let mut servers = Vec::new();
    for server in config.name_servers() {
        let port = server.connections.first().map_or(53, |connection| connection.port);
        let address = SocketAddr::new(server.ip, port);
        if !servers.contains(&address) {
            servers.push(address);
        }
    }
    if servers.is_empty() {
        return Err(io::Error::other(format!("this machine's DNS settings name no server; {advice}")));
    }
    Ok(servers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_servers_are_named_or_their_absence_is_explained() {
        match system_servers() {
            Ok(servers) => assert!(!servers.is_empty()),
            Err(error) => assert!(error.to_string().contains("name the view's servers instead")),
        }
    }
}

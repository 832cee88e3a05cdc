//! The demo's imctl.toml. Writes text; reads and starts nothing.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::deployment::{Deployment, PEOPLE_FILE};
use super::sites::{CANARY, PROXIES, SITES, Site, ip};
use crate::dns::View;

/// The inventory of a running deployment.
pub(super) fn toml(deployment: &Deployment) -> String {
    let mut text = head(deployment);
    for site in &SITES {
        let _ = write!(text, "\n{}", domain(site));
    }
    for site in &SITES {
        let _ = write!(text, "\n{}", machines(site));
    }
    text.push_str("\n# --- Reverse proxies: what stands for the routers outside.\n");
    for (name, address) in PROXIES {
        let _ = write!(text, "\n[[reverse_proxy]]\nname      = \"{name}\"\naddresses = [\"{}\"]\n", ip(address));
    }
    text.push_str("\n# Where the machines of this demo really listen: all of them on this machine.\n[connect]\n");
    for (declared, real) in deployment.connect() {
        let _ = writeln!(text, "\"{declared}\" = \"{real}\"");
    }
    text
}

fn head(deployment: &Deployment) -> String {
    let servers = |view| {
        let quoted = |server: &SocketAddr| format!("\"{server}\"");
        deployment.servers(view).iter().map(quoted).collect::<Vec<_>>().join(", ")
    };
    let (canary, address) = CANARY;
    format!(
        "# The deployment of `imctl demo`. Its servers listen on this machine as long as the demo runs.\n\
         \n\
         emails = [\"{PEOPLE_FILE}\"]\n\
         \n\
         # What the organisation's own people see.\n\
         [view.internal]\n\
         servers = [{}]\n\
         canary  = {{ name = \"{canary}\", address = \"{}\" }}   # only the internal view knows it\n\
         \n\
         # What strangers see.\n\
         [view.external]\n\
         servers = [{}]\n",
        servers(View::Internal),
        ip(address),
        servers(View::External),
    )
}

fn domain(site: &Site) -> String {
    let names = (0..site.routers.len()).map(|position| format!("\"{}\"", site.router_name(position))).collect::<Vec<_>>();
    let mut text = format!(
        "# {}\n[[domain]]\nname            = \"{}\"\nemail           = [\"{}\"]\nexternal        = {}\nrouters         = [{}]\n",
        site.comment,
        site.im(),
        site.email,
        site.external,
        names.join(", "),
    );
    if site.external {
        let _ = writeln!(text, "reverse_proxies = [\"{}\"]", PROXIES[site.proxy].0);
    }
    if site.home.is_some() {
        let _ = writeln!(text, "home_servers    = [\"home-{}\"]", site.slug());
    }
    text
}

fn machines(site: &Site) -> String {
    let mut text = format!("# --- Machines of {}\n", site.im());
    for (position, address) in site.routers.iter().enumerate() {
        let name = site.router_name(position);
        let _ = write!(text, "[[router]]\nname      = \"{name}\"\naddresses = [\"{}\"]\n", ip(*address));
    }
    if site.home.is_some() {
        let _ = write!(text, "[[home_server]]\nname      = \"home-{}\"\nhost      = \"{}\"\n", site.slug(), site.home_host());
    }
    text
}

//! Questions over HTTPS (RFC 8484). Connects to one address and to no other, follows no redirect, and uses no proxy.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Url, redirect};

use super::channel::{Endpoint, Heard, Trouble};
use super::sent::{Sent, Verdict};
use crate::dns::EncryptedServer;
use crate::observe::Failure;
use crate::observe::tls::{self, Trust};

const MEDIA_TYPE: &str = "application/dns-message";
/// The most octets of a DNS message (RFC 1035 4.2.2).
const MAX_MESSAGE: usize = 65_535;
/// How long a connection without questions is kept.
const IDLE: Duration = Duration::from_secs(30);

/// A service of DNS over HTTPS.
#[derive(Debug)]
pub(super) struct Https {
    client: Client,
    url: Url,
}

impl Https {
    /// Connects to nobody yet; an error says why there can be no client.
    pub(super) fn new(server: &EncryptedServer, path: &str, source: Option<IpAddr>, trust: &Trust) -> Result<Self, String> {
        let identity = match server.address {
            Some(address) if server.name.is_none() => SocketAddr::new(address, server.port).to_string(),
            _ => format!("{}:{}", server.identity(), server.port),
        };
        let url = Url::parse(&format!("https://{identity}{path}")).map_err(|error| error.to_string())?;
        let config = trust.strict_config(&[b"h2", b"http/1.1"]).map_err(|error| error.to_string())?;
        let client = Client::builder()
            .tls_backend_preconfigured(config)
            .dns_resolver(Arc::new(Fixed(Endpoint::of(server), source)))
            .local_address(source)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("imctl/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client, url })
    }

    pub(super) async fn ask(&self, sent: &Sent) -> Result<Heard, Trouble> {
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, MEDIA_TYPE).header(ACCEPT, MEDIA_TYPE);
        let mut response = request.body(sent.octets().to_vec()).send().await.map_err(|error| trouble_of(&error))?;
        if response.status() != 200 {
            return Err(Trouble::Unreachable(format!("HTTP status {}", response.status().as_u16())));
        }
        let mut packet = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| trouble_of(&error))? {
            packet.extend_from_slice(&chunk);
            if packet.len() > MAX_MESSAGE {
                return Err(Trouble::Failed(Failure::Malformed));
            }
        }
        match sent.read(&packet) {
            Verdict::Whole(message) => Ok(Heard::Whole(message)),
            Verdict::Doubtful(failure) => Err(Trouble::Failed(failure)),
            Verdict::Truncated => Err(Trouble::Failed(Failure::Truncated)),
            Verdict::Stray => Err(Trouble::Failed(Failure::Malformed)),
        }
    }
}

/// The cause in words: the innermost error says most.
fn trouble_of(error: &reqwest::Error) -> Trouble {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut innermost = String::new();
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref::<std::io::Error>() {
            return Trouble::of_io(io);
        }
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            return Trouble::Unreachable(format!("TLS: {}", tls::words(tls)));
        }
        innermost = current.to_string();
        cause = current.source();
    }
    Trouble::Unreachable(innermost)
}

/// The one place to connect to, whatever name is asked for.
struct Fixed(Endpoint, Option<IpAddr>);

impl Resolve for Fixed {
    fn resolve(&self, _: Name) -> Resolving {
        let (endpoint, source) = (self.0.clone(), self.1);
        Box::pin(async move {
            let address = endpoint.address(source).await?;
            Ok(Box::new(std::iter::once(address)) as Addrs)
        })
    }
}

//! How the demo's routers, home servers and reverse proxies answer: as RVP servers do to a stranger. Holds no accounts.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::loopback::{HttpPlay, Request};

const VERSION: (&str, &str) = ("RVP-Notifications-Version", "0.2");
const ALIASES: &str = "/instmsg/aliases/";

/// A router of the IM domain `im`. Clients inside are sent to `home`; what comes through a proxy is served here, for a
/// stranger could not reach the home server. Without a home server it serves all.
pub(super) fn router(im: String, home: Option<String>) -> impl Fn(&Request) -> HttpPlay + Send + Sync + 'static {
    move |request| {
        let inside = request.header("via").is_none();
        match &home {
            Some(home) if inside && is_for(request, &im) && request.method == "PROPFIND" && has_depth(request) => {
                let alias = request.path.strip_prefix(ALIASES).unwrap_or("probe");
                let location = format!("http://{home}/instmsg/local/{im}{ALIASES}{alias}");
                HttpPlay::answer(302, &[VERSION, ("Location", &location)])
            }
            _ => serve(request, &im, &im),
        }
    }
}

/// A home server of the IM domain `im` that goes by the name `host`.
pub(super) fn home_server(host: String, im: String) -> impl Fn(&Request) -> HttpPlay + Send + Sync + 'static {
    move |request| serve(request, &host, &im)
}

/// A reverse proxy that passes each IM domain on to its router.
pub(super) fn proxy(routers: BTreeMap<String, SocketAddr>) -> impl Fn(&Request) -> HttpPlay + Send + Sync + 'static {
    move |request| match request.header("host").and_then(|host| routers.get(&host.to_ascii_lowercase())) {
        Some(router) => HttpPlay::Forward(*router),
        None => HttpPlay::answer(404, &[]),
    }
}

fn is_for(request: &Request, host: &str) -> bool {
    request.header("host").is_some_and(|wanted| wanted.eq_ignore_ascii_case(host))
}

fn has_depth(request: &Request) -> bool {
    request.header("depth") == Some("0")
}

/// A virtual server that answers to one host name: PROPFIND needs `Depth: 0` and a sign-in, OPTIONS and the reading methods of
/// plain HTTP are refused.
fn serve(request: &Request, host: &str, realm: &str) -> HttpPlay {
    if !is_for(request, host) {
        return HttpPlay::answer(404, &[("Server", "Microsoft-IIS/5.0")]);
    }
    match request.method.as_str() {
        "PROPFIND" if !has_depth(request) => HttpPlay::answer(412, &[VERSION]),
        "PROPFIND" | "SUBSCRIBE" | "UNSUBSCRIBE" | "SUBSCRIPTIONS" | "PROPPATCH" | "NOTIFY" | "ACL" => {
            let digest = format!("Digest qop=\"auth\", realm=\"{realm}\", nonce=\"demo\"");
            let challenge = |value| ("WWW-Authenticate", value);
            HttpPlay::answer(401, &[VERSION, challenge("Negotiate"), challenge("NTLM"), challenge(&digest)])
        }
        "COPY" | "MOVE" => HttpPlay::answer(405, &[VERSION]),
        _ => HttpPlay::answer(501, &[VERSION]),
    }
}

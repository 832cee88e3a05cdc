//! RVP, the protocol of Exchange 2000 Instant Messaging: HTTP/1.1 on port 80 with methods and headers of its own.
//! Builds the two requests of a probe and reads what comes back; never sends, never signs in.

use std::borrow::Cow;
use std::net::IpAddr;

use url::Url;

use super::http::{HttpFailure, HttpOutcome, HttpReply, HttpRequest};
use super::{Class, Profile, Role};
use crate::dns::DomainName;

/// The default profile.
pub static PROFILE: Profile = Profile { id: "rvp", port: 80, srv_prefix: "_rvp._tcp.", srv_port: 80 };

/// Every RVP message carries this header; it is the deciding evidence.
pub const VERSION_HEADER: &str = "rvp-notifications-version";
/// The folder of user nodes in a logical URL.
const ALIASES: &str = "/instmsg/aliases/";
/// What a home server puts before the logical path, followed by the IM domain.
const LOCAL: &str = "/instmsg/local/";
/// The alias that probes ask about; it need not exist.
const PROBE_ALIAS: &str = "probe";
/// The path of its node.
pub const PROBE_PATH: &str = "/instmsg/aliases/probe";
/// Real clients and servers say 0.2, whatever the specification prints.
const OUR_VERSION: (&str, Cow<'static, str>) = ("RVP-Notifications-Version", Cow::Borrowed("0.2"));
const PROPFIND_BODY: &str = r#"<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:displayname/></d:prop></d:propfind>"#;

/// OPTIONS on the folder of aliases: RVP servers refuse it with 501, whatever the alias.
pub fn options() -> HttpRequest<'static> {
    HttpRequest { method: "OPTIONS", path: ALIASES, headers: vec![OUR_VERSION], body: "" }
}

/// PROPFIND for one property of one node. `Depth: 0` is what the protocol demands; without it the answer is 412.
pub fn propfind<'a>(host: &str, path: &'a str) -> HttpRequest<'a> {
    HttpRequest {
        method: "PROPFIND",
        path,
        headers: vec![
            OUR_VERSION,
            ("RVP-From-Principal", ["http://", host, PROBE_PATH].concat().into()),
            ("Depth", "0".into()),
            ("Content-Type", "text/xml".into()),
        ],
        body: PROPFIND_BODY,
    }
}

/// What stands at an address, from the replies to OPTIONS and, where OPTIONS was answered, PROPFIND.
/// `None` is an exchange whose outcome is not known.
pub fn classify(role: Role, options: Option<&HttpOutcome>, propfind: Option<&HttpOutcome>) -> Class {
    let replies: Vec<&HttpReply> = [options, propfind].into_iter().flatten().filter_map(|o| o.as_ref().ok()).collect();
    let Some(first) = options else { return Class::Undecided };
    if replies.is_empty() {
        return first.as_ref().err().map_or(Class::Undecided, class_of_failure);
    }
    let is = |status: u16| replies.iter().any(|reply| reply.status == status);
    if is(503) {
        return Class::Overloaded;
    }
    if role == Role::ReverseProxy && (is(502) || is(504)) {
        return Class::RouterDown;
    }
    if role == Role::ReverseProxy && lets_only_options_through(options, propfind) {
        return Class::BlocksMethods;
    }
    if replies.iter().any(|reply| is_versioned(reply)) {
        return Class::Rvp;
    }
    match (propfind, replies.last()) {
        (None, _) => Class::Undecided,
        (Some(Ok(reply)), _) if looks_like_rvp(options, reply) => Class::RvpLikely,
        (Some(Ok(reply)), _) if role == Role::ReverseProxy && refuses_method(reply) => Class::BlocksMethods,
        (Some(Ok(_)), _) => Class::NotRvp,
        (Some(Err(_)), _) => Class::Undecided,
    }
}

/// Whether a reply carries the version header: it comes from an RVP server, through whatever stands before it.
pub fn is_versioned(reply: &HttpReply) -> bool {
    reply.header(VERSION_HEADER).next().is_some()
}

/// The statuses with which gateways refuse a method that they do not know or do not let through.
fn refuses_method(reply: &HttpReply) -> bool {
    matches!(reply.status, 400 | 403 | 405 | 501)
}

/// OPTIONS came back from the RVP server behind the gateway, and PROPFIND from the gateway itself.
fn lets_only_options_through(options: Option<&HttpOutcome>, propfind: Option<&HttpOutcome>) -> bool {
    let (Some(Ok(options)), Some(Ok(propfind))) = (options, propfind) else { return false };
    is_versioned(options) && !is_versioned(propfind) && refuses_method(propfind)
}

fn class_of_failure(failure: &HttpFailure) -> Class {
    match failure {
        HttpFailure::Refused => Class::Refused,
        HttpFailure::ConnectTimeout(_) | HttpFailure::ReplyTimeout(_) => Class::Timeout,
        HttpFailure::Reset => Class::Reset,
        HttpFailure::Unreachable(_) | HttpFailure::Tls(_) => Class::Unreachable,
        HttpFailure::NotHttp(_) => Class::NotHttp,
    }
}

/// The fingerprint of a server whose version header got lost on the way: OPTIONS refused with 501, PROPFIND understood.
fn looks_like_rvp(options: Option<&HttpOutcome>, propfind: &HttpReply) -> bool {
    let options_refused = matches!(options, Some(Ok(reply)) if reply.status == 501);
    let understood = match propfind.status {
        207 | 401 | 412 => true,
        302 => propfind.header("location").any(|target| Redirect::parse(target).is_ok_and(|r| r.names_a_user())),
        _ => false,
    };
    options_refused && understood
}

/// Whether a reply sends the client elsewhere. RVP knows 302 only; clients follow the others of HTTP alike.
pub fn redirects(reply: &HttpReply) -> bool {
    matches!(reply.status, 301 | 302 | 303 | 307 | 308)
}

/// Where a router sends a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The host as written, lower case: a name or an address.
    pub host: String,
    /// 80 where none is written.
    pub port: u16,
    /// The path as written.
    pub path: String,
}

impl Redirect {
    /// Reads a `Location` header; the error says why it is no place to go to.
    pub fn parse(location: &str) -> Result<Self, String> {
        Self::of_url(&Url::parse(location).map_err(|error| error.to_string())?)
    }

    /// Reads a `Location` that answers a request for `path` on `host`, to which a relative one refers (RFC 9110, 10.2.2).
    pub fn answering(host: &str, path: &str, location: &str) -> Result<Self, String> {
        let asked = Url::parse(&format!("http://{host}{path}")).map_err(|error| error.to_string())?;
        Self::of_url(&asked.join(location).map_err(|error| error.to_string())?)
    }

    fn of_url(url: &Url) -> Result<Self, String> {
        if url.scheme() != "http" {
            return Err(format!("its scheme is {}, not http", url.scheme()));
        }
        let host = url.host_str().ok_or("it names no host")?;
        let host = host.strip_suffix('.').unwrap_or(host);
        if host.is_empty() || host.ends_with('.') {
            return Err("its host has an empty label".to_owned());
        }
        Ok(Self { host: host.to_owned(), port: url.port_or_known_default().unwrap_or(PROFILE.port), path: url.path().to_owned() })
    }

    /// The host, if it is an address.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// The host, if it is a name.
    pub fn name(&self) -> Option<DomainName> {
        if self.address().is_some() { None } else { self.host.parse().ok() }
    }

    /// What is wrong with the path as the place of the user whom probes ask about in `domain`; `None` where it is right.
    pub fn fault_in_path(&self, domain: &DomainName) -> Option<String> {
        let Some(alias) = self.alias() else { return Some("its path names no user of an IM server".to_owned()) };
        let physical = strip_prefix_folded(&self.path, LOCAL).is_some();
        if physical && self.domain().as_ref() != Some(domain) {
            return Some("its path names another IM domain than the one asked for".to_owned());
        }
        (!alias.eq_ignore_ascii_case(PROBE_ALIAS))
            .then(|| format!("its path names another user than {PROBE_ALIAS}, who was asked for"))
    }

    /// Whether the path is one of the two forms in which home servers name a user.
    pub fn names_a_user(&self) -> bool {
        self.alias().is_some()
    }

    /// The IM domain inside a physical path, `/instmsg/local/<domain>/instmsg/aliases/<alias>`.
    pub fn domain(&self) -> Option<DomainName> {
        let (domain, _) = strip_prefix_folded(&self.path, LOCAL)?.split_once('/')?;
        DomainName::parse_host(domain).ok()
    }

    /// The alias at the end of the path, in either form. IIS folds case in paths.
    pub fn alias(&self) -> Option<&str> {
        let logical = match strip_prefix_folded(&self.path, LOCAL) {
            Some(rest) => &rest[rest.find('/')?..],
            None => &self.path,
        };
        strip_prefix_folded(logical, ALIASES).filter(|alias| !alias.is_empty() && !alias.contains('/'))
    }
}

fn strip_prefix_folded<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_path_of_a_probe_is_that_of_its_alias() {
        assert_eq!(PROBE_PATH, [ALIASES, PROBE_ALIAS].concat());
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands where an outcome is wanted")]
    fn reply(status: u16, headers: &[(&str, &str)]) -> HttpOutcome {
        let headers = headers.iter().copied().collect();
        Ok(HttpReply { status, headers, connect: Duration::ZERO, first_byte: Duration::ZERO, certificate: None })
    }

    fn class(role: Role, options: HttpOutcome, propfind: Option<HttpOutcome>) -> Class {
        classify(role, Some(&options), propfind.as_ref())
    }

    const VERSION: (&str, &str) = (VERSION_HEADER, "1.0");

    #[test]
    fn the_version_header_on_either_reply_decides() {
        assert_eq!(class(Role::Router, reply(501, &[VERSION]), None), Class::Rvp);
        assert_eq!(class(Role::ReverseProxy, reply(405, &[]), Some(reply(401, &[VERSION]))), Class::Rvp);
    }

    #[test]
    fn without_it_the_pair_of_statuses_is_only_likely() {
        assert_eq!(class(Role::Router, reply(501, &[]), Some(reply(401, &[]))), Class::RvpLikely);
        let user = ("location", "http://home1.example.com/instmsg/local/im.example.com/instmsg/aliases/probe");
        assert_eq!(class(Role::Router, reply(501, &[]), Some(reply(302, &[user]))), Class::RvpLikely);
        assert_eq!(
            class(Role::Router, reply(501, &[]), Some(reply(302, &[("location", "http://www.example.com/")]))),
            Class::NotRvp
        );
        assert_eq!(class(Role::Router, reply(200, &[]), Some(reply(401, &[]))), Class::NotRvp);
    }

    #[test]
    fn a_proxy_that_refuses_methods_differs_from_one_with_nothing_behind() {
        assert_eq!(class(Role::ReverseProxy, reply(405, &[]), Some(reply(405, &[]))), Class::BlocksMethods);
        assert_eq!(class(Role::ReverseProxy, reply(502, &[]), Some(reply(502, &[]))), Class::RouterDown);
        assert_eq!(class(Role::Router, reply(405, &[]), Some(reply(405, &[]))), Class::NotRvp);
        assert_eq!(class(Role::Router, reply(503, &[]), None), Class::Overloaded);
    }

    #[test]
    fn a_proxy_that_lets_only_options_through_blocks_methods() {
        assert_eq!(class(Role::ReverseProxy, reply(501, &[VERSION]), Some(reply(405, &[]))), Class::BlocksMethods);
        assert_eq!(class(Role::ReverseProxy, reply(501, &[VERSION]), Some(reply(401, &[]))), Class::Rvp);
        assert_eq!(class(Role::Router, reply(501, &[VERSION]), Some(reply(405, &[]))), Class::Rvp);
    }

    #[test]
    fn silence_after_a_first_reply_decides_nothing() {
        assert_eq!(class(Role::Router, reply(404, &[]), Some(Err(HttpFailure::ReplyTimeout(Duration::ZERO)))), Class::Undecided);
        assert_eq!(class(Role::Router, reply(404, &[]), None), Class::Undecided);
        assert_eq!(class(Role::Router, Err(HttpFailure::Refused), None), Class::Refused);
    }

    #[test]
    fn redirects_are_read_in_both_forms_and_any_case() {
        let physical = Redirect::parse("http://Home1.Example.com/InstMsg/Local/im.example.com/instmsg/aliases/ann").expect("good");
        assert_eq!(physical.host, "home1.example.com");
        assert_eq!((physical.port, physical.alias()), (80, Some("ann")));
        assert_eq!(physical.domain().as_ref().map(DomainName::as_str), Some("im.example.com"));
        let logical = Redirect::parse("http://home1.example.com/instmsg/aliases/ann").expect("good");
        assert_eq!((logical.alias(), logical.domain()), (Some("ann"), None));
        assert!(!Redirect::parse("http://home1.example.com/login").expect("good").names_a_user());
        assert!(Redirect::parse("/instmsg/aliases/ann").is_err());
        assert!(Redirect::parse("https://home1.example.com/instmsg/aliases/ann").is_err());
    }
    #[test]
    fn a_relative_location_refers_to_what_was_asked() {
        let read = |location| Redirect::answering("im.example.com", "/instmsg/aliases/probe", location);
        assert_eq!(read("/login").expect("good").host, "im.example.com");
        assert_eq!(read("//home1.example.com/a").expect("good").host, "home1.example.com");
        assert_eq!(read("http://[FD00::1]/a").expect("good").address(), "fd00::1".parse().ok());
        assert_eq!(read("http://home1.example.com./a").expect("good").host, "home1.example.com");
        assert!(read("http://home1.example.com../a").is_err(), "an empty label");
        assert!(read("http://./a").is_err());
        assert!(read("https://im.example.com/").is_err());
        assert!(read("mailto:ann@example.com").is_err());
    }

    #[test]
    fn a_path_is_right_for_the_same_user_of_the_same_domain_only() {
        let domain = DomainName::parse_host("im.example.com").expect("good");
        let fault = |path: &str| Redirect::parse(&format!("http://home1.example.com{path}")).expect("good").fault_in_path(&domain);
        assert_eq!(fault("/instmsg/aliases/probe"), None);
        assert_eq!(fault("/InstMsg/Local/IM.example.com/instmsg/aliases/Probe"), None);
        let wrong = [
            "/",
            "/login?x=/instmsg/aliases/probe",
            "/instmsg/aliases/",
            "/instmsg/aliases/probe/x",
            "/instmsg/aliases/ann",
            "/instmsg/local/im.example.net/instmsg/aliases/probe",
            "/instmsg/local/-/instmsg/aliases/probe",
            "/instmsg/local/im.example.com",
        ];
        for path in wrong {
            assert!(fault(path).is_some(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_location_is_read_or_refused(location in "(http://)?.{0,80}") {
            let domain = DomainName::parse_host("im.example.com").expect("good");
            if let Ok(redirect) = Redirect::answering("im.example.com", "/instmsg/aliases/probe", &location) {
                let _ = (redirect.fault_in_path(&domain), redirect.name(), redirect.address());
            }
        }
    }
}

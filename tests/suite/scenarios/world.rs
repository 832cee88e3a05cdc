//! The world of a scenario: what every server says to every question, listed or not.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use imctl::dns::{DomainName, Record, RecordData, RecordType, View};
use imctl::inventory::{Inventory, Server};
use imctl::observe::{Answer, DnsAnswer, Failure, Probe, Question, Reply, ServerReply, Step};
use imctl::profile::http::{Certificate, HttpFailure, HttpOutcome, HttpReply};
use imctl::profile::rvp;

use super::file::Scenario;
use super::zones;

const DEFAULT_TTL_SECS: u32 = 300;

/// Answers questions.
pub(super) struct World<'a> {
    inventory: &'a Inventory,
    listed: BTreeMap<Question, Answer>,
    names: BTreeSet<(View, DomainName)>,
    zones: BTreeMap<View, BTreeMap<DomainName, zones::Lines>>,
    withheld: Option<(Question, Silence)>,
}

/// How an answer is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// Nobody was asked.
    NotAsked,
    /// No server answers in time.
    Timeouts,
}

/// What a server says, and whether of its own authority.
pub(super) type Said = (Reply, bool);

impl<'a> World<'a> {
    /// Reads what the scenario lists; the error names the line that cannot be read.
    pub(super) fn of(scenario: &'a Scenario) -> Result<Self, String> {
        let mut world = Self {
            inventory: &scenario.inventory,
            listed: BTreeMap::new(),
            names: BTreeSet::new(),
            zones: scenario.zones()?,
            withheld: None,
        };
        for (view, lines) in [(View::Internal, &scenario.file.internal), (View::External, &scenario.file.external)] {
            for (key, value) in lines {
                world.list(view, key, value).map_err(|error| format!("[{view}] {key:?}: {error}"))?;
            }
        }
        let sides = scenario.vantages();
        let probes = scenario.file.probe.iter().flat_map(|line| sides.iter().map(move |side| (*side, line)));
        for (side, (key, value)) in probes {
            let read = || Ok((read_probe(side, key)?, read_outcome(value)?));
            let (probe, answer) = read().map_err(|error: String| format!("[probe] {key:?}: {error}"))?;
            world.listed.insert(Question::probe(probe), answer);
        }
        Ok(world)
    }

    /// The same world, but for one answer, if it has that. A probe that times out is itself news, so that it can only be not asked.
    pub(super) fn without(&self, question: &Question, silence: Silence) -> Option<Self> {
        if matches!(self.answer(question), Answer::Unknown(_)) {
            return None;
        }
        if silence == Silence::Timeouts && matches!(question, Question::Probe(_)) {
            return None;
        }
        let (listed, names, zones) = (self.listed.clone(), self.names.clone(), self.zones.clone());
        Some(Self { inventory: self.inventory, listed, names, zones, withheld: Some((question.clone(), silence)) })
    }

    /// The answer to any question.
    pub(super) fn answer(&self, question: &Question) -> Answer {
        match (&self.withheld, question) {
            (Some((withheld, Silence::NotAsked)), asked) if withheld == asked => Answer::Unknown("withheld".to_owned()),
            (Some((withheld, Silence::Timeouts)), Question::Authority { view, name, rtype }) if withheld == question => {
                match self.authority(*view, name, *rtype) {
                    Answer::Authority(authority) => Answer::Authority(zones::silent(authority)),
                    other => other,
                }
            }
            (Some((withheld, Silence::Timeouts)), asked) if withheld == asked => {
                self.all_say(question.view(), &(Reply::Failed(Failure::Timeout), false))
            }
            (_, asked) if self.listed.contains_key(asked) => self.listed[asked].clone(),
            (_, Question::Probe(_)) => Answer::Unknown("not in the scenario".to_owned()),
            (_, Question::Dns { view, name, rtype }) => self.unlisted(*view, name, *rtype),
            (_, Question::Authority { view, name, rtype }) => self.authority(*view, name, *rtype),
        }
    }

    /// What the name servers of the zone say: of what they do not list the same as the view, whatever that would not say now.
    fn authority(&self, view: View, name: &DomainName, rtype: RecordType) -> Answer {
        let asked = Question::dns(view, name, rtype);
        let of_view = self.listed.get(&asked).cloned().unwrap_or_else(|| self.unlisted(view, name, rtype));
        let said = match of_view {
            Answer::Dns(DnsAnswer { replies }) => replies.first().map_or(Reply::NoData, |first| first.reply.clone()),
            _ => Reply::NoData,
        };
        let unlisted = || Answer::Unknown("not in the scenario".to_owned());
        let Some(zones) = self.zones.get(&view) else { return unlisted() };
        let authority = zones::authority(zones, (name, rtype), &(said, true)).expect("zones that can be read");
        authority.map_or_else(unlisted, Answer::Authority)
    }

    fn list(&mut self, view: View, key: &str, value: &toml::Value) -> Result<(), String> {
        let (rtype, name) = key.split_once(' ').ok_or("a key is a type and a name")?;
        let rtype = read_type(rtype).ok_or("the type is A, AAAA or SRV")?;
        let name: DomainName = name.replacen("*.", "any-name.", 1).parse().map_err(|error| format!("{error}"))?;
        let name = if key.contains("*.") { wildcard(&name) } else { name };
        let answer = match value {
            toml::Value::String(text) if text == "UNKNOWN" => Answer::Unknown("not in the scenario".to_owned()),
            toml::Value::Table(servers) => self.server_by_server(view, &name, rtype, servers)?,
            other => self.all_say(view, &read_said(&name, rtype, other)?),
        };
        self.names.insert((view, name.clone()));
        self.listed.insert(Question::dns(view, &name, rtype), answer);
        Ok(())
    }

    fn server_by_server(&self, view: View, name: &DomainName, rtype: RecordType, said: &toml::Table) -> Result<Answer, String> {
        let mut replies = Vec::new();
        for server in self.servers(view) {
            let keys = [server.to_string(), server.ip().to_string()];
            let value = keys.iter().find_map(|key| said.get(key)).ok_or_else(|| format!("{server} says nothing"))?;
            replies.push(reply_of(server, &read_said(name, rtype, value)?));
        }
        if replies.len() != said.len() {
            return Err("it names a server that the view does not have".to_owned());
        }
        Ok(Answer::Dns(DnsAnswer { replies: replies.into() }))
    }

    fn all_say(&self, view: View, said: &Said) -> Answer {
        let replies = self.servers(view).into_iter().map(|server| reply_of(server, said)).collect();
        Answer::Dns(DnsAnswer { replies })
    }

    /// The servers of a view; zone files speak as one.
    fn servers(&self, view: View) -> Vec<SocketAddr> {
        let settings = self.inventory.views.get(&view);
        let plain = settings.into_iter().flat_map(|settings| &settings.servers).filter_map(|server| match server {
            Server::Plain(address) => Some(*address),
            Server::System | Server::Encrypted(_) => None,
        });
        let servers: Vec<_> = plain.collect();
        if servers.is_empty() { vec![SocketAddr::from(([127, 0, 0, 1], 53))] } else { servers }
    }

    /// What nobody listed: see tests/scenarios/README.md.
    fn unlisted(&self, view: View, name: &DomainName, rtype: RecordType) -> Answer {
        let in_view = |name: &DomainName| self.names.contains(&(view, name.clone()));
        if !in_view(name) && in_view(&wildcard(name)) {
            let star = Question::dns(view, &wildcard(name), rtype);
            let answer = self.listed.get(&star).map(|answer| with_owner(answer, &wildcard(name), name));
            return answer.unwrap_or_else(|| self.all_say(view, &(Reply::NoData, true)));
        }
        if rtype == RecordType::Srv && !in_view(name) {
            let claims = |domain: &std::borrow::Cow<'_, imctl::inventory::Domain>| {
                domain.email.iter().any(|email| domain.profile.srv_owner(email).as_ref() == Ok(name))
            };
            if let Some(domain) = self.inventory.domains.iter().find(claims) {
                let (port, target) = (domain.profile.srv_port, domain.name.clone());
                let data = RecordData::Srv { priority: 0, weight: 0, port, target };
                let record = Record { owner: name.clone(), ttl_secs: DEFAULT_TTL_SECS, data };
                return self.all_say(view, &(Reply::Records([record].into()), true));
            }
        }
        let exists = in_view(name) || self.inventory.domain_of_email(name).is_some();
        self.all_say(view, &(if exists { Reply::NoData } else { Reply::NoSuchName }, true))
    }
}

/// The name under which `*.example.com` is kept: the text form of a name holds no asterisk.
fn wildcard(name: &DomainName) -> DomainName {
    let labels = name.labels().skip(1).map(str::as_bytes);
    DomainName::from_wire(std::iter::once(b"*".as_slice()).chain(labels))
}

fn with_owner(answer: &Answer, star: &DomainName, name: &DomainName) -> Answer {
    let mut answer = answer.clone();
    if let Answer::Dns(dns) = &mut answer {
        for reply in &mut dns.replies {
            if let Reply::Records(records) = &mut reply.reply {
                records.iter_mut().filter(|record| record.owner == *star).for_each(|record| record.owner = name.clone());
            }
        }
    }
    answer
}

pub(super) fn reply_of(server: SocketAddr, (reply, authoritative): &Said) -> ServerReply {
    let timeouts = if *reply == Reply::Failed(Failure::Timeout) { 3 } else { 0 };
    let (reply, authoritative) = (reply.clone(), *authoritative);
    ServerReply { server: server.into(), reply, sent: timeouts.max(1), timeouts, truncated: false, authoritative, remarks: None }
}

fn read_type(text: &str) -> Option<RecordType> {
    Some(match text {
        "A" => RecordType::A,
        "AAAA" => RecordType::Aaaa,
        "CNAME" => RecordType::Cname,
        "SRV" => RecordType::Srv,
        _ => return None,
    })
}

pub(super) fn read_said(name: &DomainName, rtype: RecordType, value: &toml::Value) -> Result<Said, String> {
    let lines: Vec<&str> = match value {
        toml::Value::String(text) => vec![text],
        toml::Value::Array(lines) => lines.iter().filter_map(toml::Value::as_str).collect(),
        _ => return Err("a value is a text, a list of texts, or a table of servers".to_owned()),
    };
    let reply = match lines[..] {
        ["NXDOMAIN"] => Reply::NoSuchName,
        ["NODATA"] => Reply::NoData,
        ["TIMEOUT"] => Reply::Failed(Failure::Timeout),
        ["SERVFAIL"] => Reply::Failed(Failure::ServFail),
        ["REFUSED"] => Reply::Failed(Failure::Refused),
        ["NOTIMP"] => Reply::Failed(Failure::NotImp),
        ["FORMERR"] => Reply::Failed(Failure::FormErr),
        ["LAME"] => Reply::Failed(Failure::Lame),
        ["TRUNCATED"] => Reply::Failed(Failure::Truncated),
        ["MALFORMED"] => Reply::Failed(Failure::Malformed),
        ["UNREACHABLE"] => Reply::Failed(Failure::Unreachable("connection refused".to_owned())),
        ["BOGUS"] => Reply::Failed(Failure::Bogus("the signature over it has expired".to_owned())),
        ["BENCHED"] => Reply::Failed(Failure::Benched),
        _ => Reply::Records(lines.iter().map(|line| read_record(name, rtype, line)).collect::<Result<_, _>>()?),
    };
    let from_cache = lines.iter().any(|line| line.split_whitespace().any(|word| word == "cached"));
    Ok((reply, !from_cache))
}

/// `[owner] [TYPE] value [ttl=SECONDS] [cached]`.
fn read_record(name: &DomainName, asked: RecordType, line: &str) -> Result<Record, String> {
    let (options, words): (Vec<&str>, Vec<&str>) =
        line.split_whitespace().partition(|word| word.starts_with("ttl=") || *word == "cached");
    let ttl = options.iter().find_map(|option| option.strip_prefix("ttl="));
    let ttl_secs = ttl.map_or(Ok(DEFAULT_TTL_SECS), str::parse).map_err(|error| format!("{line:?}: {error}"))?;
    let (owner, rtype, value) = match (words.first().and_then(|w| read_type(w)), words.get(1).and_then(|w| read_type(w))) {
        (Some(rtype), _) => (name.clone(), rtype, &words[1..]),
        (None, Some(rtype)) => (words[0].parse().map_err(|error| format!("{line:?}: {error}"))?, rtype, &words[2..]),
        (None, None) => (name.clone(), asked, &words[..]),
    };
    let data = read_data(rtype, value).ok_or_else(|| format!("{line:?} is no {rtype} record"))?;
    Ok(Record { owner, ttl_secs, data })
}

fn read_data(rtype: RecordType, words: &[&str]) -> Option<RecordData> {
    Some(match (rtype, words) {
        (RecordType::A, [address]) => RecordData::A(address.parse().ok()?),
        (RecordType::Aaaa, [address]) => RecordData::Aaaa(address.parse().ok()?),
        (RecordType::Cname, [target]) => RecordData::Cname(target.parse().ok()?),
        (RecordType::Srv, [priority, weight, port, target]) => RecordData::Srv {
            priority: priority.parse().ok()?,
            weight: weight.parse().ok()?,
            port: port.parse().ok()?,
            target: target.parse().ok()?,
        },
        _ => return None,
    })
}

/// `METHOD address[:port] host [path]`.
fn read_probe(vantage: View, key: &str) -> Result<Probe, String> {
    let words: Vec<&str> = key.split_whitespace().collect();
    let [method, address, host, path @ ..] = &words[..] else { return Err("a key is METHOD address host".to_owned()) };
    let bare = address.trim_matches(['[', ']']).parse().map(|ip| SocketAddr::new(ip, 80));
    let address = address.parse().or(bare).map_err(|_| format!("{address} is no address"))?;
    let step = match (*method, path) {
        ("OPTIONS", []) => Step::Options,
        ("PROPFIND", []) => Step::Propfind(rvp::PROBE_PATH.into()),
        ("PROPFIND", [path]) => Step::Propfind((*path).to_owned().into()),
        _ => return Err("the method is OPTIONS, or PROPFIND with or without a path".to_owned()),
    };
    Ok(Probe { vantage, address, host: (*host).into(), tls: address.port() == 443, step })
}

/// `STATUS [rvp] [{header: value}]… [first_byte=2.5s] [connect=0.1s] [until=2026-12-31 [from=…] [names=a,b] [untrusted]]`, or a
/// word for a failure.
fn read_outcome(text: &str) -> Result<Answer, String> {
    let outcome = match text {
        "UNKNOWN" => return Ok(Answer::Unknown("not in the scenario".to_owned())),
        "REFUSED" => Err(HttpFailure::Refused),
        "CONNECT-TIMEOUT" => Err(HttpFailure::ConnectTimeout(Duration::from_secs(3))),
        "REPLY-TIMEOUT" => Err(HttpFailure::ReplyTimeout(Duration::from_secs(5))),
        "RESET" => Err(HttpFailure::Reset),
        "UNREACHABLE" => Err(HttpFailure::Unreachable("no route to host".to_owned())),
        "TLS" => Err(HttpFailure::Tls("it speaks no TLS that is still thought safe".to_owned())),
        "NOT-HTTP" => Err(HttpFailure::NotHttp("the first line is no status line".to_owned())),
        _ => return read_reply(text).map(Answer::http),
    };
    Ok(Answer::http(outcome))
}

fn read_reply(text: &str) -> Result<HttpOutcome, String> {
    let mut headers = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (header, after) = after.split_once('}').ok_or("a header has no closing brace")?;
        let (name, value) = header.split_once(':').ok_or("a header is {name: value}")?;
        headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        plain.push_str(before);
        rest = after;
    }
    plain.push_str(rest);
    let mut words = plain.split_whitespace();
    let status = words.next().and_then(|word| word.parse().ok()).ok_or("a reply begins with its status")?;
    let (mut connect, mut first_byte) = (Duration::from_millis(1), Duration::from_millis(5));
    let mut certificate = None;
    for word in words {
        match word.split_once('=') {
            None if word == "rvp" => headers.push(("rvp-notifications-version".to_owned(), "0.2".to_owned())),
            Some(("first_byte", time)) => first_byte = read_seconds(time)?,
            Some(("connect", time)) => connect = read_seconds(time)?,
            Some(("until", day)) => certificate.get_or_insert_with(any_certificate).not_after_secs = read_day(day)? + 86_399,
            Some(("from", day)) => certificate.get_or_insert_with(any_certificate).not_before_secs = read_day(day)?,
            Some(("names", names)) => {
                let certificate = certificate.get_or_insert_with(any_certificate);
                certificate.names = names.split(',').map(str::to_owned).collect();
                certificate.names_host = false;
            }
            None if word == "untrusted" => {
                let fault = "its certificate is of no authority that is trusted here".to_owned();
                certificate.get_or_insert_with(any_certificate).chain_fault = Some(fault);
            }
            _ => return Err(format!("{word:?} means nothing")),
        }
    }
    let headers = headers.into_iter().collect();
    Ok(Ok(HttpReply { status, headers, connect, first_byte, certificate }))
}

/// A certificate that is good for the host and for ever.
fn any_certificate() -> Certificate {
    let names = vec!["im.example.com".to_owned()];
    Certificate {
        not_before_secs: 0,
        not_after_secs: i64::from(u32::MAX),
        names,
        names_host: true,
        in_date: true,
        chain_fault: None,
    }
}

/// The first second of a day in UTC.
fn read_day(text: &str) -> Result<i64, String> {
    let day: jiff::civil::Date = text.parse().map_err(|error| format!("{text}: {error}"))?;
    let start = jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_err(|error| error.to_string())?;
    Ok(start.as_second())
}

fn read_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.strip_suffix('s').and_then(|number| number.parse().ok()).ok_or("a time is a number and s")?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

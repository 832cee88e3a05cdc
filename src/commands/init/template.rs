//! The text of a commented imctl.toml. Pure: asks nobody and writes no file.

use std::fmt::{self, Write as _};

use super::entry::{Draft, Entry, Machine};

/// Where a line begins with `#` and no space, what follows can be taken as it is.
const HEAD: &str = "\
# The inventory of imctl: what should be. `imctl lint` checks this file, `imctl audit` everything it declares.
#
# A line such as `#key = ...` is no text but a setting that is turned off: the default where there is one, else an example.
# Delete the # of a line, and that of the [table] above it, to turn it on. `imctl schema config` prints the schema for editors.

# The side of the network from which probes are sent: \"internal\" or \"external\".
#vantage = \"internal\"

# E-mail lists that audit and lint read, relative to this file: text, CSV, LDIF or JSON.
";

const DERIVE: &str = "
# --- How IM addresses come from e-mail addresses. What stands before an e-mail domain that no [[domain]] claims:
";

const INTERNAL: &str = "
# --- DNS as the organisation's own people see it. A view that is not here is not judged. Servers: \"10.0.0.53\",
# \"10.0.0.53:5353\", \"[fd00::53]:53\", \"system\", over TLS \"tls://dns.example@9.9.9.9\", or over HTTPS
# \"https://dns.example@9.9.9.9/dns-query\". A server that is made for many questions may be asked as fast as it answers:
# { address = \"10.0.2.53\", bulk = true }.
";

const EXTERNAL: &str = "
# --- DNS as strangers see it.
";

/// What else a view can have, with a name that only this view answers so.
const INTERNAL_MORE: &str = "\
# Zone files, for lint; * stands for any text in a file name.
#zones = [\"zones/internal/*.zone\"]
# A name whose address differs between the views: it proves that the servers belong to this one before anything is judged.
#canary = { name = \"dc1.corp.example.com\", address = \"10.0.0.5\" }
# Where servers choose the view by whoever asks: the address that questions come from, or the key that signs them. The key's file
# is one of tsig-keygen, or has the secret alone, and then `name` and `algorithm` go with it.
#source = \"10.0.0.9\"
#tsig = { secret_file = \"inside.key\", name = \"inside\", algorithm = \"hmac-sha256\" }
# Authorities that are trusted besides the system's, PEM, for servers over TLS and HTTPS.
#ca = \"ca.pem\"
# Whether answers are validated by DNSSEC, and by which keys instead of the root's.
#dnssec = false
#trust_anchor = \"example.dnskey\"
";
const EXTERNAL_MORE: &str = "\
#zones = [\"zones/external/*.zone\"]
#canary = { name = \"www.example.com\", address = \"203.0.113.80\" }
#source = \"192.0.2.9\"
#tsig = { secret_file = \"outside.key\", name = \"outside\", algorithm = \"hmac-sha256\" }
#ca = \"ca.pem\"
#dnssec = false
#trust_anchor = \"example.dnskey\"
";

const DOMAIN: &str = "
# --- IM domains and what serves them. Without `email`, a domain takes the people of its name less the prefix. `external` says
# whether strangers are to reach it: then it needs a public record. The machines are named here and declared below.
#[[domain]]
#name = \"im.example.com\"
#email = [\"example.com\"]
#external = false
#routers = [\"router-1\"]
#reverse_proxies = [\"edge-1\"]
#home_servers = [\"home-1\"]
# While a domain moves: the machines that DNS may still answer, and until when.
#migration = { routers = [\"router-1\"], reverse_proxies = [\"edge-1\"], until = 2030-12-31 }
#profile = \"rvp\"

# Very many domains are better kept in a CSV file with these columns; `;` stands between several values of one.
#[[domain_list]]
#file = \"domains.csv\"
";

const ROUTER: &str = "
# --- Routers: what takes a domain's traffic inside. Addresses or ranges, with a port where it is not the usual one.
#[[router]]
#name = \"router-1\"
#addresses = [\"10.1.0.10\", \"fd00::10\"]
#host = \"router1.corp.example.com\"
# Whether it speaks TLS; without this, on port 443.
#tls = false
";

const REVERSE_PROXY: &str = "
# --- Reverse proxies: what stands for a domain outside.
#[[reverse_proxy]]
#name = \"edge-1\"
#addresses = [\"203.0.113.10\"]
#host = \"edge1.example.com\"
#tls = false
";

const REST: &str = "
# --- Home servers: what holds the accounts. DNS does not show them. `host` is what redirects name; without `addresses` it is
# looked up.
#[[home_server]]
#name = \"home-1\"
#host = \"home1.corp.example.com\"
#addresses = [\"10.1.0.20\"]
#tls = false

# --- Probes: an answer that takes longer than this is slow, seconds.
#[probe]
#slow_answer_secs = 1
# Authorities that are trusted besides the system's, PEM, where machines speak TLS.
#ca = \"machines.pem\"

# Where probes connect to instead, as through a tunnel.
#[connect]
#\"10.1.0.10:80\" = \"127.0.0.1:8080\"

# --- Findings that are known and accepted until a date. `view` is internal or external; without it, both.
#[[suppress]]
#rule = \"servers-disagree\"
#domain = \"im.old.example.com\"
#view = \"internal\"
#reason = \"cut-over until the new data centre is live\"
#expires = 2030-12-31

# --- Levels of rules that differ from the default: off, note, warning or error. `imctl explain` lists the rules.
";

/// The whole file.
pub(super) fn toml(draft: &Draft) -> String {
    let mut text = HEAD.to_owned();
    text += &setting(None, "emails", &list(&draft.emails), !draft.emails.is_empty(), "[\"people.csv\"]");
    text += DERIVE;
    text += &setting(Some("[derive]"), "prefix", &quoted(&draft.prefix), draft.prefix != "im.", "\"im.\"");
    for (intro, table, servers, example, more) in [
        (INTERNAL, "[view.internal]", &draft.internal, "[\"10.0.0.53\", \"10.0.1.53\"]", INTERNAL_MORE),
        (EXTERNAL, "[view.external]", &draft.external, "[\"9.9.9.9\"]", EXTERNAL_MORE),
    ] {
        text += intro;
        text += &setting(Some(table), "servers", &list(servers), !servers.is_empty(), example);
        text += more;
    }
    text += DOMAIN;
    text.extend(draft.entries.iter().map(domain));
    text += ROUTER;
    text.extend(draft.routers.iter().map(|router| machine("[[router]]", router)));
    text += REVERSE_PROXY;
    text.extend(draft.reverse_proxies.iter().map(|proxy| machine("[[reverse_proxy]]", proxy)));
    text += REST;
    text + &levels(draft)
}

/// A setting with the table above it: turned on, or off with an example.
fn setting(above: Option<&str>, key: &str, value: &str, on: bool, example: &str) -> String {
    let (mark, value) = if on { ("", value) } else { ("#", example) };
    let table = above.map_or(String::new(), |table| format!("{mark}{table}\n"));
    format!("{table}{mark}{key} = {value}\n")
}

fn domain(entry: &Entry) -> String {
    let mark = if entry.is_undecided { "#" } else { "" };
    let mut text = String::from("\n");
    comment(&mut text, &entry.comments);
    let mut line = |shown: fmt::Arguments<'_>| {
        let _ = writeln!(text, "{mark}{shown}");
    };
    match entry.people {
        Some(1) => line(format_args!("[[domain]]   # 1 person")),
        Some(people) => line(format_args!("[[domain]]   # {people} people")),
        None => line(format_args!("[[domain]]")),
    }
    line(format_args!("name = {}", quoted(&entry.name.to_string())));
    if !entry.email.is_empty() {
        line(format_args!("email = {}", list(&texts(&entry.email))));
    }
    if let Some(external) = entry.external {
        line(format_args!("external = {external}"));
    }
    for (key, names) in [("routers", &entry.routers), ("reverse_proxies", &entry.reverse_proxies)] {
        if !names.is_empty() {
            line(format_args!("{key} = {}", list(names)));
        }
    }
    text
}

fn machine(table: &str, machine: &Machine) -> String {
    let mut text = String::from("\n");
    comment(&mut text, &machine.comments);
    let _ = writeln!(text, "{table}\nname = {}\naddresses = {}", quoted(&machine.name), list(&texts(&machine.addresses)));
    text
}

/// What is known to be missing or wrong is no news on the first day: it is a warning until this file is complete.
fn levels(draft: &Draft) -> String {
    let live = || draft.entries.iter().filter(|entry| !entry.is_undecided);
    let mut text = String::new();
    if live().any(|entry| entry.routers.is_empty()) {
        text += "# Some domains above have no router yet. Declare them, then delete this line, so that it is an error again.\n\
                 \"domain-without-router\" = \"warning\"\n";
    }
    if live().any(|entry| entry.external == Some(true) && entry.reverse_proxies.is_empty()) {
        text += "# Some domains above are published outside and have no reverse proxy. Declare it, or take the record away, then\n\
                 # delete this line.\n\
                 \"external-domain-without-reverse-proxy\" = \"warning\"\n";
    }
    if draft.routers.iter().any(|router| live().filter(|entry| entry.routers.contains(&router.name)).count() > 1) {
        text += "# DNS leads several domains to one router, which answers for one only. Mend that, then delete this line.\n\
                 \"router-serves-several-domains\" = \"warning\"\n";
    }
    let mark = if text.is_empty() { "#" } else { "" };
    format!("{mark}[rules]\n{text}#\"ttl-out-of-range\" = \"off\"\n")
}

/// Comments, a line each. Nothing in them can end the line or reach a terminal as a command.
fn comment(text: &mut String, comments: &[String]) {
    for comment in comments {
        let _ = writeln!(text, "# {}", crate::report::printable(&comment.replace(['\n', '\r'], " ")));
    }
}

fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// A TOML string on one line, whatever is in it (TOML 1.0, basic strings).
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;

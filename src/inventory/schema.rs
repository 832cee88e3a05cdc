//! The keys of imctl.toml: one table that both the checks and the published JSON Schema read. Looks at no inventory.

use serde_json::{Value, json};

use crate::dns::View;
use crate::profile::PROFILES;

/// A TOML table: its keys and what it is for.
#[derive(Debug)]
pub(super) struct Table {
    /// One line, for the JSON Schema.
    pub(super) doc: &'static str,
    /// What one of its keys is called in a message: `key`, `view`.
    pub(super) noun: &'static str,
    /// Its keys, in the order in which a person writes them.
    pub(super) keys: &'static [Key],
    /// Where not empty: at least one of these keys has to be there.
    pub(super) any_of: &'static [&'static str],
}

/// A key of a table.
#[derive(Debug)]
pub(super) struct Key {
    /// As it is written.
    pub(super) name: &'static str,
    /// What stands behind it.
    pub(super) kind: Kind,
    /// Whether the table is wrong without it.
    pub(super) required: bool,
    /// One line, for the JSON Schema.
    pub(super) doc: &'static str,
}

/// What stands behind a key.
#[derive(Debug)]
pub(super) enum Kind {
    /// A string.
    Text(Text),
    /// Strings.
    Texts { of: Text, may_be_empty: bool },
    /// Strings, or tables that say more; such a table has the string under its first key.
    TextsOrTables { of: Text, table: &'static Table },
    /// `true` or `false`.
    Flag,
    /// A number of seconds above 0.
    Seconds,
    /// A TOML date, or a string that holds one.
    Day,
    /// `[name]`
    Table(&'static Table),
    /// `[[name]]`
    Tables(&'static Table),
    /// A table whose keys are the user's.
    Map { key: Text, value: Text },
}

/// What a string holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text {
    /// Anything but nothing.
    Filled,
    /// The name of a host or an IM domain.
    Host,
    /// What stands before an e-mail domain: `im.`.
    Prefix,
    /// An IPv4 or IPv6 address.
    Address,
    /// An address, a CIDR range, or an address with a port.
    Range,
    /// An address with a port.
    Socket,
    /// A DNS server.
    Server,
    /// `internal` or `external`.
    View,
    /// The id of an IM system.
    Profile,
    /// An algorithm of TSIG.
    Algorithm,
    /// A rule's level.
    Level,
    /// A rule's id.
    Rule,
    /// A domain name with `*` and `?`.
    Glob,
}

/// The levels of `[rules]`.
pub(super) const LEVELS: [&str; 4] = ["off", "note", "warning", "error"];

const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, required: true, doc }
}

const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, required: false, doc }
}

const fn table(doc: &'static str, keys: &'static [Key]) -> Table {
    Table { doc, noun: "key", keys, any_of: &[] }
}

const fn some(of: Text) -> Kind {
    Kind::Texts { of, may_be_empty: false }
}

const fn any(of: Text) -> Kind {
    Kind::Texts { of, may_be_empty: true }
}

/// The whole file.
pub(super) static INVENTORY: Table = table(
    "The inventory of imctl: IM domains, the machines that serve them, and how each view of DNS is asked",
    &[
        optional("vantage", Kind::Text(Text::View), "The side from which probes are sent; internal if absent"),
        optional("emails", any(Text::Filled), "E-mail lists that audit and lint read, relative to this file"),
        optional("derive", Kind::Table(&DERIVE), "How IM addresses come from e-mail addresses"),
        optional("view", Kind::Table(&VIEWS), "How each view of DNS is asked; a view that is not here is not judged"),
        optional("domain", Kind::Tables(&DOMAIN), "An IM domain and what serves it"),
        optional("domain_list", Kind::Tables(&DOMAIN_LIST), "IM domains from a CSV file with the columns of [[domain]]"),
        optional("router", Kind::Tables(&MACHINE), "What takes a domain's traffic inside"),
        optional("reverse_proxy", Kind::Tables(&MACHINE), "What stands for a domain outside"),
        optional("home_server", Kind::Tables(&HOME_SERVER), "What holds the accounts"),
        optional("probe", Kind::Table(&PROBE), "How replies to probes are judged"),
        optional(
            "connect",
            Kind::Map { key: Text::Socket, value: Text::Socket },
            "Where probes, and questions to the name servers of zones, go instead, as through a tunnel: \"10.1.0.10:80\" = \"127.0.0.1:8080\"; reports name the first",
        ),
        optional("rules", Kind::Map { key: Text::Rule, value: Text::Level }, "Levels of rules that differ from the default"),
        optional("suppress", Kind::Tables(&SUPPRESS), "Findings that are known and accepted until a date"),
    ],
);

static DERIVE: Table = table(
    "How IM addresses come from e-mail addresses",
    &[optional(
        "prefix",
        Kind::Text(Text::Prefix),
        "What stands before an e-mail domain that no [[domain]] claims; \"im.\" if absent",
    )],
);

static VIEWS: Table = Table {
    doc: "The two views of DNS",
    noun: "view",
    keys: &[
        optional("internal", Kind::Table(&VIEW), "What the organisation's own people see"),
        optional("external", Kind::Table(&VIEW), "What strangers see"),
    ],
    any_of: &[],
};

static VIEW: Table = Table {
    doc: "How a view is asked: servers, zone files, or both",
    noun: "key",
    keys: &[
        optional(
            "servers",
            Kind::TextsOrTables { of: Text::Server, table: &SERVER },
            "DNS servers: \"10.0.0.53\", \"10.0.0.53:5353\", \"[fd00::1]:53\", \"system\", \"tls://dns.example@9.9.9.9\", \"https://dns.example@9.9.9.9/dns-query\"; without an address the name is looked up once, by this machine",
        ),
        optional("zones", some(Text::Filled), "Zone files, relative to this file; * stands for any text in a file name"),
        optional("canary", Kind::Table(&CANARY), "A name whose address proves that the servers belong to this view"),
        optional("source", Kind::Text(Text::Address), "The address of this machine from which the servers are asked"),
        optional("tsig", Kind::Table(&TSIG), "The key that signs the questions (RFC 8945): a view may be chosen by key"),
        optional(
            "dnssec",
            Kind::Flag,
            "Whether answers are validated by DNSSEC; if absent, they are where a trust anchor is given",
        ),
        optional(
            "trust_anchor",
            Kind::Text(Text::Filled),
            "The keys that validation trusts, a file of DNSKEY records, relative to this file; without it, those of the root zone",
        ),
        optional(
            "ca",
            Kind::Text(Text::Filled),
            "Authorities for tls:// and https:// servers besides the system's: a PEM file, relative to this file",
        ),
    ],
    any_of: &["servers", "zones"],
};

static TSIG: Table = table(
    "The key that signs the questions; its file must not be readable by everybody",
    &[
        required(
            "secret_file",
            Kind::Text(Text::Filled),
            "The file, relative to this file: a key statement of BIND as tsig-keygen writes it, or the secret's base64 alone",
        ),
        optional("name", Kind::Text(Text::Filled), "The key's name as the server knows it, where the file has the secret alone"),
        optional(
            "algorithm",
            Kind::Text(Text::Algorithm),
            "hmac-sha256, hmac-sha384 or hmac-sha512, where the file has the secret alone",
        ),
    ],
);

static SERVER: Table = table(
    "A DNS server of which there is more to say",
    &[
        required("address", Kind::Text(Text::Server), "The server, as it is written by itself"),
        optional(
            "bulk",
            Kind::Flag,
            "Whether it is made for many questions and is asked as fast as it answers: no limit of queries a second; false if absent",
        ),
    ],
);

static CANARY: Table = table(
    "A name whose address differs between the views",
    &[
        required("name", Kind::Text(Text::Host), "The name to ask for"),
        required("address", Kind::Text(Text::Address), "The address that this view answers, and no other"),
    ],
);

/// `[[domain]]`, and the columns of a `[[domain_list]]`.
pub(super) static DOMAIN: Table = table(
    "An IM domain and what serves it",
    &[
        required("name", Kind::Text(Text::Host), "The IM domain"),
        optional(
            "email",
            any(Text::Host),
            "The e-mail domains whose people have their accounts here; without it, the name less the prefix",
        ),
        optional("external", Kind::Flag, "Whether it is to be reached from outside, and so needs a public record; false if absent"),
        optional("routers", any(Text::Filled), "The names of its [[router]]s"),
        optional("reverse_proxies", any(Text::Filled), "The names of its [[reverse_proxy]]s"),
        optional("home_servers", any(Text::Filled), "The names of its [[home_server]]s"),
        optional("profile", Kind::Text(Text::Profile), "The IM system; rvp if absent"),
        optional("migration", Kind::Table(&MIGRATION), "The machines that it moves away from; not in a domain list"),
    ],
);

static MIGRATION: Table = Table {
    doc: "The machines that a domain moves away from: DNS may answer them, too, until a date",
    noun: "key",
    keys: &[
        optional("routers", some(Text::Filled), "The names of its old [[router]]s"),
        optional("reverse_proxies", some(Text::Filled), "The names of its old [[reverse_proxy]]s"),
        required("until", Kind::Day, "The last day on which they are accepted"),
    ],
    any_of: &["routers", "reverse_proxies"],
};

static DOMAIN_LIST: Table = table(
    "IM domains from a CSV file with the columns of [[domain]]; `;` stands between several values",
    &[required("file", Kind::Text(Text::Filled), "The CSV file, relative to this file, with a header line")],
);

const TLS: Key =
    optional("tls", Kind::Flag, "Whether it speaks TLS, on port 443 where no other is written; if absent, it does on port 443");

static MACHINE: Table = table(
    "A router or reverse proxy",
    &[
        required("name", Kind::Text(Text::Filled), "Its name in this file"),
        required(
            "addresses",
            some(Text::Range),
            "Its addresses or ranges: \"10.1.0.10\", \"10.1.0.0/24\", \"10.1.0.10:8080\", \"[fd00::10]:80\"",
        ),
        optional("host", Kind::Text(Text::Host), "Its host name"),
        TLS,
    ],
);

static HOME_SERVER: Table = Table {
    doc: "A home server",
    noun: "key",
    keys: &[
        required("name", Kind::Text(Text::Filled), "Its name in this file"),
        optional("host", Kind::Text(Text::Host), "Its host name, which redirects name"),
        optional("addresses", some(Text::Range), "Its addresses or ranges; without them its host name is looked up"),
        TLS,
    ],
    any_of: &["host", "addresses"],
};

static PROBE: Table = table(
    "How replies to probes are judged",
    &[
        optional("slow_answer_secs", Kind::Seconds, "An answer that takes longer is slow, seconds; 1 if absent"),
        optional(
            "ca",
            Kind::Text(Text::Filled),
            "Authorities for the certificates of machines besides the system's: a PEM file, relative to this file",
        ),
    ],
);

static SUPPRESS: Table = table(
    "Findings that are known and accepted until a date",
    &[
        required("rule", Kind::Text(Text::Rule), "The rule's id"),
        required("domain", Kind::Text(Text::Glob), "The IM domains, with * and ?"),
        optional("view", Kind::Text(Text::View), "One view; both if absent"),
        required("reason", Kind::Text(Text::Filled), "Why it is accepted"),
        required("expires", Kind::Day, "The last day on which it holds"),
    ],
);

impl Table {
    /// The key of that name.
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// The JSON Schema (draft 2020-12) of imctl.toml, for editors and for `imctl schema config`.
pub fn json_schema() -> Value {
    let mut schema = object(&INVENTORY);
    if let Value::Object(members) = &mut schema {
        members.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        members.insert("title".to_owned(), json!("imctl.toml"));
    }
    schema
}

fn object(table: &Table) -> Value {
    let describe = |key: &Key| {
        let mut value = kind(&key.kind);
        value["description"] = json!(key.doc);
        (key.name.to_owned(), value)
    };
    let properties: serde_json::Map<String, Value> = table.keys.iter().map(describe).collect();
    let required: Vec<_> = table.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = json!({
        "type": "object",
        "description": table.doc,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if !table.any_of.is_empty() {
        schema["anyOf"] = table.any_of.iter().map(|key| json!({ "required": [key] })).collect();
    }
    schema
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text(of) => text(*of),
        Kind::Texts { of, may_be_empty } => {
            json!({ "type": "array", "items": text(*of), "minItems": u8::from(!may_be_empty), "uniqueItems": true })
        }
        Kind::TextsOrTables { of, table } => {
            json!({ "type": "array", "items": { "anyOf": [text(*of), object(table)] }, "minItems": 1, "uniqueItems": true })
        }
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Seconds => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Kind::Day => json!({ "type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$" }),
        Kind::Table(table) => object(table),
        Kind::Tables(table) => json!({ "type": "array", "items": object(table) }),
        Kind::Map { key, value } => {
            json!({ "type": "object", "propertyNames": text(*key), "additionalProperties": text(*value) })
        }
    }
}

/// Patterns let through what only a parser can judge, such as an octet of 300; they never refuse what is right.
fn text(of: Text) -> Value {
    let pattern = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let choice = |values: Vec<&str>| json!({ "type": "string", "enum": values });
    match of {
        Text::Filled => pattern(r"\S"),
        Text::Host => pattern(r"^[^\s.@/:*?_]+(\.[^\s.@/:*?_]+)*\.?$"),
        Text::Prefix => pattern(r"^([^\s.@/:*?_]+\.)+$"),
        Text::Address => pattern(r"^(\d+(\.\d+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$"),
        Text::Range => pattern(r"^(\d+(\.\d+){3}([/:]\d+)?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?)$"),
        Text::Socket => pattern(r"^(\d+(\.\d+){3}|\[[0-9A-Fa-f:.]+\]):\d+$"),
        Text::Server => pattern(
            r"^(system|tls://\S+|https://\S+|\d+(\.\d+){3}(:\d+)?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|\[[0-9A-Fa-f:.]+\](:\d+)?)$",
        ),
        Text::View => choice(View::ALL.iter().map(|view| view.as_str()).collect()),
        Text::Profile => choice(PROFILES.iter().map(|profile| profile.id).collect()),
        Text::Algorithm => pattern(r"^[Hh][Mm][Aa][Cc]-[Ss][Hh][Aa](256|384|512)\.?$"),
        Text::Level => choice(LEVELS.to_vec()),
        Text::Rule => pattern(r"^[a-z0-9]+(-[a-z0-9]+)*$"),
        Text::Glob => pattern(r"^[^\s@/:]+$"),
    }
}

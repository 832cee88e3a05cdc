//! Master files (RFC 1035 5, RFC 2308 4) as BIND, knot and Windows write them. Pure: a text goes in, records with their places
//! come out; what `$INCLUDE` names is read by whoever calls.

mod generate;
mod scanner;
mod text;
mod value;

use std::fmt;
use std::sync::Arc;

use self::generate::Generate;
use self::scanner::{At, Entry, Scanner, Token, Wrong, shown};
use self::value::Type;
use super::{DomainName, RecordData};
use crate::place::Place;

/// The most octets that one zone file and all that it includes may have.
pub const MAX_OCTETS: usize = 256 << 20;
/// How deep files may include each other.
const MAX_DEPTH: usize = 10;
/// The most files that one zone file may include.
const MAX_INCLUDES: usize = 10_000;
/// The most records that the `$GENERATE` lines of one zone file may stand for.
const MAX_GENERATED: u64 = 1_000_000;
/// The most records of one zone.
const MAX_RECORDS: usize = 4_000_000;
/// The most mistakes that are reported; after that many the file is something else.
const MAX_MISTAKES: usize = 100;

/// Reads the file that an `$INCLUDE` names: given the file in which it stands and the path as written, returns the name of the
/// file for messages and its text, or why it cannot be read.
pub type Include<'a> = dyn Fn(&str, &str) -> Result<(String, Vec<u8>), String> + 'a;

/// One zone, read.
#[derive(Clone, Debug)]
pub struct ZoneFile {
    /// The name that owns the SOA record.
    pub apex: DomainName,
    /// Everything in it, in the order in which it is written.
    pub records: Vec<ZoneRecord>,
}

/// One record of a zone file.
#[derive(Clone, Debug)]
pub struct ZoneRecord {
    /// The name that owns it.
    pub owner: DomainName,
    /// Time to live, seconds.
    pub ttl_secs: u32,
    /// What it is.
    pub data: ZoneData,
    /// Where it is written.
    pub place: Place,
}

/// What a record of a zone file comes to for a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneData {
    /// A value that imctl judges.
    Record(RecordData),
    /// The head of the zone.
    Soa {
        /// The TTL of records that say none (RFC 1035 3.3.13), seconds.
        minimum_secs: u32,
    },
    /// A name server: below the apex, a delegation.
    Ns,
    /// An alias for everything below its owner (RFC 6672).
    Dname,
    /// Microsoft's WINS: names that are not in the zone may exist all the same.
    Wins,
    /// Any other type: the name exists.
    Other,
    /// DNSSEC's own: the name exists, and may be an alias.
    BesideAlias,
}

/// Something wrong in a zone file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZoneMistake {
    /// Where.
    pub place: Place,
    /// What is wrong and what to do, one clause.
    pub message: String,
}

impl fmt::Display for ZoneMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Reads a zone file. `file` is what messages call it; `origin` is the zone's name where something else than the file says it, as
/// the configuration of a name server would. All mistakes are returned, not the first only.
pub fn parse(file: &str, text: &[u8], origin: Option<&DomainName>, include: &Include<'_>) -> Result<ZoneFile, Vec<ZoneMistake>> {
    let mut loader =
        Loader { include, zone: Vec::new(), apex: None, ttls: Ttls::default(), budget: Budget::new(), mistakes: Vec::new() };
    let name: Arc<str> = file.into();
    loader.file(&name, text, &mut Context { origin: origin.cloned(), owner: None }, 0);
    if loader.apex.is_none() && loader.mistakes.is_empty() {
        let message = "there is no SOA record, so that this is no zone: add one, or leave the file out if a zone includes it";
        loader.mistakes.push(ZoneMistake { place: Place::new(name, 1, 0), message: message.to_owned() });
    }
    match loader.apex {
        Some(apex) if loader.mistakes.is_empty() => Ok(ZoneFile { apex, records: loader.zone }),
        _ => Err(loader.mistakes),
    }
}

/// What holds for the lines of one file.
#[derive(Clone, Debug)]
struct Context {
    origin: Option<DomainName>,
    /// The owner of the record before.
    owner: Option<DomainName>,
}

/// The TTL of records that say none: that of `$TTL` (RFC 2308 4), else that of the record before (RFC 1035 5.1), else the SOA's minimum.
#[derive(Debug, Default)]
struct Ttls {
    default: Option<u32>,
    last: Option<u32>,
}

/// What is left of the bounds.
#[derive(Debug)]
struct Budget {
    octets: usize,
    includes: usize,
    generated: u64,
}

impl Budget {
    fn new() -> Self {
        Self { octets: MAX_OCTETS, includes: MAX_INCLUDES, generated: MAX_GENERATED }
    }
}

struct Loader<'r> {
    include: &'r Include<'r>,
    zone: Vec<ZoneRecord>,
    apex: Option<DomainName>,
    ttls: Ttls,
    budget: Budget,
    mistakes: Vec<ZoneMistake>,
}

impl Loader<'_> {
    fn is_full(&self) -> bool {
        self.mistakes.len() >= MAX_MISTAKES
    }

    fn wrong(&mut self, file: &Arc<str>, (at, message): Wrong) {
        if !self.is_full() {
            self.mistakes.push(ZoneMistake { place: place(file, at), message });
        }
    }

    fn file(&mut self, file: &Arc<str>, text: &[u8], context: &mut Context, depth: usize) {
        let start = At { line: 1, column: 1 };
        if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
            return self.wrong(file, (start, "the file is UTF-16: save it as UTF-8 or plain ASCII".to_owned()));
        }
        let Some(octets) = self.budget.octets.checked_sub(text.len()) else {
            self.budget.includes = 0; // nor is anything else read
            return self.wrong(file, (start, format!("with this file the zone is longer than {MAX_OCTETS} octets, the limit")));
        };
        self.budget.octets = octets;
        let mut scanner = Scanner::new(text);
        while !self.is_full()
            && let Some(entry) = scanner.entry()
        {
            let read = entry.and_then(|entry| self.entry(file, &entry, context, depth));
            read.unwrap_or_else(|wrong| self.wrong(file, wrong));
        }
    }

    fn entry(&mut self, file: &Arc<str>, entry: &Entry<'_>, context: &mut Context, depth: usize) -> Result<(), Wrong> {
        let Some((first, rest)) = entry.tokens.split_first() else { return Ok(()) };
        if entry.indented || first.quoted || !first.text.starts_with(b"$") {
            return self.record(file, &entry.tokens, entry.indented, context);
        }
        match first.text.to_ascii_uppercase().as_slice() {
            b"$ORIGIN" => {
                let token = argument(first, rest, "a name")?;
                context.origin = Some(text::name(&token.text, context.origin.as_ref()).map_err(|why| (token.at, why))?);
                Ok(())
            }
            b"$TTL" => {
                let token = argument(first, rest, "a time, such as 3600 or 1h")?;
                let no_time = || Err(format!("{} is no time: write seconds, or units as in 1h30m", shown(&token.text)));
                self.ttls.default = Some(text::seconds(&token.text).unwrap_or_else(no_time).map_err(|why| (token.at, why))?);
                Ok(())
            }
            b"$INCLUDE" => self.include(file, first, rest, context, depth),
            b"$GENERATE" => self.generate(file, first, rest, context),
            b"$DATE" => Ok(()), // the time of a dump, which BIND reads past
            other => Err((
                first.at,
                format!("there is no directive {}: correct it, or begin the line with ; if it is a comment", shown(other)),
            )),
        }
    }

    fn include(
        &mut self,
        file: &Arc<str>,
        first: &Token<'_>,
        rest: &[Token<'_>],
        outer: &Context,
        depth: usize,
    ) -> Result<(), Wrong> {
        let (path, origin) = match rest {
            [path] => (path, None),
            [path, origin] => (path, Some(origin)),
            _ => return Err((first.at, "$INCLUDE takes a file, and a name where its records belong elsewhere".to_owned())),
        };
        let Some(includes) = self.budget.includes.checked_sub(1).filter(|_| depth < MAX_DEPTH) else {
            let why = format!("files include each other more than {MAX_DEPTH} deep or {MAX_INCLUDES} times: is there a circle?");
            return Err((path.at, why));
        };
        self.budget.includes = includes;
        let mut inner = outer.clone();
        if let Some(origin) = origin {
            inner.origin = Some(text::name(&origin.text, outer.origin.as_ref()).map_err(|why| (origin.at, why))?);
        }
        let written = String::from_utf8_lossy(&path.text);
        let (name, content) =
            (self.include)(file, &written).map_err(|why| (path.at, format!("{} cannot be included: {why}", shown(&path.text))))?;
        // Neither the origin nor the owner of the included file comes back (RFC 1035 5.1).
        self.file(&name.into(), &content, &mut inner, depth + 1);
        Ok(())
    }

    fn generate(&mut self, file: &Arc<str>, first: &Token<'_>, rest: &[Token<'_>], context: &Context) -> Result<(), Wrong> {
        let mut generate = Generate::read(first, rest)?;
        let Some(left) = self.budget.generated.checked_sub(generate.count()) else {
            return Err((first.at, format!("with this line, more than {MAX_GENERATED} records are generated, the limit")));
        };
        self.budget.generated = left;
        let mut inner = context.clone();
        // A mistake in one is a mistake in all: it is reported once.
        while let Some(tokens) = generate.record() {
            self.record(file, &tokens?, false, &mut inner)?;
        }
        Ok(())
    }

    fn record(&mut self, file: &Arc<str>, tokens: &[Token<'_>], indented: bool, context: &mut Context) -> Result<(), Wrong> {
        let origin = context.origin.clone();
        let mut rest = tokens;
        if !indented && let Some((first, tail)) = tokens.split_first() {
            // Whatever is wrong with the rest, the lines below belong to this owner, or to none.
            context.owner = None;
            context.owner = Some(text::name(&first.text, origin.as_ref()).map_err(|why| (first.at, why))?);
            rest = tail;
        }
        let at = tokens.first().map_or(At { line: 1, column: 1 }, |token| token.at);
        let Some(owner) = context.owner.clone() else {
            return Err((at, "the line begins with a blank, and no record before it says whose it is: name the owner".to_owned()));
        };
        let head = Head::read(at, &mut rest)?;
        let Some(data) = value::read(head.rtype, head.at, rest, origin.as_ref())? else { return Ok(()) };
        if let ZoneData::Soa { minimum_secs } = data {
            self.begin(&owner, at)?;
            self.ttls.last = self.ttls.last.or(head.ttl_secs).or(Some(minimum_secs));
        }
        let ttl_secs = head.ttl_secs.or(self.ttls.default).or(self.ttls.last);
        let missing = || (at, "no TTL is known for this record: begin the file with $TTL, such as $TTL 3600".to_owned());
        let ttl_secs = ttl_secs.ok_or_else(missing)?;
        self.ttls.last = head.ttl_secs.or(self.ttls.last);
        if self.zone.len() >= MAX_RECORDS {
            return Err((at, format!("the zone has more than {MAX_RECORDS} records, the limit: split it")));
        }
        self.zone.push(ZoneRecord { owner, ttl_secs, data, place: place(file, at) });
        Ok(())
    }

    /// The zone's head. Dumps repeat it at the end, for the same name.
    fn begin(&mut self, owner: &DomainName, at: At) -> Result<(), Wrong> {
        match &self.apex {
            Some(apex) if apex != owner => {
                Err((at, format!("a second SOA, of {owner}, in the zone {apex}: give each zone a file of its own")))
            }
            Some(_) => Ok(()),
            None => {
                self.apex = Some(owner.clone());
                Ok(())
            }
        }
    }
}

/// What stands between owner and value.
struct Head {
    ttl_secs: Option<u32>,
    rtype: Type,
    at: At,
}

impl Head {
    /// TTL and class in either order, then the type. Windows adds when a record was last refreshed: `[AGE:3651474]`.
    fn read(start: At, rest: &mut &[Token<'_>]) -> Result<Self, Wrong> {
        let (mut ttl_secs, mut class) = (None, false);
        let mut at = start;
        while let Some((token, tail)) = rest.split_first() {
            (*rest, at) = (tail, token.at);
            let upper = token.text.to_ascii_uppercase();
            let time = if ttl_secs.is_none() { text::seconds(&token.text) } else { None };
            match upper.as_slice() {
                age if age.starts_with(b"[AGE:") => {}
                b"IN" | b"CLASS1" if !class => class = true,
                b"CH" | b"HS" | b"CS" if !class => {
                    return Err((at, "the class is not IN: only zones of class IN are read".to_owned()));
                }
                _ if time.is_some() => ttl_secs = time.transpose().map_err(|why| (at, why))?,
                name => {
                    let unknown =
                        || (at, format!("there is no record type {}: correct it, or write TYPE and its number", shown(name)));
                    return Ok(Self { ttl_secs, rtype: Type::read(name).ok_or_else(unknown)?, at });
                }
            }
        }
        Err((at, "the record ends too soon: its type is missing".to_owned()))
    }
}

fn argument<'v, 't>(directive: &Token<'_>, rest: &'v [Token<'t>], what: &str) -> Result<&'v Token<'t>, Wrong> {
    match rest {
        [only] => Ok(only),
        _ => Err((directive.at, format!("{} takes {what} and nothing else", String::from_utf8_lossy(&directive.text)))),
    }
}

fn place(file: &Arc<str>, at: At) -> Place {
    Place::new(Arc::clone(file), at.line, at.column)
}

#[cfg(test)]
mod tests;

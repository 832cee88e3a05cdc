//! From e-mail address to IM address (IMD; rvp.md 44-48). Never reads a list and never compares two people.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Write as _};

use super::ProblemKind;
use super::address::{Address, Fault, LocalPart};
use super::excerpt::quote;
use crate::dns::{DomainName, NameError};

/// The longest mail address without its brackets, octets (RFC 5321 4.5.3.1.3, erratum 1690 to RFC 3696).
const MAX_ADDRESS: usize = 254;
/// The longest local part that mail systems must take, octets (RFC 5321 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Stands before an e-mail domain in the owner name of its SRV record.
const SRV_OWNER: &str = "_rvp._tcp.";
/// The longest name without its final dot, octets (RFC 1035 2.3.4).
const MAX_NAME: usize = 253;

/// Which IM domain takes the people of an e-mail domain.
#[derive(Clone, Debug)]
pub struct Mapping {
    prefix: String,
    one: Option<DomainName>,
    declared: HashMap<DomainName, DomainName>,
    im_domains: HashSet<DomainName>,
    /// IM domains that name no e-mail domain: they take the one that they are inferred from.
    open: HashSet<DomainName>,
}

/// Why a text cannot stand before e-mail domains.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrefixError {
    /// `im` would make `imexample.com`.
    #[error("the prefix {0:?} does not end with a dot: write {0}.")]
    NoDot(String),
    /// Its labels are no host name.
    #[error("the prefix {0:?} is not usable: {1}")]
    Labels(String, NameError),
}

/// An IM address. Its local part needs no quotes where it was derived.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImAddress {
    /// The alias.
    pub local: LocalPart,
    /// The IM domain.
    pub domain: DomainName,
}

impl fmt::Display for ImAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

/// Something to say about an entry: which rule, and why as one clause that names the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The rule.
    pub kind: ProblemKind,
    /// The clause.
    pub message: String,
}

impl Remark {
    /// A remark about `subject`, which is shown quoted and shortened.
    pub(super) fn new(kind: ProblemKind, subject: &str, why: impl AsRef<str>) -> Self {
        let mut message = with_room(subject);
        let _ = quote(&mut message, subject);
        message.extend([": ", why.as_ref()]);
        Self { kind, message }
    }

    /// The remark about a text that is no address.
    pub(super) fn of_fault(subject: &str, fault: &Fault) -> Self {
        let mut message = with_room(subject);
        NoAddress { text: subject, fault }.write(&mut message);
        Self { kind: fault.kind(), message }
    }
}

/// A text that gives no IM address, whatever the mapping, and why: most are no address at all.
#[derive(Clone, Copy, Debug)]
pub struct NoAddress<'a> {
    /// As it stands in the list.
    pub text: &'a str,
    /// What is wrong with it.
    pub fault: &'a Fault,
}

impl NoAddress<'_> {
    /// Adds the clause that says so and names the text.
    pub fn write(&self, message: &mut String) {
        // A string takes all that it is given.
        let _ = quote(message, self.text);
        message.push_str(": ");
        let _ = write!(message, "{}", self.fault);
    }
}

/// An empty message with room for what is said about its subject.
fn with_room(subject: &str) -> String {
    String::with_capacity(subject.len().min(128) + 160)
}

/// An IM address and what is odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// The address.
    pub address: ImAddress,
    /// Warnings.
    pub remarks: Vec<Remark>,
}

impl Mapping {
    /// Maps every e-mail domain to `prefix` + itself. The prefix is empty or ends with a dot.
    pub fn new(prefix: &str) -> Result<Self, PrefixError> {
        let mut checked = String::new();
        if !prefix.is_empty() {
            let labels = prefix.strip_suffix('.').ok_or_else(|| PrefixError::NoDot(prefix.to_owned()))?;
            // The labels are judged below another, as they will stand: `10.` before a name is no address.
            let below = DomainName::parse_host(&format!("{labels}.example"));
            let below = below.map_err(|error| PrefixError::Labels(prefix.to_owned(), error))?;
            below.as_str().trim_end_matches("example").clone_into(&mut checked);
        }
        Ok(Self { prefix: checked, one: None, declared: HashMap::new(), im_domains: HashSet::new(), open: HashSet::new() })
    }

    /// Sends everybody to one IM domain.
    #[must_use]
    pub fn with_one_domain(mut self, domain: DomainName) -> Self {
        self.one = Some(domain);
        self
    }

    /// Declares an IM domain and the e-mail domains that it takes; the first claim to an e-mail domain holds.
    pub fn declare<'e>(&mut self, domain: &DomainName, email: impl IntoIterator<Item = &'e DomainName>) {
        self.im_domains.insert(domain.clone());
        let mut email = email.into_iter().peekable();
        if email.peek().is_none() {
            self.open.insert(domain.clone());
        }
        for mail in email {
            self.declared.entry(mail.clone()).or_insert_with(|| domain.clone());
        }
    }

    /// Whether no two e-mail domains share an IM domain, so that two addresses collide by the case of their letters only.
    pub fn is_one_to_one(&self) -> bool {
        let mut taken = HashSet::new();
        self.one.is_none()
            && self.declared.iter().all(|(email, domain)| {
                let inferred = domain.as_str().strip_prefix(&self.prefix).is_none_or(|rest| rest == email.as_str());
                inferred && taken.insert(domain)
            })
    }

    /// The prefix, where nothing else decides.
    pub(super) fn prefix(&self) -> Option<&str> {
        (self.one.is_none() && self.im_domains.is_empty()).then_some(&self.prefix)
    }

    /// The one IM domain, where everybody goes there.
    pub(super) fn one_domain(&self) -> Option<&DomainName> {
        self.one.as_ref()
    }

    /// What stands before e-mail domains about which nothing else is said; may be empty.
    pub(super) fn any_prefix(&self) -> &str {
        &self.prefix
    }

    /// The domains about which something is said by name, some perhaps twice.
    pub(super) fn named(&self) -> impl Iterator<Item = &DomainName> {
        self.one.iter().chain(self.declared.keys()).chain(&self.im_domains)
    }

    /// The IM domain for an e-mail domain, and what is odd about it: the rule and why.
    fn target(&self, email: &DomainName) -> Result<(DomainName, Option<(ProblemKind, String)>), NameError> {
        if let Some(one) = &self.one {
            let same = (one == email).then(|| already(email));
            return Ok((one.clone(), same));
        }
        if let Some(declared) = self.declared.get(email) {
            return Ok((declared.clone(), None));
        }
        let prefixed = !self.prefix.is_empty() && email.as_str().starts_with(&self.prefix);
        if prefixed || self.im_domains.contains(email) {
            return Ok((email.clone(), Some(already(email))));
        }
        let domain = email.prefixed(&self.prefix)?;
        let unmapped = !self.im_domains.is_empty() && !self.open.contains(&domain);
        let unmapped = unmapped.then(|| {
            (
                ProblemKind::UnmappedEmailDomain,
                format!("no [[domain]] of the inventory takes {email}: add it to the `email` of the one that is to"),
            )
        });
        Ok((domain, unmapped))
    }
}

fn already(email: &DomainName) -> (ProblemKind, String) {
    (ProblemKind::AlreadyAnImAddress, format!("{email} is an IM domain already: it is passed through as it is"))
}

/// Derives the IM address of one e-mail address; the refusal names the rule and the reason.
pub fn derive(email: &Address, mapping: &Mapping) -> Result<Derived, Remark> {
    let refuse = |kind, why: &str| Remark::new(kind, &email.text(), why);
    let mail_domain = email.usable_domain().map_err(|fault| Remark::of_fault(&email.text(), &fault))?;
    let too_long =
        |error: NameError| refuse(ProblemKind::NameTooLong, &format!("the IM domain of {mail_domain} is not usable: {error}"));
    let (domain, odd) = mapping.target(mail_domain).map_err(too_long)?;
    let address = ImAddress { local: email.local.clone(), domain };
    if let Some(why) = over_limits(&address, mail_domain) {
        return Err(refuse(ProblemKind::NameTooLong, &why));
    }
    let mut remarks: Vec<Remark> = odd.map(|(kind, why)| refuse(kind, &why)).into_iter().collect();
    let local = email.local.as_str();
    if !local.is_ascii() {
        let why = "its local part is not ASCII, which IM clients of the era cannot type: give the person an ASCII alias";
        remarks.push(refuse(ProblemKind::NonAsciiLocalPart, why));
    }
    if local.len() > MAX_LOCAL {
        let why = format!("its local part is {} octets long, mail systems need to take only {MAX_LOCAL}: shorten it", local.len());
        remarks.push(refuse(ProblemKind::NameTooLong, &why));
    }
    Ok(Derived { address, remarks })
}

fn over_limits(address: &ImAddress, mail_domain: &DomainName) -> Option<String> {
    let octets = address.local.as_str().len() + 1 + address.domain.as_str().len();
    if octets > MAX_ADDRESS {
        return Some(format!("the IM address is {octets} octets long, the limit is {MAX_ADDRESS}: shorten the local part"));
    }
    // A pass-through has no e-mail domain of its own whose SRV record would lead here.
    let far = mail_domain.as_str().len() + SRV_OWNER.len() > MAX_NAME;
    let owner = (far && mail_domain != &address.domain).then(|| mail_domain.prefixed(SRV_OWNER));
    match owner {
        Some(Err(error)) => Some(format!("no SRV record can stand at {SRV_OWNER}{mail_domain}: {error}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> DomainName {
        text.parse().expect("a name")
    }

    fn outcome(text: &str, mapping: &Mapping) -> (String, Vec<&'static str>) {
        let email = text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"));
        match derive(&email, mapping) {
            Ok(derived) => (derived.address.to_string(), derived.remarks.iter().map(|remark| remark.kind.rule()).collect()),
            Err(refusal) => (String::new(), vec![refusal.kind.rule()]),
        }
    }

    fn plain() -> Mapping {
        Mapping::new("im.").expect("a prefix")
    }

    #[test]
    fn an_ordinary_address_gets_the_prefix_and_no_remark() {
        assert_eq!(outcome("Ann.Lee+x@Example.COM", &plain()), ("Ann.Lee+x@im.example.com".into(), vec![]));
        assert_eq!(outcome("ann@Bücher.example", &plain()), ("ann@im.xn--bcher-kva.example".into(), vec![]));
        assert_eq!(outcome("ann@example.com", &Mapping::new("").expect("none")), ("ann@example.com".into(), vec![]));
    }

    #[test]
    fn what_has_the_prefix_passes_through_with_a_warning() {
        assert_eq!(outcome("ann@IM.example.com", &plain()), ("ann@im.example.com".into(), vec!["already-an-im-address"]));
        assert_eq!(outcome("ann@imhotep.example", &plain()), ("ann@im.imhotep.example".into(), vec![]));
    }

    #[test]
    fn one_domain_takes_everybody() {
        let mapping = plain().with_one_domain(name("im.example.com"));
        assert_eq!(outcome("ann@example.net", &mapping), ("ann@im.example.com".into(), vec![]));
        assert_eq!(outcome("ann@im.example.com", &mapping), ("ann@im.example.com".into(), vec!["already-an-im-address"]));
    }

    #[test]
    fn declared_domains_come_first_and_the_rest_is_remarked_on() {
        let mut mapping = plain();
        mapping.declare(&name("chat.example.com"), &[name("example.com"), name("im.mail.example")]);
        mapping.declare(&name("im.example.net"), &[]);
        assert_eq!(outcome("a@example.com", &mapping), ("a@chat.example.com".into(), vec![]));
        assert_eq!(outcome("a@im.mail.example", &mapping), ("a@chat.example.com".into(), vec![]));
        assert_eq!(outcome("a@example.net", &mapping), ("a@im.example.net".into(), vec![]));
        assert_eq!(outcome("a@chat.example.com", &mapping), ("a@chat.example.com".into(), vec!["already-an-im-address"]));
        assert_eq!(outcome("a@example.org", &mapping), ("a@im.example.org".into(), vec!["unmapped-email-domain"]));
    }

    #[test]
    fn what_no_im_url_can_carry_is_refused() {
        for text in ["\"john smith\"@example.com", "a/b@example.com", "a%b@example.com", "\".\"@example.com", "\"..\"@example.com"]
        {
            assert_eq!(outcome(text, &plain()), (String::new(), vec!["unaddressable-local-part"]), "{text}");
        }
        for text in ["ann@[192.0.2.1]", "ann@[IPv6:2001:db8::1]", "ann@corp"] {
            assert_eq!(outcome(text, &plain()), (String::new(), vec!["no-domain-name"]), "{text}");
        }
    }

    #[test]
    fn lengths_are_checked_after_the_prefix() {
        // Labels of 60 octets: four and a rest make the wanted length.
        let domain = |octets: usize| {
            let body = "d".repeat(60);
            format!("{body}.{body}.{body}.{}", "e".repeat(octets - 183))
        };
        let mapping = plain();
        assert_eq!(outcome(&format!("a@{}", domain(243)), &mapping).1, [""; 0]);
        assert_eq!(outcome(&format!("a@{}", domain(244)), &mapping).1, ["name-too-long"]);
        assert_eq!(outcome(&format!("abcdefg@{}", domain(243)), &mapping).1, [""; 0], "254 octets");
        assert_eq!(outcome(&format!("abcdefgh@{}", domain(243)), &mapping).1, ["name-too-long"], "255 octets");
        let long = Mapping::new(&format!("{}.", "p".repeat(63))).expect("a prefix");
        assert_eq!(outcome(&format!("a@{}", domain(200)), &long).1, ["name-too-long"]);
    }

    #[test]
    fn a_long_local_part_and_one_beyond_ascii_are_warnings() {
        let (address, remarks) = outcome(&format!("{}@example.com", "a".repeat(65)), &plain());
        assert_eq!((address.len(), remarks), (80, vec!["name-too-long"]));
        assert_eq!(outcome("jörg@example.com", &plain()), ("jörg@im.example.com".into(), vec!["non-ascii-local-part"]));
    }

    #[test]
    fn a_prefix_is_labels_and_a_dot() {
        for prefix in ["", "im.", "IM.", "a.b.", "10."] {
            assert!(Mapping::new(prefix).is_ok(), "{prefix:?}");
        }
        assert_eq!(Mapping::new("im").map(|_| ()), Err(PrefixError::NoDot("im".into())));
        assert_eq!(Mapping::new(".").map(|_| ()), Err(PrefixError::Labels(".".into(), NameError::EmptyLabel)));
        assert!(matches!(Mapping::new("a b."), Err(PrefixError::Labels(..))));
    }

    proptest::proptest! {
        #[test]
        fn deriving_twice_changes_nothing(local in "[a-zA-Z0-9+_-]{1,20}", domain in "[a-z]{1,10}\\.[a-z]{2,10}") {
            let mapping = plain();
            let email: Address = format!("{local}@{domain}").parse().expect("an address");
            let once = derive(&email, &mapping).expect("derives");
            let again: Address = once.address.to_string().parse().expect("an address");
            let twice = derive(&again, &mapping).expect("derives");
            proptest::prop_assert_eq!(&once.address, &twice.address);
            proptest::prop_assert!(once.address.domain == again_domain(&again));
        }
    }

    fn again_domain(address: &Address) -> DomainName {
        address.usable_domain().expect("a domain name").clone()
    }
}

//! What a run is about, as a short digest: whether a recording belongs to it. Knows no recording.

use std::fmt;

use sha2::{Digest, Sha256};

use super::checking::Job;
use super::domains::DomainList;
use crate::email::{DomainPeople, Problem, Roster};

/// Octets of the digest that are kept: enough that two inputs are never taken for one by chance.
const KEPT: usize = 16;

/// A digest of everything that decides what a run asks and how it is judged, but for pace and output. To be taken before the
/// domains are divided: all parts of a run have the same.
pub(super) fn digest(job: &Job<'_>) -> String {
    let mut digest = Digesting(Sha256::new());
    // A digest takes all that it is given.
    let _ = describe(job, &mut digest);
    let all = digest.0.finalize();
    let (kept, _) = all.split_at(KEPT);
    format!("{:032x}", kept.iter().fold(0u128, |sum, octet| sum << 8 | u128::from(*octet)))
}

fn describe(job: &Job<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let scope = &job.scope;
    let observing = job.observing;
    writeln!(out, "{} {} {} {} {:?}", job.command, scope.estate, scope.dns, scope.probes, observing.view)?;
    writeln!(out, "dnssec {} authoritative {}", observing.dnssec, observing.authoritative)?;
    job.inventory.describe(out)?;
    let mut checked = job.list.iter().filter_map(DomainList::checked);
    checked.try_for_each(|list| writeln!(out, "list {:?}", list.digest))?;
    job.roster.iter().try_for_each(|roster| describe_people(roster, out))
}

fn describe_people(roster: &Roster, out: &mut dyn fmt::Write) -> fmt::Result {
    let Roster { people, problems } = roster;
    for (domain, DomainPeople { count, email, first: _ }) in people {
        writeln!(out, "people {domain} {count} {email:?}")?;
    }
    for Problem { kind, place, message, domain } in problems {
        writeln!(out, "problem {kind:?} {}:{} {message:?} {domain:?}", place.line, place.column)?;
    }
    Ok(())
}

struct Digesting(Sha256);

impl fmt::Write for Digesting {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

//! More people on one home server than is advised.

use crate::inventory::{Domain, DomainId, Severity};
use crate::judge::estate::declared_finding;
use crate::judge::{Check, Declared, Employed, Estate, Findings, Rule};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "home-server-overloaded",
    aliases: &[],
    severity: Severity::Warning,
    summary: "more people have their accounts on one home server than is advised",
    explanation: include_str!("home_server_overloaded.md"),
    check: Check::Estate(Declared::Machine(check)),
};

/// The advice for people signed in at once; 10,000 is the limit.
const MAX_PEOPLE: u64 = 7_500;

fn check(estate: &Estate<'_>, employed: &Employed<'_>, found: &mut Findings<'_>) {
    let Employed { machine, domains, .. } = employed;
    if machine.role != Role::HomeServer {
        return;
    }
    let Some(people) = people_homed(estate, domains).filter(|people| *people > MAX_PEOPLE) else { return };
    let fact = format!("is home to {people} people of {}", estate.names(domains).join(", "));
    found.report(
        declared_finding(machine, &fact)
            .people(Some(people))
            .expected([format!("at most {MAX_PEOPLE} people")])
            .found([format!("{people} people")])
            .help("add a home server to these domains and move people to it"),
    );
}

/// The people of all these domains, those of a domain with several home servers split evenly. `None` without lists.
fn people_homed(estate: &Estate<'_>, domains: &[DomainId]) -> Option<u64> {
    /// Shares are summed in millionths, so that many small ones do not get lost.
    const MILLION: u64 = 1_000_000;
    let share =
        |domain: &Domain| Some(estate.people(&domain.name)?.saturating_mul(MILLION) / domain.home_servers.len().max(1) as u64);
    let sum: u64 = domains.iter().map(|id| share(&estate.inventory.domains.get(*id))).sum::<Option<u64>>()?;
    Some(sum.saturating_add(MILLION / 2) / MILLION)
}

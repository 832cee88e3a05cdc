//! What DNS answers for some names, in words that an inventory can be begun with. Asks; declares nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::discovered::{Seen, Sighting};
use crate::dns::{DomainName, View};
use crate::judge::{End, Facts, MAX_ALIASES, Resolution, ViewStatus, resolve};
use crate::observe::{Observations, Question, Source};

/// Asks for every name in these views, follows aliases, and says what is known in the end; in the order of the names.
pub(super) async fn look_up(source: &dyn Source, views: &[View], names: &[DomainName]) -> Vec<Sighting> {
    let statuses: BTreeMap<View, ViewStatus> = views.iter().map(|view| (*view, ViewStatus::Fine)).collect();
    let mut observed = Observations::default();
    // One round for the names, one for each alias that a chain may have.
    for _ in 0..=MAX_ALIASES {
        let open = open_questions(&observed, &statuses, names);
        if open.is_empty() {
            break;
        }
        source.ask(open.into_iter().collect(), &mut |question, answer| observed.insert(question, answer)).await;
    }
    names.iter().map(|name| sighting(&observed, &statuses, name)).collect()
}

fn open_questions(observed: &Observations, statuses: &BTreeMap<View, ViewStatus>, names: &[DomainName]) -> BTreeSet<Question> {
    let open = |name: &DomainName| {
        let facts = Facts::new(observed, statuses);
        for view in statuses.keys() {
            resolve(&facts, *view, name);
        }
        facts.notes().open
    };
    names.iter().flat_map(open).collect()
}

fn sighting(observed: &Observations, statuses: &BTreeMap<View, ViewStatus>, name: &DomainName) -> Sighting {
    let mut sighting = Sighting::default();
    for view in statuses.keys() {
        let facts = Facts::new(observed, statuses);
        let resolution = resolve(&facts, *view, name);
        sighting.remarks.extend(resolution.as_ref().and_then(|resolution| disagreement(*view, resolution)));
        let seen = resolution.as_ref().and_then(settled);
        let seen = seen.unwrap_or_else(|| {
            let notes = facts.notes();
            let silent = notes.undecided.iter().map(|((_, asked), why)| format!("{asked}: {why}"));
            let reasons: Vec<_> = silent.collect();
            Seen::Undecided(if reasons.is_empty() { "the servers' answers settle nothing".to_owned() } else { reasons.join("; ") })
        });
        sighting.views.insert(*view, seen);
    }
    sighting
}

/// What most servers say, where that is known wholly.
fn settled(resolution: &Resolution) -> Option<Seen> {
    let says = &resolution.consensus(|opinion| opinion.says.end == End::Addresses)?.says;
    match says.end {
        // An address that is not known would be taken for a stranger's later on.
        End::Addresses if !says.complete => None,
        End::Addresses => Some(Seen::Addresses(says.addresses.clone())),
        End::NoData | End::NoSuchName | End::Loop | End::TooLong => Some(Seen::Missing(says.to_string())),
        End::Unknown => None,
    }
}

fn disagreement(view: View, resolution: &Resolution) -> Option<String> {
    let (first, others) = resolution.opinions.split_first()?;
    let other = others.iter().find(|other| other.says.contradicts(&first.says))?;
    let (one, two) = (resolution.share(first), resolution.share(other));
    Some(format!("the servers of the {view} view disagree: {one} say {}, {two} say {}", first.says, other.says))
}

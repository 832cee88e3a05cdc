//! Every domain in one table, complete as it stands; the script adds sorting and filtering. Folds nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use maud::{Markup, html};

use super::super::headline::{count, number};
use super::Mark;
use crate::dns::{DomainName, View};
use crate::judge::{DomainVerdict, Judgement, Seen, State, Verdict};

/// A table of more rows is laid out only when it comes into sight.
const LONG: usize = 200;

/// The columns that anything is known for.
struct Columns {
    people: bool,
    views: Vec<View>,
    probed: bool,
}

pub(super) fn section(judgement: &Judgement) -> Markup {
    let mut domains: Vec<&DomainVerdict> = judgement.domains.iter().collect();
    domains.sort_by(|a, b| a.worst_first(b));
    let known = |view: &View| domains.iter().any(|domain| domain.views.contains_key(view));
    let columns = Columns {
        people: domains.iter().any(|domain| domain.people.is_some()),
        views: View::ALL.into_iter().filter(known).collect(),
        probed: domains.iter().any(|domain| !domain.probes.is_empty()),
    };
    let rules = rules_by_domain(judgement);
    html! {
        section #domains aria-labelledby="domains-title" {
            h2 #domains-title { "All domains" }
            (filter(&domains))
            div.scroll.long[domains.len() > LONG] tabindex="0" role="region" aria-label="Table of all domains" {
                table #domain-table {
                    caption { (count(domains.len() as u64, "domain")) ", worst first" }
                    (head(&columns))
                    tbody { @for domain in &domains { (row(domain, &columns, rules.get(&domain.name))) } }
                }
            }
        }
    }
}

fn rules_by_domain(judgement: &Judgement) -> HashMap<&DomainName, BTreeSet<&'static str>> {
    let mut rules: HashMap<&DomainName, BTreeSet<&'static str>> = HashMap::new();
    for finding in &judgement.findings {
        if let Some(domain) = &finding.domain {
            rules.entry(domain).or_default().insert(finding.rule.id);
        }
    }
    rules
}

/// Hidden until the script shows it: without scripts it could do nothing.
fn filter(domains: &[&DomainVerdict]) -> Markup {
    let mut verdicts: BTreeMap<Verdict, u64> = BTreeMap::new();
    for domain in domains {
        *verdicts.entry(domain.verdict).or_default() += 1;
    }
    html! {
        form #filter role="search" aria-label="Filter the domains" hidden {
            label { "Contains " input #filter-text type="search" autocomplete="off" spellcheck="false"; }
            label {
                "Verdict "
                select #filter-verdict {
                    option value="" { "all" }
                    @for (verdict, n) in verdicts { option value=(verdict.to_string()) { (verdict.to_string()) " (" (number(n)) ")" } }
                }
            }
            button type="reset" { "Show all" }
            p #filter-shown role="status" {}
        }
    }
}

fn head(columns: &Columns) -> Markup {
    let sortable = |kind: &'static str, title: &str| html! { th scope="col" data-sort=(kind) { (title) } };
    html! {
        thead {
            tr {
                (sortable("text", "Domain"))
                (sortable("verdict", "Verdict"))
                @if columns.people { th.number scope="col" data-sort="number" { "People" } }
                @for view in &columns.views { (sortable("text", if *view == View::Internal { "Inside" } else { "Outside" })) }
                @if columns.probed { (sortable("text", "Up")) }
                (sortable("text", "E-mail domains"))
                (sortable("text", "Rules"))
            }
        }
    }
}

fn row(domain: &DomainVerdict, columns: &Columns, rules: Option<&BTreeSet<&'static str>>) -> Markup {
    let email: Vec<String> = domain.email.iter().map(DomainName::to_unicode).collect();
    html! {
        tr {
            th scope="row" { (domain.name.to_unicode()) }
            td { (Mark::of(domain.verdict).badge(&domain.verdict.to_string())) }
            @if columns.people { td.number { @if let Some(people) = domain.people { (number(people)) } } }
            @for view in &columns.views { td { @if let Some(seen) = domain.views.get(view) { (self::seen(seen)) } } }
            @if columns.probed { td.up { (up(domain)) } }
            td { (email.join(", ")) }
            td {
                @for (position, rule) in rules.into_iter().flatten().enumerate() {
                    @if position > 0 { ", " }
                    a href={ "#rule-" (rule) } { (rule) }
                }
            }
        }
    }
}

fn seen(seen: &Seen) -> Markup {
    match seen.state {
        State::Present => html! { @for address in &seen.addresses { span.address { (address.to_string()) } " " } },
        State::Absent => html! { span.nothing { "none" } },
        State::Undecided => html! { span.nothing { "undecided" } },
    }
}

/// `2 of 3`: how many of the probed addresses are working IM servers.
fn up(domain: &DomainVerdict) -> String {
    let (up, wanted) = domain.up();
    if wanted == 0 { String::new() } else { format!("{up} of {wanted}") }
}

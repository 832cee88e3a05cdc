//! What is wrong, rule by rule and cause by cause, with what the rule means. Orders nothing: the worst cause came first.

use std::collections::HashMap;

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use super::super::headline::{capital, count, count_word, number};
use super::Mark;
use crate::judge::{Baselined, Finding, Group, Judgement, Rule, Severity, group};

/// Causes of one rule that are shown whole; the rest stands in a table that opens.
const CAUSES_SHOWN: usize = 10;
/// Domains of one cause that are named at once.
const DOMAINS_SHOWN: usize = 12;

pub(super) fn section(judgement: &Judgement) -> Markup {
    let groups = group(&judgement.findings);
    html! {
        section #findings aria-labelledby="findings-title" {
            h2 #findings-title { "What is wrong, and what to do" }
            @if groups.is_empty() { p.hint { "Nothing was found." } }
            @else { p.hint { "By rule and cause, worst first." } }
            @for (rule, causes) in by_rule(groups) { (of_rule(rule, &causes)) }
        }
    }
}

/// What a baseline has, in short: it is accepted for now.
pub(super) fn known(judgement: &Judgement) -> Markup {
    let Some(Baselined { known, stale, .. }) = &judgement.baseline else { return html! {} };
    html! {
        section #known aria-labelledby="known-title" {
            h2 #known-title { "Known and accepted" }
            p.hint { (count(known.len() as u64, "finding")) " that the baseline has, worst first." }
            @if !known.is_empty() { (in_rows("Known and accepted", &group(known))) }
            @if !stale.is_empty() {
                p.hint { (count_word(stale.len() as u64, "entry", "entries")) " of the baseline that nothing matches any more; write it anew:" }
                ul.words { @for entry in stale { li { code { (entry.rule) } " " (entry.message) } } }
            }
        }
    }
}

/// The causes of each rule, in the order of the worst of each.
fn by_rule(groups: Vec<Group<'_>>) -> Vec<(&'static Rule, Vec<Group<'_>>)> {
    let mut positions = HashMap::new();
    let mut rules: Vec<(&'static Rule, Vec<Group<'_>>)> = Vec::new();
    for group in groups {
        let rule = group.lead().rule;
        let position = *positions.entry(rule.id).or_insert(rules.len());
        match rules.get_mut(position) {
            Some((_, causes)) => causes.push(group),
            None => rules.push((rule, vec![group])),
        }
    }
    rules
}

fn of_rule(rule: &Rule, causes: &[Group<'_>]) -> Markup {
    let severity = causes[0].lead().severity;
    let (shown, rest) = causes.split_at(causes.len().min(CAUSES_SHOWN));
    html! {
        div.rule id={ "rule-" (rule.id) } {
            header {
                (mark(severity).badge(&severity.to_string()))
                h3 { (rule.summary) }
                p.meta { code { (rule.id) } (extent(causes)) }
            }
            details.meaning {
                summary { "What it means, why it matters, how to fix it" }
                (explanation(rule))
            }
            @for cause in shown { (whole(cause)) }
            @if !rest.is_empty() {
                details.more {
                    summary { (number(rest.len() as u64)) " more of this rule" }
                    (in_rows(rule.id, rest))
                }
            }
        }
    }
}

fn extent(causes: &[Group<'_>]) -> String {
    let domains: u64 = causes.iter().map(|cause| cause.domains.len() as u64).sum();
    let people = causes.iter().filter_map(|cause| cause.people).fold(0u64, u64::saturating_add);
    let mut parts = vec![String::new()];
    parts.extend((causes.len() > 1 && causes.len() as u64 != domains).then(|| count(causes.len() as u64, "cause")));
    parts.extend((domains > 1).then(|| count(domains, "domain")));
    parts.extend((people > 0).then(|| count_word(people, "person", "people")));
    parts.join(" \u{b7} ")
}

fn mark(severity: Severity) -> Mark {
    match severity {
        Severity::Error => Mark::BAD,
        Severity::Warning => Mark::DOUBTFUL,
        Severity::Note => Mark::NOTE,
    }
}

/// One cause with everything that is known about it.
fn whole(cause: &Group<'_>) -> Markup {
    let lead = cause.lead();
    let expected = cause.common(|finding| &finding.expected);
    let found = cause.common(|finding| &finding.found);
    html! {
        article.cause id={ "finding-" (lead.fingerprint()) } aria-label=(cause.message()) {
            h4 { (cause.message()) }
            @if let (Some(expected), Some(found)) = (expected, found) { (beside(expected, found)) }
            @else { (in_rows(cause.message(), &cause.findings.iter().map(|finding| Group::single(finding)).collect::<Vec<_>>())) }
            dl.facts {
                @if !lead.help.is_empty() { (fact("To do", &html! { span.help { (capital(&cause.help())) } })) }
                @if cause.is_folded() { (fact("Domains", &domains(cause))) }
                @if let Some(view) = lead.view { (fact("View", &html! { (view.as_str()) })) }
                @if let Some(servers) = cause.common(|finding| finding.servers.as_ref()).flatten() {
                    (fact("Said by", &html! { (servers) " servers" }))
                }
                @if let Some(people) = cause.people.filter(|people| *people > 0) {
                    (fact("Affects", &html! { (count_word(people, "person", "people")) }))
                }
                @if let Some(place) = cause.common(|finding| finding.place.as_ref()).flatten() {
                    (fact("Where", &html! { code { (place.to_string()) } }))
                }
            }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// What should be there and what is there, side by side.
fn beside(expected: &[String], found: &[String]) -> Markup {
    html! {
        @if !values(expected).is_empty() || !values(found).is_empty() {
            dl.beside {
                @for (name, of) in [("Expected", values(expected)), ("Found", values(found))] {
                    div {
                        dt { (name) }
                        @if of.is_empty() { dd.nothing { "nothing" } }
                        @for value in of { dd { code { (value) } } }
                    }
                }
            }
        }
    }
}

fn values(of: &[String]) -> Vec<&str> {
    of.iter().map(String::as_str).filter(|value| !value.is_empty()).collect()
}

fn domains(cause: &Group<'_>) -> Markup {
    let names: Vec<String> = cause.domains.iter().map(|name| name.to_unicode()).collect();
    let (shown, rest) = names.split_at(names.len().min(DOMAINS_SHOWN));
    html! {
        (shown.join(", "))
        @if !rest.is_empty() {
            details { summary { "and " (number(rest.len() as u64)) " more" } (rest.join(", ")) }
        }
    }
}

/// Causes or findings, one a row.
fn in_rows(title: &str, causes: &[Group<'_>]) -> Markup {
    let cell = |of: Option<&Vec<String>>| of.map_or_else(|| "various".to_owned(), |of| values(of).join(", "));
    html! {
        div.scroll tabindex="0" role="region" aria-label={ (title) ", one a row" } {
            table {
                thead { tr { th scope="col" { "Finding" } th scope="col" { "Expected" } th scope="col" { "Found" } th.number scope="col" { "People" } } }
                tbody {
                    @for cause in causes {
                        tr {
                            td { (cause.message()) @if let Some(place) = place(cause.lead()) { " " small { (place) } } }
                            td { (cell(cause.common(|finding| &finding.expected))) }
                            td { (cell(cause.common(|finding| &finding.found))) }
                            td.number { @if let Some(people) = cause.people { (number(people)) } }
                        }
                    }
                }
            }
        }
    }
}

fn place(finding: &Finding) -> Option<String> {
    finding.place.as_ref().map(ToString::to_string)
}

/// The rule's own text, below the headings of the page. It is markup of ours; HTML in it would be shown as text.
fn explanation(rule: &Rule) -> Markup {
    let mut is_title = false;
    let events = Parser::new(rule.explanation).filter_map(|event| {
        let shown = match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => {
                is_title = true;
                None
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => {
                is_title = false;
                return None;
            }
            Event::Start(Tag::Heading { id, classes, attrs, .. }) => {
                Some(Event::Start(Tag::Heading { level: HeadingLevel::H4, id, classes, attrs }))
            }
            Event::End(TagEnd::Heading(_)) => Some(Event::End(TagEnd::Heading(HeadingLevel::H4))),
            Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
            other => Some(other),
        };
        shown.filter(|_| !is_title)
    });
    let mut text = String::new();
    pulldown_cmark::html::push_html(&mut text, events);
    PreEscaped(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::rules::RULES;

    #[test]
    fn explanations_keep_their_text_and_lose_their_title() {
        for rule in RULES {
            let text = explanation(rule).into_string();
            assert!(text.starts_with("<h4>What it means</h4>"), "{}: {text}", rule.id);
            assert_eq!(text.matches("<h4>").count(), 4, "{}", rule.id);
            assert!(!text.contains("<h1") && !text.contains('`'), "{}: {text}", rule.id);
        }
    }
}

//! The head of the page, the verdict and the numbers behind it; and its foot, how the run was made. Lists no finding.

use maud::{Markup, html};

use super::super::Header;
use super::super::headline::{Headline, Tone, affected, capital, count, count_word, number, seen_from};
use super::super::json::Summary;
use super::{Mark, sources};
use crate::dns::View;
use crate::judge::Judgement;
use crate::observe::{Origin, Tally};

pub(super) fn masthead(header: &Header, judgement: &Judgement, summary: &Summary, headline: &Headline) -> Markup {
    let mark = match headline.tone {
        Tone::Bad => Mark::BAD,
        Tone::Doubtful => Mark::DOUBTFUL,
        Tone::Good => Mark::GOOD,
    };
    html! {
        header class=(mark.class) {
            p.kicker { "imctl " (header.command) }
            h1 { (capital(&headline.verdict)) }
            p.lead {
                @if let Some(affected) = affected(judgement) { (affected) "." }
                @else if headline.tone == Tone::Good { "Everything that was asked was answered, and nothing is wrong." }
            }
            (bar(judgement))
            dl.numbers {
                (tile(Mark::GOOD, "domains ok", summary.ok))
                (tile(Mark::BAD, plural(summary.error, "error", "errors"), summary.error))
                (tile(Mark::DOUBTFUL, plural(summary.warning, "warning", "warnings"), summary.warning))
                (tile(Mark::NOTE, plural(summary.note, "note", "notes"), summary.note))
                (tile(Mark::UNKNOWN, plural(summary.undecided, "domain undecided", "domains undecided"), summary.undecided))
                @if let Some(known) = summary.known { (tile(Mark::NOTE, "known from the baseline", known)) }
                @if summary.suppressed > 0 {
                    (tile(Mark::NOTE, plural(summary.suppressed, "finding suppressed", "findings suppressed"), summary.suppressed))
                }
            }
            p.run { (count(summary.domains, "domain")) ", " time datetime=(header.started) { (moment(&header.started)) } ", " (seen_from(header, judgement)) }
        }
    }
}

fn plural(n: u64, one: &'static str, many: &'static str) -> &'static str {
    if n == 1 { one } else { many }
}

/// A number with what it counts; quiet where it is nought.
fn tile(mark: Mark, what: &str, n: u64) -> Markup {
    html! {
        div class={ (mark.class) @if n == 0 { " none" } } { dt { (what) } dd { (number(n)) } }
    }
}

/// How the domains divide, as one bar. The tiles say the same in numbers.
fn bar(judgement: &Judgement) -> Markup {
    let count = |mark: Mark| judgement.domains.iter().filter(|domain| Mark::of(domain.verdict) == mark).count();
    let all = judgement.domains.len().max(1);
    let mut done = 0;
    let shares = [Mark::BAD, Mark::DOUBTFUL, Mark::UNKNOWN, Mark::GOOD].map(|mark| {
        let from = done;
        done += count(mark);
        (mark, from * 1000 / all, done * 1000 / all)
    });
    html! {
        svg.bar viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            @for (mark, from, to) in shares { rect class=(mark.class) x=(from) y="0" width=(to - from) height="8" {} }
        }
    }
}

/// `2026-01-31 12:00 UTC`, of RFC 3339; any other text as it is.
fn moment(started: &str) -> String {
    match (started.get(..10), started.get(10..11), started.get(11..16), started.ends_with('Z')) {
        (Some(day), Some("T"), Some(minute), true) => format!("{day} {minute} UTC"),
        _ => started.to_owned(),
    }
}

pub(super) fn colophon(header: &Header, judgement: &Judgement) -> Markup {
    let asked: Vec<_> =
        judgement.views.iter().flat_map(|(view, servers)| servers.iter().map(move |server| (*view, server))).collect();
    html! {
        footer {
            (sources::recordings(&judgement.sources))
            @if !asked.is_empty() {
                h2 { "Who was asked" }
                ul { @for (view, (origin, tally)) in asked { li { (account(view, origin, tally)) } } }
            }
            p { "imctl " (env!("CARGO_PKG_VERSION")) ", " (header.started) ", " (format!("{:.1} s", header.seconds)) ". This page is whole: it fetches nothing and sends nothing." }
        }
    }
}

fn account(view: View, origin: &Origin, tally: &Tally) -> String {
    let questions = count(tally.questions, "question");
    if *origin == Origin::ZoneFiles {
        return format!("the {origin} of the {view} view: {questions}");
    }
    let answered = if tally.answered == 0 { "none answered".to_owned() } else { format!("{} answered", number(tally.answered)) };
    let timed_out = if tally.timeouts > 0 { format!(", {} timed out", number(tally.timeouts)) } else { String::new() };
    format!("{origin}, {view} view: {questions}, {answered}, {}{timed_out}", count_word(tally.sent, "query", "queries"))
}

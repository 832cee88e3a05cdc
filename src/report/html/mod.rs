//! `--format html`: one page that fetches nothing and works without scripts. Verdict first, then where it breaks, why, and what to do.
//!
//! Every text is escaped by the template; only the style sheet, the script and the rules' own explanations are markup.

mod domains;
mod drawing;
mod findings;
mod layout;
mod overview;
mod sources;
mod topology;
mod undecided;

use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::Header;
use super::headline::Headline;
use super::json::Summary;
use super::printable::printable_lines;
use crate::judge::{Judgement, Verdict};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Two boxes and the way between them. A browser would ask the server for an icon if the page had none.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M5 8h6' \
                    stroke='%23346' stroke-width='2'/%3E%3Crect x='1' y='5' width='5' height='6' rx='1' fill='%23346'/%3E%3Crect \
                    x='10' y='5' width='5' height='6' rx='1' fill='%23346'/%3E%3C/svg%3E";

pub(super) fn render(header: &Header, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let page = page(header, judgement).into_string();
    out.write_all(printable_lines(&page).as_bytes())
}

fn page(header: &Header, judgement: &Judgement) -> Markup {
    let summary = Summary::of(judgement);
    let headline = Headline::of(judgement, &summary);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { "imctl " (header.command) ": " (headline.verdict) }
                link rel="icon" href=(PreEscaped(ICON));
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the report" }
                (overview::masthead(header, judgement, &summary, &headline))
                (contents(judgement))
                main #main tabindex="-1" {
                    (drawing::section(judgement))
                    (findings::section(judgement))
                    (findings::known(judgement))
                    (undecided::section(judgement))
                    (sources::contradictions(&judgement.sources))
                    (domains::section(judgement))
                }
                (overview::colophon(header, judgement))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn contents(judgement: &Judgement) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul {
                li { a href="#topology" { "Topology" } }
                li { a href="#findings" { "Findings" } }
                @if judgement.baseline.is_some() { li { a href="#known" { "Known" } } }
                @if !judgement.undecided.is_empty() { li { a href="#undecided" { "Undecided" } } }
                @if !judgement.sources.contradictions.is_empty() { li { a href="#contradictions" { "Contradictions" } } }
                li { a href="#domains" { "All domains" } }
            }
        }
    }
}

/// Nothing is fetched, sent or run but what stands in the page as it was written.
fn policy() -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// The class of a verdict or severity, and the sign that says the same without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    class: &'static str,
    sign: &'static str,
}

impl Mark {
    const BAD: Self = Self { class: "bad", sign: "\u{2715}" };
    const DOUBTFUL: Self = Self { class: "doubtful", sign: "!" };
    const NOTE: Self = Self { class: "note", sign: "i" };
    const UNKNOWN: Self = Self { class: "unknown", sign: "?" };
    const GOOD: Self = Self { class: "good", sign: "\u{2713}" };

    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Ok => Self::GOOD,
            Verdict::Undecided => Self::UNKNOWN,
            Verdict::Exposed => Self::DOUBTFUL,
            _ => Self::BAD,
        }
    }

    /// The word with its sign, in its colour.
    fn badge(self, word: &str) -> Markup {
        html! { span class={ "badge " (self.class) } { span.sign aria-hidden="true" { (self.sign) } (word) } }
    }
}

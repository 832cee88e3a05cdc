//! The part of the page about recordings: what they contradict each other in, and when and where each was made. Says not who is right.

use maud::{Markup, html};

use super::super::headline::{count, number};
use crate::observe::recording::{Contradiction, Made, Sources};

/// Contradictions that are shown at once.
const SHOWN: usize = 10;

pub(super) fn contradictions(sources: &Sources) -> Markup {
    let all = &sources.contradictions;
    if all.is_empty() {
        return html! {};
    }
    let (shown, rest) = all.split_at(all.len().min(SHOWN));
    html! {
        section #contradictions aria-labelledby="contradictions-title" {
            h2 #contradictions-title { "Contradictions" }
            p.hint { (count(all.len() as u64, "question")) " answered differently in the recordings." }
            @for one in shown { (contradiction(one)) }
            @if !rest.is_empty() {
                details.more {
                    summary { (number(rest.len() as u64)) " more" }
                    @for one in rest { (contradiction(one)) }
                }
            }
        }
    }
}

fn contradiction(Contradiction { question, answers, judged_by }: &Contradiction) -> Markup {
    html! {
        article.cause.doubtful {
            h3 { (question.to_string()) }
            p.meta { (question.view().as_str()) " view" }
            ul.words {
                @for (file, said) in answers {
                    li { (said) " in " code { (file) } @if file == judged_by { "; this one counts" } }
                }
            }
        }
    }
}

pub(super) fn recordings(sources: &Sources) -> Markup {
    html! {
        @if !sources.recordings.is_empty() {
            h2 { "What was recorded" }
            ul {
                @for Made { file, command, started, vantage } in &sources.recordings {
                    li { "on the " (vantage.as_str()) " side: " (file) ", " (command) " of " (started.to_string()) }
                }
            }
        }
    }
}

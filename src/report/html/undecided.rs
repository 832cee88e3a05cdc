//! What nobody would say, by view and reason. Blames nobody.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::headline::{count, number};
use crate::dns::View;
use crate::judge::Judgement;

/// Questions of one reason that are shown at once.
const QUESTIONS_SHOWN: usize = 12;

pub(super) fn section(judgement: &Judgement) -> Markup {
    if judgement.undecided.is_empty() {
        return html! {};
    }
    let mut reasons: BTreeMap<(View, &str), Vec<&str>> = BTreeMap::new();
    for one in &judgement.undecided {
        reasons.entry((one.view, &one.reason)).or_default().push(&one.asked);
    }
    html! {
        section #undecided aria-labelledby="undecided-title" {
            h2 #undecided-title { "Undecided" }
            p.hint { "These questions got no answer that decides them. Silence is neither a fault nor a pass: ask again." }
            @for ((view, reason), asked) in reasons {
                article.cause.unknown {
                    h3 { (reason) }
                    p.meta { (view.as_str()) " view \u{b7} " (count(asked.len() as u64, "question")) }
                    @let (shown, rest) = asked.split_at(asked.len().min(QUESTIONS_SHOWN));
                    p.questions { @for question in shown { code { (question) } " " } }
                    @if !rest.is_empty() {
                        details { summary { (number(rest.len() as u64)) " more" } p.questions { @for question in rest { code { (question) } " " } } }
                    }
                }
            }
        }
    }
}

//! `imctl explain`: the catalogue, offline.

use std::fmt::Write as _;

use super::reporting::terminal_width;
use super::{nearest, pager};
use crate::cli::ExplainArgs;
use crate::exit::{ExitStatus, Failure};
use crate::judge::Rule;
use crate::judge::rules::RULES;

/// Prints the explanation of one rule, or one line for each.
pub fn run(args: &ExplainArgs) -> anyhow::Result<ExitStatus> {
    let text = match &args.rule {
        Some(id) => format!("{}\n", fitted(find_rule(id)?.explanation.trim_end(), terminal_width())),
        None => list(),
    };
    pager::show(&text, !args.no_pager)?;
    Ok(ExitStatus::Clean)
}

fn list() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    RULES.iter().fold(String::new(), |mut text, rule| {
        let _ = writeln!(text, "{:width$}  {:7}  {}", rule.id, rule.severity.to_string(), rule.summary);
        text
    })
}

/// The rule of that name; else the error names the nearest.
pub(super) fn find_rule(id: &str) -> Result<&'static Rule, Failure> {
    RULES.iter().copied().find(|rule| rule.goes_by(id)).ok_or_else(|| unknown(id))
}

/// The text with its paragraphs filled to the width; headings and examples, which are indented, stay as they are.
fn fitted(markdown: &str, width: usize) -> String {
    let is_prose = |block: &str| !block.starts_with(['#', ' ', '-', '|']);
    let fit = |block: &str| if is_prose(block) { textwrap::refill(block, width) } else { block.to_owned() };
    markdown.split("\n\n").map(fit).collect::<Vec<_>>().join("\n\n")
}

fn unknown(id: &str) -> Failure {
    let near = nearest(id, RULES.iter().map(|rule| rule.id));
    let hint = near.map_or("`imctl explain` lists all".to_owned(), |near| format!("did you mean {near}?"));
    Failure::unusable(format!("no rule is called {id:?}; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_fits_and_examples_stay_as_they_are() {
        for rule in RULES {
            let text = fitted(rule.explanation, 80);
            let prose = text.lines().filter(|line| !line.starts_with(['#', ' ', '-', '|']));
            assert!(prose.clone().all(|line| textwrap::core::display_width(line) <= 80), "{}", rule.id);
            for example in rule.explanation.lines().filter(|line| line.starts_with("    ")) {
                assert!(text.contains(example), "{}: {example}", rule.id);
            }
        }
    }
}

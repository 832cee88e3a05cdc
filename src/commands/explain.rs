//! `imctl explain`: the catalogue, offline.

use std::io::Write;

use super::nearest;
use crate::exit::{ExitStatus, Failure};
use crate::judge::rules::RULES;

/// Prints the explanation of one rule, or one line for each.
pub fn run(rule: Option<&str>) -> anyhow::Result<ExitStatus> {
    let mut out = anstream::stdout().lock();
    match rule {
        None => {
            let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
            for rule in RULES {
                writeln!(out, "{:width$}  {:7}  {}", rule.id, rule.severity.to_string(), rule.summary)?;
            }
        }
        Some(id) => match RULES.iter().find(|rule| rule.goes_by(id)) {
            Some(rule) => writeln!(out, "{}", rule.explanation.trim_end())?,
            None => return Err(unknown(id).into()),
        },
    }
    Ok(ExitStatus::Clean)
}

fn unknown(id: &str) -> Failure {
    let near = nearest(id, RULES.iter().map(|rule| rule.id));
    let hint = near.map_or("`imctl explain` lists all".to_owned(), |near| format!("did you mean {near}?"));
    Failure::unusable(format!("no rule is called {id:?}; {hint}"))
}

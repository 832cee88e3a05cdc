//! The examples at the end of each help text and manual page. A test parses every one of them.

use clap::Command;

/// What an example does, and what to type.
type Example = (&'static str, &'static str);

/// The examples of each subcommand, and those of imctl itself, which are nobody's.
const EXAMPLES: &[(Option<&str>, &[Example])] = &[
    (
        None,
        &[
            ("See all of it work, on this machine alone", "imctl demo"),
            ("Check everything that imctl.toml declares", "imctl audit"),
            ("Check one domain without any inventory", "imctl dns-check --internal 10.0.0.53 im.example.com"),
            ("What a finding means", "imctl explain external-points-at-router"),
        ],
    ),
    (
        Some("derive"),
        &[
            ("The IM addresses of everybody in an export", "imctl derive people.csv"),
            ("How many people each IM domain has", "imctl derive --domains people.ldf contractors.txt"),
            ("Each address once, rejects kept", "imctl derive --unique --rejects rejects.txt people.csv"),
            ("Set msExchIMAddress in the directory", "imctl derive --format ldif people.ldf > change.ldf"),
        ],
    ),
    (
        Some("dns-check"),
        &[
            ("All domains of the inventory", "imctl dns-check"),
            (
                "One domain, without an inventory",
                "imctl dns-check --internal 10.0.0.53 --external 9.9.9.9 --router 10.1.0.0/16 --reverse-proxy 203.0.113.10 im.example.com",
            ),
            ("A list of domains from another program", "imctl dns-check --internal 10.0.0.53 --domains -"),
        ],
    ),
    (
        Some("probe"),
        &[
            ("Every machine of one domain", "imctl probe im.example.com"),
            ("One router, without an inventory", "imctl probe --router 10.1.0.10 im.example.com"),
            ("From outside, where routers must not answer", "imctl probe --vantage external"),
        ],
    ),
    (
        Some("audit"),
        &[
            ("Everything, for a person", "imctl audit"),
            ("For a pipeline: a report to keep, warnings fail", "imctl audit --report json=report.json --fail-on warning"),
            ("Keep the answers, and judge them again later", "imctl audit --save answers.jsonl"),
            ("The same report, without the network", "imctl audit --from answers.jsonl"),
        ],
    ),
    (
        Some("lint"),
        &[("The step of a pipeline", "imctl lint"), ("Warnings fail, too", "imctl lint --fail-on warning --config im/imctl.toml")],
    ),
    (
        Some("records"),
        &[
            ("What should exist outside, as zone file lines", "imctl records --view external"),
            (
                "What is missing or wrong inside, to read and then to feed to nsupdate",
                "imctl records --fix --view internal --format nsupdate > fix.txt",
            ),
            ("The same from a recording, without the network", "imctl records --fix --from answers.jsonl"),
        ],
    ),
    (
        Some("init"),
        &[
            ("A template that explains every key", "imctl init"),
            ("The IM domains of everybody in an export", "imctl init --emails people.csv"),
            (
                "Lists and what DNS answers now, to standard output",
                "imctl init --emails people.csv --discover --internal 10.0.0.53 --external 9.9.9.9 -o -",
            ),
        ],
    ),
    (
        Some("demo"),
        &[
            ("The report of a deployment with planted faults", "imctl demo"),
            ("Leave it running, to try other commands on it", "imctl demo --keep demo"),
        ],
    ),
    (Some("explain"), &[("One rule", "imctl explain srv-record-missing"), ("All rules, a line each", "imctl explain")]),
    (Some("completions"), &[("For bash", "imctl completions bash > ~/.local/share/bash-completion/completions/imctl")]),
    (Some("man"), &[("Read the manual page", "imctl man | man -l -"), ("Write all pages", "imctl man man/")]),
    (Some("schema"), &[("For an editor that completes imctl.toml", "imctl schema config > imctl.schema.json")]),
];

/// The command with the examples of all subcommands.
pub(super) fn add(command: Command) -> Command {
    EXAMPLES.iter().fold(command, |command, (name, examples)| match name {
        None => command.after_help(text(examples)),
        Some(name) => command.mut_subcommand(name, |subcommand| subcommand.after_help(text(examples))),
    })
}

fn text(examples: &[Example]) -> String {
    let each = examples.iter().map(|(what, line)| format!("  {what}:\n    {line}"));
    format!("Examples:\n{}", each.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;

    #[test]
    fn every_command_has_examples_and_every_example_can_be_typed() {
        let command = cli::command();
        for subcommand in command.get_subcommands().map(Command::get_name) {
            assert!(EXAMPLES.iter().any(|(name, _)| *name == Some(subcommand)), "no example of imctl {subcommand}");
        }
        for (what, line) in EXAMPLES.iter().flat_map(|(_, examples)| *examples) {
            let typed = line.split(['|', '>']).next().unwrap_or_default();
            let parsed = command.clone().try_get_matches_from(typed.split_whitespace());
            assert!(parsed.is_ok(), "{what}: {line}: {}", parsed.err().map_or_else(String::new, |error| error.to_string()));
        }
    }
}

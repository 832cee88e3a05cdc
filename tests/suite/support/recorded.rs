//! What a run left in its folder, judged again in this process and without the network.

use std::fs;
use std::io::{self, BufReader};
use std::path::Path;

use imctl::inventory::{self, Inventory};
use imctl::judge::rules::RULES;
use imctl::judge::{Estate, Judgement, Policy, Scope};
use imctl::observe::{Answer, Nobody, Observations, Question, recording};
use imctl::pipeline::{KeepAll, Run, Watch};

/// The folder's imctl.toml, and all that its answers.jsonl has.
pub(crate) fn read(folder: &Path) -> (Inventory, Vec<(Question, Answer)>) {
    let text = fs::read_to_string(folder.join("imctl.toml")).expect("the inventory");
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let context = inventory::Context { rules: &ids, read: &|path| fs::read(path) };
    let inventory = inventory::parse(&text, "imctl.toml", &context).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let file = fs::File::open(folder.join("answers.jsonl")).expect("the recording");
    let answers = recording::read(BufReader::new(file), "answers.jsonl").expect("a recording").answers;
    (inventory, answers)
}

/// Judges an inventory by these answers, given in this order.
pub(crate) fn judge<'a>(
    inventory: &Inventory,
    answers: impl IntoIterator<Item = &'a (Question, Answer)>,
    scope: &Scope,
) -> Judgement {
    let today = jiff::civil::date(2026, 6, 1);
    let policy = Policy::new(inventory, today);
    let mut observed = Observations::default();
    for (question, answer) in answers {
        observed.give(question.clone(), answer.clone());
    }
    let run = Run { estate: Estate { inventory, roster: None, today }, scope, policy: &policy };
    let mut domains = futures_util::stream::iter(inventory.domains.iter().map(Ok));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let settled = runtime.block_on(run.settle(&mut domains, &Nobody, &mut observed, &mut Unseen, &mut KeepAll));
    settled.expect("it comes to an end")
}

struct Unseen;

impl Watch for Unseen {
    fn asking(&mut self, _: usize) {}
    fn judged(&mut self, _: usize) {}
    fn answered(&mut self, _: &Question, _: &Answer) -> io::Result<()> {
        Ok(())
    }
}

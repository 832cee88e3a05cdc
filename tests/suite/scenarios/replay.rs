//! Judges a scenario as the program judges the network: ask, answer, and judge again, until nothing is open.

use std::collections::{BTreeMap, BTreeSet};

use imctl::dns::View;
use imctl::judge::{
    DomainVerdict, Estate, Finding, Judged, Judgement, Policy, Scope, Trace, ViewStatus, judge_domain, judge_estate, judge_views,
    open_case, rules_of_domains, view_statuses,
};
use imctl::observe::{Observations, Question};

use super::file::{Checks, Scenario};
use super::world::World;

/// More turns than any chain of questions has links.
const MAX_TURNS: usize = 64;

/// What came out.
pub(super) struct Outcome {
    /// The findings that no suppression hides, sorted by rule and message.
    pub(super) findings: Vec<Finding>,
    /// `internal: A im.example.com`, sorted.
    pub(super) undecided: Vec<String>,
    /// All of it, as reports take it.
    pub(super) judgement: Judgement,
    /// The verdict by domain.
    pub(super) verdicts: BTreeMap<String, String>,
    /// How each domain is reached: `internal: A im.example.com: 10.1.0.10 → router-1`.
    pub(super) traces: BTreeSet<String>,
    /// Every question that was asked.
    pub(super) asked: BTreeSet<Question>,
}

/// Judges the scenario, with every question answered by the world.
pub(super) fn replay(scenario: &Scenario, world: &World<'_>) -> Outcome {
    let inventory = &scenario.inventory;
    let estate = Estate { inventory, roster: scenario.roster.as_ref(), today: scenario.today };
    let scope = Scope {
        views: inventory.views.keys().copied().collect(),
        estate: scenario.runs(Checks::Estate),
        dns: scenario.runs(Checks::Dns),
        authoritative: scenario.asks_zones(),
        validated: inventory.views.iter().filter(|(_, settings)| settings.dnssec).map(|(view, _)| *view).collect(),
        probes: scenario.runs(Checks::Probe),
        vantages: scenario.vantages(),
        trace: true,
    };
    let policy = Policy::new(inventory, scenario.today);
    let mut observed = Observations::default();
    let mut asked = BTreeSet::new();
    for _ in 0..MAX_TURNS {
        let statuses = view_statuses(&estate, &scope, &observed);
        let (open, domains) = judge_domains(estate, &scope, &policy, &statuses, &observed);
        if open.is_empty() {
            let mut outcome = settle(&estate, &scope, &policy, &statuses, domains);
            outcome.asked = asked;
            return outcome;
        }
        for question in open {
            assert!(asked.insert(question.clone()), "{question} is asked twice");
            let answer = world.answer(&question);
            observed.insert(question, answer);
        }
    }
    panic!("after {MAX_TURNS} turns there are still questions");
}

type DomainJudged = (Judged, DomainVerdict);

fn judge_domains(
    estate: Estate<'_>,
    scope: &Scope,
    policy: &Policy<'_>,
    statuses: &BTreeMap<View, ViewStatus>,
    observed: &Observations,
) -> (BTreeSet<Question>, Vec<DomainJudged>) {
    let rules = rules_of_domains(scope, policy);
    let mut open = BTreeSet::new();
    let mut domains = Vec::new();
    for domain in &estate.inventory.domains {
        let case = open_case(estate, &domain, scope, statuses, observed);
        let judged = judge_domain(&case, &rules);
        open.extend(judged.open.iter().cloned());
        let mut verdict = DomainVerdict::of(&case, scope);
        verdict.draw(&judged.findings, !judged.undecided.is_empty());
        domains.push((judged, verdict));
    }
    (open, domains)
}

fn settle(
    estate: &Estate<'_>,
    scope: &Scope,
    policy: &Policy<'_>,
    statuses: &BTreeMap<View, ViewStatus>,
    domains: Vec<DomainJudged>,
) -> Outcome {
    let mut findings = Vec::new();
    let mut undecided = BTreeSet::new();
    let mut verdicts = BTreeMap::new();
    let mut traces = BTreeSet::new();
    let mut judgement = Judgement { vantages: scope.vantages.clone(), ..Judgement::default() };
    if scope.estate {
        findings.extend(judge_estate(estate, policy));
    }
    if scope.dns {
        findings.extend(judge_views(estate, statuses, policy));
    }
    for (judged, verdict) in domains {
        policy.note_undecided(&judged.undecided);
        findings.extend(judged.findings);
        undecided.extend(judged.undecided.iter().map(|undecided| format!("{}: {}", undecided.view, undecided.asked)));
        verdicts.insert(verdict.name.to_string(), verdict.verdict.to_string());
        let steps = |trace: &Trace| format!("{}: {}", trace.view, trace.steps.join(" → "));
        traces.extend(verdict.trace.iter().map(steps));
        judgement.domains.push(verdict);
        judgement.undecided.extend(judged.undecided);
    }
    judgement.suppressed = policy.suppress(&mut findings);
    findings.extend(policy.findings(scope));
    judgement.findings.clone_from(&findings);
    Finding::sort(&mut judgement.findings);
    judgement.undecided.sort();
    findings.sort_by(|a, b| (a.rule.id, &a.message).cmp(&(b.rule.id, &b.message)));
    Outcome { findings, undecided: undecided.into_iter().collect(), judgement, verdicts, traces, asked: BTreeSet::new() }
}

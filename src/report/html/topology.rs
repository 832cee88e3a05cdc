//! What the drawing shows: domains, machines, and the ways between them with their condition. Draws nothing, judges nothing anew.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use crate::dns::{DomainName, View};
use crate::judge::{Case, Check, DomainVerdict, Finding, Judgement, MachineName, Seen, Severity, State, Verdict, group};
use crate::profile::{Class, Role};

/// The most domains drawn; of a larger estate only those with something wrong.
const MAX_ROWS: usize = 12;
/// Domains drawn as an example where a larger estate has nothing wrong.
const EXAMPLES: usize = 4;
/// The longest label, in letters.
const LABEL: usize = 18;
/// The most targets drawn of one domain in one view.
const MAX_TARGETS: usize = 6;

/// Everything drawn.
#[derive(Debug)]
pub(super) struct Topology<'a> {
    /// The domains, worst first.
    pub(super) rows: Vec<Row<'a>>,
    pub(super) ways: BTreeMap<(Node, Node), Condition>,
    /// Domains that are not drawn though something is wrong with them.
    pub(super) more_wrong: usize,
    /// Domains that are not drawn, with nothing wrong.
    pub(super) more_fine: usize,
}

/// One domain.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) domain: &'a DomainVerdict,
    /// What is wrong with it.
    findings: Vec<&'a Finding>,
}

/// Where a way begins or ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    /// The position of a row.
    Domain(usize),
    /// What a view leads to.
    Target(View, Target),
    /// What holds the accounts.
    Home(MachineName),
}

/// What a view leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Machine(MachineName),
    /// An address that nobody declared, and how many more there are.
    Foreign(IpAddr, usize),
    /// There is no machine that the view should lead to.
    NoneDeclared,
}

/// How a way is; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Condition {
    /// As it should be, as far as was looked.
    Well,
    /// Declared, and not in use.
    Idle(&'static str),
    /// It works, and a warning is about it.
    Doubtful(&'static str),
    /// Nobody would say.
    Unknown(&'static str),
    /// It leads nowhere, or to where it must not.
    Broken(&'static str),
}

impl<'a> Topology<'a> {
    /// The drawing of a judgement.
    pub(super) fn of(judgement: &'a Judgement) -> Self {
        let mut by_domain: HashMap<&DomainName, Vec<&Finding>> = HashMap::new();
        for finding in &judgement.findings {
            if let Some(domain) = &finding.domain {
                by_domain.entry(domain).or_default().push(finding);
            }
        }
        let row = |domain: &'a DomainVerdict| Row { domain, findings: by_domain.remove(&domain.name).unwrap_or_default() };
        let mut rows: Vec<Row<'_>> = judgement.domains.iter().map(row).collect();
        rows.sort_by_key(Row::weight);
        let all = rows.len();
        let wrong = rows.iter().filter(|row| row.is_wrong()).count();
        if all > MAX_ROWS && wrong > 0 {
            let chosen = chosen(judgement);
            rows.sort_by_key(|row| (!row.is_wrong(), !chosen.contains(&row.domain.name)));
            rows.truncate(MAX_ROWS.min(wrong));
            rows.sort_by_key(Row::weight);
        } else if all > MAX_ROWS {
            rows.truncate(EXAMPLES);
        }
        let drawn_wrong = rows.iter().filter(|row| row.is_wrong()).count();
        let (more_wrong, more_fine) = (wrong - drawn_wrong, all - wrong - (rows.len() - drawn_wrong));
        let mut topology = Self { rows, ways: BTreeMap::new(), more_wrong, more_fine };
        for position in 0..topology.rows.len() {
            topology.add_row(position);
        }
        topology
    }

    fn add_row(&mut self, position: usize) {
        let row = &self.rows[position];
        let mut ways = Vec::new();
        for view in [View::External, View::Internal] {
            let trouble = row.trouble(view);
            for (target, condition) in targets(row.domain, view) {
                let condition = match (&target, condition) {
                    (Target::Machine(machine), Condition::Well) => trouble.max(probed(row.domain, machine)),
                    (Target::Machine(machine), Condition::Idle(_)) => condition.max(probed(row.domain, machine)),
                    // What DNS says comes first: nobody gets as far as the machine.
                    _ => condition,
                };
                ways.push((Node::Domain(position), Node::Target(view, target), condition));
            }
        }
        let of = |role| row.domain.machines.iter().filter(move |machine| machine.role == role);
        for home in of(Role::HomeServer) {
            let condition = probed(row.domain, home).max(row.redirect());
            let routers = of(Role::Router).map(|router| Node::Target(View::Internal, Target::Machine(router.clone())));
            let mut from: Vec<Node> = routers.collect();
            if from.is_empty() {
                from.push(Node::Domain(position));
            }
            ways.extend(from.into_iter().map(|from| (from, Node::Home(home.clone()), condition)));
        }
        for (from, to, condition) in ways {
            self.add(from, to, condition);
        }
    }

    fn add(&mut self, from: Node, to: Node, condition: Condition) {
        let worst = self.ways.entry((from, to)).or_insert(condition);
        *worst = condition.max(*worst);
    }

    /// The ways that begin or end at a node.
    pub(super) fn ways_at<'t>(&'t self, node: &'t Node) -> impl Iterator<Item = (&'t Node, &'t Node, Condition)> + 't {
        self.ways
            .iter()
            .filter(move |((from, to), _)| from == node || to == node)
            .map(|((from, to), condition)| (from, to, *condition))
    }

    /// The addresses that a machine is known by among the domains drawn.
    pub(super) fn addresses(&self, machine: &MachineName) -> BTreeSet<IpAddr> {
        let domains = || self.rows.iter().map(|row| row.domain);
        let owned = domains().flat_map(|domain| domain.views.values()).flat_map(|seen| &seen.owners);
        let owned = owned.filter(|(_, owner)| *owner == machine).map(|(address, _)| *address);
        let probes = domains().flat_map(|domain| &domain.probes);
        let own = probes.filter(|probe| probe.role == machine.role && probe.machine == machine.name);
        owned.chain(own.map(|probe| probe.address.ip())).collect()
    }
}

/// The domains that show the most different faults: the worst of each rule in turn.
fn chosen(judgement: &Judgement) -> BTreeSet<&DomainName> {
    let mut rules: Vec<(&str, Vec<&DomainName>)> = Vec::new();
    for group in group(&judgement.findings) {
        let lead = group.lead();
        let Some(domain) = lead.domain.as_ref().filter(|_| lead.severity >= Severity::Warning) else { continue };
        match rules.iter_mut().find(|(rule, _)| *rule == lead.rule.id) {
            Some((_, domains)) => domains.push(domain),
            None => rules.push((lead.rule.id, vec![domain])),
        }
    }
    let mut chosen = BTreeSet::new();
    for turn in 0..MAX_ROWS {
        for (_, domains) in &rules {
            if chosen.len() < MAX_ROWS {
                chosen.extend(domains.get(turn));
            }
        }
    }
    chosen
}

impl<'a> Row<'a> {
    /// Worst first.
    fn weight(&self) -> impl Ord + use<'a> {
        (self.domain.verdict, Reverse(self.worst()), Reverse(self.domain.people), &self.domain.name)
    }

    /// The worst finding about it.
    pub(super) fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// The rule that says what is wrong on the way from the e-mail domain to the IM domain.
    pub(super) fn service(&self) -> Option<(&'static str, Severity)> {
        let worst = self.warnings().filter(|finding| is_about_service(finding)).max_by_key(|finding| finding.severity);
        worst.map(|finding| (finding.rule.id, finding.severity))
    }

    /// What DNS findings say against a view that answers what it should.
    fn trouble(&self, view: View) -> Condition {
        let of_view = |finding: &&Finding| {
            matches!(finding.rule.check, Check::Dns(_) | Check::Zone(_) | Check::Dnssec(_)) && finding.view == Some(view)
        };
        let findings = self.warnings().filter(of_view).filter(|finding| !is_about_service(finding));
        let worst = findings.max_by_key(|finding| finding.severity).map(|finding| (finding.severity, finding.rule.id));
        match worst {
            None => Condition::Well,
            Some((severity, rule)) => {
                let label = if rule.len() <= LABEL { rule } else { "see below" };
                if severity == Severity::Error { Condition::Broken(label) } else { Condition::Doubtful(label) }
            }
        }
    }

    /// Whether the routers send people to where they should.
    fn redirect(&self) -> Condition {
        let is_wrong = self.warnings().any(|finding| finding.rule.id.starts_with("redirect-"));
        if is_wrong { Condition::Broken("wrong redirect") } else { Condition::Well }
    }

    fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().copied().filter(|finding| finding.severity >= Severity::Warning)
    }

    fn is_wrong(&self) -> bool {
        self.domain.verdict != Verdict::Ok || self.worst().is_some_and(|worst| worst >= Severity::Warning)
    }
}

fn is_about_service(finding: &Finding) -> bool {
    finding.rule.id.starts_with("srv-") || finding.rule.id.starts_with("email-")
}

/// Where a view leads a domain's people, and where it should.
fn targets(domain: &DomainVerdict, view: View) -> Vec<(Target, Condition)> {
    let role = Case::role_in(view);
    let expected = view == View::Internal || domain.external;
    let declared: Vec<_> = domain.machines.iter().filter(|machine| machine.role == role).cloned().collect();
    let to_declared = |condition| match () {
        () if !expected => Vec::new(),
        () if declared.is_empty() => vec![(Target::NoneDeclared, condition)],
        () => declared.iter().take(MAX_TARGETS).map(|machine| (Target::Machine(machine.clone()), condition)).collect(),
    };
    match domain.views.get(&view) {
        None => to_declared(Condition::Idle("not looked up")),
        Some(Seen { state: State::Undecided, .. }) => to_declared(Condition::Unknown("undecided")),
        Some(Seen { state: State::Absent, .. }) => to_declared(Condition::Broken("no record")),
        Some(seen) => answered(seen, domain, &declared, role),
    }
}

fn answered(seen: &Seen, domain: &DomainVerdict, declared: &[MachineName], role: Role) -> Vec<(Target, Condition)> {
    let expected = role == Role::Router || domain.external;
    let owners: BTreeSet<&MachineName> = seen.owners.values().collect();
    let condition = |owner: &MachineName| match owner.role {
        _ if !expected => Condition::Broken("seen outside"),
        owner_role if owner_role != role => Condition::Broken(match owner_role {
            Role::Router => "to the router",
            Role::ReverseProxy => "to the proxy",
            Role::HomeServer => "to the home server",
        }),
        _ if declared.contains(owner) => Condition::Well,
        _ if !domain.former.machines.contains(owner) => Condition::Broken("of another domain"),
        _ if domain.former.accepted => Condition::Well,
        _ => Condition::Broken("moved away"),
    };
    let machines = owners.iter().take(MAX_TARGETS).map(|owner| (Target::Machine((*owner).clone()), condition(owner)));
    let mut foreign = seen.addresses.iter().filter(|address| !seen.owners.contains_key(address));
    let foreign = foreign.next().map(|first| (Target::Foreign(*first, foreign.count()), Condition::Broken("undeclared")));
    let idle = declared.iter().filter(|machine| expected && !owners.contains(machine)).take(MAX_TARGETS);
    let idle = idle.map(|machine| (Target::Machine(machine.clone()), Condition::Idle("not in DNS")));
    machines.chain(foreign).chain(idle).collect()
}

/// What the probes of a machine say for a domain; well where it was not probed.
fn probed(domain: &DomainVerdict, machine: &MachineName) -> Condition {
    // What is silent where it should be is well; a door that is open there is a finding.
    let probes = domain.probes.iter().filter(|probe| probe.role == machine.role && probe.machine == machine.name);
    let classes: Vec<Class> = probes.filter(|probe| probe.should_answer()).map(|probe| probe.class).collect();
    let is_down = |class: &&Class| !class.is_im_server() && **class != Class::Undecided;
    let down = classes.iter().filter(is_down).count();
    match classes.iter().find(is_down) {
        Some(_) if down < classes.len() => Condition::Broken("partly down"),
        Some(class) => Condition::Broken(in_short(*class)),
        None if classes.contains(&Class::Undecided) => Condition::Unknown("probe undecided"),
        None if classes.contains(&Class::Overloaded) => Condition::Broken("overloaded"),
        None => Condition::Well,
    }
}

fn in_short(class: Class) -> &'static str {
    match class {
        Class::Rvp | Class::RvpLikely => "",
        Class::Overloaded => "overloaded",
        Class::RouterDown => "router down",
        Class::BlocksMethods => "blocks methods",
        Class::NotRvp => "no IM server",
        Class::NotHttp => "not HTTP",
        Class::Refused => "refused",
        Class::Timeout => "timed out",
        Class::Reset => "cut off",
        Class::Unreachable => "no route",
        Class::Undecided => "probe undecided",
    }
}

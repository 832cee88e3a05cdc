//! The topology as inline SVG, and the same in words. Decides nothing about what is broken.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::super::headline::{count, number};
use super::Mark;
use super::layout::{BOX, COLUMNS, LETTER, Line, Places, WIDTH, column_of, lines, width_of};
use super::topology::{Condition, Node, Row, Target, Topology};
use crate::dns::View;
use crate::judge::{Judgement, MachineName, Severity, Verdict};
use crate::profile::Role;

pub(super) fn section(judgement: &Judgement) -> Markup {
    let topology = Topology::of(judgement);
    let broken = topology.ways.values().filter(|condition| matches!(condition, Condition::Broken(_))).count();
    html! {
        section #topology aria-labelledby="topology-title" {
            h2 #topology-title { (if broken > 0 { "Where it breaks" } else { "How people get through" }) }
            p.hint { (caption(&topology)) span.narrow { " Scroll sideways, or read it in words below." } }
            div.scroll tabindex="0" role="region" aria-label="Drawing of the topology" { (drawing(&topology, broken)) }
            (legend())
            details {
                summary { "The drawing in words" }
                ul.words { @for position in 0..topology.rows.len() { li { (in_words(&topology, position)) } } }
            }
        }
    }
}

fn caption(topology: &Topology<'_>) -> String {
    let drawn = count(topology.rows.len() as u64, "domain");
    let (wrong, fine) = (topology.more_wrong as u64, topology.more_fine as u64);
    let mut rest = Vec::new();
    rest.extend((wrong > 0).then(|| format!("{} more {} attention", number(wrong), if wrong == 1 { "needs" } else { "need" })));
    rest.extend((fine > 0).then(|| format!("{} more {} nothing wrong", number(fine), if fine == 1 { "has" } else { "have" })));
    let rest = if rest.is_empty() { String::new() } else { format!(" {}: see the table below.", rest.join(", ")) };
    format!("{drawn} drawn: from outside by the reverse proxy (left), from inside by the router (right).{rest}")
}

fn legend() -> Markup {
    html! {
        ul.legend aria-label="Legend" {
            @for (mark, meaning) in [(Mark::GOOD, "as it should be"), (Mark::BAD, "broken"), (Mark::DOUBTFUL, "with a warning"), (Mark::UNKNOWN, "nobody would say"), (IDLE, "declared, not in use")] {
                li { svg viewBox="0 0 36 12" width="36" height="12" aria-hidden="true" { path class={ "way " (mark.class) } d="M2 6H34" {} } (meaning) }
            }
        }
    }
}

const IDLE: Mark = Mark { class: "idle", sign: "\u{2013}" };

impl Condition {
    pub(super) fn mark(self) -> (Mark, &'static str) {
        match self {
            Self::Well => (Mark::GOOD, ""),
            Self::Idle(why) => (IDLE, why),
            Self::Doubtful(why) => (Mark::DOUBTFUL, why),
            Self::Unknown(why) => (Mark::UNKNOWN, why),
            Self::Broken(why) => (Mark::BAD, why),
        }
    }
}

fn drawing(topology: &Topology<'_>, broken: usize) -> Markup {
    let places = Places::of(topology);
    let lines = lines(topology, &places);
    let height = places.bottom();
    html! {
        svg.topology viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) role="img" aria-labelledby="drawing-title drawing-text" {
            title #drawing-title { "Topology: what each view leads to" }
            desc #drawing-text {
                (count(topology.rows.len() as u64, "domain")) ", " (count(broken as u64, "broken way")) ". The same stands in words below the drawing."
            }
            @for (column, title) in ["Outside: reverse proxies", "E-mail and IM domains", "Inside: routers", "Home servers"].into_iter().enumerate() {
                @let (x, width) = COLUMNS[column];
                text.column x=(x + width / 2) y="20" text-anchor="middle" { (title) }
            }
            @for line in &lines { path class={ "way " (line.condition.mark().0.class) } d=(line.path) {} }
            @for (node, at) in &places.0 { (self::node(topology, node, *at)) }
            @for line in lines.iter().filter(|line| !line.condition.mark().1.is_empty()) { (label(line)) }
        }
    }
}

/// What is wrong with a way, beside the box that it leaves.
fn label(line: &Line) -> Markup {
    let (mark, text) = line.condition.mark();
    let ((x, y), width) = (line.label_at, width_of(text));
    html! {
        g class={ "label " (mark.class) } {
            rect x=(x - width / 2) y=(y - 9) width=(width) height="18" rx="9" {}
            text x=(x) y=(y + 4) text-anchor="middle" { (mark.sign) " " (text) }
        }
    }
}

fn node(topology: &Topology<'_>, node: &Node, at: i32) -> Markup {
    match node {
        Node::Domain(position) => domain(&topology.rows[*position], at),
        Node::Home(machine) => machine_box(topology, 3, machine, false, at),
        Node::Target(view, Target::Machine(machine)) => {
            let wanted = if *view == View::Internal { Role::Router } else { Role::ReverseProxy };
            machine_box(topology, column_of(node), machine, machine.role != wanted, at)
        }
        Node::Target(_, Target::Foreign(address, more)) => {
            let rest = if *more > 0 { format!("and {more} more, undeclared") } else { "nobody declared it".to_owned() };
            boxed(column_of(node), at, "bad", &address.to_string(), &rest)
        }
        Node::Target(view, Target::NoneDeclared) => {
            let what = if *view == View::Internal { "no router" } else { "no reverse proxy" };
            boxed(column_of(node), at, "idle", what, "none is declared")
        }
    }
}

fn machine_box(topology: &Topology<'_>, column: usize, machine: &MachineName, is_wrong: bool, at: i32) -> Markup {
    let addresses = topology.addresses(machine);
    let more = if addresses.len() > 1 { format!(" +{}", addresses.len() - 1) } else { String::new() };
    let known = addresses.first().map(|first| format!("{first}{more}"));
    // The column says what a machine is, unless it should not stand there.
    let below = match known {
        Some(known) if is_wrong => format!("{} {known}", machine.role),
        Some(known) => known,
        None => machine.role.to_string(),
    };
    boxed(column, at, if is_wrong { "bad" } else { "plain" }, &machine.name, &below)
}

/// A box with two lines.
fn boxed(column: usize, at: i32, class: &str, name: &str, below: &str) -> Markup {
    let (x, width) = COLUMNS[column];
    html! {
        g class={ "node " (class) } {
            title { (name) ", " (below) }
            rect x=(x) y=(at - BOX / 2) width=(width) height=(BOX) rx="7" {}
            text.name x=(x + width / 2) y=(at - 3) text-anchor="middle" { (fitted(name, width / 8)) }
            text.below x=(x + width / 2) y=(at + 12) text-anchor="middle" { (fitted(below, width / LETTER - 1)) }
        }
    }
}

/// The e-mail domain, an arrow, and the IM domain with its verdict.
fn domain(row: &Row<'_>, at: i32) -> Markup {
    let (x, width) = COLUMNS[1];
    let middle = x + width / 2;
    let email = match row.domain.email.split_first() {
        None => "no e-mail domain".to_owned(),
        Some((first, [])) => first.to_unicode(),
        Some((first, rest)) => format!("{} +{}", first.to_unicode(), rest.len()),
    };
    let (mark, word) = state(row);
    let arrow = row.service().map_or("good", |(_, severity)| if severity == Severity::Error { "bad" } else { "doubtful" });
    html! {
        text.email x=(middle) y=(at - 42) text-anchor="middle" { (fitted(&email, width / LETTER)) }
        path class={ "way " (arrow) } d={ "M" (middle) " " (at - 37) "V" (at - 23) "M" (middle - 4) " " (at - 28) "L" (middle) " " (at - 23) "L" (middle + 4) " " (at - 28) } {}
        @if let Some((rule, _)) = row.service() {
            text class={ "service " (arrow) } x=(middle + 9) y=(at - 26) { "\u{2715} " (rule) }
        }
        @if !row.domain.external {
            text.aside x=(x - 10) y=(at + 4) text-anchor="end" { "inside only" }
        }
        (boxed(1, at, mark.class, &row.domain.name.to_unicode(), &format!("{} {word}", mark.sign)))
    }
}

/// The verdict, and what it keeps silent about.
fn state(row: &Row<'_>) -> (Mark, String) {
    match (row.domain.verdict, row.worst()) {
        (Verdict::Ok, Some(Severity::Warning)) => (Mark::DOUBTFUL, "ok, with warnings".to_owned()),
        (verdict, _) => (Mark::of(verdict), verdict.to_string()),
    }
}

/// The text, with its middle left out where it is too long for a box.
fn fitted(text: &str, room: i32) -> String {
    let room = usize::try_from(room).unwrap_or(20);
    let letters: Vec<char> = text.chars().collect();
    if textwrap::core::display_width(text) <= room {
        return text.to_owned();
    }
    // What tells names of one organisation apart mostly stands in front.
    let (front, back) = (room * 2 / 3, room / 3 - 1);
    let (head, tail) = (letters.iter().take(front), letters.iter().skip(letters.len().saturating_sub(back)));
    head.chain(&['\u{2026}']).chain(tail).collect()
}

fn in_words(topology: &Topology<'_>, position: usize) -> Markup {
    let row = &topology.rows[position];
    let node = Node::Domain(position);
    let side = |view: View| {
        let ways = topology.ways_at(&node).filter(move |(_, to, _)| matches!(to, Node::Target(of, _) if *of == view));
        let texts: Vec<String> = ways.map(|(_, to, condition)| in_a_phrase(to, condition)).collect();
        if texts.is_empty() { "nothing, as declared".to_owned() } else { texts.join("; ") }
    };
    let routers = topology.ways_at(&node).map(|(_, to, _)| to);
    let homes: BTreeSet<String> = (routers.flat_map(|router| topology.ways_at(router)).chain(topology.ways_at(&node)))
        .filter(|(_, to, _)| matches!(to, Node::Home(_)))
        .map(|(_, to, condition)| in_a_phrase(to, condition))
        .collect();
    html! {
        b { (row.domain.name.to_unicode()) } " (" (state(row).1) "): outside " (side(View::External)) "; inside " (side(View::Internal))
        @if !homes.is_empty() { "; home servers: " (homes.into_iter().collect::<Vec<_>>().join("; ")) }
        @if let Some((rule, _)) = row.service() { "; from the e-mail domain: " (rule) }
        "."
    }
}

fn in_a_phrase(to: &Node, condition: Condition) -> String {
    let name = match to {
        Node::Target(_, Target::Machine(machine)) | Node::Home(machine) => format!("{} {}", machine.role, machine.name),
        Node::Target(_, Target::Foreign(address, 0)) => address.to_string(),
        Node::Target(_, Target::Foreign(address, more)) => format!("{address} and {more} more"),
        Node::Target(_, Target::NoneDeclared) | Node::Domain(_) => "no machine declared".to_owned(),
    };
    match condition.mark().1 {
        "" => name,
        why => format!("{name} ({why})"),
    }
}

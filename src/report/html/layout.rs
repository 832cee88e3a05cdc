//! Where everything of the drawing stands, and how the ways between the boxes run. Draws nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::topology::{Condition, Node, Topology};
use crate::dns::View;

/// Sizes in units of the drawing, which are pixels where there is room.
const ROW: i32 = 88;
const TOP: i32 = 58;
/// The height of a box.
pub(super) const BOX: i32 = 40;
/// From a machine to the next below it.
const PITCH: i32 = 54;
/// The whole drawing.
pub(super) const WIDTH: i32 = 1126;
/// Left edge and width of each column: outside, domains, inside, home servers.
pub(super) const COLUMNS: [(i32, i32); 4] = [(6, 178), (320, 212), (668, 178), (974, 146)];
/// The width of a character of a label, about.
pub(super) const LETTER: i32 = 6;

/// Between labels of ways that leave a box on the same side.
const LABEL_PITCH: i32 = 20;

/// Where everything stands: the middle of each node's box.
pub(super) struct Places(pub(super) BTreeMap<Node, i32>);

impl Places {
    pub(super) fn of(topology: &Topology<'_>) -> Self {
        let rows = 0..topology.rows.len();
        let mut places = Self(rows.zip(0..).map(|(row, at)| (Node::Domain(row), TOP + at * ROW + ROW / 2 + 8)).collect());
        let nodes: BTreeSet<&Node> = topology.ways.keys().flat_map(|(from, to)| [from, to]).collect();
        for column in [0, 2, 3] {
            let here = nodes.iter().copied().filter(|node| column_of(node) == column);
            let mut wanted: Vec<_> = here.map(|node| (places.wanted(topology, node), node.clone())).collect();
            wanted.sort();
            let mut free = TOP + BOX / 2 + 8;
            for (wanted, node) in wanted {
                let at = wanted.max(free);
                free = at + PITCH;
                places.0.insert(node, at);
            }
        }
        places
    }

    /// Amid those that lead to it.
    fn wanted(&self, topology: &Topology<'_>, node: &Node) -> i32 {
        let neighbours = topology.ways_at(node).filter_map(|(from, to, _)| self.0.get(if from == node { to } else { from }));
        let (sum, n) = neighbours.fold((0, 0), |(sum, n), at| (sum + at, n + 1));
        if n == 0 { TOP } else { sum / n }
    }

    pub(super) fn bottom(&self) -> i32 {
        self.0.values().max().map_or(TOP, |lowest| lowest + BOX)
    }
}

/// The position in [`COLUMNS`].
pub(super) fn column_of(node: &Node) -> usize {
    match node {
        Node::Target(View::External, _) => 0,
        Node::Domain(_) => 1,
        Node::Target(View::Internal, _) => 2,
        Node::Home(_) => 3,
    }
}

/// One way as it is drawn.
pub(super) struct Line {
    pub(super) condition: Condition,
    /// The data of an SVG path.
    pub(super) path: String,
    /// The middle of its label.
    pub(super) label_at: (i32, i32),
}

/// The width of a label.
pub(super) fn width_of(label: &str) -> i32 {
    i32::try_from(label.chars().count()).unwrap_or(20) * LETTER + 26
}

/// All ways. Those with a label leave their box one below the other, straight under their labels, and bend only then: so a label
/// stands beside what it is about, however many ways lead to one machine.
pub(super) fn lines(topology: &Topology<'_>, places: &Places) -> Vec<Line> {
    let mut sides: BTreeMap<(&Node, usize), Vec<(i32, Condition)>> = BTreeMap::new();
    for ((from, to), condition) in &topology.ways {
        let Some(end) = places.0.get(to) else { continue };
        sides.entry((from, column_of(to))).or_default().push((*end, *condition));
    }
    let mut lines = Vec::new();
    for ((from, column), mut ways) in sides {
        let Some(middle) = places.0.get(from) else { continue };
        ways.sort();
        let labelled = ways.iter().filter(|(_, condition)| !condition.mark().1.is_empty()).count();
        let mut start = middle - LABEL_PITCH * i32::try_from(labelled.saturating_sub(1)).unwrap_or(0) / 2;
        for (end, condition) in ways {
            if condition.mark().1.is_empty() {
                lines.push(line(column_of(from), column, *middle, end, condition));
            } else {
                lines.push(line(column_of(from), column, start, end, condition));
                start += LABEL_PITCH;
            }
        }
    }
    lines
}

/// From one column to another: it leaves a box where it faces the other.
fn line(from: usize, to: usize, y1: i32, y2: i32, condition: Condition) -> Line {
    let (a, b) = (COLUMNS[from], COLUMNS[to]);
    let (x1, x2) = if a.0 < b.0 { (a.0 + a.1, b.0) } else { (a.0, b.0 + b.1) };
    let label = condition.mark().1;
    let straight = if label.is_empty() { 0 } else { (width_of(label) + 4).min((x2 - x1).abs() - 14) };
    let turn = x1 + straight * (x2 - x1).signum();
    let bend = (x2 - turn) / 2;
    let path = format!("M{x1} {y1}H{turn}C{} {y1} {} {y2} {x2} {y2}", turn + bend, x2 - bend);
    Line { condition, path, label_at: (i32::midpoint(x1, turn), y1) }
}

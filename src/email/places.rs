//! Where people stand, in the order in which they came: who stands on the line below the last one adds nothing. Never knows whom.

/// A place in the lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) line: u32,
    /// 0 where it is too far to the right to be kept.
    pub(super) column: u16,
    /// The position of the list among all.
    pub(super) file: u16,
}

/// Places, by their number from 0.
#[derive(Debug, Default)]
pub(super) struct Places {
    runs: Vec<Run>,
    /// What goes on with the last run: nothing at first, for lines are counted from 1.
    next: Spot,
}

/// Places in one column of lines that follow each other.
#[derive(Debug)]
struct Run {
    /// The number of the first, and where it is.
    first: u32,
    spot: Spot,
}

impl Spot {
    pub(super) fn new((file, line, column): (usize, u32, u32)) -> Self {
        Self { line, column: u16::try_from(column).unwrap_or_default(), file: u16::try_from(file).unwrap_or(u16::MAX) }
    }

    fn below(self, lines: u32) -> Self {
        Self { line: self.line.saturating_add(lines), ..self }
    }
}

impl Places {
    /// The most octets that a place takes.
    #[cfg(test)]
    pub(super) const MOST: usize = size_of::<Run>();

    /// Adds the place with the number that follows.
    pub(super) fn push(&mut self, number: u32, spot: Spot) {
        if spot != self.next {
            self.runs.push(Run { first: number, spot });
        }
        self.next = spot.below(1);
    }

    /// The place with a number.
    pub(super) fn get(&self, number: u32) -> Spot {
        let behind = self.runs.partition_point(|run| run.first <= number);
        let run = behind.checked_sub(1).and_then(|at| self.runs.get(at));
        run.map(|run| run.spot.below(number - run.first)).unwrap_or_default()
    }

    /// How many octets they take.
    #[cfg(test)]
    pub(super) fn octets(&self) -> usize {
        self.runs.len() * Self::MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_without_room_loses_its_column() {
        assert_eq!((Spot::new((3, 4, 65_535)).column, Spot::new((70_000, 4, 65_536)).column), (65_535, 0));
    }

    #[test]
    fn lines_that_follow_each_other_take_one_place() {
        let mut places = Places::default();
        (0..1000).for_each(|number| places.push(number, Spot::new((0, number + 1, 1))));
        assert_eq!((places.octets(), places.get(999).line), (Places::MOST, 1000));
    }

    proptest::proptest! {
        #[test]
        fn every_place_is_found_again(steps in proptest::collection::vec((0..3_u32, 1..3_u32, 0..2_usize), 0..200), near in 0..2_u32) {
            let (mut places, mut line) = (Places::default(), if near == 0 { 1 } else { u32::MAX - 100 });
            let mut spots = Vec::new();
            for (number, (lines, column, file)) in (0..).zip(steps) {
                line = line.saturating_add(lines);
                spots.push(Spot::new((file, line, column)));
                places.push(number, Spot::new((file, line, column)));
            }
            for (number, spot) in (0..).zip(&spots) {
                proptest::prop_assert_eq!(places.get(number), *spot);
            }
        }
    }
}

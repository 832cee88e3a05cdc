//! What is wrong with an inventory, all of it at once, shown as rustc shows it. Finds nothing itself.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::source::{Source, Spot};
use crate::place::Place;

/// Mistakes beyond this number are counted and not shown: a domain list in the wrong format has one on each line.
const SHOWN: usize = 50;
/// A line longer than this is named and not shown, bytes.
const LONG_LINE: usize = 4096;
/// Two places at most this many lines apart are shown in one piece.
const ONE_PIECE: usize = 100;
/// Characters of a message that are shown: it quotes values of any length.
const LONG_MESSAGE: usize = 400;

/// Everything that is wrong with an inventory and its domain lists, in the order of the files; never empty.
#[derive(Clone, Debug)]
pub struct Mistakes {
    sources: Vec<Source>,
    list: Vec<Mistake>,
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    /// The whole clause.
    pub(super) message: String,
    pub(super) at: Spot,
    /// What stands under the place.
    pub(super) label: String,
    /// Another place that it takes to understand.
    pub(super) also: Option<(Spot, String)>,
    /// How to mend it.
    pub(super) help: Option<String>,
    /// Whether a syntax error elsewhere may be the cause: what is missing may be in a part that could not be read.
    pub(super) may_follow: bool,
}

impl Mistake {
    pub(super) fn new(at: Spot, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { message: message.into(), at, label: label.into(), also: None, help: None, may_follow: false }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn also(mut self, at: Spot, label: impl Into<String>) -> Self {
        self.also = Some((at, label.into()));
        self
    }

    pub(super) fn may_follow(mut self) -> Self {
        self.may_follow = true;
        self
    }

    /// Messages quote the file: nothing of it reaches a terminal as a control character, nor at any length.
    fn make_safe(&mut self) {
        let also = self.also.as_mut().map(|(_, label)| label);
        for text in [&mut self.message, &mut self.label].into_iter().chain(&mut self.help).chain(also) {
            *text = shortened(text);
        }
    }
}

impl Mistakes {
    /// `None` where nothing is wrong.
    pub(super) fn of(sources: Vec<Source>, mut list: Vec<Mistake>) -> Option<Self> {
        list.sort_by_key(|mistake| mistake.at);
        list.iter_mut().for_each(Mistake::make_safe);
        (!list.is_empty()).then_some(Self { sources, list })
    }

    /// How many there are; at least one.
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Each mistake as one clause with its place; control characters come out as pictures.
    pub fn iter(&self) -> impl Iterator<Item = (Place, &str)> {
        self.list.iter().map(|mistake| (self.sources[mistake.at.file].place(mistake.at.start), mistake.message.as_str()))
    }

    /// The mistakes with the lines they are on, the first fifty in full, and a last line that counts them all.
    /// Control characters of the files come out as pictures. `color` adds ANSI styles.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
        let mut text = String::new();
        for mistake in self.list.iter().take(SHOWN) {
            text.push_str(&renderer.render(&self.report(mistake)));
            text.push_str("\n\n");
        }
        let error = if color { annotate_snippets::renderer::DEFAULT_ERROR_STYLE } else { anstyle::Style::new() };
        text + &format!("{error}error{error:#}: {}\n", self.count())
    }

    fn count(&self) -> String {
        let path = shortened(&self.sources[0].path);
        let files = self.list.iter().map(|mistake| mistake.at.file).collect::<std::collections::BTreeSet<_>>();
        let lists = if files.iter().any(|file| *file > 0) { " and its domain lists" } else { "" };
        match self.list.len() {
            1 => format!("{path}{lists}: 1 mistake"),
            many if many > SHOWN => format!("{path}{lists}: {many} mistakes, {} more than shown", many - SHOWN),
            many => format!("{path}{lists}: {many} mistakes"),
        }
    }

    fn report<'a>(&'a self, mistake: &'a Mistake) -> Vec<Group<'a>> {
        let mut group = Group::with_title(Level::ERROR.primary_title(&mistake.message));
        let here = (mistake.at, mistake.label.as_str(), AnnotationKind::Primary);
        let there = mistake.also.as_ref().map(|(spot, label)| (*spot, label.as_str(), AnnotationKind::Context));
        let together = there.is_some_and(|(spot, ..)| self.near(mistake.at, spot));
        let pieces = match there {
            Some(there) if together => vec![vec![here, there]],
            Some(there) => vec![vec![here], vec![there]],
            None => vec![vec![here]],
        };
        for marks in pieces {
            group = match self.snippet(&marks) {
                Some(snippet) => group.element(snippet),
                None => group.element(self.origin(marks[0].0)),
            };
        }
        if let Some(help) = &mistake.help {
            group = group.element(Level::HELP.message(help));
        }
        vec![group]
    }

    /// Whether both are in one file and few enough lines apart.
    fn near(&self, one: Spot, other: Spot) -> bool {
        let line = |spot: Spot| self.sources[spot.file].line_at(spot.start);
        one.file == other.file && line(one).abs_diff(line(other)) <= ONE_PIECE
    }

    /// The lines from the first mark to the last; `None` where a line is too long to be shown.
    fn snippet<'a>(&'a self, marks: &[(Spot, &'a str, AnnotationKind)]) -> Option<Snippet<'a, Annotation<'a>>> {
        let source = &self.sources[marks.first()?.0.file];
        let first = marks.iter().map(|(spot, ..)| source.line_at(spot.start)).min()?;
        let last = marks.iter().map(|(spot, ..)| source.line_at(spot.start)).max()?;
        let window = source.lines(first..last + 1);
        let raw = source.text.get(window.clone())?;
        if raw.lines().any(|line| line.len() > LONG_LINE) {
            return None;
        }
        let moved = |byte: usize| visible(raw.get(..byte.clamp(window.start, window.end) - window.start).unwrap_or(raw)).len();
        let mark = |(spot, label, kind): (Spot, &'a str, AnnotationKind)| {
            let line_end = source.lines(source.line_at(spot.start)..source.line_at(spot.start) + 1).end;
            let bytes: Range<usize> = moved(spot.start)..moved(spot.end.min(line_end).max(spot.start));
            kind.span(bytes).label(label)
        };
        let annotations: Vec<_> = marks.iter().copied().map(mark).collect();
        let snippet = Snippet::source(visible(raw)).line_start(first + 1).path(shortened(&source.path));
        Some(snippet.annotations(annotations))
    }

    fn origin(&self, spot: Spot) -> Origin<'_> {
        let source = &self.sources[spot.file];
        let place = source.place(spot.start);
        Origin::path(shortened(&source.path)).line(place.line as usize).char_column(place.column as usize)
    }
}

/// Source text with a picture for each character that a terminal would obey: one for one, so that columns stay.
/// Line breaks and tabs remain; the renderer deals with them.
fn visible(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { c } else { picture(c) }).collect()
}

/// A message or a path: on one line, and cut where it is too long.
fn shortened(text: &str) -> String {
    let line: String = text.chars().take(LONG_MESSAGE).map(picture).collect();
    let cut = if text.chars().nth(LONG_MESSAGE).is_some() { "…" } else { "" };
    line + cut
}

/// What stands for a control character, or for one that reorders or hides text.
fn picture(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            char::REPLACEMENT_CHARACTER
        }
        c => c,
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Mistakes {}

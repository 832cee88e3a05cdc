//! Splits a line or a cell into its addresses (RFC 5322 3.4, RFC 6068). Never decides what an address is worth.

use std::collections::VecDeque;

use super::address::{Address, AddressError, Fault, column};
use super::characters::{is_blank, is_split};
use super::excerpt::excerpt;
use super::mailbox::{self, comment_end, quote_end};
use super::scheme::{Scheme, scheme};

/// One address of a text, or what stands where one should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// As it stands in the text, blanks round it taken off.
    pub text: &'a str,
    /// 1-based, in characters of the whole text.
    pub column: u32,
    /// What it is; a fault's column counts in the whole text.
    pub address: Result<Address, AddressError>,
}

/// The addresses of a text, separated by commas and semicolons outside quotes, comments and brackets.
pub fn addresses(text: &str) -> Addresses<'_> {
    Addresses { text, at: 0, counted: (0, 1), queue: VecDeque::new(), lone_semicolon_at_end: None }
}

/// Hands the addresses of a text to `take`, in order, until it fails. Those from which no IM address can follow are faults.
pub(super) fn each<'a, E>(text: &'a str, mut take: impl FnMut(Piece<'a>) -> Result<(), E>) -> Result<(), E> {
    match lone(text) {
        Some(piece) => take(piece.usable()),
        None => addresses(text).try_for_each(|piece| take(piece.usable())),
    }
}

impl Piece<'_> {
    /// The same, an address from which no IM address can follow being a fault.
    fn usable(self) -> Self {
        let fault = self.address.as_ref().ok().and_then(|address| address.usable_domain().err());
        match fault {
            None => self,
            Some(fault) => Self { address: Err(AddressError { column: self.column, fault }), ..self },
        }
    }
}

/// The only piece of a text that holds something, but no comment, bracket, word with a colon or separator, and no quote beside
/// those round its local part: most of what stands where an address should is not even more than one.
fn lone(text: &str) -> Option<Piece<'_>> {
    let quoted = text.starts_with('"').then(|| quote_end(text, 0)).flatten().unwrap_or(0);
    let behind = text.get(quoted..)?;
    if is_split(behind) || quoted > 0 && !behind.starts_with('@') {
        return None;
    }
    let rest = text.trim_start_matches(is_blank);
    let column = column(text, text.len() - rest.len());
    let piece = rest.trim_end_matches(is_blank);
    (!piece.is_empty()).then(|| located(piece, column, 0, mailbox::bare(piece)))
}

/// Iterates over the addresses of a text; each character is looked at a bounded number of times.
#[derive(Clone, Debug)]
pub struct Addresses<'a> {
    text: &'a str,
    /// Where to go on, a byte position.
    at: usize,
    /// A byte position and its column, so that columns are counted once from left to right.
    counted: (usize, u32),
    /// What a `mailto:` with several addresses has left.
    queue: VecDeque<Piece<'a>>,
    lone_semicolon_at_end: Option<bool>,
}

impl<'a> Iterator for Addresses<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            if let Some(piece) = self.queue.pop_front() {
                return Some(piece);
            }
            self.skip_separators();
            if self.rest().is_empty() {
                return None;
            }
            if let Some(piece) = self.piece() {
                return Some(piece);
            }
        }
    }
}

impl<'a> Addresses<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_separators(&mut self) {
        self.skip_while(|c| is_blank(c) || c == ',' || c == ';');
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(wanted).len();
    }

    /// The piece at hand; `None` where it was the name of a group, a comment or a URI's tail.
    fn piece(&mut self) -> Option<Piece<'a>> {
        let start = self.at;
        match scheme(self.rest()) {
            None => {
                if let Some(colon) = self.group_colon() {
                    return self.enter_group(start, colon + 1);
                }
                let text = self.take_until(self.end_of_piece());
                // A comment alone is no address, and nobody meant it as one.
                let comment = text.starts_with('(') && comment_end(text, 0) == Some(text.len());
                (!comment).then(|| self.parsed(start, text, start))
            }
            Some((Scheme::Plain, after)) => {
                let text = self.take_until(self.end_of_piece());
                Some(self.parsed(start, text, start + after))
            }
            Some((Scheme::Uri(true), after)) => {
                self.mailto(start, start + after);
                None
            }
            Some((Scheme::Uri(false), after)) => Some(self.uri(start, after)),
            Some((Scheme::Foreign(kind), _)) => {
                let text = self.take_until(self.end_of_foreign());
                Some(self.faulty(start, text, Fault::ForeignKind(kind)))
            }
            Some((Scheme::Unknown(word), after)) => {
                if self.is_group_name(after) {
                    return self.enter_group(start, start + after);
                }
                let text = self.take_until(self.end_of_piece());
                Some(self.faulty(start, text, Fault::UnknownScheme(excerpt(word))))
            }
        }
    }

    /// Takes the text up to a position and trims it.
    fn take_until(&mut self, end: usize) -> &'a str {
        let text = self.text.get(self.at..end).unwrap_or_default().trim_end_matches(is_blank);
        self.at = end;
        text
    }

    /// The end of the piece at hand: the next separator that nothing protects.
    fn end_of_piece(&self) -> usize {
        let mut at = self.at;
        let mut in_angle = false;
        let protects = |octet| matches!(octet, b'"' | b'(' | b'<' | b'>' | b',' | b';');
        while let Some(position) = self.text.get(at..).and_then(|rest| rest.bytes().position(protects)) {
            let found = at + position;
            let jump = match self.text.as_bytes().get(found) {
                Some(b'"') => quote_end(self.text, found),
                Some(b'(') => comment_end(self.text, found),
                Some(b',' | b';') if !in_angle => return found,
                Some(bracket) => {
                    in_angle = *bracket == b'<' || (in_angle && *bracket != b'>');
                    Some(found + 1)
                }
                None => None,
            };
            // What is not closed reaches to the end: no part of it can be told from a separator.
            let Some(next) = jump else { break };
            at = next;
        }
        self.text.len()
    }

    /// X.400 addresses hold semicolons: only a new scheme after one begins another address.
    fn end_of_foreign(&self) -> usize {
        let separators = self.rest().match_indices([';', ',']);
        let mut found = separators.map(|(position, _)| self.at + position).filter(|&position| {
            let next = self.text.get(position + 1..).unwrap_or_default().trim_start_matches(is_blank);
            scheme(next).is_some()
        });
        found.next().unwrap_or(self.text.len())
    }

    /// The colon after a group's name, when the piece at hand begins a group.
    fn group_colon(&self) -> Option<usize> {
        let mut at = self.at;
        loop {
            let tells = |octet| matches!(octet, b'"' | b':' | b'@' | b'<' | b'(' | b'[' | b',' | b';');
            let found = at + self.text.get(at..)?.bytes().position(tells)?;
            match self.text.as_bytes().get(found)? {
                b'"' => at = quote_end(self.text, found)?,
                b':' if found > self.at => return Some(found),
                _ => return None,
            }
        }
    }

    /// Whether a word with a colon names a group: `Team: a@b` does, and `Team:a@b;` where the semicolon ends the text.
    fn is_group_name(&mut self, after: usize) -> bool {
        let text = self.text;
        match self.rest().get(after..).and_then(|rest| rest.chars().next()) {
            None => true,
            Some(c) if is_blank(c) || ";<\"".contains(c) => true,
            Some(_) => *self.lone_semicolon_at_end.get_or_insert_with(|| {
                let text = text.trim_end_matches(is_blank);
                text.ends_with(';') && text.matches(';').count() == 1
            }),
        }
    }

    fn enter_group(&mut self, start: usize, after: usize) -> Option<Piece<'a>> {
        self.at = after;
        self.skip_while(is_blank);
        if !self.rest().is_empty() && !self.rest().starts_with(';') {
            return None;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Some(self.faulty(start, text, Fault::EmptyGroup))
    }

    /// `mailto:a@b,c@d?subject=…` up to the next blank.
    fn mailto(&mut self, start: usize, after: usize) {
        let rest = self.text.get(after..).unwrap_or_default();
        let end = rest.find(|c| is_blank(c) || c == '>').unwrap_or(rest.len());
        let uri = rest.get(..end).unwrap_or_default();
        // A semicolon separates mailto: URIs, but is part of what follows a `?`.
        let end = uri.find(['?', ';']).filter(|&cut| uri.get(cut..).is_some_and(|tail| tail.starts_with(';'))).unwrap_or(end);
        let path = uri.get(..end).unwrap_or_default().split('?').next().unwrap_or_default();
        self.at = after + end;
        if !path.contains(',') && !path.is_empty() {
            let whole = self.text.get(start..self.at).unwrap_or_default();
            let piece = self.decoded(start, whole, path);
            self.queue.push_back(piece);
            return;
        }
        let mut at = after;
        for text in path.split(',') {
            if !text.is_empty() {
                let bare = strip_mailto(text);
                let piece = self.decoded(at, text, bare);
                self.queue.push_back(piece);
            }
            at += text.len() + 1;
        }
        if self.queue.is_empty() {
            let text = self.text.get(start..self.at).unwrap_or_default();
            let piece = self.faulty(start, text, Fault::Empty);
            self.queue.push_back(piece);
        }
    }

    /// `sip:a@b;transport=tls`, `xmpp:a@b?message`.
    fn uri(&mut self, start: usize, after: usize) -> Piece<'a> {
        let text = self.take_until(self.end_of_piece());
        while self.rest().starts_with(';') {
            let tail = self.rest().get(1..).unwrap_or_default();
            let end = tail.find([';', ',']).unwrap_or(tail.len());
            let parameter = tail.get(..end).unwrap_or_default();
            if parameter.is_empty() || !parameter.chars().all(|c| c.is_ascii_alphanumeric() || "-_.=%".contains(c)) {
                break;
            }
            self.at += 1 + end;
        }
        self.decoded(start, text, text.get(after..).unwrap_or_default())
    }

    fn decoded(&mut self, start: usize, text: &'a str, uri: &str) -> Piece<'a> {
        match mailbox::from_uri(uri) {
            Ok(address) => Piece { text, column: self.column(start), address: Ok(address) },
            Err(fault) => self.faulty(start, text, fault),
        }
    }

    /// Parses what stands from `from` to the end of `text`, which begins at `start`.
    fn parsed(&mut self, start: usize, text: &'a str, from: usize) -> Piece<'a> {
        let (begin, from) = (self.column(start), from - start);
        located(text, begin, from, mailbox::parse(text.get(from..).unwrap_or_default()))
    }

    fn faulty(&mut self, start: usize, text: &'a str, fault: Fault) -> Piece<'a> {
        let column = self.column(start);
        Piece { text, column, address: Err(AddressError { column, fault }) }
    }

    /// The column of a byte position; positions come in rising order.
    fn column(&mut self, at: usize) -> u32 {
        let (from, so_far) = self.counted;
        if at >= from {
            let more = column(self.text.get(from..).unwrap_or_default(), at - from) - 1;
            self.counted = (at, so_far.saturating_add(more));
        }
        self.counted.1
    }
}

/// The piece of a text that begins at the column `begin`, of which `address` was parsed from the position `from` on.
fn located(text: &str, begin: u32, from: usize, address: Result<Address, mailbox::Located>) -> Piece<'_> {
    let address = address.map_err(|(at, fault)| {
        let column = begin.saturating_add(column(text, from + at)) - 1;
        AddressError { column, fault }
    });
    Piece { text, column: begin, address }
}

fn strip_mailto(text: &str) -> &str {
    match scheme(text) {
        Some((Scheme::Uri(true), after)) => text.get(after..).unwrap_or_default(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let show = |piece: Piece<'_>| match piece.address {
            Ok(address) => format!("{}:{address}", piece.column),
            Err(error) => format!("{}!{}", error.column, error.fault),
        };
        addresses(text).map(show).collect()
    }

    #[test]
    fn a_blank_text_has_no_addresses() {
        for text in ["", "  ", "\u{a0}\u{200b}", ",;,", "(a comment)", "\u{feff}"] {
            assert_eq!(read(text), [""; 0], "{text:?}");
        }
    }

    #[test]
    fn separators_count_outside_quotes_comments_and_brackets_only() {
        assert_eq!(read("a@b.example, c@d.example;e@f.example"), ["1:a@b.example", "14:c@d.example", "26:e@f.example"]);
        assert_eq!(read("\"L, F\" <a@b.example>;x@y.example"), ["1:a@b.example", "22:x@y.example"]);
        assert_eq!(read("a@b.example (x, y), \"c,d\"@e.example"), ["1:a@b.example", "21:\"c,d\"@e.example"]);
        assert_eq!(read("ö@b.example,c@d.example"), ["1:ö@b.example", "13:c@d.example"]);
    }

    #[test]
    fn groups_are_their_members() {
        assert_eq!(read("Team: a@b.example, c@d.example;"), ["7:a@b.example", "20:c@d.example"]);
        assert_eq!(read("Team:a@b.example,c@d.example;"), ["6:a@b.example", "18:c@d.example"]);
        assert_eq!(read("\"My: Team\": a@b.example; e@f.example"), ["13:a@b.example", "26:e@f.example"]);
        assert_eq!(read("All of us: Ann <a@b.example>;"), ["12:a@b.example"]);
        assert_eq!(read("undisclosed-recipients:;"), ["1!the group has no members: list their addresses"]);
    }

    #[test]
    fn mailto_links_are_decoded_and_cut() {
        assert_eq!(read("mailto:a%2Bb@c.example?subject=x,y;z"), ["1:a+b@c.example"]);
        assert_eq!(
            read("mailto:a@b.example,c@d.example?cc=e@f.example x@y.example"),
            ["8:a@b.example", "20:c@d.example", "47:x@y.example"]
        );
        assert_eq!(read("mailto:a@b.example,mailto:c@d.example"), ["8:a@b.example", "20:c@d.example"]);
        assert_eq!(read("mailto:a@b.example;mailto:c@d.example"), ["1:a@b.example", "20:c@d.example"]);
        assert_eq!(read("mailto:?subject=x"), ["1!it holds no address: write local-part@domain"]);
    }

    #[test]
    fn known_schemes_are_stripped_and_others_refused() {
        assert_eq!(read("SMTP:a@b.example;smtp:c@d.example"), ["1:a@b.example", "18:c@d.example"]);
        assert_eq!(read("sip:a@b.example;transport=tls;lr, im:c@d.example"), ["1:a@b.example", "35:c@d.example"]);
        assert_eq!(read("xmpp:a@b.example?message"), ["1:a@b.example"]);
        let [unknown, known] = &read("foo:a@b.example;smtp:c@d.example")[..] else { panic!("two pieces") };
        assert!(unknown.contains("\"foo:\" is no known kind"), "{unknown}");
        assert_eq!(known, "17:c@d.example");
        let [x400, smtp] = &read("X400:c=US;a= ;p=x;SMTP:a@b.example")[..] else { panic!("two pieces") };
        assert!(x400.contains("X.400"), "{x400}");
        assert_eq!(smtp, "19:a@b.example");
    }

    #[test]
    fn one_bad_address_leaves_its_neighbours_alone() {
        assert_eq!(
            read("a@b.example, bad, c@d.example")[..2],
            ["1:a@b.example".to_owned(), "14!it has no \"@\": write local-part@domain".to_owned()]
        );
        assert_eq!(read("a@b.example, bad, c@d.example").len(), 3);
    }

    #[test]
    fn a_long_line_of_odd_pieces_takes_linear_time() {
        for piece in ["a:b,", "\"", "(", "<", "x400:;", "a:", "mailto:a,", "a@b.example,", "((", "sip:a;b;"] {
            let line = piece.repeat(100_000);
            let started = std::time::Instant::now();
            let count = addresses(&line).count();
            assert!(started.elapsed().as_secs() < 20, "{piece:?} took too long for {count} pieces");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic_and_pieces_stand_where_they_say(text in "\\PC{0,40}|[a-z@.\"\\\\<>(): ,;%?öX]{0,40}") {
            for piece in addresses(&text) {
                let from: String = text.chars().skip(piece.column as usize - 1).collect();
                proptest::prop_assert!(from.starts_with(piece.text), "{:?}", piece);
            }
        }

        #[test]
        fn what_is_one_piece_is_read_as_all_are(text in "\\PC{0,12}|\"?[ab .\\\\@%]{0,6}\"?@?[a-z@.\"(<: ,\u{a0}\\[\\]]{0,12}") {
            let mut found = Vec::new();
            let Ok(()) = each(&text, |piece| {
                found.push(piece);
                Ok::<(), std::convert::Infallible>(())
            });
            proptest::prop_assert_eq!(found, addresses(&text).map(Piece::usable).collect::<Vec<_>>());
        }
    }
}

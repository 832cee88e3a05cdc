//! The tokens of JSON (RFC 8259) with their places, from a bounded buffer. Never builds a value and never looks at structure.

use std::io::{self, Read};

use super::characters;
use super::lines::MAX_RECORD;

/// How much is read at once, octets.
const CHUNK: usize = 64 * 1024;

/// A token; its text is at hand until the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// One of `{}[]:,`.
    Mark(u8),
    /// A string.
    Text,
    /// A number, `true`, `false`, `null`, or what stands where one should.
    Word,
    /// Something that is no token: why, as a clause that goes after "it".
    Bad(&'static str),
    /// Nothing is left.
    End,
}

/// Cuts its input into tokens.
pub(super) struct Tokens<R> {
    input: R,
    buffer: Vec<u8>,
    /// The token at hand, quotes included.
    span: std::ops::Range<usize>,
    /// Whether the buffer holds octets beyond ASCII, so that characters are not octets.
    beyond_ascii: bool,
    ended: bool,
    line: u32,
    /// Up to where columns were counted, and the column there.
    counted: (usize, u32),
}

impl<R: Read> Tokens<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), span: 0..0, beyond_ascii: false, ended: false, line: 1, counted: (0, 1) }
    }

    /// Goes on to the next token.
    pub(super) fn next(&mut self) -> io::Result<Token> {
        self.span = self.span.end..self.span.end;
        loop {
            self.skip_blanks();
            if self.span.end < self.buffer.len() {
                break;
            }
            if !self.fill()? {
                return Ok(Token::End);
            }
        }
        match self.buffer.get(self.span.start) {
            Some(&mark @ (b'{' | b'}' | b'[' | b']' | b':' | b',')) => {
                self.span.end += 1;
                Ok(Token::Mark(mark))
            }
            Some(b'"') => self.string(),
            _ => self.word(),
        }
    }

    /// Line and column of the text of the token at hand: of a string, what stands behind its quote.
    pub(super) fn place(&mut self) -> (u32, u32) {
        let quote = usize::from(self.buffer.get(self.span.start) == Some(&b'"'));
        self.count_to(self.span.start);
        (self.line, self.counted.1.saturating_add(u32::try_from(quote).unwrap_or_default()))
    }

    /// The token at hand as it is spelt, a string with its quotes.
    pub(super) fn raw(&self) -> &[u8] {
        self.buffer.get(self.span.clone()).unwrap_or_default()
    }

    /// The content of the string at hand; `None` where its escapes or its octets stand for no text.
    pub(super) fn text(&self) -> Option<std::borrow::Cow<'_, str>> {
        let raw = self.raw();
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        if memchr::memchr(b'\\', inner).is_none() {
            return std::str::from_utf8(inner).ok().map(Into::into);
        }
        serde_json::from_slice::<String>(raw).ok().map(Into::into)
    }

    /// Skips the rest of the line; says whether another follows.
    pub(super) fn skip_line(&mut self) -> io::Result<bool> {
        self.span = self.span.end..self.span.end;
        loop {
            let rest = self.buffer.get(self.span.start..).unwrap_or_default();
            if let Some(feed) = memchr::memchr(b'\n', rest) {
                // The feed itself is counted with the blanks of the next token.
                self.span = self.span.start + feed..self.span.start + feed;
                return Ok(true);
            }
            self.span = self.buffer.len()..self.buffer.len();
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    fn skip_blanks(&mut self) {
        while let Some(&octet) = self.buffer.get(self.span.end) {
            // Texts that were joined bring their byte order marks along, and RFC 7464 begins each with a record separator.
            let mark = octet == 0xEF && self.buffer.get(self.span.end..self.span.end + 3) == Some(b"\xEF\xBB\xBF");
            match octet {
                b'\n' => {
                    self.line = self.line.saturating_add(1);
                    self.counted = (self.span.end + 1, 1);
                }
                b' ' | b'\t' | b'\r' | 0x1E => {}
                _ if mark => self.span.end += 2,
                _ => break,
            }
            self.span.end += 1;
        }
        self.span.start = self.span.end;
    }

    fn string(&mut self) -> io::Result<Token> {
        // Octets behind the opening quote that were looked at.
        let mut seen = 1;
        loop {
            let rest = self.buffer.get(self.span.start + seen..).unwrap_or_default();
            let special = special(rest);
            seen += special.unwrap_or(rest.len());
            match special.and_then(|position| rest.get(position..)) {
                Some([b'"', ..]) => {
                    self.span.end = self.span.start + seen + 1;
                    return Ok(Token::Text);
                }
                Some([b'\\', _, ..]) => {
                    seen += 2;
                    continue;
                }
                // The escaped character has not been read yet.
                Some([b'\\']) | None => {}
                Some(_) => return Ok(self.bad(seen, "holds a string that is not closed on its line")),
            }
            if seen > MAX_RECORD {
                return Ok(self.bad(seen, "holds a string of more than 1048576 octets"));
            }
            if !self.fill()? {
                return Ok(self.bad(self.buffer.len() - self.span.start, "ends inside a string"));
            }
        }
    }

    fn bad(&mut self, length: usize, why: &'static str) -> Token {
        self.span.end = self.span.start + length;
        Token::Bad(why)
    }

    fn word(&mut self) -> io::Result<Token> {
        loop {
            let rest = self.buffer.get(self.span.start..).unwrap_or_default();
            let is_word = |octet: &u8| octet.is_ascii_alphanumeric() || b"+-._".contains(octet);
            let length = rest.iter().take_while(|octet| is_word(octet)).count();
            if length < rest.len() || length > CHUNK {
                self.span.end = self.span.start + length.max(1);
                return Ok(if length == 0 { Token::Bad("holds a character that has no place in JSON") } else { Token::Word });
            }
            if !self.fill()? {
                self.span.end = self.buffer.len();
                return Ok(Token::Word);
            }
        }
    }

    /// Drops what stands before the token at hand and reads on; says whether anything came.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let kept = self.span.start;
        self.count_to(kept);
        self.buffer.drain(..kept);
        self.counted.0 -= kept;
        self.span = 0..self.span.end - kept;
        let left = self.buffer.len();
        let got = self.input.by_ref().take(CHUNK as u64).read_to_end(&mut self.buffer)?;
        let (left, new) = self.buffer.split_at(left);
        self.beyond_ascii = !new.is_ascii() || self.beyond_ascii && !left.is_ascii();
        self.ended = got == 0;
        Ok(got > 0)
    }

    fn count_to(&mut self, position: usize) {
        let between = self.buffer.get(self.counted.0..position).unwrap_or_default();
        let octets = u32::try_from(between.len()).unwrap_or(u32::MAX);
        let count = if self.beyond_ascii { characters::count(between) } else { octets };
        self.counted = (position.max(self.counted.0), self.counted.1.saturating_add(count));
    }
}

/// Where in a string its end, an escape or an octet that no string holds stands.
fn special(octets: &[u8]) -> Option<usize> {
    let end = memchr::memchr2(b'"', b'\\', octets);
    let text = octets.get(..end.unwrap_or(octets.len())).unwrap_or_default();
    let is_control = |octet: &u8| *octet < b' ';
    // Nearly no string has one: to look at all of it is quicker than to stop at the first.
    if text.iter().fold(false, |any, octet| any | is_control(octet)) { text.iter().position(is_control) } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one octet at a time, so that every token is torn.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(buffer.len()).min(1);
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn cut(input: impl Read) -> Vec<String> {
        let mut tokens = Tokens::new(input);
        let mut found = Vec::new();
        loop {
            let token = tokens.next().expect("reads");
            let (line, column) = tokens.place();
            found.push(match token {
                Token::End => return found,
                Token::Bad(why) => return [found, vec![why.to_owned()]].concat(),
                Token::Text => format!("{line}:{column} {}", tokens.text().unwrap_or("?".into())),
                Token::Mark(_) | Token::Word => format!("{line}:{column} {}", String::from_utf8_lossy(tokens.raw())),
            });
        }
    }

    #[test]
    fn tokens_have_their_text_and_their_place() {
        let text = "{\"ä\": [\"a\\\\\",\"\\u00e4\\\"\",\n -1.5e3,true ]}";
        let expected = [
            "1:1 {",
            "1:3 ä",
            "1:5 :",
            "1:7 [",
            "1:9 a\\",
            "1:13 ,",
            "1:15 ä\"",
            "1:24 ,",
            "2:2 -1.5e3",
            "2:8 ,",
            "2:9 true",
            "2:14 ]",
            "2:15 }",
        ];
        assert_eq!(cut(text.as_bytes()), expected);
        assert_eq!(cut(Drops(text.as_bytes())), expected);
    }

    #[test]
    fn columns_are_characters_wherever_the_buffer_ends() {
        let (ascii, beyond) = ("x".repeat(CHUNK), "ö".repeat(CHUNK));
        for blanks in 0..4 {
            let text = format!("{:blanks$}[\"a\",\"{ascii}\",\"b\",\"{beyond}\",\"c\",\"öö{ascii}\",\"d\"]", "");
            for token in cut(text.as_bytes()) {
                let (place, word) = token.split_once(' ').expect("a place and a text");
                if let [b'a'..=b'd'] = word.as_bytes() {
                    let before = text.find(&format!("\"{word}\"")).expect("it is there") + 1;
                    assert_eq!(place, format!("1:{}", text[..before].chars().count() + 1), "{word} behind {blanks}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_token_is_said() {
        for (text, why) in [
            ("\"a", "ends inside"),
            ("\"a\\", "ends inside"),
            ("\"a\nb\"", "not closed"),
            ("'a'", "no place"),
            ("\"\\ud800\"", "?"),
        ] {
            assert!(cut(text.as_bytes()).last().is_some_and(|last| last.contains(why)), "{text:?}");
        }
        let long = format!("\"{}\"", "x".repeat(2 * MAX_RECORD));
        assert!(cut(long.as_bytes())[0].contains("more than"));
    }

    proptest::proptest! {
        #[test]
        fn where_the_input_is_torn_changes_nothing(text in "[\\[\\]{}\",:\\\\\na 0ä]{0,60}") {
            proptest::prop_assert_eq!(cut(text.as_bytes()), cut(Drops(text.as_bytes())));
        }
    }
}

//! From the octets of a master file to entries of tokens (RFC 1035 5.1). Knows no name, no type and no directive.

use std::borrow::Cow;

/// The most tokens of one entry. A value has 65,535 octets at the most, and hardly ever a token for each.
const MAX_TOKENS: usize = 65_536;

/// A position in the text, 1-based; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// A word or a quoted string. Escapes are still in it: `\.` and `.` differ in a name.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) text: Cow<'t, [u8]>,
    pub(super) quoted: bool,
    pub(super) at: At,
}

/// What belongs together: one line, or several held together by parentheses. Never empty.
#[derive(Clone, Debug)]
pub(super) struct Entry<'t> {
    pub(super) tokens: Vec<Token<'t>>,
    /// Whether the line begins with a blank: the owner is that of the entry before.
    pub(super) indented: bool,
}

/// What is wrong, and where.
pub(super) type Wrong = (At, String);

/// Reads a text entry by entry.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t [u8],
    next: usize,
    /// How far lines and columns are counted. Positions are only ever asked for in order, so that each octet is counted once.
    counted: usize,
    at: At,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        Self { text, next: 0, counted: 0, at: At { line: 1, column: 1 } }
    }

    /// The next entry; `None` at the end. After a mistake the rest of its line is passed over.
    pub(super) fn entry(&mut self) -> Option<Result<Entry<'t>, Wrong>> {
        while let Some(first) = self.peek() {
            let indented = matches!(first, b' ' | b'\t');
            match self.tokens() {
                Ok(tokens) if tokens.is_empty() => {}
                Ok(tokens) => return Some(Ok(Entry { tokens, indented })),
                Err(wrong) => {
                    self.skip_line();
                    return Some(Err(wrong));
                }
            }
        }
        None
    }

    /// The tokens up to the end of a line that no parenthesis continues.
    fn tokens(&mut self) -> Result<Vec<Token<'t>>, Wrong> {
        let mut tokens = Vec::new();
        let mut open: Vec<At> = Vec::new();
        while let Some(octet) = self.peek() {
            if tokens.len() > MAX_TOKENS {
                return Err((self.here(), format!("the record has more than {MAX_TOKENS} words: is a parenthesis left open?")));
            }
            match octet {
                b'\n' => {
                    self.next += 1;
                    if open.is_empty() {
                        return Ok(tokens);
                    }
                }
                b' ' | b'\t' | b'\r' => self.next += 1,
                b';' => self.skip_line(),
                b'(' if open.is_empty() => {
                    open.push(self.here());
                    self.next += 1;
                }
                b'(' => return Err((self.here(), "a parenthesis inside a parenthesis: close the first, or delete one".to_owned())),
                b')' if open.pop().is_some() => self.next += 1,
                b')' => return Err((self.here(), "this parenthesis was never opened: open it, or delete it".to_owned())),
                b'"' => tokens.push(self.quoted()?),
                _ => tokens.push(self.word()),
            }
        }
        match open.pop() {
            Some(at) => Err((at, "this parenthesis is never closed: close it at the end of its record".to_owned())),
            None => Ok(tokens),
        }
    }

    fn word(&mut self) -> Token<'t> {
        let (at, start) = (self.here(), self.next);
        while let Some(octet) = self.peek() {
            match octet {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'(' | b')' | b'"' => break,
                b'\\' if !matches!(self.text.get(self.next + 1), None | Some(b'\n')) => self.next += 2,
                _ => self.next += 1,
            }
        }
        Token { text: Cow::Borrowed(&self.text[start..self.next]), quoted: false, at }
    }

    fn quoted(&mut self) -> Result<Token<'t>, Wrong> {
        let at = self.here();
        self.next += 1;
        let start = self.next;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') if !matches!(self.text.get(self.next + 1), None | Some(b'\n')) => self.next += 2,
                Some(b'\n') | None => return Err((at, "this quote is never closed: close it on the same line".to_owned())),
                Some(_) => self.next += 1,
            }
        }
        self.next += 1;
        Ok(Token { text: Cow::Borrowed(&self.text[start..self.next - 1]), quoted: true, at })
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.next).copied()
    }

    /// Up to the line break, which stays.
    fn skip_line(&mut self) {
        let rest = self.text.get(self.next..).unwrap_or_default();
        self.next += rest.iter().position(|octet| *octet == b'\n').unwrap_or(rest.len());
    }

    fn here(&mut self) -> At {
        for octet in &self.text[self.counted..self.next] {
            match octet {
                b'\n' => self.at = At { line: self.at.line.saturating_add(1), column: 1 },
                0x80..=0xbf => {} // goes on with the character before
                _ => self.at.column = self.at.column.saturating_add(1),
            }
        }
        self.counted = self.next;
        self.at
    }
}

/// A token for a message: quoted, nothing in it that a terminal would obey, and not too long.
pub(super) fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let start: String = text.chars().take(60).collect();
    if start.len() == text.len() { format!("{start:?}") } else { format!("{start:?}…") }
}

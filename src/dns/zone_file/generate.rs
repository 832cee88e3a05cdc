//! `$GENERATE`: one line that stands for many records (the BIND manual, "Master File Extension"). Bounded; adds no record itself.

use std::borrow::Cow;

use super::scanner::{Token, Wrong, shown};

/// The longest line that is repeated, octets: what is repeated a million times has to be short.
const MAX_LINE: usize = 2048;
/// The widest number.
const MAX_WIDTH: usize = 255;

/// The numbers of a `$GENERATE` and the line to repeat.
#[derive(Debug)]
pub(super) struct Generate<'v, 't> {
    line: &'v [Token<'t>],
    next: u32,
    last: u32,
    step: u32,
}

impl<'v, 't> Generate<'v, 't> {
    /// Reads what comes after the directive: `1-10/2 host-$ A 10.1.0.$`.
    pub(super) fn read(directive: &Token<'t>, arguments: &'v [Token<'t>]) -> Result<Self, Wrong> {
        let Some((range, line)) = arguments.split_first().filter(|(_, line)| !line.is_empty()) else {
            return Err((directive.at, "$GENERATE takes a range and a record: $GENERATE 1-10 host-$ A 10.1.0.$".to_owned()));
        };
        let (next, last, step) = read_range(&range.text)
            .ok_or_else(|| (range.at, format!("{} is no range: write it as 1-10, or 0-100/2 with a step", shown(&range.text))))?;
        if line.iter().map(|token| token.text.len()).sum::<usize>() > MAX_LINE {
            return Err((range.at, format!("the line to repeat is longer than {MAX_LINE} octets: shorten it")));
        }
        Ok(Self { line, next, last, step })
    }

    /// How many records are left.
    pub(super) fn count(&self) -> u64 {
        let left = u64::from(self.last).checked_sub(u64::from(self.next));
        left.map_or(0, |left| left / u64::from(self.step) + 1)
    }

    /// The tokens of the next record; `None` after the last. A quoted value is taken apart: that is how BIND writes several.
    pub(super) fn record(&mut self) -> Option<Result<Vec<Token<'static>>, Wrong>> {
        if self.next > self.last {
            return None;
        }
        let number = self.next;
        // Beyond the last number that there is, there is nothing: the range is then at its end.
        if let Some(next) = self.next.checked_add(self.step) {
            self.next = next;
        } else {
            (self.next, self.last) = (1, 0);
        }
        let mut tokens = Vec::new();
        for token in self.line {
            let text = match substitute(&token.text, number) {
                Ok(text) => text,
                Err(why) => return Some(Err((token.at, why))),
            };
            if token.quoted {
                let words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
                tokens.extend(words.map(|word| Token { text: Cow::Owned(word.to_vec()), quoted: false, at: token.at }));
            } else {
                tokens.push(Token { text: Cow::Owned(text), quoted: false, at: token.at });
            }
        }
        Some(Ok(tokens))
    }
}

fn read_range(text: &[u8]) -> Option<(u32, u32, u32)> {
    let text = std::str::from_utf8(text).ok()?;
    let (range, step) = text.split_once('/').unwrap_or((text, "1"));
    let (first, last) = range.split_once('-')?;
    let (first, last, step) = (first.parse().ok()?, last.parse().ok()?, step.parse().ok()?);
    (first <= last && step > 0).then_some((first, last, step))
}

/// The text with the number for every `$`; `\$` and `$$` stand for the sign itself.
fn substitute(text: &[u8], number: u32) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        rest = match (first, tail.first()) {
            (b'\\' | b'$', Some(b'$')) => {
                out.push(b'$');
                &tail[1..]
            }
            (b'\\', Some(escaped)) => {
                out.extend([b'\\', *escaped]);
                &tail[1..]
            }
            (b'$', Some(b'{')) => {
                let end = tail.iter().position(|octet| *octet == b'}').ok_or("${ is never closed: write ${offset,width,base}")?;
                let modifier = std::str::from_utf8(&tail[1..end]).unwrap_or_default();
                let formatted = modified(modifier, number).ok_or_else(|| {
                    format!("${{{}}} is not ${{offset,width,base}} with a base of d, o, x, X, n or N", modifier.escape_debug())
                })?;
                out.extend(formatted.bytes());
                &tail[end + 1..]
            }
            (b'$', _) => {
                out.extend(number.to_string().bytes());
                tail
            }
            _ => {
                out.push(first);
                tail
            }
        };
    }
    Ok(out)
}

/// The number as `offset,width,base` says.
fn modified(modifier: &str, number: u32) -> Option<String> {
    let mut parts = modifier.split(',').map(str::trim);
    let offset: i64 = parts.next()?.parse().ok()?;
    let width: usize = parts.next().map_or(Some(0), |width| width.parse().ok().filter(|width| *width <= MAX_WIDTH))?;
    let base = parts.next().unwrap_or("d");
    if parts.next().is_some() {
        return None;
    }
    let value = u32::try_from(i64::from(number).checked_add(offset)?).ok()?;
    Some(match base {
        "d" => format!("{value:0width$}"),
        "o" => format!("{value:0width$o}"),
        "x" => format!("{value:0width$x}"),
        "X" => format!("{value:0width$X}"),
        "n" => nibbles(value, width),
        "N" => nibbles(value, width).to_ascii_uppercase(),
        _ => return None,
    })
}

/// Hexadecimal digits as labels, the lowest first; `width` counts digits and dots.
fn nibbles(mut value: u32, mut width: usize) -> String {
    let mut text = String::new();
    loop {
        text.extend(char::from_digit(value & 0xf, 16));
        value >>= 4;
        width = width.saturating_sub(1);
        if value == 0 && width == 0 {
            return text;
        }
        text.push('.');
        width = width.saturating_sub(1);
        if value == 0 && width == 0 {
            // BIND goes on while there is width for a digit; a width that ends in a dot leaves it.
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn substituted(text: &str, number: u32) -> Result<String, String> {
        substitute(text.as_bytes(), number).map(|text| String::from_utf8(text).expect("ASCII"))
    }

    #[test]
    fn numbers_take_the_place_of_the_sign() {
        for (text, expected) in [
            ("host-$", "host-10"),
            ("$.$", "10.10"),
            (r"\$", "$"),
            ("$$", "$"),
            (r"a\.$", r"a\.10"),
            ("${-3}", "7"),
            ("${0,4}", "0010"),
            ("${6,2,x}", "10"),
            ("${16,0,X}", "1A"),
            ("${0,3,o}", "012"),
            ("${0,3,n}", "a.0"),
            ("${255,7,N}", "9.0.1.0"),
        ] {
            assert_eq!(substituted(text, 10).as_deref(), Ok(expected), "{text}");
        }
        for bad in ["${", "${-11}", "${0,300}", "${0,2,q}", "${}", "${1,2,d,4}"] {
            assert!(substituted(bad, 10).is_err(), "{bad}");
        }
    }

    #[test]
    fn ranges_end_where_they_say() {
        assert_eq!(read_range(b"1-10"), Some((1, 10, 1)));
        assert_eq!(read_range(b"0-100/2"), Some((0, 100, 2)));
        for bad in ["10-1", "1-10/0", "-1-5", "1", "a-b", "1-99999999999"] {
            assert_eq!(read_range(bad.as_bytes()), None, "{bad}");
        }
        let whole = Generate { line: &[], next: 0, last: u32::MAX, step: 1 };
        assert_eq!(whole.count(), 1 << 32);
        let mut end = Generate { line: &[], next: u32::MAX - 1, last: u32::MAX, step: 2 };
        assert_eq!(end.count(), 1);
        assert!(end.record().is_some() && end.record().is_none());
    }
}

//! Text from outside as GitHub-flavoured Markdown that shows it: all that could mean something stands in code spans.

use super::super::printable;

/// A sentence: plain words stay, names, addresses and whatever else has signs in it become code. In code there are no links,
/// mentions, references, emoji or HTML.
pub(super) fn prose(text: &str) -> String {
    printable(text).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A sentence for the cell of a table. A table is cut into cells before code is looked for, so `|` is written by its number.
pub(super) fn cell(text: &str) -> String {
    prose(&printable(text).replace('|', "\\u{7c}"))
}

/// A value as it is: one code span.
pub(super) fn code(text: &str) -> String {
    let text = printable(text);
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // One space on both sides is taken away again by the reader (CommonMark 0.31, 6.1), and never more than one.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    let pad = if text.chars().all(|c| c == ' ') { "" } else { pad };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn word(word: &str) -> String {
    let core = word.strip_prefix('(').unwrap_or(word);
    let opening = &word[..word.len() - core.len()];
    let inner = core.trim_end_matches([',', '.', ';', ':', ')']);
    let closing = &core[inner.len()..];
    if inner.is_empty() || is_plain(inner) { word.to_owned() } else { format!("{opening}{}{closing}", code(inner)) }
}

/// Whether it can mean nothing: letters, or a number too short for a commit.
fn is_plain(word: &str) -> bool {
    let is_number = word.len() < 7 && word.bytes().all(|octet| octet.is_ascii_digit());
    let is_word = word.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'' || c == '…');
    is_number || is_word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_become_code_and_words_stay() {
        assert_eq!(
            prose("im.a.example (10.1.0.10) answers, and router-1: 2 of 2"),
            "`im.a.example` (`10.1.0.10`) answers, and `router-1`: 2 of 2"
        );
        assert_eq!(prose("@team see #12, <b>x</b>"), "`@team` see `#12`, `<b>x</b>`");
    }

    #[test]
    fn backticks_inside_code_do_not_end_it() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`` "), "``` ``  ```");
        assert_eq!(code(""), "");
    }

    #[test]
    fn a_cell_has_no_pipe() {
        assert_eq!(cell("a|b\\| c"), "`a\\u{7c}b\\\\u{7c}` c");
        assert!(!cell("|").contains('|'));
    }
}

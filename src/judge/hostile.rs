//! What a stranger sent, made fit to stand in a message: one line, bounded, no control character. Judges nothing.

/// The longest text that is shown, characters.
const MAX_SHOWN: usize = 200;

/// The text with control and invisible characters written as escapes, cut where it goes on for too long.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (position, c) in text.chars().enumerate() {
        if position == MAX_SHOWN {
            shown.push('…');
            break;
        }
        match c {
            '"' | '\'' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(shown("http://home1.example.com/a?b='c' ü"), "http://home1.example.com/a?b='c' ü");
    }

    #[test]
    fn what_would_move_a_cursor_or_turn_text_round_is_escaped() {
        assert_eq!(shown("a\u{1b}[2Jb\r\n\u{202e}c\u{9b}"), r"a\u{1b}[2Jb\r\n\u{202e}c\u{9b}");
    }

    proptest! {
        #[test]
        fn no_control_character_comes_through_and_length_is_bounded(text in any::<String>()) {
            let shown = shown(&text);
            prop_assert!(!shown.chars().any(char::is_control));
            prop_assert!(shown.chars().count() <= 10 * MAX_SHOWN + 1);
        }
    }
}

//! Whatever the file holds, reading it ends, shows it safely and never panics.

use proptest::prelude::*;

use super::*;

/// Reads and renders; gives the mistakes as they are shown.
fn survive(text: &str) -> Result<String, TestCaseError> {
    match read_with(text, &[("more.csv", text.as_bytes())]) {
        Ok(_) => Ok(String::new()),
        Err(found) => {
            for (place, message) in found.iter() {
                prop_assert!(place.line > 0 && place.column > 0);
                prop_assert!(!message.is_empty());
                let file = text.strip_prefix('\u{feff}').unwrap_or(text);
                let line = file.split('\n').nth(place.line as usize - 1);
                let width = line.map(|line| line.chars().count());
                prop_assert!(width.is_some_and(|width| place.column as usize <= width + 1), "{place} lies outside: {message}");
            }
            let shown = found.to_string();
            prop_assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
            for (place, _) in found.iter().take(50) {
                prop_assert!(shown.contains(&format!("--> {place}\n")), "{place} is not in\n{shown}");
            }
            found.render(true);
            Ok(shown)
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        survive(&text)?;
    }

    #[test]
    fn text_made_of_the_signs_of_toml_never_panics(text in "([\\[\\]{}=.,\"'#\n\r\t ü0-9-]|name|domain|router|view|internal|expires|true|im\\.a){0,80}") {
        survive(&text)?;
    }

    #[test]
    fn a_mutated_inventory_never_panics(at in 0..FULL.len(), length in 0..40usize, insert in "([\\[\\]{}=.,\"'#\n\r\u{1b}\u{9b}\u{202e}ü0-9-]|\"\"\"){0,6}") {
        let floor = |at: usize| (0..=at.min(FULL.len())).rev().find(|at| FULL.is_char_boundary(*at)).unwrap_or(0);
        let (start, end) = (floor(at), floor(at + length));
        survive(&format!("{}{insert}{}", &FULL[..start], &FULL[end..]))?;
    }

    #[test]
    fn a_mutated_list_never_panics(csv in "(name|email|routers|[,;\"\n\r ü\u{1b}]|im\\.a){0,60}") {
        let text = "[[domain_list]]\nfile = \"more.csv\"\n";
        if let Err(found) = read_with(text, &[("more.csv", csv.as_bytes())]) {
            let shown = found.to_string();
            prop_assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        }
    }
}

#[test]
fn control_characters_come_out_as_pictures() {
    let text = "[[domain]]\nname = \"im.\u{9b}31m.example\" # \u{1b}]0;owned\u{7} \u{202e}\n\"a\\u001b[2J\" = 1\n";
    let shown = read(text).map(|_| ()).expect_err("mistakes").to_string();
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
    assert!(!shown.contains('\u{202e}'));
    assert!(shown.contains("unknown key `a␛[2J`"), "{shown}");
}

#[test]
fn an_endless_line_is_named_and_not_shown() {
    let text = format!("vantage = \"{}\"\n", "x".repeat(1_000_000));
    let shown = read(&text).map(|_| ()).expect_err("a mistake").to_string();
    assert!(shown.contains("--> imctl.toml:1:11"), "{shown}");
    assert!(shown.len() < 2_000, "{} characters", shown.len());
}

#[test]
fn brackets_without_end_are_a_syntax_error() {
    let found = read(&format!("emails = {}", "[".repeat(100_000))).map(|_| ()).expect_err("a mistake");
    assert!(found.iter().all(|(_, message)| message.starts_with("syntax error: ")), "{found}");
}

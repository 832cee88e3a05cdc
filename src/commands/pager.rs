//! Long texts, through a pager where a person reads them at a terminal; straight to standard output everywhere else.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::{Command, Stdio};

/// What pages where `PAGER` says nothing.
const DEFAULT: &str = if cfg!(windows) { "more" } else { "less -R" };

/// Shows the text. Without a terminal, without a pager that starts, or where none is wanted, it is simply written.
pub(super) fn show(text: &str, wanted: bool) -> io::Result<()> {
    if wanted && io::stdout().is_terminal() && page(text) {
        return Ok(());
    }
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Whether a pager took the text. One that is left before its end has shown enough.
fn page(text: &str) -> bool {
    let pager = env::var("PAGER").unwrap_or_else(|_| DEFAULT.to_owned());
    let mut words = pager.split_whitespace();
    let Some(program) = words.next().filter(|program| *program != "cat") else { return false };
    if env::var_os("TERM").is_some_and(|terminal| terminal == "dumb") {
        return false;
    }
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        command.env("LESS", "FRX"); // what fits on the screen is left standing there
    }
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().is_ok()
}

//! What the integration tests share: the program, away from the settings of whoever runs the tests.

use assert_cmd::Command;

/// The program with a clean environment: no colours forced or forbidden, no inventory named, a home of its own.
pub(crate) fn imctl() -> Command {
    let mut command = Command::cargo_bin("imctl").expect("the program is built");
    let dropped = |name: &str| {
        name.starts_with("IMCTL_") || name.starts_with("CLICOLOR") || ["NO_COLOR", "CI", "COLUMNS", "RUST_LOG"].contains(&name)
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(dropped) {
            command.env_remove(name);
        }
    }
    command.env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command
}

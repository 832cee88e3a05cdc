//! `imctl diff`: what can be typed.

use std::path::PathBuf;

use clap::Args;

use crate::report::DiffFormat;
use crate::report::FailOn;

/// Arguments of `imctl diff`.
#[derive(Clone, Debug, Args)]
pub struct DiffArgs {
    /// The older report, as `--report json=FILE` writes it; `-` reads standard input
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The newer report; `-` reads standard input
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// The format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DiffFormat,
    /// The least severity of a new finding that makes the exit status 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub fail_on: FailOn,
}

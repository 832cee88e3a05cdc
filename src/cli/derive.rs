//! `imctl derive`: what can be typed.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `imctl derive`.
#[derive(Clone, Debug, Args)]
pub struct DeriveArgs {
    /// E-mail lists; `-` or none reads standard input
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

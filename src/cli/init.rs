//! `imctl init`: what can be typed.

use std::path::PathBuf;

use clap::Args;

use super::AskingArgs;

/// Arguments of `imctl init`.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// IM domains to declare, beside those of the lists
    #[arg(value_name = "DOMAIN")]
    pub domains: Vec<String>,
    /// Where the inventory is written; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "imctl.toml")]
    pub output: PathBuf,
    /// Replace a file that is there already
    #[arg(long)]
    pub force: bool,
    /// E-mail lists: each IM domain that people are derived into is declared, and the lists are named in the inventory
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub emails: Vec<PathBuf>,
    /// What stands before an e-mail domain in its IM domain
    #[arg(long, value_name = "PREFIX", default_value = "im.")]
    pub prefix: String,
    /// Ask DNS what it answers for these domains now: inside it leads to routers, outside to reverse proxies
    #[arg(long)]
    pub discover: bool,
    /// A DNS server of the internal view: address, address:port or `system`; may be repeated
    #[arg(long, value_name = "SERVER", requires = "discover")]
    pub internal: Vec<String>,
    /// A DNS server of the external view; may be repeated
    #[arg(long, value_name = "SERVER", requires = "discover")]
    pub external: Vec<String>,
    /// How DNS is asked.
    #[command(flatten)]
    pub asking: AskingArgs,
}

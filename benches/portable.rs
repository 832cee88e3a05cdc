//! `imctl` as on a processor without AVX2, to measure the portable way on any machine. Never part of the product.

use clap::Parser as _;
use imctl::cli::{Cli, Command};

fn main() -> std::process::ExitCode {
    let mut cli = Cli::parse();
    if let Command::Derive(args) = &mut cli.command {
        args.portable = true;
    }
    imctl::run(&cli)
}

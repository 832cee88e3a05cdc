//! `imctl derive`: what can be typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::dns::{DomainName, NameError};

/// Arguments of `imctl derive`.
#[derive(Clone, Debug, Args)]
pub struct DeriveArgs {
    /// E-mail lists; `-` or none reads standard input
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What the lists are
    #[arg(long, value_name = "KIND", default_value = "auto")]
    pub from: ListKind,
    /// The column that holds the addresses: its header, or its number from 1; in LDIF and JSON the attribute
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
    /// What stands before an e-mail domain in its IM domain [default: that of the inventory, or im.]
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,
    /// One IM domain for everybody
    #[arg(long, value_name = "DOMAIN", value_parser = host)]
    pub domain: Option<DomainName>,
    /// How the addresses are written
    #[arg(long, value_name = "F", default_value = "text")]
    pub format: DeriveFormat,
    /// Write the IM domains with the number of their people instead, most first
    #[arg(long)]
    pub domains: bool,
    /// Write each IM address once, whatever its case, and say nothing of people who stand there twice. It compares everybody
    /// with everybody, for at most 48 octets of memory each; without it, text and url compare the first 50,000 people only, and say
    /// so, unless several e-mail domains share an IM domain; --domains and the other formats compare all
    #[arg(long)]
    pub unique: bool,
    /// Write what gives no address here, as it stands in the lists, one a line
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Leave the processor's vector instructions alone, as on those that have none; nothing that can be typed, for benches
    #[arg(skip)]
    pub portable: bool,
}

/// What a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListKind {
    /// Found out from the content
    Auto,
    /// Lines of addresses
    Text,
    /// A table: commas, semicolons or tabs
    Csv,
    /// LDIF: ldifde, ldapsearch
    Ldif,
    /// JSON or JSON lines: Microsoft Graph, ConvertTo-Json, Google
    Json,
}

/// How addresses are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DeriveFormat {
    /// One IM address a line, in input order
    Text,
    /// A table for spreadsheets
    Csv,
    /// One JSON object a line
    Jsonl,
    /// A change file that sets msExchIMAddress, for ldapmodify or ldifde; the lists must hold DNs
    Ldif,
    /// One logical URL a line
    Url,
    /// For reading
    Table,
}

fn host(text: &str) -> Result<DomainName, NameError> {
    DomainName::parse_host(text)
}

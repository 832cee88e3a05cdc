//! One file a subcommand: the only place that joins the layers for a user.

pub mod demo;
pub mod derive;

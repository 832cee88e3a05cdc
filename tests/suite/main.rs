//! The integration tests: one binary, one module for each thing that is tested.

mod derive;
mod scenarios;
mod support;

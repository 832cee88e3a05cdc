//! Exit codes. Nothing else in the program names a number.

use std::process::ExitCode;

/// How a run ended, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// Ran to the end, everything decided, nothing at or above `--fail-on`.
    Clean,
    /// At least one finding at or above `--fail-on`; for derive, an input that could not be derived.
    Findings,
    /// Usage, inventory or input could not be read: nothing was checked.
    Unusable,
    /// Something undecided, and nothing that gives 1.
    Incomplete,
    /// A broken invariant, or a report that could not be written.
    Internal,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// WARNING of a monitoring plugin (`--format nagios`); its OK is [`Self::Clean`].
    PluginWarning,
    /// CRITICAL of a monitoring plugin.
    PluginCritical,
    /// UNKNOWN of a monitoring plugin: something undecided, or no judgement at all.
    PluginUnknown,
}

impl ExitStatus {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Unusable => 2,
            Self::Incomplete => 3,
            Self::Internal => 4,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::PluginWarning => 1,
            Self::PluginCritical => 2,
            Self::PluginUnknown => 3,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

/// An error that ends the run with a status of its own; any other error ends it with [`ExitStatus::Unusable`].
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// How the run ends.
    pub status: ExitStatus,
    /// What is printed after `error: `; empty where everything has been said.
    pub message: String,
}

impl Failure {
    /// Usage, inventory or input that could not be read.
    pub fn unusable(message: impl Into<String>) -> Self {
        Self { status: ExitStatus::Unusable, message: message.into() }
    }

    /// A broken invariant, or a report that could not be written.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { status: ExitStatus::Internal, message: message.into() }
    }
}

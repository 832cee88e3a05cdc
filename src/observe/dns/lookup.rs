//! One question on its way to one server: how often it was sent, and what came of that. Decides nothing by itself.

use super::moment::Moment;
use crate::dns::{DomainName, RecordType};
use crate::observe::{Failure, Remarks, Reply};

/// The batch of what nobody waits for.
pub(super) const NOBODY: u32 = u32::MAX;

/// Where an answer belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Who waits for it.
    pub(super) batch: u32,
    /// Its place in the batch.
    pub(super) index: u32,
}

/// A question with the place where its answer belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// Where the answer belongs.
    pub(super) ticket: Ticket,
    /// The owner.
    pub(super) name: DomainName,
    /// The type.
    pub(super) rtype: RecordType,
}

/// What a question has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    /// Queries sent, TCP included.
    pub(super) sent: u32,
    /// Queries that nobody answered in time.
    pub(super) timeouts: u32,
    /// Whether a UDP answer was truncated.
    pub(super) truncated: bool,
}

/// A question that is answered or given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Done {
    /// Where the answer belongs.
    pub(super) ticket: Ticket,
    /// What the server said.
    pub(super) reply: Reply,
    /// AA.
    pub(super) authoritative: bool,
    /// What it cost.
    pub(super) account: Account,
    /// What the server adds.
    pub(super) remarks: Option<Box<Remarks>>,
}

/// Why a question is being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// For the first time.
    First,
    /// Again, slowly, after all others.
    Slow,
    /// To see whether a benched server is back.
    Trial,
}

/// What a question is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its turn to be sent.
    Due,
    /// An answer over UDP.
    Waiting,
    /// Some time to pass before it is sent again.
    Pausing,
    /// A late answer: every query was sent, and the time limit is not reached.
    Lingering,
    /// Its turn on the TCP connection, or an answer over it.
    Streaming,
}

/// A question on its way.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) task: Task,
    pub(super) pass: Pass,
    pub(super) stage: Stage,
    pub(super) account: Account,
    /// The socket and id of the query that is out.
    pub(super) out: Option<(usize, u16)>,
    /// Whether the query that is out has EDNS.
    pub(super) edns: bool,
    /// Whether the server said that it does not know EDNS.
    pub(super) edns_refused: bool,
    /// Queries sent one after another because nothing came, in this pass.
    pub(super) tries: u32,
    pub(super) first_sent: Option<Moment>,
    pub(super) last_sent: Moment,
    /// In which of the epochs of the window that was.
    pub(super) sent_in: u32,
    pub(super) servfails: u32,
    /// Connections that ended while it was the first to wait for an answer.
    pub(super) streams: u32,
    /// Which of all questions it was that went onto a connection.
    pub(super) turn: u64,
    /// What this try brought, though no answer.
    pub(super) saw: Saw,
    /// How it ends if nothing better comes.
    pub(super) worst: Failure,
    /// What the server added to what it said last.
    pub(super) remarks: Option<Box<Remarks>>,
}

/// What a try brought that is no answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Saw {
    /// Nothing.
    #[default]
    Nothing,
    /// A packet that cannot be read.
    Unreadable,
    /// The question in letters of another case.
    OtherCase,
    /// The system says that the server cannot be reached.
    Trouble(String),
}

impl Lookup {
    pub(super) fn new(task: Task, pass: Pass, account: Account) -> Self {
        Self {
            task,
            pass,
            stage: Stage::Due,
            account,
            out: None,
            edns: false,
            edns_refused: false,
            tries: 0,
            first_sent: None,
            last_sent: Moment::default(),
            sent_in: 0,
            servfails: 0,
            streams: 0,
            turn: 0,
            saw: Saw::Nothing,
            worst: Failure::Timeout,
            remarks: None,
        }
    }

    /// A try came to nothing: puts it on the account.
    pub(super) fn count_failure(&mut self) {
        match self.saw {
            Saw::Nothing => self.account.timeouts += 1,
            Saw::Unreadable => self.worst = Failure::Malformed,
            Saw::OtherCase | Saw::Trouble(_) => {}
        }
    }

    /// Whether it takes part of the window: what only waits for a late answer does not.
    pub(super) fn is_active(&self) -> bool {
        matches!(self.stage, Stage::Due | Stage::Waiting | Stage::Pausing)
    }
}

//! How long a server is asked that does not answer: when it is left alone, and when it is tried again. Asks nothing.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// After so many questions in a row without any answer, a server is left alone.
const SILENT_QUESTIONS: u32 = 10;
/// The pause before it is tried again; it doubles from trial to trial.
const FIRST_TRIAL: Duration = Duration::from_secs(1);
/// The longest pause between two trials.
const LAST_TRIAL: Duration = Duration::from_secs(60);

/// What is known of a server's silence.
#[derive(Debug, Default)]
pub(super) struct Patience(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    silent: u32,
    pause: Option<Duration>,
    next_trial: Option<Instant>,
}

impl Patience {
    /// How often the server may be tried for the next question, of `tries`: once where a trial is due, not at all before.
    pub(super) fn tries(&self, tries: u32) -> u32 {
        let Ok(mut state) = self.0.lock() else { return tries };
        if state.silent < SILENT_QUESTIONS {
            return tries;
        }
        let now = Instant::now();
        if state.next_trial.is_some_and(|next| now < next) {
            return 0;
        }
        let pause = state.pause.map_or(FIRST_TRIAL, |pause| (pause * 2).min(LAST_TRIAL));
        state.pause = Some(pause);
        state.next_trial = Some(now + pause);
        1
    }

    /// Notes whether a question was answered.
    pub(super) fn note(&self, answered: bool) {
        let Ok(mut state) = self.0.lock() else { return };
        if answered {
            *state = State::default();
        } else {
            state.silent = state.silent.saturating_add(1);
            if state.silent == SILENT_QUESTIONS {
                state.next_trial = Some(Instant::now() + FIRST_TRIAL);
            }
        }
    }
}

//! When a server that answers nothing is left alone, and when it is tried again. Reads no clock.

use std::time::Duration;

use super::moment::Moment;

/// After so many questions in a row without any answer, a server is benched.
const SILENT_QUESTIONS: u32 = 10;
/// The pause before a benched server is tried; it doubles from trial to trial.
const FIRST_TRIAL: Duration = Duration::from_secs(1);
/// The longest pause between two trials.
const LAST_TRIAL: Duration = Duration::from_secs(60);
/// How long questions wait for a server that answered before: it may be starting anew.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a server answers at all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Silence {
    questions: u32,
    has_answered: bool,
    bench: Option<Bench>,
}

#[derive(Clone, Copy, Debug)]
struct Bench {
    next_trial: Moment,
    pause: Duration,
    on_trial: bool,
    patient_until: Moment,
}

impl Silence {
    /// A question was answered, if only with an error.
    pub(super) fn answered(&mut self) {
        *self = Self { has_answered: true, ..Self::default() };
    }

    /// A question was not answered at any try.
    pub(super) fn unanswered(&mut self, now: Moment) {
        self.questions = self.questions.saturating_add(1);
        match &mut self.bench {
            Some(bench) => bench.on_trial = false,
            None if self.questions >= SILENT_QUESTIONS => {
                // One that answered before may be alive, and only these questions be dropped: it is tried at once.
                let (first, pause, patience) = if self.has_answered {
                    (Duration::ZERO, FIRST_TRIAL / 2, PATIENCE)
                } else {
                    (FIRST_TRIAL, FIRST_TRIAL, Duration::ZERO)
                };
                self.bench = Some(Bench { next_trial: now.plus(first), pause, on_trial: false, patient_until: now.plus(patience) });
            }
            None => {}
        }
    }

    /// A trial ended without an answer of any kind, as when nobody wants to know any more.
    pub(super) fn trial_ended(&mut self) {
        if let Some(bench) = &mut self.bench {
            bench.on_trial = false;
        }
    }

    /// Whether it is left alone but for trials.
    pub(super) fn is_benched(&self) -> bool {
        self.bench.is_some()
    }

    /// Whether questions still wait for it, though it is benched: a trial may yet bring it back.
    pub(super) fn is_hopeful(&self, now: Moment) -> bool {
        self.bench.is_none_or(|bench| bench.on_trial || now < bench.patient_until || bench.next_trial <= now)
    }

    /// Begins a trial if one is due.
    pub(super) fn begin_trial(&mut self, now: Moment) -> bool {
        let Some(bench) = &mut self.bench else { return false };
        if bench.on_trial || now < bench.next_trial {
            return false;
        }
        bench.on_trial = true;
        bench.pause = (bench.pause * 2).min(LAST_TRIAL);
        bench.next_trial = now.plus(bench.pause);
        true
    }

    /// When waiting questions are to be looked at again.
    pub(super) fn wake_at(&self) -> Option<Moment> {
        let bench = self.bench.filter(|bench| !bench.on_trial)?;
        Some(bench.next_trial.min(bench.patient_until))
    }
}

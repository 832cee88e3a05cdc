//! The live source against scripted servers on loopback.

use imctl::dns::DomainName;
use imctl::observe::{Answer, Live, LiveSettings, Question, Source as _};

mod dns;
mod http;
mod http_kept;
mod load;
mod zones;

fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

/// Asks everything with one `Live`; the answers in the order of the questions.
fn ask(settings: &LiveSettings, questions: Vec<Question>) -> Vec<Answer> {
    let live = Live::new(settings).expect("a client");
    on_a_runtime(ask_live(&live, questions))
}

async fn ask_live(live: &Live, questions: Vec<Question>) -> Vec<Answer> {
    let mut answers = vec![None; questions.len()];
    let mut deliver = |question: Question, answer: Answer| {
        let slot = questions.iter().zip(&mut answers).find(|(asked, slot)| **asked == question && slot.is_none());
        *slot.expect("an answer to a question that was asked").1 = Some(answer);
    };
    live.ask(questions.clone(), &mut deliver).await;
    answers.into_iter().map(|answer| answer.expect("every question is answered")).collect()
}

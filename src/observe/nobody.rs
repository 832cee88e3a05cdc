//! A source for runs that judge recordings: nobody is asked.

use std::future::Future;
use std::pin::Pin;

use super::{Answer, Deliver, Question, Source};

/// Answers every question with [`Answer::Unknown`].
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Source for Nobody {
    fn ask<'a>(&'a self, questions: Vec<Question>, deliver: &'a mut Deliver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        for question in questions {
            deliver(question, Answer::Unknown("it is not in the recording".to_owned()));
        }
        Box::pin(std::future::ready(()))
    }
}

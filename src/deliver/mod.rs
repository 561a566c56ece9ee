//! The ways out of the house: e-mail by SMTP, and webhooks.

mod guard;
mod mail;
mod webhook;

use std::time::Duration;

pub use guard::Networks;
pub use mail::{Letter, MailOptions, Mailer, email_address};
pub use webhook::{Event, Hooks, WebhookAddress, new_secret};

/// Why something did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Trying again brings nothing.
    Permanent(String),
    /// Whoever was asked may have said when to try again.
    Temporary { problem: String, after: Option<Duration> },
    /// There is nobody any more, and there shall be no further tries.
    Gone(String),
}

impl Failure {
    fn temporary(problem: impl Into<String>) -> Self {
        Self::Temporary { problem: bounded(problem.into()), after: None }
    }

    fn permanent(problem: impl Into<String>) -> Self {
        Self::Permanent(bounded(problem.into()))
    }
}

/// What others say is kept up to a length.
const LONGEST: usize = 500;

fn bounded(text: String) -> String {
    crate::domain::notice::one_line(&text).chars().take(LONGEST).collect()
}

/// An error with its causes.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = next.source();
    }
    text
}

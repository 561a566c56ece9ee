//! Notices in words.

use crate::domain::notice::{Channel, NoticeKind, NoticeState, told};
use crate::domain::text;
use crate::web::language::Language;
use crate::web::words::Say;

/// How a state reads, and how it looks.
pub(super) fn notice_state(state: NoticeState, language: Language) -> (Say, &'static str) {
    let (key, tone) = match state {
        NoticeState::Waiting => ("notice-waiting", "warn"),
        NoticeState::Sent => ("notice-sent", "good"),
        NoticeState::GivenUp => ("notice-given-up", "bad"),
    };
    (language.say(key), tone)
}

pub(super) fn channel_text(channel: Channel, language: Language) -> Say {
    language.say(match channel {
        Channel::Email => "notice-email",
        Channel::Webhook => "notice-webhook",
        Channel::Page => "notice-page",
    })
}

/// What a notice tells: its subject and its text.
pub(super) fn told_text(kind: NoticeKind, about: &str, language: Language) -> (String, String) {
    told(
        kind,
        about,
        match language {
            Language::English => text::Language::English,
            Language::Chinese => text::Language::Chinese,
        },
    )
}

/// A kind of notices in a few words.
pub(in crate::web) fn kind_text(kind: NoticeKind, language: Language) -> Say {
    language.say(match kind {
        NoticeKind::Invitation => "kind-invitation",
        NoticeKind::PasswordReset => "kind-password-reset",
        NoticeKind::ResultsPublished => "kind-results-published",
        NoticeKind::PullFailed => "kind-pull-failed",
        NoticeKind::SourceOverdue => "kind-source-overdue",
        NoticeKind::WebhookDisabled => "kind-webhook-disabled",
    })
}

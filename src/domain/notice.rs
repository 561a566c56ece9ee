//! Notices: what people and programs are told, in which words, and when it is tried again. They are thin: no figure and no pay stands in
//! them, only what happened and where to look.

use chrono::TimeDelta;

use super::text::Language;

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoticeKind {
    /// A link with which somebody new sets a password.
    Invitation,
    /// A link with which somebody sets a new password.
    PasswordReset,
    /// A cycle's results can be seen by its agents.
    ResultsPublished,
    PullFailed,
    /// A source had no good pull for longer than its schedule allows.
    SourceOverdue,
    /// Nothing arrived at a webhook for too long.
    WebhookDisabled,
}

impl NoticeKind {
    pub const ALL: [Self; 6] = [
        Self::Invitation,
        Self::PasswordReset,
        Self::ResultsPublished,
        Self::PullFailed,
        Self::SourceOverdue,
        Self::WebhookDisabled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
            Self::ResultsPublished => "results_published",
            Self::PullFailed => "pull_failed",
            Self::SourceOverdue => "source_overdue",
            Self::WebhookDisabled => "webhook_disabled",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether people get it only when they wish for it.
    pub const fn on_wish(self) -> bool {
        matches!(self, Self::PullFailed | Self::SourceOverdue)
    }

    /// What the name in a webhook's event stands for; `None` for what programs are not told.
    pub const fn event_subject(self) -> Option<&'static str> {
        match self {
            Self::ResultsPublished => Some("cycle"),
            Self::PullFailed | Self::SourceOverdue => Some("source"),
            Self::Invitation | Self::PasswordReset | Self::WebhookDisabled => None,
        }
    }

    /// The kinds for which this holds.
    pub fn among(of: fn(Self) -> bool) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |kind| of(*kind))
    }

    /// How long it is worth sending, unless a link in it ends before.
    pub const fn lasting(self) -> TimeDelta {
        TimeDelta::days(5)
    }
}

/// How a notice gets to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    Email,
    Webhook,
    /// It is shown in Merit only.
    Page,
}

impl Channel {
    pub const ALL: [Self; 3] = [Self::Email, Self::Webhook, Self::Page];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::Page => "page",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == text)
    }

    /// How long to wait after so many failed attempts; `draw` is random and spreads what failed together. `None`: that was the last one.
    pub fn wait(self, attempts: i64, draw: u32) -> Option<TimeDelta> {
        let seconds = match self {
            Self::Email | Self::Page => {
                let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or_default();
                (FIRST_WAIT << doublings).min(LONGEST_WAIT)
            }
            Self::Webhook => {
                let nth = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX);
                *WEBHOOK_WAITS.get(nth)?
            }
        };
        // Three quarters to five quarters of it.
        Some(TimeDelta::milliseconds(seconds * (750 + i64::from(draw % 501))))
    }
}

const FIRST_WAIT: i64 = 5;
const LONGEST_WAIT: i64 = 3_600;
/// Seconds between the attempts that Standard Webhooks recommends.
const WEBHOOK_WAITS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// When nothing arrived for so long, a webhook is disabled.
pub const WEBHOOK_PATIENCE: TimeDelta = TimeDelta::days(3);

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoticeState {
    /// To be sent, perhaps not for the first time.
    Waiting,
    Sent,
    GivenUp,
}

impl NoticeState {
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::GivenUp];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given_up",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A notice in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    pub subject: String,
    pub body: String,
}

/// What a notice says without the link: its subject, and the sentence that tells it.
pub fn told(kind: NoticeKind, about: &str, language: Language) -> (String, String) {
    let (en, zh) = match kind {
        NoticeKind::Invitation => (
            (
                "You are invited to Merit".to_owned(),
                "An account was made for you. With this link you set a password; it works once, for some days."
                    .to_owned(),
            ),
            (
                "邀请您使用 Merit".to_owned(),
                "已为您创建账号。请用以下链接设置密码；链接仅可使用一次，数日内有效。".to_owned(),
            ),
        ),
        NoticeKind::PasswordReset => (
            (
                "A new password for Merit".to_owned(),
                "With this link you set a new password; it works once, within the hour. Without it nothing changes."
                    .to_owned(),
            ),
            (
                "重设 Merit 密码".to_owned(),
                "请用以下链接设置新密码；链接仅可使用一次，一小时内有效。如不使用，密码不会改变。".to_owned(),
            ),
        ),
        NoticeKind::ResultsPublished => (
            (
                format!("Your results of {about} are published"),
                format!("The results of {about} are published. Sign in to see yours and how they were worked out."),
            ),
            (format!("{about} 考核结果已公布"), format!("{about} 的考核结果已公布。请登录查看您的结果及其计算过程。")),
        ),
        NoticeKind::PullFailed => (
            (
                format!("A pull of {about} failed"),
                format!(
                    "A pull of the source {about} failed; its facts stay as they were. 'merit pull list' says why."
                ),
            ),
            (
                format!("数据源 {about} 拉取失败"),
                format!("数据源 {about} 拉取失败，原有数据保持不变。原因见 merit pull list。"),
            ),
        ),
        NoticeKind::SourceOverdue => (
            (
                format!("The source {about} is overdue"),
                format!(
                    "The source {about} has had no good pull for longer than its schedule allows, so its figures are old. 'merit source list' says \
                     since when, 'merit pull list' what went wrong."
                ),
            ),
            (
                format!("数据源 {about} 已逾期"),
                format!(
                    "数据源 {about} 超过其计划允许的时间没有成功拉取，数据已过时。起始时间见 merit source list，原因见 merit pull list。"
                ),
            ),
        ),
        NoticeKind::WebhookDisabled => (
            (
                format!("The webhook at {about} is disabled"),
                format!(
                    "Nothing could be delivered to the webhook at {about} for too long, so it is disabled. 'merit webhook enable' lets it work again."
                ),
            ),
            (
                format!("{about} 的 webhook 已停用"),
                format!("{about} 的 webhook 长时间无法送达，已停用。可用 merit webhook enable 重新启用。"),
            ),
        ),
    };
    language.pick(en, zh)
}

/// A notice as an e-mail says it. `base` is where people reach Merit.
pub fn wording(kind: NoticeKind, about: &str, language: Language, base: &str, token: Option<&str>) -> Wording {
    let (subject, sentence) = told(kind, about, language);
    let link = token.map_or_else(|| format!("{base}/"), |token| format!("{base}/welcome/{token}"));
    let ending =
        language.pick("Merit wrote this by itself; nobody reads answers.", "本邮件由 Merit 自动发送，请勿回复。");
    Wording { subject: one_line(&subject), body: format!("{sentence}\n\n{link}\n\n-- \n{ending}\n") }
}

/// Without what would end a line: a header has one.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

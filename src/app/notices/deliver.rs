//! Delivery: senders take notices one at a time, send them, and say how that ended. However many there are, one has a notice at a time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::super::{App, AppError, Change, count};
use crate::deliver::{Event, Failure, Hooks, Letter, MailOptions, Mailer, Networks};
use crate::domain::authority::Role;
use crate::domain::notice::{Channel, NoticeKind, WEBHOOK_PATIENCE, wording};
use crate::store::{Audience, HeldNotice, HeldWebhook, NoticeEnd, StoreError, WebhookChange};

/// How often a sender without work looks whether there is some.
const LOOK: Duration = Duration::from_secs(1);
/// Senders at once: mail servers like few connections, and a webhook that hangs shall not hold up others.
const MAIL_SENDERS: usize = 2;
const WEBHOOK_SENDERS: usize = 4;

/// How notices leave.
#[derive(Debug, Clone)]
pub struct DeliveryOptions {
    /// Absent: e-mail waits.
    pub mail: Option<MailOptions>,
    /// Where people's browsers reach Merit.
    pub base_url: String,
    /// Networks of one's own that webhooks may reach.
    pub networks: Networks,
    /// A sender that has not said for so long how its attempt ended is lost.
    pub held_for: Duration,
}

impl DeliveryOptions {
    /// How long a notice is held by default.
    pub const HOLD: Duration = Duration::from_secs(300);
}

/// The ways out, ready.
#[derive(Clone)]
pub struct Delivery {
    mailer: Option<Mailer>,
    hooks: Hooks,
    base_url: String,
    held_for: Duration,
}

/// What was done with the notices that were due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    pub sent: u64,
    /// To be tried again.
    pub again: u64,
    pub given_up: u64,
}

impl Delivery {
    /// Errors: what is wrong with the options, without secrets.
    pub fn new(options: &DeliveryOptions) -> Result<Self, AppError> {
        let mailer = options.mail.as_ref().map(Mailer::new).transpose().map_err(AppError::invalid)?;
        let hooks = Hooks::new(options.networks.clone()).map_err(AppError::invalid)?;
        Ok(Self { mailer, hooks, base_url: options.base_url.clone(), held_for: options.held_for })
    }

    /// Whether e-mail leaves at all.
    pub fn has_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Sends a notice within three quarters of the time for which it is held, so that nobody else has it meanwhile.
    async fn send(&self, notice: &HeldNotice, now: DateTime<Utc>) -> Result<(), Failure> {
        let most = self.held_for.saturating_mul(3) / 4;
        tokio::time::timeout(most, self.attempt(notice, now)).await.unwrap_or_else(|_| {
            Err(Failure::Temporary { problem: format!("it did not arrive within {} s", most.as_secs()), after: None })
        })
    }

    async fn attempt(&self, notice: &HeldNotice, now: DateTime<Utc>) -> Result<(), Failure> {
        let HeldNotice { public_id, kind, about, .. } = notice;
        if let Some(HeldWebhook { url, secret, old_secret, .. }) = &notice.webhook {
            let event = Event { id: *public_id, kind: *kind, about, at: notice.created_at };
            let old = old_secret.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
            let secrets: Vec<_> = [Some(secret), old].into_iter().flatten().collect();
            return self.hooks.send(url, &event, &secrets, now).await;
        }
        let Some(mailer) = &self.mailer else {
            return Err(Failure::Temporary { problem: "there is no mail server (MERIT_SMTP_URL)".into(), after: None });
        };
        let token = notice.token.as_ref().map(|token| token.expose());
        let words = wording(*kind, about, notice.language, &self.base_url, token);
        let letter = Letter {
            id: *public_id,
            address: &notice.address,
            name: &notice.name,
            subject: &words.subject,
            body: words.body,
            at: notice.created_at,
        };
        mailer.send(&letter).await
    }
}

impl App {
    /// Sends what is due until `stop` says so; what is under way then is ended first.
    pub async fn deliver(&self, delivery: &Delivery, stop: watch::Receiver<bool>) {
        let mail = if delivery.has_mail() { MAIL_SENDERS } else { 0 };
        let channels = [(Channel::Email, mail), (Channel::Webhook, WEBHOOK_SENDERS)];
        let mut senders = JoinSet::new();
        for channel in channels.into_iter().flat_map(|(channel, count)| std::iter::repeat_n(channel, count)) {
            let (app, delivery, stop) = (self.clone(), delivery.clone(), stop.clone());
            senders.spawn(async move { app.one_sender(channel, &delivery, stop).await });
        }
        while senders.join_next().await.is_some() {}
    }

    /// Sends what is due now, and ends when nothing is.
    pub async fn deliver_due(&self, delivery: &Delivery) -> Result<Delivered, AppError> {
        let mut delivered =
            Delivered { given_up: self.store.give_up_expired(self.clock.now()).await?, ..Delivered::default() };
        for channel in [Channel::Email, Channel::Webhook] {
            if channel == Channel::Email && !delivery.has_mail() {
                continue;
            }
            while let Some(end) = self.deliver_next(channel, delivery).await? {
                *match end {
                    NoticeEnd::Sent => &mut delivered.sent,
                    NoticeEnd::Again { .. } => &mut delivered.again,
                    NoticeEnd::GivenUp { .. } => &mut delivered.given_up,
                } += 1;
            }
        }
        Ok(delivered)
    }

    async fn one_sender(&self, channel: Channel, delivery: &Delivery, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.deliver_next(channel, delivery).await {
                Ok(Some(_)) => continue,
                Ok(None) => {
                    if let Err(error) = self.store.give_up_expired(self.clock.now()).await {
                        tracing::warn!(%error, "notices cannot be given up");
                    }
                }
                Err(error) => tracing::warn!(%error, "notices cannot be looked for"),
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Sends the notice that waits longest; how that ended. `None`: nothing is due.
    async fn deliver_next(&self, channel: Channel, delivery: &Delivery) -> Result<Option<NoticeEnd>, AppError> {
        let now = self.clock.now();
        let held_for = TimeDelta::from_std(delivery.held_for).unwrap_or(TimeDelta::MAX);
        let until = now.checked_add_signed(held_for).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let Some(held) = self.store.claim_notice(channel, until, now).await? else { return Ok(None) };
        let (end, failure) = if held.disabled {
            (NoticeEnd::GivenUp { problem: "whom it is for is disabled".into() }, None)
        } else if held.expires_at <= now {
            (NoticeEnd::GivenUp { problem: "it could not be sent in time".into() }, None)
        } else {
            match delivery.send(&held, now).await {
                Ok(()) => (NoticeEnd::Sent, None),
                Err(failure) => (self.end_of(channel, &held, &failure), Some(failure)),
            }
        };
        self.keep_notice_end(&held, &end).await;
        if let (Some(webhook), Some(failure)) = (&held.webhook, failure) {
            self.judge_webhook(webhook, &failure).await?;
        }
        Ok(Some(end))
    }

    fn end_of(&self, channel: Channel, held: &HeldNotice, failure: &Failure) -> NoticeEnd {
        let (problem, after) = match failure {
            Failure::Permanent(problem) | Failure::Gone(problem) => {
                return NoticeEnd::GivenUp { problem: problem.clone() };
            }
            Failure::Temporary { problem, after } => {
                (problem.clone(), after.and_then(|after| TimeDelta::from_std(after).ok()))
            }
        };
        match channel.wait(held.attempt, rand::random()) {
            Some(wait) => {
                NoticeEnd::Again { at: self.clock.now() + after.map_or(wait, |after| after.max(wait)), problem }
            }
            None => NoticeEnd::GivenUp { problem: format!("{problem}, for the last time") },
        }
    }

    /// Keeps how an attempt ended; again and again, since a notice that has arrived would be sent twice otherwise.
    async fn keep_notice_end(&self, held: &HeldNotice, end: &NoticeEnd) {
        const TRIES: u32 = 5;
        let (kind, outcome) = (held.kind.as_str(), outcome(end));
        for _ in 0..TRIES {
            match self.store.end_notice(held, end, self.clock.now()).await {
                Ok(true) => {
                    if let NoticeEnd::Again { problem, .. } | NoticeEnd::GivenUp { problem } = end {
                        tracing::warn!(notice = %held.public_id, kind, attempt = held.attempt, outcome, problem, "a notice did not arrive");
                    }
                    count::notified(kind, outcome);
                    return;
                }
                Ok(false) => {
                    tracing::warn!(notice = %held.public_id, "the notice was given up, or taken by another sender");
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, notice = %held.public_id, "how a notice was sent cannot be kept");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// Disables a webhook that is gone, or where nothing arrived for too long, and tells the administrators.
    async fn judge_webhook(&self, webhook: &HeldWebhook, failure: &Failure) -> Result<(), AppError> {
        let now = self.clock.now();
        let too_long = webhook.failing_since.is_some_and(|since| now - since >= WEBHOOK_PATIENCE);
        let why = match failure {
            Failure::Gone(problem) => problem,
            Failure::Permanent(problem) | Failure::Temporary { problem, .. } if too_long => problem,
            _ => return Ok(()),
        };
        let to = Audience::Holding { roles: &[Role::Admin], today: self.clock.today() };
        let told = self.notice(NoticeKind::WebhookDisabled, &webhook.host, to);
        let change = Change::new("webhook.disable", "webhook", webhook.public_id).reason(Some(why));
        let disabled = WebhookChange { disabled: Some(true), ..WebhookChange::default() };
        match self.recorded(change).telling([told]).change_webhook(webhook.public_id, None, &disabled, now).await {
            Ok(_) => tracing::warn!(webhook = %webhook.public_id, "a webhook is disabled"),
            // Somebody removed it meanwhile.
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

fn outcome(end: &NoticeEnd) -> &'static str {
    match end {
        NoticeEnd::Sent => "sent",
        NoticeEnd::Again { .. } => "again",
        NoticeEnd::GivenUp { .. } => "given_up",
    }
}

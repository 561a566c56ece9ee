//! Webhooks: addresses of other programs that are told what happened.

use chrono::TimeDelta;
use uuid::Uuid;

use super::super::{App, AppError, Change};
use super::{named_kinds, until};
use crate::app::refusal::Why;
use crate::deliver::{Networks, WebhookAddress, new_secret};
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::domain::notice::NoticeKind;
use crate::domain::secret::Secret;
use crate::store::{NewWebhook, StoreError, Webhook, WebhookChange};

/// How long the secret before a new one signs as well, so that whoever checks signatures can change over.
const CHANGE_OVER: TimeDelta = TimeDelta::days(1);

/// A webhook to be made.
#[derive(Debug, Clone, Copy)]
pub struct WebhookOrder<'a> {
    pub url: &'a str,
    pub kinds: &'a [String],
}

/// What of a webhook is to change; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebhookEdit {
    pub url: Option<String>,
    pub kinds: Option<Vec<String>>,
    pub disabled: Option<bool>,
}

impl App {
    /// The same, whose webhooks may also go to these networks.
    #[must_use]
    pub fn with_webhook_networks(mut self, networks: Networks) -> Self {
        self.networks = networks;
        self
    }

    /// Makes a webhook; its secret is given this once.
    pub async fn create_webhook(&self, order: WebhookOrder<'_>) -> Result<(Webhook, Secret), AppError> {
        self.require(Act::ManageNotices)?;
        let WebhookAddress { url, host } = self.checked_url(order.url)?;
        let kinds = checked_kinds(order.kinds)?;
        let secret = new_secret();
        let (public_id, created_at) = (self.clock.new_id(), self.clock.now());
        let change = Change::new("webhook.create", "webhook", public_id).detail(format_args!("host={host}"));
        let change = change.after(Some(told(&url, &kinds, false)));
        let new = NewWebhook { public_id, url, host, kinds, secret: secret.clone(), created_at };
        Ok((self.recorded(change).create_webhook(&new).await?, secret))
    }

    /// Changes a webhook that is still at `version`.
    pub async fn change_webhook(&self, id: Uuid, version: i64, edit: WebhookEdit) -> Result<Webhook, AppError> {
        let before = self.shown_webhook(id).await?;
        let WebhookEdit { url, kinds, disabled } = edit;
        let url = url.as_deref().map(|url| self.checked_url(url)).transpose()?.map(|to| (to.url, to.host));
        let kinds = kinds.as_deref().map(checked_kinds).transpose()?;
        let is_disabled = before.disabled_at.is_some();
        let after = told(
            url.as_ref().map_or(&before.url, |(url, _)| url),
            kinds.as_ref().unwrap_or(&before.kinds),
            disabled.unwrap_or(is_disabled),
        );
        let change = Change::new("webhook.change", "webhook", id)
            .before(Some(told(&before.url, &before.kinds, is_disabled)))
            .after(Some(after));
        let wanted = WebhookChange { url, kinds, disabled };
        let changed = self.recorded(change).change_webhook(id, Some(version), &wanted, self.clock.now()).await;
        changed.map_err(|error| match error {
            StoreError::Changed { .. } => AppError::changed(error.to_string()),
            StoreError::NotFound { .. } => missing(id),
            other => other.into(),
        })
    }

    /// Gives a webhook another secret, this once; the one before signs as well for a day.
    pub async fn rotate_webhook(&self, id: Uuid) -> Result<(Webhook, Secret), AppError> {
        self.shown_webhook(id).await?;
        let (secret, old_until) = (new_secret(), self.clock.now() + CHANGE_OVER);
        let change =
            Change::new("webhook.rotate", "webhook", id).detail(format_args!("old_until={}", until(old_until)));
        Ok((self.recorded(change).rotate_webhook(id, &secret, old_until).await?, secret))
    }

    pub async fn remove_webhook(&self, id: Uuid) -> Result<(), AppError> {
        self.shown_webhook(id).await?;
        Ok(self.recorded(Change::new("webhook.remove", "webhook", id)).remove_webhook(id, self.clock.now()).await?)
    }

    /// All webhooks, oldest first.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, AppError> {
        self.require(Act::ManageNotices)?;
        Ok(self.store.webhooks().await?)
    }

    pub async fn shown_webhook(&self, id: Uuid) -> Result<Webhook, AppError> {
        self.require(Act::ManageNotices)?;
        self.store.webhook(id).await?.ok_or_else(|| missing(id))
    }

    fn checked_url(&self, url: &str) -> Result<WebhookAddress, AppError> {
        WebhookAddress::of(url, &self.networks).map_err(|problem| AppError::invalid(format!("url: {problem}")))
    }
}

fn missing(id: Uuid) -> AppError {
    AppError::NotFound(format!("there is no webhook '{id}'; 'merit webhook list' shows them"))
}

/// A webhook as the log tells it.
fn told(url: &str, kinds: &[NoticeKind], disabled: bool) -> Digest {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    Digest::of_fields(&[("url", url), ("kinds", &kinds.join(" ")), ("disabled", &disabled.to_string())])
}

/// Kinds that programs can be told of, each once. Errors: `Invalid`.
fn checked_kinds(names: &[String]) -> Result<Vec<NoticeKind>, AppError> {
    let kinds = named_kinds(names, |kind| kind.event_subject().is_some())?;
    match kinds.is_empty() {
        true => Err(AppError::invalid("kinds: name at least one").because(Why::KindsNeeded {})),
        false => Ok(kinds),
    }
}

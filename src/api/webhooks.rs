//! Webhooks: addresses of programs that are told what happened, as Standard Webhooks describes it.

use chrono::{DateTime, Utc};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{ChangeError, CreateError, GetError};
use super::notices::Told;
use super::page;
use super::users::{etag, version};
use crate::app::{WebhookEdit, WebhookOrder, WebhookRecord};
use crate::domain::secret::Secret;

/// An address that is told what happened; never its secret.
#[derive(Object)]
struct Webhook {
    id: Uuid,
    url: String,
    /// What it is told of.
    kinds: Vec<Told>,
    /// Until when the secret before this one signs as well.
    #[oai(skip_serializing_if_is_none)]
    old_secret_until: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// Since when nothing arrived there.
    #[oai(skip_serializing_if_is_none)]
    failing_since: Option<DateTime<Utc>>,
    #[oai(skip_serializing_if_is_none)]
    disabled_at: Option<DateTime<Utc>>,
}

#[derive(Object)]
struct Webhooks {
    items: Vec<Webhook>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewWebhook {
    /// Begins with https:// or http://; not in a network of one's own, unless the server allows that network.
    #[oai(validator(min_length = 1, max_length = 2000))]
    url: String,
    /// `results_published`, `pull_failed`, `source_overdue`.
    kinds: Vec<String>,
}

/// What is to change; what is absent stays.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct WebhookChange {
    #[oai(validator(min_length = 1, max_length = 2000))]
    url: Option<String>,
    kinds: Option<Vec<String>>,
    disabled: Option<bool>,
}

/// A webhook with its new secret, which is shown this once.
#[derive(Object)]
struct MadeWebhook {
    webhook: Webhook,
    secret: String,
}

#[derive(ApiResponse)]
enum WebhookFound {
    #[oai(status = 200)]
    Ok(
        Json<Webhook>,
        /// Send it as `If-Match` with a change.
        #[oai(header = "ETag")]
        String,
    ),
}

#[derive(ApiResponse)]
enum WebhookMade {
    #[oai(status = 201)]
    Created(
        Json<MadeWebhook>,
        /// `true`: the answer holds a secret that is not kept, so that a repeated request is refused instead of answered again.
        #[oai(header = "Shown-Once")]
        String,
    ),
}

#[derive(ApiResponse)]
enum WebhookRemoved {
    /// Nothing is sent there any more.
    #[oai(status = 204)]
    Done,
}

fn webhook(record: WebhookRecord) -> (Json<Webhook>, String) {
    let WebhookRecord {
        id: _,
        public_id,
        url,
        host: _,
        kinds,
        old_secret_until,
        created_at,
        failing_since,
        disabled_at,
        version,
    } = record;
    let kinds = kinds.into_iter().map(Into::into).collect();
    let body = Webhook { id: public_id, url, kinds, old_secret_until, created_at, failing_since, disabled_at };
    (Json(body), etag(version))
}

fn made((record, secret): (WebhookRecord, Secret)) -> WebhookMade {
    let (Json(webhook), _) = webhook(record);
    WebhookMade::Created(Json(MadeWebhook { webhook, secret: secret.expose().to_owned() }), "true".to_owned())
}

pub struct WebhooksApi;

#[OpenApi(tag = "Resource::Notices")]
impl WebhooksApi {
    /// All webhooks, oldest first
    #[oai(path = "/webhooks", method = "get", operation_id = "list_webhooks")]
    async fn list(&self, app: Caller) -> Result<Json<Webhooks>, GetError> {
        Ok(Json(Webhooks { items: app.webhooks().await?.into_iter().map(|record| webhook(record).0.0).collect() }))
    }

    /// Make a webhook; its secret is shown this once
    #[oai(path = "/webhooks", method = "post", operation_id = "create_webhook")]
    async fn create(
        &self,
        app: Caller,
        /// Any text of at most 200 characters; the same key with the same request is done once
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
        new: Json<NewWebhook>,
    ) -> Result<WebhookMade, CreateError> {
        let NewWebhook { url, kinds } = new.0;
        Ok(made(app.create_webhook(WebhookOrder { url: &url, kinds: &kinds }).await?))
    }

    /// One webhook
    #[oai(path = "/webhooks/:id", method = "get", operation_id = "get_webhook")]
    async fn get(&self, app: Caller, id: Path<String>) -> Result<WebhookFound, GetError> {
        let (body, etag) = webhook(app.shown_webhook(page::id(&id.0)?).await?);
        Ok(WebhookFound::Ok(body, etag))
    }

    /// Change a webhook that is still as it was read
    #[oai(path = "/webhooks/:id", method = "patch", operation_id = "change_webhook")]
    async fn change(
        &self,
        app: Caller,
        id: Path<String>,
        /// The `ETag` of the webhook as it was read
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        change: Json<WebhookChange>,
    ) -> Result<WebhookFound, ChangeError> {
        let WebhookChange { url, kinds, disabled } = change.0;
        let Some(if_match) = if_match.0 else { return Err(ChangeError::unconditional()) };
        let edit = WebhookEdit { url, kinds, disabled };
        let (body, etag) = webhook(app.change_webhook(page::id(&id.0)?, version(&if_match), edit).await?);
        Ok(WebhookFound::Ok(body, etag))
    }

    /// Give a webhook another secret, shown this once; the one before signs as well for a day
    #[oai(path = "/webhooks/:id/rotation", method = "post", operation_id = "rotate_webhook")]
    async fn rotate(
        &self,
        app: Caller,
        id: Path<String>,
        /// Any text of at most 200 characters; the same key with the same request is done once
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<WebhookMade, CreateError> {
        Ok(made(app.rotate_webhook(page::id(&id.0)?).await?))
    }

    /// Remove a webhook
    #[oai(path = "/webhooks/:id", method = "delete", operation_id = "remove_webhook")]
    async fn remove(&self, app: Caller, id: Path<String>) -> Result<WebhookRemoved, GetError> {
        app.remove_webhook(page::id(&id.0)?).await?;
        Ok(WebhookRemoved::Done)
    }
}

//! Webhooks: made, changed, given another secret, disabled, removed.

use chrono::{DateTime, Utc};
use entity::webhook::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{execute, instant, plain};
use super::super::{Store, StoreError};
use super::read::kind;
use crate::domain::notice::NoticeKind;
use crate::domain::secret::Secret;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    pub public_id: Uuid,
    pub url: String,
    pub host: String,
    pub kinds: Vec<NoticeKind>,
    pub secret: Secret,
    pub created_at: DateTime<Utc>,
}

/// A webhook without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: i64,
    pub public_id: Uuid,
    pub url: String,
    pub host: String,
    pub kinds: Vec<NoticeKind>,
    /// Until when the secret before this one signs as well.
    pub old_secret_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub failing_since: Option<DateTime<Utc>>,
    pub disabled_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i64,
}

/// What of a webhook is to change; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebhookChange {
    /// The address with its host.
    pub url: Option<(String, String)>,
    pub kinds: Option<Vec<NoticeKind>>,
    pub disabled: Option<bool>,
}

impl TryFrom<Model> for Webhook {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            public_id,
            url,
            host,
            kinds,
            secret: _,
            old_secret: _,
            old_secret_until,
            created_at,
            failing_since,
            disabled_at,
            removed_at: _,
            version,
        } = model;
        let kinds = kinds.split_whitespace().map(|code| kind(code.to_owned())).collect::<Result<_, _>>()?;
        Ok(Self { id, public_id, url, host, kinds, old_secret_until, created_at, failing_since, disabled_at, version })
    }
}

pub(in super::super) fn words(kinds: &[NoticeKind]) -> String {
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" ")
}

impl Store {
    pub async fn create_webhook(&self, new: &NewWebhook) -> Result<Webhook, StoreError> {
        let step = "keeping a webhook";
        let NewWebhook { public_id, url, host, kinds, secret, created_at } = new;
        let tx = self.begin_write(&[]).await?;
        let row = ActiveModel {
            id: NotSet,
            public_id: Set(*public_id),
            url: Set(plain(url)),
            host: Set(plain(host)),
            kinds: Set(words(kinds)),
            secret: Set(secret.expose().to_owned()),
            old_secret: Set(None),
            old_secret_until: Set(None),
            created_at: Set(instant(*created_at)),
            failing_since: Set(None),
            disabled_at: Set(None),
            removed_at: Set(None),
            version: Set(1),
        };
        let model = row.insert(&tx).await.step(step)?;
        self.finish(tx, step).await?;
        model.try_into()
    }

    /// Changes a webhook that is still at `version`, if one is said; disabled, what waits for it is given up. Errors: `NotFound`;
    /// `Changed` when it is at another version.
    pub async fn change_webhook(
        &self,
        public_id: Uuid,
        version: Option<i64>,
        change: &WebhookChange,
        now: DateTime<Utc>,
    ) -> Result<Webhook, StoreError> {
        let step = "changing a webhook";
        let tx = self.begin_write(&[]).await?;
        let found = existing(&tx, public_id).await?;
        if version.is_some_and(|version| version != found.version) {
            return Err(StoreError::Changed { what: "webhook", name: public_id.to_string() });
        }
        let WebhookChange { url, kinds, disabled } = change;
        let (id, disabled_before) = (found.id, found.disabled_at);
        let mut row: ActiveModel = found.clone().into();
        if let Some((url, host)) = url {
            (row.url, row.host) = (Set(plain(url)), Set(plain(host)));
        }
        if let Some(kinds) = kinds {
            row.kinds = Set(words(kinds));
        }
        match disabled {
            Some(true) => row.disabled_at = Set(disabled_before.or(Some(instant(now)))),
            Some(false) => (row.disabled_at, row.failing_since) = (Set(None), Set(None)),
            None => {}
        }
        row.version = Set(found.version + 1);
        let model = row.update(&tx).await.step(step)?;
        if let Some((_, host)) = url {
            let text = "UPDATE notice SET address = $1 WHERE webhook_id = $2 AND state = 'waiting'";
            execute(&tx, step, text, [plain(host).into(), id.into()]).await?;
        }
        if model.disabled_at.is_some() {
            give_up(&tx, id, "the webhook is disabled", now).await?;
        }
        self.finish(tx, step).await?;
        model.try_into()
    }

    /// Another secret; the one before signs beside it until `old_until`.
    pub async fn rotate_webhook(
        &self,
        public_id: Uuid,
        secret: &Secret,
        old_until: DateTime<Utc>,
    ) -> Result<Webhook, StoreError> {
        let step = "giving a webhook another secret";
        let tx = self.begin_write(&[]).await?;
        let found = existing(&tx, public_id).await?;
        let mut row: ActiveModel = found.clone().into();
        row.old_secret = Set(Some(found.secret));
        row.old_secret_until = Set(Some(instant(old_until)));
        row.secret = Set(secret.expose().to_owned());
        row.version = Set(found.version + 1);
        let model = row.update(&tx).await.step(step)?;
        self.finish(tx, step).await?;
        model.try_into()
    }

    /// Nothing is sent there any more; what was sent stays in the list of notices.
    pub async fn remove_webhook(&self, public_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "removing a webhook";
        let tx = self.begin_write(&[]).await?;
        let found = existing(&tx, public_id).await?;
        let text =
            "UPDATE webhook SET removed_at = $1, secret = '', old_secret = NULL, old_secret_until = NULL WHERE id = $2";
        execute(&tx, step, text, [instant(now).into(), found.id.into()]).await?;
        give_up(&tx, found.id, "the webhook was removed", now).await?;
        self.finish(tx, step).await
    }

    /// All webhooks, oldest first.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let found =
            Entity::find().filter(Column::RemovedAt.is_null()).order_by_asc(Column::Id).all(&self.readers).await;
        found.step("listing webhooks")?.into_iter().map(Webhook::try_from).collect()
    }

    pub async fn webhook(&self, public_id: Uuid) -> Result<Option<Webhook>, StoreError> {
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).filter(Column::RemovedAt.is_null());
        found.one(&self.readers).await.step("looking up a webhook")?.map(Webhook::try_from).transpose()
    }
}

async fn existing(tx: &DatabaseTransaction, public_id: Uuid) -> Result<Model, StoreError> {
    let found = Entity::find().filter(Column::PublicId.eq(public_id)).filter(Column::RemovedAt.is_null()).one(tx).await;
    let missing = || StoreError::NotFound { what: "webhook", name: public_id.to_string() };
    found.step("looking up a webhook")?.ok_or_else(missing)
}

async fn give_up(tx: &DatabaseTransaction, id: i64, why: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let text = "UPDATE notice SET state = 'given_up', ended_at = $1, held_until = NULL, last_problem = $2
        WHERE webhook_id = $3 AND state = 'waiting'";
    execute(tx, "giving up a webhook's notices", text, [instant(now).into(), why.into(), id.into()]).await.map(|_| ())
}

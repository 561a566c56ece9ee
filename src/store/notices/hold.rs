//! A notice in the hands of a sender, for some time. Taking it counts the attempt; whoever ends it names the attempt, so that a sender that
//! was taken for lost changes nothing any more.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{execute, fetch_one, instant, plain, sql};
use super::super::{Store, StoreError};
use super::append::typed;
use super::read::{kind, language};
use crate::domain::notice::{Channel, NoticeKind};
use crate::domain::secret::Secret;
use crate::domain::text::Language;

/// A notice to be sent, and what is needed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldNotice {
    pub id: i64,
    pub public_id: Uuid,
    pub kind: NoticeKind,
    pub address: String,
    pub language: Language,
    pub about: String,
    pub token: Option<Secret>,
    /// From 1.
    pub attempt: i64,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The name of whom it is for.
    pub name: String,
    /// Whether whom it is for is not told anything any more.
    pub disabled: bool,
    pub webhook: Option<HeldWebhook>,
}

/// Where a webhook's notice goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldWebhook {
    pub id: i64,
    pub public_id: Uuid,
    pub url: String,
    pub host: String,
    pub secret: Secret,
    pub old_secret: Option<(Secret, DateTime<Utc>)>,
    pub failing_since: Option<DateTime<Utc>>,
}

/// How an attempt ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeEnd {
    Sent,
    Again { at: DateTime<Utc>, problem: String },
    GivenUp { problem: String },
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

#[derive(FromQueryResult)]
struct HeldRow {
    id: i64,
    public_id: Uuid,
    kind: String,
    address: String,
    language: String,
    about: String,
    token: Option<String>,
    attempts: i64,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    name: Option<String>,
    account_disabled_at: Option<DateTime<Utc>>,
    webhook_id: Option<i64>,
    webhook_public_id: Option<Uuid>,
    url: Option<String>,
    host: Option<String>,
    secret: Option<String>,
    old_secret: Option<String>,
    old_secret_until: Option<DateTime<Utc>>,
    failing_since: Option<DateTime<Utc>>,
    webhook_disabled_at: Option<DateTime<Utc>>,
    removed_at: Option<DateTime<Utc>>,
}

const HELD: &str =
    "SELECT notice.id, notice.public_id, notice.kind, notice.address, notice.language, notice.about, notice.token,
        notice.attempts, notice.created_at, notice.expires_at, account.name, account.disabled_at AS account_disabled_at,
        webhook.id AS webhook_id, webhook.public_id AS webhook_public_id, webhook.url, webhook.host, webhook.secret,
        webhook.old_secret, webhook.old_secret_until, webhook.failing_since, webhook.disabled_at AS webhook_disabled_at,
        webhook.removed_at
    FROM notice LEFT JOIN account ON account.id = notice.account_id LEFT JOIN webhook ON webhook.id = notice.webhook_id
    WHERE notice.id = $1";

const DUE: &str = "SELECT id FROM notice WHERE state = 'waiting' AND channel = $1 AND next_try_at <= $2
    AND (held_until IS NULL OR held_until <= $2) ORDER BY next_try_at, id LIMIT 1";

/// What is said of an attempt that nobody ended.
const LOST: &str = "its sender was lost before it could say whether this arrived";

impl Store {
    /// The notice that waits longest, this sender's until `until`. Of several senders, in one process or in many, one gets it.
    pub async fn claim_notice(
        &self,
        channel: Channel,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<HeldNotice>, StoreError> {
        let step = "taking a notice";
        let due = || [channel.as_str().into(), instant(now).into()];
        // Looking costs nobody a turn at writing.
        if self.readers.query_one_raw(sql(&self.readers, DUE, due())).await.step(step)?.is_none() {
            return Ok(None);
        }
        let tx = self.begin_write(&[]).await?;
        let skip = if tx.get_database_backend() == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        let Some(IdRow { id }) = fetch_one(&tx, step, format!("{DUE}{skip}"), due()).await? else { return Ok(None) };
        let text = "UPDATE notice SET attempts = attempts + 1, held_until = $1,
                last_problem = CASE WHEN held_until IS NULL THEN last_problem ELSE $2 END
            WHERE id = $3";
        execute(&tx, step, text, [instant(until).into(), LOST.into(), id.into()]).await?;
        let row: Option<HeldRow> = fetch_one(&tx, step, HELD, [id.into()]).await?;
        tx.commit().await.step(step)?;
        row.map(HeldNotice::try_from).transpose()
    }

    /// Ends an attempt; false when the notice is not the sender's any more. A webhook remembers since when nothing arrived there.
    pub async fn end_notice(&self, held: &HeldNotice, end: &NoticeEnd, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let step = "ending an attempt to send a notice";
        let (state, next, problem) = match end {
            NoticeEnd::Sent => ("sent", None, None),
            NoticeEnd::Again { at, problem } => ("waiting", Some(*at), Some(problem)),
            NoticeEnd::GivenUp { problem } => ("given_up", None, Some(problem)),
        };
        let tx = self.begin_write(&[]).await?;
        let token = if next.is_some() { "token" } else { "NULL" };
        let (problem_of, ended) = (typed(&tx, "$3", "TEXT"), typed(&tx, "$4", "TIMESTAMPTZ"));
        let text = format!(
            "UPDATE notice SET state = $1, next_try_at = $2, last_problem = COALESCE({problem_of}, last_problem), ended_at = {ended}, token = {token},
                held_until = NULL
            WHERE id = $5 AND attempts = $6 AND state = 'waiting'"
        );
        let values = [
            state.into(),
            instant(next.unwrap_or(now)).into(),
            problem.map(|problem| plain(problem)).into(),
            next.is_none().then(|| instant(now)).into(),
            held.id.into(),
            held.attempt.into(),
        ];
        if execute(&tx, step, text, values).await? == 0 {
            return Ok(false);
        }
        if let Some(webhook) = &held.webhook {
            let text = "UPDATE webhook SET failing_since = $1 WHERE id = $2";
            match (end, webhook.failing_since) {
                (NoticeEnd::Sent, Some(_)) => {
                    execute(&tx, step, text, [None::<DateTime<Utc>>.into(), webhook.id.into()]).await?;
                }
                (NoticeEnd::Again { .. } | NoticeEnd::GivenUp { .. }, None) => {
                    execute(&tx, step, text, [instant(now).into(), webhook.id.into()]).await?;
                }
                _ => {}
            }
        }
        tx.commit().await.step(step)?;
        Ok(true)
    }

    /// Gives up notices whose time is over; how many.
    pub async fn give_up_expired(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let step = "giving up notices";
        let expired = "state = 'waiting' AND expires_at <= $1 AND (held_until IS NULL OR held_until <= $1)";
        let any = format!("SELECT id FROM notice WHERE {expired} LIMIT 1");
        if self.readers.query_one_raw(sql(&self.readers, any, [instant(now).into()])).await.step(step)?.is_none() {
            return Ok(0);
        }
        let tx = self.begin_write(&[]).await?;
        let text = format!(
            "UPDATE notice SET state = 'given_up', ended_at = $1, token = NULL, held_until = NULL,
                last_problem = COALESCE(last_problem || '; ', '') || 'it could not be sent in time' WHERE {expired}"
        );
        let count = execute(&tx, step, text, [instant(now).into()]).await?;
        tx.commit().await.step(step)?;
        Ok(count)
    }
}

impl TryFrom<HeldRow> for HeldNotice {
    type Error = StoreError;

    fn try_from(row: HeldRow) -> Result<Self, StoreError> {
        let webhook = match (row.webhook_id, row.webhook_public_id, row.url, row.host, row.secret) {
            (Some(id), Some(public_id), Some(url), Some(host), Some(secret)) => Some(HeldWebhook {
                id,
                public_id,
                url,
                host,
                secret: Secret::new(secret),
                old_secret: row.old_secret.map(Secret::new).zip(row.old_secret_until),
                failing_since: row.failing_since,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            public_id: row.public_id,
            kind: kind(row.kind)?,
            address: row.address,
            language: language(row.language)?,
            about: row.about,
            token: row.token.map(Secret::new),
            attempt: row.attempts,
            created_at: row.created_at,
            expires_at: row.expires_at,
            name: row.name.unwrap_or_default(),
            disabled: row.account_disabled_at.or(row.webhook_disabled_at).or(row.removed_at).is_some(),
            webhook,
        })
    }
}

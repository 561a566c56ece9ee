//! Notices are written in the transaction of what they tell, all of a kind in one statement.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use entity::day::Day;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Value};
use uuid::Uuid;

use super::super::write::{execute, instant, plain};
use super::super::{Store, StoreError};
use crate::domain::authority::Role;
use crate::domain::notice::NoticeKind;
use crate::domain::secret::Secret;

/// Whom a notice is for; webhooks that wish for its kind are always told as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// This account.
    Account(i64),
    /// Agents of this cycle whose results were published last.
    PublishedLast { cycle: String },
    /// Whoever holds one of these roles over the whole organisation today; where the kind is sent on wish, only those who wish for it.
    Holding { roles: &'static [Role], today: NaiveDate },
}

/// Notices of one kind about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotices {
    /// The ids of the notices are made from it.
    pub id: Uuid,
    pub kind: NoticeKind,
    /// The stable name of what it is about.
    pub about: String,
    pub to: Audience,
    /// Of the one-time link that the notice carries.
    pub token: Option<Secret>,
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Digits of an id that the rows of one statement share; the twelve others count.
const HEAD: usize = 20;
/// Where the numbers of webhooks begin, beyond those of people.
const WEBHOOKS: i64 = 1 << 46;

impl Store {
    /// The same database; the next writing operation writes these notices too, in its own transaction.
    #[must_use]
    pub fn telling(&self, notices: impl IntoIterator<Item = NewNotices>) -> Self {
        let notices: Vec<_> = self.notices.iter().cloned().chain(notices).collect();
        Self { notices: Arc::from(notices), ..self.clone() }
    }
}

/// Writes the notices of an operation.
pub(in super::super) async fn write(tx: &DatabaseTransaction, notices: &[NewNotices]) -> Result<(), StoreError> {
    for new in notices {
        to_people(tx, new).await?;
        if new.kind.event_subject().is_some() {
            to_webhooks(tx, new).await?;
        }
    }
    Ok(())
}

async fn to_people(tx: &DatabaseTransaction, new: &NewNotices) -> Result<(), StoreError> {
    let (mut audience, of) = audience(&new.to);
    if new.kind.on_wish() {
        audience.push_str(&format!(" AND {}", wishes_for("account.wishes", new.kind)));
    }
    // Whoever has no address finds it in Merit.
    let text = format!(
        "INSERT INTO notice (public_id, kind, channel, account_id, address, language, about, token, state, attempts, next_try_at,
            expires_at, created_at, ended_at)
        SELECT {id}, '{kind}', CASE WHEN account.email IS NULL THEN 'page' ELSE 'email' END, account.id, COALESCE(account.email, ''),
            account.language, $3, {token}, CASE WHEN account.email IS NULL THEN 'sent' ELSE 'waiting' END, 0, {at}, {expires}, {at},
            CASE WHEN account.email IS NULL THEN {at} END
        FROM account WHERE account.kind = 'person' AND account.disabled_at IS NULL AND {audience}",
        id = numbered_id(tx, "account.id"),
        kind = new.kind.as_str(),
        at = typed(tx, "$4", "TIMESTAMPTZ"),
        expires = typed(tx, "$5", "TIMESTAMPTZ"),
        token = typed(tx, "$6", "TEXT"),
    );
    let mut values = common(new, 0);
    values.extend([new.token.as_ref().map(|token| token.expose().to_owned()).into(), of]);
    execute(tx, "writing notices", text, values).await.map(|_| ())
}

/// Which accounts, and the value of `$7` that says so.
fn audience(to: &Audience) -> (String, Value) {
    match to {
        Audience::Account(id) => ("account.id = $7".to_owned(), (*id).into()),
        Audience::PublishedLast { cycle } => (
            // Neither of the inner questions depends on the row: each is asked once, not once an agent.
            "account.agent_id IN (SELECT agent_id FROM agent_result
                WHERE cycle_id = (SELECT id FROM cycle WHERE code = $7) AND published_at = (
                    SELECT MAX(published_at) FROM agent_result WHERE cycle_id = (SELECT id FROM cycle WHERE code = $7)))"
                .to_owned(),
            cycle.as_str().into(),
        ),
        Audience::Holding { roles, today } => {
            let roles: Vec<String> = roles.iter().map(|role| format!("'{}'", role.as_str())).collect();
            let text = format!(
                "EXISTS (SELECT 1 FROM access_grant held WHERE held.account_id = account.id AND held.unit_id IS NULL
                    AND held.revoked_at IS NULL AND held.first_day <= $7 AND (held.last_day IS NULL OR held.last_day >= $7)
                    AND held.role IN ({}))",
                roles.join(", ")
            );
            (text, Day(*today).into())
        }
    }
}

async fn to_webhooks(tx: &DatabaseTransaction, new: &NewNotices) -> Result<(), StoreError> {
    let text = format!(
        "INSERT INTO notice (public_id, kind, channel, webhook_id, address, language, about, state, attempts, next_try_at, expires_at,
            created_at)
        SELECT {id}, '{kind}', 'webhook', webhook.id, webhook.host, 'en', $3, 'waiting', 0, {at}, {expires}, {at}
        FROM webhook WHERE webhook.disabled_at IS NULL AND webhook.removed_at IS NULL AND {wished}",
        id = numbered_id(tx, "webhook.id"),
        kind = new.kind.as_str(),
        at = typed(tx, "$4", "TIMESTAMPTZ"),
        expires = typed(tx, "$5", "TIMESTAMPTZ"),
        wished = wishes_for("webhook.kinds", new.kind),
    );
    execute(tx, "writing notices", text, common(new, WEBHOOKS)).await.map(|_| ())
}

/// What both statements begin with.
fn common(new: &NewNotices, first: i64) -> Vec<Value> {
    let hex = new.id.simple().to_string();
    let (head, tail) = hex.split_at(HEAD);
    let number = i64::from_str_radix(tail, 16).unwrap_or_default() % WEBHOOKS;
    vec![
        head.into(),
        (number + first).into(),
        plain(&new.about).into(),
        instant(new.at).into(),
        instant(new.expires_at).into(),
    ]
}

/// The ids of many rows made from one: its last digits are counted up. Each stays unique as the first is, and in order of time.
fn numbered_id(tx: &DatabaseTransaction, order: &str) -> String {
    let number = format!("$2 + ROW_NUMBER() OVER (ORDER BY {order})");
    match tx.get_database_backend() {
        DbBackend::Postgres => format!("CAST(CAST($1 AS TEXT) || lpad(to_hex({number}), 12, '0') AS UUID)"),
        _ => format!("unhex($1 || printf('%012x', {number}))"),
    }
}

/// PostgreSQL takes the type of a parameter in a list of columns from nowhere else.
pub(super) fn typed(tx: &DatabaseTransaction, parameter: &str, kind: &str) -> String {
    match tx.get_database_backend() {
        DbBackend::Postgres => format!("CAST({parameter} AS {kind})"),
        _ => parameter.to_owned(),
    }
}

/// Whether the words of a column, parted by blanks, have the kind's.
fn wishes_for(column: &str, kind: NoticeKind) -> String {
    format!("' ' || {column} || ' ' LIKE '% {} %'", kind.as_str())
}

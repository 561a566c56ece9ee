//! Requests that must be done once: claimed by key, and their answers kept for a repetition.

use chrono::{DateTime, Utc};
use entity::kept_answer::{Entity, Model};
use sea_orm::EntityTrait;

use super::super::error::Step;
use super::super::write::{execute, instant};
use super::super::{Store, StoreError};

/// The key of a request: whose it is, what they called it, and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    pub account_id: i64,
    pub key: String,
    /// Digest of method, address and body.
    pub fingerprint: String,
}

/// An answer to be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    /// JSON: pairs of name and value.
    pub headers: String,
    /// `None` when the answer held a secret, which is not kept.
    pub body: Option<Vec<u8>>,
}

/// What to do with a request that came with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is this one's to do.
    Ours,
    /// The same request is under way.
    InFlight,
    /// The key came with another request before.
    OtherRequest,
    Done(KeptAnswer),
}

impl Claim {
    fn of(found: Model, fingerprint: &str) -> Self {
        if found.fingerprint != fingerprint {
            return Self::OtherRequest;
        }
        match found.status.and_then(|status| u16::try_from(status).ok()) {
            None => Self::InFlight,
            Some(status) => {
                Self::Done(KeptAnswer { status, headers: found.headers.unwrap_or_default(), body: found.body })
            }
        }
    }
}

impl Store {
    /// Claims a request. One that was claimed before `stale` and never answered is taken over: its server died. What is older than
    /// `forgotten` is cleared away.
    pub async fn claim_request(
        &self,
        request: &RequestKey,
        now: DateTime<Utc>,
        stale: DateTime<Utc>,
        forgotten: DateTime<Utc>,
    ) -> Result<Claim, StoreError> {
        let step = "claiming a request";
        let tx = self.begin_write(&[]).await?;
        let text = "DELETE FROM kept_answer WHERE claimed_at < $1 OR (status IS NULL AND claimed_at < $2)";
        execute(&tx, step, text, [instant(forgotten).into(), instant(stale).into()]).await?;
        let text = "INSERT INTO kept_answer (account_id, request_key, fingerprint, claimed_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING";
        let RequestKey { account_id, key, fingerprint } = request;
        let values = [(*account_id).into(), key.as_str().into(), fingerprint.as_str().into(), instant(now).into()];
        let claim = match execute(&tx, step, text, values).await? {
            0 => {
                let found = Entity::find_by_id((*account_id, key.clone())).one(&tx).await.step(step)?;
                // Gone between the two statements: whoever held it gave it up, and the client's next try claims it.
                found.map_or(Claim::InFlight, |found| Claim::of(found, fingerprint))
            }
            _ => Claim::Ours,
        };
        tx.commit().await.step(step)?;
        Ok(claim)
    }

    /// Keeps the answer to a claimed request.
    pub async fn keep_answer(&self, request: &RequestKey, answer: &KeptAnswer) -> Result<(), StoreError> {
        let step = "keeping an answer";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE kept_answer SET status = $1, headers = $2, body = $3
            WHERE account_id = $4 AND request_key = $5 AND status IS NULL";
        let KeptAnswer { status, headers, body } = answer;
        let values = [
            i64::from(*status).into(),
            headers.as_str().into(),
            body.clone().into(),
            request.account_id.into(),
            request.key.as_str().into(),
        ];
        execute(&tx, step, text, values).await?;
        tx.commit().await.step(step)
    }

    /// Gives up a claimed request that failed inside, so that it can be tried again.
    pub async fn release_request(&self, request: &RequestKey) -> Result<(), StoreError> {
        let step = "releasing a request";
        let tx = self.begin_write(&[]).await?;
        let text = "DELETE FROM kept_answer WHERE account_id = $1 AND request_key = $2 AND status IS NULL";
        execute(&tx, step, text, [request.account_id.into(), request.key.as_str().into()]).await?;
        tx.commit().await.step(step)
    }
}

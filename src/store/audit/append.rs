//! Appending to the audit log. Each lane is a chain of its own, so that writers at the same time do not wait for each other.

use std::sync::Arc;

use entity::audit_entry;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{execute, fetch_one, instant, plain};
use super::super::{Engine, Store, StoreError, bulk, notices};
use super::read::digest;
use crate::domain::audit::{Place, Record, hash};

/// Chains side by side on PostgreSQL, as the migration made them; on SQLite writers take turns anyway.
const POSTGRES_LANES: u8 = 16;

#[derive(FromQueryResult)]
struct HeadRow {
    lane: i64,
    seq: i64,
    hash: Vec<u8>,
}

impl Store {
    /// The same database; the next writing operation enters this record in the audit log, in its own transaction. One record is for one
    /// operation: its id keeps a second one from being entered with it.
    #[must_use]
    pub fn recording(&self, record: Record) -> Self {
        Self { pending: Some(Arc::new(record)), ..self.clone() }
    }

    /// Ends a writing operation: writes its notices, notes a job's effect, enters the pending record, then commits all or nothing.
    pub(in super::super) async fn finish(&self, tx: DatabaseTransaction, step: &'static str) -> Result<(), StoreError> {
        notices::append::write(&tx, &self.notices).await?;
        self.note_effect(&tx).await?;
        if let Some(record) = &self.pending {
            append(&tx, [record.as_ref()]).await?;
        }
        tx.commit().await.step(step)
    }

    /// Enters records of what changed nothing, all in one transaction.
    pub async fn append_audit(&self, records: &[Record]) -> Result<(), StoreError> {
        if records.is_empty() {
            return Ok(());
        }
        let tx = self.begin_write(&[]).await?;
        append(&tx, records).await?;
        tx.commit().await.step("keeping the audit log")
    }

    /// How many lanes there are.
    pub fn audit_lanes(&self) -> i64 {
        match self.engine {
            Engine::Sqlite => 1,
            Engine::Postgres => POSTGRES_LANES.into(),
        }
    }
}

/// Appends to one lane. The lane is held from here to the end of the transaction, so this comes last before the commit: whoever holds a lane
/// waits for nothing else.
async fn append<'a>(tx: &DatabaseTransaction, records: impl IntoIterator<Item = &'a Record>) -> Result<(), StoreError> {
    let step = "keeping the audit log";
    let mut records = records.into_iter().map(normal).peekable();
    let Some(first) = records.peek() else { return Ok(()) };
    let head = take_lane(tx, first.public_id).await?;
    let lane = head.lane;
    let (mut seq, mut previous) = (head.seq, digest(&head.hash).ok_or_else(|| damaged(&head))?);
    let mut rows = Vec::new();
    for record in records {
        seq += 1;
        let place = Place { lane, seq, previous };
        let hash = hash(&place, &record);
        rows.push(row(&place, record, hash.0.to_vec()));
        previous = hash;
    }
    bulk::insert::<audit_entry::Entity>(tx, step, rows).await?;
    let text = "UPDATE audit_head SET seq = $1, hash = $2 WHERE lane = $3";
    execute(tx, step, text, [seq.into(), previous.0.to_vec().into(), lane.into()]).await.map(|_| ())
}

/// A lane nobody holds, or else the one that the id says, when its turn comes.
async fn take_lane(tx: &DatabaseTransaction, id: Uuid) -> Result<HeadRow, StoreError> {
    let step = "taking a lane of the audit log";
    let select = "SELECT lane, seq, hash FROM audit_head";
    let mut found = None;
    if tx.get_database_backend() == DbBackend::Postgres {
        found = fetch_one(tx, step, format!("{select} LIMIT 1 FOR UPDATE SKIP LOCKED"), []).await?;
        if found.is_none() {
            let lane = id.as_bytes().last().copied().unwrap_or_default() % POSTGRES_LANES;
            let lane = i64::from(lane).into();
            found = fetch_one(tx, step, format!("{select} WHERE lane = $1 FOR UPDATE"), [lane]).await?;
        }
    } else {
        found = fetch_one(tx, step, format!("{select} WHERE lane = $1"), [0_i64.into()]).await?.or(found);
    }
    found.ok_or_else(|| StoreError::Unreadable { what: "the heads of the audit log", value: "none".to_owned() })
}

fn damaged(head: &HeadRow) -> StoreError {
    StoreError::Unreadable { what: "the head of a lane of the audit log", value: head.lane.to_string() }
}

/// As both engines give it back, so that its hash can be recomputed.
fn normal(record: &Record) -> Record {
    Record {
        at: instant(record.at),
        actor: plain(&record.actor),
        act: plain(&record.act),
        subject_kind: plain(&record.subject_kind),
        subject: plain(&record.subject),
        detail: plain(&record.detail),
        reason: record.reason.as_deref().map(plain),
        ..record.clone()
    }
}

fn row(place: &Place, record: Record, hash: Vec<u8>) -> audit_entry::Model {
    let Record {
        public_id,
        at,
        actor,
        actor_account,
        act,
        subject_kind,
        subject,
        detail,
        before,
        after,
        request_id,
        reason,
    } = record;
    audit_entry::Model {
        lane: place.lane,
        seq: place.seq,
        public_id,
        at,
        actor,
        actor_account,
        act,
        subject_kind,
        subject,
        detail,
        before_digest: before.map(|digest| digest.0.to_vec()),
        after_digest: after.map(|digest| digest.0.to_vec()),
        request_id,
        reason,
        previous: place.previous.0.to_vec(),
        hash,
    }
}

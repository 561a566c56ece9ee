//! Reading the audit log: pages for people, lanes for its verification.

use chrono::{DateTime, Utc};
use entity::audit_entry::{Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::fetch;
use super::super::{Page, Store, StoreError};
use crate::domain::audit::{Digest, Entry, Place, Record};

/// Which entries a list shows; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Any of these; all when empty.
    pub actors: Vec<String>,
    pub act: Option<String>,
    /// Any of these; all when empty.
    pub subjects: Vec<String>,
    pub from: Option<DateTime<Utc>>,
    /// Not included.
    pub before: Option<DateTime<Utc>>,
}

/// An entry as it is kept.
pub type AuditEntry = Entry;

/// The last entry of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    pub lane: i64,
    /// 0 before the first entry.
    pub seq: i64,
    pub hash: Digest,
}

#[derive(FromQueryResult)]
struct HeadRow {
    lane: i64,
    seq: i64,
    hash: Vec<u8>,
}

#[derive(FromQueryResult)]
struct PlaceRow {
    lane: i64,
    seq: i64,
}

/// A digest from its column.
pub(super) fn digest(bytes: &[u8]) -> Option<Digest> {
    bytes.try_into().ok().map(Digest)
}

/// What no entry that Merit wrote has: a digest of another length.
const NONE: Digest = Digest([0xFF; 32]);

fn entry(model: Model) -> Entry {
    let Model {
        lane,
        seq,
        public_id,
        at,
        actor,
        actor_account,
        act,
        subject_kind,
        subject,
        detail,
        before_digest,
        after_digest,
        request_id,
        reason,
        previous,
        hash,
    } = model;
    let own = |bytes: Option<Vec<u8>>| bytes.map(|bytes| digest(&bytes).unwrap_or(NONE));
    Entry {
        place: Place { lane, seq, previous: digest(&previous).unwrap_or(NONE) },
        record: Record {
            public_id,
            at,
            actor,
            actor_account,
            act,
            subject_kind,
            subject,
            detail,
            before: own(before_digest),
            after: own(after_digest),
            request_id,
            reason,
        },
        hash: digest(&hash).unwrap_or(NONE),
    }
}

impl Store {
    /// Entries before the id `before`, newest first.
    pub async fn audit_page(
        &self,
        before: Option<Uuid>,
        limit: u64,
        filter: &AuditFilter,
    ) -> Result<Page<Entry>, StoreError> {
        let AuditFilter { actors, act, subjects, from, before: end } = filter;
        let mut query = Entity::find();
        for (column, wanted) in
            [(Column::Actor, actors.as_slice()), (Column::Act, act.as_slice()), (Column::Subject, subjects)]
        {
            if !wanted.is_empty() {
                query = query.filter(column.is_in(wanted));
            }
        }
        if let Some(id) = before {
            query = query.filter(Column::PublicId.lt(id));
        }
        // The ids are in order of time to the millisecond, so they find the place; the time itself decides.
        if let Some(from) = from {
            query = query.filter(Column::At.gte(*from)).filter(Column::PublicId.gte(first_id(*from, -1)));
        }
        if let Some(end) = end {
            query = query.filter(Column::At.lt(*end)).filter(Column::PublicId.lt(first_id(*end, 1)));
        }
        let found = query.order_by_desc(Column::PublicId).limit(limit.saturating_add(1)).all(&self.readers).await;
        let page = Page::cut(found.step("listing the audit log")?, limit);
        Ok(Page { rows: page.rows.into_iter().map(entry).collect(), more: page.more })
    }

    /// At most `limit` entries of a lane after `after` up to `last`, in order. Empty at the end.
    pub async fn audit_chunk(&self, lane: i64, after: i64, last: i64, limit: u64) -> Result<Vec<Entry>, StoreError> {
        let found = Entity::find()
            .filter(Column::Lane.eq(lane))
            .filter(Column::Seq.gt(after))
            .filter(Column::Seq.lte(last))
            .order_by_asc(Column::Seq)
            .limit(limit)
            .all(&self.readers)
            .await
            .step("reading the audit log")?;
        Ok(found.into_iter().map(entry).collect())
    }

    /// The heads of all lanes, in order.
    pub async fn audit_heads(&self) -> Result<Vec<AuditHead>, StoreError> {
        let text = "SELECT lane, seq, hash FROM audit_head ORDER BY lane";
        let rows: Vec<HeadRow> = fetch(&self.readers, "reading the heads of the audit log", text, []).await?;
        let head = |row: HeadRow| AuditHead { lane: row.lane, seq: row.seq, hash: digest(&row.hash).unwrap_or(NONE) };
        Ok(rows.into_iter().map(head).collect())
    }

    /// Lanes with entries beyond their head or without one, and the last of those entries; read at one moment, so that writers at the
    /// same time do not matter.
    pub async fn audit_beyond_heads(&self) -> Result<Vec<(i64, i64)>, StoreError> {
        let text = "SELECT e.lane, MAX(e.seq) AS seq FROM audit_entry e LEFT JOIN audit_head h ON h.lane = e.lane
            WHERE h.lane IS NULL OR e.seq > h.seq OR e.seq < 1 GROUP BY e.lane ORDER BY e.lane";
        let rows: Vec<PlaceRow> = fetch(&self.readers, "reading the heads of the audit log", text, []).await?;
        Ok(rows.into_iter().map(|row| (row.lane, row.seq)).collect())
    }
}

/// The least id of entries at `time`, moved by some milliseconds.
fn first_id(time: DateTime<Utc>, milliseconds: i64) -> Uuid {
    let millis = u64::try_from(time.timestamp_millis().saturating_add(milliseconds)).unwrap_or_default();
    let mut bytes = [0; 16];
    for (byte, of) in bytes.iter_mut().zip(millis.to_be_bytes().iter().skip(2)) {
        *byte = *of;
    }
    Uuid::from_bytes(bytes)
}

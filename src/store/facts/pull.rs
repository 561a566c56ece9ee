//! The record of pulls: what was read, used, set aside and why.

use chrono::{DateTime, Utc};
use entity::day::Day;
use entity::{pull, pull_reason, pull_rejected};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, FromQueryResult, NotSet, QueryFilter, QueryOrder, QuerySelect, Set,
    Value,
};
use uuid::Uuid;

use super::super::dictionary::{Dictionary, Names};
use super::super::error::Step;
use super::super::write::{execute, fetch, fetch_one, instant, plain};
use super::super::{FactChanges, Page, Store, StoreError, Window};

const ABANDONED: &str = "it was killed, or a later pull of the same source took its place; its facts were not kept";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPull {
    pub public_id: Uuid,
    /// The source's name.
    pub source: String,
    pub window: Window,
    pub started_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullState {
    Running,
    Complete,
    Failed,
}

impl PullState {
    pub fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Failed => "failed",
        }
    }

    fn read(code: String) -> Result<Self, StoreError> {
        [Self::Running, Self::Complete, Self::Failed]
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or(StoreError::Unreadable { what: "the state of a pull", value: code })
    }
}

/// Rows of the export by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PullCounts {
    pub read: i64,
    pub used: i64,
    /// Replaced by a later row with the same key.
    pub superseded: i64,
    /// Taken back by an action column.
    pub deleted: i64,
    pub set_aside: i64,
}

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    pub file: String,
    pub line: Option<i64>,
    /// A stable code, such as `unknown_agent`.
    pub reason: String,
    pub detail: String,
    /// The row as a JSON object.
    pub row: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullReason {
    pub reason: String,
    pub rows: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    pub id: i64,
    pub public_id: Uuid,
    pub source: String,
    pub state: PullState,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub window: Window,
    pub counts: PullCounts,
    pub changes: FactChanges,
    pub error: Option<String>,
}

#[derive(FromQueryResult)]
struct PullRow {
    #[sea_orm(nested)]
    pull: pull::Model,
    source: String,
}

impl TryFrom<PullRow> for Pull {
    type Error = StoreError;

    fn try_from(row: PullRow) -> Result<Self, StoreError> {
        let model = row.pull;
        let number = |count: i64| u64::try_from(count).unwrap_or_default();
        Ok(Self {
            id: model.id,
            public_id: model.public_id,
            source: row.source,
            state: PullState::read(model.state)?,
            started_at: model.started_at,
            finished_at: model.finished_at,
            window: Window { from: model.from_day.map(|day| day.0), to: model.to_day.map(|day| day.0) },
            counts: PullCounts {
                read: model.rows_read,
                used: model.rows_used,
                superseded: model.rows_superseded,
                deleted: model.rows_deleted,
                set_aside: model.rows_set_aside,
            },
            changes: FactChanges {
                added: number(model.facts_added),
                changed: number(model.facts_changed),
                removed: number(model.facts_removed),
            },
            error: model.error,
        })
    }
}

const SELECT: &str = "SELECT p.*, s.name AS source FROM pull p JOIN source s ON s.id = p.source_id";

impl Store {
    /// Records that a pull has begun and returns its id. A pull of the same source that still says it is running was killed, or
    /// is told so when it commits: it is marked failed here.
    pub async fn begin_pull(&self, pull: &NewPull) -> Result<i64, StoreError> {
        let step = "recording a pull";
        let tx = self.begin_write(&[]).await?;
        self.hold_job(&tx).await?;
        let source = pull.source.as_str();
        let source_id = Dictionary::ensure(&tx, Names::Sources, [source]).await?.known_id(source)?;
        let text =
            "UPDATE pull SET state = 'failed', finished_at = $1, error = $2 WHERE source_id = $3 AND state = 'running'";
        let started_at = instant(pull.started_at);
        execute(&tx, step, text, [started_at.into(), ABANDONED.into(), source_id.into()]).await?;
        let row = pull::ActiveModel {
            id: NotSet,
            public_id: Set(pull.public_id),
            source_id: Set(source_id),
            state: Set(PullState::Running.code().to_owned()),
            started_at: Set(started_at),
            finished_at: Set(None),
            from_day: Set(pull.window.from.map(Day)),
            to_day: Set(pull.window.to.map(Day)),
            rows_read: Set(0),
            rows_used: Set(0),
            rows_superseded: Set(0),
            rows_deleted: Set(0),
            rows_set_aside: Set(0),
            facts_added: Set(0),
            facts_changed: Set(0),
            facts_removed: Set(0),
            error: Set(None),
        };
        let id = row.insert(&tx).await.step(step)?.id;
        tx.commit().await.step(step)?;
        Ok(id)
    }

    /// Records that a running pull failed; any other is left as it is.
    pub async fn fail_pull(&self, pull_id: i64, error: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "recording that a pull failed";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE pull SET state = 'failed', finished_at = $1, error = $2 WHERE id = $3 AND state = 'running'";
        if execute(&tx, step, text, [instant(now).into(), plain(error).into(), pull_id.into()]).await? == 0 {
            return Ok(());
        }
        self.finish(tx, step).await
    }

    /// Pulls before the id `before`, newest first; of one source when named.
    pub async fn pulls_page(
        &self,
        source: Option<&str>,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Page<Pull>, StoreError> {
        let mut values: Vec<Value> = vec![before.unwrap_or(i64::MAX).into()];
        let mut text = format!("{SELECT} WHERE p.id < $1");
        if let Some(source) = source {
            text.push_str(" AND p.source_id = (SELECT id FROM source WHERE name = $2)");
            values.push(source.into());
        }
        text.push_str(&format!(" ORDER BY p.id DESC LIMIT {}", limit.saturating_add(1)));
        let rows: Vec<PullRow> = fetch(&self.readers, "listing pulls", text, values).await?;
        let pulls: Vec<Pull> = rows.into_iter().map(Pull::try_from).collect::<Result<_, _>>()?;
        Ok(Page::cut(pulls, limit))
    }

    pub async fn pull_by_public_id(&self, public_id: Uuid) -> Result<Option<Pull>, StoreError> {
        let text = format!("{SELECT} WHERE p.public_id = $1");
        let row: Option<PullRow> = fetch_one(&self.readers, "looking up a pull", text, [public_id.into()]).await?;
        row.map(Pull::try_from).transpose()
    }

    pub async fn pull_by_id(&self, pull_id: i64) -> Result<Option<Pull>, StoreError> {
        let text = format!("{SELECT} WHERE p.id = $1");
        let row: Option<PullRow> = fetch_one(&self.readers, "looking up a pull", text, [pull_id.into()]).await?;
        row.map(Pull::try_from).transpose()
    }

    /// Why rows were set aside, most rows first.
    pub async fn pull_reasons(&self, pull_id: i64) -> Result<Vec<PullReason>, StoreError> {
        let rows = pull_reason::Entity::find()
            .filter(pull_reason::Column::PullId.eq(pull_id))
            .order_by_desc(pull_reason::Column::RowCount)
            .order_by_asc(pull_reason::Column::Reason)
            .all(&self.readers)
            .await
            .step("reading why rows were set aside")?;
        Ok(rows.into_iter().map(|row| PullReason { reason: row.reason, rows: row.row_count }).collect())
    }

    /// Rejected rows after the number `after`, with their numbers, in the order they were set aside.
    pub async fn pull_rejected_page(
        &self,
        pull_id: i64,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Page<(i64, RejectedRow)>, StoreError> {
        let rows = pull_rejected::Entity::find()
            .filter(pull_rejected::Column::PullId.eq(pull_id))
            .filter(pull_rejected::Column::Seq.gt(after.unwrap_or(-1)))
            .order_by_asc(pull_rejected::Column::Seq)
            .limit(limit.saturating_add(1))
            .all(&self.readers)
            .await
            .step("reading the rows set aside")?;
        let rows = rows.into_iter().map(|row| {
            let pull_rejected::Model { pull_id: _, seq, file, line, reason, detail, content } = row;
            (seq, RejectedRow { file, line, reason, detail, row: content })
        });
        Ok(Page::cut(rows.collect(), limit))
    }
}

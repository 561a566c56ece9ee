//! Files of the roster, of ratings and of figures that people upload: kept from the preview until they are taken in, and cleared away soon.

use chrono::{DateTime, Utc};
use entity::roster_upload::{ActiveModel, Column, Entity, Model};
use entity::{absence, agent, agent_alias, assignment, cycle, unit};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, NotSet,
    QueryFilter, QueryOrder, Set,
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{Lock, execute, fetch_one, instant};
use super::super::{Ids, RatingChanges, RatingRow, Store, StoreError, ratings};
use super::import::{RosterChanges, RosterImport};
use super::leave::{LeaveChanges, LeaveRow};
use super::{import, leave};

/// A file with its preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    pub public_id: Uuid,
    pub account_id: i64,
    /// `roster`, `leave`, `ratings` or `figures`.
    pub kind: &'static str,
    /// Of ratings.
    pub cycle_id: Option<i64>,
    pub name: String,
    pub content: Vec<u8>,
    /// What [`Store::roster_mark`], or of figures [`Store::figures_mark`], gave before the preview was made.
    pub seen: String,
    /// JSON.
    pub report: String,
    pub made_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub id: i64,
    pub public_id: Uuid,
    pub kind: String,
    pub cycle_id: Option<i64>,
    pub name: String,
    pub content: Vec<u8>,
    pub seen: String,
    pub report: String,
    pub made_at: DateTime<Utc>,
    /// `None` until it was taken in.
    pub done_at: Option<DateTime<Utc>>,
}

impl From<Model> for Upload {
    fn from(model: Model) -> Self {
        let Model { id, public_id, account_id: _, kind, cycle_id, name, content, seen, report, made_at, done_at } =
            model;
        Self { id, public_id, kind, cycle_id, name, content, seen, report, made_at, done_at }
    }
}

impl Store {
    /// A digest of everything that an import of the roster or of leave depends on, and of ratings of this cycle.
    pub async fn roster_mark(&self, cycle_id: Option<i64>) -> Result<String, StoreError> {
        mark(&self.readers, cycle_id).await
    }

    /// A digest of everything that facts of this source depend on when they come from a sheet.
    pub async fn figures_mark(&self, source: &str) -> Result<String, StoreError> {
        figures_mark(&self.readers, source).await
    }

    /// Keeps a file. Of one account only the last is kept, of others what was made since `forgotten`.
    pub async fn keep_upload(&self, new: NewUpload, forgotten: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "keeping an uploaded file";
        let NewUpload { public_id, account_id, kind, cycle_id, name, content, seen, report, made_at } = new;
        let tx = self.begin_write(&[]).await?;
        let text = "DELETE FROM roster_upload WHERE account_id = $1 OR made_at < $2";
        execute(&tx, step, text, [account_id.into(), instant(forgotten).into()]).await?;
        let row = ActiveModel {
            id: NotSet,
            public_id: Set(public_id),
            account_id: Set(account_id),
            kind: Set(kind.to_owned()),
            cycle_id: Set(cycle_id),
            name: Set(name),
            content: Set(content),
            seen: Set(seen),
            report: Set(report),
            made_at: Set(instant(made_at)),
            done_at: Set(None),
        };
        row.insert(&tx).await.step(step)?;
        self.finish(tx, step).await
    }

    /// A file of this account.
    pub async fn upload(&self, account_id: i64, public_id: Uuid) -> Result<Option<Upload>, StoreError> {
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).filter(Column::AccountId.eq(account_id));
        Ok(found.one(&self.readers).await.step("reading an uploaded file")?.map(Upload::from))
    }

    /// As [`Store::import_roster`], of an uploaded file: once, and only while the roster is the one that the preview was made from.
    /// Errors: `RosterChanged`.
    pub async fn take_roster_upload(
        &self,
        upload: &Upload,
        rows: &RosterImport,
        now: DateTime<Utc>,
        ids: Ids<'_>,
    ) -> Result<RosterChanges, StoreError> {
        let tx = self.begin_write(&[Lock::Roster]).await?;
        claim(&tx, upload, now).await?;
        let changes = import::apply(&tx, rows, ids).await?;
        self.finish(tx, "keeping the roster").await?;
        Ok(changes)
    }

    /// As [`Store::take_roster_upload`], of leave.
    pub async fn take_leave_upload(
        &self,
        upload: &Upload,
        rows: &[LeaveRow],
        now: DateTime<Utc>,
    ) -> Result<LeaveChanges, StoreError> {
        let tx = self.begin_write(&[Lock::Roster]).await?;
        claim(&tx, upload, now).await?;
        let changes = leave::apply(&tx, rows).await?;
        self.finish(tx, "keeping leave").await?;
        Ok(changes)
    }

    /// As [`Store::take_roster_upload`], of ratings of a cycle.
    pub async fn take_ratings_upload(
        &self,
        upload: &Upload,
        cycle_id: i64,
        rows: &[RatingRow],
        now: DateTime<Utc>,
    ) -> Result<RatingChanges, StoreError> {
        let tx = self.begin_write(&[Lock::Cycles, Lock::Roster]).await?;
        claim(&tx, upload, now).await?;
        let changes = ratings::import::apply(&tx, cycle_id, rows, now).await?;
        self.finish(tx, "keeping ratings").await?;
        Ok(changes)
    }
}

/// Marks a file as taken in; not twice, and not where its preview is no longer what would happen.
async fn claim(tx: &DatabaseTransaction, upload: &Upload, now: DateTime<Utc>) -> Result<(), StoreError> {
    if once(tx, upload, now).await? && mark(tx, upload.cycle_id).await? == upload.seen {
        Ok(())
    } else {
        Err(StoreError::RosterChanged)
    }
}

/// The same of a sheet of figures.
pub(in super::super) async fn claim_figures(
    tx: &DatabaseTransaction,
    upload: &Upload,
    source: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if once(tx, upload, now).await? && figures_mark(tx, source).await? == upload.seen {
        Ok(())
    } else {
        Err(StoreError::FiguresChanged)
    }
}

async fn once(tx: &DatabaseTransaction, upload: &Upload, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let text = "UPDATE roster_upload SET done_at = $1 WHERE id = $2 AND done_at IS NULL";
    let claimed = execute(tx, "taking in an uploaded file", text, [instant(now).into(), upload.id.into()]).await?;
    Ok(claimed == 1)
}

#[derive(FromQueryResult)]
struct LastPull {
    id: i64,
}

/// A source's facts change by its pulls alone, so the last complete one stands for them.
async fn figures_mark(connection: &impl ConnectionTrait, source: &str) -> Result<String, StoreError> {
    let text = "SELECT p.id FROM pull p JOIN source s ON s.id = p.source_id WHERE s.name = $1 AND p.state = 'complete' \
        ORDER BY p.id DESC LIMIT 1";
    let last: Option<LastPull> = fetch_one(connection, "reading the last pull", text, [source.into()]).await?;
    let last = last.map(|pull| pull.id).unwrap_or_default();
    Ok(format!("{} {last}", mark(connection, None).await?))
}

async fn mark(connection: &impl ConnectionTrait, cycle_id: Option<i64>) -> Result<String, StoreError> {
    let step = "reading the roster";
    let mut hash = Sha256::new();
    let mut add = |row: &dyn std::fmt::Debug| hash.update(format!("{row:?}\n"));
    for row in unit::Entity::find().order_by_asc(unit::Column::Id).all(connection).await.step(step)? {
        add(&row);
    }
    for row in agent::Entity::find().order_by_asc(agent::Column::Id).all(connection).await.step(step)? {
        add(&row);
    }
    for row in agent_alias::Entity::find().order_by_asc(agent_alias::Column::Alias).all(connection).await.step(step)? {
        add(&row);
    }
    for row in assignment::Entity::find().order_by_asc(assignment::Column::Id).all(connection).await.step(step)? {
        add(&row);
    }
    let absences = absence::Entity::find()
        .order_by_asc(absence::Column::AgentId)
        .order_by_asc(absence::Column::FirstDay)
        .all(connection)
        .await
        .step(step)?;
    for row in absences {
        add(&row);
    }
    // Its state says whether ratings are still taken, and its count of inputs whether others came in.
    if let Some(id) = cycle_id
        && let Some(row) = cycle::Entity::find_by_id(id).one(connection).await.step(step)?
    {
        add(&row);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

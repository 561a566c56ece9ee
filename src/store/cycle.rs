//! Appraisal cycles.

use chrono::{DateTime, Utc};
use entity::cycle::{ActiveModel, Column, Entity, Model};
use entity::day::Day;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::error::Step;
use super::rules::publish::pin;
use super::write::{Lock, execute};
use super::{Page, Store, StoreError};
use crate::domain::cycle::CycleState;
use crate::domain::period::Period;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCycle {
    pub public_id: Uuid,
    pub code: String,
    /// Such as quarter or month; a day belongs to one cycle of a kind.
    pub kind: String,
    pub period: Period,
    /// The version of the rules that it pins; kept before with `add_ruleset`.
    pub ruleset_hash: String,
    /// It is prepared only, and opened by an act of its own.
    pub draft: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    pub id: i64,
    pub public_id: Uuid,
    pub code: String,
    pub kind: String,
    pub period: Period,
    pub state: CycleState,
    pub ruleset_hash: String,
    pub current_run_id: Option<i64>,
    /// The run that holds the frozen facts.
    pub frozen_run_id: Option<i64>,
    /// How often ratings, exemptions or calibrated ratings changed.
    pub inputs_version: i64,
}

impl Cycle {
    pub(super) fn from_model(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            public_id,
            code,
            kind,
            first_day,
            last_day,
            state,
            ruleset_hash,
            current_run_id,
            frozen_run_id,
            inputs_version,
        } = model;
        let state = cycle_state(state)?;
        let period = Period { first: first_day.0, last: last_day.0 };
        Ok(Self {
            id,
            public_id,
            code,
            kind,
            period,
            state,
            ruleset_hash,
            current_run_id,
            frozen_run_id,
            inputs_version,
        })
    }
}

pub(super) fn cycle_state(code: String) -> Result<CycleState, StoreError> {
    code.parse().map_err(|_| StoreError::Unreadable { what: "the cycle state", value: code })
}

/// Counts a change of what people judged or decided in the cycle, while its state is one of these; keeps the cycle from going on until the transaction ends.
/// Errors: `NotFound`; what `refused` makes of a cycle in another state.
pub(super) async fn count_input(
    tx: &DatabaseTransaction,
    cycle_id: i64,
    states: &[CycleState],
    refused: impl FnOnce(Cycle) -> StoreError,
) -> Result<(), StoreError> {
    let step = "counting a change of what a cycle is scored by";
    let listed = states.iter().map(|state| format!("'{state}'")).collect::<Vec<_>>().join(", ");
    let text = format!("UPDATE cycle SET inputs_version = inputs_version + 1 WHERE id = $1 AND state IN ({listed})");
    if execute(tx, step, text, [cycle_id.into()]).await? == 1 {
        return Ok(());
    }
    let found = Entity::find_by_id(cycle_id).one(tx).await.step(step)?;
    let cycle = found.ok_or_else(|| StoreError::NotFound { what: "cycle", name: cycle_id.to_string() })?;
    Err(refused(Cycle::from_model(cycle)?))
}

impl Store {
    /// Opens a cycle that pins published rules, in force by its first day.
    ///
    /// Errors: `Exists` for the code, `CycleOverlaps`, `CycleBackwards`, `NotFound` for the rules, `Version` for rules that are
    /// not in force.
    pub async fn open_cycle(&self, cycle: &NewCycle) -> Result<Cycle, StoreError> {
        self.open_and_pin(cycle, None).await
    }

    /// As [`Store::open_cycle`], for rules named for this very cycle: checked ones are published from its first day on, in the
    /// same transaction, and published ones that come in force later are moved to it while no cycle pinned them. Pinned ones
    /// keep their day.
    pub async fn open_cycle_publishing(&self, cycle: &NewCycle, now: DateTime<Utc>) -> Result<Cycle, StoreError> {
        self.open_and_pin(cycle, Some(now)).await
    }

    async fn open_and_pin(&self, cycle: &NewCycle, publish_at: Option<DateTime<Utc>>) -> Result<Cycle, StoreError> {
        let step = "opening a cycle";
        let (first, last) = (cycle.period.first, cycle.period.last);
        if last < first {
            return Err(StoreError::CycleBackwards { code: cycle.code.clone(), first, last });
        }
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        if Entity::find().filter(Column::Code.eq(&cycle.code)).one(&tx).await.step(step)?.is_some() {
            return Err(StoreError::Exists { what: "cycle", name: cycle.code.clone() });
        }
        let shares_days = Entity::find()
            .filter(Column::Kind.eq(&cycle.kind))
            .filter(Column::FirstDay.lte(Day(last)))
            .filter(Column::LastDay.gte(Day(first)))
            .one(&tx)
            .await
            .step(step)?;
        if let Some(other) = shares_days {
            return Err(StoreError::CycleOverlaps { code: cycle.code.clone(), first, last, other: other.code });
        }
        pin(&tx, &cycle.ruleset_hash, first, publish_at).await?;
        let row = ActiveModel {
            id: NotSet,
            public_id: Set(cycle.public_id),
            code: Set(cycle.code.clone()),
            kind: Set(cycle.kind.clone()),
            first_day: Set(Day(first)),
            last_day: Set(Day(last)),
            state: Set(if cycle.draft { CycleState::Draft } else { CycleState::Open }.as_str().to_owned()),
            ruleset_hash: Set(cycle.ruleset_hash.clone()),
            current_run_id: Set(None),
            frozen_run_id: Set(None),
            inputs_version: Set(0),
        };
        let model = row.insert(&tx).await.step(step)?;
        self.finish(tx, step).await?;
        Cycle::from_model(model)
    }

    pub async fn cycle_by_code(&self, code: &str) -> Result<Option<Cycle>, StoreError> {
        let found = Entity::find().filter(Column::Code.eq(code)).one(&self.readers).await;
        found.step("looking up a cycle")?.map(Cycle::from_model).transpose()
    }

    pub async fn cycle_by_id(&self, id: i64) -> Result<Option<Cycle>, StoreError> {
        let found = Entity::find_by_id(id).one(&self.readers).await.step("looking up a cycle")?;
        found.map(Cycle::from_model).transpose()
    }

    pub async fn cycle_by_public_id(&self, public_id: Uuid) -> Result<Option<Cycle>, StoreError> {
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).one(&self.readers).await;
        found.step("looking up a cycle")?.map(Cycle::from_model).transpose()
    }

    /// Cycles after the code `after`, in its order.
    pub async fn cycles_page(&self, after: Option<&str>, limit: u64) -> Result<Page<Cycle>, StoreError> {
        let found = Entity::find()
            .filter(Column::Code.gt(after.unwrap_or_default()))
            .order_by_asc(Column::Code)
            .limit(limit.saturating_add(1))
            .all(&self.readers)
            .await
            .step("listing cycles")?;
        let cycles: Vec<Cycle> = found.into_iter().map(Cycle::from_model).collect::<Result<_, _>>()?;
        Ok(Page::cut(cycles, limit))
    }
}

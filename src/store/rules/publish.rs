//! Publishing and withdrawing versions of the rules, and the pins of cycles.

use chrono::{DateTime, NaiveDate, Utc};
use entity::cycle;
use entity::day::Day;
use entity::rule_version::ActiveModel;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, QueryOrder, Set, Unchanged,
};

use super::super::error::Step;
use super::super::runs::begin::fail_running;
use super::super::write::{Lock, instant};
use super::super::{Cycle, Store, StoreError};
use super::problem::VersionProblem;
use super::read::{RuleVersion, known};
use crate::domain::cycle::CycleState;
use crate::domain::version::VersionState;

impl Store {
    /// Publishes a checked version from a day on, or moves the day of a published one that no cycle pinned.
    ///
    /// Errors: `NotFound`; `Version` with `NotChecked`, `Withdrawn`, `Pinned`, `InsideCycle`.
    pub async fn publish_ruleset(
        &self,
        hash: &str,
        effective_from: NaiveDate,
        note: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<RuleVersion, StoreError> {
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let version = known(&tx, hash).await?;
        refuse_unchecked(&version)?;
        refuse_inside_cycle(&tx, &version, effective_from).await?;
        publish(&tx, &version, effective_from, note, now).await?;
        let published = known(&tx, hash).await?;
        self.finish(tx, "publishing rules").await?;
        Ok(published)
    }

    /// Takes a version back that no cycle pinned. Errors: `NotFound`; `Version` with `Withdrawn`, `Pinned`.
    pub async fn withdraw_ruleset(&self, hash: &str, now: DateTime<Utc>) -> Result<RuleVersion, StoreError> {
        let step = "withdrawing rules";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let version = known(&tx, hash).await?;
        if version.state == VersionState::Withdrawn {
            return Err(VersionProblem::Withdrawn(version.label()).into());
        }
        refuse_pinned(&version, "withdrawn", "publish another version for later cycles")?;
        let row = ActiveModel {
            state: Set(VersionState::Withdrawn.as_str().to_owned()),
            effective_from: Set(None),
            withdrawn_at: Set(Some(instant(now))),
            ..row_of(hash)
        };
        row.update(&tx).await.step(step)?;
        let withdrawn = known(&tx, hash).await?;
        self.finish(tx, step).await?;
        Ok(withdrawn)
    }

    /// Exchanges the rules a cycle pinned, while it is not appraised; an appraisal under way is ended. With `publish_at` as in
    /// [`Store::open_cycle_publishing`].
    ///
    /// Errors: `NotFound` for cycle or version; `Version` with `CycleAppraised` and the refusals of pins.
    pub async fn repin_cycle(
        &self,
        code: &str,
        hash: &str,
        publish_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Cycle, StoreError> {
        let step = "exchanging a cycle's rules";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let found = cycle::Entity::find().filter(cycle::Column::Code.eq(code)).one(&tx).await.step(step)?;
        let model = found.ok_or_else(|| StoreError::NotFound { what: "cycle", name: code.to_owned() })?;
        let before = Cycle::from_model(model)?;
        if before.current_run_id.is_some() || before.state > CycleState::Open {
            let state = before.state.to_string();
            return Err(VersionProblem::CycleAppraised { cycle: before.code, state }.into());
        }
        pin(&tx, hash, before.period.first, publish_at).await?;
        fail_running(&tx, before.id, now).await?;
        let row =
            cycle::ActiveModel { id: Unchanged(before.id), ruleset_hash: Set(hash.to_owned()), ..Default::default() };
        let after = row.update(&tx).await.step(step)?;
        self.finish(tx, step).await?;
        Cycle::from_model(after)
    }
}

/// Makes sure that a cycle beginning on `first_day` may pin the version. With `publish_at` the version was named for this very
/// cycle: a checked one is published from the cycle's first day on, and one that comes in force later is moved to it while no
/// cycle pinned it; a pinned one keeps its day.
///
/// Errors: `NotFound`; `Version` with `NotChecked`, `Withdrawn`, `NotPublished`, `NotYetInForce`.
pub(in super::super) async fn pin(
    tx: &DatabaseTransaction,
    hash: &str,
    first_day: NaiveDate,
    publish_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let version = known(tx, hash).await?;
    let in_force = version.effective_from.is_some_and(|day| day <= first_day);
    match (version.state, publish_at) {
        (VersionState::Published, _) if in_force => Ok(()),
        (VersionState::Published, Some(_)) if !version.cycles.is_empty() => Ok(()),
        (VersionState::Published, None) => Err(VersionProblem::NotYetInForce {
            version: version.label(),
            effective_from: version.effective_from.unwrap_or(first_day),
            first_day,
        }
        .into()),
        (VersionState::Checked, None) => Err(VersionProblem::NotPublished(version.label()).into()),
        (_, Some(now)) => publish(tx, &version, first_day, None, now).await,
        (VersionState::Draft | VersionState::Withdrawn, None) => refuse_unchecked(&version),
    }
}

async fn publish(
    tx: &DatabaseTransaction,
    version: &RuleVersion,
    effective_from: NaiveDate,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    refuse_unchecked(version)?;
    if version.state == VersionState::Published {
        if version.effective_from == Some(effective_from) && note.is_none() {
            return Ok(());
        }
        refuse_pinned(version, "changed", "publish another version for later cycles")?;
    }
    let row = ActiveModel {
        state: Set(VersionState::Published.as_str().to_owned()),
        effective_from: Set(Some(Day(effective_from))),
        published_at: Set(Some(instant(now))),
        note: note.map_or(NotSet, |note| Set(Some(note.to_owned()))),
        ..row_of(&version.hash)
    };
    row.update(tx).await.step("publishing rules").map(|_| ())
}

/// The row of a version, nothing changed yet.
fn row_of(hash: &str) -> ActiveModel {
    ActiveModel { hash: Unchanged(hash.to_owned()), ..Default::default() }
}

fn refuse_unchecked(version: &RuleVersion) -> Result<(), StoreError> {
    match version.state {
        VersionState::Draft => Err(VersionProblem::NotChecked(version.label()).into()),
        VersionState::Withdrawn => Err(VersionProblem::Withdrawn(version.label()).into()),
        VersionState::Checked | VersionState::Published => Ok(()),
    }
}

fn refuse_pinned(version: &RuleVersion, change: &'static str, mend: &'static str) -> Result<(), StoreError> {
    match version.cycles.first() {
        Some(cycle) => {
            Err(VersionProblem::Pinned { version: version.label(), cycle: cycle.clone(), change, mend }.into())
        }
        None => Ok(()),
    }
}

/// Refuses a day inside a cycle that pinned other rules.
async fn refuse_inside_cycle(
    tx: &DatabaseTransaction,
    version: &RuleVersion,
    effective_from: NaiveDate,
) -> Result<(), StoreError> {
    let around = cycle::Entity::find()
        .filter(cycle::Column::FirstDay.lte(Day(effective_from)))
        .filter(cycle::Column::LastDay.gte(Day(effective_from)))
        .filter(cycle::Column::RulesetHash.ne(&version.hash))
        .filter(cycle::Column::State.ne(CycleState::Cancelled.as_str()))
        .order_by_desc(cycle::Column::LastDay)
        .one(tx)
        .await
        .step("looking up the cycle of a day")?;
    let Some(around) = around else { return Ok(()) };
    let around = Cycle::from_model(around)?;
    Err(VersionProblem::InsideCycle {
        version: version.short_hash().to_owned(),
        effective_from,
        first: around.period.first,
        last: around.period.last,
        pinned: known(tx, &around.ruleset_hash).await?.label(),
        cycle: around.code,
    }
    .into())
}

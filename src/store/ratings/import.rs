//! Taking in ratings of a cycle in one transaction; the same ratings twice change nothing.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use entity::micros::Micros;
use entity::rating::{Column, Entity, Model};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::super::error::Step;
use super::super::exemption::until_calibrated;
use super::super::write::{Lock, instant, plain};
use super::super::{Store, StoreError, bulk};
use super::problem::RatingProblem;
use super::read::group_of;
use crate::domain::fixed::Fixed;
use crate::domain::judgement::RaterGroup;

/// Agents whose ratings are looked up in one query.
const AGENTS: usize = 2_000;

/// One rating. A stored one of the same cycle, agent, form, item and rater takes over group and value, and the comment if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingRow {
    /// Who is rated.
    pub agent_id: i64,
    pub form: String,
    pub item: String,
    pub rater_id: i64,
    /// [`RaterGroup::Oneself`] exactly where the rater is the agent.
    pub group: RaterGroup,
    pub value: Fixed,
    /// `None` leaves what is stored.
    pub comment: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RatingChanges {
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
}

/// Agent, form, item, rater.
type Key<'r> = (i64, &'r str, &'r str, i64);

impl Store {
    /// All problems are reported at once as [`StoreError::Ratings`], and then nothing is changed. Ratings not in the import stay as
    /// they are.
    pub async fn import_ratings(
        &self,
        cycle_id: i64,
        rows: &[RatingRow],
        now: DateTime<Utc>,
    ) -> Result<RatingChanges, StoreError> {
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let changes = apply(&tx, cycle_id, rows, now).await?;
        self.finish(tx, "keeping ratings").await?;
        Ok(changes)
    }

    /// As [`Store::import_ratings`], and nothing is kept.
    pub async fn preview_ratings(
        &self,
        cycle_id: i64,
        rows: &[RatingRow],
        now: DateTime<Utc>,
    ) -> Result<RatingChanges, StoreError> {
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let changes = apply(&tx, cycle_id, rows, now).await?;
        tx.rollback().await.step("leaving ratings as they were")?;
        Ok(changes)
    }
}

pub(in super::super) async fn apply(
    tx: &DatabaseTransaction,
    cycle_id: i64,
    rows: &[RatingRow],
    now: DateTime<Utc>,
) -> Result<RatingChanges, StoreError> {
    let step = "writing ratings";
    let stored = stored(tx, cycle_id, rows).await?;
    let problems = problems(rows, &stored)?;
    if !problems.is_empty() {
        return Err(StoreError::Ratings(problems));
    }
    let present: HashMap<Key<'_>, &Model> = stored.iter().map(|model| (stored_key(model), model)).collect();
    let (mut added, mut changed, mut changes) = (Vec::new(), Vec::new(), RatingChanges::default());
    for row in rows {
        let mut model = to_model(cycle_id, row, now);
        let before = present.get(&key(row));
        model.comment = model.comment.or_else(|| before.and_then(|before| before.comment.clone()));
        match before {
            None => added.push(model),
            Some(same) if says_the_same(same, &model) => changes.unchanged += 1,
            Some(_) => changed.push(model),
        }
    }
    let count = |models: &Vec<Model>| u64::try_from(models.len()).unwrap_or(u64::MAX);
    (changes.added, changes.changed) = (count(&added), count(&changed));
    if changes.added + changes.changed > 0 {
        until_calibrated(tx, cycle_id).await?;
    }
    bulk::upsert::<Entity>(tx, step, changed).await?;
    bulk::insert::<Entity>(tx, step, added).await?;
    Ok(changes)
}

/// The ratings that are there of everybody the import rates.
async fn stored(tx: &DatabaseTransaction, cycle_id: i64, rows: &[RatingRow]) -> Result<Vec<Model>, StoreError> {
    let agents: BTreeSet<i64> = rows.iter().map(|row| row.agent_id).collect();
    let agents: Vec<i64> = agents.into_iter().collect();
    let mut stored = Vec::new();
    for chunk in agents.chunks(AGENTS) {
        let found = Entity::find()
            .filter(Column::CycleId.eq(cycle_id))
            .filter(Column::AgentId.is_in(chunk.iter().copied()))
            .all(tx)
            .await;
        stored.extend(found.step("reading ratings")?);
    }
    Ok(stored)
}

fn key(row: &RatingRow) -> Key<'_> {
    (row.agent_id, &row.form, &row.item, row.rater_id)
}

fn stored_key(model: &Model) -> Key<'_> {
    (model.agent_id, &model.form, &model.item, model.rater_id)
}

fn problems(rows: &[RatingRow], stored: &[Model]) -> Result<Vec<RatingProblem>, StoreError> {
    let mut seen = BTreeSet::new();
    let twice: BTreeSet<usize> =
        rows.iter().enumerate().filter(|(_, row)| !seen.insert(key(row))).map(|(index, _)| index).collect();
    // A rater of an agent on a form, with the group and an item that says so.
    let mut groups: HashMap<(i64, &str, i64), (RaterGroup, &str)> = HashMap::new();
    for model in stored.iter().filter(|model| !seen.contains(&stored_key(model))) {
        let rater = (model.agent_id, model.form.as_str(), model.rater_id);
        groups.insert(rater, (group_of(&model.rater_group)?, &model.item));
    }
    let mut problems = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if twice.contains(&index) {
            problems.push(RatingProblem::Twice { index });
            continue;
        }
        let rater = (row.agent_id, row.form.as_str(), row.rater_id);
        let (other, other_item) = *groups.entry(rater).or_insert((row.group, &row.item));
        if other != row.group {
            let other_item = other_item.to_owned();
            problems.push(RatingProblem::TwoGroups { index, group: row.group, other, other_item });
        }
    }
    Ok(problems)
}

fn to_model(cycle_id: i64, row: &RatingRow, now: DateTime<Utc>) -> Model {
    Model {
        cycle_id,
        agent_id: row.agent_id,
        form: row.form.clone(),
        item: row.item.clone(),
        rater_id: row.rater_id,
        rater_group: row.group.as_str().to_owned(),
        value: Micros(row.value.micros()),
        comment: row.comment.as_deref().map(plain),
        entered_at: instant(now),
    }
}

/// Whether a rating is there already, whenever it was entered.
fn says_the_same(stored: &Model, new: &Model) -> bool {
    (&stored.rater_group, stored.value, &stored.comment) == (&new.rater_group, new.value, &new.comment)
}

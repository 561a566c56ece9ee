//! Leave: taking it in, all in one transaction, and reading it; the same leave twice changes nothing.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::absence::{Column, Entity, Model};
use entity::agent;
use entity::day::Day;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::super::error::Step;
use super::super::write::Lock;
use super::super::{Store, StoreError, bulk};
use crate::domain::appraisal::LeaveKind;
use crate::domain::period::Period;

/// Leave by agent and first day; what is stored for that day takes over the last day and the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveRow {
    pub employee_number: String,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// `None` withdraws the leave that begins on that day.
    pub kind: Option<LeaveKind>,
}

/// What an import of leave did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeaveChanges {
    pub added: u64,
    pub changed: u64,
    pub withdrawn: u64,
    pub unchanged: u64,
}

/// Leave of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    pub agent_id: i64,
    pub period: Period,
    pub kind: LeaveKind,
}

/// Why leave is refused. `index` is the position in the import's list, for file and line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum LeaveProblem {
    #[error("agent '{employee_number}' is not known; import the roster first, or correct the number")]
    UnknownAgent { employee_number: String, index: usize },
    #[error("the leave of agent '{employee_number}' ends on {last}, before it begins on {first}; swap the days")]
    Backwards { employee_number: String, first: NaiveDate, last: NaiveDate, index: usize },
    #[error("two leaves of agent '{employee_number}' begin on {first}; keep one")]
    Twice { employee_number: String, first: NaiveDate, index: usize },
    #[error(
        "agent '{employee_number}' has two leaves that share days: {one}, and {other}; end one before the other, or withdraw one"
    )]
    Overlap { employee_number: String, one: Period, other: Period, index: usize },
}

impl LeaveProblem {
    /// Position in the import's list.
    pub fn index(&self) -> usize {
        match self {
            Self::UnknownAgent { index, .. }
            | Self::Backwards { index, .. }
            | Self::Twice { index, .. }
            | Self::Overlap { index, .. } => *index,
        }
    }
}

impl Store {
    /// Leave in one transaction; all problems are reported at once as [`StoreError::Leave`] and then nothing is changed. Leave not in
    /// the import stays as it is.
    pub async fn import_leave(&self, rows: &[LeaveRow]) -> Result<LeaveChanges, StoreError> {
        let tx = self.begin_write(&[Lock::Roster]).await?;
        let changes = apply(&tx, rows).await?;
        self.finish(tx, "keeping leave").await?;
        Ok(changes)
    }

    /// As [`Store::import_leave`], and nothing is kept.
    pub async fn preview_leave(&self, rows: &[LeaveRow]) -> Result<LeaveChanges, StoreError> {
        let tx = self.begin_write(&[Lock::Roster]).await?;
        let changes = apply(&tx, rows).await?;
        tx.rollback().await.step("leaving leave as it was")?;
        Ok(changes)
    }

    /// Leave of the agents `first_agent..=last_agent` that shares days with the period, whole, in order of agent id and first day.
    pub async fn absences_of(
        &self,
        first_agent: i64,
        last_agent: i64,
        period: Period,
    ) -> Result<Vec<Leave>, StoreError> {
        let found = Entity::find()
            .filter(Column::AgentId.between(first_agent, last_agent))
            .filter(Column::FirstDay.lte(Day(period.last)))
            .filter(Column::LastDay.gte(Day(period.first)))
            .order_by_asc(Column::AgentId)
            .order_by_asc(Column::FirstDay)
            .all(&self.readers)
            .await
            .step("reading leave")?;
        found.into_iter().map(Leave::from_model).collect()
    }
}

impl Leave {
    fn from_model(model: Model) -> Result<Self, StoreError> {
        let Model { agent_id, first_day, last_day, kind } = model;
        let kind = kind.parse().map_err(|_| StoreError::Unreadable { what: "the kind of leave", value: kind })?;
        Ok(Self { agent_id, period: Period { first: first_day.0, last: last_day.0 }, kind })
    }
}

/// What is to be written.
#[derive(Default)]
struct Edits {
    added: Vec<Model>,
    changed: Vec<Model>,
    withdrawn: Vec<Model>,
    unchanged: u64,
}

pub(super) async fn apply(tx: &DatabaseTransaction, rows: &[LeaveRow]) -> Result<LeaveChanges, StoreError> {
    let step = "writing leave";
    let agents = agent::Entity::find().all(tx).await.step(step)?;
    let ids: HashMap<&str, i64> = agents.iter().map(|agent| (agent.employee_number.as_str(), agent.id)).collect();
    let mut known: HashMap<i64, Vec<Model>> = HashMap::new();
    for row in Entity::find().all(tx).await.step(step)? {
        known.entry(row.agent_id).or_default().push(row);
    }
    let edits = plan(rows, &ids, &known)?;
    let count = |rows: &Vec<Model>| u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let changes = LeaveChanges {
        added: count(&edits.added),
        changed: count(&edits.changed),
        withdrawn: count(&edits.withdrawn),
        unchanged: edits.unchanged,
    };
    // What changes is taken out first, so that leaves may trade days.
    for row in edits.withdrawn.iter().chain(&edits.changed) {
        Entity::delete_by_id((row.agent_id, row.first_day)).exec(tx).await.step(step)?;
    }
    bulk::insert::<Entity>(tx, step, edits.changed.into_iter().chain(edits.added)).await?;
    Ok(changes)
}

/// One agent's leave after the import: by first day, and where it stands in the import.
type Line = BTreeMap<NaiveDate, (Model, Option<usize>)>;

fn plan(rows: &[LeaveRow], ids: &HashMap<&str, i64>, known: &HashMap<i64, Vec<Model>>) -> Result<Edits, StoreError> {
    let mut problems = Vec::new();
    let mut imported: BTreeMap<i64, Vec<(usize, &LeaveRow)>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let employee_number = || row.employee_number.clone();
        match ids.get(row.employee_number.as_str()) {
            None => problems.push(LeaveProblem::UnknownAgent { employee_number: employee_number(), index }),
            Some(_) if row.last_day < row.first_day => {
                let (first, last) = (row.first_day, row.last_day);
                problems.push(LeaveProblem::Backwards { employee_number: employee_number(), first, last, index });
            }
            Some(agent) => imported.entry(*agent).or_default().push((index, row)),
        }
    }
    let mut edits = Edits::default();
    for (agent_id, own) in imported {
        let present = known.get(&agent_id).map(Vec::as_slice).unwrap_or_default();
        plan_agent(agent_id, &own, present, &mut edits, &mut problems);
    }
    if problems.is_empty() { Ok(edits) } else { Err(StoreError::Leave(problems)) }
}

fn plan_agent(
    agent_id: i64,
    own: &[(usize, &LeaveRow)],
    present: &[Model],
    edits: &mut Edits,
    problems: &mut Vec<LeaveProblem>,
) {
    let mut line: Line = present.iter().map(|model| (model.first_day.0, (model.clone(), None))).collect();
    for (place, (index, row)) in own.iter().enumerate() {
        if own.iter().take(place).any(|(_, before)| before.first_day == row.first_day) {
            let (employee_number, first) = (row.employee_number.clone(), row.first_day);
            problems.push(LeaveProblem::Twice { employee_number, first, index: *index });
            continue;
        }
        match row.kind {
            Some(kind) => {
                let (first_day, last_day) = (Day(row.first_day), Day(row.last_day));
                let model = Model { agent_id, first_day, last_day, kind: kind.as_str().to_owned() };
                line.insert(row.first_day, (model, Some(*index)));
            }
            None => match line.remove(&row.first_day) {
                Some((model, _)) => edits.withdrawn.push(model),
                None => edits.unchanged += 1,
            },
        }
    }
    let employee_number = own.first().map(|(_, row)| row.employee_number.as_str()).unwrap_or_default();
    overlaps(&line, employee_number, problems);
    for (model, index) in line.into_values() {
        if index.is_some() {
            match present.iter().find(|there| there.first_day == model.first_day) {
                None => edits.added.push(model),
                Some(same) if *same == model => edits.unchanged += 1,
                Some(_) => edits.changed.push(model),
            }
        }
    }
}

/// Reports neighbours that share days; of two imported ones the later in the import is to blame.
fn overlaps(line: &Line, employee_number: &str, problems: &mut Vec<LeaveProblem>) {
    let period = |model: &Model| Period { first: model.first_day.0, last: model.last_day.0 };
    for ((one, one_index), (other, other_index)) in line.values().zip(line.values().skip(1)) {
        if let Some(index) = (*one_index).max(*other_index)
            && one.last_day >= other.first_day
        {
            problems.push(LeaveProblem::Overlap {
                employee_number: employee_number.to_owned(),
                one: period(one),
                other: period(other),
                index,
            });
        }
    }
}

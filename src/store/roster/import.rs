//! Taking in a roster: units, agents and assignments in one transaction; the same roster twice changes nothing.

use chrono::NaiveDate;
use entity::{agent, agent_alias, assignment, unit};
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::super::error::Step;
use super::super::write::Lock;
use super::super::{Ids, Store, StoreError, bulk};
use super::known::Known;
use super::stretches::Names;
use super::{people, places, stretches};
use crate::domain::fixed::Fixed;
use crate::domain::money::Currency;

/// A unit by its code; an existing one takes over every field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRow {
    pub code: String,
    pub name_en: String,
    pub name_zh: String,
    /// Such as headquarters, province, prefecture, team.
    pub kind: String,
    /// Code of the unit above; none for the top.
    pub parent: Option<String>,
}

/// An agent by employee number; an existing one takes over every field given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRow {
    pub employee_number: String,
    pub name: String,
    /// `None` leaves what is stored.
    pub hired: Option<NaiveDate>,
    /// `None` leaves what is stored.
    pub left: Option<NaiveDate>,
    /// A JSON object; `None` leaves what is stored.
    pub attributes: Option<String>,
    /// All names sources may use; `None` leaves what is stored.
    pub aliases: Option<Vec<String>>,
}

/// An assignment by agent and first day; an existing one takes over every field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRow {
    pub employee_number: String,
    /// Code of the unit.
    pub unit: String,
    pub post: String,
    pub first_day: NaiveDate,
    /// `None`: until further notice. It then ends by itself the day before the agent's next assignment.
    pub last_day: Option<NaiveDate>,
    /// 1 is full time.
    pub fte: Fixed,
    /// For one whole cycle at full time and 100 %, in minor units.
    pub target_minor: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RosterImport {
    pub units: Vec<UnitRow>,
    pub agents: Vec<AgentRow>,
    pub assignments: Vec<AssignmentRow>,
}

/// What an import did. An assignment ended by a transfer counts as changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RosterChanges {
    pub units_added: u64,
    pub units_changed: u64,
    pub units_unchanged: u64,
    pub agents_added: u64,
    pub agents_changed: u64,
    pub agents_unchanged: u64,
    pub assignments_added: u64,
    pub assignments_changed: u64,
    pub assignments_unchanged: u64,
}

impl Store {
    /// Units, agents and assignments in one transaction; all problems are reported at once as [`StoreError::Roster`] and then
    /// nothing is changed. Rows not in the import stay as they are.
    pub async fn import_roster(&self, import: &RosterImport, ids: Ids<'_>) -> Result<RosterChanges, StoreError> {
        let tx = self.begin_write(&[Lock::Roster]).await?;
        let changes = apply(&tx, import, ids).await?;
        self.finish(tx, "keeping the roster").await?;
        Ok(changes)
    }

    /// As [`Store::import_roster`], and nothing is kept.
    pub async fn preview_roster(&self, import: &RosterImport, ids: Ids<'_>) -> Result<RosterChanges, StoreError> {
        let tx = self.begin_write(&[Lock::Roster]).await?;
        let changes = apply(&tx, import, ids).await?;
        tx.rollback().await.step("leaving the roster as it was")?;
        Ok(changes)
    }
}

pub(super) async fn apply(
    tx: &DatabaseTransaction,
    import: &RosterImport,
    ids: Ids<'_>,
) -> Result<RosterChanges, StoreError> {
    let step = "writing the roster";
    let known = Known::load(tx).await?;
    let mut problems = Vec::new();
    let mut fresh_units = fresh(tx, "unit", new(&import.units, |row| !known.units.contains_key(&row.code))).await?;
    let units = places::plan(&import.units, &known, &mut fresh_units, &mut *ids, &mut problems);
    let newcomers = new(&import.agents, |row| !known.agents.contains_key(&row.employee_number));
    let mut fresh_agents = fresh(tx, "agent", newcomers).await?;
    let (agents, aliases) = people::plan(&import.agents, &known, &mut fresh_agents, ids, &mut problems);
    let names = Names {
        units: known.units.values().chain(&units.added).map(|unit| (unit.code.as_str(), unit.id)).collect(),
        agents: known
            .agents
            .values()
            .chain(&agents.added)
            .map(|agent| (agent.employee_number.as_str(), agent.id))
            .collect(),
    };
    let mut fresh_assignments = fresh(tx, "assignment", import.assignments.len()).await?;
    let assignments = stretches::plan(&import.assignments, &known, &names, &mut fresh_assignments, &mut problems);
    if !problems.is_empty() {
        return Err(StoreError::Roster(problems));
    }
    let (units_added, units_changed, units_unchanged) = units.counts();
    let (agents_added, agents_changed, agents_unchanged) = agents.counts();
    let (assignments_added, assignments_changed, assignments_unchanged) = assignments.counts();
    bulk::insert::<unit::Entity>(tx, step, units.added).await?;
    bulk::upsert::<unit::Entity>(tx, step, units.changed).await?;
    bulk::insert::<agent::Entity>(tx, step, agents.added).await?;
    bulk::upsert::<agent::Entity>(tx, step, agents.changed).await?;
    for alias in aliases.removed {
        agent_alias::Entity::delete_by_id(alias).exec(tx).await.step(step)?;
    }
    bulk::insert::<agent_alias::Entity>(tx, step, aliases.added).await?;
    // Changed ones first: an assignment ends before the next begins.
    bulk::upsert::<assignment::Entity>(tx, step, assignments.changed).await?;
    bulk::insert::<assignment::Entity>(tx, step, assignments.added).await?;
    Ok(RosterChanges {
        units_added,
        units_changed,
        units_unchanged,
        agents_added,
        agents_changed,
        agents_unchanged,
        assignments_added,
        assignments_changed,
        assignments_unchanged,
    })
}

fn new<R>(rows: &[R], is_new: impl Fn(&&R) -> bool) -> usize {
    rows.iter().filter(is_new).count()
}

async fn fresh(tx: &DatabaseTransaction, table: &str, count: usize) -> Result<std::vec::IntoIter<i64>, StoreError> {
    Ok(bulk::reserve_ids(tx, "reserving ids", table, count).await?.into_iter())
}

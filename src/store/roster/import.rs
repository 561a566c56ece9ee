//! Taking in a roster: units, agents and assignments in one transaction; the same roster twice changes nothing.

use chrono::NaiveDate;

use super::super::{Ids, Store, StoreError};
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
    pub hired: Option<NaiveDate>,
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
        todo!()
    }

    /// As [`Store::import_roster`], and nothing is kept.
    pub async fn preview_roster(&self, import: &RosterImport, ids: Ids<'_>) -> Result<RosterChanges, StoreError> {
        todo!()
    }
}

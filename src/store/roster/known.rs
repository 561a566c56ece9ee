//! The roster as it stands, read once an import.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::{agent, agent_alias, assignment, unit};
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::super::StoreError;
use super::super::error::Step;

/// Rows by what an import names them by.
pub(super) struct Known {
    pub(super) units: HashMap<String, unit::Model>,
    /// By employee number.
    pub(super) agents: HashMap<String, agent::Model>,
    /// Agent id by alias.
    pub(super) aliases: HashMap<String, i64>,
    /// By agent id.
    pub(super) aliases_of: HashMap<i64, Vec<String>>,
    /// By agent id, then by first day.
    pub(super) assignments: HashMap<i64, BTreeMap<NaiveDate, assignment::Model>>,
}

impl Known {
    pub(super) async fn load(tx: &DatabaseTransaction) -> Result<Self, StoreError> {
        let step = "reading the roster";
        let units = unit::Entity::find().all(tx).await.step(step)?;
        let agents = agent::Entity::find().all(tx).await.step(step)?;
        let aliases = agent_alias::Entity::find().all(tx).await.step(step)?;
        let mut assignments: HashMap<i64, BTreeMap<NaiveDate, assignment::Model>> = HashMap::new();
        for row in assignment::Entity::find().all(tx).await.step(step)? {
            assignments.entry(row.agent_id).or_default().insert(row.first_day.0, row);
        }
        let mut aliases_of: HashMap<i64, Vec<String>> = HashMap::new();
        for row in &aliases {
            aliases_of.entry(row.agent_id).or_default().push(row.alias.clone());
        }
        Ok(Self {
            units: units.into_iter().map(|row| (row.code.clone(), row)).collect(),
            agents: agents.into_iter().map(|row| (row.employee_number.clone(), row)).collect(),
            aliases: aliases.into_iter().map(|row| (row.alias, row.agent_id)).collect(),
            aliases_of,
            assignments,
        })
    }
}

/// Rows to write, and the count of those that stay as they are.
pub(super) struct Edits<M> {
    pub(super) added: Vec<M>,
    pub(super) changed: Vec<M>,
    pub(super) unchanged: u64,
}

impl<M> Edits<M> {
    pub(super) fn new() -> Self {
        Self { added: Vec::new(), changed: Vec::new(), unchanged: 0 }
    }

    pub(super) fn counts(&self) -> (u64, u64, u64) {
        let count = |rows: &Vec<M>| u64::try_from(rows.len()).unwrap_or(u64::MAX);
        (count(&self.added), count(&self.changed), self.unchanged)
    }
}

impl<M: PartialEq> Edits<M> {
    /// Files a row under what it is next to the one that is there.
    pub(super) fn file(&mut self, row: M, present: Option<&M>) {
        match present {
            None => self.added.push(row),
            Some(same) if *same == row => self.unchanged += 1,
            Some(_) => self.changed.push(row),
        }
    }
}

//! Which aliases an import adds and removes. An alias, like an employee number, means one agent only.

use std::collections::{HashMap, HashSet};

use entity::agent_alias::Model;

use super::super::AgentRow;
use super::known::Known;
use super::people::Planned;
use super::problem::RosterProblem;

pub(super) struct Aliases {
    /// Agent id by alias or employee number, as far as the import has come.
    owners: HashMap<String, i64>,
    /// Employee number by agent id.
    numbers: HashMap<i64, String>,
    pub(super) added: Vec<Model>,
    /// Deleted before any is added, so that an alias can move.
    pub(super) removed: Vec<String>,
}

impl Aliases {
    /// Leaves out the aliases that the import restates.
    pub(super) fn new(known: &Known, planned: &[Planned<'_>]) -> Self {
        let restated: HashSet<i64> =
            planned.iter().filter(|plan| plan.row.aliases.is_some()).map(|plan| plan.agent.id).collect();
        let agents = || known.agents.values().chain(planned.iter().map(|plan| &plan.agent));
        let kept = known.aliases.iter().filter(|(_, owner)| !restated.contains(owner));
        Self {
            owners: kept
                .map(|(alias, owner)| (alias.clone(), *owner))
                .chain(agents().map(|agent| (agent.employee_number.clone(), agent.id)))
                .collect(),
            numbers: agents().map(|agent| (agent.id, agent.employee_number.clone())).collect(),
            added: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// Makes the agent's aliases those of the row; true when any is added or removed.
    pub(super) fn restate(
        &mut self,
        index: usize,
        row: &AgentRow,
        agent_id: i64,
        known: &Known,
        problems: &mut Vec<RosterProblem>,
    ) -> bool {
        let Some(wanted) = &row.aliases else { return false };
        let present = known.aliases_of.get(&agent_id).map(Vec::as_slice).unwrap_or_default();
        let before = self.added.len() + self.removed.len();
        self.removed.extend(present.iter().filter(|alias| !wanted.contains(alias)).cloned());
        for alias in wanted {
            match self.owners.insert(alias.clone(), agent_id) {
                Some(owner) if owner != agent_id => problems.push(RosterProblem::AliasTaken {
                    alias: alias.clone(),
                    employee_number: row.employee_number.clone(),
                    other: self.numbers.get(&owner).cloned().unwrap_or_default(),
                    index,
                }),
                // Listed twice, or the agent's own number.
                Some(_) => {}
                None if present.contains(alias) => {}
                None => self.added.push(Model { alias: alias.clone(), agent_id }),
            }
        }
        self.added.len() + self.removed.len() > before
    }
}

//! Which agents an import adds and changes.

use std::collections::HashMap;

use entity::agent::Model;
use entity::day::Day;

use super::super::{AgentRow, Ids};
use super::aliases::Aliases;
use super::known::{Edits, Known};
use super::problem::RosterProblem;

/// An imported row beside the agent it becomes.
pub(super) struct Planned<'a> {
    pub(super) index: usize,
    pub(super) row: &'a AgentRow,
    pub(super) agent: Model,
    present: Option<&'a Model>,
}

/// Edits of agents and of their aliases. `fresh` gives ids of new rows. An agent whose aliases change counts as changed.
pub(super) fn plan(
    rows: &[AgentRow],
    known: &Known,
    fresh: &mut impl Iterator<Item = i64>,
    ids: Ids<'_>,
    problems: &mut Vec<RosterProblem>,
) -> (Edits<Model>, Aliases) {
    let mut positions: HashMap<&str, usize> = HashMap::new();
    let mut planned = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        if let Some(first) = positions.insert(&row.employee_number, index) {
            let employee_number = row.employee_number.clone();
            problems.push(RosterProblem::AgentTwice { employee_number, first, second: index });
            continue;
        }
        let present = known.agents.get(&row.employee_number);
        let Some(agent) = merged(row, present, fresh, ids) else { continue };
        if let (Some(Day(hired)), Some(Day(left))) = (agent.hired, agent.left_on)
            && left < hired
        {
            let employee_number = row.employee_number.clone();
            problems.push(RosterProblem::LeftBeforeHired { employee_number, hired, left, index });
        }
        planned.push(Planned { index, row, agent, present });
    }
    let mut aliases = Aliases::new(known, &planned);
    let mut edits = Edits::new();
    for Planned { index, row, agent, present } in planned {
        let touched = aliases.restate(index, row, agent.id, known, problems);
        match present {
            Some(same) if *same == agent && touched => edits.changed.push(agent),
            _ => edits.file(agent, present),
        }
    }
    (edits, aliases)
}

/// The stored agent with what the row says; what it leaves out stays.
fn merged(
    row: &AgentRow,
    present: Option<&Model>,
    fresh: &mut impl Iterator<Item = i64>,
    ids: Ids<'_>,
) -> Option<Model> {
    let (hired, left_on) = (row.hired.map(Day), row.left.map(Day));
    Some(match present {
        Some(agent) => Model {
            name: row.name.clone(),
            hired: hired.or(agent.hired),
            left_on: left_on.or(agent.left_on),
            attributes: row.attributes.clone().unwrap_or_else(|| agent.attributes.clone()),
            ..agent.clone()
        },
        None => Model {
            id: fresh.next()?,
            public_id: ids(),
            employee_number: row.employee_number.clone(),
            name: row.name.clone(),
            hired,
            left_on,
            attributes: row.attributes.clone().unwrap_or_else(|| "{}".to_owned()),
        },
    })
}

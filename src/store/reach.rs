//! Whom an act may be about, as conditions of SQL.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::day::Day;
use sea_orm::{FromQueryResult, Value};

use super::write::fetch_one;
use super::{Store, StoreError};
use crate::domain::authority::Reach;

/// A tree of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tree {
    /// As it stands today.
    Today,
    /// As the run `$1` froze it.
    OfRun,
    /// Nothing is below these units that is not one of them.
    Listed,
}

/// The ids of these units and of all below them, as what follows `IN`. Joined crosswise, so that SQLite goes from each unit to those right below
/// it, and not through all units for each.
pub(super) fn below(tree: Tree, units: impl IntoIterator<Item = i64>, values: &mut Vec<Value>) -> String {
    let roots: Vec<String> = units
        .into_iter()
        .map(|unit| {
            values.push(unit.into());
            format!("${}", values.len())
        })
        .collect();
    let roots = roots.join(", ");
    let (table, id, of_run) = match tree {
        Tree::Today => ("unit", "id", ""),
        Tree::OfRun => ("run_unit", "unit_id", "child.run_id = $1 AND "),
        Tree::Listed => return format!("({roots})"),
    };
    format!(
        "(WITH RECURSIVE below (id) AS (
            SELECT child.{id} FROM {table} child WHERE {of_run}child.{id} IN ({roots})
            UNION SELECT child.{id} FROM below CROSS JOIN {table} child WHERE {of_run}child.parent_id = below.id
        ) SELECT id FROM below)"
    )
}

/// ` AND (…)` for rows that have an agent's id and a unit's id of a run; an absent column means that rows are about no agent.
pub(super) fn result_condition(reach: &Reach, agent: Option<&str>, unit: &str, values: &mut Vec<Value>) -> String {
    if reach.everything {
        return String::new();
    }
    let mut either = Vec::new();
    if let (Some(column), Some(own)) = (agent, reach.agent) {
        values.push(own.into());
        either.push(format!("{column} = ${}", values.len()));
    }
    if !reach.units.is_empty() {
        either.push(format!("{unit} IN {}", below(Tree::OfRun, reach.units.iter().copied(), values)));
    }
    one_of(&either)
}

/// ` AND (…)` for agents `a`, by where they are assigned on `day`.
pub(super) fn agent_condition(reach: &Reach, day: NaiveDate, values: &mut Vec<Value>) -> String {
    agent_condition_in(Tree::Today, reach, day, values)
}

/// The same of units of a tree.
pub(super) fn agent_condition_in(tree: Tree, reach: &Reach, day: NaiveDate, values: &mut Vec<Value>) -> String {
    if reach.everything {
        return String::new();
    }
    let mut either = Vec::new();
    if let Some(own) = reach.agent {
        values.push(own.into());
        either.push(format!("a.id = ${}", values.len()));
    }
    if !reach.units.is_empty() {
        either.push(assigned_below(tree, &reach.units, day, values));
    }
    one_of(&either)
}

/// The agent `a` is assigned on `day` to one of these units or one below.
pub(super) fn assigned_below(tree: Tree, units: &BTreeSet<i64>, day: NaiveDate, values: &mut Vec<Value>) -> String {
    let below = below(tree, units.iter().copied(), values);
    values.push(Day(day).into());
    format!(
        "a.id IN (SELECT s.agent_id FROM assignment s WHERE s.unit_id IN {below}
            AND s.first_day <= ${at} AND (s.last_day IS NULL OR s.last_day >= ${at}))",
        at = values.len()
    )
}

fn one_of(either: &[String]) -> String {
    if either.is_empty() { " AND 1 = 0".to_owned() } else { format!(" AND ({})", either.join(" OR ")) }
}

#[derive(FromQueryResult)]
struct Found {
    #[expect(dead_code, reason = "that there is a row is the answer")]
    id: i64,
}

impl Store {
    /// Whether an agent's result in a unit of a run is within reach.
    pub async fn result_within(
        &self,
        run_id: i64,
        reach: &Reach,
        agent_id: Option<i64>,
        unit_id: i64,
    ) -> Result<bool, StoreError> {
        if reach.everything || (agent_id.is_some() && reach.agent == agent_id) {
            return Ok(true);
        }
        if reach.units.is_empty() {
            return Ok(false);
        }
        let mut values = vec![run_id.into(), unit_id.into()];
        let below = below(Tree::OfRun, reach.units.iter().copied(), &mut values);
        let text =
            format!("SELECT unit_id AS id FROM run_unit WHERE run_id = $1 AND unit_id = $2 AND unit_id IN {below}");
        let found: Option<Found> = fetch_one(&self.readers, "looking up whose unit it is", text, values).await?;
        Ok(found.is_some())
    }

    /// Whether an agent, as assigned on `day`, is within reach.
    pub async fn agent_within(&self, reach: &Reach, agent_id: i64, day: NaiveDate) -> Result<bool, StoreError> {
        if reach.everything || reach.agent == Some(agent_id) {
            return Ok(true);
        }
        let mut values = vec![agent_id.into()];
        let condition = agent_condition(reach, day, &mut values);
        let text = format!("SELECT a.id FROM agent a WHERE a.id = $1{condition}");
        let found: Option<Found> = fetch_one(&self.readers, "looking up whose agent it is", text, values).await?;
        Ok(found.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan_of::plan_of;
    use super::{Tree, below};

    #[tokio::test]
    async fn units_below_are_found_from_those_above() {
        for (tree, by) in [(Tree::OfRun, "(run_id=? AND parent_id=?)"), (Tree::Today, "(parent_id=?)")] {
            let mut values = vec![1.into()];
            let text = format!("SELECT 1 FROM run WHERE id = $1 AND id IN {}", below(tree, [7], &mut values));
            let plan = plan_of(&text, values).await;
            let step = plan.iter().skip_while(|line| *line != "RECURSIVE STEP").find(|line| line.contains("child"));
            assert!(step.is_some_and(|line| line.starts_with("SEARCH child ") && line.ends_with(by)), "{plan:#?}");
        }
    }
}

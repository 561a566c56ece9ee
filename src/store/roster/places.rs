//! Which units an import adds and changes.

use std::collections::{HashMap, HashSet};

use entity::unit::Model;

use super::super::{Ids, UnitRow};
use super::known::{Edits, Known};
use super::problem::RosterProblem;

/// Edits of units, parents before children among the added ones. `fresh` gives ids of new rows.
pub(super) fn plan(
    rows: &[UnitRow],
    known: &Known,
    fresh: &mut impl Iterator<Item = i64>,
    ids: Ids<'_>,
    problems: &mut Vec<RosterProblem>,
) -> Edits<Model> {
    let mut positions: HashMap<&str, usize> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(first) = positions.insert(&row.code, index) {
            problems.push(RosterProblem::UnitTwice { code: row.code.clone(), first, second: index });
        }
    }
    let mut unit_ids: HashMap<&str, i64> = known.units.iter().map(|(code, unit)| (code.as_str(), unit.id)).collect();
    for row in rows {
        if !unit_ids.contains_key(row.code.as_str())
            && let Some(id) = fresh.next()
        {
            unit_ids.insert(&row.code, id);
        }
    }
    find_loops(rows, known, problems);
    let mut edits = Edits::new();
    for (index, row) in rows.iter().enumerate() {
        let parent_id = row.parent.as_deref().map(|parent| unit_ids.get(parent).copied());
        if parent_id == Some(None) {
            let parent = row.parent.clone().unwrap_or_default();
            problems.push(RosterProblem::UnknownParent { code: row.code.clone(), parent, index });
            continue;
        }
        let present = known.units.get(&row.code);
        let Some(id) = unit_ids.get(row.code.as_str()).copied() else { continue };
        let unit = Model {
            id,
            public_id: present.map_or_else(&mut *ids, |unit| unit.public_id),
            code: row.code.clone(),
            name_en: row.name_en.clone(),
            name_zh: row.name_zh.clone(),
            kind: row.kind.clone(),
            parent_id: parent_id.flatten(),
        };
        edits.file(unit, present);
    }
    edits.added = parents_first(edits.added);
    edits
}

/// Reports every imported unit that would be above itself.
fn find_loops(rows: &[UnitRow], known: &Known, problems: &mut Vec<RosterProblem>) {
    let codes: HashMap<i64, &str> = known.units.values().map(|unit| (unit.id, unit.code.as_str())).collect();
    let mut parents: HashMap<&str, Option<&str>> = known
        .units
        .values()
        .map(|unit| (unit.code.as_str(), unit.parent_id.and_then(|id| codes.get(&id).copied())))
        .collect();
    parents.extend(rows.iter().map(|row| (row.code.as_str(), row.parent.as_deref())));
    for row in rows {
        let mut seen = HashSet::new();
        let mut above = row.parent.as_deref();
        while let Some(code) = above
            && seen.insert(code)
        {
            if code == row.code {
                let parent = row.parent.clone().unwrap_or_default();
                problems.push(RosterProblem::UnitLoop { code: row.code.clone(), parent });
                break;
            }
            above = parents.get(code).copied().flatten();
        }
    }
}

fn parents_first(mut units: Vec<Model>) -> Vec<Model> {
    let mut waiting: HashSet<i64> = units.iter().map(|unit| unit.id).collect();
    let mut ordered = Vec::with_capacity(units.len());
    while !units.is_empty() {
        let before = units.len();
        let (later, now): (Vec<_>, Vec<_>) =
            units.into_iter().partition(|unit| unit.parent_id.is_some_and(|parent| waiting.contains(&parent)));
        for unit in &now {
            waiting.remove(&unit.id);
        }
        ordered.extend(now);
        units = later;
        if units.len() == before {
            // A loop, which has been reported.
            ordered.append(&mut units);
        }
    }
    ordered
}

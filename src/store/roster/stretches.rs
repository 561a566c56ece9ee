//! Which assignments an import adds and changes: one line of time an agent, never two at once.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::assignment::Model;
use entity::day::Day;
use entity::micros::Micros;

use super::super::AssignmentRow;
use super::known::{Edits, Known};
use super::problem::{PostStretch, RosterProblem};

/// Ids of agents and units by what rows name them by, known and new.
pub(super) struct Names<'a> {
    pub(super) agents: HashMap<&'a str, i64>,
    pub(super) units: HashMap<&'a str, i64>,
}

/// An assignment on an agent's line of time: where it comes from, if from the import.
struct Entry {
    model: Model,
    index: Option<usize>,
}

/// `fresh` gives ids of new rows.
pub(super) fn plan(
    rows: &[AssignmentRow],
    known: &Known,
    names: &Names<'_>,
    fresh: &mut impl Iterator<Item = i64>,
    problems: &mut Vec<RosterProblem>,
) -> Edits<Model> {
    let mut imported: BTreeMap<i64, Vec<(usize, &AssignmentRow, i64)>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some((agent_id, unit_id)) = resolve(index, row, names, problems) {
            imported.entry(agent_id).or_default().push((index, row, unit_id));
        }
    }
    let unit_codes: HashMap<i64, &str> = names.units.iter().map(|(code, id)| (*id, *code)).collect();
    let mut edits = Edits::new();
    for (agent_id, mut own) in imported {
        own.sort_by_key(|(_, row, _)| row.first_day);
        if !overlaps_in_import(&own, problems) {
            let present = known.assignments.get(&agent_id);
            let line = line_of_time(agent_id, &own, present, fresh);
            file_line(line, present, &own, &unit_codes, &mut edits, problems);
        }
    }
    edits
}

fn resolve(
    index: usize,
    row: &AssignmentRow,
    names: &Names<'_>,
    problems: &mut Vec<RosterProblem>,
) -> Option<(i64, i64)> {
    let employee_number = || row.employee_number.clone();
    let agent = names.agents.get(row.employee_number.as_str()).copied();
    let unit = names.units.get(row.unit.as_str()).copied();
    if agent.is_none() {
        problems.push(RosterProblem::UnknownAgent { employee_number: employee_number(), index });
    }
    if unit.is_none() {
        let unit = row.unit.clone();
        problems.push(RosterProblem::UnknownUnit { employee_number: employee_number(), unit, index });
    }
    if let Some(last) = row.last_day
        && last < row.first_day
    {
        let first = row.first_day;
        problems.push(RosterProblem::Backwards { employee_number: employee_number(), first, last, index });
        return None;
    }
    agent.zip(unit)
}

/// Reports imported assignments of one agent that share days; `own` is sorted by first day.
fn overlaps_in_import(own: &[(usize, &AssignmentRow, i64)], problems: &mut Vec<RosterProblem>) -> bool {
    let before = problems.len();
    for ((first, one, _), (second, other, _)) in own.iter().zip(own.iter().skip(1)) {
        if one.last_day.is_none_or(|last| last >= other.first_day) {
            problems.push(RosterProblem::Overlap {
                employee_number: one.employee_number.clone(),
                one: held(one),
                other: held(other),
                first: *first,
                second: Some(*second),
            });
        }
    }
    problems.len() > before
}

fn held(row: &AssignmentRow) -> PostStretch {
    PostStretch { unit: row.unit.clone(), post: row.post.clone(), first: row.first_day, last: row.last_day }
}

/// What is there, with what is imported in its place or between; one without an end ends the day before the next begins.
fn line_of_time(
    agent_id: i64,
    own: &[(usize, &AssignmentRow, i64)],
    present: Option<&BTreeMap<NaiveDate, Model>>,
    fresh: &mut impl Iterator<Item = i64>,
) -> Vec<Entry> {
    let mut line: BTreeMap<NaiveDate, Entry> = present
        .into_iter()
        .flatten()
        .map(|(first, model)| (*first, Entry { model: model.clone(), index: None }))
        .collect();
    for (index, row, unit_id) in own {
        let id = line.get(&row.first_day).map(|entry| entry.model.id).or_else(|| fresh.next());
        let Some(id) = id else { continue };
        let model = Model {
            id,
            agent_id,
            unit_id: *unit_id,
            post: row.post.clone(),
            first_day: Day(row.first_day),
            last_day: row.last_day.map(Day),
            fte: Micros(row.fte.micros()),
            target_minor: row.target_minor,
            currency: row.currency.code().to_owned(),
        };
        line.insert(row.first_day, Entry { model, index: Some(*index) });
    }
    let mut entries: Vec<Entry> = line.into_values().collect();
    let mut next: Option<NaiveDate> = None;
    for entry in entries.iter_mut().rev() {
        if entry.model.last_day.is_none() {
            entry.model.last_day = next.and_then(|day| day.pred_opt()).map(Day);
        }
        next = Some(entry.model.first_day.0);
    }
    entries
}

/// Reports what still shares days; otherwise files each row.
fn file_line(
    line: Vec<Entry>,
    present: Option<&BTreeMap<NaiveDate, Model>>,
    own: &[(usize, &AssignmentRow, i64)],
    unit_codes: &HashMap<i64, &str>,
    edits: &mut Edits<Model>,
    problems: &mut Vec<RosterProblem>,
) {
    let employee_number = own.first().map(|(_, row, _)| row.employee_number.clone()).unwrap_or_default();
    let held = |model: &Model| {
        let unit = unit_codes.get(&model.unit_id).copied().unwrap_or_default().to_owned();
        PostStretch { unit, post: model.post.clone(), first: model.first_day.0, last: model.last_day.map(|day| day.0) }
    };
    for (one, other) in line.iter().zip(line.iter().skip(1)) {
        if one.model.last_day.is_none_or(|last| last >= other.model.first_day)
            && let Some(first) = one.index.or(other.index)
        {
            let second = one.index.and(other.index);
            let (one, other) = (held(&one.model), held(&other.model));
            problems.push(RosterProblem::Overlap {
                employee_number: employee_number.clone(),
                one,
                other,
                first,
                second,
            });
        }
    }
    for entry in line {
        let same_key = present.and_then(|present| present.get(&entry.model.first_day.0));
        match (entry.index, same_key) {
            // Not in the import and not ended by it.
            (None, Some(same)) if *same == entry.model => {}
            _ => edits.file(entry.model, same_key),
        }
    }
}

//! Roster: units, agents and assignments from a file, with the manners of a pull: good rows are taken, others set aside with
//! line and reason, and the same file twice changes nothing.

mod fault;
mod leave;
mod people;
pub(super) mod sheet;
mod units;
pub(super) mod upload;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{App, AppError, Change};
use crate::domain::authority::Act;
use crate::rules::roster::{RosterMapping, load_mapping};
use crate::store::{RosterChanges, RosterImport, RosterProblem, Store, StoreError, Upload};
pub use fault::{Aside, Fault, Needs};
pub(super) use fault::{in_order, printed};
pub use leave::LeaveReport;
use sheet::Sheet;
pub use upload::{Counted, MOST_BYTES, UploadCount, UploadView};

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterReport {
    pub file: String,
    pub rows: usize,
    pub changes: RosterChanges,
    /// Rows that were not taken: `file:line: why; how to mend it`.
    pub set_aside: Vec<String>,
    pub dry_run: bool,
}

/// What becomes of rows that can be taken.
#[derive(Clone, Copy)]
enum Way<'a> {
    Preview(&'a Store),
    Keep(&'a Store),
    /// Only where what happens is what the preview of this file said.
    AsSeen(&'a Store, &'a Upload),
}

/// A roster with the line each of its rows came from.
#[derive(Default)]
struct Draft {
    import: RosterImport,
    unit_lines: Vec<u64>,
    agent_lines: Vec<u64>,
    assignment_lines: Vec<u64>,
    set_aside: Vec<Aside>,
}

impl App {
    /// Imports units, or agents with their assignments, from a CSV or XLSX file.
    pub async fn import_roster(
        &self,
        file: &Path,
        mapping: Option<&Path>,
        dry_run: bool,
    ) -> Result<RosterReport, AppError> {
        self.require(Act::ManageRoster)?;
        let mapping = mapping.map(load_mapping).transpose().map_err(AppError::Rules)?;
        let sheet = Sheet::read(file)?;
        let rows = sheet.rows.len();
        let draft = draft(&sheet, mapping.as_ref())?;
        let change = Change::new("roster.import", "file", file.display()).after(Some(sheet.digest));
        let store = self.recorded(change.detail(format_args!("rows={rows}")));
        let way = if dry_run { Way::Preview(&self.store) } else { Way::Keep(&store) };
        let (changes, set_aside) = self.take_roster(draft, way).await?;
        let file = file.display().to_string();
        let set_aside = printed(&file, &set_aside);
        Ok(RosterReport { file, rows, changes, set_aside, dry_run })
    }

    /// What an import did, and the lines that it set aside.
    async fn take_roster(&self, mut draft: Draft, way: Way<'_>) -> Result<(RosterChanges, Vec<Aside>), AppError> {
        let clock = self.clock;
        let changes = loop {
            let mut ids = || clock.new_id();
            let outcome = match way {
                Way::Preview(store) => store.preview_roster(&draft.import, &mut ids).await,
                Way::Keep(store) => store.import_roster(&draft.import, &mut ids).await,
                Way::AsSeen(store, upload) => {
                    store.take_roster_upload(upload, &draft.import, clock.now(), &mut ids).await
                }
            };
            match outcome {
                Ok(changes) => break changes,
                // Each round takes out at least one row, so that this ends.
                Err(StoreError::Roster(problems)) if draft.set_aside_all(&problems) => {}
                Err(error) => return Err(AppError::as_things_stand(error)),
            }
        };
        Ok((changes, in_order(draft.set_aside)))
    }
}

fn draft(sheet: &Sheet, mapping: Option<&RosterMapping>) -> Result<Draft, AppError> {
    match mapping {
        None if units::is_unit_list(sheet) => units::read(sheet),
        None => people::read(sheet, &people::own_columns(sheet)?),
        Some(mapping) => people::read(sheet, mapping),
    }
}

/// Whether the texts of a file could be a roster at all is said by its header; see [`people`] and [`units`].
fn open_error(file: &Path, error: &std::io::Error) -> AppError {
    let mend = match fs::metadata(file) {
        Err(_) => "check the path",
        Ok(_) => "check that it is a file you may read",
    };
    AppError::invalid(format!("{}: cannot be read: {error}; {mend}", file.display()))
}

impl Draft {
    /// Takes out the rows these problems name; false when there is none to take out.
    fn set_aside_all(&mut self, problems: &[RosterProblem]) -> bool {
        let (mut units, mut agents, mut assignments) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for problem in problems {
            let (rows, lines, index) = match problem {
                RosterProblem::UnitTwice { second, .. } => (&mut units, &self.unit_lines, Some(*second)),
                RosterProblem::UnknownParent { index, .. } => (&mut units, &self.unit_lines, Some(*index)),
                RosterProblem::UnitLoop { code, .. } => {
                    let index = self.import.units.iter().position(|unit| unit.code == *code);
                    (&mut units, &self.unit_lines, index)
                }
                RosterProblem::AgentTwice { second, .. } => (&mut agents, &self.agent_lines, Some(*second)),
                RosterProblem::AliasTaken { index, .. } | RosterProblem::LeftBeforeHired { index, .. } => {
                    (&mut agents, &self.agent_lines, Some(*index))
                }
                RosterProblem::UnknownAgent { index, .. }
                | RosterProblem::UnknownUnit { index, .. }
                | RosterProblem::Backwards { index, .. } => (&mut assignments, &self.assignment_lines, Some(*index)),
                RosterProblem::Overlap { first, second, .. } => {
                    (&mut assignments, &self.assignment_lines, Some(second.map_or(*first, |second| second.max(*first))))
                }
            };
            let Some(index) = index else { continue };
            if rows.insert(index) {
                let line = lines.get(index).copied().unwrap_or_default();
                self.set_aside.push((line, Fault::Roster(Box::new(problem.clone()))));
            }
        }
        let any = !(units.is_empty() && agents.is_empty() && assignments.is_empty());
        take_out(&mut self.import.units, &mut self.unit_lines, &units);
        take_out(&mut self.import.agents, &mut self.agent_lines, &agents);
        take_out(&mut self.import.assignments, &mut self.assignment_lines, &assignments);
        any
    }
}

fn take_out<T>(rows: &mut Vec<T>, lines: &mut Vec<u64>, out: &BTreeSet<usize>) {
    let mut index = 0;
    rows.retain(|_| {
        index += 1;
        !out.contains(&(index - 1))
    });
    index = 0;
    lines.retain(|_| {
        index += 1;
        !out.contains(&(index - 1))
    });
}

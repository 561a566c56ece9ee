//! Leave from a file: `employee_number`, `from`, `to`, `kind`; with the manners of the roster.

use std::collections::BTreeSet;
use std::path::Path;

use super::fault::{Aside, Fault, Needs, in_order, printed};
use super::sheet::{Row, Sheet, iso_day};
use super::{Way, take_out};
use crate::app::{App, AppError, Change};
use crate::domain::authority::Act;
use crate::store::{LeaveChanges, LeaveProblem, LeaveRow, StoreError};

/// The kind that takes a leave back, in place of one of the kinds of leave.
const WITHDRAWN: &str = "withdrawn";

/// Leave is listed where there are people and kinds, but no units.
pub(super) fn is_leave_list(sheet: &Sheet) -> bool {
    let there = |name| sheet.column(name).is_some();
    there("employee_number") && there("kind") && !there("unit")
}

/// What an import of leave did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveReport {
    pub file: String,
    pub rows: usize,
    pub changes: LeaveChanges,
    /// Rows that were not taken: `file:line: why; how to mend it`.
    pub set_aside: Vec<String>,
    pub dry_run: bool,
}

impl App {
    /// Imports leave from a CSV or XLSX file. Good rows are taken and others set aside; the same file twice changes nothing.
    pub async fn import_leave(&self, file: &Path, dry_run: bool) -> Result<LeaveReport, AppError> {
        self.require(Act::ManageRoster)?;
        let sheet = Sheet::read(file)?;
        let rows = sheet.rows.len();
        let draft = Draft::read(&sheet)?;
        let change = Change::new("leave.import", "file", &sheet.file).after(Some(sheet.digest));
        let store = self.recorded(change.detail(format_args!("rows={rows}")));
        let way = if dry_run { Way::Preview(&self.store) } else { Way::Keep(&store) };
        let (changes, set_aside) = self.take_leave(draft, way).await?;
        let file = sheet.file;
        let set_aside = printed(&file, &set_aside);
        Ok(LeaveReport { file, rows, changes, set_aside, dry_run })
    }

    /// What an import did, and the lines that it set aside.
    pub(super) async fn take_leave(
        &self,
        mut draft: Draft,
        way: Way<'_>,
    ) -> Result<(LeaveChanges, Vec<Aside>), AppError> {
        let changes = loop {
            let outcome = match way {
                Way::Preview(store) => store.preview_leave(&draft.leave).await,
                Way::Keep(store) => store.import_leave(&draft.leave).await,
                Way::AsSeen(store, upload) => store.take_leave_upload(upload, &draft.leave, self.clock.now()).await,
            };
            match outcome {
                Ok(changes) => break changes,
                // Each round takes out at least one row, so that this ends.
                Err(StoreError::Leave(problems)) if !problems.is_empty() => draft.set_aside_all(problems),
                Err(error) => return Err(AppError::as_things_stand(error)),
            }
        };
        Ok((changes, in_order(draft.set_aside)))
    }
}

/// Leave with the line each row came from.
#[derive(Default)]
pub(super) struct Draft {
    leave: Vec<LeaveRow>,
    lines: Vec<u64>,
    set_aside: Vec<Aside>,
}

impl Draft {
    pub(super) fn read(sheet: &Sheet) -> Result<Self, AppError> {
        let [number, from, to, kind] = ["employee_number", "from", "to", "kind"].map(|name| sheet.require(name));
        let columns = Columns { number: number?, from: from?, to: to?, kind: kind? };
        let mut draft = Self::default();
        for row in &sheet.rows {
            match columns.leave(row) {
                Ok(leave) => {
                    draft.leave.push(leave);
                    draft.lines.push(row.line);
                }
                Err(fault) => draft.set_aside.push((row.line, fault)),
            }
        }
        Ok(draft)
    }

    /// Takes out the rows that these problems name; one with several is told the first.
    fn set_aside_all(&mut self, problems: Vec<LeaveProblem>) {
        let mut out = BTreeSet::new();
        for problem in problems {
            let index = problem.index();
            if out.insert(index) {
                let line = self.lines.get(index).copied().unwrap_or_default();
                self.set_aside.push((line, Fault::Leave(problem)));
            }
        }
        take_out(&mut self.leave, &mut self.lines, &out);
    }
}

/// Where the columns are.
struct Columns {
    number: usize,
    from: usize,
    to: usize,
    kind: usize,
}

impl Columns {
    fn leave(&self, row: &Row) -> Result<LeaveRow, Fault> {
        let text = |column: usize, name: &str, needs: Needs| row.text(column).ok_or_else(|| Fault::empty(name, needs));
        let day = |column: usize, name: &str, needs: Needs| {
            let text = text(column, name, needs)?;
            iso_day(text).ok_or_else(|| Fault::not_a_day(text, &[]))
        };
        let kind = match text(self.kind, "kind", Needs::LeaveKind)? {
            WITHDRAWN => None,
            kind => Some(kind.parse().map_err(Fault::LeaveKind)?),
        };
        Ok(LeaveRow {
            employee_number: text(self.number, "employee_number", Needs::EmployeeNumber)?.to_owned(),
            first_day: day(self.from, "from", Needs::LeaveFirstDay)?,
            last_day: day(self.to, "to", Needs::LeaveLastDay)?,
            kind,
        })
    }
}

//! Leave from a file: `employee_number`, `from`, `to`, `kind`; with the manners of the roster.

use std::collections::BTreeSet;
use std::path::Path;

use super::sheet::{Row, Sheet, iso_day};
use super::{Way, take_out};
use crate::app::{App, AppError, Change};
use crate::domain::authority::Act;
use crate::store::{LeaveChanges, LeaveRow, StoreError};

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
        let set_aside = set_aside.iter().map(|(line, why)| format!("{file}:{line}: {why}")).collect();
        Ok(LeaveReport { file, rows, changes, set_aside, dry_run })
    }

    /// What an import did, and the lines that it set aside.
    pub(super) async fn take_leave(
        &self,
        mut draft: Draft,
        way: Way<'_>,
    ) -> Result<(LeaveChanges, Vec<(u64, String)>), AppError> {
        let changes = loop {
            let outcome = match way {
                Way::Preview(store) => store.preview_leave(&draft.leave).await,
                Way::Keep(store) => store.import_leave(&draft.leave).await,
                Way::AsSeen(store, upload) => store.take_leave_upload(upload, &draft.leave, self.clock.now()).await,
            };
            match outcome {
                Ok(changes) => break changes,
                // Each round takes out at least one row, so that this ends.
                Err(StoreError::Leave(problems)) if !problems.is_empty() => {
                    let reasons = problems.iter().map(|problem| (problem.index(), problem.to_string()));
                    draft.set_aside_all(reasons.collect());
                }
                Err(error) => return Err(AppError::as_things_stand(error)),
            }
        };
        draft.set_aside.sort();
        Ok((changes, draft.set_aside))
    }
}

/// Leave with the line each row came from.
#[derive(Default)]
pub(super) struct Draft {
    leave: Vec<LeaveRow>,
    lines: Vec<u64>,
    set_aside: Vec<(u64, String)>,
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
                Err(why) => draft.set_aside.push((row.line, why)),
            }
        }
        Ok(draft)
    }

    /// Takes out the rows of these positions; one with several reasons is told the first.
    fn set_aside_all(&mut self, reasons: Vec<(usize, String)>) {
        let mut out = BTreeSet::new();
        for (index, why) in reasons {
            if out.insert(index) {
                self.set_aside.push((self.lines.get(index).copied().unwrap_or_default(), why));
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
    /// The leave of a row; an error says what is wrong and how to mend it.
    fn leave(&self, row: &Row) -> Result<LeaveRow, String> {
        let text = |column: usize, name: &str, what: &str| {
            row.text(column).ok_or_else(|| format!("column '{name}' is empty; every row needs {what}"))
        };
        let day = |column: usize, name: &str, what: &str| {
            let text = text(column, name, what)?;
            iso_day(text).ok_or_else(|| format!("'{text}' is not a day; write it as YYYY-MM-DD"))
        };
        let kind = text(self.kind, "kind", "a kind of leave, such as sick")?;
        let kind = match kind {
            WITHDRAWN => None,
            kind => {
                let known = kind.parse().map_err(|error| format!("{error}; {WITHDRAWN} takes a leave back"))?;
                Some(known)
            }
        };
        Ok(LeaveRow {
            employee_number: text(self.number, "employee_number", "an employee number")?.to_owned(),
            first_day: day(self.from, "from", "the first day of the leave")?,
            last_day: day(self.to, "to", "the last day of the leave, which is included")?,
            kind,
        })
    }
}

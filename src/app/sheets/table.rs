//! A sheet as the pull reads it: one CSV of fixed columns, each row on the line that it had, whatever the file was.

use std::collections::HashSet;
use std::path::Path;

use chrono::NaiveDate;

use crate::app::AppError;
use crate::app::roster::sheet::{Row, Sheet, iso_day};
use crate::domain::fixed::Fixed;
use crate::pull::AgentIndex;
use crate::rules::source::AgentMatch;

/// The name of the copy that is read.
pub(super) const FILE: &str = "figures.csv";
/// Its columns; the last is made here, and says that a row above is about the same fact.
pub(super) const COLUMNS: [&str; 8] =
    ["employee_number", "metric", "day", "numerator", "denominator", "samples", "segment", "repeated"];

/// Where everything stands in a row of the sheet.
pub(super) struct Table<'a> {
    sheet: &'a Sheet,
    agent: usize,
    metric: usize,
    day: usize,
    numerator: usize,
    denominator: usize,
    samples: Option<usize>,
    segment: Option<usize>,
}

impl<'a> Table<'a> {
    pub(super) fn of(sheet: &'a Sheet) -> Result<Self, AppError> {
        let [agent, metric, day, numerator, denominator, samples, segment, _] = COLUMNS;
        Ok(Self {
            sheet,
            agent: sheet.require(agent)?,
            metric: sheet.require(metric)?,
            day: sheet.require(day)?,
            numerator: sheet.require(numerator)?,
            denominator: sheet.require(denominator)?,
            samples: sheet.column(samples),
            segment: sheet.column(segment),
        })
    }

    /// The day of a row that can be read.
    pub(super) fn day(&self, row: &Row) -> Option<NaiveDate> {
        row.text(self.day).and_then(iso_day)
    }

    /// Writes the copy into a folder.
    pub(super) fn write(&self, folder: &Path, agents: &AgentIndex) -> Result<(), AppError> {
        let path = folder.join(FILE);
        let failed = |error: std::io::Error| AppError::file(&path, error);
        let mut text = format!("{}\n", COLUMNS.join(","));
        let mut line = 2;
        let mut seen = HashSet::new();
        for row in &self.sheet.rows {
            // Blank lines stand for those that were left out, or that a cell of several lines took.
            while line < row.line {
                text.push('\n');
                line += 1;
            }
            let repeated = !seen.insert(self.key(row, agents));
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(self.cells(row, repeated)).map_err(|error| failed(error.into()))?;
            let written = writer.into_inner().map_err(|error| failed(error.into_error()))?;
            text.push_str(&String::from_utf8_lossy(&written));
            line += 1;
        }
        std::fs::write(&path, text).map_err(failed)
    }

    fn cells(&self, row: &Row, repeated: bool) -> [String; 8] {
        let cell = |column: usize| row.text(column).unwrap_or_default().replace(['\n', '\r'], " ");
        let of = |column: Option<usize>| column.map(cell).unwrap_or_default();
        let mut samples = of(self.samples);
        if samples.is_empty() {
            samples = self.cases(row).unwrap_or_default();
        }
        [
            cell(self.agent),
            cell(self.metric),
            cell(self.day),
            cell(self.numerator),
            cell(self.denominator),
            samples,
            of(self.segment),
            repeated.to_string(),
        ]
    }

    /// As in any source: without samples, the denominator is the number of cases.
    fn cases(&self, row: &Row) -> Option<String> {
        let denominator: Fixed = row.text(self.denominator)?.parse().ok()?;
        let micros = denominator.micros();
        (micros % Fixed::SCALE == 0).then(|| (micros / Fixed::SCALE).to_string())
    }

    /// What a row is about; a person is the same by number and by alias.
    fn key(&self, row: &Row, agents: &AgentIndex) -> [String; 4] {
        let text = |column: Option<usize>| column.and_then(|at| row.text(at)).unwrap_or_default().to_owned();
        let agent = text(Some(self.agent));
        let known = agents.find(&agent, &[AgentMatch::EmployeeNumber, AgentMatch::Alias]);
        let day = self.day(row).map_or_else(|| text(Some(self.day)), |day| day.to_string());
        // A number never looks like an id with this sign before it.
        let agent = known.map_or(agent, |id| format!("\0{id}"));
        [agent, text(Some(self.metric)), day, text(self.segment)]
    }
}

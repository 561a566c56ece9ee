//! Ratings of a cycle from a file, with the manners of the roster: good rows are taken, others set aside with line and reason,
//! and the same file twice changes nothing.

mod people;
mod rows;

use std::collections::BTreeSet;
use std::path::Path;

use super::refusal::Why;
use super::roster::sheet::Sheet;
use super::roster::{Aside, Fault, in_order, printed};
use super::{App, AppError, Change};
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::store::{Cycle, RatingChanges, RatingProblem, RatingRow, Store, StoreError, Upload};
use people::People;

/// What an import of ratings did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingsReport {
    pub file: String,
    pub rows: usize,
    pub changes: RatingChanges,
    /// Rows that were not taken: `file:line: why; how to mend it`.
    pub set_aside: Vec<String>,
    pub dry_run: bool,
}

/// What becomes of ratings that can be taken.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    Preview(&'a Store),
    Keep(&'a Store),
    /// Only where what happens is what the preview of this file said.
    AsSeen(&'a Store, &'a Upload),
}

/// Ratings with the line each of them came from.
#[derive(Default)]
struct Draft {
    rows: Vec<RatingRow>,
    lines: Vec<u64>,
    set_aside: Vec<Aside>,
}

impl App {
    /// Imports ratings of a cycle from a CSV or XLSX file with the columns `employee_number`, `rater`, `group`, `item`, `value` and,
    /// if there is one, `comment`. What may be rated is said by the rules the cycle pinned.
    pub async fn import_ratings(&self, code: &str, file: &Path, dry_run: bool) -> Result<RatingsReport, AppError> {
        self.require(Act::ManageRatings)?;
        let cycle = self.cycle(code).await?;
        let sheet = Sheet::read(file)?;
        let change = Change::new("ratings.import", "cycle", code).after(Some(sheet.digest));
        let store = self.recorded(change.detail(format_args!("file={} rows={}", sheet.file, sheet.rows.len())));
        let way = if dry_run { Way::Preview(&self.store) } else { Way::Keep(&store) };
        let (changes, set_aside) = self.take_ratings(&cycle, &sheet, way).await?;
        let file = file.display().to_string();
        let set_aside = printed(&file, &set_aside);
        Ok(RatingsReport { file, rows: sheet.rows.len(), changes, set_aside, dry_run })
    }

    /// What an import of ratings did, and the lines that it set aside.
    pub(super) async fn take_ratings(
        &self,
        cycle: &Cycle,
        sheet: &Sheet,
        way: Way<'_>,
    ) -> Result<(RatingChanges, Vec<Aside>), AppError> {
        still_rated(cycle)?;
        let rules = self.pinned_rules(&cycle.ruleset_hash).await?;
        let people = People::new(self.store.agent_keys().await?, self.store.held_posts(cycle.period).await?);
        let mut draft = rows::read(sheet, &rules, &people)?;
        let now = self.clock.now();
        let changes = loop {
            let outcome = match way {
                Way::Preview(store) => store.preview_ratings(cycle.id, &draft.rows, now).await,
                Way::Keep(store) => store.import_ratings(cycle.id, &draft.rows, now).await,
                Way::AsSeen(store, upload) => store.take_ratings_upload(upload, cycle.id, &draft.rows, now).await,
            };
            match outcome {
                Ok(changes) => break changes,
                // Each round takes out at least one row, so that this ends.
                Err(StoreError::Ratings(problems)) if !problems.is_empty() => draft.set_aside_all(problems),
                Err(error) => return Err(AppError::as_things_stand(error)),
            }
        };
        Ok((changes, in_order(draft.set_aside)))
    }
}

/// Ratings count when a cycle is scored; once its results are calibrated, new ones would change nothing.
fn still_rated(cycle: &Cycle) -> Result<(), AppError> {
    match cycle.state {
        CycleState::Draft | CycleState::Open | CycleState::Frozen | CycleState::Scored | CycleState::InReview => Ok(()),
        state => Err(AppError::refused(format!(
            "cycle {} is {}: ratings are taken until the review is complete; rate the people in a later cycle",
            cycle.code,
            state.as_str().replace('_', " ")
        ))
        .because(Why::RatingsOver { code: cycle.code.clone(), state })),
    }
}

impl Draft {
    /// Takes out the rows these problems name.
    fn set_aside_all(&mut self, problems: Vec<RatingProblem>) {
        let mut out = BTreeSet::new();
        for problem in problems {
            let index = problem.index();
            if out.insert(index) {
                let line = self.lines.get(index).copied().unwrap_or_default();
                self.set_aside.push((line, Fault::Rating(problem)));
            }
        }
        let kept = |(index, row)| (!out.contains(&index)).then_some(row);
        self.rows = std::mem::take(&mut self.rows).into_iter().enumerate().filter_map(kept).collect();
        let kept = |(index, line)| (!out.contains(&index)).then_some(line);
        self.lines = std::mem::take(&mut self.lines).into_iter().enumerate().filter_map(kept).collect();
    }
}

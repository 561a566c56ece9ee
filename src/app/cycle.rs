//! Opening a cycle: its days, and the rules it pins.

use std::path::Path;

use chrono::NaiveDate;

use super::{App, AppError};
use crate::domain::period::{CycleKind, Period};
use crate::rules;
use crate::store::{Cycle, NewCycle, Run};

impl App {
    /// Opens a cycle and pins the rules in `rules_dir` as they are now. Without `days`, the code says them.
    pub async fn open_cycle(
        &self,
        code: &str,
        days: Option<(NaiveDate, NaiveDate)>,
        rules_dir: &Path,
    ) -> Result<Cycle, AppError> {
        let (kind, period) = match days {
            Some((first, last)) => (CycleKind::Custom, Period::new(first, last)),
            None => {
                let (kind, period) = Period::of_code(code).map_err(|error| AppError::Invalid(error.to_string()))?;
                (kind, Ok(period))
            }
        };
        let period = period.map_err(|error| AppError::Invalid(error.to_string()))?;
        let ruleset = rules::load(rules_dir).map_err(AppError::Rules)?.ruleset;
        self.store.put_ruleset(&ruleset.hash, &ruleset.canonical, self.clock.now()).await?;
        let cycle = NewCycle {
            public_id: self.clock.new_id(),
            code: code.to_owned(),
            kind: kind.as_str().to_owned(),
            period,
            ruleset_hash: ruleset.hash,
        };
        Ok(self.store.open_cycle(&cycle).await?)
    }

    /// The cycle of this code.
    pub async fn cycle(&self, code: &str) -> Result<Cycle, AppError> {
        let cycle = self.store.cycle_by_code(code).await?;
        cycle.ok_or_else(|| {
            AppError::NotFound(format!(
                "there is no cycle '{code}'; 'merit cycle list' shows them, 'merit cycle open' makes one"
            ))
        })
    }

    /// The run whose results the cycle shows.
    pub(super) async fn current_run(&self, cycle: &Cycle) -> Result<Run, AppError> {
        let not_yet =
            || AppError::NotFound(format!("cycle {0} has no results yet: run 'merit appraise {0}'", cycle.code));
        let id = cycle.current_run_id.ok_or_else(not_yet)?;
        self.store.run(id).await?.ok_or_else(not_yet)
    }
}

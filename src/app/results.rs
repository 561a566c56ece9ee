//! Where each agent's result of a cycle stands, and how far the units are.

use std::collections::{BTreeMap, HashMap};

use super::audit::page_detail;
use super::read::meant;
use super::{App, AppError, Change, Slice};
use crate::app::refusal::too_long;
use crate::domain::agent_result::ResultState;
use crate::domain::authority::{Act, Reach};
use crate::domain::cycle::CycleState;
use crate::store::{AgentResult, Page, RunUnit, Take, Waiting};

/// Longest comment on an acknowledgement, in characters.
const LONGEST_COMMENT: usize = 4_000;

/// How far the results of a cycle are, by unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub state: CycleState,
    /// In order of code; only units that have results themselves or below.
    pub units: Vec<UnitProgress>,
}

/// How far a unit is, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitProgress {
    pub unit: String,
    /// Code of the unit above.
    pub parent: Option<String>,
    /// Results by where they stand.
    pub results: BTreeMap<ResultState, u64>,
    /// What cards on hold wait for, and how many: a metric, or `ratings`. A card may wait for several.
    pub waiting_for: BTreeMap<String, u64>,
}

/// What a card waits for that waits for people's ratings.
const RATINGS: &str = "ratings";

impl UnitProgress {
    /// All its results.
    pub fn all(&self) -> u64 {
        self.results.values().sum()
    }
}

/// The units of a run, by who is above whom.
struct Tree {
    parents: HashMap<i64, i64>,
    /// Each before the one above it.
    upward: Vec<i64>,
}

impl Tree {
    fn of(units: &[RunUnit]) -> Self {
        let parents = units.iter().filter_map(|unit| Some((unit.unit_id, unit.parent_id?))).collect();
        let mut tree = Self { parents, upward: Vec::new() };
        let mut by_depth: Vec<(usize, i64)> =
            units.iter().map(|unit| (tree.with_above(unit.unit_id).count(), unit.unit_id)).collect();
        by_depth.sort_unstable_by(|one, other| other.cmp(one));
        tree.upward = by_depth.into_iter().map(|(_, unit)| unit).collect();
        tree
    }

    /// The unit and all above it. No chain is longer than there are units.
    fn with_above(&self, unit: i64) -> impl Iterator<Item = i64> {
        std::iter::successors(Some(unit), |unit| self.parents.get(unit).copied()).take(self.parents.len() + 1)
    }

    fn is_within(&self, unit: i64, reach: &Reach) -> bool {
        reach.everything || self.with_above(unit).any(|unit| reach.units.contains(&unit))
    }

    /// Adds what each unit has to the one above it.
    fn add_up<K: Ord + Clone>(&self, sums: &mut HashMap<i64, BTreeMap<K, u64>>) {
        for (unit, above) in self.upward.iter().filter_map(|unit| Some((unit, self.parents.get(unit)?))) {
            for (what, count) in sums.get(unit).cloned().unwrap_or_default() {
                *sums.entry(*above).or_default().entry(what).or_default() += count;
            }
        }
    }
}

impl App {
    /// Where results of a cycle stand, in order of employee number; nothing before the review begins.
    pub async fn agent_results(
        &self,
        code: &str,
        slice: &Slice,
        unit: Option<&str>,
        state: Option<ResultState>,
    ) -> Result<Page<AgentResult>, AppError> {
        let (reach, run) = self.shown(Act::ReadResults, code).await?;
        let unit_id = match unit {
            Some(code) => Some(self.unit(code).await?.id),
            None => None,
        };
        let (key, limit) = (slice.after.as_deref(), slice.limit.into());
        let page = self.store.agent_results_page(run.id, key, limit, (&reach, unit_id, state)).await?;
        let filters = [("unit", unit), ("state", state.map(ResultState::as_str))];
        let detail = page_detail(&filters, slice, page.rows.iter().map(|row| row.employee_number.as_str()));
        self.recorded_list(&reach, Change::new("result.list", "cycle", code).detail(detail)).await?;
        Ok(page)
    }

    /// Where one agent's result stands.
    pub async fn agent_result(&self, code: &str, employee_number: &str) -> Result<AgentResult, AppError> {
        let (reach, run) = self.shown(Act::ReadResults, code).await?;
        let none = || no_result(code, employee_number);
        let result = self.store.agent_result_of(run.cycle_id, employee_number).await?.ok_or_else(none)?;
        if !self.store.result_within(run.id, &reach, Some(result.agent_id), result.unit_id).await? {
            return Err(none());
        }
        let read = Change::new("result.read", "agent", employee_number).detail(format_args!("cycle={code}"));
        self.recorded_read_of(result.agent_id, read).await?;
        Ok(result)
    }

    /// An agent takes note of their published result. Done again it changes nothing.
    ///
    /// Errors: `NotFound` for somebody else's; `Refused` where the result is not published or not any more to be acknowledged.
    pub async fn acknowledge(
        &self,
        code: &str,
        employee_number: &str,
        comment: Option<&str>,
    ) -> Result<AgentResult, AppError> {
        let own = self.reach(Act::Respond)?;
        let (_, run) = self.shown(Act::ReadResults, code).await?;
        let none = || no_result(code, employee_number);
        let result = self.store.agent_result_of(run.cycle_id, employee_number).await?.ok_or_else(none)?;
        if own.agent != Some(result.agent_id) || result.published_at.is_none() {
            return Err(none());
        }
        if result.acknowledged_by_agent == Some(true) {
            return Ok(result);
        }
        let comment = comment.map(str::trim).filter(|comment| !comment.is_empty());
        if comment.is_some_and(|comment| comment.chars().count() > LONGEST_COMMENT) {
            return Err(AppError::invalid(format!("comment: keep it to {LONGEST_COMMENT} characters"))
                .because(too_long(LONGEST_COMMENT)));
        }
        let change = Change::new("result.acknowledge", "agent", employee_number);
        let store = self.recorded(change.detail(format_args!("cycle={code}")));
        store.acknowledge(&result, comment, self.clock.now()).await.map_err(AppError::as_things_stand)?;
        self.store.agent_result_of(run.cycle_id, employee_number).await?.ok_or_else(none)
    }

    /// How far the results are, unit by unit, of those within reach.
    pub async fn progress(&self, code: &str) -> Result<Progress, AppError> {
        let reach = self.reach(Act::ReadResults)?;
        let shown = self.shown_run(code).await?;
        let run = &shown.run;
        let units = self.store.unit_tree(run.id).await?;
        let tree = Tree::of(&units);
        let mut sums: HashMap<i64, BTreeMap<ResultState, u64>> = HashMap::new();
        for count in self.store.agent_result_counts(run.cycle_id).await? {
            if tree.is_within(count.unit_id, &reach) {
                *sums.entry(count.unit_id).or_default().entry(count.state).or_default() += count.results;
            }
        }
        let mut waiting: HashMap<i64, BTreeMap<String, u64>> = HashMap::new();
        for Waiting { unit_id, metric, cards } in self.store.waiting(run.id, meant(&shown, Take::Standing)).await? {
            if tree.is_within(unit_id, &reach) {
                let what = metric.map_or_else(|| RATINGS.to_owned(), |metric| metric.to_string());
                *waiting.entry(unit_id).or_default().entry(what).or_default() +=
                    u64::try_from(cards).unwrap_or_default();
            }
        }
        tree.add_up(&mut sums);
        tree.add_up(&mut waiting);
        let codes: HashMap<i64, &str> = units.iter().map(|unit| (unit.unit_id, unit.code.as_str())).collect();
        let progress = units.iter().filter(|unit| tree.is_within(unit.unit_id, &reach)).filter_map(|unit| {
            Some(UnitProgress {
                unit: unit.code.clone(),
                parent: unit.parent_id.and_then(|parent| codes.get(&parent)).map(|code| (*code).to_owned()),
                results: sums.remove(&unit.unit_id)?,
                waiting_for: waiting.remove(&unit.unit_id).unwrap_or_default(),
            })
        });
        Ok(Progress { state: shown.state, units: progress.collect() })
    }
}

fn no_result(cycle: &str, employee_number: &str) -> AppError {
    AppError::NotFound(format!("cycle {cycle} has no result of agent '{employee_number}' under review or later"))
}

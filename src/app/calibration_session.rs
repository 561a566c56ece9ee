//! The picture that a calibration session of a unit starts from.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::read::meant;
use super::{App, AppError, CardSpread, Change, Wanted};
use crate::app::refusal::Why;
use crate::domain::appraisal::AppraisalState;
use crate::domain::authority::{Act, Reach};
use crate::domain::calibration::{Leniency, MeasuredLine, Moves, Outliers, RatedAgent};
use crate::domain::fixed::Fixed;
use crate::domain::judgement::{FormResult, RaterGroup};
use crate::domain::scorecard::{CardResult, Measure, Scope};
use crate::store::{PastScore, ResultFilter, ScorecardDetail, Take};

/// More rated agents than this are no session: nobody talks about so many.
const MOST: usize = 5_000;
/// Scorecards that are read at once.
const AT_ONCE: u64 = 500;

/// What a session looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalibrationSession {
    /// Ratings against the guidance of each card.
    pub spread: Vec<CardSpread>,
    /// Rated agents in order of employee number.
    pub agents: Vec<RatedAgent>,
    pub outliers: Outliers,
    /// Beside the last cycle of the same kind; absent where there is none.
    pub before: Option<SessionCycle>,
    /// The mildest first.
    pub raters: Vec<Leniency>,
}

/// Ratings beside those of an earlier cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionCycle {
    /// Its code.
    pub cycle: String,
    pub moves: Moves,
}

impl App {
    /// Ratings of a unit and those below it, or of all within reach, as a session looks at them.
    ///
    /// Errors: `Invalid` for more agents than a session has.
    pub async fn calibration_session(&self, code: &str, unit: Option<&str>) -> Result<CalibrationSession, AppError> {
        let auditing = |_| self.require(Act::ReadAudit).map(|()| Reach::everything());
        self.reach(Act::Calibrate).or_else(|_| self.reach(Act::ProposeRating)).or_else(auditing)?;
        let wanted = Wanted { unit: unit.map(str::to_owned), state: Some(AppraisalState::Scored), ..Wanted::default() };
        let spread = self.spread(code, &wanted).await?;
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, code).await?;
        let filter = self.filter(reach, &wanted, meant(&shown, Take::Standing)).await?;
        let run = &shown.run;
        let earlier = self.store.earlier_runs(run.cycle_id, 1).await?.pop();
        let before = earlier.as_ref().map(|earlier| earlier.run_id);
        let agents = self.rated_agents((run.cycle_id, run.id, before), &filter).await?;
        self.record_session(code, unit, &filter.reach, agents.len()).await?;
        let rules = self.rules_of(run).await?;
        let outliers = Outliers::of(&agents, |id| rules.metric(id));
        let before = earlier.map(|earlier| SessionCycle { cycle: earlier.cycle_code, moves: Moves::of(&agents) });
        let raters = Leniency::of(&agents);
        Ok(CalibrationSession { spread, agents, outliers, before, raters })
    }

    async fn record_session(
        &self,
        code: &str,
        unit: Option<&str>,
        reach: &Reach,
        agents: usize,
    ) -> Result<(), AppError> {
        let detail = format!("unit={} rows={agents}", unit.unwrap_or_default());
        self.recorded_list(reach, Change::new("calibration.read_session", "cycle", code).detail(detail)).await
    }

    async fn rated_agents(
        &self,
        (cycle_id, run_id, before): (i64, i64, Option<i64>),
        filter: &ResultFilter,
    ) -> Result<Vec<RatedAgent>, AppError> {
        let mut agents = Vec::new();
        let mut after = None::<String>;
        loop {
            let page = self.store.scorecard_details_page(run_id, after.as_deref(), AT_ONCE, filter).await?;
            after = page.rows.last().filter(|_| page.more).map(|card| card.summary.employee_number.clone());
            let ids: Vec<i64> = page.rows.iter().map(|card| card.summary.agent_id).collect();
            let mut past: BTreeMap<i64, PastScore> = BTreeMap::new();
            if let Some(before) = before {
                past.extend(
                    self.store.past_scores(before, &ids).await?.into_iter().map(|score| (score.agent_id, score)),
                );
            }
            let mut raters: BTreeMap<i64, Vec<Arc<str>>> = BTreeMap::new();
            for (agent, rater) in self.store.supervisors_who_rated(cycle_id, &ids).await? {
                raters.entry(agent).or_default().push(rater.into());
            }
            for card in page.rows {
                let id = card.summary.agent_id;
                let before = past.remove(&id).map(|past| (past.score, past.rating));
                agents.extend(rated(card, before, raters.remove(&id).unwrap_or_default()));
            }
            if agents.len() > MOST {
                return Err(AppError::invalid(format!(
                    "unit: a session is about at most {MOST} rated agents: name a smaller unit"
                ))
                .because(Why::SmallerUnit { most: i64::try_from(MOST).unwrap_or(i64::MAX) }));
            }
            if after.is_none() {
                return Ok(agents);
            }
        }
    }
}

/// An agent with a score; `None` without.
fn rated(card: ScorecardDetail, before: Option<(Fixed, Option<String>)>, raters: Vec<Arc<str>>) -> Option<RatedAgent> {
    let ScorecardDetail { summary, result } = card;
    let score = summary.printed?;
    let last = result.last_card();
    let calculated = result.calibrated.as_ref().map(|calibrated| calibrated.calculated.as_deref().map(str::to_owned));
    Some(RatedAgent {
        employee_number: summary.employee_number,
        name: summary.agent_name,
        unit: summary.unit_code,
        card: summary.card.into(),
        score,
        rating: summary.rating,
        calculated,
        before,
        lines: last.map(lines).unwrap_or_default(),
        judged: last.and_then(judged),
        raters,
    })
}

/// Lines of one's own figures, in the metric's unit.
fn lines(card: &CardResult) -> Vec<MeasuredLine> {
    let own = card.lines.iter().filter(|line| {
        line.scope == Scope::Own && line.measure == Measure::Value && line.treatment.is_none() && line.outside.is_none()
    });
    let measured = own.filter_map(|line| {
        let (value, interval) = line.value.zip(line.interval)?;
        Some(MeasuredLine {
            line: Arc::clone(&line.id),
            metric: line.metric.clone(),
            pooled: line.pooled,
            value,
            interval,
        })
    });
    measured.collect()
}

/// Points given by supervisors, and points measured, of a card that was judged.
fn judged(card: &CardResult) -> Option<(Fixed, Fixed)> {
    Some((by_supervisors(&card.judged.as_ref()?.form)?, card.subtotal?))
}

/// What supervisors gave on a form, 0 to 100: their points on each item by the item's weight, among the items that they judged.
fn by_supervisors(form: &FormResult) -> Option<Fixed> {
    let given: Vec<(Fixed, Fixed)> = form
        .items
        .iter()
        .filter_map(|item| {
            let group = item.groups.iter().find(|group| group.group == RaterGroup::Supervisor)?;
            Some((group.points?, item.weight))
        })
        .collect();
    let weights = given.iter().try_fold(Fixed::ZERO, |sum, (_, weight)| sum.checked_add(*weight))?;
    Fixed::sum_of_products_per(given, weights)
}

//! How an agent's results and figures went over the cycles.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{App, AppError, Change};
use crate::domain::authority::{Act, Reach};
use crate::domain::cycle::CycleState;
use crate::domain::fixed::Fixed;
use crate::domain::interval::Interval;
use crate::domain::metric::Metric;
use crate::domain::money::Money;
use crate::domain::period::Period;
use crate::domain::scorecard::{LineResult, Measure, Scope};
use crate::rules::Ruleset;
use crate::store::{ScorecardDetail, StandingCard};

/// So many cycles are looked back at.
const CYCLES: u64 = 8;

/// What stands of an agent in one cycle.
#[derive(Debug, Clone)]
pub struct CycleOfAgent {
    pub cycle: String,
    pub period: Period,
    pub state: CycleState,
    pub detail: ScorecardDetail,
    /// Where whoever asks may see it.
    pub paid: Option<Money>,
    rules: Arc<Ruleset>,
}

/// A figure over the cycles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCourse {
    /// As the newest cycle's rules define it.
    pub metric: Metric,
    pub scope: Scope,
    pub measure: Measure,
    /// One a cycle, as [`App::course`] gives them.
    pub points: Vec<LinePoint>,
}

/// A figure in one cycle; empty where the line was not on the card or nothing was measured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinePoint {
    pub value: Option<Fixed>,
    pub interval: Option<Interval>,
    /// What the metric was then, where it was something else than in the newest cycle: the values are not to be compared.
    pub other_definition: Option<Metric>,
}

impl App {
    /// What stands of an agent in the last cycles that whoever asks may see, the oldest first; none that begins after `until`. The whole is one
    /// query of rows by index, and for who sees units only, one small one a cycle.
    pub async fn course(&self, employee_number: &str, until: Option<NaiveDate>) -> Result<Vec<CycleOfAgent>, AppError> {
        self.reach(Act::ReadResults)?;
        // Whoever is outside reach looks like somebody who does not exist.
        let Some(agent) = self.store.agent_by_number(employee_number).await? else { return Ok(Vec::new()) };
        let cards = self.store.standing_cards(agent.id, until.unwrap_or(NaiveDate::MAX), CYCLES).await?;
        let mut course = Vec::new();
        for card in cards.into_iter().rev() {
            if !self.sees(&card, Act::ReadResults).await? {
                continue;
            }
            let with_pay = card.paid.is_some() && self.sees(&card, Act::ReadPay).await?;
            let rules = self.rules_by(&card.ruleset_hash).await?;
            let StandingCard { cycle, period, state, detail, paid, .. } = card;
            course.push(CycleOfAgent { cycle, period, state, detail, paid: paid.filter(|_| with_pay), rules });
        }
        let listed = |cycles: &mut dyn Iterator<Item = &CycleOfAgent>| {
            cycles.map(|one| one.cycle.as_str()).collect::<Vec<_>>().join(",")
        };
        let (seen, paid) = (listed(&mut course.iter()), listed(&mut course.iter().filter(|one| one.paid.is_some())));
        if !seen.is_empty() {
            let read = Change::new("agent.read_course", "agent", employee_number);
            let read = read.detail(format_args!("cycles={seen} pay={paid}"));
            self.recorded_read_of(agent.id, read).await?;
        }
        Ok(course)
    }

    async fn sees(&self, card: &StandingCard, act: Act) -> Result<bool, AppError> {
        let mut reach: Reach = self.actor.reach_results(act, card.state);
        // While units are published one after the other, agents of the others wait.
        if card.state == CycleState::Published && !card.published {
            reach.agent = None;
        }
        let summary = &card.detail.summary;
        self.within(card.run_id, &reach, Some((Some(summary.agent_id), summary.unit_id))).await
    }
}

/// The figures of the newest cycle's card over the cycles; of several stretches, the last counts.
pub fn line_courses(course: &[CycleOfAgent]) -> Vec<LineCourse> {
    let Some(newest) = course.last() else { return Vec::new() };
    let lines = newest.detail.result.last_card().map(|card| card.lines.as_slice()).unwrap_or_default();
    let known = lines.iter().filter_map(|line| Some((line, newest.rules.metric(&line.metric)?)));
    known
        .map(|(line, metric)| LineCourse {
            metric: metric.clone(),
            scope: line.scope,
            measure: line.measure,
            points: course.iter().map(|cycle| point(cycle, line, metric)).collect(),
        })
        .collect()
}

fn point(cycle: &CycleOfAgent, newest: &LineResult, metric: &Metric) -> LinePoint {
    let lines = cycle.detail.result.last_card().map(|card| card.lines.as_slice()).unwrap_or_default();
    let same = |line: &&LineResult| {
        line.metric == newest.metric && line.scope == newest.scope && line.measure == newest.measure
    };
    let Some(line) = lines.iter().find(same) else { return LinePoint::default() };
    let then = cycle.rules.metric(&line.metric);
    let other_definition = then.filter(|then| !then.measures_the_same(metric)).cloned();
    LinePoint { value: line.value, interval: line.interval, other_definition }
}

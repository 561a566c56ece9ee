//! Late facts: what roster and facts say today beside what stands of a cycle. Both are read in order of agent, side by side.

use std::collections::{BTreeMap, VecDeque};

use super::super::assess::Stretch;
use super::super::figures::Pooling;
use super::super::read::number;
use super::super::snapshot::{CHUNK, frozen_stretches, member_of};
use super::super::{App, AppError, Change, Slice};
use crate::domain::authority::Act;
use crate::domain::fact::Pooled;
use crate::domain::metric::MetricId;
use crate::domain::period::Period;
use crate::store::{Cycle, LiveAgent, LiveView, Page, Run, Store};

/// An agent of whom something else is known today than what their result was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateAgent {
    pub agent_id: i64,
    pub employee_number: String,
    /// Whether assignments or leave are others.
    pub roster: bool,
    /// Whether the agent has a result in the cycle that can be corrected.
    pub has_result: bool,
    /// In order of metric.
    pub metrics: Vec<LateMetric>,
}

/// A metric whose facts of the cycle are others; `None` where there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateMetric {
    pub metric: String,
    pub before: Option<Pooled>,
    pub now: Option<Pooled>,
}

/// A page of them; the key of an agent is the internal number.
pub type LateFacts = Page<LateAgent>;

/// What an agent's result was made from, or is made from today.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    agent_id: i64,
    employee_number: String,
    stretches: Vec<Stretch>,
    leave: Vec<Period>,
}

/// Frozen agents in order of id; where a revision stands, what that was made from.
struct Frozen<'a> {
    store: &'a Store,
    run: &'a Run,
    after: Option<i64>,
    waiting: VecDeque<(Known, bool)>,
}

impl Frozen<'_> {
    /// The id of the next agent.
    async fn peek(&mut self) -> Result<Option<i64>, AppError> {
        if self.waiting.is_empty() {
            let rows = self.store.snapshot_chunk(self.run.id, self.after, CHUNK).await?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
            let range = (first.agent_id, last.agent_id);
            self.after = Some(last.agent_id);
            let standing = self.store.standing_agents(self.run.cycle_id, range).await?;
            let standing: BTreeMap<i64, Option<i64>> =
                standing.into_iter().map(|agent| (agent.agent_id, agent.revised_run_id)).collect();
            let revised = self.store.revised_snapshots(self.run.cycle_id, range).await?;
            let mut revised: BTreeMap<i64, _> = revised.into_iter().map(|row| (row.agent_id, row)).collect();
            for row in rows {
                let has_result = standing.contains_key(&row.agent_id);
                let member = member_of(&revised.remove(&row.agent_id).unwrap_or(row))?;
                let known = Known {
                    agent_id: member.agent_id,
                    employee_number: member.snapshot.employee_number,
                    stretches: member.snapshot.stretches,
                    leave: member.snapshot.leave,
                };
                self.waiting.push_back((known, has_result));
            }
        }
        Ok(self.waiting.front().map(|(known, _)| known.agent_id))
    }
}

/// Agents as roster and facts have them now, in order of id.
struct Live<'a> {
    store: &'a Store,
    view: LiveView,
    period: Period,
    codes: BTreeMap<i64, String>,
    after: Option<i64>,
    waiting: VecDeque<Known>,
}

impl Live<'_> {
    /// The id of the next agent.
    async fn peek(&mut self) -> Result<Option<i64>, AppError> {
        if self.waiting.is_empty() {
            let agents = self.view.agents(self.after, CHUNK).await?;
            let (Some(first), Some(last)) = (agents.first(), agents.last()) else { return Ok(None) };
            let range = (first.agent_id, last.agent_id);
            self.after = Some(last.agent_id);
            let mut leave: BTreeMap<i64, Vec<Period>> = BTreeMap::new();
            for absence in self.store.absences_of(range.0, range.1, self.period).await? {
                leave.entry(absence.agent_id).or_default().push(absence.period);
            }
            for LiveAgent { agent_id, employee_number, attributes: _, stretches } in agents {
                let stretches = frozen_stretches(&self.codes, stretches);
                let leave = leave.remove(&agent_id).unwrap_or_default();
                self.waiting.push_back(Known { agent_id, employee_number, stretches, leave });
            }
        }
        Ok(self.waiting.front().map(|known| known.agent_id))
    }
}

impl App {
    /// Agents of whom something else is known today than what their result of a cycle was made from, in order of internal number.
    pub async fn late_facts(&self, code: &str, slice: &Slice) -> Result<LateFacts, AppError> {
        self.require(Act::Correct)?;
        let cycle = self.cycle(code).await?;
        let run = self.current_run(&cycle).await?;
        let after = slice.after.as_deref().map(number).transpose()?;
        let page = self.late(&cycle, &run, after, slice.limit.into()).await?;
        let detail = format!("after={} rows={}", after.unwrap_or_default(), page.rows.len());
        self.recorded_read(Change::new("cycle.read_late_facts", "cycle", code).detail(detail)).await?;
        Ok(page)
    }

    /// How many agents the cycle's snapshot holds: to look for what came late goes through all of them.
    pub async fn frozen_agents(&self, code: &str) -> Result<u64, AppError> {
        self.require(Act::Correct)?;
        let cycle = self.cycle(code).await?;
        let run = self.current_run(&cycle).await?;
        Ok(u64::try_from(run.agents).unwrap_or_default())
    }

    /// At most `limit` of them after the agent of this id.
    pub(super) async fn late(
        &self,
        cycle: &Cycle,
        run: &Run,
        after: Option<i64>,
        limit: u64,
    ) -> Result<LateFacts, AppError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let view = self.store.live_view(cycle.period).await?;
        // The unit's name of today, for it may be one that the run does not have.
        let codes = view.units().await?.into_iter().map(|unit| (unit.unit_id, unit.code)).collect();
        let waiting = VecDeque::new();
        let mut live = Live { store: &self.store, view, period: cycle.period, codes, after, waiting };
        let mut frozen = Frozen { store: &self.store, run, after, waiting: VecDeque::new() };
        let mut rows = Vec::new();
        while rows.len() <= limit {
            let (was, is) = match (frozen.peek().await?, live.peek().await?) {
                (None, None) => return Ok(Page { rows, more: false }),
                (Some(was), Some(is)) if was == is => (frozen.waiting.pop_front(), live.waiting.pop_front()),
                (Some(was), Some(is)) if was > is => (None, live.waiting.pop_front()),
                (None, Some(_)) => (None, live.waiting.pop_front()),
                _ => (frozen.waiting.pop_front(), None),
            };
            rows.extend(compare(was, is)?);
        }
        rows.truncate(limit);
        Ok(Page { rows, more: true })
    }
}

/// What is different; `None` where nothing is.
fn compare(was: Option<(Known, bool)>, is: Option<Known>) -> Result<Option<LateAgent>, AppError> {
    let (was, has_result) = was.map_or((None, false), |(known, has_result)| (Some(known), has_result));
    if was == is {
        return Ok(None);
    }
    let Some(named) = was.as_ref().or(is.as_ref()) else { return Ok(None) };
    let (agent_id, employee_number) = (named.agent_id, named.employee_number.clone());
    let (before, now) = (totals(was.as_ref())?, totals(is.as_ref())?);
    let names = before.keys().chain(now.keys()).collect::<std::collections::BTreeSet<_>>();
    let metrics = names.into_iter().filter(|metric| before.get(*metric) != now.get(*metric));
    let metrics = metrics.map(|metric| LateMetric {
        metric: metric.to_string(),
        before: before.get(metric).copied(),
        now: now.get(metric).copied(),
    });
    let roster = places(was.as_ref()) != places(is.as_ref());
    Ok(Some(LateAgent { agent_id, employee_number, roster, has_result, metrics: metrics.collect() }))
}

/// Facts by metric, over all stretches and segments.
fn totals(known: Option<&Known>) -> Result<BTreeMap<MetricId, Pooled>, AppError> {
    let Some(known) = known else { return Ok(BTreeMap::new()) };
    let pooled = Pooling::of(&known.employee_number, known.stretches.iter().flat_map(|stretch| &stretch.facts))?;
    Ok(pooled.totals().map(|(metric, total)| (metric.clone(), *total)).collect())
}

/// Assignments without their facts, and leave.
fn places(known: Option<&Known>) -> Option<(Vec<Stretch>, &[Period])> {
    let known = known?;
    let bare = known.stretches.iter().map(|stretch| Stretch { facts: Vec::new(), ..stretch.clone() });
    Some((bare.collect(), &known.leave))
}

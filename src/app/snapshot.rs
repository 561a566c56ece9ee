//! A run's snapshot as the assessor needs it, a chunk of agents at a time, and the digests that say what was seen.

use std::collections::BTreeMap;
use std::mem;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::assess::{AgentSnapshot, Facts, Stretch};
use super::tokens::hex;
use super::{AppError, AssessError};
use crate::domain::fact::Pooled;
use crate::domain::fixed::Fixed;
use crate::domain::improvement::History;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::Scope;
use crate::store::{AgentStretches, PastLine, Run, RunFact, RunUnit, Store, UnitFact};

/// Agents read, assessed and written together.
const CHUNK: u64 = 2_000;

/// The snapshot of one run.
pub(super) struct Snapshot<'a> {
    store: &'a Store,
    run: &'a Run,
    codes: BTreeMap<i64, String>,
    /// Facts pooled over each unit and everything below it, by the unit's code.
    pub units: BTreeMap<String, Facts>,
}

/// An agent of a snapshot with the ids the store knows it by.
pub(super) struct Member {
    pub agent_id: i64,
    /// Of the last stretch.
    pub unit_id: i64,
    pub snapshot: AgentSnapshot,
}

impl<'a> Snapshot<'a> {
    pub(super) async fn open(store: &'a Store, run: &'a Run) -> Result<Self, AppError> {
        let units = store.run_units(run.id).await?;
        let facts = store.unit_facts(run.id).await?;
        let codes = units.iter().map(|unit| (unit.unit_id, unit.code.clone())).collect();
        Ok(Self { store, run, units: roll_up(&units, &facts)?, codes })
    }

    /// The agents after `after`, in order of id; empty at the end.
    pub(super) async fn chunk(&self, after: Option<i64>) -> Result<Vec<Member>, AppError> {
        let agents = self.store.stretches_chunk(self.run.id, after, CHUNK).await?;
        let (Some(first), Some(last)) = (agents.first(), agents.last()) else { return Ok(Vec::new()) };
        let (first, last) = (first.agent_id, last.agent_id);
        let mut facts = self.store.facts_chunk(self.run.id, first, last).await?.into_iter().peekable();
        let mut past = self.store.value_history(&self.run.history_run_ids, first, last).await?.into_iter().peekable();
        let mut members = Vec::with_capacity(agents.len());
        for agent in agents {
            let id = agent.agent_id;
            let facts: Vec<RunFact> = std::iter::from_fn(|| facts.next_if(|fact| fact.agent_id == id)).collect();
            // Earlier cycles had people who have left since.
            while past.next_if(|line| line.agent_id < id).is_some() {}
            let past: Vec<PastLine> = std::iter::from_fn(|| past.next_if(|line| line.agent_id == id)).collect();
            members.push(self.member(agent, &facts, &past)?);
        }
        Ok(members)
    }

    fn member(&self, agent: AgentStretches, facts: &[RunFact], past: &[PastLine]) -> Result<Member, AppError> {
        let AgentStretches { agent_id, employee_number, stretches } = agent;
        let unit_id = stretches.last().map(|stretch| stretch.unit_id).unwrap_or_default();
        let mut seen = Vec::with_capacity(stretches.len());
        for stretch in stretches {
            let within = facts.iter().filter(|fact| fact.stretch == stretch.stretch);
            seen.push(Stretch {
                unit: self.codes.get(&stretch.unit_id).cloned().unwrap_or_default(),
                post: stretch.post,
                period: stretch.period,
                fte: stretch.fte,
                target_minor: stretch.target_minor,
                currency: stretch.currency,
                facts: pool(&employee_number, within.map(|fact| (&fact.metric, &fact.pooled)))?,
            });
        }
        let history = self.history(past);
        Ok(Member { agent_id, unit_id, snapshot: AgentSnapshot { employee_number, stretches: seen, history } })
    }

    /// Own values of the earlier runs, one place a run, whether or not it has a value.
    fn history(&self, past: &[PastLine]) -> Vec<History> {
        let runs = &self.run.history_run_ids;
        let mut histories: BTreeMap<MetricId, History> = BTreeMap::new();
        for line in past.iter().filter(|line| line.scope == Scope::Own) {
            let history = histories.entry(line.metric.clone()).or_insert_with(|| History {
                metric: line.metric.clone(),
                weight: Fixed::ZERO,
                periods: vec![None; runs.len()],
            });
            let place = runs.iter().position(|run| *run == line.run_id);
            if let Some(period) = place.and_then(|place| history.periods.get_mut(place)) {
                *period = Some(line.past.clone());
            }
        }
        histories.into_values().collect()
    }
}

/// Sums by metric; segments of one metric are added up.
fn pool<'f>(whose: &str, facts: impl Iterator<Item = (&'f MetricId, &'f Pooled)>) -> Result<Facts, AppError> {
    let mut pooled = Facts::new();
    for (metric, fact) in facts {
        add(&mut pooled, whose, metric, fact)?;
    }
    Ok(pooled)
}

fn add(pooled: &mut Facts, whose: &str, metric: &MetricId, fact: &Pooled) -> Result<(), AppError> {
    let sum = pooled.get(metric).copied().unwrap_or_default().checked_add(fact);
    let sum = sum.ok_or_else(|| AssessError::Overflow { agent: whose.to_owned(), metric: metric.clone() })?;
    pooled.insert(metric.clone(), sum);
    Ok(())
}

/// Each unit's own facts, added to it and to every unit above it.
fn roll_up(units: &[RunUnit], facts: &[UnitFact]) -> Result<BTreeMap<String, Facts>, AppError> {
    let by_id: BTreeMap<i64, &RunUnit> = units.iter().map(|unit| (unit.unit_id, unit)).collect();
    let mut rolled: BTreeMap<String, Facts> = BTreeMap::new();
    for fact in facts {
        let mut at = by_id.get(&fact.unit_id);
        // The tree is no deeper than it has units; a loop, which imports refuse, would end here.
        for _ in units {
            let Some(unit) = at else { break };
            add(rolled.entry(unit.code.clone()).or_default(), &unit.code, &fact.metric, &fact.pooled)?;
            at = unit.parent_id.and_then(|parent| by_id.get(&parent));
        }
    }
    Ok(rolled)
}

/// A digest over many agents that does not depend on the order they come in.
#[derive(Default)]
pub(super) struct Digests(Vec<(String, [u8; 32])>);

impl Digests {
    /// Adds one agent's part as canonical JSON.
    pub(super) fn add(&mut self, employee_number: &str, part: &impl Serialize) -> Result<(), AppError> {
        self.0.push((employee_number.to_owned(), Sha256::digest(serde_json::to_vec(part)?).into()));
        Ok(())
    }

    /// The digest of all, in order of employee number.
    pub(super) fn finish(&mut self) -> String {
        let mut parts = mem::take(&mut self.0);
        parts.sort();
        let mut whole = Sha256::new();
        for (employee_number, digest) in parts {
            whole.update(employee_number.as_bytes());
            whole.update([0]);
            whole.update(digest);
        }
        hex(&whole.finalize())
    }
}

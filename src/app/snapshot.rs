//! A run's snapshot: taken from the live roster and facts, kept packed, and read back a chunk of agents at a time.

use std::collections::BTreeMap;
use std::mem;

use sha2::{Digest as _, Sha256};

use super::AppError;
use super::assess::{AgentSnapshot, Facts, Stretch, add};
use super::parallel::{Writing, on_all_cores};
use super::tokens::hex;
use crate::domain::fact::SegmentFact;
use crate::domain::fixed::Fixed;
use crate::domain::improvement::History;
use crate::domain::metric::MetricId;
use crate::domain::period::Period;
use crate::domain::scorecard::Scope;
use crate::store::{LiveAgent, LiveStretch, PastLine, Run, RunUnit, SnapshotRow, Store, pack, unpack};

/// Agents read, assessed and written together.
pub(super) const CHUNK: u64 = 2_000;
const WHAT: &str = "the snapshot of an agent";

/// The snapshot of one run.
pub(super) struct Snapshot<'a> {
    store: &'a Store,
    run: &'a Run,
    /// Facts pooled over each unit and everything below it, by the unit's code.
    pub units: BTreeMap<String, Facts>,
    /// Digest of all agents' snapshots.
    pub hash: String,
}

/// An agent of a snapshot with the ids the store knows it by.
pub(super) struct Member {
    pub agent_id: i64,
    /// Of the last stretch.
    pub unit_id: i64,
    pub snapshot: AgentSnapshot,
}

/// What all agents of a snapshot have in common, gathered while they pass by.
struct Gathering {
    units: Vec<RunUnit>,
    own: BTreeMap<String, Facts>,
    digests: Digests,
}

impl<'a> Snapshot<'a> {
    /// Takes the snapshot of a running run: units, assignments cut to the cycle's days, facts pooled over them, values of earlier
    /// cycles; all as they stand at one moment.
    pub(super) async fn take(store: &'a Store, run: &'a Run, period: Period) -> Result<Self, AppError> {
        let live = store.live_view(period).await?;
        let mut gathering = Gathering::of(live.units().await?);
        store.write_run_units(run.id, &gathering.units).await?;
        let codes = gathering.codes();
        let mut after = None;
        let mut writing = Writing::default();
        loop {
            let agents = live.agents(after, CHUNK).await?;
            let (Some(first), Some(last)) = (agents.first(), agents.last()) else { break };
            let past = store.value_history(&run.history_run_ids, first.agent_id, last.agent_id).await?;
            after = Some(last.agent_id);
            let members = members(run, &codes, agents, past);
            let rows = tokio::task::block_in_place(|| on_all_cores(&members, row))?;
            gathering.add(members.iter().map(|member| &member.snapshot).zip(&rows))?;
            let (store, run_id) = (store.clone(), run.id);
            writing.next(async move { store.write_snapshot(run_id, rows).await }).await?;
        }
        writing.end().await?;
        gathering.finish(store, run)
    }

    /// The snapshot a run took.
    pub(super) async fn open(store: &'a Store, run: &'a Run) -> Result<Self, AppError> {
        let mut gathering = Gathering::of(store.run_units(run.id).await?);
        let mut after = None;
        loop {
            let rows = store.snapshot_chunk(run.id, after, CHUNK).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.agent_id);
            let snapshots = tokio::task::block_in_place(|| on_all_cores(&rows, read))?;
            gathering.add(snapshots.iter().zip(&rows))?;
        }
        gathering.finish(store, run)
    }

    /// The agents after `after`, in order of id; empty at the end.
    pub(super) async fn chunk(&self, after: Option<i64>) -> Result<Vec<Member>, AppError> {
        let rows = self.store.snapshot_chunk(self.run.id, after, CHUNK).await?;
        tokio::task::block_in_place(|| {
            on_all_cores(&rows, |row| Ok(Member { agent_id: row.agent_id, unit_id: row.unit_id, snapshot: read(row)? }))
        })
    }
}

fn read(row: &SnapshotRow) -> Result<AgentSnapshot, AppError> {
    Ok(unpack(WHAT, &row.snapshot)?)
}

fn row(member: &Member) -> Result<SnapshotRow, AppError> {
    Ok(SnapshotRow {
        agent_id: member.agent_id,
        employee_number: member.snapshot.employee_number.clone(),
        unit_id: member.unit_id,
        snapshot: pack(WHAT, &member.snapshot)?,
    })
}

/// The agents as the run knows them.
fn members(run: &Run, codes: &BTreeMap<i64, String>, agents: Vec<LiveAgent>, past: Vec<PastLine>) -> Vec<Member> {
    let mut past = past.into_iter().peekable();
    let mut members = Vec::with_capacity(agents.len());
    for agent in agents {
        let id = agent.agent_id;
        // Earlier cycles had people who have left since.
        while past.next_if(|line| line.agent_id < id).is_some() {}
        let past: Vec<PastLine> = std::iter::from_fn(|| past.next_if(|line| line.agent_id == id)).collect();
        members.push(member(run, codes, agent, &past));
    }
    members
}

fn member(run: &Run, codes: &BTreeMap<i64, String>, agent: LiveAgent, past: &[PastLine]) -> Member {
    let LiveAgent { agent_id, employee_number, attributes: _, stretches } = agent;
    let unit_id = stretches.last().map(|stretch| stretch.unit_id).unwrap_or_default();
    let stretch = |stretch: LiveStretch| Stretch {
        unit: codes.get(&stretch.unit_id).cloned().unwrap_or_default(),
        post: stretch.post,
        period: stretch.period,
        fte: stretch.fte,
        target_minor: stretch.target_minor,
        currency: stretch.currency,
        facts: stretch.facts,
    };
    let stretches = stretches.into_iter().map(stretch).collect();
    Member { agent_id, unit_id, snapshot: AgentSnapshot { employee_number, stretches, history: history(run, past) } }
}

/// Own values of the earlier runs, one place a run, whether or not it has a value.
fn history(run: &Run, past: &[PastLine]) -> Vec<History> {
    let runs = &run.history_run_ids;
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

impl Gathering {
    fn of(units: Vec<RunUnit>) -> Self {
        Self { units, own: BTreeMap::new(), digests: Digests::default() }
    }

    fn codes(&self) -> BTreeMap<i64, String> {
        self.units.iter().map(|unit| (unit.unit_id, unit.code.clone())).collect()
    }

    fn add<'m>(&mut self, members: impl Iterator<Item = (&'m AgentSnapshot, &'m SnapshotRow)>) -> Result<(), AppError> {
        for (snapshot, row) in members {
            self.digests.add(&row.employee_number, &row.snapshot);
            for stretch in &snapshot.stretches {
                if !self.own.contains_key(&stretch.unit) {
                    self.own.insert(stretch.unit.clone(), Facts::new());
                }
                let Some(own) = self.own.get_mut(&stretch.unit) else { continue };
                for fact in &stretch.facts {
                    add(own, &stretch.unit, fact)?;
                }
            }
        }
        Ok(())
    }

    fn finish<'a>(mut self, store: &'a Store, run: &'a Run) -> Result<Snapshot<'a>, AppError> {
        Ok(Snapshot { store, run, units: roll_up(&self.units, &self.own)?, hash: self.digests.finish() })
    }
}

/// Each unit's own facts, added to it and to every unit above it.
fn roll_up(units: &[RunUnit], own: &BTreeMap<String, Facts>) -> Result<BTreeMap<String, Facts>, AppError> {
    let by_id: BTreeMap<i64, &RunUnit> = units.iter().map(|unit| (unit.unit_id, unit)).collect();
    let mut rolled: BTreeMap<String, Facts> = BTreeMap::new();
    for unit in units {
        let Some(facts) = own.get(&unit.code) else { continue };
        let mut at = Some(unit);
        // The tree is no deeper than it has units; a loop, which imports refuse, would end here.
        for _ in units {
            let Some(unit) = at else { break };
            let sums = rolled.entry(unit.code.clone()).or_default();
            for (metric, pooled) in facts {
                let fact = SegmentFact { metric: metric.clone(), segment: "".into(), pooled: *pooled };
                add(sums, &unit.code, &fact)?;
            }
            at = unit.parent_id.and_then(|parent| by_id.get(&parent).copied());
        }
    }
    Ok(rolled)
}

/// A digest over many agents that does not depend on the order they come in.
#[derive(Default)]
pub(super) struct Digests(Vec<(String, [u8; 32])>);

impl Digests {
    /// Adds one agent's part.
    pub(super) fn add(&mut self, employee_number: &str, part: &[u8]) {
        self.0.push((employee_number.to_owned(), Sha256::digest(part).into()));
    }

    /// The digest of all, in order of employee number.
    pub(super) fn finish(&mut self) -> String {
        let mut parts = mem::take(&mut self.0);
        parts.sort_unstable();
        let mut whole = Sha256::new();
        for (employee_number, digest) in parts {
            whole.update(employee_number.as_bytes());
            whole.update([0]);
            whole.update(digest);
        }
        hex(&whole.finalize())
    }
}

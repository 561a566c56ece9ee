//! A run's snapshot: taken from the live roster and facts, kept packed, and read back a chunk of agents at a time.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::AppError;
use super::access::hex;
use super::assess::{AgentSnapshot, CarriedLine, Stretch, peer_facts};
use super::figures::{Common, Pooling};
use super::parallel::{Writing, on_all_cores, parts_on_all_cores};
use super::units::{bytes_of, freeze_carried};
use crate::domain::appraisal::{Calibrated, ExemptionReason};
use crate::domain::fixed::Fixed;
use crate::domain::improvement::History;
use crate::domain::judgement::Ratings;
use crate::domain::metric::MetricId;
use crate::domain::peers::{PeerGather, UnitTree};
use crate::domain::period::Period;
use crate::domain::scorecard::{Carried, Scope};
use crate::rules::Ruleset;
use crate::store::{Cycle, LiveAgent, LiveStretch, PastLine, Run, RunUnit, SnapshotRow, Store, pack, unpack};

/// Agents read, assessed and written together.
pub(super) const CHUNK: u64 = 2_000;
const WHAT: &str = "the snapshot of an agent";

/// The snapshot of one run.
pub(super) struct Snapshot<'a> {
    store: &'a Store,
    run: &'a Run,
    pub common: Common,
    /// In order of code.
    pub units: Vec<RunUnit>,
    pub agents: u64,
    /// Digest of all agents' snapshots, of the units and of the benchmarks.
    pub hash: String,
}

/// An agent of a snapshot with the ids the store knows it by.
pub(in crate::app) struct Member {
    pub agent_id: i64,
    /// Of the last stretch.
    pub unit_id: i64,
    pub snapshot: AgentSnapshot,
}

impl<'a> Snapshot<'a> {
    /// Takes the snapshot of a running run: units, assignments cut to the cycle's days, facts pooled over them, leave, ratings, and
    /// values of earlier cycles; roster and facts as they stand at one moment.
    pub(super) async fn take(store: &'a Store, run: &'a Run, cycle: &Cycle, rules: &Ruleset) -> Result<Self, AppError> {
        let live = store.live_view(cycle.period).await?;
        let mut units = live.units().await?;
        freeze_carried(store, run, &mut units).await?;
        let mut gathering = Gathering::of(units, rules);
        store.write_run_units(run.id, &gathering.units).await?;
        let codes = gathering.codes();
        let mut after = None;
        let mut writing = Writing::default();
        loop {
            let agents = live.agents(after, CHUNK).await?;
            let (Some(first), Some(last)) = (agents.first(), agents.last()) else { break };
            let beside = Beside::read(store, run, cycle, (first.agent_id, last.agent_id), rules).await?;
            after = Some(last.agent_id);
            let members: Vec<Member> = agents.into_iter().map(|agent| beside.member(&codes, agent)).collect();
            let rows = tokio::task::block_in_place(|| on_all_cores(&members, row))?;
            tokio::task::block_in_place(|| gathering.add(&members, &rows))?;
            let (store, run_id) = (store.clone(), run.id);
            writing.next(async move { store.write_snapshot(run_id, rows).await }).await?;
        }
        writing.end().await?;
        gathering.finish(store, run).await
    }

    /// The frozen facts again, with what people judged and decided as it stands now.
    pub(super) async fn take_over(
        store: &'a Store,
        frozen: i64,
        run: &'a Run,
        cycle: &Cycle,
        rules: &Ruleset,
    ) -> Result<Self, AppError> {
        let mut gathering = Gathering::of(store.run_units(frozen).await?, rules);
        store.write_run_units(run.id, &gathering.units).await?;
        let mut after = None;
        let mut writing = Writing::default();
        loop {
            let rows = store.snapshot_chunk(frozen, after, CHUNK).await?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else { break };
            let decided = Decided::read(store, cycle, (first.agent_id, last.agent_id)).await?;
            after = Some(last.agent_id);
            let renewed = |row: &SnapshotRow| {
                let mut member = member_of(row)?;
                decided.put(member.agent_id, &mut member.snapshot);
                Ok(member)
            };
            let members: Vec<Member> = tokio::task::block_in_place(|| on_all_cores(&rows, renewed))?;
            let rows = tokio::task::block_in_place(|| on_all_cores(&members, row))?;
            tokio::task::block_in_place(|| gathering.add(&members, &rows))?;
            let (store, run_id) = (store.clone(), run.id);
            writing.next(async move { store.write_snapshot(run_id, rows).await }).await?;
        }
        writing.end().await?;
        gathering.finish(store, run).await
    }

    /// The snapshot a run took, to be assessed by `rules`.
    pub(super) async fn open(store: &'a Store, run: &'a Run, rules: &Ruleset) -> Result<Self, AppError> {
        let mut gathering = Gathering::of(store.run_units(run.id).await?, rules);
        let mut after = None;
        loop {
            let rows = store.snapshot_chunk(run.id, after, CHUNK).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.agent_id);
            let members = tokio::task::block_in_place(|| on_all_cores(&rows, member_of))?;
            tokio::task::block_in_place(|| gathering.add(&members, &rows))?;
        }
        gathering.finish(store, run).await
    }

    /// Codes of the units by id.
    pub(super) fn codes(&self) -> BTreeMap<i64, String> {
        self.units.iter().map(|unit| (unit.unit_id, unit.code.clone())).collect()
    }

    /// The agents after `after`, in order of id; empty at the end.
    pub(super) async fn chunk(&self, after: Option<i64>) -> Result<Vec<Member>, AppError> {
        let rows = self.store.snapshot_chunk(self.run.id, after, CHUNK).await?;
        tokio::task::block_in_place(|| on_all_cores(&rows, member_of))
    }
}

/// Live stretches as a snapshot keeps them; a unit that the codes do not have is one without a code.
pub(super) fn frozen_stretches(codes: &BTreeMap<i64, String>, stretches: Vec<LiveStretch>) -> Vec<Stretch> {
    let stretch = |stretch: LiveStretch| Stretch {
        unit: codes.get(&stretch.unit_id).cloned().unwrap_or_default(),
        post: stretch.post,
        period: stretch.period,
        fte: stretch.fte,
        target_minor: stretch.target_minor,
        currency: stretch.currency,
        facts: stretch.facts,
    };
    stretches.into_iter().map(stretch).collect()
}

/// The store writes this object itself; what is no object of texts groups nobody.
pub(super) fn frozen_attributes(attributes: &str) -> BTreeMap<String, String> {
    serde_json::from_str(attributes).unwrap_or_default()
}

pub(super) fn member_of(row: &SnapshotRow) -> Result<Member, AppError> {
    Ok(Member { agent_id: row.agent_id, unit_id: row.unit_id, snapshot: unpack(WHAT, &row.snapshot)? })
}

pub(super) fn row(member: &Member) -> Result<SnapshotRow, AppError> {
    Ok(SnapshotRow {
        agent_id: member.agent_id,
        employee_number: member.snapshot.employee_number.clone(),
        unit_id: member.unit_id,
        snapshot: pack(WHAT, &member.snapshot)?,
    })
}

/// What is known of a chunk of agents beside roster and facts, by agent id.
struct Beside {
    /// Runs whose values the rules of improvement plans look at, oldest first.
    looked_back: Vec<i64>,
    previous: Option<i64>,
    past: BTreeMap<i64, Vec<PastLine>>,
    leave: BTreeMap<i64, Vec<Period>>,
    decided: Decided,
}

/// What people judged and decided of a chunk of agents, by agent id: all that a scoring of frozen facts reads anew.
#[derive(Default)]
struct Decided {
    exempt: BTreeMap<i64, ExemptionReason>,
    calibrated: BTreeMap<i64, Calibrated>,
    ratings: BTreeMap<i64, BTreeMap<Arc<str>, Ratings>>,
}

impl Decided {
    async fn read(store: &Store, cycle: &Cycle, (first, last): (i64, i64)) -> Result<Self, AppError> {
        let mut decided = Self::default();
        for exemption in store.exemptions_of(cycle.id, first, last).await? {
            decided.exempt.insert(exemption.agent_id, exemption.reason);
        }
        decided.calibrated.extend(store.calibrated_of(cycle.id, first, last).await?);
        for given in store.ratings_of(cycle.id, first, last).await? {
            decided.ratings.entry(given.agent_id).or_default().insert(given.form, given.ratings);
        }
        Ok(decided)
    }

    fn put(&self, agent_id: i64, snapshot: &mut AgentSnapshot) {
        snapshot.exempt = self.exempt.get(&agent_id).copied();
        snapshot.calibrated = self.calibrated.get(&agent_id).cloned();
        snapshot.ratings = self.ratings.get(&agent_id).cloned().unwrap_or_default();
    }
}

impl Beside {
    async fn read(
        store: &Store,
        run: &Run,
        cycle: &Cycle,
        (first, last): (i64, i64),
        rules: &Ruleset,
    ) -> Result<Self, AppError> {
        let runs = &run.history_run_ids;
        let looked_back = usize::try_from(rules.improvement.of_periods.saturating_sub(1)).unwrap_or(usize::MAX);
        let mut beside = Self {
            looked_back: runs.iter().rev().take(looked_back).rev().copied().collect(),
            previous: runs.last().copied(),
            past: BTreeMap::new(),
            leave: BTreeMap::new(),
            decided: Decided::read(store, cycle, (first, last)).await?,
        };
        for line in store.line_history(runs, first, last).await? {
            beside.past.entry(line.agent_id).or_default().push(line);
        }
        for leave in store.absences_of(first, last, cycle.period).await? {
            beside.leave.entry(leave.agent_id).or_default().push(leave.period);
        }
        Ok(beside)
    }

    fn member(&self, codes: &BTreeMap<i64, String>, agent: LiveAgent) -> Member {
        let LiveAgent { agent_id, employee_number, attributes, stretches } = agent;
        let unit_id = stretches.last().map(|stretch| stretch.unit_id).unwrap_or_default();
        let past = self.past.get(&agent_id).map(Vec::as_slice).unwrap_or_default();
        let mut snapshot = AgentSnapshot {
            employee_number,
            stretches: frozen_stretches(codes, stretches),
            leave: self.leave.get(&agent_id).cloned().unwrap_or_default(),
            exempt: None,
            calibrated: None,
            attributes: frozen_attributes(&attributes),
            ratings: BTreeMap::new(),
            history: self.history(past),
            carried: self.carried(past),
            left_out: Vec::new(),
        };
        self.decided.put(agent_id, &mut snapshot);
        Member { agent_id, unit_id, snapshot }
    }

    /// Own values of the earlier runs, one place a run, whether or not it has a value.
    fn history(&self, past: &[PastLine]) -> Vec<History> {
        let mut histories: BTreeMap<MetricId, History> = BTreeMap::new();
        for line in past.iter().filter(|line| line.scope == Scope::Own && line.past.is_some()) {
            let Some(place) = self.looked_back.iter().position(|run| *run == line.run_id) else { continue };
            let history = histories.entry(line.metric.clone()).or_insert_with(|| History {
                metric: line.metric.clone(),
                weight: Fixed::ZERO,
                periods: vec![None; self.looked_back.len()],
            });
            if let Some(period) = history.periods.get_mut(place) {
                period.clone_from(&line.past);
            }
        }
        histories.into_values().collect()
    }

    /// The points of the cycle just before.
    fn carried(&self, past: &[PastLine]) -> Vec<CarriedLine> {
        let previous = past.iter().filter(|line| Some(line.run_id) == self.previous);
        let carried = previous.filter_map(|line| {
            let carried = Carried { points: line.points?, from: Arc::clone(&line.cycle) };
            Some(CarriedLine { line: Arc::clone(&line.line), carried })
        });
        carried.collect()
    }
}

/// What all agents of a snapshot have in common, gathered while they pass by.
struct Gathering<'r> {
    rules: &'r Ruleset,
    units: Vec<RunUnit>,
    agents: u64,
    part: Part,
    digests: Digests,
    common: Common,
}

/// What some of the agents add to it.
#[derive(Default)]
struct Part {
    own: BTreeMap<String, Pooling>,
    peers: PeerGather,
}

impl Part {
    fn add(&mut self, rules: &Ruleset, common: &Common, snapshot: &AgentSnapshot) -> Result<(), AppError> {
        for stretch in &snapshot.stretches {
            if !self.own.contains_key(&stretch.unit) {
                self.own.insert(stretch.unit.clone(), Pooling::default());
            }
            let Some(own) = self.own.get_mut(&stretch.unit) else { continue };
            for fact in &stretch.facts {
                own.add(&stretch.unit, &fact.metric, &fact.segment, &fact.pooled)?;
            }
        }
        let measured = snapshot.measured(rules);
        let Some((last, Ok(group))) = measured.last().zip(snapshot.peer_group(&measured, common)) else {
            return Ok(());
        };
        let facts = peer_facts(&snapshot.employee_number, &measured, last.card)?;
        for (metric, pooled) in facts.totals() {
            let Some(metric) = rules.metric(metric) else { continue };
            if last.card.lines.iter().any(|line| line.scope == Scope::Own && line.metric == metric.id) {
                self.peers.add(&group, metric, pooled).map_err(super::AssessError::from)?;
            }
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), AppError> {
        for (unit, facts) in other.own {
            self.own.entry(unit.clone()).or_default().add_all(&unit, &facts)?;
        }
        Ok(self.peers.merge(other.peers).map_err(super::AssessError::from)?)
    }
}

impl<'r> Gathering<'r> {
    fn of(units: Vec<RunUnit>, rules: &'r Ruleset) -> Self {
        let codes: BTreeMap<i64, String> = units.iter().map(|unit| (unit.unit_id, unit.code.clone())).collect();
        let parent = |unit: &RunUnit| unit.parent_id.and_then(|parent| codes.get(&parent).cloned());
        let tree = UnitTree::new(units.iter().map(|unit| (unit.code.clone(), unit.kind.clone(), parent(unit))));
        let common = Common { tree, ..Common::default() };
        Self { rules, units, agents: 0, part: Part::default(), digests: Digests::default(), common }
    }

    fn codes(&self) -> BTreeMap<i64, String> {
        self.units.iter().map(|unit| (unit.unit_id, unit.code.clone())).collect()
    }

    fn add(&mut self, members: &[Member], rows: &[SnapshotRow]) -> Result<(), AppError> {
        self.agents += u64::try_from(rows.len()).unwrap_or_default();
        let digests = on_all_cores(rows, |row| Ok(digest(&row.snapshot)))?;
        for (row, digest) in rows.iter().zip(digests) {
            self.digests.add(&row.employee_number, digest);
        }
        let (rules, common) = (self.rules, &self.common);
        let parts = parts_on_all_cores(members, |part: &mut Part, member| part.add(rules, common, &member.snapshot))?;
        parts.into_iter().try_for_each(|part| self.part.merge(part))
    }

    async fn finish<'a>(mut self, store: &'a Store, run: &'a Run) -> Result<Snapshot<'a>, AppError> {
        let benchmarks = store.benchmarks(run.cycle_id).await?;
        // No employee has an empty number, or one that begins with a NUL.
        self.digests.add("\0units", digest(&bytes_of(&self.units)?));
        self.digests.add("", digest(&pack("the benchmarks", &benchmarks)?));
        self.common.benchmarks =
            benchmarks.into_iter().map(|fact| ((fact.metric, fact.segment), fact.pooled)).collect();
        self.common.units = roll_up(&self.units, &self.part.own)?;
        self.common.peers = self.part.peers.finish();
        let (agents, hash) = (self.agents, self.digests.finish());
        Ok(Snapshot { store, run, common: self.common, units: self.units, agents, hash })
    }
}

/// Each unit's own facts, added to it and to every unit above it.
fn roll_up(units: &[RunUnit], own: &BTreeMap<String, Pooling>) -> Result<BTreeMap<String, Pooling>, AppError> {
    let by_id: BTreeMap<i64, &RunUnit> = units.iter().map(|unit| (unit.unit_id, unit)).collect();
    let mut rolled: BTreeMap<String, Pooling> = BTreeMap::new();
    for unit in units {
        let Some(facts) = own.get(&unit.code) else { continue };
        let mut at = Some(unit);
        // The tree is no deeper than it has units; a loop, which imports refuse, would end here.
        for _ in units {
            let Some(unit) = at else { break };
            rolled.entry(unit.code.clone()).or_default().add_all(&unit.code, facts)?;
            at = unit.parent_id.and_then(|parent| by_id.get(&parent).copied());
        }
    }
    Ok(rolled)
}

pub(super) fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A digest over many agents that does not depend on the order they come in.
#[derive(Default)]
pub(in crate::app) struct Digests(Vec<(String, [u8; 32])>);

impl Digests {
    /// Adds the digest of one agent's part.
    pub(super) fn add(&mut self, employee_number: &str, part: [u8; 32]) {
        self.0.push((employee_number.to_owned(), part));
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

//! What the store's tests build on.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use merit::domain::fact::{Fact, Pooled};
use merit::domain::fixed::Fixed;
use merit::domain::metric::MetricId;
use merit::domain::money::Currency;
use merit::domain::period::Period;
use merit::store::{
    AccountKind, AgentRef, AgentRow, AssignmentRow, CommitPull, Cycle, Doer, FactChanges, FactSet, LiveAgent,
    NewAccount, NewCycle, NewPull, NewRuleset, NewRun, PullCounts, RejectedRow, RosterImport, Run, SnapshotRow, Store,
    StoreError, UnitRow, Window,
};
use uuid::Uuid;

pub(super) fn ids() -> impl FnMut() -> Uuid + Send {
    Uuid::now_v7
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn period(first: &str, last: &str) -> Period {
    Period { first: day(first), last: day(last) }
}

/// With microseconds, so that both engines have something to lose.
pub(super) fn noon() -> DateTime<Utc> {
    Utc.timestamp_micros(1_700_000_000_123_456).unwrap()
}

pub(super) fn fixed(text: &str) -> Fixed {
    text.parse().unwrap()
}

pub(super) fn cny() -> Currency {
    Currency::try_from("CNY".to_owned()).unwrap()
}

pub(super) fn unit(code: &str, parent: Option<&str>) -> UnitRow {
    UnitRow {
        code: code.to_owned(),
        name_en: format!("Unit {code}"),
        name_zh: format!("单位{code}"),
        kind: "team".to_owned(),
        parent: parent.map(str::to_owned),
    }
}

pub(super) fn agent(number: &str) -> AgentRow {
    AgentRow {
        employee_number: number.to_owned(),
        name: format!("Agent {number}"),
        hired: None,
        left: None,
        attributes: None,
        aliases: None,
    }
}

pub(super) fn assignment(number: &str, unit: &str, first: &str, last: Option<&str>) -> AssignmentRow {
    AssignmentRow {
        employee_number: number.to_owned(),
        unit: unit.to_owned(),
        post: "front_line".to_owned(),
        first_day: day(first),
        last_day: last.map(day),
        fte: Fixed::ONE,
        target_minor: 300_000,
        currency: cny(),
    }
}

/// Head office `HQ` over the teams `T1` and `T2`, and agents `A0001` to `A{count}` alternating between the teams.
pub(super) fn company(count: usize) -> RosterImport {
    let numbers: Vec<String> = (1..=count).map(|number| format!("A{number:04}")).collect();
    RosterImport {
        units: vec![unit("T1", Some("HQ")), unit("T2", Some("HQ")), unit("HQ", None)],
        agents: numbers.iter().map(|number| agent(number)).collect(),
        assignments: numbers
            .iter()
            .enumerate()
            .map(|(index, number)| assignment(number, if index % 2 == 0 { "T1" } else { "T2" }, "2023-01-01", None))
            .collect(),
    }
}

/// Takes in a company and returns its agents' ids in order of employee number.
pub(super) async fn settle(store: &Store, count: usize) -> Vec<i64> {
    store.import_roster(&company(count), &mut ids()).await.unwrap();
    store.agent_keys().await.unwrap().into_iter().map(|key| key.id).collect()
}

pub(super) fn pooled(numerator: i64, denominator: i64, samples: i64) -> Pooled {
    Pooled { numerator: Fixed::from_micros(numerator), denominator: Fixed::from_micros(denominator), samples }
}

/// Facts with their own lists.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) agents: Vec<AgentRef>,
    pub(super) metrics: Vec<MetricId>,
    pub(super) segments: Vec<Arc<str>>,
    pub(super) facts: Vec<Fact>,
}

impl Facts {
    pub(super) fn of(agents: &[i64], metrics: &[&str], segments: &[&str]) -> Self {
        Self {
            agents: agents.iter().map(|id| AgentRef::Known(*id)).collect(),
            metrics: metrics.iter().map(|id| MetricId::new(id)).collect(),
            segments: segments.iter().map(|name| (*name).into()).collect(),
            facts: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, agent: usize, metric: usize, on: &str, segment: usize, pooled: Pooled) -> &mut Self {
        let at = |position: usize| u32::try_from(position).unwrap();
        self.facts.push(Fact { agent: at(agent), metric: at(metric), day: day(on), segment: at(segment), pooled });
        self
    }

    pub(super) fn set(&self) -> FactSet<'_> {
        FactSet { agents: &self.agents, metrics: &self.metrics, segments: &self.segments, facts: &self.facts }
    }
}

pub(super) async fn begin(store: &Store, source: &str, window: Window) -> i64 {
    let pull = NewPull { public_id: Uuid::now_v7(), source: source.to_owned(), window, started_at: noon() };
    store.begin_pull(&pull).await.unwrap()
}

pub(super) fn committing<'a>(
    pull_id: i64,
    window: Window,
    facts: &'a Facts,
) -> CommitPull<'a, std::iter::Empty<RejectedRow>> {
    CommitPull {
        pull_id,
        window,
        facts: facts.set(),
        counts: PullCounts::default(),
        reasons: Vec::new(),
        rejected: std::iter::empty(),
        max_removed_percent: 50,
        finished_at: noon(),
    }
}

pub(super) async fn pull_in(
    store: &Store,
    source: &str,
    window: Window,
    facts: &Facts,
) -> Result<FactChanges, StoreError> {
    let pull_id = begin(store, source, window).await;
    store.commit_pull(committing(pull_id, window, facts), &mut ids()).await
}

pub(super) async fn pull(store: &Store, source: &str, facts: &Facts) -> FactChanges {
    pull_in(store, source, Window::ALL, facts).await.unwrap()
}

pub(super) async fn open(store: &Store, code: &str, first: &str, last: &str) -> Cycle {
    let rules = NewRuleset {
        hash: "rules-1".to_owned(),
        canonical: "{}".to_owned(),
        name: None,
        note: None,
        examples_hold: true,
    };
    store.add_ruleset(&rules, noon()).await.unwrap();
    let cycle = NewCycle {
        public_id: Uuid::now_v7(),
        code: code.to_owned(),
        kind: "quarter".to_owned(),
        period: period(first, last),
        ruleset_hash: "rules-1".to_owned(),
        draft: false,
    };
    store.open_cycle_publishing(&cycle, noon()).await.unwrap()
}

pub(super) async fn begin_run(store: &Store, cycle: &Cycle) -> Run {
    let run = NewRun {
        act: merit::domain::cycle::CycleAct::Appraise,
        public_id: Uuid::now_v7(),
        cycle_id: cycle.id,
        ruleset_hash: "rules-1".to_owned(),
        engine_version: "0.1.0".to_owned(),
        history_run_ids: vec![3, 7],
        started_at: noon(),
    };
    store.begin_run(&run).await.unwrap()
}

/// Freezes the roster as it stands; what is packed for each agent does not matter to the store.
pub(super) async fn freeze(store: &Store, run_id: i64) -> Result<(), StoreError> {
    let view = store.live_view(period("2023-07-01", "2023-09-30")).await?;
    store.write_run_units(run_id, &view.units().await?).await?;
    let row = |agent: LiveAgent| SnapshotRow {
        agent_id: agent.agent_id,
        employee_number: agent.employee_number,
        unit_id: agent.stretches[0].unit_id,
        snapshot: vec![1, 0, 255],
    };
    store.write_snapshot(run_id, view.agents(None, 10_000).await?.into_iter().map(row).collect()).await
}

/// A program's account.
pub(super) async fn account(store: &Store, login: &str) -> i64 {
    let new = NewAccount {
        public_id: Uuid::now_v7(),
        kind: AccountKind::Client,
        login: login.to_owned(),
        name: login.to_owned(),
        agent_id: None,
        created_at: noon(),
    };
    store.create_account(&new).await.unwrap().id
}

/// Who does things with cycles in these tests.
pub(super) fn operator() -> Doer {
    Doer::Operator("operator:test".into())
}

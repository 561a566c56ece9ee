//! Freeze a cycle's facts, score every agent from them, and make the run current when all of it is written. Appraising is both in one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use uuid::Uuid;

use super::assess::{Assessment, Assessor};
use super::cycle_acts::audit_code;
use super::parallel::{Writing, on_all_cores};
use super::snapshot::{Digests, Member, Snapshot};
use super::{App, AppError, Change, Clock, ENGINE_VERSION, UnitCounts, count, units};
use crate::domain::appraisal::AppraisalState;
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::domain::cycle::CycleAct;
use crate::domain::money::{Currency, Money};
use crate::rules::Ruleset;
use crate::store::{CompleteRun, Cycle, NewRun, PackedResult, PayoutRow, PlanRow, ResultRow, Run};

/// What an appraisal did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppraisalReport {
    pub revision: i64,
    /// Agents assigned in the cycle.
    pub agents: u64,
    pub scored: u64,
    pub on_hold: u64,
    pub insufficient: u64,
    pub exempt: u64,
    /// Agents whose post no scorecard measures.
    pub without_card: u64,
    /// Scored cards by rating.
    pub ratings: BTreeMap<String, u64>,
    /// Sums of payable amounts, one a currency; empty for somebody who may not see pay.
    pub payable: Vec<Money>,
    pub plans: u64,
    /// Units whose kind a scorecard measures.
    pub units: UnitCounts,
    pub snapshot_hash: String,
    pub result_hash: String,
}

/// What freezing took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreezeReport {
    pub revision: i64,
    /// Agents assigned in the cycle.
    pub agents: u64,
    pub snapshot_hash: String,
}

impl App {
    /// Appraises the cycle by the rules it pinned. Until the last step the cycle's earlier result stands; a run that was
    /// killed is cleared away by the next. `progress` is told how many agents are done,
    /// first 0 when the snapshot is taken.
    pub async fn appraise(&self, code: &str, progress: &(dyn Fn(u64) + Sync)) -> Result<AppraisalReport, AppError> {
        self.run(code, CycleAct::Appraise, progress).await
    }

    /// Takes the snapshot of the facts, and scores nobody. Results of facts frozen before are no longer shown. `progress` as for
    /// [`App::appraise`].
    pub async fn freeze(&self, code: &str, progress: &(dyn Fn(u64) + Sync)) -> Result<FreezeReport, AppError> {
        let AppraisalReport { revision, agents, snapshot_hash, .. } =
            self.run(code, CycleAct::Freeze, progress).await?;
        Ok(FreezeReport { revision, agents, snapshot_hash })
    }

    /// Scores from the frozen facts, and from ratings, exemptions and calibrated ratings as they stand now.
    pub async fn score(&self, code: &str, progress: &(dyn Fn(u64) + Sync)) -> Result<AppraisalReport, AppError> {
        self.run(code, CycleAct::Score, progress).await
    }

    pub(super) async fn run(
        &self,
        code: &str,
        act: CycleAct,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<AppraisalReport, AppError> {
        self.require(Act::Appraise)?;
        let cycle = self.cycle(code).await?;
        let rules = self.pinned_rules(&cycle.ruleset_hash).await?;
        // A command that was killed between opening the cycle and freezing them left none.
        self.freeze_benchmarks(&cycle, &rules).await?;
        // At least the cycle before, whose points lines may carry.
        let before = u64::from(rules.improvement.of_periods.saturating_sub(1)).max(1);
        let earlier = self.store.earlier_runs(cycle.id, before).await?;
        let run = NewRun {
            public_id: self.clock.new_id(),
            act,
            cycle_id: cycle.id,
            ruleset_hash: cycle.ruleset_hash.clone(),
            engine_version: ENGINE_VERSION.to_owned(),
            history_run_ids: earlier.iter().map(|run| run.run_id).collect(),
            started_at: self.clock.now(),
        };
        let run = self.store.begin_run(&run).await?;
        let started = Instant::now();
        let outcome = match act {
            CycleAct::Freeze => self.only_freeze(&cycle, &rules, &run, progress).await,
            _ => self.results_of(&cycle, &rules, &run, act, progress).await,
        };
        count::appraised(outcome.is_ok(), started.elapsed());
        if outcome.is_err() {
            // The error that stopped the run matters more than one that keeps it from being marked.
            if let Err(error) = self.store.fail_run(run.id, self.clock.now()).await {
                tracing::warn!(%error, run = run.id, "the failed run could not be marked; the next run clears it away");
            }
        }
        outcome
    }

    async fn only_freeze(
        &self,
        cycle: &Cycle,
        rules: &Ruleset,
        run: &Run,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<AppraisalReport, AppError> {
        let snapshot = self.unless_stopped(Snapshot::take(&self.store, run, cycle, rules)).await?;
        let report = AppraisalReport {
            revision: run.revision,
            agents: snapshot.agents,
            snapshot_hash: snapshot.hash,
            ..AppraisalReport::default()
        };
        progress(report.agents);
        self.complete(cycle, run, CycleAct::Freeze, &report).await?;
        Ok(report)
    }

    async fn results_of(
        &self,
        cycle: &Cycle,
        rules: &Ruleset,
        run: &Run,
        act: CycleAct,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<AppraisalReport, AppError> {
        let snapshot = match (act, cycle.frozen_run_id) {
            (CycleAct::Score, Some(frozen)) => {
                self.unless_stopped(Snapshot::take_over(&self.store, frozen, run, cycle, rules)).await?
            }
            _ => self.unless_stopped(Snapshot::take(&self.store, run, cycle, rules)).await?,
        };
        progress(0);
        let assessor = Assessor { rules, cycle: cycle.period, common: &snapshot.common };
        let mut report = AppraisalReport { revision: run.revision, ..AppraisalReport::default() };
        let (mut found, mut payable, mut writing) = (Digests::default(), Payable::default(), Writing::default());
        let mut after = None;
        loop {
            let members = snapshot.chunk(after).await?;
            let Some(last) = members.last() else { break };
            after = Some(last.agent_id);
            // Each core also packs what it found and drops the rest, so that this thread has little left to do.
            let outcome = |member: &Member| outcome(&assessor, self.clock, run.id, member);
            let outcomes = tokio::task::block_in_place(|| on_all_cores(&members, outcome))?;
            let mut results = Vec::with_capacity(members.len());
            for outcome in outcomes {
                report.count(outcome.as_ref());
                let Some(outcome) = outcome else { continue };
                found.add(&outcome.employee_number, outcome.digest);
                payable.add(outcome.payable)?;
                results.push(outcome.packed);
            }
            let (store, run_id) = (self.store.clone(), run.id);
            writing.next(async move { store.write_results(run_id, results).await }).await?;
            progress(report.agents);
            self.go_on()?;
        }
        writing.end().await?;
        report.units = units::appraise(&self.store, run, rules, &snapshot, &mut found).await?;
        self.go_on()?;
        if self.may(Act::ReadPay) {
            report.payable = payable.sums();
        }
        report.snapshot_hash = snapshot.hash;
        report.result_hash = found.finish();
        self.complete(cycle, run, act, &report).await?;
        Ok(report)
    }

    async fn complete(
        &self,
        cycle: &Cycle,
        run: &Run,
        act: CycleAct,
        report: &AppraisalReport,
    ) -> Result<(), AppError> {
        let AppraisalReport { snapshot_hash: snapshot, result_hash: result, .. } = report;
        let complete = CompleteRun {
            run_id: run.id,
            act,
            snapshot_hash: snapshot.clone(),
            result_hash: (act != CycleAct::Freeze).then(|| result.clone()),
            agents: i64::try_from(report.agents).unwrap_or(i64::MAX),
            by: self.actor.doer(),
            finished_at: self.clock.now(),
        };
        let change = Change::new(audit_code(act), "cycle", &cycle.code);
        let change = change.detail(format_args!("revision={} snapshot={snapshot} result={result}", run.revision));
        let after = Digest::of_fields(&[("snapshot", snapshot), ("result", result)]);
        let effect = report.told(act);
        Ok(self.recorded_effect(change.after(Some(after)), &effect).complete_run(&complete).await?)
    }

    /// The rules stored under `hash`, unchanged.
    pub(super) async fn pinned_rules(&self, hash: &str) -> Result<Ruleset, AppError> {
        let stored = self.store.ruleset(hash).await?;
        let stored = stored.ok_or_else(|| AppError::refused(format!("the rules {hash} are not in the database")))?;
        Ruleset::from_stored(hash, &stored.canonical).map_err(|error| AppError::refused(error.to_string()))
    }
}

/// What an agent's results come to: for the report, the digest of all, and the store.
struct Outcome {
    employee_number: String,
    state: AppraisalState,
    rating: Option<Arc<str>>,
    payable: Option<Money>,
    planned: bool,
    digest: [u8; 32],
    packed: PackedResult,
}

fn outcome(assessor: &Assessor<'_>, clock: Clock, run_id: i64, member: &Member) -> Result<Option<Outcome>, AppError> {
    let Some(assessment) = assessor.assess(&member.snapshot)? else { return Ok(None) };
    let (unit, row) = row(member, assessment, || clock.new_id());
    let packed = row.packed(run_id)?;
    let paid = row.payout.map(|payout| payout.result).filter(|payout| payout.withheld.is_none());
    Ok(Some(Outcome {
        employee_number: row.employee_number,
        state: row.result.state,
        rating: row.result.rating,
        payable: paid.map(|payout| Money { minor: payout.amount_minor, currency: payout.currency }),
        planned: row.plan.is_some(),
        digest: packed.digest(&unit),
        packed,
    }))
}

/// The results of a member with the code of their unit.
pub(super) fn row(member: &Member, assessment: Assessment, id: impl Fn() -> Uuid) -> (String, ResultRow) {
    let Assessment { employee_number, unit, post, result, payout, plan } = assessment;
    let row = ResultRow {
        agent_id: member.agent_id,
        employee_number,
        unit_id: member.unit_id,
        post,
        public_id: id(),
        result,
        payout: payout.map(|result| PayoutRow { public_id: id(), result }),
        plan: plan.map(|suggestion| PlanRow { public_id: id(), suggestion }),
    };
    (unit, row)
}

impl AppraisalReport {
    /// As a job tells it: without amounts, for whoever may see a job may not always see pay.
    pub(super) fn told(&self, act: CycleAct) -> Value {
        let Self { revision, agents, snapshot_hash, .. } = self;
        if act == CycleAct::Freeze {
            return json!({ "revision": revision, "agents": agents, "snapshot_hash": snapshot_hash });
        }
        json!({
            "revision": revision,
            "agents": agents,
            "scored": self.scored,
            "on_hold": self.on_hold,
            "insufficient_data": self.insufficient,
            "exempt": self.exempt,
            "without_card": self.without_card,
            "ratings": self.ratings,
            "plans": self.plans,
            "snapshot_hash": snapshot_hash,
            "result_hash": self.result_hash,
        })
    }

    fn count(&mut self, outcome: Option<&Outcome>) {
        self.agents += 1;
        let Some(outcome) = outcome else {
            self.without_card += 1;
            return;
        };
        match outcome.state {
            AppraisalState::Scored => self.scored += 1,
            AppraisalState::OnHold => self.on_hold += 1,
            AppraisalState::InsufficientData => self.insufficient += 1,
            AppraisalState::Exempt => self.exempt += 1,
        }
        if let Some(rating) = &outcome.rating {
            *self.ratings.entry(rating.to_string()).or_default() += 1;
        }
        self.plans += u64::from(outcome.planned);
    }
}

/// Sums of payable amounts by currency.
#[derive(Default)]
struct Payable(BTreeMap<Currency, i64>);

impl Payable {
    fn add(&mut self, payable: Option<Money>) -> Result<(), AppError> {
        let Some(payable) = payable else { return Ok(()) };
        let sum = self.0.entry(payable.currency).or_default();
        let added = sum.checked_add(payable.minor);
        *sum = added.ok_or_else(|| AppError::refused("the sum of payouts is too large to be exact"))?;
        Ok(())
    }

    fn sums(self) -> Vec<Money> {
        self.0.into_iter().map(|(currency, minor)| Money { minor, currency }).collect()
    }
}

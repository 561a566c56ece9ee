//! Appraise: freeze a cycle's facts, assess every agent, and make the run current when all of it is written.

use std::collections::BTreeMap;
use std::time::Instant;

use uuid::Uuid;

use super::assess::{Assessment, Assessor};
use super::parallel::{Writing, on_all_cores};
use super::snapshot::{Digests, Member, Snapshot};
use super::{App, AppError, Change, Clock, ENGINE_VERSION, UnitCounts, count, units};
use crate::domain::appraisal::AppraisalState;
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::domain::money::{Currency, Money};
use crate::rules::Ruleset;
use crate::store::{CompleteRun, Cycle, NewRun, PayoutRow, PlanRow, ResultRow, Run, pack};

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

impl App {
    /// Appraises the cycle by the rules it pinned. Until the last step the cycle's earlier result stands; a run that was
    /// killed is cleared away by the next. `progress` is told how many agents are done,
    /// first 0 when the snapshot is taken.
    pub async fn appraise(&self, code: &str, progress: &(dyn Fn(u64) + Sync)) -> Result<AppraisalReport, AppError> {
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
            cycle_id: cycle.id,
            ruleset_hash: cycle.ruleset_hash.clone(),
            engine_version: ENGINE_VERSION.to_owned(),
            history_run_ids: earlier.iter().map(|run| run.run_id).collect(),
            started_at: self.clock.now(),
        };
        let run = self.store.begin_run(&run).await?;
        let started = Instant::now();
        let outcome = self.run(&cycle, &rules, &run, progress).await;
        count::appraised(outcome.is_ok(), started.elapsed());
        if outcome.is_err() {
            // The error that stopped the run matters more than one that keeps it from being marked.
            if let Err(error) = self.store.fail_run(run.id, self.clock.now()).await {
                tracing::warn!(%error, run = run.id, "the failed run could not be marked; the next run clears it away");
            }
        }
        outcome
    }

    async fn run(
        &self,
        cycle: &Cycle,
        rules: &Ruleset,
        run: &Run,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<AppraisalReport, AppError> {
        let snapshot = Snapshot::take(&self.store, run, cycle, rules).await?;
        progress(0);
        let assessor = Assessor { rules, cycle: cycle.period, common: &snapshot.common };
        let mut report = AppraisalReport { revision: run.revision, ..AppraisalReport::default() };
        let (mut found, mut payable, mut writing) = (Digests::default(), Payable::default(), Writing::default());
        let mut after = None;
        loop {
            let members = snapshot.chunk(after).await?;
            let Some(last) = members.last() else { break };
            after = Some(last.agent_id);
            let assessed = tokio::task::block_in_place(|| on_all_cores(&members, |member| assess(&assessor, member)))?;
            let mut rows = Vec::with_capacity(members.len());
            for (member, assessed) in members.iter().zip(assessed) {
                report.count(assessed.as_ref().map(|(assessment, _)| assessment));
                let Some((assessment, packed)) = assessed else { continue };
                found.add(&assessment.employee_number, &packed);
                payable.add(&assessment)?;
                rows.push(row(self.clock, member, assessment));
            }
            let (store, run_id) = (self.store.clone(), run.id);
            writing.next(async move { store.write_results(run_id, &rows).await }).await?;
            progress(report.agents);
        }
        writing.end().await?;
        report.units = units::appraise(&self.store, run, rules, &snapshot, &mut found).await?;
        if self.may(Act::ReadPay) {
            report.payable = payable.sums();
        }
        report.snapshot_hash = snapshot.hash;
        report.result_hash = found.finish();
        let complete = CompleteRun {
            run_id: run.id,
            snapshot_hash: report.snapshot_hash.clone(),
            result_hash: report.result_hash.clone(),
            agents: i64::try_from(report.agents).unwrap_or(i64::MAX),
            finished_at: self.clock.now(),
        };
        let (snapshot, result) = (&complete.snapshot_hash, &complete.result_hash);
        let change = Change::new("cycle.appraise", "cycle", &cycle.code);
        let change = change.detail(format_args!("revision={} snapshot={snapshot} result={result}", run.revision));
        let after = Digest::of_fields(&[("snapshot", snapshot), ("result", result)]);
        self.recorded(change.after(Some(after))).complete_run(&complete).await?;
        Ok(report)
    }

    /// The rules stored under `hash`, unchanged.
    pub(super) async fn pinned_rules(&self, hash: &str) -> Result<Ruleset, AppError> {
        let stored = self.store.ruleset(hash).await?;
        let stored = stored.ok_or_else(|| AppError::Refused(format!("the rules {hash} are not in the database")))?;
        Ruleset::from_stored(hash, &stored.canonical).map_err(|error| AppError::Refused(error.to_string()))
    }
}

/// A member's results, and the bytes their digest is made of.
pub(super) fn assess(assessor: &Assessor<'_>, member: &Member) -> Result<Option<(Assessment, Vec<u8>)>, AppError> {
    let Some(assessment) = assessor.assess(&member.snapshot)? else { return Ok(None) };
    let packed = pack("a result", &assessment)?;
    Ok(Some((assessment, packed)))
}

fn row(clock: Clock, member: &Member, assessment: Assessment) -> ResultRow {
    let Assessment { employee_number, unit: _, post, result, payout, plan } = assessment;
    let id = || -> Uuid { clock.new_id() };
    ResultRow {
        agent_id: member.agent_id,
        employee_number,
        unit_id: member.unit_id,
        post,
        public_id: id(),
        result,
        payout: payout.map(|result| PayoutRow { public_id: id(), result }),
        plan: plan.map(|suggestion| PlanRow { public_id: id(), suggestion }),
    }
}

impl AppraisalReport {
    fn count(&mut self, assessment: Option<&Assessment>) {
        self.agents += 1;
        let Some(assessment) = assessment else {
            self.without_card += 1;
            return;
        };
        match assessment.result.state {
            AppraisalState::Scored => self.scored += 1,
            AppraisalState::OnHold => self.on_hold += 1,
            AppraisalState::InsufficientData => self.insufficient += 1,
            AppraisalState::Exempt => self.exempt += 1,
        }
        if let Some(rating) = &assessment.result.rating {
            *self.ratings.entry(rating.to_string()).or_default() += 1;
        }
        self.plans += u64::from(assessment.plan.is_some());
    }
}

/// Sums of payable amounts by currency.
#[derive(Default)]
struct Payable(BTreeMap<Currency, i64>);

impl Payable {
    fn add(&mut self, assessment: &Assessment) -> Result<(), AppError> {
        let Some(payout) = assessment.payout.as_ref().filter(|payout| payout.withheld.is_none()) else { return Ok(()) };
        let sum = self.0.entry(payout.currency).or_default();
        let added = sum.checked_add(payout.amount_minor);
        *sum = added.ok_or_else(|| AppError::Refused("the sum of payouts is too large to be exact".into()))?;
        Ok(())
    }

    fn sums(self) -> Vec<Money> {
        self.0.into_iter().map(|(currency, minor)| Money { minor, currency }).collect()
    }
}

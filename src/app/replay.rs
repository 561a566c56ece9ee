//! Replay: the same results again from the stored snapshot and rules, compared byte for byte.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::appraise::row;
use super::assess::{Assessment, Assessor};
use super::parallel::on_all_cores;
use super::revisions::hashes;
use super::snapshot::{CHUNK, Digests, Member, Snapshot, member_of};
use super::units::{Assessed, UnitAssessor};
use super::{App, AppError, Change, ENGINE_VERSION, UnitAssessment, units};
use crate::domain::authority::Act;
use crate::rules::Ruleset;
use crate::store::{ResultRow, Run, UnitResultRow, pack};

/// Differences listed at most; all are counted.
const MOST_LISTED: usize = 50;

/// Digests leave out the run.
const NO_RUN: i64 = 0;

/// A member's results, computed again.
struct Again {
    /// Code of the results' unit.
    unit: String,
    row: ResultRow,
    digest: [u8; 32],
}

impl Again {
    fn of(assessor: &Assessor<'_>, member: &Member) -> Result<Option<Self>, AppError> {
        let Some(assessment) = assessor.assess(&member.snapshot)? else { return Ok(None) };
        let (unit, row) = row(member, assessment, Uuid::nil);
        let digest = row.packed(NO_RUN)?.digest(&unit);
        Ok(Some(Self { unit, row, digest }))
    }
}

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplayReport {
    /// Results recomputed.
    pub agents: u64,
    /// Scorecards of units recomputed.
    pub units: u64,
    /// Results of appeals and corrections recomputed.
    pub revised: u64,
    /// Results that are not the same.
    pub differing: u64,
    /// Where they differ, in words; the first fifty.
    pub differences: Vec<String>,
    pub snapshot_hash: String,
    pub result_hash: String,
}

impl App {
    /// Recomputes the cycle's current results and compares. `progress` is told how many agents are done.
    pub async fn replay(&self, code: &str, progress: &(dyn Fn(u64) + Sync)) -> Result<ReplayReport, AppError> {
        self.require(Act::Replay)?;
        // What differs may be pay.
        self.require(Act::ReadPay)?;
        let cycle = self.cycle(code).await?;
        let run = self.current_run(&cycle).await?;
        if run.engine_version != ENGINE_VERSION {
            return Err(AppError::refused(format!(
                "cycle {code} was appraised by engine {}, this is engine {ENGINE_VERSION}: replay it with the Merit that made it",
                run.engine_version
            )));
        }
        let rules = self.pinned_rules(&run.ruleset_hash).await?;
        let snapshot = Snapshot::open(&self.store, &run, &rules).await?;
        let assessor = Assessor { rules: &rules, cycle: cycle.period, common: &snapshot.common };
        let mut report = ReplayReport::default();
        let mut found = Digests::default();
        let mut after = None;
        loop {
            let members = snapshot.chunk(after).await?;
            let Some(last) = members.last() else { break };
            let stored = self.stored(&run, after, last.agent_id).await?;
            after = Some(last.agent_id);
            let again = |member: &Member| Again::of(&assessor, member);
            let again = tokio::task::block_in_place(|| on_all_cores(&members, again))?;
            for again in again.iter().flatten() {
                found.add(&again.row.employee_number, again.digest);
            }
            report.agents += u64::try_from(members.len()).unwrap_or_default();
            report.compare(&members, stored, again)?;
            progress(report.agents);
        }
        self.replay_units(&run, &rules, &snapshot, &mut found, &mut report).await?;
        for revision in self.store.revision_runs(run.id).await? {
            self.replay_revision(&run, revision, &assessor, &mut report).await?;
        }
        report.snapshot_hash = snapshot.hash;
        report.result_hash = found.finish();
        report.compare_hash("snapshot", run.snapshot_hash.as_deref(), &report.snapshot_hash.clone());
        report.compare_hash("result", run.result_hash.as_deref(), &report.result_hash.clone());
        let (agents, differing) = (report.agents, report.differing);
        let detail = format!("revision={} agents={agents} differing={differing}", run.revision);
        self.recorded_read(Change::new("cycle.replay", "cycle", code).detail(detail)).await?;
        Ok(report)
    }

    /// Recomputes the scorecards of units and compares.
    async fn replay_units(
        &self,
        run: &Run,
        rules: &Ruleset,
        snapshot: &Snapshot<'_>,
        found: &mut Digests,
        report: &mut ReplayReport,
    ) -> Result<(), AppError> {
        let assessor = UnitAssessor::new(rules, snapshot);
        let mut after: Option<&str> = None;
        for units in units::chunks(&snapshot.units) {
            let last = units.last().map(|unit| unit.code.as_str());
            let stored = self.store.unit_results(run.id, after, last).await?;
            after = last;
            let recomputed: Vec<_> = assessor.assess_all(units)?.into_iter().flatten().collect();
            for (assessment, packed) in &recomputed {
                units::digest(found, assessment, packed);
            }
            report.compare_units(&assessor, stored, recomputed)?;
        }
        let beyond = self.store.unit_results(run.id, after, None).await?;
        report.compare_units(&assessor, beyond, Vec::new())
    }

    /// Recomputes the results that a revision put in the place of single agents', from their own snapshots and what all agents of the base run
    /// have in common, and compares.
    async fn replay_revision(
        &self,
        base: &Run,
        run_id: i64,
        assessor: &Assessor<'_>,
        report: &mut ReplayReport,
    ) -> Result<(), AppError> {
        let Some(run) = self.store.run(run_id).await? else { return Ok(()) };
        let mut made = Vec::new();
        let mut after = None;
        loop {
            let rows = self.store.snapshot_chunk(run.id, after, CHUNK).await?;
            let Some(last) = rows.last().map(|row| row.agent_id) else { break };
            let members = rows.iter().map(member_of).collect::<Result<Vec<_>, _>>()?;
            let stored = self.stored(&run, after, last).await?;
            after = Some(last);
            let again = |member: &Member| Again::of(assessor, member);
            let again = tokio::task::block_in_place(|| on_all_cores(&members, again))?;
            made.extend(rows.into_iter().zip(again.iter().map(|again| again.as_ref().map(|again| again.digest))));
            report.revised += u64::try_from(members.len()).unwrap_or_default();
            report.compare(&members, stored, again)?;
        }
        let (snapshot, result) = hashes(base, made.iter().map(|(row, digest)| (row, *digest)));
        let name = |what: &str| format!("{what} of revision {}", run.revision);
        report.compare_hash(&name("snapshot"), run.snapshot_hash.as_deref(), &snapshot);
        report.compare_hash(&name("result"), run.result_hash.as_deref(), &result);
        Ok(())
    }

    /// The stored results of the agents after `after` up to `last`.
    pub(super) async fn stored(&self, run: &Run, after: Option<i64>, last: i64) -> Result<Vec<ResultRow>, AppError> {
        let mut rows = Vec::new();
        let mut after = after;
        loop {
            let chunk = self.store.results_chunk(run.id, after, 1_000).await?;
            let Some(newest) = chunk.last() else { break };
            after = Some(newest.agent_id);
            let beyond = newest.agent_id >= last;
            rows.extend(chunk.into_iter().filter(|row| row.agent_id <= last));
            if beyond {
                break;
            }
        }
        Ok(rows)
    }
}

impl ReplayReport {
    fn compare(
        &mut self,
        members: &[Member],
        stored: Vec<ResultRow>,
        recomputed: Vec<Option<Again>>,
    ) -> Result<(), AppError> {
        let mut stored = stored.into_iter().peekable();
        for (member, recomputed) in members.iter().zip(recomputed) {
            let row = stored.next_if(|row| row.agent_id == member.agent_id);
            let unit = member.snapshot.stretches.last().map(|stretch| stretch.unit.clone()).unwrap_or_default();
            let same_unit = row.as_ref().is_none_or(|row| row.unit_id == member.unit_id);
            let unit = if same_unit { unit } else { String::from("another unit") };
            let was = row.as_ref().map(|row| Ok::<_, AppError>(row.packed(NO_RUN)?.digest(&unit))).transpose()?;
            if was != recomputed.as_ref().map(|again| again.digest) {
                self.differing += 1;
                let row = row.map(|row| as_assessment(row, unit));
                let recomputed = recomputed.map(|again| as_assessment(again.row, again.unit));
                let (was, is) = (serde_json::to_value(&row)?, serde_json::to_value(&recomputed)?);
                self.list(&member.snapshot.employee_number, "", &was, &is);
            }
        }
        for row in stored {
            self.differing += 1;
            self.differences
                .push(format!("{}: a result is stored, but the snapshot has no such agent", row.employee_number));
        }
        Ok(())
    }

    fn compare_units(
        &mut self,
        assessor: &UnitAssessor<'_>,
        stored: Vec<UnitResultRow>,
        recomputed: Vec<Assessed>,
    ) -> Result<(), AppError> {
        let mut stored: BTreeMap<String, UnitResultRow> =
            stored.into_iter().map(|row| (row.code.clone(), row)).collect();
        for (recomputed, packed) in recomputed {
            self.units += 1;
            let Some(row) = stored.remove(&recomputed.code) else {
                self.differing += 1;
                self.differences.push(format!("unit {}: no scorecard is stored", recomputed.code));
                continue;
            };
            let row = as_unit_assessment(row, assessor);
            if pack("the result of a unit", &row)? != packed {
                self.differing += 1;
                let (was, is) = (serde_json::to_value(&row)?, serde_json::to_value(&recomputed)?);
                self.list(&format!("unit {}", recomputed.code), "", &was, &is);
            }
        }
        for code in stored.into_keys() {
            self.differing += 1;
            self.differences.push(format!("unit {code}: a scorecard is stored, but the snapshot gives none"));
        }
        Ok(())
    }

    /// Where two results differ, as paths into their JSON.
    fn list(&mut self, whose: &str, path: &str, was: &Value, is: &Value) {
        if was == is || self.differences.len() >= MOST_LISTED {
            return;
        }
        match (was, is) {
            (Value::Object(was), Value::Object(is)) => {
                for (key, stored) in was {
                    self.list(whose, &format!("{path}/{key}"), stored, is.get(key).unwrap_or(&Value::Null));
                }
                for (key, recomputed) in is.iter().filter(|(key, _)| !was.contains_key(*key)) {
                    self.list(whose, &format!("{path}/{key}"), &Value::Null, recomputed);
                }
            }
            (Value::Array(was), Value::Array(is)) => {
                for index in 0..was.len().max(is.len()) {
                    let at = |list: &[Value]| list.get(index).cloned().unwrap_or(Value::Null);
                    self.list(whose, &format!("{path}/{index}"), &at(was), &at(is));
                }
            }
            _ => self.differences.push(format!("{whose}: {path}: stored {was}, recomputed {is}")),
        }
    }

    fn compare_hash(&mut self, what: &str, stored: Option<&str>, recomputed: &str) {
        if stored != Some(recomputed) {
            let stored = stored.unwrap_or("none");
            self.differences.push(format!("hash of the {what}: stored {stored}, recomputed {recomputed}"));
        }
    }
}

fn as_assessment(row: ResultRow, unit: String) -> Assessment {
    let ResultRow { agent_id: _, employee_number, unit_id: _, post, public_id: _, result, payout, plan } = row;
    Assessment {
        employee_number,
        unit,
        post,
        result,
        payout: payout.map(|payout| payout.result),
        plan: plan.map(|plan| plan.suggestion),
    }
}

fn as_unit_assessment(row: UnitResultRow, assessor: &UnitAssessor<'_>) -> UnitAssessment {
    let UnitResultRow { unit_id, parent_id, code, kind, card } = row;
    // A row that hangs on another unit than its code's is another result.
    let code = if assessor.code(unit_id) == Some(&code) { code } else { String::from("another unit") };
    UnitAssessment { code, kind, parent: parent_id.and_then(|id| assessor.code(id)).map(str::to_owned), card }
}

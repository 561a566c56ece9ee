//! Corrections of final results: new revisions beside the closed figures, with the difference in pay posted in a cycle that is still open.

mod adjustments;
mod late;

pub use late::{LateAgent, LateFacts, LateMetric};

use super::revisions::{Made, PayDifference, Standing, hashes, renew};
use super::snapshot::{CHUNK, Snapshot};
use super::{App, AppError, Assessor, Change};
use crate::app::refusal::{Refusal, Why};
use crate::domain::authority::Act;
use crate::domain::cycle::CycleAct;
use crate::domain::money::Money;
use crate::store::{Cycle, NewAdjustment, NewRevision, RevisedAgent, RevisionKind, Run};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 4_000;

/// Whose results are corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhoIsCorrected {
    /// By employee number.
    Agents(Vec<String>),
    /// Everybody of whom something else is known today.
    AllLate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionOrder<'a> {
    pub cycle: &'a str,
    pub who: WhoIsCorrected,
    pub reason: &'a str,
    /// The cycle that differences in pay are posted in; without it the first that is not yet published.
    pub post_in: Option<&'a str>,
}

/// What a correction did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CorrectionReport {
    /// Numbers of the revisions; several where there were many agents.
    pub revisions: Vec<i64>,
    pub corrected: Vec<CorrectedAgent>,
    /// Employee numbers of those for whom nothing is different.
    pub unchanged: Vec<String>,
    /// Who could not be corrected, and why.
    pub left: Vec<(String, Refusal)>,
    /// The cycle that differences in pay are posted in.
    pub posted_in: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectedAgent {
    pub employee_number: String,
    pub revision: i64,
    /// What is paid beyond what was; empty for somebody who may not see pay.
    pub adjustments: Vec<Money>,
}

/// An agent to be corrected.
struct Candidate {
    agent_id: i64,
    employee_number: String,
}

/// A result that is another now.
struct Corrected {
    stood: Option<i64>,
    made: Made,
    amounts: Vec<Money>,
}

impl App {
    /// Makes new results of a final cycle from roster, leave and facts as they are now; what people judged and decided stays.
    ///
    /// Errors: `Refused` for a cycle that is not final, or where no cycle is open to post differences in pay in.
    pub async fn correct(&self, order: CorrectionOrder<'_>) -> Result<CorrectionReport, AppError> {
        self.require(Act::Correct)?;
        let CorrectionOrder { cycle: code, who, reason, post_in } = order;
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(AppError::invalid(format!("reason: say why in 1 to {LONGEST_REASON} characters"))
                .because(Why::CorrectionReason { most: i64::try_from(LONGEST_REASON).unwrap_or(i64::MAX) }));
        }
        let cycle = self.cycle(code).await?;
        if !cycle.state.is_final() {
            return Err(AppError::refused(format!(
                "cycle {code} is {}: corrections are for final results; until then it is scored anew, or appeals are decided",
                cycle.state
            )).because(Why::NotFinal { state: cycle.state }));
        }
        let base = self.current_run(&cycle).await?;
        super::appeals::same_engine(&base, &cycle)?;
        let posting = self.posting_cycle(post_in).await?;
        let rules = self.pinned_rules(&base.ruleset_hash).await?;
        let opened = Snapshot::open(&self.store, &base, &rules).await?;
        let assessor = Assessor { rules: &rules, cycle: cycle.period, common: &opened.common };
        let codes = opened.codes();
        let mut report = CorrectionReport::default();
        let mut after = None;
        loop {
            let (candidates, last) = self.candidates(&cycle, &base, &who, after, &mut report).await?;
            let mut corrected = Vec::new();
            let view = self.store.live_view(cycle.period).await?;
            for Candidate { agent_id, employee_number } in &candidates {
                let Standing { mut member, stood } = self.standing(&base, *agent_id).await?;
                let before = Made::of(&assessor, self.clock, &member)?;
                let live = view.agents(Some(agent_id - 1), 1).await?;
                let live = live.into_iter().find(|agent| agent.agent_id == *agent_id);
                let leave = self.store.absences_of(*agent_id, *agent_id, cycle.period).await?;
                let leave = leave.into_iter().map(|leave| leave.period).collect();
                let known = member.snapshot.clone();
                match renew(&mut member, live, leave, &codes) {
                    Err(AppError::Refused(why)) => {
                        report.left.push((employee_number.clone(), why));
                        continue;
                    }
                    renewed => renewed?,
                }
                if member.snapshot == known {
                    report.unchanged.push(employee_number.clone());
                    continue;
                }
                let made = Made::of(&assessor, self.clock, &member)?;
                let amounts = PayDifference::between(before.payable, made.payable);
                let too_large =
                    || AppError::refused(format!("{employee_number}: the difference in pay is too large to be exact"));
                let amounts = amounts.iter().map(|pay| pay.amount().ok_or_else(too_large)).collect::<Result<_, _>>()?;
                corrected.push(Corrected { stood, made, amounts });
            }
            drop(view);
            self.keep_corrected(&cycle, &base, corrected, (reason, posting.as_ref()), &mut report).await?;
            after = last;
            if after.is_none() {
                break;
            }
        }
        Ok(report)
    }

    /// The next agents to be corrected, in order of id; and where more follow, the agent after whom.
    async fn candidates(
        &self,
        cycle: &Cycle,
        base: &Run,
        who: &WhoIsCorrected,
        after: Option<i64>,
        report: &mut CorrectionReport,
    ) -> Result<(Vec<Candidate>, Option<i64>), AppError> {
        let mut candidates = Vec::new();
        match who {
            WhoIsCorrected::Agents(numbers) => {
                for employee_number in numbers {
                    let agent_id = self.find_agent(employee_number).await?.id;
                    if self.store.agent_result(cycle.id, agent_id).await?.is_none() {
                        let none =
                            format!("cycle {} has no result of agent '{employee_number}' to correct", cycle.code);
                        return Err(AppError::NotFound(none));
                    }
                    candidates.push(Candidate { agent_id, employee_number: employee_number.clone() });
                }
                candidates.sort_by_key(|candidate| candidate.agent_id);
                candidates.dedup_by_key(|candidate| candidate.agent_id);
                Ok((candidates, None))
            }
            WhoIsCorrected::AllLate => {
                let page = self.late(cycle, base, after, CHUNK).await?;
                let last = page.rows.last().filter(|_| page.more).map(|late| late.agent_id);
                for late in page.rows {
                    match late.has_result {
                        true => candidates
                            .push(Candidate { agent_id: late.agent_id, employee_number: late.employee_number }),
                        false => report.left.push((
                            late.employee_number,
                            Refusal::because("has no result in the cycle", Why::NoResultThere {}),
                        )),
                    }
                }
                Ok((candidates, last))
            }
        }
    }

    async fn keep_corrected(
        &self,
        cycle: &Cycle,
        base: &Run,
        corrected: Vec<Corrected>,
        (reason, posting): (&str, Option<&(i64, String)>),
        report: &mut CorrectionReport,
    ) -> Result<(), AppError> {
        if corrected.is_empty() {
            return Ok(());
        }
        let paying = corrected.iter().any(|agent| !agent.amounts.is_empty());
        let (snapshot_hash, result_hash) =
            hashes(base, corrected.iter().map(|agent| (&agent.made.snapshot, agent.made.digest)));
        let with_pay = self.may(Act::ReadPay);
        let mut shown = Vec::with_capacity(corrected.len());
        let mut agents = Vec::with_capacity(corrected.len());
        for Corrected { stood, made: Made { snapshot, packed, .. }, amounts } in corrected {
            shown.push((snapshot.employee_number.clone(), if with_pay { amounts.clone() } else { Vec::new() }));
            let adjustment = |amount| NewAdjustment { public_id: self.clock.new_id(), amount };
            let adjustments = amounts.into_iter().map(adjustment).collect();
            agents.push(RevisedAgent { snapshot, result: packed, stood, adjustments });
        }
        let change = Change::new("cycle.correct", "cycle", &cycle.code).reason(Some(reason));
        let into = posting.filter(|_| paying).map(|(_, code)| code.clone());
        let detail = told(&shown, into.as_deref());
        let revision = NewRevision {
            public_id: self.clock.new_id(),
            base: base.clone(),
            kind: RevisionKind::Corrected,
            reason: reason.to_owned(),
            by: self.actor.doer(),
            at: self.clock.now(),
            snapshot_hash,
            result_hash,
            agents,
            post_in: posting.map(|(id, _)| *id),
        };
        let kept = self.recorded(change.detail(detail)).correct_results(&revision).await;
        let run = kept.map_err(AppError::as_things_stand)?;
        report.revisions.push(run.revision);
        report.posted_in = report.posted_in.take().or(into);
        let corrected = shown.into_iter().map(|(employee_number, adjustments)| CorrectedAgent {
            employee_number,
            revision: run.revision,
            adjustments,
        });
        report.corrected.extend(corrected);
        Ok(())
    }

    /// The cycle that differences in pay are posted in; `None` where none is open.
    async fn posting_cycle(&self, named: Option<&str>) -> Result<Option<(i64, String)>, AppError> {
        let Some(code) = named else { return Ok(self.store.first_open_cycle().await?) };
        let cycle = self.cycle(code).await?;
        match CycleAct::Cancel.from().contains(&cycle.state) {
            true => Ok(Some((cycle.id, cycle.code))),
            false => Err(AppError::refused(format!(
                "cycle {code} is {}: differences in pay are posted in a cycle that is not yet published",
                cycle.state
            ))
            .because(Why::PostingPublished { code: code.to_owned(), state: cycle.state })),
        }
    }
}

/// Whose results were corrected, and where their pay is posted, for the log.
fn told(shown: &[(String, Vec<Money>)], posted_in: Option<&str>) -> String {
    let number = |one: Option<&(String, Vec<Money>)>| one.map_or("", |(number, _)| number.as_str()).to_owned();
    let (first, last) = (number(shown.first()), number(shown.last()));
    format!("agents={} {first}…{last} posted_in={}", shown.len(), posted_in.unwrap_or("-"))
}

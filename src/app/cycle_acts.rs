//! Taking a cycle from one state to the next, and the four eyes on its results.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{App, AppError, Change, PublishOrder};
use crate::app::refusal::Why;
use crate::domain::appraisal::AppraisalState;
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::domain::cycle::{CycleAct, CycleState};
use crate::domain::money::Money;
use crate::store::{Cycle, CycleEvent, NewCycleEvent, Run, Take};

/// What approval is asked for: whatever is not named here by itself or by its digest is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalSheet {
    pub cycle: String,
    /// Of the results; the first is 1.
    pub revision: i64,
    /// SHA-256 of the rules, of the facts they were applied to, and of what came out.
    pub rules: String,
    pub snapshot: String,
    pub results: String,
    /// Agents by state, and those scored by rating.
    pub agents: BTreeMap<String, u64>,
    /// What is paid out in all, by currency, as amounts in text.
    pub payable: BTreeMap<String, String>,
    /// SHA-256 of the standing exemptions.
    pub exemptions: String,
}

/// A sheet with the digest that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownForApproval {
    pub sheet: ApprovalSheet,
    /// SHA-256 of the sheet as JSON.
    pub digest: String,
}

/// Something that was done with a cycle, with the name of who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleEventView {
    pub event: CycleEvent,
    /// A login, or `operator:` and the system's user.
    pub by: String,
}

/// What is to be done with a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CycleOrder<'a> {
    pub cycle: &'a str,
    pub act: CycleAct,
    pub reason: Option<&'a str>,
    /// Of what was shown, where it is to be approved.
    pub digest: Option<&'a str>,
}

impl App {
    /// Does the act with the cycle as a whole. Done again by who did it last, it changes nothing.
    ///
    /// Errors: `Refused` where the state does not allow it, or for who prepared what they would approve; `Changed` when what is approved
    /// is not what stands; `Invalid` without a reason where one is needed.
    pub async fn act_on_cycle(&self, order: CycleOrder<'_>) -> Result<Cycle, AppError> {
        let CycleOrder { cycle: code, act, reason, digest } = order;
        match act {
            CycleAct::Approve => self.require(Act::Approve)?,
            // Whoever approves, and whoever prepares, may find that it is not ready.
            CycleAct::SendBack => self.require(Act::Approve).or_else(|_| self.require(Act::ManageCycles))?,
            _ => self.require(Act::ManageCycles)?,
        }
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if act.needs_reason() && reason.is_none() {
            return Err(AppError::invalid(format!("a cycle is not {} without a reason: say why", act.done()))
                .because(Why::ReasonNeeded {}));
        }
        match act {
            CycleAct::Freeze | CycleAct::Score | CycleAct::Appraise => {
                return Err(AppError::invalid(format!(
                    "a cycle is {} with 'merit {}' or by a job of that kind: it is long work",
                    act.done(),
                    if act == CycleAct::Appraise { "appraise".to_owned() } else { format!("cycle {act}") }
                ))
                .because(Why::LongWork { act }));
            }
            CycleAct::Publish => return self.publish(PublishOrder { cycle: code, units: &[], approved: None }).await,
            _ => {}
        }
        let cycle = self.cycle(code).await?;
        let events = self.store.cycle_events(cycle.id).await?;
        if let Some(last) = events.last().filter(|last| last.act == act && last.to == cycle.state)
            && last.by == self.actor.doer()
            && digest.is_none_or(|digest| last.digest.as_deref() == Some(digest))
        {
            return Ok(cycle);
        }
        let shown = match act {
            CycleAct::Calibrate | CycleAct::Approve if cycle.state.after(act).is_some() => {
                Some(self.shown_for_approval(&cycle).await?)
            }
            _ => None,
        };
        if act == CycleAct::Calibrate && cycle.state.after(act).is_some() {
            self.scored_as_decided(&cycle).await?;
        }
        if act == CycleAct::Approve && cycle.state.after(act).is_some() {
            self.four_eyes(&cycle, &events)?;
            same_as_shown(digest, shown.as_ref(), &events)?;
        }
        if act == CycleAct::Finalise && cycle.state.after(act).is_some() {
            self.windows_are_over(&cycle).await?;
        }
        let sheet =
            shown.map(|shown| Ok::<_, AppError>((shown.digest, serde_json::to_string(&shown.sheet)?))).transpose()?;
        let change = Change::new(audit_code(act), "cycle", code).reason(reason);
        let change = change.before(told(cycle.state)).after(cycle.state.after(act).and_then(told));
        let change = match &sheet {
            Some((digest, _)) => change.detail(format_args!("shown={digest}")),
            None => change,
        };
        let event = NewCycleEvent {
            act,
            by: self.actor.doer(),
            at: self.clock.now(),
            reason: reason.map(str::to_owned),
            sheet,
            units: Vec::new(),
        };
        let acted = self.recorded(change).act_on_cycle(code, cycle.current_run_id, &event).await;
        let cycle = acted.map_err(AppError::as_things_stand)?;
        if act == CycleAct::Open {
            self.freeze_benchmarks(&cycle, &self.pinned_rules(&cycle.ruleset_hash).await?).await?;
        }
        Ok(cycle)
    }

    /// What stands to be approved now.
    pub async fn approval_sheet(&self, code: &str) -> Result<ShownForApproval, AppError> {
        self.require(Act::ReadResults)?;
        self.require(Act::ReadPay)?;
        let cycle = self.cycle(code).await?;
        let shown = self.shown_for_approval(&cycle).await?;
        let read = Change::new("cycle.read_sheet", "cycle", code).detail(format_args!("shown={}", shown.digest));
        self.recorded_read(read).await?;
        Ok(shown)
    }

    /// What was done with a cycle, oldest first.
    pub async fn cycle_events(&self, code: &str) -> Result<Vec<CycleEventView>, AppError> {
        self.require(Act::ManageCycles)
            .or_else(|_| self.require(Act::Approve))
            .or_else(|_| self.require(Act::ReadAudit))?;
        let cycle = self.cycle(code).await?;
        let events = self.store.cycle_events(cycle.id).await?;
        let logins = self.store.logins(events.iter().filter_map(|event| event.by.account_id())).await?;
        let view = |event: CycleEvent| CycleEventView { by: event.by.name(&logins).to_owned(), event };
        Ok(events.into_iter().map(view).collect())
    }

    async fn shown_for_approval(&self, cycle: &Cycle) -> Result<ShownForApproval, AppError> {
        let Run { id, revision, ruleset_hash, snapshot_hash, result_hash, .. } = self.current_run(cycle).await?;
        let mut agents = BTreeMap::new();
        for (state, rating, count) in self.store.scorecard_counts(id).await? {
            let state = match state {
                AppraisalState::Scored => format!("scored {}", rating.unwrap_or_default()),
                AppraisalState::OnHold => "on hold".to_owned(),
                AppraisalState::InsufficientData => "insufficient data".to_owned(),
                AppraisalState::Exempt => "exempt".to_owned(),
            };
            *agents.entry(state.trim().to_owned()).or_default() += count;
        }
        let totals = self.store.payout_totals(id, Take::Run).await?;
        let payable = totals.into_iter().map(|total| {
            let sum = Money { minor: total.amount_minor, currency: total.currency };
            (total.currency.code().to_owned(), sum.to_string())
        });
        let exemptions = self.store.exemptions_of(cycle.id, i64::MIN, i64::MAX).await?;
        let exemptions: Vec<String> =
            exemptions.iter().map(|one| format!("{} {} {}", one.agent_id, one.reason.as_str(), one.note)).collect();
        let sheet = ApprovalSheet {
            cycle: cycle.code.clone(),
            revision,
            rules: ruleset_hash,
            snapshot: snapshot_hash.unwrap_or_default(),
            results: result_hash.unwrap_or_default(),
            agents,
            payable: payable.collect(),
            exemptions: Digest::of(exemptions.join("\n").as_bytes()).to_string(),
        };
        let digest = Digest::of(serde_json::to_string(&sheet)?.as_bytes()).to_string();
        Ok(ShownForApproval { sheet, digest })
    }

    /// Results are calibrated as they stand only when they were scored since anybody last judged or decided something.
    async fn scored_as_decided(&self, cycle: &Cycle) -> Result<(), AppError> {
        let open = self.store.open_proposals(cycle.id).await?;
        if open > 0 {
            return Err(AppError::refused(format!(
                "nobody has decided about {open} proposed ratings of cycle {}: confirm, decline or withdraw them first",
                cycle.code
            ))
            .because(Why::ProposalsUndecided { open: i64::try_from(open).unwrap_or(i64::MAX) }));
        }
        if self.current_run(cycle).await?.inputs_version == cycle.inputs_version {
            return Ok(());
        }
        Err(AppError::refused(format!(
            "since cycle {0} was scored, reviews, exemptions or calibrated ratings have changed: score it again with 'merit cycle score {0}', \
             or by a job of the kind score",
            cycle.code
        )).because(Why::ScoreAgain {}))
    }

    /// Whoever took part in making the results since they were last sent back to be scored does not approve them.
    fn four_eyes(&self, cycle: &Cycle, events: &[CycleEvent]) -> Result<(), AppError> {
        let me = self.actor.doer();
        let prepared =
            events.iter().find(|event| event.run_id == cycle.current_run_id && event.act.prepares() && event.by == me);
        match prepared {
            None => Ok(()),
            Some(event) => Err(AppError::refused(format!(
                "cycle {} was {} by {}, who therefore does not approve it: somebody else has to",
                cycle.code,
                event.act.done(),
                self.actor.name()
            ))
            .because(Why::PreparedIt { name: self.actor.name(), act: event.act })),
        }
    }
}

/// Approval is for exactly what was shown. Errors: `Changed`, saying what is different now.
fn same_as_shown(
    digest: Option<&str>,
    stands: Option<&ShownForApproval>,
    events: &[CycleEvent],
) -> Result<(), AppError> {
    let Some(digest) = digest else {
        return Err(AppError::invalid(
            "approval is for what was shown: give the digest of the sheet that 'merit cycle sheet' prints",
        )
        .because(Why::DigestMissing {}));
    };
    let Some(stands) = stands.filter(|stands| stands.digest != digest) else { return Ok(()) };
    let seen = events.iter().rev().find(|event| event.digest.as_deref() == Some(digest));
    let seen = seen.and_then(|event| serde_json::from_str::<ApprovalSheet>(event.sheet.as_deref()?).ok());
    let what = match seen {
        Some(seen) => format!("since that sheet was shown, {}", differences(&seen, &stands.sheet).join("; ")),
        None => "no sheet of this cycle has that digest".to_owned(),
    };
    Err(AppError::changed(format!(
        "what would be approved is not what stands now: {what}. Read the sheet again, then decide"
    ))
    .because(Why::OtherStands {}))
}

fn differences(was: &ApprovalSheet, is: &ApprovalSheet) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, was: &dyn std::fmt::Display, is: &dyn std::fmt::Display| {
        let (was, is) = (was.to_string(), is.to_string());
        if was != is {
            found.push(format!("{what} changed from {was} to {is}"));
        }
    };
    let ApprovalSheet { cycle: _, revision, rules, snapshot, results, agents, payable, exemptions } = was;
    compare("the revision", revision, &is.revision);
    compare("the rules", &short(rules), &short(&is.rules));
    compare("the snapshot of facts", &short(snapshot), &short(&is.snapshot));
    compare("the results", &short(results), &short(&is.results));
    compare("the numbers of agents", &listed(agents), &listed(&is.agents));
    compare("what is paid", &listed(payable), &listed(&is.payable));
    compare("the exemptions", &short(exemptions), &short(&is.exemptions));
    found
}

fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

fn listed<V: std::fmt::Display>(map: &BTreeMap<String, V>) -> String {
    map.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join(", ")
}

pub(super) fn told(state: CycleState) -> Option<Digest> {
    Some(Digest::of_fields(&[("state", state.as_str())]))
}

pub(super) fn audit_code(act: CycleAct) -> &'static str {
    match act {
        CycleAct::Open => "cycle.open",
        CycleAct::Freeze => "cycle.freeze",
        CycleAct::Score => "cycle.score",
        CycleAct::Appraise => "cycle.appraise",
        CycleAct::BeginReview => "cycle.begin_review",
        CycleAct::Calibrate => "cycle.calibrate",
        CycleAct::Approve => "cycle.approve",
        CycleAct::SendBack => "cycle.send_back",
        CycleAct::Publish => "cycle.publish",
        CycleAct::BeginAppeals => "cycle.begin_appeals",
        CycleAct::Finalise => "cycle.finalise",
        CycleAct::Close => "cycle.close",
        CycleAct::Cancel => "cycle.cancel",
    }
}

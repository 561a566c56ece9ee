//! Reading what is there: roster, cycles, results, pulls. Pages go by key, never by offset.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::pull::{PullReport, PullView};
use super::{App, AppError};
use crate::domain::appraisal::AppraisalState;
use crate::store::{
    Agent, AgentFilter, Assignment, Cycle, Page, PayoutDetail, PayoutSummary, PayoutTotal, PlanDetail, RejectedRow,
    ResultFilter, ScorecardDetail, ScorecardSummary, Unit, UnitFilter, UnitScorecardDetail, UnitScorecardSummary,
};

/// Which part of a list: at most so many, after this key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    pub limit: u32,
    pub after: Option<String>,
}

impl Slice {
    fn key(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

/// Which results a list shows; the default shows all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Code of a unit: it and everything below it.
    pub unit: Option<String>,
    pub rating: Option<String>,
    pub state: Option<AppraisalState>,
}

/// Which units a list shows; the default shows all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedUnits {
    /// Such as `team` or `province`.
    pub kind: Option<String>,
    /// Code of a unit: those right below it.
    pub parent: Option<String>,
}

/// An agent with the texts sources may use, and all assignments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentView {
    pub agent: Agent,
    pub aliases: Vec<String>,
    pub assignments: Vec<Assignment>,
}

/// Items of every page when all are wanted.
const ALL: u32 = 1_000;

impl App {
    /// Agents in order of employee number; of the unit and below as of today, and with the text in number or name, when given.
    pub async fn agents(
        &self,
        slice: &Slice,
        unit: Option<&str>,
        text: Option<String>,
    ) -> Result<Page<Agent>, AppError> {
        let unit = match unit {
            Some(code) => Some((self.unit(code).await?.id, self.clock.today())),
            None => None,
        };
        Ok(self.store.agents_page(slice.key(), slice.limit.into(), &AgentFilter { unit, text }).await?)
    }

    pub async fn agent(&self, employee_number: &str) -> Result<AgentView, AppError> {
        let agent = self.store.agent_by_number(employee_number).await?;
        let agent =
            agent.ok_or_else(|| AppError::NotFound(format!("there is no agent '{employee_number}' on the roster")))?;
        let aliases = self.store.aliases(agent.id).await?;
        let assignments = self.store.assignments(agent.id).await?;
        Ok(AgentView { agent, aliases, assignments })
    }

    pub async fn units(&self, slice: &Slice) -> Result<Page<Unit>, AppError> {
        Ok(self.store.units_page(slice.key(), slice.limit.into()).await?)
    }

    pub async fn unit(&self, code: &str) -> Result<Unit, AppError> {
        let unit = self.store.unit_by_code(code).await?;
        unit.ok_or_else(|| AppError::NotFound(format!("there is no unit '{code}'")))
    }

    /// Codes of units by id.
    pub async fn unit_codes(&self, ids: impl Iterator<Item = i64>) -> Result<BTreeMap<i64, String>, AppError> {
        Ok(self.store.unit_codes(ids.collect::<BTreeSet<_>>()).await?)
    }

    pub async fn cycles(&self, slice: &Slice) -> Result<Page<Cycle>, AppError> {
        Ok(self.store.cycles_page(slice.key(), slice.limit.into()).await?)
    }

    pub(super) async fn filter(&self, wanted: &Wanted) -> Result<ResultFilter, AppError> {
        let unit = match &wanted.unit {
            Some(code) => Some(self.unit(code).await?.id),
            None => None,
        };
        Ok(ResultFilter { unit, rating: wanted.rating.clone(), state: wanted.state })
    }

    /// The run shown for a cycle.
    async fn shown(&self, cycle: &str) -> Result<i64, AppError> {
        Ok(self.current_run(&self.cycle(cycle).await?).await?.id)
    }

    pub async fn scorecards(
        &self,
        cycle: &str,
        slice: &Slice,
        wanted: &Wanted,
    ) -> Result<Page<ScorecardSummary>, AppError> {
        let (run, filter) = (self.shown(cycle).await?, self.filter(wanted).await?);
        Ok(self.store.scorecards_page(run, slice.key(), slice.limit.into(), &filter).await?)
    }

    pub async fn scorecard(&self, cycle: &str, employee_number: &str) -> Result<ScorecardDetail, AppError> {
        let card = self.store.scorecard(self.shown(cycle).await?, employee_number).await?;
        card.ok_or_else(|| no_result("scorecard", cycle, employee_number))
    }

    /// Scorecards of units in order of code.
    pub async fn unit_scorecards(
        &self,
        cycle: &str,
        slice: &Slice,
        wanted: &WantedUnits,
    ) -> Result<Page<UnitScorecardSummary>, AppError> {
        let run = self.shown(cycle).await?;
        let parent = match &wanted.parent {
            Some(code) => Some(self.unit(code).await?.id),
            None => None,
        };
        let filter = UnitFilter { kind: wanted.kind.clone(), parent };
        Ok(self.store.unit_scorecards_page(run, slice.key(), slice.limit.into(), &filter).await?)
    }

    pub async fn unit_scorecard(&self, cycle: &str, code: &str) -> Result<UnitScorecardDetail, AppError> {
        let card = self.store.unit_scorecard(self.shown(cycle).await?, code).await?;
        card.ok_or_else(|| {
            let why = "there was no such unit, or no card of the cycle's rules measures its kind";
            AppError::NotFound(format!("cycle {cycle} has no scorecard of unit '{code}': {why}"))
        })
    }

    pub async fn payouts(&self, cycle: &str, slice: &Slice, wanted: &Wanted) -> Result<Page<PayoutSummary>, AppError> {
        let (run, filter) = (self.shown(cycle).await?, self.filter(wanted).await?);
        Ok(self.store.payouts_page(run, slice.key(), slice.limit.into(), &filter).await?)
    }

    pub async fn payout(&self, cycle: &str, employee_number: &str) -> Result<PayoutDetail, AppError> {
        let payout = self.store.payout(self.shown(cycle).await?, employee_number).await?;
        payout.ok_or_else(|| no_result("payout", cycle, employee_number))
    }

    /// What the cycle costs, one sum a currency.
    pub async fn payout_totals(&self, cycle: &str) -> Result<Vec<PayoutTotal>, AppError> {
        Ok(self.store.payout_totals(self.shown(cycle).await?).await?)
    }

    pub async fn plans(&self, cycle: &str, slice: &Slice, wanted: &Wanted) -> Result<Page<PlanDetail>, AppError> {
        let (run, filter) = (self.shown(cycle).await?, self.filter(wanted).await?);
        Ok(self.store.plan_details_page(run, slice.key(), slice.limit.into(), &filter).await?)
    }

    pub async fn plan(&self, cycle: &str, employee_number: &str) -> Result<PlanDetail, AppError> {
        let plan = self.store.plan(self.shown(cycle).await?, employee_number).await?;
        plan.ok_or_else(|| no_result("improvement plan", cycle, employee_number))
    }

    /// Pulls, newest first. The key of a pull is the internal number that `next_pull_key` gives.
    pub async fn pulls(
        &self,
        source: Option<&str>,
        slice: &Slice,
    ) -> Result<(Vec<PullView>, Option<String>), AppError> {
        let before = slice.key().map(number).transpose()?;
        let page = self.store.pulls_page(source, before, slice.limit.into()).await?;
        let next = page.rows.last().filter(|_| page.more).map(|pull| pull.id.to_string());
        Ok((page.rows.into_iter().map(PullView::from).collect(), next))
    }

    pub async fn pull_report(&self, id: &str) -> Result<PullReport, AppError> {
        let pull = self.find_pull(id).await?;
        let reasons = self.store.pull_reasons(pull.id).await?;
        let reasons = reasons.into_iter().map(|reason| (reason.reason, reason.rows)).collect();
        Ok(PullReport { pull: pull.into(), reasons, new_agents: 0, dry_run: false })
    }

    /// Rows a pull set aside, in order, each with its number.
    pub async fn rejected(&self, id: &str, slice: &Slice) -> Result<Page<(i64, RejectedRow)>, AppError> {
        let after = slice.key().map(number).transpose()?;
        let pull = self.find_pull(id).await?;
        Ok(self.store.pull_rejected_page(pull.id, after, slice.limit.into()).await?)
    }

    async fn find_pull(&self, id: &str) -> Result<crate::store::Pull, AppError> {
        let none = || AppError::NotFound(format!("there is no pull '{id}'; 'merit pull list' shows them"));
        let id = Uuid::parse_str(id).map_err(|_| none())?;
        self.store.pull_by_public_id(id).await?.ok_or_else(none)
    }
}

fn no_result(what: &str, cycle: &str, employee_number: &str) -> AppError {
    AppError::NotFound(format!("cycle {cycle} has no {what} of agent '{employee_number}'"))
}

pub(super) fn number(key: &str) -> Result<i64, AppError> {
    key.parse().map_err(|_| AppError::Invalid("cursor: not one that Merit gave for this list".to_owned()))
}

impl Slice {
    /// The first part of a list that is read to its end.
    pub fn first() -> Self {
        Self { limit: ALL, after: None }
    }

    /// The part after the item of this key.
    #[must_use]
    pub fn after(key: impl Into<String>) -> Self {
        Self { limit: ALL, after: Some(key.into()) }
    }
}

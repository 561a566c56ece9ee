//! Reading what is there: roster, cycles, results, pulls. Pages go by key, never by offset.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::audit::page_detail;
use super::pull::{PullReport, PullView};
use super::{App, AppError, Change};
use crate::domain::appraisal::AppraisalState;
use crate::domain::authority::{Act, Reach};
use crate::domain::cycle::CycleState;
use crate::domain::fixed::Fixed;
use crate::store::{
    Agent, AgentFilter, Assignment, Cycle, Page, PayoutDetail, PayoutSummary, PayoutTotal, PlanDetail, RejectedRow,
    ResultFilter, Run, ScoreOrder, ScorecardDetail, ScorecardSummary, ShownRun, Take, Unit, UnitFilter,
    UnitScorecardDetail, UnitScorecardSummary,
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
    /// Whether whoever asks may see what the agent is paid.
    pub with_pay: bool,
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
        let reach = (self.reach(Act::ReadPeople)?, self.clock.today());
        let unit = match unit {
            Some(code) => Some((self.unit(code).await?.id, self.clock.today())),
            None => None,
        };
        Ok(self.store.agents_page(slice.key(), slice.limit.into(), &AgentFilter { reach, unit, text }).await?)
    }

    pub async fn agent(&self, employee_number: &str) -> Result<AgentView, AppError> {
        let agent = self.agent_within(&self.reach(Act::ReadPeople)?, employee_number).await?;
        let with_pay = self.store.agent_within(&self.actor.reach(Act::ReadPay), agent.id, self.clock.today()).await?;
        let aliases = self.store.aliases(agent.id).await?;
        let assignments = self.store.assignments(agent.id).await?;
        if with_pay {
            self.recorded_read_of(agent.id, Change::new("agent.read_pay", "agent", &agent.employee_number)).await?;
        }
        Ok(AgentView { agent, aliases, assignments, with_pay })
    }

    /// An agent within reach as assigned today; one outside looks like one that does not exist.
    pub(super) async fn agent_within(&self, reach: &Reach, employee_number: &str) -> Result<Agent, AppError> {
        let agent = self.find_agent(employee_number).await;
        match agent {
            Ok(agent) if self.store.agent_within(reach, agent.id, self.clock.today()).await? => Ok(agent),
            Ok(_) => Err(no_agent(employee_number)),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn find_agent(&self, employee_number: &str) -> Result<Agent, AppError> {
        let agent = self.store.agent_by_number(employee_number).await?;
        agent.ok_or_else(|| no_agent(employee_number))
    }

    pub async fn units(&self, slice: &Slice) -> Result<Page<Unit>, AppError> {
        self.require(Act::ReadOrganisation)?;
        Ok(self.store.units_page(slice.key(), slice.limit.into()).await?)
    }

    pub async fn unit(&self, code: &str) -> Result<Unit, AppError> {
        self.require(Act::ReadOrganisation)?;
        let unit = self.store.unit_by_code(code).await?;
        unit.ok_or_else(|| AppError::NotFound(format!("there is no unit '{code}'")))
    }

    /// Codes of units by id.
    pub async fn unit_codes(&self, ids: impl Iterator<Item = i64>) -> Result<BTreeMap<i64, String>, AppError> {
        Ok(self.store.unit_codes(ids.collect::<BTreeSet<_>>()).await?)
    }

    pub async fn cycles(&self, slice: &Slice) -> Result<Page<Cycle>, AppError> {
        self.require(Act::ReadOrganisation)?;
        Ok(self.store.cycles_page(slice.key(), slice.limit.into()).await?)
    }

    /// What of `wanted` is within reach.
    pub(super) async fn filter(&self, reach: Reach, wanted: &Wanted, take: Take) -> Result<ResultFilter, AppError> {
        let unit = match &wanted.unit {
            Some(code) => Some(self.unit(code).await?.id),
            None => None,
        };
        Ok(ResultFilter { reach, unit, rating: wanted.rating.clone(), state: wanted.state, take })
    }

    /// Whether a result of this agent and unit is within reach; what is outside looks like what does not exist.
    pub(super) async fn within(
        &self,
        run: i64,
        reach: &Reach,
        place: Option<(Option<i64>, i64)>,
    ) -> Result<bool, AppError> {
        let Some((agent, unit)) = place else { return Ok(false) };
        Ok(self.store.result_within(run, reach, agent, unit).await?)
    }

    /// The run shown for a cycle, and whose results of it may be seen: nobody's by who does not yet see any, as an agent before the
    /// results are published.
    pub(super) async fn shown(&self, act: Act, cycle: &str) -> Result<(Reach, Run), AppError> {
        let (reach, shown) = self.shown_with_revisions(act, cycle).await?;
        Ok((reach, shown.run))
    }

    /// As [`App::shown`], and whether somebody's result was revised.
    pub(super) async fn shown_with_revisions(&self, act: Act, cycle: &str) -> Result<(Reach, ShownRun), AppError> {
        self.reach(act)?;
        let shown = self.shown_run(cycle).await?;
        let mut reach = self.actor.reach_results(act, shown.state);
        // While units are published one after the other, agents of the others wait.
        if let Some(own) = reach.agent.filter(|_| shown.state == CycleState::Published)
            && !self.store.is_published(shown.run.cycle_id, own).await?
        {
            reach.agent = None;
        }
        Ok((reach, shown))
    }

    pub async fn scorecards(
        &self,
        cycle: &str,
        slice: &Slice,
        wanted: &Wanted,
    ) -> Result<Page<ScorecardSummary>, AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, cycle).await?;
        let filter = self.filter(reach, wanted, meant(&shown, Take::Standing)).await?;
        let page = self.store.scorecards_page(shown.run.id, slice.key(), slice.limit.into(), &filter).await?;
        let detail = wanted.page(slice, page.rows.iter().map(|card| card.employee_number.as_str()));
        self.recorded_list(&filter.reach, Change::new("scorecard.list", "cycle", cycle).detail(detail)).await?;
        Ok(page)
    }

    /// Scorecards that have a score, by it. The key of one is its score, a blank, and the employee number.
    pub async fn scorecards_by_score(
        &self,
        cycle: &str,
        slice: &Slice,
        order: ScoreOrder,
        wanted: &Wanted,
    ) -> Result<Page<ScorecardSummary>, AppError> {
        let after = slice.key().map(score_key).transpose()?;
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, cycle).await?;
        let filter = self.filter(reach, wanted, meant(&shown, Take::Standing)).await?;
        let page = self.store.scorecards_by_score(shown.run.id, after, order, slice.limit.into(), &filter).await?;
        let detail = wanted.page(slice, page.rows.iter().map(|card| card.employee_number.as_str()));
        let detail = format!("by=score {detail}");
        self.recorded_list(&filter.reach, Change::new("scorecard.list", "cycle", cycle).detail(detail)).await?;
        Ok(page)
    }

    pub async fn scorecard(&self, cycle: &str, employee_number: &str) -> Result<ScorecardDetail, AppError> {
        Ok(self.scorecard_with_run((cycle, employee_number), None).await?.0)
    }

    /// An agent's scorecard as it was in a revision of this number.
    pub async fn scorecard_in(
        &self,
        cycle: &str,
        employee_number: &str,
        revision: Option<i64>,
    ) -> Result<ScorecardDetail, AppError> {
        Ok(self.scorecard_with_run((cycle, employee_number), revision).await?.0)
    }

    pub(super) async fn scorecard_with_run(
        &self,
        (cycle, employee_number): (&str, &str),
        revision: Option<i64>,
    ) -> Result<(ScorecardDetail, Run), AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, cycle).await?;
        let run = self.run_of(&shown, employee_number, Take::Standing, revision).await?;
        let card = self.store.scorecard(run.id, employee_number).await?;
        let place = card.as_ref().map(|card| (Some(card.summary.agent_id), card.summary.unit_id));
        let within = self.within(shown.run.id, &reach, place).await?;
        let card = card.filter(|_| within).ok_or_else(|| no_result("scorecard", cycle, employee_number))?;
        self.recorded_read_of(card.summary.agent_id, read_of("scorecard.read", employee_number, cycle)).await?;
        Ok((card, run))
    }

    /// Scorecards of units in order of code.
    pub async fn unit_scorecards(
        &self,
        cycle: &str,
        slice: &Slice,
        wanted: &WantedUnits,
    ) -> Result<Page<UnitScorecardSummary>, AppError> {
        let (reach, run) = self.shown(Act::ReadResults, cycle).await?;
        let parent = match &wanted.parent {
            Some(code) => Some(self.unit(code).await?.id),
            None => None,
        };
        let filter = UnitFilter { reach, kind: wanted.kind.clone(), parent };
        Ok(self.store.unit_scorecards_page(run.id, slice.key(), slice.limit.into(), &filter).await?)
    }

    pub async fn unit_scorecard(&self, cycle: &str, code: &str) -> Result<UnitScorecardDetail, AppError> {
        Ok(self.unit_scorecard_with_run(cycle, code).await?.0)
    }

    pub(super) async fn unit_scorecard_with_run(
        &self,
        cycle: &str,
        code: &str,
    ) -> Result<(UnitScorecardDetail, Run), AppError> {
        let (reach, run) = self.shown(Act::ReadResults, cycle).await?;
        let card = self.store.unit_scorecard(run.id, code).await?;
        let within = self.within(run.id, &reach, card.as_ref().map(|card| (None, card.summary.unit_id))).await?;
        let card = card.filter(|_| within).ok_or_else(|| {
            let why = "there was no such unit, or no card of the cycle's rules measures its kind";
            AppError::NotFound(format!("cycle {cycle} has no scorecard of unit '{code}': {why}"))
        })?;
        Ok((card, run))
    }

    pub async fn payouts(&self, cycle: &str, slice: &Slice, wanted: &Wanted) -> Result<Page<PayoutSummary>, AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadPay, cycle).await?;
        let filter = self.filter(reach, wanted, meant(&shown, Take::Paid)).await?;
        let page = self.store.payouts_page(shown.run.id, slice.key(), slice.limit.into(), &filter).await?;
        let detail = wanted.page(slice, page.rows.iter().map(|payout| payout.employee_number.as_str()));
        self.recorded_list(&filter.reach, Change::new("payout.list", "cycle", cycle).detail(detail)).await?;
        Ok(page)
    }

    pub async fn payout(&self, cycle: &str, employee_number: &str) -> Result<PayoutDetail, AppError> {
        Ok(self.payout_with_run((cycle, employee_number), None).await?.0)
    }

    /// An agent's payout as it was computed in a revision of this number.
    pub async fn payout_in(
        &self,
        cycle: &str,
        employee_number: &str,
        revision: Option<i64>,
    ) -> Result<PayoutDetail, AppError> {
        Ok(self.payout_with_run((cycle, employee_number), revision).await?.0)
    }

    pub(super) async fn payout_with_run(
        &self,
        (cycle, employee_number): (&str, &str),
        revision: Option<i64>,
    ) -> Result<(PayoutDetail, Run), AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadPay, cycle).await?;
        let run = self.run_of(&shown, employee_number, Take::Paid, revision).await?;
        let payout = self.store.payout(run.id, employee_number).await?;
        let place = payout.as_ref().map(|payout| (Some(payout.summary.agent_id), payout.summary.unit_id));
        let within = self.within(shown.run.id, &reach, place).await?;
        let payout = payout.filter(|_| within).ok_or_else(|| no_result("payout", cycle, employee_number))?;
        self.recorded_read_of(payout.summary.agent_id, read_of("payout.read", employee_number, cycle)).await?;
        Ok((payout, run))
    }

    /// What the cycle costs, one sum a currency.
    pub async fn payout_totals(&self, cycle: &str) -> Result<Vec<PayoutTotal>, AppError> {
        self.require(Act::ReadPay)?;
        let (reach, shown) = self.shown_with_revisions(Act::ReadPay, cycle).await?;
        let totals = match reach.everything {
            true => self.store.payout_totals(shown.run.id, meant(&shown, Take::Paid)).await?,
            false => Vec::new(),
        };
        self.recorded_read(Change::new("payout.totals", "cycle", cycle)).await?;
        Ok(totals)
    }

    pub async fn plans(&self, cycle: &str, slice: &Slice, wanted: &Wanted) -> Result<Page<PlanDetail>, AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, cycle).await?;
        let filter = self.filter(reach, wanted, meant(&shown, Take::Standing)).await?;
        let page = self.store.plan_details_page(shown.run.id, slice.key(), slice.limit.into(), &filter).await?;
        let detail = wanted.page(slice, page.rows.iter().map(|plan| plan.summary.employee_number.as_str()));
        self.recorded_list(&filter.reach, Change::new("plan.list", "cycle", cycle).detail(detail)).await?;
        Ok(page)
    }

    pub async fn plan(&self, cycle: &str, employee_number: &str) -> Result<PlanDetail, AppError> {
        self.plan_in(cycle, employee_number, None).await
    }

    /// An agent's plan as it was suggested in a revision of this number.
    pub async fn plan_in(
        &self,
        cycle: &str,
        employee_number: &str,
        revision: Option<i64>,
    ) -> Result<PlanDetail, AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, cycle).await?;
        let run = self.run_of(&shown, employee_number, Take::Standing, revision).await?;
        let plan = self.store.plan(run.id, employee_number).await?;
        let place = plan.as_ref().map(|plan| (Some(plan.summary.agent_id), plan.summary.unit_id));
        let within = self.within(shown.run.id, &reach, place).await?;
        let plan = plan.filter(|_| within).ok_or_else(|| no_result("improvement plan", cycle, employee_number))?;
        self.recorded_read_of(plan.summary.agent_id, read_of("plan.read", employee_number, cycle)).await?;
        Ok(plan)
    }

    /// Pulls, newest first. The key of a pull is the internal number that `next_pull_key` gives.
    pub async fn pulls(
        &self,
        source: Option<&str>,
        slice: &Slice,
    ) -> Result<(Vec<PullView>, Option<String>), AppError> {
        self.require(Act::ReadPulls)?;
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
        self.require(Act::ReadPulls)?;
        let none = || AppError::NotFound(format!("there is no pull '{id}'; 'merit pull list' shows them"));
        let id = Uuid::parse_str(id).map_err(|_| none())?;
        self.store.pull_by_public_id(id).await?.ok_or_else(none)
    }
}

/// One agent's result in a cycle, as the log tells it.
fn read_of(act: &'static str, employee_number: &str, cycle: &str) -> Change {
    Change::new(act, "agent", employee_number).detail(format_args!("cycle={cycle}"))
}

impl Wanted {
    /// What a page of this list showed, as the log tells it.
    pub(super) fn page<'a>(
        &self,
        slice: &Slice,
        numbers: impl ExactSizeIterator<Item = &'a str> + DoubleEndedIterator,
    ) -> String {
        let Self { unit, rating, state } = self;
        let state = state.map(|state| format!("{state:?}"));
        let filters = [("unit", unit.as_deref()), ("rating", rating.as_deref()), ("state", state.as_deref())];
        page_detail(&filters, slice, numbers)
    }
}

fn no_agent(employee_number: &str) -> AppError {
    AppError::NotFound(format!("there is no agent '{employee_number}' on the roster"))
}

/// What lists read: where nobody's result was revised, those of the run alone.
pub(super) fn meant(shown: &ShownRun, take: Take) -> Take {
    if shown.revised { take } else { Take::Run }
}

pub(super) fn no_result(what: &str, cycle: &str, employee_number: &str) -> AppError {
    AppError::NotFound(format!("cycle {cycle} has no {what} of agent '{employee_number}'"))
}

fn score_key(key: &str) -> Result<(Fixed, &str), AppError> {
    let parts = key.split_once(' ').and_then(|(score, number)| Some((score.parse().ok()?, number)));
    parts.ok_or_else(|| AppError::invalid("cursor: not one that Merit gave for this list".to_owned()))
}

pub(super) fn number(key: &str) -> Result<i64, AppError> {
    key.parse().map_err(|_| AppError::invalid("cursor: not one that Merit gave for this list".to_owned()))
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

//! Raising an appeal in time, and taking it back.

use uuid::Uuid;

use super::super::{App, AppError, Change};
use super::{AppealView, needed};
use crate::app::refusal::Why;
use crate::domain::appeal::AppealSubject;
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::domain::deadline::Stage;
use crate::store::{NewAppeal, Run};

/// An appeal to be raised by whoever asks, of their own result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealOrder<'a> {
    pub cycle: &'a str,
    pub about: AppealSubject,
    /// Why.
    pub grounds: &'a str,
}

impl App {
    /// Raises an appeal of whoever asks against their own published result.
    ///
    /// Errors: `Refused` out of time, or where the result cannot be appealed; `Invalid` for a line that the scorecard does not have.
    pub async fn raise_appeal(&self, order: AppealOrder<'_>) -> Result<AppealView, AppError> {
        let own = self.reach(Act::Respond)?;
        let AppealOrder { cycle: code, about, grounds } = order;
        let (_, run) = self.shown(Act::ReadResults, code).await?;
        let none = || AppError::NotFound(format!("cycle {code} has no published result of yours"));
        let agent_id = own.agent.ok_or_else(none)?;
        let cycle = self.cycle(code).await?;
        let result = self.store.agent_result(cycle.id, agent_id).await?.ok_or_else(none)?;
        let published = result.published_at.filter(|_| cycle.state.is_published()).ok_or_else(none)?;
        if !matches!(cycle.state, CycleState::Published | CycleState::Appeal) {
            return Err(AppError::refused(format!(
                "cycle {code} is {}: its results are no longer appealed",
                cycle.state
            ))
            .because(Why::NoLongerAppealed { state: cycle.state }));
        }
        let plan = self.store.deadline_plan(cycle.id).await?;
        let (workdays, today) = (&plan.workdays, plan.workdays.day_of(self.clock.now()));
        let last = workdays.after(workdays.day_of(published), plan.working_days(Stage::Appeal));
        if today > last {
            return Err(AppError::refused(format!("the time to appeal in cycle {code} ended on {last}"))
                .because(Why::AppealTimeOver { last }));
        }
        let grounds = needed(grounds, "grounds")?;
        let metric = match about.line() {
            Some(line) => Some(self.metric_of(&run, result.revised_run_id, &result.employee_number, line).await?),
            None => None,
        };
        let new = NewAppeal {
            public_id: self.clock.new_id(),
            cycle_id: cycle.id,
            agent_id,
            employee_number: result.employee_number,
            unit_id: result.unit_id,
            subject: about,
            metric,
            grounds,
            raised_at: self.clock.now(),
            due: workdays.after(today, plan.working_days(Stage::Decide)),
        };
        let change = Change::new("appeal.raise", "appeal", new.public_id);
        let about = new.subject.line().unwrap_or(new.subject.kind());
        let change = change.detail(format_args!("cycle={code} agent={} about={about}", new.employee_number));
        let raised = self.recorded(change).raise_appeal(&new).await.map_err(AppError::as_things_stand)?;
        self.whole_view(raised, &cycle).await
    }

    /// Takes back an open appeal of whoever asks.
    pub async fn withdraw_appeal(&self, id: Uuid) -> Result<AppealView, AppError> {
        let (appeal, _) = self.own_appeal(id).await?;
        let change =
            Change::new("appeal.withdraw", "appeal", id).detail(format_args!("agent={}", appeal.employee_number));
        let withdrawn = self.recorded(change).withdraw_appeal(&appeal, &self.actor.doer(), self.clock.now()).await;
        withdrawn.map_err(AppError::as_things_stand)?;
        self.appeal(id).await
    }

    /// The metric of a line on the agent's scorecard.
    async fn metric_of(
        &self,
        base: &Run,
        revised: Option<i64>,
        employee_number: &str,
        line: &str,
    ) -> Result<String, AppError> {
        let card = self.store.scorecard(revised.unwrap_or(base.id), employee_number).await?;
        let lines = || {
            let stretches = card.iter().flat_map(|card| &card.result.stretches);
            stretches.flat_map(|stretch| &stretch.stretch.card.lines)
        };
        let found = lines().find(|known| *known.id == *line).map(|known| known.metric.to_string());
        found.ok_or_else(|| {
            let known: Vec<&str> = lines().map(|line| &*line.id).collect();
            AppError::invalid(format!("line: your scorecard has no line '{line}'; it has {}", known.join(", ")))
                .because(Why::NoLine { line: line.to_owned() })
        })
    }
}

//! Deadlines of a cycle: what they are counted by, what is overdue, and what becomes of silence.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use tokio::sync::watch;

use super::access::Actor;
use super::{App, AppError, Change};
use crate::app::refusal::Why;
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::domain::deadline::{Deadline, DeadlinePlan, Done, MOST_WORKING_DAYS, Stage, Standing};
use crate::domain::workdays::Workdays;
use crate::store::{Cycle, OpenWork, StoreError};

/// How often it is looked whose time to take note is over.
const LOOK: Duration = Duration::from_secs(60);

/// A plan of deadlines to be set; what is not said is as usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineOrder<'a> {
    pub cycle: &'a str,
    /// Id of a working calendar of the rules; without one, Monday to Friday in UTC.
    pub calendar: Option<&'a str>,
    pub working_days: BTreeMap<Stage, u16>,
}

/// The deadlines of a cycle as they stand today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlinesView {
    pub state: CycleState,
    pub plan: DeadlinePlan,
    /// In their order.
    pub deadlines: Vec<Deadline>,
    pub open: OpenWork,
    /// Years of a deadline that the calendar does not know, so that they count as Monday to Friday.
    pub unknown_years: BTreeSet<i32>,
}

impl DeadlinesView {
    /// The stages that are overdue, with the working days since.
    pub fn overdue(&self) -> impl Iterator<Item = (Stage, u32)> + '_ {
        self.deadlines.iter().filter_map(|deadline| match deadline.standing {
            Standing::Overdue { by } => Some((deadline.stage, by)),
            _ => None,
        })
    }

    /// How much of a stage is left that many people do; none where one act does it.
    pub fn left(&self, stage: Stage) -> Option<u64> {
        match stage {
            Stage::Review => Some(self.open.unreviewed),
            Stage::Publish => Some(self.open.unpublished),
            Stage::Acknowledge => Some(self.open.unacknowledged),
            Stage::Decide => Some(self.open.open_appeals),
            Stage::Freeze | Stage::Score | Stage::Calibrate | Stage::Approve | Stage::Appeal | Stage::Finalise => None,
        }
    }
}

impl App {
    /// By when each stage of a cycle is to be done, and what is overdue.
    pub async fn deadlines(&self, code: &str) -> Result<DeadlinesView, AppError> {
        let cycle = self.cycle(code).await?;
        let plan = self.store.deadline_plan(cycle.id).await?;
        let open = self.store.open_work(cycle.id).await?;
        let mut done = Done::new();
        for event in self.store.cycle_events(cycle.id).await? {
            done.insert(event.act, plan.workdays.day_of(event.at));
        }
        let today = plan.workdays.day_of(self.clock.now());
        let left = |stage| match stage {
            Stage::Publish => open.unpublished,
            Stage::Acknowledge => open.unacknowledged,
            Stage::Decide => open.open_appeals,
            _ => 0,
        };
        let deadlines = plan.deadlines((cycle.state, cycle.period.last), &done, today, left);
        let years = deadlines.iter().map(|deadline| deadline.due.year());
        let unknown_years = years.filter(|year| !plan.workdays.knows(*year)).collect();
        Ok(DeadlinesView { state: cycle.state, plan, deadlines, open, unknown_years })
    }

    /// Sets the deadlines of a cycle. What agents were told is not shortened: once results are published, their days only become more, and the
    /// calendar stays.
    pub async fn set_deadlines(&self, order: &DeadlineOrder<'_>) -> Result<DeadlinesView, AppError> {
        self.require(Act::ManageCycles)?;
        let DeadlineOrder { cycle: code, calendar, working_days } = order;
        let cycle = self.cycle(code).await?;
        if cycle.state.is_final() || cycle.state == CycleState::Cancelled {
            return Err(AppError::refused(format!("cycle {code} is {}: nothing of it is due any more", cycle.state))
                .because(Why::NothingDue { state: cycle.state }));
        }
        if let Some((stage, days)) = working_days.iter().find(|(_, days)| !(1..=MOST_WORKING_DAYS).contains(days)) {
            return Err(AppError::invalid(format!(
                "{stage}: {days} is not a number of working days from 1 to {MOST_WORKING_DAYS}"
            ))
            .because(Why::DaysOutOfRange {
                stage: *stage,
                days: i64::from(*days),
                most: i64::from(MOST_WORKING_DAYS),
            }));
        }
        let before = self.store.deadline_plan(cycle.id).await?;
        let workdays = match calendar {
            Some(id) if cycle.state.is_published() && before.workdays.calendar() == Some(id) => before.workdays.clone(),
            Some(id) => self.workdays_of(id)?,
            None => Workdays::default(),
        };
        let plan = DeadlinePlan { workdays, working_days: working_days.clone() };
        if cycle.state.is_published() {
            not_shortened(&before, &plan)?;
        }
        let stages = Stage::ALL.map(|stage| format!("{stage}={}", plan.working_days(stage))).join(" ");
        let calendar = calendar.unwrap_or("monday_to_friday");
        let change =
            Change::new("cycle.set_deadlines", "cycle", code).detail(format_args!("calendar={calendar} {stages}"));
        let set = self.recorded(change).set_deadline_plan(&cycle, &plan).await;
        set.map_err(AppError::as_things_stand)?;
        self.deadlines(code).await
    }

    /// Ids of the working calendars of the rules, in order; none where this server has no rules.
    pub fn working_calendars(&self) -> Result<Vec<String>, AppError> {
        self.require(Act::ManageCycles)?;
        Ok(self.own_rules()?.map(|rules| rules.calendars.keys().cloned().collect()).unwrap_or_default())
    }

    /// The last day to appeal a result that was published then; `None` once it is over.
    pub async fn appeal_until(&self, code: &str, published: DateTime<Utc>) -> Result<Option<NaiveDate>, AppError> {
        let plan = self.store.deadline_plan(self.cycle(code).await?.id).await?;
        let last = plan.workdays.after(plan.workdays.day_of(published), plan.working_days(Stage::Appeal));
        Ok((plan.workdays.day_of(self.clock.now()) <= last).then_some(last))
    }

    /// The days that a working calendar of the rules says are worked.
    fn workdays_of(&self, id: &str) -> Result<Workdays, AppError> {
        let loaded = self.own_rules()?.ok_or_else(|| {
            AppError::invalid("calendar: this Merit was given no folder of rules (MERIT_RULES)")
                .because(Why::NoRulesFolder {})
        })?;
        let placed = loaded.calendars.get(id).ok_or_else(|| {
            let known: Vec<&str> = loaded.calendars.keys().map(String::as_str).collect();
            AppError::invalid(format!("calendar: the rules have no calendar '{id}'; they have {}", known.join(", ")))
                .because(Why::CalendarUnknown { calendar: id.to_owned(), known: known.join(", ") })
        })?;
        Workdays::of(&placed.calendar, &placed.zone).map_err(|error| AppError::invalid(format!("calendar: {error}")))
    }

    /// Errors: `Refused` while somebody may still appeal.
    pub(super) async fn windows_are_over(&self, cycle: &Cycle) -> Result<(), AppError> {
        let plan = self.store.deadline_plan(cycle.id).await?;
        let open = self.store.open_work(cycle.id).await?;
        if open.open_appeals > 0 {
            let open = StoreError::OpenAppeals { code: cycle.code.clone(), open: open.open_appeals };
            return Err(AppError::as_things_stand(open));
        }
        let Some(published) = open.published_at else { return Ok(()) };
        let last = plan.workdays.after(plan.workdays.day_of(published), plan.working_days(Stage::Appeal));
        if plan.workdays.day_of(self.clock.now()) > last {
            return Ok(());
        }
        Err(AppError::refused(format!(
            "agents of cycle {} may appeal until {last}: it is made final after that day",
            cycle.code
        ))
        .because(Why::AppealUntil { last }))
    }

    /// Looks again and again whose time to take note is over, until `stop` says so.
    pub async fn keep_deadlines(&self, mut stop: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.deem_acknowledged().await {
                tracing::warn!(%error, "it cannot be looked which deadlines have passed");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Who said nothing about a published result until its deadline has taken note of it; gives how many. However many servers look, each
    /// result is taken once.
    pub async fn deem_acknowledged(&self) -> Result<u64, AppError> {
        let now = self.clock.now();
        let mut deemed = 0;
        for cycle in self.store.cycles_published().await? {
            let plan = self.store.deadline_plan(cycle.id).await?;
            let today = plan.workdays.day_of(now);
            let day = plan.workdays.last_over(today, plan.working_days(Stage::Acknowledge));
            let before = plan.workdays.end_of(day);
            if !self.store.unacknowledged_before(cycle.id, before).await? {
                continue;
            }
            let change = Change::new("result.deem_acknowledged", "cycle", &cycle.code);
            let change = change.detail(format_args!("published_until={day}"));
            let store = self.acting_as(Actor::schedule("deadlines")).recorded(change);
            deemed += store.deem_acknowledged(cycle.id, before, now).await?;
        }
        Ok(deemed)
    }
}

/// What agents were told of only becomes longer.
fn not_shortened(before: &DeadlinePlan, after: &DeadlinePlan) -> Result<(), AppError> {
    if before.workdays != after.workdays {
        return Err(AppError::refused(
            "agents were told their deadlines by the calendar that the cycle has: once published, that stays",
        )
        .because(Why::CalendarStays {}));
    }
    for stage in Stage::ALL.into_iter().filter(|stage| stage.is_promised()) {
        let (was, is) = (before.working_days(stage), after.working_days(stage));
        if is < was {
            return Err(AppError::refused(format!(
                "agents were told that they have {was} working days to {stage}: once published, that only becomes longer"
            )).because(Why::DaysOnlyLonger { was: i64::from(was), stage }));
        }
    }
    Ok(())
}

//! Deadlines of a cycle, in working days.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::error::{ActError, GetError};
use crate::app::{DeadlineOrder, DeadlinesView};
use crate::domain::deadline::{self, Standing};

/// What has a deadline.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum Stage {
    /// The facts are frozen.
    Freeze,
    Score,
    /// Reviews are handed in.
    Review,
    Calibrate,
    Approve,
    Publish,
    /// Agents take note of their results; who says nothing has taken note after it.
    Acknowledge,
    /// Agents may appeal.
    Appeal,
    /// Appeals are decided.
    Decide,
    Finalise,
}

impl From<Stage> for deadline::Stage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Freeze => Self::Freeze,
            Stage::Score => Self::Score,
            Stage::Review => Self::Review,
            Stage::Calibrate => Self::Calibrate,
            Stage::Approve => Self::Approve,
            Stage::Publish => Self::Publish,
            Stage::Acknowledge => Self::Acknowledge,
            Stage::Appeal => Self::Appeal,
            Stage::Decide => Self::Decide,
            Stage::Finalise => Self::Finalise,
        }
    }
}

impl From<deadline::Stage> for Stage {
    fn from(stage: deadline::Stage) -> Self {
        match stage {
            deadline::Stage::Freeze => Self::Freeze,
            deadline::Stage::Score => Self::Score,
            deadline::Stage::Review => Self::Review,
            deadline::Stage::Calibrate => Self::Calibrate,
            deadline::Stage::Approve => Self::Approve,
            deadline::Stage::Publish => Self::Publish,
            deadline::Stage::Acknowledge => Self::Acknowledge,
            deadline::Stage::Appeal => Self::Appeal,
            deadline::Stage::Decide => Self::Decide,
            deadline::Stage::Finalise => Self::Finalise,
        }
    }
}

/// Where a stage stands against its deadline.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum StageState {
    /// Its turn has not come; `due` is by when it would be done if nothing is late from here on.
    Planned,
    Running,
    Overdue,
    Done,
}

/// The deadline of a stage.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct StageDeadline {
    stage: Stage,
    /// After the day on which the stage before was done.
    working_days: u16,
    /// The last day.
    due: NaiveDate,
    state: StageState,
    /// When it was done.
    done: Option<NaiveDate>,
    /// Whether it was done after its deadline.
    late: Option<bool>,
    /// Working days since the deadline of what is overdue.
    overdue_by: Option<u32>,
    /// How much is left of what many people do: reviews, publications, acknowledgements, appeals.
    left: Option<u64>,
}

/// The deadlines of a cycle as they stand today.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Deadlines {
    /// Of the cycle.
    state: String,
    /// Id of the working calendar they are counted by; absent: Monday to Friday.
    calendar: Option<String>,
    /// Time zone whose midnight ends a day.
    zone: String,
    /// Years of a deadline that the calendar does not know: their days count from Monday to Friday.
    unknown_years: Vec<i32>,
    /// In their order.
    stages: Vec<StageDeadline>,
}

/// How long a stage has.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct StageDays {
    stage: Stage,
    /// 1 to 60.
    working_days: u16,
}

/// The whole plan; what is left out is as usual.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewDeadlines {
    /// Id of a working calendar of the rules; Monday to Friday in UTC when absent.
    calendar: Option<String>,
    stages: Option<Vec<StageDays>>,
}

impl From<DeadlinesView> for Deadlines {
    fn from(view: DeadlinesView) -> Self {
        let stages = view.deadlines.iter().map(|deadline| {
            let deadline::Deadline { stage, working_days, due, standing } = *deadline;
            let (state, done, late, overdue_by) = match standing {
                Standing::Planned => (StageState::Planned, None, None, None),
                Standing::Running => (StageState::Running, None, None, None),
                Standing::Overdue { by } => (StageState::Overdue, None, None, Some(by)),
                Standing::Done { on, late } => (StageState::Done, Some(on), Some(late), None),
            };
            StageDeadline {
                stage: stage.into(),
                working_days,
                due,
                state,
                done,
                late,
                overdue_by,
                left: view.left(stage),
            }
        });
        let stages = stages.collect();
        let DeadlinesView { state, plan, deadlines: _, open: _, unknown_years } = view;
        Self {
            state: state.as_str().to_owned(),
            calendar: plan.workdays.calendar().map(str::to_owned),
            zone: plan.workdays.zone().to_owned(),
            unknown_years: unknown_years.into_iter().collect(),
            stages,
        }
    }
}

pub struct DeadlinesApi;

#[OpenApi(tag = "Resource::Cycles")]
impl DeadlinesApi {
    /// By when each stage of a cycle is to be done, and what is overdue
    #[oai(path = "/cycles/:code/deadlines", method = "get", operation_id = "get_deadlines")]
    async fn get(&self, app: Caller, code: Path<String>) -> Result<Json<Deadlines>, GetError> {
        Ok(Json(app.deadlines(&code.0).await?.into()))
    }

    /// Set the deadlines of a cycle
    ///
    /// Once results are published, the days to acknowledge and to appeal only become more, and the calendar stays.
    #[oai(path = "/cycles/:code/deadlines", method = "put", operation_id = "set_deadlines")]
    async fn set(
        &self,
        app: Caller,
        code: Path<String>,
        body: Json<NewDeadlines>,
    ) -> Result<Json<Deadlines>, ActError> {
        let NewDeadlines { calendar, stages } = body.0;
        let stages = stages.unwrap_or_default().into_iter().map(|days| (days.stage.into(), days.working_days));
        let working_days: BTreeMap<_, _> = stages.collect();
        let order = DeadlineOrder { cycle: &code.0, calendar: calendar.as_deref(), working_days };
        Ok(Json(app.set_deadlines(&order).await?.into()))
    }
}

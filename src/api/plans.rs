//! Improvement plans with their objectives.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::ListError;
use super::page::{PageSize, cursor, slice};
use crate::app::{PlanDetail, PlanSummary, Wanted};
use crate::domain::improvement;

/// An improvement plan with its objectives.
#[derive(Object)]
pub(super) struct Plan {
    id: Uuid,
    employee_number: String,
    agent_name: String,
    /// Code of the unit.
    unit: String,
    /// `suggested` until somebody takes it up.
    state: String,
    starts: chrono::NaiveDate,
    due: chrono::NaiveDate,
    /// Meetings to be held on the way.
    check_ins: u32,
    /// At most three, the one that matters most first.
    objectives: Vec<Objective>,
}

/// What the agent is asked to reach.
#[derive(Object)]
struct Objective {
    metric: String,
    /// The cycle's value, frozen.
    baseline: String,
    /// Worse than this is below standard.
    floor: String,
    target: String,
    due: chrono::NaiveDate,
    /// A course or coaching of the catalogue, by its id in the rules.
    #[oai(skip_serializing_if_is_none)]
    course: Option<String>,
    /// Cycles below the floor, among the last `of_periods`.
    periods_below: u32,
    of_periods: u32,
}

#[derive(Object)]
struct PlanPage {
    items: Vec<Plan>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

pub(super) fn plan(detail: PlanDetail) -> Plan {
    let PlanSummary {
        public_id,
        agent_id: _,
        employee_number,
        agent_name,
        unit_id: _,
        unit_code,
        state,
        starts,
        due,
        check_ins,
    } = detail.summary;
    let objectives = detail.suggestion.objectives.into_iter().map(objective).collect();
    Plan { id: public_id, employee_number, agent_name, unit: unit_code, state, starts, due, check_ins, objectives }
}

fn objective(objective: improvement::Objective) -> Objective {
    let improvement::Objective { metric, baseline, floor, target, due, course, periods_below, of_periods } = objective;
    Objective {
        metric: metric.to_string(),
        baseline: baseline.to_string(),
        floor: floor.to_string(),
        target: target.to_string(),
        due,
        course,
        periods_below,
        of_periods,
    }
}

pub struct PlansApi;

#[OpenApi(tag = "Resource::Plans")]
impl PlansApi {
    /// List a cycle's improvement plans in order of employee number
    #[oai(path = "/cycles/:code/plans", method = "get", operation_id = "list_plans")]
    async fn list(
        &self,
        app: Caller,
        code: Path<String>,
        /// Of this unit and those below it (its code)
        unit: Query<Option<String>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<PlanPage>, ListError> {
        let wanted = Wanted { unit: unit.0, ..Wanted::default() };
        let page = app.plans(&code.0, &slice(limit.0, after.0)?, &wanted).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|plan| cursor(&plan.summary.employee_number));
        Ok(Json(PlanPage { items: page.rows.into_iter().map(plan).collect(), next_cursor }))
    }

    /// One agent's improvement plan
    #[oai(path = "/cycles/:code/plans/:employee_number", method = "get", operation_id = "get_plan")]
    async fn get(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
        /// An older result of the agent, by the number of its revision; without it the one that stands
        revision: Query<Option<i64>>,
    ) -> Result<Json<Plan>, ListError> {
        Ok(Json(plan(app.plan_in(&code.0, &employee_number.0, revision.0).await?)))
    }
}

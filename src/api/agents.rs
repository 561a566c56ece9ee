//! People on the roster.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{GetError, ListError};
use super::page::{PageSize, cursor, slice};
use crate::app::{AgentRecord, AgentView, AssignmentRecord};
use crate::domain::money::Money;

/// A person.
#[derive(Object)]
struct Agent {
    id: Uuid,
    employee_number: String,
    name: String,
    #[oai(skip_serializing_if_is_none)]
    hired: Option<chrono::NaiveDate>,
    #[oai(skip_serializing_if_is_none)]
    left: Option<chrono::NaiveDate>,
}

/// A person with everything the roster says.
#[derive(Object)]
struct AgentDetail {
    agent: Agent,
    /// Other texts that stand for this person in sources.
    aliases: Vec<String>,
    /// In order of first day.
    assignments: Vec<Assignment>,
}

/// A post in a unit, from a day on.
#[derive(Object)]
struct Assignment {
    /// Code of the unit.
    unit: String,
    post: String,
    first_day: chrono::NaiveDate,
    /// Absent until further notice.
    #[oai(skip_serializing_if_is_none)]
    last_day: Option<chrono::NaiveDate>,
    /// 1 is full time.
    fte: String,
    /// For one whole cycle at full time and 100 %; absent for callers who may not see pay.
    #[oai(skip_serializing_if_is_none)]
    target_incentive: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    currency: Option<String>,
}

#[derive(Object)]
struct AgentPage {
    items: Vec<Agent>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

fn agent(record: AgentRecord) -> Agent {
    let AgentRecord { id: _, public_id, employee_number, name, hired, left, attributes: _ } = record;
    Agent { id: public_id, employee_number, name, hired, left }
}

fn assignment(record: AssignmentRecord, with_pay: bool) -> Assignment {
    let AssignmentRecord {
        id: _,
        agent_id: _,
        unit_id: _,
        unit_code,
        post,
        first_day,
        last_day,
        fte,
        target_minor,
        currency,
    } = record;
    Assignment {
        unit: unit_code,
        post,
        first_day,
        last_day,
        fte: fte.to_string(),
        target_incentive: with_pay.then(|| Money { minor: target_minor, currency }.to_decimal().to_string()),
        currency: with_pay.then(|| currency.code().to_owned()),
    }
}

pub struct AgentsApi;

#[OpenApi(tag = "Resource::Agents")]
impl AgentsApi {
    /// List people in order of employee number
    #[oai(path = "/agents", method = "get", operation_id = "list_agents")]
    async fn list(
        &self,
        app: Caller,
        /// Assigned today to this unit or one below it (its code)
        unit: Query<Option<String>>,
        /// Part of the employee number or name
        search: Query<Option<String>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<AgentPage>, ListError> {
        let page = app.agents(&slice(limit.0, after.0)?, unit.0.as_deref(), search.0).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|agent| cursor(&agent.employee_number));
        Ok(Json(AgentPage { items: page.rows.into_iter().map(agent).collect(), next_cursor }))
    }

    /// Everything held about a person: roster, leave, facts, results of every cycle with their working
    #[oai(path = "/agents/:employee_number/data", method = "get", operation_id = "get_agent_data")]
    async fn data(&self, app: Caller, employee_number: Path<String>) -> Result<Json<serde_json::Value>, GetError> {
        Ok(Json(app.personal_data(&employee_number.0).await?))
    }

    /// One person with aliases and assignments
    #[oai(path = "/agents/:employee_number", method = "get", operation_id = "get_agent")]
    async fn get(&self, app: Caller, employee_number: Path<String>) -> Result<Json<AgentDetail>, GetError> {
        let AgentView { agent: record, aliases, assignments, with_pay } = app.agent(&employee_number.0).await?;
        let assignments = assignments.into_iter().map(|record| assignment(record, with_pay)).collect();
        Ok(Json(AgentDetail { agent: agent(record), aliases, assignments }))
    }
}

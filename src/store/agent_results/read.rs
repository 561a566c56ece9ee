//! Reading where results stand.

use chrono::{DateTime, Utc};
use entity::agent_result::{Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};

use super::super::error::Step;
use super::super::reach::{Tree, below, result_condition};
use super::super::write::fetch;
use super::super::{Page, Store, StoreError};
use crate::domain::agent_result::ResultState;
use crate::domain::authority::Reach;

/// An agent's result as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentResult {
    pub cycle_id: i64,
    pub agent_id: i64,
    pub employee_number: String,
    pub unit_id: i64,
    pub state: ResultState,
    /// The revision that took the result's place.
    pub revised_run_id: Option<i64>,
    pub reviewed_at: Option<DateTime<Utc>>,
    pub published_at: Option<DateTime<Utc>>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// False where the time for it passed.
    pub acknowledged_by_agent: Option<bool>,
    pub acknowledged_comment: Option<String>,
}

/// How many results of a unit, itself alone, are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultCount {
    pub unit_id: i64,
    pub state: ResultState,
    pub results: u64,
}

#[derive(FromQueryResult)]
struct CountRow {
    unit_id: i64,
    state: String,
    results: i64,
}

pub(in super::super) fn state_of(code: String) -> Result<ResultState, StoreError> {
    ResultState::of(&code).ok_or(StoreError::Unreadable { what: "where a result stands", value: code })
}

impl TryFrom<Model> for AgentResult {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            cycle_id,
            agent_id,
            employee_number,
            unit_id,
            state,
            revised_run_id,
            paid_run_id: _,
            reviewed_at,
            published_at,
            acknowledged_at,
            acknowledged_by_agent,
            acknowledged_comment,
        } = model;
        Ok(Self {
            cycle_id,
            agent_id,
            employee_number,
            unit_id,
            state: state_of(state)?,
            revised_run_id,
            reviewed_at,
            published_at,
            acknowledged_at,
            acknowledged_by_agent,
            acknowledged_comment,
        })
    }
}

impl Store {
    /// Where an agent's result stands; `None` before the review begins.
    pub async fn agent_result(&self, cycle_id: i64, agent_id: i64) -> Result<Option<AgentResult>, StoreError> {
        let found = Entity::find_by_id((cycle_id, agent_id)).one(&self.readers).await;
        found.step("looking up where a result stands")?.map(AgentResult::try_from).transpose()
    }

    /// As [`Store::agent_result`], by employee number.
    pub async fn agent_result_of(
        &self,
        cycle_id: i64,
        employee_number: &str,
    ) -> Result<Option<AgentResult>, StoreError> {
        let found = Entity::find()
            .filter(Column::CycleId.eq(cycle_id))
            .filter(Column::EmployeeNumber.eq(employee_number))
            .one(&self.readers)
            .await;
        found.step("looking up where a result stands")?.map(AgentResult::try_from).transpose()
    }

    /// Results after the employee number `after`, in its order, of the cycle whose run and tree of units is `run_id`: within reach, of the unit and
    /// below, in the state.
    pub async fn agent_results_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        (reach, unit, state): (&Reach, Option<i64>, Option<ResultState>),
    ) -> Result<Page<AgentResult>, StoreError> {
        let mut values = vec![run_id.into(), after.unwrap_or_default().into()];
        let mut conditions = result_condition(reach, Some("r.agent_id"), "r.unit_id", &mut values);
        if let Some(unit) = unit {
            conditions.push_str(&format!(" AND r.unit_id IN {}", below(Tree::OfRun, [unit], &mut values)));
        }
        if let Some(state) = state {
            conditions.push_str(&format!(" AND r.state = '{state}'"));
        }
        let text = format!(
            "SELECT r.* FROM run JOIN agent_result r ON r.cycle_id = run.cycle_id
            WHERE run.id = $1 AND r.employee_number > $2{conditions} ORDER BY r.employee_number LIMIT {}",
            limit.saturating_add(1)
        );
        let rows: Vec<Model> = fetch(&self.readers, "listing where results stand", text, values).await?;
        let page = Page::cut(rows, limit);
        page.convert()
    }

    /// How many results of each unit are in each state, in order of both.
    pub async fn agent_result_counts(&self, cycle_id: i64) -> Result<Vec<ResultCount>, StoreError> {
        let text = "SELECT unit_id, state, results FROM agent_result_count WHERE cycle_id = $1 AND results <> 0
            ORDER BY unit_id, state";
        let rows: Vec<CountRow> = fetch(&self.readers, "counting where results stand", text, [cycle_id.into()]).await?;
        let count = |row: CountRow| {
            Ok(ResultCount {
                unit_id: row.unit_id,
                state: state_of(row.state)?,
                results: u64::try_from(row.results).unwrap_or_default(),
            })
        };
        rows.into_iter().map(count).collect()
    }
}

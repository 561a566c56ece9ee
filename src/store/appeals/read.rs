//! Reading appeals, and how they were decided.

use chrono::{DateTime, NaiveDate, Utc};
use entity::appeal::{Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::super::cycle_events::Doer;
use super::super::error::Step;
use super::super::reach::{Tree, below, result_condition};
use super::super::write::fetch;
use super::super::{Page, Store, StoreError};
use crate::domain::appeal::{AppealState, AppealSubject};
use crate::domain::authority::Reach;

/// An appeal as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    pub id: i64,
    pub public_id: Uuid,
    pub cycle_id: i64,
    pub agent_id: i64,
    pub employee_number: String,
    /// Of the result when it was appealed.
    pub unit_id: i64,
    pub subject: AppealSubject,
    pub metric: Option<String>,
    pub grounds: String,
    pub state: AppealState,
    pub raised_at: DateTime<Utc>,
    /// By when it should be decided.
    pub due: NaiveDate,
    pub assigned_to: Option<Doer>,
    pub decided_by: Option<Doer>,
    pub decided_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub revision_run_id: Option<i64>,
}

/// Which appeals of a cycle a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealFilter {
    pub reach: Reach,
    pub state: Option<AppealState>,
    /// Of results in this unit or below it, in the run's own tree of units.
    pub unit: Option<i64>,
}

/// Appeals counted by what they were about or who had reviewed the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealTally {
    /// `line`, `rating` or `result`; for supervisors the employee number.
    pub name: String,
    /// The line's metric.
    pub metric: Option<String>,
    pub state: AppealState,
    pub appeals: u64,
}

#[derive(FromQueryResult)]
struct TallyRow {
    name: String,
    metric: Option<String>,
    state: String,
    appeals: i64,
}

pub(super) fn state_of(code: String) -> Result<AppealState, StoreError> {
    AppealState::of(&code).ok_or(StoreError::Unreadable { what: "where an appeal stands", value: code })
}

fn doer(operator: Option<String>, account: Option<i64>) -> Option<Doer> {
    account.map(Doer::Account).or_else(|| operator.map(Doer::Operator))
}

impl TryFrom<Model> for Appeal {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            public_id,
            cycle_id,
            agent_id,
            employee_number,
            unit_id,
            subject,
            line,
            metric,
            grounds,
            state,
            raised_at,
            due,
            assigned_to,
            assigned_account,
            decided_by,
            decided_account,
            decided_at,
            reason,
            revision_run_id,
        } = model;
        let unreadable = StoreError::Unreadable { what: "what an appeal is about", value: subject.clone() };
        Ok(Self {
            id,
            public_id,
            cycle_id,
            agent_id,
            employee_number,
            unit_id,
            subject: AppealSubject::of(&subject, line.as_deref()).ok_or(unreadable)?,
            metric,
            grounds,
            state: state_of(state)?,
            raised_at,
            due: due.0,
            assigned_to: doer(assigned_to, assigned_account),
            decided_by: doer(decided_by, decided_account),
            decided_at,
            reason,
            revision_run_id,
        })
    }
}

impl Store {
    pub async fn appeal(&self, public_id: Uuid) -> Result<Option<Appeal>, StoreError> {
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).one(&self.readers).await;
        found.step("looking up an appeal")?.map(Appeal::try_from).transpose()
    }

    pub async fn appeal_by_id(&self, id: i64) -> Result<Option<Appeal>, StoreError> {
        let found = Entity::find_by_id(id).one(&self.readers).await;
        found.step("looking up an appeal")?.map(Appeal::try_from).transpose()
    }

    /// Every appeal of an agent, oldest first.
    pub async fn appeals_of(&self, agent_id: i64) -> Result<Vec<Appeal>, StoreError> {
        let found = Entity::find().filter(Column::AgentId.eq(agent_id)).order_by_asc(Column::Id);
        let found = found.all(&self.readers).await.step("reading appeals")?;
        found.into_iter().map(Appeal::try_from).collect()
    }

    /// Open appeals that are assigned to the account, oldest first.
    pub async fn appeals_assigned_to(&self, account_id: i64) -> Result<Vec<Appeal>, StoreError> {
        let found = Entity::find()
            .filter(Column::AssignedAccount.eq(account_id))
            .filter(Column::State.eq(AppealState::Open.as_str()))
            .order_by_asc(Column::Id);
        let found = found.all(&self.readers).await.step("reading appeals to decide")?;
        found.into_iter().map(Appeal::try_from).collect()
    }

    /// Appeals of the cycle of the run after the number `after`, oldest first.
    pub async fn appeals_page(
        &self,
        run_id: i64,
        after: Option<i64>,
        limit: u64,
        filter: &AppealFilter,
    ) -> Result<Page<Appeal>, StoreError> {
        let mut values = vec![run_id.into(), after.unwrap_or_default().into()];
        let mut conditions = result_condition(&filter.reach, Some("r.agent_id"), "r.unit_id", &mut values);
        if let Some(state) = filter.state {
            conditions.push_str(&format!(" AND r.state = '{state}'"));
        }
        if let Some(unit) = filter.unit {
            conditions.push_str(&format!(" AND r.unit_id IN {}", below(Tree::OfRun, [unit], &mut values)));
        }
        let text = format!(
            "SELECT r.* FROM run JOIN appeal r ON r.cycle_id = run.cycle_id
            WHERE run.id = $1 AND r.id > $2{conditions} ORDER BY r.id LIMIT {}",
            limit.saturating_add(1)
        );
        let rows: Vec<Model> = fetch(&self.readers, "listing appeals", text, values).await?;
        Page::cut(rows, limit).convert()
    }

    /// How appeals of the run's cycle were decided: by what they were about, a line by its id and metric.
    pub async fn appeals_by_subject(&self, run_id: i64, reach: &Reach) -> Result<Vec<AppealTally>, StoreError> {
        let by = "COALESCE(r.line, r.subject) AS name, r.metric";
        self.tally(run_id, reach, by, "", "COALESCE(r.line, r.subject), r.metric").await
    }

    /// How appeals of the run's cycle were decided: by the supervisors who had reviewed the agents.
    pub async fn appeals_by_supervisor(&self, run_id: i64, reach: &Reach) -> Result<Vec<AppealTally>, StoreError> {
        let reviewed = "JOIN review v ON v.cycle_id = r.cycle_id AND v.agent_id = r.agent_id
            AND v.rater_group = 'supervisor' AND v.submitted_at IS NOT NULL
            JOIN agent s ON s.id = v.rater_id";
        let by = "s.employee_number AS name, CAST(NULL AS TEXT) AS metric";
        self.tally(run_id, reach, by, reviewed, "s.employee_number").await
    }

    async fn tally(
        &self,
        run_id: i64,
        reach: &Reach,
        by: &str,
        joined: &str,
        group: &str,
    ) -> Result<Vec<AppealTally>, StoreError> {
        let mut values = vec![run_id.into()];
        let conditions = result_condition(reach, None, "r.unit_id", &mut values);
        let text = format!(
            "SELECT {by}, r.state, COUNT(*) AS appeals FROM run JOIN appeal r ON r.cycle_id = run.cycle_id {joined}
            WHERE run.id = $1{conditions} GROUP BY {group}, r.state ORDER BY {group}, r.state"
        );
        let rows: Vec<TallyRow> = fetch(&self.readers, "counting appeals", text, values).await?;
        let tally = |row: TallyRow| {
            Ok(AppealTally {
                name: row.name,
                metric: row.metric,
                state: state_of(row.state)?,
                appeals: u64::try_from(row.appeals).unwrap_or_default(),
            })
        };
        rows.into_iter().map(tally).collect()
    }
}

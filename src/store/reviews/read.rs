//! Reading reviews.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::review::{Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::error::Step;
use super::super::ratings::read::group_of;
use super::super::reach::result_condition;
use super::super::write::fetch;
use super::super::{Page, Store, StoreError};
use crate::domain::authority::Reach;
use crate::domain::fixed::Fixed;
use crate::domain::judgement::{RaterGroup, ReviewState};

/// What somebody gave on one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewAnswer {
    /// On the form's scale.
    pub value: Fixed,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// A review as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub id: i64,
    pub public_id: Uuid,
    pub cycle_id: i64,
    /// Whom it is about, and who writes it.
    pub agent_id: i64,
    pub rater_id: i64,
    pub group: RaterGroup,
    pub form: Option<String>,
    pub state: ReviewState,
    /// By item.
    pub answers: BTreeMap<String, ReviewAnswer>,
    pub comment: String,
    /// Counts every saving; 1 for the first.
    pub version: i64,
    pub invited_at: Option<DateTime<Utc>>,
    pub saved_at: DateTime<Utc>,
    /// When it was last handed in.
    pub submitted_at: Option<DateTime<Utc>>,
}

/// A review that somebody has to write or wrote, with the names a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewTask {
    pub cycle: String,
    pub employee_number: String,
    pub agent_name: String,
    pub group: RaterGroup,
    pub state: ReviewState,
    pub version: i64,
    pub submitted_at: Option<DateTime<Utc>>,
}

/// How far somebody is with a review of somebody they lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewStanding {
    NotBegun,
    /// Saved, and not handed in as it is.
    Draft,
    HandedIn,
}

impl ReviewStanding {
    pub const ALL: [Self; 3] = [Self::NotBegun, Self::Draft, Self::HandedIn];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotBegun => "not_begun",
            Self::Draft => "draft",
            Self::HandedIn => "handed_in",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text)
    }

    /// As a condition on the review `v`, which is not there before it is begun.
    const fn condition(self) -> &'static str {
        match self {
            Self::NotBegun => " AND (v.id IS NULL OR v.state IN ('invited', 'declined'))",
            Self::Draft => " AND v.state = 'draft'",
            Self::HandedIn => " AND v.state = 'submitted'",
        }
    }
}

/// Somebody to be reviewed by who leads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewToWrite {
    pub employee_number: String,
    pub agent_name: String,
    pub unit_code: String,
    pub standing: ReviewStanding,
    /// When it was last saved, once it was begun.
    pub saved_at: Option<DateTime<Utc>>,
    /// When it was last handed in.
    pub submitted_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct ToWriteRow {
    employee_number: String,
    agent_name: String,
    unit_code: String,
    state: Option<String>,
    saved_at: Option<DateTime<Utc>>,
    submitted_at: Option<DateTime<Utc>>,
}

impl TryFrom<ToWriteRow> for ReviewToWrite {
    type Error = StoreError;

    fn try_from(row: ToWriteRow) -> Result<Self, StoreError> {
        let ToWriteRow { employee_number, agent_name, unit_code, state, saved_at, submitted_at } = row;
        let standing = match state.map(state_of).transpose()? {
            None | Some(ReviewState::Invited | ReviewState::Declined) => ReviewStanding::NotBegun,
            Some(ReviewState::Draft) => ReviewStanding::Draft,
            Some(ReviewState::Submitted) => ReviewStanding::HandedIn,
        };
        let saved_at = saved_at.filter(|_| standing != ReviewStanding::NotBegun);
        Ok(Self { employee_number, agent_name, unit_code, standing, saved_at, submitted_at })
    }
}

#[derive(FromQueryResult)]
struct TaskRow {
    cycle: String,
    employee_number: String,
    agent_name: String,
    rater_group: String,
    state: String,
    version: i64,
    submitted_at: Option<DateTime<Utc>>,
}

pub(super) fn state_of(code: String) -> Result<ReviewState, StoreError> {
    ReviewState::of(&code).ok_or(StoreError::Unreadable { what: "where a review stands", value: code })
}

impl TryFrom<Model> for Review {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            public_id,
            cycle_id,
            agent_id,
            rater_id,
            rater_group,
            form,
            state,
            answers,
            comment,
            version,
            invited_at,
            saved_at,
            submitted_at,
        } = model;
        let unreadable = |_| StoreError::Unreadable { what: "the answers of a review", value: answers.clone() };
        Ok(Self {
            id,
            public_id,
            cycle_id,
            agent_id,
            rater_id,
            group: group_of(&rater_group)?,
            form,
            state: state_of(state)?,
            answers: serde_json::from_str(&answers).map_err(unreadable)?,
            comment,
            version,
            invited_at,
            saved_at,
            submitted_at,
        })
    }
}

impl Store {
    /// What this person writes about the agent; `None` when nothing was begun.
    pub async fn review(&self, cycle_id: i64, agent_id: i64, rater_id: i64) -> Result<Option<Review>, StoreError> {
        let found = Entity::find()
            .filter(Column::CycleId.eq(cycle_id))
            .filter(Column::AgentId.eq(agent_id))
            .filter(Column::RaterId.eq(rater_id))
            .one(&self.readers)
            .await;
        found.step("looking up a review")?.map(Review::try_from).transpose()
    }

    /// Everything that is written about the agent in a cycle, in the order it was begun.
    pub async fn reviews_of(&self, cycle_id: i64, agent_id: i64) -> Result<Vec<Review>, StoreError> {
        let found = Entity::find()
            .filter(Column::CycleId.eq(cycle_id))
            .filter(Column::AgentId.eq(agent_id))
            .order_by_asc(Column::Id)
            .all(&self.readers)
            .await
            .step("reading reviews")?;
        found.into_iter().map(Review::try_from).collect()
    }

    /// Results in review within reach but the rater's own, after the employee number `after`, in its order, with the rater's review of each.
    pub async fn reviews_to_write(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        (reach, rater_id, standing): (&Reach, i64, Option<ReviewStanding>),
    ) -> Result<Page<ReviewToWrite>, StoreError> {
        let mut values = vec![run_id.into(), after.unwrap_or_default().into(), rater_id.into()];
        let mut conditions = result_condition(reach, None, "r.unit_id", &mut values);
        conditions.push_str(standing.map_or("", ReviewStanding::condition));
        let text = format!(
            "SELECT r.employee_number, a.name AS agent_name, u.code AS unit_code, v.state, v.saved_at, v.submitted_at
            FROM run JOIN agent_result r ON r.cycle_id = run.cycle_id JOIN agent a ON a.id = r.agent_id
            JOIN run_unit u ON u.run_id = run.id AND u.unit_id = r.unit_id
            LEFT JOIN review v ON v.cycle_id = r.cycle_id AND v.agent_id = r.agent_id AND v.rater_id = $3
            WHERE run.id = $1 AND r.employee_number > $2 AND r.agent_id <> $3{conditions}
            ORDER BY r.employee_number LIMIT {}",
            limit.saturating_add(1)
        );
        let rows: Vec<ToWriteRow> = fetch(&self.readers, "listing whom somebody reviews", text, values).await?;
        Page::cut(rows, limit).convert()
    }

    /// What this person writes or is asked to write, of the newest cycles first, at most `limit`.
    pub async fn review_tasks(&self, rater_id: i64, limit: u64) -> Result<Vec<ReviewTask>, StoreError> {
        let text = format!(
            "SELECT c.code AS cycle, a.employee_number, a.name AS agent_name, r.rater_group, r.state, r.version, r.submitted_at
            FROM review r JOIN cycle c ON c.id = r.cycle_id JOIN agent a ON a.id = r.agent_id
            WHERE r.rater_id = $1 ORDER BY c.id DESC, a.employee_number LIMIT {limit}"
        );
        let rows: Vec<TaskRow> = fetch(&self.readers, "listing reviews to write", text, [rater_id.into()]).await?;
        let task = |row: TaskRow| {
            Ok(ReviewTask {
                cycle: row.cycle,
                employee_number: row.employee_number,
                agent_name: row.agent_name,
                group: group_of(&row.rater_group)?,
                state: state_of(row.state)?,
                version: row.version,
                submitted_at: row.submitted_at,
            })
        };
        rows.into_iter().map(task).collect()
    }
}

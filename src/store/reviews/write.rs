//! Writing reviews: saved as drafts without anybody overwriting another, handed in as ratings.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use entity::micros::Micros;
use entity::{rating, review};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, Set, SqlErr,
};
use uuid::Uuid;

use super::super::agent_results::change::take_on;
use super::super::cycle::{Cycle, count_input};
use super::super::error::Step;
use super::super::write::{execute, fetch_one, instant};
use super::super::{Store, StoreError, bulk};
use super::read::{Review, ReviewAnswer};
use crate::domain::agent_result::ResultAct;
use crate::domain::cycle::CycleState;
use crate::domain::judgement::{RaterGroup, ReviewState};

const STEP: &str = "saving a review";

/// What of a review is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewDraft {
    /// Of a review that is new.
    pub public_id: Uuid,
    pub cycle_id: i64,
    pub agent_id: i64,
    pub rater_id: i64,
    pub group: RaterGroup,
    pub form: Option<String>,
    pub answers: BTreeMap<String, ReviewAnswer>,
    pub comment: String,
    /// The version it was read at; 0 where nothing was begun.
    pub version: i64,
    pub at: DateTime<Utc>,
}

/// Somebody to be asked for a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    pub public_id: Uuid,
    pub rater_id: i64,
    pub group: RaterGroup,
}

fn changed() -> StoreError {
    StoreError::Changed { what: "review", name: "of this agent".to_owned() }
}

impl Store {
    /// Saves a draft. What was handed in before counts until it is handed in again. Errors: `Changed` when it was saved meanwhile; `CycleState`
    /// unless the cycle is in review.
    pub async fn save_review(&self, draft: &ReviewDraft) -> Result<Review, StoreError> {
        let tx = self.begin_write(&[]).await?;
        in_review(&tx, draft.cycle_id).await?;
        let saved = save(&tx, draft, ReviewState::Draft).await?;
        tx.commit().await.step(STEP)?;
        Ok(saved)
    }

    /// Hands a review in: its answers are ratings from now on, and a supervisor's takes the agent's result on. Errors: as `save_review`.
    pub async fn submit_review(&self, draft: &ReviewDraft) -> Result<Review, StoreError> {
        let tx = self.begin_write(&[]).await?;
        let refused = |cycle: Cycle| StoreError::NotInReview { code: cycle.code, state: cycle.state };
        count_input(&tx, draft.cycle_id, &[CycleState::InReview], refused).await?;
        let saved = save(&tx, draft, ReviewState::Submitted).await?;
        rate(&tx, draft).await?;
        if draft.group == RaterGroup::Supervisor {
            take_on(&tx, (draft.cycle_id, draft.agent_id), ResultAct::Review).await?;
            let text = "UPDATE agent_result SET reviewed_at = $3 WHERE cycle_id = $1 AND agent_id = $2";
            let values = [draft.cycle_id.into(), draft.agent_id.into(), instant(draft.at).into()];
            execute(&tx, STEP, text, values).await?;
        }
        self.finish(tx, STEP).await?;
        Ok(saved)
    }

    /// Asks people for their rating of an agent; who is asked already stays as they are. Gives how many were asked anew.
    pub async fn invite_raters(
        &self,
        (cycle_id, agent_id): (i64, i64),
        form: Option<&str>,
        invitations: &[Invitation],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let tx = self.begin_write(&[]).await?;
        in_review(&tx, cycle_id).await?;
        let raters: Vec<i64> = invitations.iter().map(|invited| invited.rater_id).collect();
        let there = review::Entity::find()
            .filter(review::Column::CycleId.eq(cycle_id))
            .filter(review::Column::AgentId.eq(agent_id))
            .filter(review::Column::RaterId.is_in(raters))
            .all(&tx)
            .await
            .step(STEP)?;
        let there: BTreeSet<i64> = there.into_iter().map(|review| review.rater_id).collect();
        let mut invited = 0;
        for Invitation { public_id, rater_id, group } in invitations.iter().filter(|one| !there.contains(&one.rater_id))
        {
            let row = review::ActiveModel {
                id: NotSet,
                public_id: Set(*public_id),
                cycle_id: Set(cycle_id),
                agent_id: Set(agent_id),
                rater_id: Set(*rater_id),
                rater_group: Set(group.as_str().to_owned()),
                form: Set(form.map(str::to_owned)),
                state: Set(ReviewState::Invited.as_str().to_owned()),
                answers: Set("{}".to_owned()),
                comment: Set(String::new()),
                version: Set(1),
                invited_at: Set(Some(instant(at))),
                saved_at: Set(instant(at)),
                submitted_at: Set(None),
            };
            row.insert(&tx).await.map_err(twice)?;
            invited += 1;
        }
        self.finish(tx, STEP).await?;
        Ok(invited)
    }

    /// Declines to write a review one was asked for, or takes the invitation back: what was not handed in is dropped. Errors: `Changed` when it was handed in, or saved
    /// since `version`.
    pub async fn decline_review(&self, review: &Review, at: DateTime<Utc>) -> Result<(), StoreError> {
        let tx = self.begin_write(&[]).await?;
        in_review(&tx, review.cycle_id).await?;
        let text =
            "UPDATE review SET state = 'declined', answers = '{}', comment = '', version = version + 1, saved_at = $3
            WHERE id = $1 AND version = $2 AND state IN ('invited', 'draft') AND submitted_at IS NULL";
        let values = [review.id.into(), review.version.into(), instant(at).into()];
        if execute(&tx, STEP, text, values).await? != 1 {
            return Err(changed());
        }
        self.finish(tx, STEP).await
    }
}

/// Holds the cycle in review until the transaction ends; several may hold it at once.
async fn in_review(tx: &DatabaseTransaction, cycle_id: i64) -> Result<(), StoreError> {
    let share = if tx.get_database_backend() == sea_orm::DbBackend::Postgres { " FOR SHARE" } else { "" };
    let text = format!("SELECT * FROM cycle WHERE id = $1{share}");
    let found: Option<entity::cycle::Model> = fetch_one(tx, STEP, text, [cycle_id.into()]).await?;
    let cycle = found.ok_or_else(|| StoreError::NotFound { what: "cycle", name: cycle_id.to_string() })?;
    let cycle = Cycle::from_model(cycle)?;
    match cycle.state {
        CycleState::InReview => Ok(()),
        state => Err(StoreError::NotInReview { code: cycle.code, state }),
    }
}

async fn save(tx: &DatabaseTransaction, draft: &ReviewDraft, state: ReviewState) -> Result<Review, StoreError> {
    let answers = serde_json::to_string(&draft.answers)
        .map_err(|error| StoreError::Unreadable { what: "the answers of a review", value: error.to_string() })?;
    let at = instant(draft.at);
    let submitted = (state == ReviewState::Submitted).then_some(at);
    if draft.version == 0 {
        let row = review::ActiveModel {
            id: NotSet,
            public_id: Set(draft.public_id),
            cycle_id: Set(draft.cycle_id),
            agent_id: Set(draft.agent_id),
            rater_id: Set(draft.rater_id),
            rater_group: Set(draft.group.as_str().to_owned()),
            form: Set(draft.form.clone()),
            state: Set(state.as_str().to_owned()),
            answers: Set(answers),
            comment: Set(draft.comment.clone()),
            version: Set(1),
            invited_at: Set(None),
            saved_at: Set(at),
            submitted_at: Set(submitted),
        };
        return row.insert(tx).await.map_err(twice)?.try_into();
    }
    let text = "UPDATE review SET state = $5, answers = $6, comment = $7, version = version + 1, saved_at = $8,
            submitted_at = COALESCE($9, submitted_at), form = $10
        WHERE cycle_id = $1 AND agent_id = $2 AND rater_id = $3 AND version = $4";
    let values = [
        draft.cycle_id.into(),
        draft.agent_id.into(),
        draft.rater_id.into(),
        draft.version.into(),
        state.as_str().into(),
        answers.into(),
        draft.comment.clone().into(),
        at.into(),
        submitted.into(),
        draft.form.clone().into(),
    ];
    if execute(tx, STEP, text, values).await? != 1 {
        return Err(changed());
    }
    let found = review::Entity::find()
        .filter(review::Column::CycleId.eq(draft.cycle_id))
        .filter(review::Column::AgentId.eq(draft.agent_id))
        .filter(review::Column::RaterId.eq(draft.rater_id))
        .one(tx)
        .await
        .step(STEP)?;
    found.ok_or_else(changed)?.try_into()
}

/// Somebody else began the same review at the same time.
fn twice(error: sea_orm::DbErr) -> StoreError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => changed(),
        _ => StoreError::from_database(STEP, error),
    }
}

/// Makes the answers this person's ratings of the agent on the form; those on other items go.
async fn rate(tx: &DatabaseTransaction, draft: &ReviewDraft) -> Result<(), StoreError> {
    let Some(form) = &draft.form else { return Ok(()) };
    rating::Entity::delete_many()
        .filter(rating::Column::CycleId.eq(draft.cycle_id))
        .filter(rating::Column::AgentId.eq(draft.agent_id))
        .filter(rating::Column::Form.eq(form))
        .filter(rating::Column::RaterId.eq(draft.rater_id))
        .exec(tx)
        .await
        .step(STEP)?;
    let mut rows = Vec::with_capacity(draft.answers.len());
    for (item, answer) in &draft.answers {
        rows.push(rating::Model {
            cycle_id: draft.cycle_id,
            agent_id: draft.agent_id,
            form: form.clone(),
            item: item.clone(),
            rater_id: draft.rater_id,
            rater_group: draft.group.as_str().to_owned(),
            value: Micros(answer.value.micros()),
            comment: (!answer.comment.is_empty()).then(|| answer.comment.clone()),
            entered_at: instant(draft.at),
        });
    }
    bulk::insert::<rating::Entity>(tx, STEP, rows).await
}

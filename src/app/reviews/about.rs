//! What may be seen of what others wrote about somebody.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::super::{App, AppError, Change};
use super::no_part;
use crate::domain::authority::Act;
use crate::domain::judgement::{RaterGroup, ReviewState};
use crate::store::{Review, ReviewAnswer};

/// A review with its words: by a supervisor or by the person themselves, never by colleagues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenReview {
    pub group: RaterGroup,
    /// Whose it is, where that is no secret.
    pub rater: Option<String>,
    pub answers: BTreeMap<String, ReviewAnswer>,
    pub comment: String,
    pub submitted_at: DateTime<Utc>,
}

/// How many of a group have come how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCount {
    pub group: RaterGroup,
    pub asked: u64,
    pub handed_in: u64,
    pub declined: u64,
}

/// All that may be seen of an agent's review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewsAbout {
    pub employee_number: String,
    pub written: Vec<WrittenReview>,
    /// Of colleagues only numbers are told: their figures are on the scorecard from the least number of raters on.
    pub colleagues: Vec<GroupCount>,
}

impl App {
    /// What was written about an agent: supervisors' reviews and the self-assessment in words, of colleagues only how many. The agent sees
    /// it once results are published.
    pub async fn reviews_about(&self, code: &str, employee_number: &str) -> Result<ReviewsAbout, AppError> {
        let (reach, run) = self.shown(Act::ReadResults, code).await?;
        let found = self.store.agent_result_of(run.cycle_id, employee_number).await?;
        let result = found.ok_or_else(|| no_part(code, employee_number))?;
        if !self.store.result_within(run.id, &reach, Some(result.agent_id), result.unit_id).await? {
            return Err(no_part(code, employee_number));
        }
        let reviews = self.store.reviews_of(run.cycle_id, result.agent_id).await?;
        let mut written = Vec::new();
        for review in &reviews {
            written.extend(self.written(review).await?);
        }
        let colleagues = [RaterGroup::Peer, RaterGroup::Subordinate].into_iter();
        let colleagues = colleagues.filter_map(|group| count(&reviews, group)).collect();
        let read = Change::new("review.read", "agent", employee_number).detail(format_args!("cycle={code}"));
        self.recorded_read_of(result.agent_id, read).await?;
        Ok(ReviewsAbout { employee_number: result.employee_number, written, colleagues })
    }

    /// The review with its words, when it was handed in and its writer is no secret.
    async fn written(&self, review: &Review) -> Result<Option<WrittenReview>, AppError> {
        let open = matches!(review.group, RaterGroup::Supervisor | RaterGroup::Oneself);
        // A draft after handing in says what is not said yet.
        let (true, ReviewState::Submitted, Some(submitted_at)) = (open, review.state, review.submitted_at) else {
            return Ok(None);
        };
        let rater = self.store.agent_by_id(review.rater_id).await?.map(|agent| agent.employee_number);
        Ok(Some(WrittenReview {
            group: review.group,
            rater,
            answers: review.answers.clone(),
            comment: review.comment.clone(),
            submitted_at,
        }))
    }
}

fn count(reviews: &[Review], group: RaterGroup) -> Option<GroupCount> {
    let of = |wanted: fn(&Review) -> bool| {
        u64::try_from(reviews.iter().filter(|review| review.group == group && wanted(review)).count())
            .unwrap_or_default()
    };
    let asked = of(|review| review.invited_at.is_some());
    (asked > 0).then(|| GroupCount {
        group,
        asked,
        handed_in: of(|review| review.submitted_at.is_some()),
        declined: of(|review| review.state == ReviewState::Declined),
    })
}

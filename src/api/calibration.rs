//! Ratings proposed in place of calculated ones, and decisions about them.

use chrono::{DateTime, Utc};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{ActError, CreateError, ListError};
use super::page::{self, PageSize, cursor, slice};
use crate::app::{CalibrationRecord, CalibrationState, CalibrationView, RatingDecision, RatingProposal};
use crate::domain::appraisal::CalibrationReason;

/// Why a rating is not the calculated one.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "CalibrationReason", rename_all = "snake_case")]
enum Reason {
    /// Figures are known to be wrong and can no longer be mended in this cycle.
    DataFault,
    /// Something outside the agent's hands moved the figures.
    OutsideInfluence,
    /// The supervisor judges more strictly or more mildly than others do.
    RaterLeniency,
    /// The same work was rated otherwise elsewhere.
    PeerConsistency,
    /// Conduct that no line of the card measures.
    Conduct,
    /// What it is stands in the comment.
    Other,
}

/// Where a proposal stands.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "CalibrationState", rename_all = "snake_case")]
enum State {
    Proposed,
    /// A second person agreed: it counts from the next scoring on.
    Confirmed,
    Declined,
    Withdrawn,
}

/// What is decided about a proposal.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "RatingDecision", rename_all = "snake_case")]
enum Decision {
    /// Not by who proposed it.
    Confirm,
    Decline,
    Withdraw,
}

impl From<Reason> for CalibrationReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::DataFault => Self::DataFault,
            Reason::OutsideInfluence => Self::OutsideInfluence,
            Reason::RaterLeniency => Self::RaterLeniency,
            Reason::PeerConsistency => Self::PeerConsistency,
            Reason::Conduct => Self::Conduct,
            Reason::Other => Self::Other,
        }
    }
}

impl From<State> for CalibrationState {
    fn from(state: State) -> Self {
        match state {
            State::Proposed => Self::Proposed,
            State::Confirmed => Self::Confirmed,
            State::Declined => Self::Declined,
            State::Withdrawn => Self::Withdrawn,
        }
    }
}

/// A rating to be proposed.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewProposedRating {
    employee_number: String,
    /// A band of the agent's card.
    rating: String,
    reason: Reason,
    /// Why, in words.
    comment: String,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewRatingDecision {
    decision: Decision,
    /// Needed to decline and to withdraw.
    #[oai(default)]
    comment: String,
}

/// A rating proposed in place of the calculated one, and what became of it.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct ProposedRating {
    id: Uuid,
    employee_number: String,
    /// What the results said when it was proposed; absent below the first band.
    calculated: Option<String>,
    rating: String,
    /// `data_fault`, `outside_influence`, `rater_leniency`, `peer_consistency`, `conduct` or `other`.
    reason: String,
    comment: String,
    /// `proposed`, `confirmed`, `declined` or `withdrawn`.
    state: String,
    /// Absent for a forgotten account.
    proposed_by: Option<String>,
    proposed_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    decision_comment: Option<String>,
}

impl From<CalibrationView> for ProposedRating {
    fn from(view: CalibrationView) -> Self {
        let CalibrationView { calibration, proposed_by, decided_by } = view;
        let CalibrationRecord {
            id: _,
            public_id,
            cycle_id: _,
            agent_id: _,
            employee_number,
            unit_id: _,
            calculated,
            rating,
            reason,
            comment,
            state,
            proposed_by: _,
            proposed_at,
            decided_by: _,
            decided_at,
            decision_comment,
        } = calibration;
        Self {
            id: public_id,
            employee_number,
            calculated,
            rating,
            reason: reason.as_str().to_owned(),
            comment,
            state: state.as_str().to_owned(),
            proposed_by,
            proposed_at,
            decided_by,
            decided_at,
            decision_comment: decision_comment.filter(|comment| !comment.is_empty()),
        }
    }
}

#[derive(Object)]
struct ProposedRatingPage {
    items: Vec<ProposedRating>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

#[derive(ApiResponse)]
enum Proposed {
    #[oai(status = 201)]
    Created(Json<ProposedRating>),
}

pub struct CalibrationApi;

#[OpenApi(tag = "Resource::Results")]
impl CalibrationApi {
    /// List proposed ratings in the order they were made
    #[oai(path = "/cycles/:code/proposed-ratings", method = "get", operation_id = "list_proposed_ratings")]
    async fn list(
        &self,
        app: Caller,
        code: Path<String>,
        /// In this state
        state: Query<Option<State>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<ProposedRatingPage>, ListError> {
        let state = state.0.map(CalibrationState::from);
        let page = app.calibrations(&code.0, &slice(limit.0, after.0)?, state).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|row| cursor(&row.calibration.id.to_string()));
        Ok(Json(ProposedRatingPage { items: page.rows.into_iter().map(ProposedRating::from).collect(), next_cursor }))
    }

    /// Propose another rating than the calculated one, which stays beside it
    ///
    /// It counts once a second person has confirmed it and the cycle is scored again.
    #[oai(path = "/cycles/:code/proposed-ratings", method = "post", operation_id = "propose_rating")]
    async fn propose(
        &self,
        app: Caller,
        code: Path<String>,
        body: Json<NewProposedRating>,
        /// The same key with the same request is done once.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Proposed, CreateError> {
        let NewProposedRating { employee_number, rating, reason, comment } = body.0;
        let proposal = RatingProposal {
            cycle: &code.0,
            employee_number: &employee_number,
            rating: &rating,
            reason: reason.into(),
            comment: &comment,
        };
        Ok(Proposed::Created(Json(app.propose_rating(proposal).await?.into())))
    }

    /// Decide about a proposed rating
    #[oai(path = "/cycles/:code/proposed-ratings/:id/decision", method = "post", operation_id = "decide_rating")]
    async fn decide(
        &self,
        app: Caller,
        code: Path<String>,
        id: Path<String>,
        body: Json<NewRatingDecision>,
        /// The same key with the same request is done once.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Json<ProposedRating>, ActError> {
        let NewRatingDecision { decision, comment } = body.0;
        let decision = match decision {
            Decision::Confirm => RatingDecision::Confirm,
            Decision::Decline => RatingDecision::Decline,
            Decision::Withdraw => RatingDecision::Withdraw,
        };
        let decided = app.decide_rating(&code.0, page::id(&id.0)?, decision, &comment).await?;
        Ok(Json(decided.into()))
    }
}

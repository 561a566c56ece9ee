//! Scorecards with their lines and gates.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::ListError;
use super::explanations::{self, Explanation, NextBand};
use super::page::{PageSize, cursor, slice};
use super::rendered::{self, Rendered, RenderedScorecards};
use super::scorecard_stretches::{ExemptionReason, PeerComparison, Stretch, basis};
use crate::app::{ExplainedScorecard, ScorecardSummary, Wanted};
use crate::domain::appraisal::{AppraisalResult, AppraisalState, CalibratedRating};
use crate::domain::text::Text;

/// A scorecard without its lines.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Scorecard {
    id: Uuid,
    employee_number: String,
    agent_name: String,
    /// Code of the unit the card was given in.
    unit: String,
    post: String,
    /// The id of the last stretch's card in the rules.
    card: String,
    state: State,
    /// Over all stretches; six decimals.
    total: Option<String>,
    /// The total with two decimals: the figure people see, and the one bands judge.
    score: Option<String>,
    rating: Option<String>,
}

/// Where a card stands.
#[derive(Enum, Clone, Copy)]
#[oai(rename_all = "snake_case")]
enum State {
    Scored,
    /// A line waits for data.
    OnHold,
    /// No line has enough data.
    InsufficientData,
    /// Not appraised in this cycle; the exemption says why.
    Exempt,
}

/// A scorecard with its whole working: total = Σ a counted stretch's total × its share ÷ 100.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct ScorecardDetail {
    scorecard: Scorecard,
    /// What the shares of the stretches go by: `days`, `samples` or `equal`.
    basis: String,
    /// Calendar days assigned net of leave, over all stretches.
    days: i64,
    /// Cases over all stretches.
    samples: i64,
    /// Present when the agent is not appraised in this cycle.
    exemption: Option<ExemptionReason>,
    /// Present when people agreed on another rating than the calculated one.
    calibrated: Option<Calibrated>,
    /// By first day; one where the agent neither changed unit nor post.
    stretches: Vec<Stretch>,
    /// Empty where the card compares with nobody.
    peers: Vec<PeerComparison>,
    /// From the stretches to the score and its rating.
    explanation: Explanation,
    /// What would change the rating; absent without one, or in the best band.
    next_band: Option<NextBand>,
}

/// Why the rating is not the calculated one.
#[derive(Object)]
#[oai(rename = "CalibratedRating", skip_serializing_if_is_none)]
struct Calibrated {
    /// The rating by the card's bands and gates; absent below the first band.
    calculated: Option<String>,
    /// `data_fault`, `outside_influence`, `rater_leniency`, `peer_consistency`, `conduct` or `other`.
    reason: String,
    /// The reason in words.
    en: String,
    zh: String,
}

impl From<CalibratedRating> for Calibrated {
    fn from(calibrated: CalibratedRating) -> Self {
        let CalibratedRating { calculated, reason } = calibrated;
        let calculated = calculated.map(|rating| rating.to_string());
        let Text { en, zh } = reason.text();
        Self { calculated, reason: reason.as_str().to_owned(), en, zh }
    }
}

#[derive(Object)]
struct ScorecardPage {
    items: Vec<Scorecard>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

impl From<AppraisalState> for State {
    fn from(state: AppraisalState) -> Self {
        match state {
            AppraisalState::Scored => Self::Scored,
            AppraisalState::OnHold => Self::OnHold,
            AppraisalState::InsufficientData => Self::InsufficientData,
            AppraisalState::Exempt => Self::Exempt,
        }
    }
}

impl From<State> for AppraisalState {
    fn from(state: State) -> Self {
        match state {
            State::Scored => Self::Scored,
            State::OnHold => Self::OnHold,
            State::InsufficientData => Self::InsufficientData,
            State::Exempt => Self::Exempt,
        }
    }
}

fn scorecard(summary: ScorecardSummary) -> Scorecard {
    let ScorecardSummary {
        public_id,
        agent_id: _,
        employee_number,
        agent_name,
        unit_id: _,
        unit_code,
        post,
        card,
        state,
        total,
        printed,
        rating,
    } = summary;
    Scorecard {
        id: public_id,
        employee_number,
        agent_name,
        unit: unit_code,
        post,
        card,
        state: state.into(),
        total: total.map(|total| total.to_string()),
        score: printed.map(|printed| format!("{printed:.2}")),
        rating,
    }
}

#[derive(Default)]
pub struct ScorecardsApi(RenderedScorecards);

#[OpenApi(tag = "Resource::Scorecards")]
impl ScorecardsApi {
    /// List a cycle's scorecards in order of employee number
    #[oai(path = "/cycles/:code/scorecards", method = "get", operation_id = "list_scorecards")]
    #[expect(clippy::too_many_arguments, reason = "one argument a parameter of the operation")]
    async fn list(
        &self,
        app: Caller,
        code: Path<String>,
        /// Of this unit and those below it (its code)
        unit: Query<Option<String>>,
        /// With this rating
        rating: Query<Option<String>>,
        /// In this state
        state: Query<Option<State>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<ScorecardPage>, ListError> {
        let wanted = Wanted { unit: unit.0, rating: rating.0, state: state.0.map(AppraisalState::from) };
        let page = app.scorecards(&code.0, &slice(limit.0, after.0)?, &wanted).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|card| cursor(&card.employee_number));
        Ok(Json(ScorecardPage { items: page.rows.into_iter().map(scorecard).collect(), next_cursor }))
    }

    /// One agent's scorecard with its whole working
    #[oai(path = "/cycles/:code/scorecards/:employee_number", method = "get", operation_id = "get_scorecard")]
    async fn get(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
        /// An older result of the agent, by the number of its revision; without it the one that stands
        revision: Query<Option<i64>>,
    ) -> Result<Rendered<ScorecardDetail>, ListError> {
        let found = app.found_scorecard_in(&code.0, &employee_number.0, revision.0).await?;
        if let Some(rendered) = self.0.get(&found) {
            return Ok(rendered);
        }
        let (key, summary) = (rendered::key(&found), found.detail.summary.clone());
        let explained = app.explain_scorecard(found).await?;
        Ok(self.0.keep(key, summary, &ScorecardDetail::from(explained)))
    }
}

impl From<ExplainedScorecard> for ScorecardDetail {
    fn from(explained: ExplainedScorecard) -> Self {
        let ExplainedScorecard { detail, explanation, next_band } = explained;
        let AppraisalResult {
            stretches,
            basis: by,
            days,
            samples,
            state: _,
            exemption,
            total: _,
            printed: _,
            rating: _,
            calibrated,
            peers,
        } = detail.result;
        let next_band = next_band.map(|next| explanations::next_band(next, &stretches));
        let told = explanation.stretches.into_iter().chain(std::iter::repeat_with(|| None));
        let stretches = stretches.into_iter().map(Stretch::from).zip(told);
        Self {
            scorecard: scorecard(detail.summary),
            basis: basis(by),
            days,
            samples,
            exemption: exemption.map(ExemptionReason::from),
            calibrated: calibrated.map(Calibrated::from),
            stretches: stretches.map(|(stretch, told)| stretch.explained(told)).collect(),
            peers: peers.into_iter().map(PeerComparison::from).collect(),
            explanation: explanation.total.into(),
            next_band,
        }
    }
}

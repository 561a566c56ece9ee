//! Scorecards with their lines and gates.

use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::ApiToken;
use super::error::{GetError, ListError};
use super::page::{cursor, slice};
use super::scorecard_judgement::Judgement;
use super::scorecard_lines::{Gate, Line};
use crate::app::{App, ScorecardSummary, Wanted};
use crate::domain::scorecard::{CardResult, CardState};

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
    /// The card's id in the rules.
    card: String,
    state: State,
    /// Sum of the weighted lines' contributions, before bonuses, penalties and gates; six decimals.
    subtotal: Option<String>,
    /// After gates; six decimals.
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
}

/// A scorecard with its whole working: subtotal = Σ contributions of the weighted lines; adjusted = subtotal + Σ contributions of the
/// lines outside the weights, at least 0 and at most points_up_to; total = adjusted, capped by gates that were not passed.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct ScorecardDetail {
    scorecard: Scorecard,
    /// The subtotal with bonuses and penalties, before gates; six decimals.
    adjusted: Option<String>,
    /// The most a total can be: 100, or more where the card allows points above full marks.
    points_up_to: String,
    lines: Vec<Line>,
    gates: Vec<Gate>,
    /// Absent on a card that is only measured.
    judgement: Option<Judgement>,
}

#[derive(Object)]
struct ScorecardPage {
    items: Vec<Scorecard>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

impl From<CardState> for State {
    fn from(state: CardState) -> Self {
        match state {
            CardState::Scored => Self::Scored,
            CardState::OnHold => Self::OnHold,
            CardState::InsufficientData => Self::InsufficientData,
        }
    }
}

impl From<State> for CardState {
    fn from(state: State) -> Self {
        match state {
            State::Scored => Self::Scored,
            State::OnHold => Self::OnHold,
            State::InsufficientData => Self::InsufficientData,
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
        subtotal,
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
        subtotal: subtotal.map(|subtotal| subtotal.to_string()),
        total: total.map(|total| total.to_string()),
        score: printed.map(|printed| format!("{printed:.2}")),
        rating,
    }
}

pub struct ScorecardsApi;

#[OpenApi(tag = "Resource::Scorecards")]
impl ScorecardsApi {
    /// List a cycle's scorecards in order of employee number
    #[oai(path = "/cycles/:code/scorecards", method = "get", operation_id = "list_scorecards")]
    #[expect(clippy::too_many_arguments, reason = "one argument a parameter of the operation")]
    async fn list(
        &self,
        app: Data<&App>,
        _token: ApiToken,
        code: Path<String>,
        /// Of this unit and those below it (its code)
        unit: Query<Option<String>>,
        /// With this rating
        rating: Query<Option<String>>,
        /// In this state
        state: Query<Option<State>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<ScorecardPage>, ListError> {
        let wanted = Wanted { unit: unit.0, rating: rating.0, state: state.0.map(CardState::from) };
        let page = app.scorecards(&code.0, &slice(limit.0, after.0)?, &wanted).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|card| cursor(&card.employee_number));
        Ok(Json(ScorecardPage { items: page.rows.into_iter().map(scorecard).collect(), next_cursor }))
    }

    /// One agent's scorecard with its whole working
    #[oai(path = "/cycles/:code/scorecards/:employee_number", method = "get", operation_id = "get_scorecard")]
    async fn get(
        &self,
        app: Data<&App>,
        _token: ApiToken,
        code: Path<String>,
        employee_number: Path<String>,
    ) -> Result<Json<ScorecardDetail>, GetError> {
        let detail = app.scorecard(&code.0, &employee_number.0).await?;
        let CardResult {
            card: _,
            state: _,
            lines,
            gates,
            judged,
            subtotal: _,
            adjusted,
            points_up_to,
            total: _,
            printed: _,
            rating: _,
        } = detail.result;
        Ok(Json(ScorecardDetail {
            scorecard: scorecard(detail.summary),
            adjusted: adjusted.map(|adjusted| adjusted.to_string()),
            points_up_to: points_up_to.to_string(),
            lines: lines.into_iter().map(Line::from).collect(),
            gates: gates.into_iter().map(Gate::from).collect(),
            judgement: judged.map(Judgement::from),
        }))
    }
}

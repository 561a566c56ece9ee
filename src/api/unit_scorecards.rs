//! Scorecards of units, with their lines and gates.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::error::{GetError, ListError};
use super::explanations::{self, NextBand};
use super::page::{PageSize, cursor, slice};
use super::scorecard_stretches::Card;
use crate::app::{ExplainedUnitScorecard, UnitScorecardSummary, WantedUnits};
use crate::domain::scorecard::CardState;

/// A unit's scorecard without its lines.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct UnitScorecard {
    /// The unit's code.
    unit: String,
    /// Such as headquarters, province, prefecture, team.
    kind: String,
    /// Code of the unit above in the cycle; absent for the top.
    parent: Option<String>,
    name_en: String,
    name_zh: String,
    /// The card's id in the rules.
    card: String,
    state: UnitState,
    /// Sum of the weighted lines' contributions, before bonuses, penalties and gates; six decimals.
    subtotal: Option<String>,
    /// After gates; six decimals.
    total: Option<String>,
    /// The total with two decimals: the figure people see, and the one bands judge.
    score: Option<String>,
    rating: Option<String>,
}

/// Where a unit's card stands.
#[derive(Enum, Clone, Copy)]
#[oai(rename_all = "snake_case")]
enum UnitState {
    Scored,
    /// A line waits for data.
    OnHold,
    /// No line has enough data.
    InsufficientData,
}

/// A unit's scorecard with its whole working. Each line measures the facts of everybody in the unit and below it, pooled: never an
/// average of averages.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct UnitScorecardDetail {
    scorecard: UnitScorecard,
    card: Card,
    /// What would lift the rating; absent without a rating and in the best band.
    next_band: Option<NextBand>,
}

#[derive(Object)]
struct UnitScorecardPage {
    items: Vec<UnitScorecard>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

impl From<CardState> for UnitState {
    fn from(state: CardState) -> Self {
        match state {
            CardState::Scored => Self::Scored,
            CardState::OnHold => Self::OnHold,
            CardState::InsufficientData => Self::InsufficientData,
        }
    }
}

impl From<UnitScorecardSummary> for UnitScorecard {
    fn from(summary: UnitScorecardSummary) -> Self {
        let UnitScorecardSummary {
            unit_id: _,
            code,
            kind,
            parent,
            name_en,
            name_zh,
            card,
            state,
            subtotal,
            total,
            printed,
            rating,
        } = summary;
        Self {
            unit: code,
            kind,
            parent,
            name_en,
            name_zh,
            card,
            state: state.into(),
            subtotal: subtotal.map(|subtotal| subtotal.to_string()),
            total: total.map(|total| total.to_string()),
            score: printed.map(|printed| format!("{printed:.2}")),
            rating,
        }
    }
}

pub struct UnitScorecardsApi;

#[OpenApi(tag = "Resource::Scorecards")]
impl UnitScorecardsApi {
    /// List a cycle's scorecards of units in order of code
    #[oai(path = "/cycles/:code/unit-scorecards", method = "get", operation_id = "list_unit_scorecards")]
    async fn list(
        &self,
        app: Caller,
        code: Path<String>,
        /// Of this kind, such as `team`
        kind: Query<Option<String>>,
        /// Right below this unit (its code)
        parent: Query<Option<String>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<UnitScorecardPage>, ListError> {
        let wanted = WantedUnits { kind: kind.0, parent: parent.0 };
        let page = app.unit_scorecards(&code.0, &slice(limit.0, after.0)?, &wanted).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|card| cursor(&card.code));
        Ok(Json(UnitScorecardPage { items: page.rows.into_iter().map(UnitScorecard::from).collect(), next_cursor }))
    }

    /// One unit's scorecard with its whole working
    #[oai(path = "/cycles/:code/units/:unit/scorecard", method = "get", operation_id = "get_unit_scorecard")]
    async fn get(
        &self,
        app: Caller,
        code: Path<String>,
        /// The unit's code
        unit: Path<String>,
    ) -> Result<Json<UnitScorecardDetail>, GetError> {
        let ExplainedUnitScorecard { detail, explanation, next_band } =
            app.explained_unit_scorecard(&code.0, &unit.0).await?;
        Ok(Json(UnitScorecardDetail {
            scorecard: detail.summary.into(),
            card: Card::from(detail.result).explained(explanation),
            next_band: next_band.map(|next| explanations::next_band(next, &[])),
        }))
    }
}

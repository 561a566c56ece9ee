//! Payouts with their steps.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::ListError;
use super::page::{PageSize, cursor, slice};
use crate::app::{ExplainedPayout, PayoutSummary, Wanted};
use crate::domain::money::Rounding;
use crate::domain::payout::{PayoutStep, StepKind, Withheld};

/// A payout without its steps.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Payout {
    id: Uuid,
    employee_number: String,
    agent_name: String,
    /// Code of the unit.
    unit: String,
    /// The incentive plan's id in the rules.
    plan: String,
    /// In the currency's major unit, with all its decimals; never a JSON number.
    amount: String,
    currency: String,
    /// Why nothing is payable: `no_score`, `excluded_rating`, `too_few_days` or `no_target`; absent when it is payable.
    withheld: Option<String>,
}

/// One step of the computation.
#[derive(Object)]
struct Step {
    /// `attainment`, `curve`, `floor`, `cap`, `stretch`, `sum` or `rounding`.
    kind: String,
    inputs: Vec<Input>,
    result: String,
}

/// One figure that went into a step.
#[derive(Object)]
struct Input {
    name: String,
    value: String,
}

/// A payout with every step, in the order they were taken.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct PayoutDetail {
    payout: Payout,
    steps: Vec<Step>,
    /// How the plan rounds to the minor unit: `half_up` (halves away from zero), `half_even`, `down` (toward zero) or `up` (away from
    /// zero).
    rounding: Option<String>,
}

#[derive(Object)]
struct PayoutPage {
    items: Vec<Payout>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

fn payout(summary: PayoutSummary) -> Payout {
    let PayoutSummary {
        public_id,
        agent_id: _,
        employee_number,
        agent_name,
        unit_id: _,
        unit_code,
        plan,
        withheld,
        amount,
    } = summary;
    Payout {
        id: public_id,
        employee_number,
        agent_name,
        unit: unit_code,
        plan,
        amount: amount.to_decimal().to_string(),
        currency: amount.currency.code().to_owned(),
        withheld: withheld.map(|why| withheld_name(why).to_owned()),
    }
}

pub(super) fn withheld_name(why: Withheld) -> &'static str {
    match why {
        Withheld::NoScore => "no_score",
        Withheld::ExcludedRating => "excluded_rating",
        Withheld::TooFewDays => "too_few_days",
        Withheld::NoTarget => "no_target",
    }
}

fn rounding_name(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::HalfUp => "half_up",
        Rounding::HalfEven => "half_even",
        Rounding::Down => "down",
        Rounding::Up => "up",
    }
}

fn step(step: PayoutStep) -> Step {
    let PayoutStep { kind, inputs, result } = step;
    let kind = match kind {
        StepKind::Attainment => "attainment",
        StepKind::Curve => "curve",
        StepKind::Floor => "floor",
        StepKind::Cap => "cap",
        StepKind::Stretch => "stretch",
        StepKind::Sum => "sum",
        StepKind::Rounding => "rounding",
    };
    let inputs = inputs
        .into_iter()
        .map(|input| Input { name: input.name.into_owned(), value: input.value.to_string() })
        .collect();
    Step { kind: kind.to_owned(), inputs, result: result.to_string() }
}

pub struct PayoutsApi;

#[OpenApi(tag = "Resource::Payouts")]
impl PayoutsApi {
    /// List a cycle's payouts in order of employee number
    #[oai(path = "/cycles/:code/payouts", method = "get", operation_id = "list_payouts")]
    async fn list(
        &self,
        app: Caller,
        code: Path<String>,
        /// Of this unit and those below it (its code)
        unit: Query<Option<String>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<PayoutPage>, ListError> {
        let wanted = Wanted { unit: unit.0, ..Wanted::default() };
        let page = app.payouts(&code.0, &slice(limit.0, after.0)?, &wanted).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|payout| cursor(&payout.employee_number));
        Ok(Json(PayoutPage { items: page.rows.into_iter().map(payout).collect(), next_cursor }))
    }

    /// One agent's payout with every step
    #[oai(path = "/cycles/:code/payouts/:employee_number", method = "get", operation_id = "get_payout")]
    async fn get(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
        /// An older result of the agent, by the number of its revision; without it the one that stands
        revision: Query<Option<i64>>,
    ) -> Result<Json<PayoutDetail>, ListError> {
        Ok(Json(app.explained_payout_in(&code.0, &employee_number.0, revision.0).await?.into()))
    }
}

impl From<ExplainedPayout> for PayoutDetail {
    fn from(explained: ExplainedPayout) -> Self {
        let ExplainedPayout { detail, rounding } = explained;
        let steps = detail.result.steps.into_iter().map(step).collect();
        let rounding = rounding.map(|rounding| rounding_name(rounding).to_owned());
        Self { payout: payout(detail.summary), steps, rounding }
    }
}

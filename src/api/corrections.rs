//! Results after publication: revisions of single agents', late facts, corrections, and what they change in pay.

use chrono::{DateTime, Utc};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{ActError, GetError, ListError};
use super::page::{PageSize, cursor, slice};
use crate::app::{
    AppError, CorrectedAgent as AppCorrected, CorrectionOrder, CorrectionReport, Difference as AppDifference,
    LateAgent as AppLate, LateMetric as AppLateMetric, PayAdjustment, RevisionView, WhoIsCorrected,
};
use crate::domain::fixed::Fixed;
use crate::domain::money::Money;

/// A figure before and after.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct FigureChange {
    before: Option<String>,
    after: Option<String>,
}

/// A line that is not the same.
#[derive(Object)]
struct LineChange {
    /// Of the stretch; the first is 1.
    stretch: u64,
    line: String,
    value: FigureChange,
    points: FigureChange,
    /// Effective weight.
    weight: FigureChange,
    contribution: FigureChange,
}

/// What is payable before and after.
#[derive(Object)]
struct PayChange {
    currency: String,
    before: String,
    after: String,
}

/// What a revision changed.
#[derive(Object)]
struct Difference {
    score: FigureChange,
    rating: FigureChange,
    lines: Vec<LineChange>,
    /// Where it changed and the caller may see it.
    pay: Vec<PayChange>,
}

/// One of the results that an agent had in a cycle.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Revision {
    /// Send it as `revision` to read this result.
    revision: i64,
    /// `published`, or why it was made: `varied` by an appeal, `corrected` after the cycle was final.
    kind: String,
    reason: Option<String>,
    made_at: Option<DateTime<Utc>>,
    state: Option<String>,
    score: Option<String>,
    rating: Option<String>,
    /// From the result before; absent for the first.
    difference: Option<Difference>,
}

#[derive(Object)]
struct Revisions {
    /// The first one first; the last one stands.
    items: Vec<Revision>,
}

/// Facts of a metric, pooled over the cycle.
#[derive(Object)]
struct LateSums {
    numerator: String,
    denominator: String,
    samples: i64,
}

/// A metric whose facts are others today.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct LateMetric {
    metric: String,
    before: Option<LateSums>,
    now: Option<LateSums>,
}

/// An agent of whom something else is known today than what their result was made from.
#[derive(Object)]
struct LateAgent {
    employee_number: String,
    /// Whether assignments or leave are others.
    roster: bool,
    /// Whether there is a result to correct.
    has_result: bool,
    metrics: Vec<LateMetric>,
}

#[derive(Object)]
struct LatePage {
    items: Vec<LateAgent>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

/// A correction of final results.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewCorrection {
    /// Employee numbers; or `all_late`.
    agents: Option<Vec<String>>,
    /// Everybody of whom something else is known today.
    all_late: Option<bool>,
    /// Why; 1 to 4000 characters.
    reason: String,
    /// Code of the cycle that differences in pay are posted in; without it the first that is not yet published.
    post_in: Option<String>,
}

/// What a correction changed for an agent.
#[derive(Object)]
struct CorrectedAgent {
    employee_number: String,
    revision: i64,
    /// What is paid beyond what was; empty where the caller may not see pay.
    adjustments: Vec<Amount>,
}

#[derive(Object)]
struct Amount {
    amount: String,
    currency: String,
}

/// Who could not be corrected.
#[derive(Object)]
struct LeftAgent {
    employee_number: String,
    why: String,
}

/// What a correction did.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Correction {
    revisions: Vec<i64>,
    corrected: Vec<CorrectedAgent>,
    /// Employee numbers of those for whom nothing is different.
    unchanged: Vec<String>,
    left: Vec<LeftAgent>,
    /// Code of the cycle that differences in pay are posted in.
    posted_in: Option<String>,
}

/// A difference in pay that a correction of another cycle made.
#[derive(Object)]
struct Adjustment {
    id: Uuid,
    employee_number: String,
    agent_name: String,
    /// Code of the cycle whose result was corrected.
    of_cycle: String,
    revision: i64,
    /// Below zero where too much was paid.
    amount: String,
    currency: String,
    reason: String,
    posted_at: DateTime<Utc>,
}

#[derive(Object)]
struct AdjustmentPage {
    items: Vec<Adjustment>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

fn figures((before, after): (Option<Fixed>, Option<Fixed>)) -> FigureChange {
    let text = |figure: Option<Fixed>| figure.map(|figure| figure.to_string());
    FigureChange { before: text(before), after: text(after) }
}

fn amount(money: Money) -> String {
    money.to_decimal().to_string()
}

impl From<AppDifference> for Difference {
    fn from(difference: AppDifference) -> Self {
        let AppDifference { score: (before, after), rating, lines, pay } = difference;
        let printed = |score: Option<Fixed>| score.map(|score| format!("{score:.2}"));
        let lines = lines.into_iter().map(|line| LineChange {
            stretch: u64::try_from(line.stretch).unwrap_or_default(),
            line: line.line,
            value: figures(line.value),
            points: figures(line.points),
            weight: figures(line.weight),
            contribution: figures(line.contribution),
        });
        let pay = pay.into_iter().map(|pay| PayChange {
            currency: pay.after.currency.code().to_owned(),
            before: amount(pay.before),
            after: amount(pay.after),
        });
        Self {
            score: FigureChange { before: printed(before), after: printed(after) },
            rating: FigureChange { before: rating.0, after: rating.1 },
            lines: lines.collect(),
            pay: pay.collect(),
        }
    }
}

fn revision(view: RevisionView) -> Revision {
    let RevisionView { revision, kind, reason, made_at, scorecard, difference } = view;
    let state = scorecard.as_ref().and_then(|card| serde_json::to_value(card.state).ok());
    Revision {
        revision,
        kind: kind.unwrap_or("published").to_owned(),
        reason,
        made_at,
        state: state.and_then(|state| state.as_str().map(str::to_owned)),
        score: scorecard.as_ref().and_then(|card| card.printed).map(|printed| format!("{printed:.2}")),
        rating: scorecard.and_then(|card| card.rating),
        difference: difference.map(Difference::from),
    }
}

fn late(agent: AppLate) -> LateAgent {
    let AppLate { agent_id: _, employee_number, roster, has_result, metrics } = agent;
    let sums = |pooled: crate::domain::fact::Pooled| LateSums {
        numerator: pooled.numerator.to_string(),
        denominator: pooled.denominator.to_string(),
        samples: pooled.samples,
    };
    let metric = |AppLateMetric { metric, before, now }: AppLateMetric| LateMetric {
        metric,
        before: before.map(sums),
        now: now.map(sums),
    };
    LateAgent { employee_number, roster, has_result, metrics: metrics.into_iter().map(metric).collect() }
}

fn correction(report: CorrectionReport) -> Correction {
    let CorrectionReport { revisions, corrected, unchanged, left, posted_in } = report;
    let amounts = |amounts: Vec<Money>| {
        let amount = |money: Money| Amount { amount: amount(money), currency: money.currency.code().to_owned() };
        amounts.into_iter().map(amount).collect()
    };
    let corrected = corrected.into_iter().map(|AppCorrected { employee_number, revision, adjustments }| {
        CorrectedAgent { employee_number, revision, adjustments: amounts(adjustments) }
    });
    let left = left.into_iter().map(|(employee_number, why)| LeftAgent { employee_number, why: why.to_string() });
    Correction { revisions, corrected: corrected.collect(), unchanged, left: left.collect(), posted_in }
}

fn adjustment(posted: PayAdjustment) -> Adjustment {
    let PayAdjustment { id: _, public_id, employee_number, agent_name, of_cycle, revision, amount, reason, posted_at } =
        posted;
    Adjustment {
        id: public_id,
        employee_number,
        agent_name,
        of_cycle,
        revision,
        currency: amount.currency.code().to_owned(),
        amount: self::amount(amount),
        reason,
        posted_at,
    }
}

pub struct CorrectionsApi;

#[OpenApi(tag = "Resource::Appeals")]
impl CorrectionsApi {
    /// The results an agent had in a cycle, and what each changed
    #[oai(
        path = "/cycles/:code/scorecards/:employee_number/revisions",
        method = "get",
        operation_id = "list_scorecard_revisions"
    )]
    async fn revisions(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
    ) -> Result<Json<Revisions>, GetError> {
        let items = app.revisions(&code.0, &employee_number.0).await?.into_iter().map(revision).collect();
        Ok(Json(Revisions { items }))
    }

    /// Agents of whom something else is known today than what their result was made from
    #[oai(path = "/cycles/:code/late-facts", method = "get", operation_id = "list_late_facts")]
    async fn late(
        &self,
        app: Caller,
        code: Path<String>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<LatePage>, ListError> {
        let page = app.late_facts(&code.0, &slice(limit.0, after.0)?).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|agent| cursor(&agent.agent_id.to_string()));
        Ok(Json(LatePage { items: page.rows.into_iter().map(late).collect(), next_cursor }))
    }

    /// Correct final results from roster, leave and facts as they are now
    ///
    /// The closed figures stay as they are; what the results change in pay is posted in a cycle that is not yet published.
    #[oai(path = "/cycles/:code/corrections", method = "post", operation_id = "correct_results")]
    async fn correct(
        &self,
        app: Caller,
        code: Path<String>,
        body: Json<NewCorrection>,
        /// The same key with the same request is done once.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Json<Correction>, ActError> {
        let NewCorrection { agents, all_late, reason, post_in } = body.0;
        let who = match (agents.filter(|agents| !agents.is_empty()), all_late.unwrap_or_default()) {
            (Some(agents), false) => WhoIsCorrected::Agents(agents),
            (None, true) => WhoIsCorrected::AllLate,
            _ => {
                let what = "agents: name whose results are corrected, or say all_late; one of both";
                return Err(AppError::invalid(what).into());
            }
        };
        let order = CorrectionOrder { cycle: &code.0, who, reason: &reason, post_in: post_in.as_deref() };
        Ok(Json(correction(app.correct(order).await?)))
    }

    /// Differences in pay that corrections of other cycles posted in this one
    #[oai(path = "/cycles/:code/adjustments", method = "get", operation_id = "list_adjustments")]
    async fn adjustments(
        &self,
        app: Caller,
        code: Path<String>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<AdjustmentPage>, ListError> {
        let page = app.adjustments(&code.0, &slice(limit.0, after.0)?).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|posted| cursor(&posted.id.to_string()));
        Ok(Json(AdjustmentPage { items: page.rows.into_iter().map(adjustment).collect(), next_cursor }))
    }
}

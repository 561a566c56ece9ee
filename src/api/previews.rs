//! What an agent will see once results are published.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::error::GetError;
use super::payouts::PayoutDetail;
use super::plans::{Plan, plan};
use super::results::{AgentResult, result};
use super::scorecards::ScorecardDetail;
use crate::app::Preview as Previewed;

/// What an agent sees once it is published, or sees already.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Preview {
    /// Whether the agent sees it by now.
    published: bool,
    result: AgentResult,
    scorecard: ScorecardDetail,
    /// Absent where the agent has none, and for callers who may not see pay.
    payout: Option<PayoutDetail>,
    /// Absent where none is suggested.
    plan: Option<Plan>,
}

pub struct PreviewsApi;

#[OpenApi(tag = "Resource::Results")]
impl PreviewsApi {
    /// What an agent will see, or sees
    #[oai(path = "/cycles/:code/previews/:employee_number", method = "get", operation_id = "get_preview")]
    async fn get(
        &self,
        app: Caller,
        code: Path<String>,
        employee_number: Path<String>,
    ) -> Result<Json<Preview>, GetError> {
        let Previewed { result: standing, published, scorecard, payout, plan: suggested } =
            app.preview_for(&code.0, &employee_number.0).await?;
        let scorecard = app.explain_scorecard(scorecard).await?.into();
        let payout = payout.map(PayoutDetail::from);
        Ok(Json(Preview { published, result: result(standing), scorecard, payout, plan: suggested.map(plan) }))
    }
}

//! What is done with a cycle as a whole: from draft to closed, with four eyes on the results.

use chrono::{DateTime, Utc};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::cycles::{Cycle, cycle};
use super::error::{ActError, GetError};
use crate::app::{AppError, ApprovalSheet as Sheet, CycleEventView, CycleOrder, PublishOrder, ShownForApproval};
use crate::domain::cycle::CycleAct;

/// What can be done with a cycle by itself; it is frozen and scored by jobs.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum CycleActName {
    /// Of a draft.
    Open,
    BeginReview,
    Calibrate,
    Approve,
    SendBack,
    Publish,
    BeginAppeals,
    Finalise,
    Close,
    Cancel,
}

impl From<CycleActName> for CycleAct {
    fn from(name: CycleActName) -> Self {
        match name {
            CycleActName::Open => Self::Open,
            CycleActName::BeginReview => Self::BeginReview,
            CycleActName::Calibrate => Self::Calibrate,
            CycleActName::Approve => Self::Approve,
            CycleActName::SendBack => Self::SendBack,
            CycleActName::Publish => Self::Publish,
            CycleActName::BeginAppeals => Self::BeginAppeals,
            CycleActName::Finalise => Self::Finalise,
            CycleActName::Close => Self::Close,
            CycleActName::Cancel => Self::Cancel,
        }
    }
}

/// An act to be done.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewCycleAct {
    act: CycleActName,
    /// Needed to send back and to cancel.
    reason: Option<String>,
    /// Of the sheet that was read; needed to approve, and approves nothing else.
    #[oai(validator(pattern = "^[0-9a-f]{64}$"))]
    digest: Option<String>,
    /// Of `publish`: codes of the units whose results are published, each with everything below; all that are left when absent.
    units: Option<Vec<String>>,
}

/// Something that was done with a cycle.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct CycleEvent {
    /// `appraise`, or an act that can be asked for here.
    act: String,
    from: String,
    to: String,
    at: DateTime<Utc>,
    /// Present login of who did it, or `operator:` and the system's user.
    by: String,
    reason: Option<String>,
    /// Of the sheet that was shown for approval, or approved.
    digest: Option<String>,
    /// Codes of the units that were published; absent where it was not by unit.
    units: Option<Vec<String>>,
}

#[derive(Object)]
struct CycleEvents {
    /// Oldest first.
    items: Vec<CycleEvent>,
}

/// A name and how many.
#[derive(Object)]
struct AgentCount {
    /// The state, with the rating of those scored.
    state: String,
    agents: u64,
}

/// What one currency comes to.
#[derive(Object)]
struct Payable {
    currency: String,
    amount: String,
}

/// What approval is asked for. The digest covers all of it.
#[derive(Object)]
struct ApprovalSheet {
    /// SHA-256; send it to approve exactly this.
    digest: String,
    cycle: String,
    /// Of the results; the first is 1.
    revision: i64,
    /// SHA-256 of the rules, of the facts they were applied to, of what came out, and of the standing exemptions.
    rules: String,
    snapshot: String,
    results: String,
    exemptions: String,
    agents: Vec<AgentCount>,
    payable: Vec<Payable>,
}

impl From<ShownForApproval> for ApprovalSheet {
    fn from(shown: ShownForApproval) -> Self {
        let ShownForApproval { sheet, digest } = shown;
        let Sheet { cycle, revision, rules, snapshot, results, agents, payable, exemptions } = sheet;
        let agents = agents.into_iter().map(|(state, agents)| AgentCount { state, agents }).collect();
        let payable = payable.into_iter().map(|(currency, amount)| Payable { currency, amount }).collect();
        Self { digest, cycle, revision, rules, snapshot, results, exemptions, agents, payable }
    }
}

fn event(view: CycleEventView) -> CycleEvent {
    let CycleEventView { event, by } = view;
    CycleEvent {
        act: event.act.as_str().to_owned(),
        from: event.from.as_str().to_owned(),
        to: event.to.as_str().to_owned(),
        at: event.at,
        by,
        reason: event.reason,
        digest: event.digest,
        units: Some(event.units).filter(|units| !units.is_empty()),
    }
}

pub struct CycleActsApi;

#[OpenApi(tag = "Resource::Cycles")]
impl CycleActsApi {
    /// Take a cycle to its next state
    ///
    /// Done again by who did it last, it changes nothing. Whoever appraised the cycle, began its review or marked it as calibrated does not
    /// approve it.
    #[oai(path = "/cycles/:code/acts", method = "post", operation_id = "act_on_cycle")]
    async fn act(
        &self,
        app: Caller,
        code: Path<String>,
        body: Json<NewCycleAct>,
        /// The same key with the same request is done once.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Json<Cycle>, ActError> {
        let NewCycleAct { act, reason, digest, units } = body.0;
        if let Some(units) = units {
            if !matches!(act, CycleActName::Publish) {
                return Err(AppError::invalid("units: only publishing is done unit by unit; leave them out").into());
            }
            let order = PublishOrder { cycle: &code.0, units: &units, approved: None };
            return Ok(Json(cycle(app.publish(order).await?)));
        }
        let (reason, digest) = (reason.as_deref(), digest.as_deref());
        let order = CycleOrder { cycle: &code.0, act: act.into(), reason, digest };
        Ok(Json(cycle(app.act_on_cycle(order).await?)))
    }

    /// What was done with a cycle
    #[oai(path = "/cycles/:code/acts", method = "get", operation_id = "list_cycle_acts")]
    async fn events(&self, app: Caller, code: Path<String>) -> Result<Json<CycleEvents>, GetError> {
        let items = app.cycle_events(&code.0).await?.into_iter().map(event).collect();
        Ok(Json(CycleEvents { items }))
    }

    /// What stands to be approved
    #[oai(path = "/cycles/:code/approval-sheet", method = "get", operation_id = "get_approval_sheet")]
    async fn sheet(&self, app: Caller, code: Path<String>) -> Result<Json<ApprovalSheet>, GetError> {
        Ok(Json(app.approval_sheet(&code.0).await?.into()))
    }
}

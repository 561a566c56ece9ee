//! Appraisal cycles.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{GetError, ListError};
use super::page::{PageSize, cursor, slice};
use crate::app::CycleRecord;

/// An appraisal cycle.
#[derive(Object)]
pub(super) struct Cycle {
    id: Uuid,
    code: String,
    /// `month`, `quarter`, `half_year`, `year` or `custom`.
    kind: String,
    first_day: chrono::NaiveDate,
    /// Included.
    last_day: chrono::NaiveDate,
    /// `draft`, `open`, `frozen`, `scored`, `in_review`, `calibrated`, `approved`, `published`, `appeal`, `final`, `closed` or `cancelled`.
    state: String,
    /// SHA-256 of the rules the cycle pinned.
    ruleset: String,
}

#[derive(Object)]
struct CyclePage {
    items: Vec<Cycle>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

pub(super) fn cycle(record: CycleRecord) -> Cycle {
    let CycleRecord {
        id: _,
        public_id,
        code,
        kind,
        period,
        state,
        ruleset_hash,
        current_run_id: _,
        frozen_run_id: _,
        inputs_version: _,
    } = record;
    Cycle {
        id: public_id,
        code,
        kind,
        first_day: period.first,
        last_day: period.last,
        state: state.as_str().to_owned(),
        ruleset: ruleset_hash,
    }
}

pub struct CyclesApi;

#[OpenApi(tag = "Resource::Cycles")]
impl CyclesApi {
    /// List cycles in order of code
    #[oai(path = "/cycles", method = "get", operation_id = "list_cycles")]
    async fn list(
        &self,
        app: Caller,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<CyclePage>, ListError> {
        let page = app.cycles(&slice(limit.0, after.0)?).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|cycle| cursor(&cycle.code));
        Ok(Json(CyclePage { items: page.rows.into_iter().map(cycle).collect(), next_cursor }))
    }

    /// One cycle
    #[oai(path = "/cycles/:code", method = "get", operation_id = "get_cycle")]
    async fn get(&self, app: Caller, code: Path<String>) -> Result<Json<Cycle>, GetError> {
        Ok(Json(cycle(app.cycle(&code.0).await?)))
    }
}

//! Appraisal cycles.

use chrono::NaiveDate;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{CreateError, GetError, ListError};
use super::page::{PageSize, cursor, slice};
use crate::app::{AppError, CycleRecord, RulesChoice};

/// An appraisal cycle.
#[derive(Object)]
pub(super) struct Cycle {
    id: Uuid,
    code: String,
    /// `month`, `quarter`, `half_year`, `year` or `custom`.
    kind: String,
    first_day: NaiveDate,
    /// Included.
    last_day: NaiveDate,
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

/// A cycle to be opened.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewCycle {
    /// `2026-Q3`, `2026-08`, `2026-H1` or `2026`; any name when the days are given.
    code: String,
    /// For cycles that do not follow the calendar.
    first_day: Option<NaiveDate>,
    /// Included; goes with `first_day`.
    last_day: Option<NaiveDate>,
    /// A version of the rules, by its name or at least eight digits of its hash; those in force on the first day when absent.
    rules: Option<String>,
    /// Only prepare it; the act `open` opens it.
    draft: Option<bool>,
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

    /// Open a cycle, or prepare one
    ///
    /// It pins the rules, which are published from its first day on if need be.
    #[oai(path = "/cycles", method = "post", operation_id = "open_cycle")]
    async fn open(
        &self,
        app: Caller,
        body: Json<NewCycle>,
        /// The same key with the same request is done once.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Json<Cycle>, CreateError> {
        let NewCycle { code, first_day, last_day, rules, draft } = body.0;
        let days = match (first_day, last_day) {
            (None, None) => None,
            (Some(first), Some(last)) => Some((first, last)),
            _ => return Err(AppError::invalid("first_day and last_day go together").into()),
        };
        let choice = rules.as_deref().map_or(RulesChoice::InForce, RulesChoice::Version);
        let pinned = match draft.unwrap_or_default() {
            true => app.draft_cycle(&code, days, choice).await,
            false => app.open_cycle_with(&code, days, choice).await,
        };
        Ok(Json(cycle(pinned?.cycle)))
    }

    /// One cycle
    #[oai(path = "/cycles/:code", method = "get", operation_id = "get_cycle")]
    async fn get(&self, app: Caller, code: Path<String>) -> Result<Json<Cycle>, GetError> {
        Ok(Json(cycle(app.cycle(&code.0).await?)))
    }
}

//! Pulls of sources and the rows they set aside.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{GetError, ListError};
use super::page::{PageSize, cursor, slice};
use crate::app::PullView;

/// A pull of a source.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Pull {
    id: Uuid,
    source: String,
    /// `running`, `complete` or `failed`.
    state: String,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    /// First day pulled; absent when all days were.
    from: Option<NaiveDate>,
    /// Last day pulled, included.
    to: Option<NaiveDate>,
    /// rows_read = rows_used + rows_superseded + rows_deleted + rows_set_aside.
    rows_read: i64,
    rows_used: i64,
    /// Replaced by a later row of the same key.
    rows_superseded: i64,
    /// Deleted by their last row.
    rows_deleted: i64,
    rows_set_aside: i64,
    facts_added: u64,
    facts_changed: u64,
    facts_removed: u64,
    /// Why it failed.
    error: Option<String>,
}

/// Why rows were set aside, and how many.
#[derive(Object)]
struct Reason {
    reason: String,
    rows: i64,
}

#[derive(Object)]
struct PullDetail {
    pull: Pull,
    /// Most rows first.
    reasons: Vec<Reason>,
}

#[derive(Object)]
struct PullPage {
    items: Vec<Pull>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

/// A row that was set aside.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct RejectedRow {
    file: String,
    line: Option<i64>,
    /// The reason it is counted under.
    reason: String,
    /// The reason with the offending value.
    detail: String,
    /// The row as a JSON object, in a text.
    row: String,
}

#[derive(Object)]
struct RejectedPage {
    items: Vec<RejectedRow>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

fn pull(view: PullView) -> Pull {
    let PullView {
        id,
        source,
        state,
        started_at,
        finished_at,
        from,
        to,
        rows_read,
        rows_used,
        rows_superseded,
        rows_deleted,
        rows_set_aside,
        facts_added,
        facts_changed,
        facts_removed,
        error,
    } = view;
    Pull {
        id,
        source,
        state: state.to_owned(),
        started_at,
        finished_at,
        from,
        to,
        rows_read,
        rows_used,
        rows_superseded,
        rows_deleted,
        rows_set_aside,
        facts_added,
        facts_changed,
        facts_removed,
        error,
    }
}

pub struct PullsApi;

#[OpenApi(tag = "Resource::Pulls")]
impl PullsApi {
    /// List pulls, newest first
    #[oai(path = "/pulls", method = "get", operation_id = "list_pulls")]
    async fn list(
        &self,
        app: Caller,
        /// Of this source (its id)
        source: Query<Option<String>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<PullPage>, ListError> {
        let (pulls, next) = app.pulls(source.0.as_deref(), &slice(limit.0, after.0)?).await?;
        let items = pulls.into_iter().map(pull).collect();
        Ok(Json(PullPage { items, next_cursor: next.map(|key| cursor(&key)) }))
    }

    /// One pull with its reasons
    #[oai(path = "/pulls/:id", method = "get", operation_id = "get_pull")]
    async fn get(&self, app: Caller, id: Path<String>) -> Result<Json<PullDetail>, GetError> {
        let report = app.pull_report(&id.0).await?;
        let reasons = report.reasons.into_iter().map(|(reason, rows)| Reason { reason, rows }).collect();
        Ok(Json(PullDetail { pull: pull(report.pull), reasons }))
    }

    /// List the rows a pull set aside
    #[oai(path = "/pulls/:id/rejected", method = "get", operation_id = "list_rejected_rows")]
    async fn rejected(
        &self,
        app: Caller,
        id: Path<String>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<RejectedPage>, ListError> {
        let page = app.rejected(&id.0, &slice(limit.0, after.0)?).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|(number, _)| cursor(&number.to_string()));
        let items = page.rows.into_iter().map(|(_, row)| RejectedRow {
            file: row.file,
            line: row.line,
            reason: row.reason,
            detail: row.detail,
            row: row.row,
        });
        Ok(Json(RejectedPage { items: items.collect(), next_cursor }))
    }
}

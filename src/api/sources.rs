//! Sources of the rules: last pulled, due next, overdue.

use chrono::{DateTime, Utc};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::GetError;
use crate::app::SourceView;

/// When a source is pulled by itself.
#[derive(Object)]
struct Schedule {
    /// Minute, hour, day of the month, month, day of the week.
    cron: String,
    time_zone: String,
}

/// A source of facts.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Source {
    id: String,
    description: String,
    schedule: Option<Schedule>,
    last_pull_id: Option<Uuid>,
    /// `running`, `complete` or `failed`.
    last_pull_state: Option<String>,
    last_pull_started_at: Option<DateTime<Utc>>,
    /// When a pull last ended well.
    last_complete_at: Option<DateTime<Utc>>,
    /// When its schedule asks for it next.
    next_due: Option<DateTime<Utc>>,
    /// Whether no pull ended well for longer than its schedule allows.
    overdue: bool,
}

#[derive(Object)]
struct SourceList {
    items: Vec<Source>,
}

fn source(view: SourceView) -> Source {
    let SourceView { id, description, schedule, last_pull, last_complete_at, next_due, overdue } = view;
    Source {
        id,
        description,
        schedule: schedule.map(|(cron, time_zone)| Schedule { cron, time_zone }),
        last_pull_id: last_pull.as_ref().map(|pull| pull.id),
        last_pull_state: last_pull.as_ref().map(|pull| pull.state.to_owned()),
        last_pull_started_at: last_pull.map(|pull| pull.started_at),
        last_complete_at,
        next_due,
        overdue,
    }
}

pub struct SourcesApi;

#[OpenApi(tag = "Resource::Pulls")]
impl SourcesApi {
    /// List the sources of this server's rules in order of id
    #[oai(path = "/sources", method = "get", operation_id = "list_sources")]
    async fn list(&self, app: Caller) -> Result<Json<SourceList>, GetError> {
        Ok(Json(SourceList { items: app.sources().await?.into_iter().map(source).collect() }))
    }
}

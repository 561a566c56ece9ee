//! Sources with their last pull and when they are due, and the newest pulls.

use askama::Template;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::pulls::{PullRow, pull_row};
use super::upload::may_upload;
use crate::app::{AppError, PullView, Slice, SourceView};
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::refusal::Problem;
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    source: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "data/sources.html")]
struct Page {
    frame: Frame,
    sources: Vec<Row>,
    /// Why there is no list of sources.
    problem: Option<Problem>,
    pulls: Vec<PullRow>,
    source: String,
    /// Whether whoever looks brings in sheets of figures.
    uploads: bool,
    paging: Paging,
}

struct Row {
    source: SourceView,
    last: String,
    due: String,
    schedule: String,
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { source, after } = request.params().unwrap_or_default();
    let (source, after) = (chosen(source), chosen(after));
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["source", "state", "when", "rows-read", "rows-used", "rows-set-aside"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let (pulls, next) = app.pulls(source.as_deref(), &slice).await.map_err(failed)?;
            for pull in pulls {
                let PullView { source, state, started_at, rows_read, rows_used, rows_set_aside, .. } = pull;
                let counts = [rows_read, rows_used, rows_set_aside].map(|count| count.to_string());
                let [read, used, aside] = counts;
                sheet.row([source, state.to_owned(), started_at.to_rfc3339(), read, used, aside]);
            }
            match next {
                Some(next) => slice = Slice::after(next),
                None => return sheet.answer(kind, "pulls"),
            }
        }
    }
    let (pulls, next) = app.pulls(source.as_deref(), &Paging::slice(after.clone())).await.map_err(failed)?;
    let (sources, problem) = match app.sources().await {
        Ok(sources) => (sources, None),
        Err(error @ (AppError::NotFound(_) | AppError::Rules(_))) => {
            (Vec::new(), Some(Problem::foreign(language, &error.to_string())))
        }
        Err(error) => return Err(failed(error)),
    };
    let moment =
        |at: Option<chrono::DateTime<chrono::Utc>>| at.map_or_else(|| "–".to_owned(), |at| language.moment(at));
    let sources = sources.into_iter().map(|source| Row {
        last: moment(source.last_complete_at),
        due: moment(source.next_due),
        schedule: source.schedule.as_ref().map(|(cron, zone)| format!("{cron} ({zone})")).unwrap_or_default(),
        source,
    });
    let sources = sources.collect();
    let pulls = pulls.into_iter().map(|pull| pull_row(pull, language)).collect();
    let paging = Paging::new(&[("source", source.as_deref())], after.is_some(), next);
    let (source, uploads) = (source.unwrap_or_default(), may_upload(&frame));
    rendered(&Page { frame, sources, problem, pulls, source, uploads, paging })
}

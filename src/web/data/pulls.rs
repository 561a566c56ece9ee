//! One pull: what it read, what it set aside and why.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::app::{PullView, RejectedRow, Slice};
use crate::domain::fixed::Fixed;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::refusal::{Problem, set_aside};
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Deserialize, Default)]
struct Query {
    after: Option<String>,
}

/// A pull as people read it.
pub(super) struct PullRow {
    pub id: String,
    pub source: String,
    pub state: Say,
    pub tone: &'static str,
    pub at: String,
    pub machine: String,
    pub read: String,
    pub used: String,
    pub set_aside: String,
    pub facts: String,
    pub error: Option<String>,
}

#[derive(Template)]
#[template(path = "data/pull.html")]
struct Page {
    frame: Frame,
    pull: PullRow,
    reasons: Vec<(Problem, String)>,
    /// With the reason in words.
    rows: Vec<(RejectedRow, Problem)>,
    paging: Paging,
}

pub(super) fn pull_row(pull: PullView, language: Language) -> PullRow {
    let (state, tone) = match pull.state {
        "complete" => ("pull-complete", "good"),
        "failed" => ("pull-failed", "bad"),
        _ => ("pull-running", ""),
    };
    let number = |count: i64| language.number(Fixed::from_int(count));
    let facts = language.say("facts-changed").count("added", pull.facts_added).count("changed", pull.facts_changed);
    PullRow {
        id: pull.id.to_string(),
        source: pull.source,
        state: language.say(state),
        tone,
        at: language.moment(pull.started_at),
        machine: pull.started_at.to_rfc3339(),
        read: number(pull.rows_read),
        used: number(pull.rows_used),
        set_aside: number(pull.rows_set_aside),
        facts: facts.count("removed", pull.facts_removed).to_string(),
        error: pull.error,
    }
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(id): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { after } = request.params().unwrap_or_default();
    let after = chosen(after);
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet = Sheet::new(["file", "line", "reason", "detail", "row"].map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let page = app.rejected(&id, &slice).await.map_err(failed)?;
            let next = page.rows.last().filter(|_| page.more).map(|(number, _)| Slice::after(number.to_string()));
            for (_, RejectedRow { file, line, reason, detail, row }) in page.rows {
                sheet.row([file, line.map(|line| line.to_string()).unwrap_or_default(), reason, detail, row]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, "rows-set-aside"),
            }
        }
    }
    let report = app.pull_report(&id).await.map_err(failed)?;
    let found = app.rejected(&id, &Paging::slice(after.clone())).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|(number, _)| number.to_string());
    let row = |row: RejectedRow| (set_aside(language, &row.reason), row);
    let rows = found.rows.into_iter().map(|(_, found)| row(found)).map(|(why, row)| (row, why)).collect();
    let reasons = report
        .reasons
        .into_iter()
        .map(|(reason, rows)| (set_aside(language, &reason), language.number(Fixed::from_int(rows))));
    let reasons = reasons.collect();
    let pull = pull_row(report.pull, language);
    rendered(&Page { frame, pull, reasons, rows, paging: Paging::new(&[], after.is_some(), last) })
}

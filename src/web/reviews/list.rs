//! The people whom somebody reviews as who leads them, and how far each review is.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::words::standing_text;
use crate::app::{ReviewStanding, ReviewToWrite, Slice};
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Deserialize, Default)]
struct Query {
    state: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "reviews/list.html")]
struct Page {
    frame: Frame,
    cycle: String,
    /// With the state, and when it was last saved.
    rows: Vec<(ReviewToWrite, Say, &'static str, String)>,
    state: String,
    states: Vec<(&'static str, String)>,
    paging: Paging,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { state, after } = request.params().unwrap_or_default();
    let [state, after] = [state, after].map(chosen);
    let standing = state.as_deref().and_then(ReviewStanding::of);
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["employee-number", "name", "unit", "state", "review-last-saved", "review-handed-in"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let found = app.reviews_to_write(&cycle, &slice, standing).await.map_err(failed)?;
            let next = found.rows.last().filter(|_| found.more).map(|last| Slice::after(last.employee_number.clone()));
            for row in found.rows {
                let ReviewToWrite { employee_number, agent_name, unit_code, standing, saved_at, submitted_at } = row;
                let moment =
                    |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
                let state = standing_text(standing, language).0.to_string();
                sheet.row([employee_number, agent_name, unit_code, state, moment(saved_at), moment(submitted_at)]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, &format!("reviews-{cycle}")),
            }
        }
    }
    let found = app.reviews_to_write(&cycle, &Paging::slice(after.clone()), standing).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|row| row.employee_number.clone());
    let rows = found.rows.into_iter().map(|row| {
        let (state, tone) = standing_text(row.standing, language);
        let saved = row.saved_at.map_or_else(|| "–".to_owned(), |at| language.moment(at));
        (row, state, tone, saved)
    });
    let page = Page {
        rows: rows.collect(),
        paging: Paging::new(&[("state", state.as_deref())], after.is_some(), last),
        state: state.unwrap_or_default(),
        states: ReviewStanding::ALL
            .map(|standing| (standing.as_str(), standing_text(standing, language).0.to_string()))
            .into(),
        cycle,
        frame,
    };
    rendered(&page)
}

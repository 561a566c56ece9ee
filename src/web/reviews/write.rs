//! The form of a review, with what was measured beside it. A draft is saved by its button, or while one types where scripts run; nobody
//! overwrites what was saved in another window without having seen it.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Json, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use serde_json::json;

use super::sheet::{MeasuredLine, SheetView, Typed, measured};
use crate::app::{App, AppError, ReviewOrder, ReviewSheet};
use crate::domain::judgement::RaterGroup;
use crate::web::frame::Frame;
use crate::web::glossary::Glossary;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "reviews/write.html")]
struct Page {
    frame: Frame,
    cycle: String,
    sheet: SheetView,
    /// Score, rating and lines.
    measured: Option<(String, String, Vec<MeasuredLine>, Glossary)>,
    /// Whether it was just saved.
    saved: bool,
    changed: bool,
    problem: Option<Problem>,
}

impl Page {
    fn place(&self) -> String {
        address(&self.cycle, &self.sheet.number)
    }
}

#[derive(Deserialize, Default)]
struct Query {
    saved: Option<String>,
}

/// Where a review is written.
pub(super) fn address(cycle: &str, number: &str) -> String {
    format!("/cycles/{}/reviews/{}", query_value(cycle), query_value(number))
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let Query { saved } = request.params().unwrap_or_default();
    let sheet = frame.visitor.app().review_sheet(&cycle, &number).await.map_err(failed)?;
    let view = SheetView::saved(&sheet, frame.language);
    show(frame, cycle, &sheet, view, (saved.is_some(), false), None).await
}

async fn show(
    frame: Frame,
    cycle: String,
    sheet: &ReviewSheet,
    view: SheetView,
    (saved, changed): (bool, bool),
    problem: Option<Problem>,
) -> poem::Result<Response> {
    let beside = match sheet.group {
        RaterGroup::Supervisor | RaterGroup::Oneself => {
            measured(frame.visitor.app(), frame.language, &cycle, &sheet.employee_number).await.map_err(failed)?
        }
        // Colleagues say what they saw, not what the figures say.
        RaterGroup::Peer | RaterGroup::Subordinate => None,
    };
    rendered(&Page { frame, cycle, sheet: view, measured: beside, saved, changed, problem })
}

async fn save(app: &App, (cycle, number): (&str, &str), typed: &Typed) -> Result<ReviewSheet, AppError> {
    let answers = typed.answers()?;
    let (version, comment) = (typed.version, typed.comment.as_str());
    app.save_review(ReviewOrder { cycle, employee_number: number, version, answers, comment }).await
}

/// Saves what was typed, and goes on to handing it in where that was asked for.
#[handler]
pub(in crate::web) async fn submit(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let handing_in = fields.iter().any(|(name, value)| name == "do" && value == "hand_in");
    let typed = Typed::of(fields);
    let error = match save(&app, (&cycle, &number), &typed).await {
        Ok(_) => {
            let next = if handing_in { "/hand-in" } else { "?saved=1" };
            return Ok(Redirect::see_other(format!("{}{next}", address(&cycle, &number))).into_response());
        }
        Err(error) => error,
    };
    let changed = matches!(error, AppError::Changed(_));
    let problem = mendable(error, frame.language)?;
    let sheet = app.review_sheet(&cycle, &number).await.map_err(failed)?;
    let view = SheetView::typed(&sheet, &typed, changed, language);
    let problem = if changed { language.say("review-changed").into() } else { problem };
    let mut response = show(frame, cycle, &sheet, view, (false, changed), Some(problem)).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

/// Saves what is typed, for the script: the answer says in its body what became of it, since browsers complain of other statuses.
#[handler]
pub(in crate::web) async fn autosave(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let answer = match save(&app, (&cycle, &number), &Typed::of(fields)).await {
        Ok(sheet) => {
            let at = language.moment(app.clock().now());
            let text = language.say("review-saved-at").with("at", at).to_string();
            json!({ "saved": true, "version": sheet.version, "text": text })
        }
        Err(AppError::Changed(_)) => {
            json!({ "saved": false, "changed": true, "text": language.say("review-changed-elsewhere").to_string() })
        }
        Err(error) => json!({ "saved": false, "text": mendable(error, language)?.plain() }),
    };
    Ok(Json(answer).into_response())
}

#[derive(Deserialize)]
struct Nothing {}

/// Whoever was asked declines.
#[handler]
pub(in crate::web) async fn decline(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
    _form: Form<Nothing>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app().clone();
    match app.decline_review(&cycle, &number).await {
        Ok(()) => Ok(Redirect::see_other("/reviews").into_response()),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            let sheet = app.review_sheet(&cycle, &number).await.map_err(failed)?;
            let view = SheetView::saved(&sheet, frame.language);
            let mut response = show(frame, cycle, &sheet, view, (false, false), Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

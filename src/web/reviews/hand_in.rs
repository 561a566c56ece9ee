//! Handing a review in: first what is handed in, then a button that does it.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::sheet::SheetView;
use super::write::address;
use crate::app::{AppError, ReviewOrder};
use crate::web::frame::Frame;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "reviews/hand_in.html")]
struct Page {
    frame: Frame,
    cycle: String,
    place: String,
    sheet: SheetView,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Submitted {
    version: i64,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    show(Frame::of(request)?, cycle, &number, None).await
}

#[handler]
pub(in crate::web) async fn submit(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
    Form(Submitted { version }): Form<Submitted>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app().clone();
    let sheet = app.review_sheet(&cycle, &number).await.map_err(failed)?;
    let leads = SheetView::saved(&sheet, frame.language).leads;
    // Of another version it is refused, so that what is handed in is what was shown.
    let order = ReviewOrder {
        cycle: &cycle,
        employee_number: &number,
        version,
        answers: sheet.answers,
        comment: &sheet.comment,
    };
    let problem = match app.submit_review(order).await {
        Ok(_) if leads => {
            return Ok(Redirect::see_other(format!("/cycles/{}/reviews", query_value(&cycle))).into_response());
        }
        Ok(_) => return Ok(Redirect::see_other("/reviews").into_response()),
        Err(AppError::Changed(_)) => frame.say("review-changed-elsewhere").into(),
        Err(error) => mendable(error, frame.language)?,
    };
    let mut response = show(frame, cycle, &number, Some(problem)).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

async fn show(frame: Frame, cycle: String, number: &str, problem: Option<Problem>) -> poem::Result<Response> {
    let sheet = frame.visitor.app().review_sheet(&cycle, number).await.map_err(failed)?;
    let sheet = SheetView::saved(&sheet, frame.language);
    rendered(&Page { place: address(&cycle, &sheet.number), frame, cycle, sheet, problem })
}

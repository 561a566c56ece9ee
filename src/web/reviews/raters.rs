//! Asking colleagues for their rating of somebody, and asking no more. Who was asked is known to who asks; what each gave is nobody's to see.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::words::group_text;
use super::write::address;
use crate::app::{AppError, GroupCount};
use crate::domain::authority::Act;
use crate::domain::judgement::RaterGroup;
use crate::web::frame::{Frame, reaches_others};
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "reviews/raters.html")]
struct Page {
    frame: Frame,
    cycle: String,
    number: String,
    place: String,
    /// How many of a group have come how far.
    counts: Vec<(Say, GroupCount)>,
    typed: String,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Submitted {
    /// `invite` or `withdraw`.
    #[serde(rename = "do")]
    what: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    raters: String,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    show(Frame::of(request)?, cycle, number, None, String::new()).await
}

#[handler]
pub(in crate::web) async fn submit(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
    Form(form): Form<Submitted>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app();
    let done = match form.what.as_str() {
        "withdraw" => app.withdraw_invitation(&cycle, &number, form.raters.trim()).await,
        _ => {
            let group = if form.group == "subordinate" { RaterGroup::Subordinate } else { RaterGroup::Peer };
            let named = form.raters.split(|sign: char| sign.is_whitespace() || ",;，；、".contains(sign));
            let named: Vec<String> = named.filter(|name| !name.is_empty()).map(str::to_owned).collect();
            app.invite_raters(&cycle, &number, group, &named).await.map(drop)
        }
    };
    let problem = match done {
        Ok(()) => {
            return Ok(Redirect::see_other(format!("{}/raters", address(&cycle, &number))).into_response());
        }
        Err(AppError::NotFound(why)) => Problem::foreign(frame.language, &why),
        Err(error) => mendable(error, frame.language)?,
    };
    let mut response = show(frame, cycle, number, Some(problem), form.raters).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

async fn show(
    frame: Frame,
    cycle: String,
    number: String,
    problem: Option<Problem>,
    typed: String,
) -> poem::Result<Response> {
    let app = frame.visitor.app().clone();
    if !reaches_others(&app.actor().reach(Act::InviteRaters)) {
        return Err(failed(AppError::Forbidden("only who leads somebody, or HR, asks for ratings".to_owned())));
    }
    let about = app.reviews_about(&cycle, &number).await.map_err(failed)?;
    let counts = about.colleagues.into_iter().map(|count| (group_text(count.group, frame.language), count)).collect();
    rendered(&Page { place: address(&cycle, &number), frame, cycle, number, counts, typed, problem })
}

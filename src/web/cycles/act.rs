//! Doing something with a cycle: first a page that says what will happen, then a form that does it.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::state::{act_text, acts_now, cycle_state};
use crate::app::{AppError, CycleOrder, CycleRecord};
use crate::domain::cycle::CycleAct;
use crate::web::frame::Frame;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "cycles/act.html")]
struct Page {
    frame: Frame,
    cycle: CycleRecord,
    name: Say,
    about: Say,
    /// From which state to which.
    from: Say,
    to: Say,
    needs_reason: bool,
    danger: bool,
    /// Why it was not done.
    problem: Option<String>,
}

#[derive(Deserialize)]
struct Submitted {
    #[serde(default)]
    reason: String,
    /// Of the sheet that was shown, where it is approved.
    digest: Option<String>,
}

fn named(act: &str) -> poem::Result<CycleAct> {
    CycleAct::of(act).ok_or_else(|| failed(AppError::NotFound(format!("there is no act '{act}'"))))
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((code, act)): Path<(String, String)>,
) -> poem::Result<Response> {
    show(Frame::of(request)?, &code, named(&act)?, None).await
}

#[handler]
pub(in crate::web) async fn submit(
    request: &Request,
    Path((code, act)): Path<(String, String)>,
    Form(form): Form<Submitted>,
) -> poem::Result<Response> {
    let (frame, act) = (Frame::of(request)?, named(&act)?);
    let Submitted { reason, digest } = &form;
    let order = CycleOrder { cycle: &code, act, reason: Some(reason), digest: digest.as_deref() };
    match frame.visitor.app().act_on_cycle(order).await {
        Ok(cycle) => Ok(Redirect::see_other(format!("/cycles/{}", cycle.code)).into_response()),
        Err(error @ (AppError::Refused(_) | AppError::Changed(_) | AppError::Invalid(_))) => {
            let mut response = show(frame, &code, act, Some(error.to_string())).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
        Err(error) => Err(failed(error)),
    }
}

async fn show(frame: Frame, code: &str, act: CycleAct, problem: Option<String>) -> poem::Result<Response> {
    let language = frame.language;
    let cycle = frame.visitor.app().cycle(code).await.map_err(failed)?;
    let allowed = acts_now(frame.visitor.app(), cycle.state).contains(&act);
    if !allowed && problem.is_none() {
        return Ok(Redirect::see_other(format!("/cycles/{}", cycle.code)).into_response());
    }
    let (name, about) = act_text(act, language);
    let shown = Page {
        name,
        about,
        from: cycle_state(cycle.state, language),
        to: cycle_state(cycle.state.after(act).unwrap_or(cycle.state), language),
        needs_reason: act.needs_reason(),
        danger: act == CycleAct::Cancel,
        problem,
        cycle,
        frame,
    };
    rendered(&shown)
}

//! Doing something with a cycle: first a page that says what will happen, then a form that does it.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::state::{act_text, acts_now, cycle_state};
use crate::app::{AppError, CycleOrder, CycleRecord};
use crate::domain::cycle::CycleAct;
use crate::domain::job::JobOrder;
use crate::web::frame::Frame;
use crate::web::refusal::{Problem, mendable};
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
    /// It is asked for as a job, which has no reason.
    is_job: bool,
    danger: bool,
    /// Why it was not done.
    problem: Option<Problem>,
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
    let app = frame.visitor.app();
    if let Some(order) = long_work(act, &code) {
        return match app.ask_job(order).await {
            Ok(job) => Ok(Redirect::see_other(format!("/jobs/{}", job.id)).into_response()),
            Err(error) => again(frame, &code, act, error).await,
        };
    }
    let Submitted { reason, digest } = &form;
    let order = CycleOrder { cycle: &code, act, reason: Some(reason), digest: digest.as_deref() };
    match app.act_on_cycle(order).await {
        Ok(cycle) => Ok(Redirect::see_other(format!("/cycles/{}", cycle.code)).into_response()),
        Err(error) => again(frame, &code, act, error).await,
    }
}

/// What takes long is done as a job.
fn long_work(act: CycleAct, cycle: &str) -> Option<JobOrder> {
    let cycle = cycle.to_owned();
    match act {
        CycleAct::Freeze => Some(JobOrder::Freeze { cycle }),
        CycleAct::Score => Some(JobOrder::Score { cycle }),
        CycleAct::Appraise => Some(JobOrder::Appraise { cycle }),
        _ => None,
    }
}

async fn again(frame: Frame, code: &str, act: CycleAct, error: AppError) -> poem::Result<Response> {
    let problem = mendable(error, frame.language)?;
    let mut response = show(frame, code, act, Some(problem)).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

async fn show(frame: Frame, code: &str, act: CycleAct, problem: Option<Problem>) -> poem::Result<Response> {
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
        is_job: long_work(act, code).is_some(),
        danger: act == CycleAct::Cancel,
        problem,
        cycle,
        frame,
    };
    rendered(&shown)
}

//! Bringing a cycle's ratings in from a file: choose it here; its preview is the page of files of the roster.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Multipart, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};

use crate::app::{App, AppError, MOST_ROSTER_BYTES, Why};
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::web::frame::Frame;
use crate::web::people::import::chosen_file;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "cycles/ratings.html")]
struct Page {
    frame: Frame,
    cycle: String,
    /// Whether the cycle still takes ratings.
    open: bool,
    most_bytes: usize,
    problem: Option<Problem>,
}

/// Whether whoever looks brings ratings in, into a cycle in this state.
pub(super) fn may_rate(app: &App, state: CycleState) -> bool {
    app.actor().reach(Act::ManageRatings).everything && takes_ratings(state)
}

fn takes_ratings(state: CycleState) -> bool {
    use CycleState::{Draft, Frozen, InReview, Open, Scored};
    matches!(state, Draft | Open | Frozen | Scored | InReview)
}

#[handler]
pub(in crate::web) async fn choose(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    show(Frame::of(request)?, &cycle, None).await
}

#[handler]
pub(in crate::web) async fn upload(
    request: &Request,
    Path(cycle): Path<String>,
    parts: Multipart,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let kept = match chosen_file(parts).await? {
        Some((name, content)) => frame.visitor.app().upload_ratings(&cycle, &name, content).await,
        None => Err(AppError::invalid("no file is chosen").because(Why::NoFileChosen {})),
    };
    match kept {
        Ok(id) => Ok(Redirect::see_other(format!("/roster/{id}")).into_response()),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            let mut response = show(frame, &cycle, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn show(frame: Frame, cycle: &str, problem: Option<Problem>) -> poem::Result<Response> {
    let app = frame.visitor.app();
    if !app.actor().reach(Act::ManageRatings).everything {
        return Err(failed(AppError::Forbidden("you do not bring in ratings".to_owned())));
    }
    let cycle = app.cycle(cycle).await.map_err(failed)?;
    let open = takes_ratings(cycle.state);
    rendered(&Page { cycle: cycle.code, open, most_bytes: MOST_ROSTER_BYTES, problem, frame })
}

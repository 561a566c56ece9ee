//! Bringing units, people and leave in from a file: choose it, look at what would happen, then let exactly that happen. Rows that are set
//! aside are had as a file with the reasons, mended, and uploaded again.

use askama::Template;
use poem::http::{StatusCode, header};
use poem::web::{Multipart, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use uuid::Uuid;

use crate::app::{AppError, Counted, Fault, MOST_ROSTER_BYTES, UploadCount, UploadView, Why};
use crate::domain::authority::Act;
use crate::web::frame::Frame;
use crate::web::people::faults::{Reason, in_file};
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// So many rows set aside are shown; all of them are in the file.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "people/import.html")]
struct Choose {
    frame: Frame,
    most_bytes: usize,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "people/upload.html")]
struct Page {
    frame: Frame,
    view: UploadView,
    /// Where another file is chosen.
    again: String,
    counts: Vec<(Say, UploadCount)>,
    /// Line and reason.
    set_aside: Vec<(u64, Reason)>,
    left_out: usize,
    problem: Option<Problem>,
}

/// Whether whoever looks brings the roster in.
pub(in crate::web) fn may_import(frame: &Frame) -> bool {
    frame.visitor.app().actor().reach(Act::ManageRoster).everything
}

#[handler]
pub(in crate::web) async fn choose(request: &Request) -> poem::Result<Response> {
    ask_for_file(Frame::of(request)?, None)
}

fn ask_for_file(frame: Frame, problem: Option<Problem>) -> poem::Result<Response> {
    if !may_import(&frame) {
        return Err(failed(AppError::Forbidden("you do not bring in the roster".to_owned())));
    }
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let mut response = rendered(&Choose { frame, most_bytes: MOST_ROSTER_BYTES, problem })?;
    response.set_status(status);
    Ok(response)
}

#[handler]
pub(in crate::web) async fn upload(request: &Request, parts: Multipart) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let kept = match chosen_file(parts).await? {
        Some((name, content)) => frame.visitor.app().upload_roster(&name, content).await,
        None => Err(AppError::invalid("no file is chosen").because(Why::NoFileChosen {})),
    };
    match kept {
        Ok(id) => Ok(Redirect::see_other(format!("/roster/{id}")).into_response()),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            ask_for_file(frame, Some(problem))
        }
    }
}

/// The file of a form: its name and its content.
pub(in crate::web) async fn chosen_file(mut parts: Multipart) -> poem::Result<Option<(String, Vec<u8>)>> {
    let mut file = None;
    while let Some(part) = parts.next_field().await? {
        if part.name() == Some("file") {
            let name = part.file_name().unwrap_or_default().to_owned();
            file = Some((name, part.bytes().await?));
        }
    }
    Ok(file.filter(|(name, _)| !name.is_empty()))
}

fn id(text: &str) -> poem::Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| failed(AppError::NotFound(format!("there is no file '{text}'"))))
}

/// What would happen, or what did.
#[handler]
pub(in crate::web) async fn page(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    show(Frame::of(request)?, id(&text)?, None).await
}

#[handler]
pub(in crate::web) async fn take(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, id(&text)?);
    match frame.visitor.app().take_upload(id).await {
        Ok(()) => Ok(Redirect::see_other(format!("/roster/{id}")).into_response()),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            let mut response = show(frame, id, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn show(frame: Frame, id: Uuid, problem: Option<Problem>) -> poem::Result<Response> {
    let view = frame.visitor.app().roster_upload(id).await.map_err(failed)?;
    let name = |count: &UploadCount| match count.what {
        Counted::Units => "nav-units",
        Counted::People => "nav-people",
        Counted::Assignments => "import-assignments",
        Counted::Leave => "import-leave",
        Counted::Ratings => "import-ratings-counted",
    };
    let counts = view.counts.iter().map(|count| (frame.say(name(count)), *count)).collect();
    let shown = view.set_aside.iter().take(SHOWN);
    let set_aside = shown.map(|(line, fault)| (*line, Reason::of(frame.language, fault))).collect();
    let left_out = view.set_aside.len().saturating_sub(SHOWN);
    let again = match &view.cycle {
        Some(cycle) => format!("/cycles/{}/ratings", query_value(cycle)),
        None => "/roster".to_owned(),
    };
    rendered(&Page { frame, counts, set_aside, left_out, again, view, problem })
}

/// The rows set aside, to be mended.
#[handler]
pub(in crate::web) async fn download(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let say = |faults: &[&Fault]| in_file(frame.language, faults);
    let list = frame.visitor.app().set_aside_of_upload(id(&text)?, &say).await.map_err(failed)?;
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
        .header(header::CONTENT_DISPOSITION, "attachment; filename=\"set-aside.csv\"")
        .body(list))
}

//! Bringing units, people and leave in from a file: choose it, look at what would happen, then let exactly that happen. Rows that are set
//! aside are had as a file with the reasons, mended, and uploaded again.

use askama::Template;
use poem::http::{StatusCode, header};
use poem::web::{Multipart, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use uuid::Uuid;

use crate::app::{AppError, Counted, MOST_ROSTER_BYTES, UploadCount, UploadView};
use crate::domain::authority::Act;
use crate::web::frame::Frame;
use crate::web::rendered;
use crate::web::visitor::{failed, mendable};
use crate::web::words::Say;

/// So many rows set aside are shown; all of them are in the file.
const SHOWN: usize = 100;
/// A reason may quote a cell; so many characters of it are shown.
const LONGEST_REASON: usize = 400;

#[derive(Template)]
#[template(path = "people/import.html")]
struct Choose {
    frame: Frame,
    most_bytes: usize,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "people/upload.html")]
struct Page {
    frame: Frame,
    view: UploadView,
    counts: Vec<(Say, UploadCount)>,
    /// Line and reason.
    set_aside: Vec<(u64, String)>,
    left_out: usize,
    problem: Option<String>,
}

/// Whether whoever looks brings the roster in.
pub(in crate::web) fn may_import(frame: &Frame) -> bool {
    frame.visitor.app().actor().reach(Act::ManageRoster).everything
}

#[handler]
pub(in crate::web) async fn choose(request: &Request) -> poem::Result<Response> {
    ask_for_file(Frame::of(request)?, None)
}

fn ask_for_file(frame: Frame, problem: Option<String>) -> poem::Result<Response> {
    if !may_import(&frame) {
        return Err(failed(AppError::Forbidden("you do not bring in the roster".to_owned())));
    }
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let mut response = rendered(&Choose { frame, most_bytes: MOST_ROSTER_BYTES, problem })?;
    response.set_status(status);
    Ok(response)
}

#[handler]
pub(in crate::web) async fn upload(request: &Request, mut parts: Multipart) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let mut file = None;
    while let Some(part) = parts.next_field().await? {
        if part.name() == Some("file") {
            let name = part.file_name().unwrap_or_default().to_owned();
            file = Some((name, part.bytes().await?));
        }
    }
    let kept = match file.filter(|(name, _)| !name.is_empty()) {
        Some((name, content)) => frame.visitor.app().upload_roster(&name, content).await,
        None => Err(AppError::Invalid(frame.say("evidence-none-chosen").to_string())),
    };
    match kept {
        Ok(id) => Ok(Redirect::see_other(format!("/roster/{id}")).into_response()),
        Err(error) => ask_for_file(frame, Some(mendable(error)?)),
    }
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
            let problem = mendable(error)?;
            let mut response = show(frame, id, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn show(frame: Frame, id: Uuid, problem: Option<String>) -> poem::Result<Response> {
    let view = frame.visitor.app().roster_upload(id).await.map_err(failed)?;
    let name = |count: &UploadCount| match count.what {
        Counted::Units => "nav-units",
        Counted::People => "nav-people",
        Counted::Assignments => "import-assignments",
        Counted::Leave => "import-leave",
    };
    let counts = view.counts.iter().map(|count| (frame.say(name(count)), *count)).collect();
    let short = |why: &String| why.chars().take(LONGEST_REASON).collect();
    let set_aside = view.set_aside.iter().take(SHOWN).map(|(line, why)| (*line, short(why))).collect();
    let left_out = view.set_aside.len().saturating_sub(SHOWN);
    rendered(&Page { frame, counts, set_aside, left_out, view, problem })
}

/// The rows set aside, to be mended.
#[handler]
pub(in crate::web) async fn download(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let list = frame.visitor.app().set_aside_of_upload(id(&text)?).await.map_err(failed)?;
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
        .header(header::CONTENT_DISPOSITION, "attachment; filename=\"set-aside.csv\"")
        .body(list))
}

//! Figures from a sheet: choose it and name it, look at what its pull would do, then let exactly that happen. Rows set aside are had as a file
//! with the reasons, mended, and uploaded again.

use askama::Template;
use poem::http::{StatusCode, header};
use poem::web::{Multipart, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use crate::app::{AppError, AsideRow, FiguresOrder, FiguresView, MOST_ROSTER_BYTES, Why};
use crate::domain::authority::Act;
use crate::web::frame::Frame;
use crate::web::refusal::{Problem, mendable, set_aside};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// So many rows set aside are shown; all of them are in the file.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "data/upload.html")]
struct Choose {
    frame: Frame,
    most_bytes: usize,
    /// As it was typed.
    sheet: String,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "data/figures.html")]
struct Page {
    frame: Frame,
    view: FiguresView,
    /// Where another file of the same sheet is chosen.
    again: String,
    /// The days that it covers.
    days: Option<Say>,
    set_aside: Vec<(AsideRow, Problem)>,
    left_out: usize,
    problem: Option<Problem>,
}

#[derive(Deserialize, Default)]
struct Query {
    sheet: Option<String>,
}

/// Whether whoever looks brings in figures.
pub(super) fn may_upload(frame: &Frame) -> bool {
    frame.visitor.app().actor().reach(Act::Pull).everything
}

#[handler]
pub(in crate::web) async fn choose(request: &Request) -> poem::Result<Response> {
    let Query { sheet } = request.params().unwrap_or_default();
    ask_for_file(Frame::of(request)?, sheet.unwrap_or_default(), None)
}

fn ask_for_file(frame: Frame, sheet: String, problem: Option<Problem>) -> poem::Result<Response> {
    if !may_upload(&frame) {
        return Err(failed(AppError::Forbidden("you do not bring in figures".to_owned())));
    }
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let mut response = rendered(&Choose { frame, most_bytes: MOST_ROSTER_BYTES, sheet, problem })?;
    response.set_status(status);
    Ok(response)
}

/// What the form says.
#[derive(Default)]
struct Sent {
    sheet: String,
    /// Its name and its content.
    file: Option<(String, Vec<u8>)>,
}

async fn sent(mut parts: Multipart) -> poem::Result<Sent> {
    let mut sent = Sent::default();
    while let Some(part) = parts.next_field().await? {
        match part.name() {
            Some("sheet") => sent.sheet = part.text().await?.trim().to_owned(),
            Some("file") => {
                let name = part.file_name().unwrap_or_default().to_owned();
                sent.file = Some((name, part.bytes().await?)).filter(|(name, _)| !name.is_empty());
            }
            _ => {}
        }
    }
    Ok(sent)
}

#[handler]
pub(in crate::web) async fn upload(request: &Request, parts: Multipart) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let Sent { sheet, file } = sent(parts).await?;
    let kept = match file {
        Some((name, content)) => {
            frame.visitor.app().upload_figures(FiguresOrder { sheet: &sheet, name: &name, content }).await
        }
        None => Err(AppError::invalid("no file is chosen").because(Why::NoFileChosen {})),
    };
    match kept {
        Ok(id) => Ok(Redirect::see_other(format!("/data/upload/{id}")).into_response()),
        Err(error) => {
            let problem = unreadable(error, &frame)?;
            ask_for_file(frame, sheet, Some(problem))
        }
    }
}

/// What whoever brought the sheet can mend, or have mended.
fn unreadable(error: AppError, frame: &Frame) -> poem::Result<Problem> {
    match &error {
        AppError::Rules(_) => Ok(Problem::foreign(frame.language, &error.to_string())),
        _ => mendable(error, frame.language),
    }
}

fn id(text: &str) -> poem::Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| failed(AppError::NotFound(format!("there is no sheet '{text}'"))))
}

/// What would happen, or what did.
#[handler]
pub(in crate::web) async fn page(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    show(Frame::of(request)?, id(&text)?, None).await
}

#[handler]
pub(in crate::web) async fn take(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, id(&text)?);
    match frame.visitor.app().take_figures(id).await {
        Ok(()) => Ok(Redirect::see_other(format!("/data/upload/{id}")).into_response()),
        Err(error) => {
            let problem = unreadable(error, &frame)?;
            let mut response = show(frame, id, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn show(frame: Frame, id: Uuid, problem: Option<Problem>) -> poem::Result<Response> {
    let view = frame.visitor.app().uploaded_figures(id).await.map_err(failed)?;
    let language = frame.language;
    let days = view.days.map(|(first, last)| {
        let said = frame.say(if view.adds { "upload-adds" } else { "upload-replaces" });
        said.with("sheet", &view.sheet).with("first", language.day(first)).with("last", language.day(last))
    });
    let shown = view.set_aside.iter().take(SHOWN);
    let set_aside = shown.map(|aside| (aside.clone(), set_aside(language, &aside.reason))).collect();
    let left_out = view.set_aside.len().saturating_sub(SHOWN);
    let again = format!("/data/upload?sheet={}", query_value(&view.sheet));
    rendered(&Page { frame, again, days, set_aside, left_out, view, problem })
}

/// The rows set aside, to be mended.
#[handler]
pub(in crate::web) async fn download(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let say = |reason: &str| set_aside(frame.language, reason).plain();
    let list = frame.visitor.app().set_aside_of_figures(id(&text)?, &say).await.map_err(failed)?;
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
        .header(header::CONTENT_DISPOSITION, "attachment; filename=\"set-aside.csv\"")
        .body(list))
}

//! Files handed in with an appeal: sent as a form with a file, given out for download only.

use poem::http::header;
use poem::web::{Multipart, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use uuid::Uuid;

use super::page::{again, id};
use crate::app::{AppError, EvidenceOrder, Why};
use crate::web::frame::Frame;
use crate::web::request::query_value;
use crate::web::visitor::failed;

#[handler]
pub(in crate::web) async fn add(
    request: &Request,
    Path(text): Path<String>,
    mut parts: Multipart,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, id(&text)?);
    let mut file = None;
    while let Some(part) = parts.next_field().await? {
        if part.name() == Some("file") {
            let name = part.file_name().unwrap_or_default().to_owned();
            file = Some((name, part.bytes().await?));
        }
    }
    let added = match file.filter(|(name, _)| !name.is_empty()) {
        Some((name, content)) => {
            let order = EvidenceOrder { appeal: id, name: &name, content };
            frame.visitor.app().add_evidence(order).await.map(drop)
        }
        None => Err(AppError::invalid("no file is chosen").because(Why::NoFileChosen {})),
    };
    match added {
        Ok(()) => Ok(Redirect::see_other(format!("/appeals/{id}#evidence")).into_response()),
        Err(error) => again(frame, id, error, String::new()).await,
    }
}

/// The file, always as a download.
#[handler]
pub(in crate::web) async fn download(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let none = || failed(AppError::NotFound(format!("there is no file '{text}'")));
    let id = Uuid::parse_str(&text).map_err(|_| none())?;
    let file = frame.visitor.app().evidence(id).await.map_err(failed)?;
    // '/' is in no name of a file.
    let disposition = format!("attachment; filename*=UTF-8''{}", query_value(&file.evidence.name));
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, file.evidence.media_type)
        .header(header::CONTENT_DISPOSITION, disposition)
        .body(file.content))
}

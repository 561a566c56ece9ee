//! Lists as files that a job makes: asked for beside the list, had on the job's page.

use poem::http::header;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::jobs::id;
use crate::app::AppError;
use crate::domain::export::{Export, ExportFormat, ExportList};
use crate::domain::job::JobOrder;
use crate::domain::text;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::chosen;
use crate::web::visitor::failed;

#[derive(Deserialize)]
struct Submitted {
    list: String,
    format: String,
    cycle: Option<String>,
    unit: Option<String>,
}

/// Asks for a list whole.
#[handler]
pub(in crate::web) async fn ask(request: &Request, Form(form): Form<Submitted>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let Submitted { list, format, cycle, unit } = form;
    let unknown = |what: &str| failed(AppError::invalid(format!("'{what}' is no list or format that can be had")));
    let export = Export {
        list: ExportList::of(&list).ok_or_else(|| unknown(&list))?,
        format: ExportFormat::of(&format).ok_or_else(|| unknown(&format))?,
        cycle: chosen(cycle),
        unit: chosen(unit),
        language: match frame.language {
            Language::English => text::Language::English,
            Language::Chinese => text::Language::Chinese,
        },
    };
    let job = frame.visitor.app().ask_job(JobOrder::Export(export)).await.map_err(failed)?;
    Ok(Redirect::see_other(format!("/jobs/{}", job.id)).into_response())
}

/// The file, for who asked for it.
#[handler]
pub(in crate::web) async fn file(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let file = frame.visitor.app().job_file(id(&text)?).await.map_err(failed)?;
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, file.media_type)
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name))
        .body(file.content))
}

//! What whoever is signed in was told.

use askama::Template;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::words::told_text;
use crate::app::Slice;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "notices/own.html")]
struct Page {
    frame: Frame,
    /// Subject, text, when.
    rows: Vec<(String, String, String)>,
    paging: Paging,
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet = Sheet::new(["notice", "detail", "when"].map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let (notices, next) = app.own_notices(&slice).await.map_err(failed)?;
            for notice in notices {
                let (subject, text) = told_text(notice.kind, &notice.about, language);
                sheet.row([subject, text, notice.created_at.to_rfc3339()]);
            }
            match next {
                Some(next) => slice = Slice::after(next),
                None => return sheet.answer(kind, "notices"),
            }
        }
    }
    let Query { after } = request.params().unwrap_or_default();
    let after = chosen(after);
    let (notices, next) = app.own_notices(&Paging::slice(after.clone())).await.map_err(failed)?;
    let rows = notices.into_iter().map(|notice| {
        let (subject, text) = told_text(notice.kind, &notice.about, language);
        (subject, text, language.moment(notice.created_at))
    });
    rendered(&Page { rows: rows.collect(), frame, paging: Paging::new(&[], after.is_some(), next) })
}

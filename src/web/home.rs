//! The first page: what this server is, whether it is well, and where its parts are.

use askama::Template;
use poem::http::header;
use poem::web::{Data, Html};
use poem::{Request, handler};

use super::language::Language;
use crate::app::{App, Health};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    language: Language,
    version: &'static str,
    ready: bool,
    /// The address the browser used.
    host: String,
}

#[handler]
pub(super) async fn page(app: Data<&App>, request: &Request) -> poem::Result<Html<String>> {
    let ready = matches!(app.health().await, Health::Ready);
    let host = request.header(header::HOST).unwrap_or("127.0.0.1:8080").to_owned();
    let home = Home { language: Language::of(request), version: env!("CARGO_PKG_VERSION"), ready, host };
    let page = home.render().map_err(poem::error::InternalServerError)?;
    Ok(Html(page))
}

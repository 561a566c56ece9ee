//! The first page: what this server is, whether it is well, and where its parts are.

use askama::Template;
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
}

#[handler]
pub(super) async fn page(app: Data<&App>, request: &Request) -> poem::Result<Html<String>> {
    let ready = matches!(app.health().await, Health::Ready);
    let home = Home { language: Language::of(request), version: env!("CARGO_PKG_VERSION"), ready };
    let page = home.render().map_err(poem::error::InternalServerError)?;
    Ok(Html(page))
}

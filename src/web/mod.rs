//! Pages for people, made on the server, in English and Chinese.

mod home;
mod language;
mod problems;

use poem::http::header;
use poem::{Response, Route, get, handler};

/// The routes of the pages.
pub fn routes() -> Route {
    Route::new().at("/", get(home::page)).at("/problems", get(problems::page)).at("/assets/merit.css", get(stylesheet))
}

/// The one stylesheet, part of the program.
#[handler]
fn stylesheet() -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, "text/css; charset=utf-8")
        .header(header::CACHE_CONTROL, "public, max-age=3600")
        .body(include_str!("assets/merit.css"))
}

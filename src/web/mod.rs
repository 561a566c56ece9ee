//! Pages for people, made on the server, in English and Chinese.

mod home;
mod language;

use poem::http::header;
use poem::{Endpoint, EndpointExt as _, IntoResponse, Response, Route, endpoint::make_sync, get};

/// The routes of the pages.
pub fn routes() -> Route {
    Route::new().at("/", get(home::page)).at("/assets/merit.css", get(stylesheet()))
}

fn stylesheet() -> impl Endpoint<Output = Response> {
    make_sync(|_| {
        Response::builder()
            .header(header::CONTENT_TYPE, "text/css; charset=utf-8")
            .header(header::CACHE_CONTROL, "public, max-age=3600")
            .body(include_str!("assets/merit.css"))
    })
    .map_to_response()
    .map(IntoResponse::into_response)
}

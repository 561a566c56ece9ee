//! Pages for people, made on the server, in English and Chinese.

mod account;
mod home;
mod identities;
mod language;
mod message;
mod problems;
mod provider;
mod request;
mod sign_in;
mod visitor;
mod welcome;

use askama::Template;
use poem::http::header;
use poem::web::Html;
use poem::{Endpoint, EndpointExt as _, IntoResponse as _, Response, Route, get, handler, post};

pub use request::loggable;

/// The routes of the pages.
pub fn routes() -> impl Endpoint<Output = Response> {
    let pages = Route::new()
        .at("/", get(home::page))
        .at("/problems", get(problems::page))
        .at("/sign-in", get(sign_in::page).post(sign_in::submit))
        .at("/sign-in/oidc/:provider", get(provider::leave))
        .at("/sign-in/oidc/:provider/callback", get(provider::come_back))
        .at("/sign-out", post(sign_in::leave))
        .at("/account", get(account::page))
        .at("/account/password", post(account::change_password))
        .at("/account/oidc/:provider/link", post(identities::link))
        .at("/account/oidc/:provider/unlink", post(identities::unlink))
        .at("/account/sign-out-everywhere", post(account::leave_everywhere))
        .at("/welcome/:token", get(welcome::page).post(welcome::submit))
        .around(visitor::visit);
    Route::new().at("/assets/merit.css", get(stylesheet)).at("/assets/icon.svg", get(icon)).nest("/", pages)
}

/// A page as an answer.
fn rendered(page: &impl Template) -> poem::Result<Response> {
    let text = page.render().map_err(poem::error::InternalServerError)?;
    Ok(Html(text).into_response())
}

/// The one stylesheet, part of the program.
#[handler]
fn stylesheet() -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, "text/css; charset=utf-8")
        .header(header::CACHE_CONTROL, "public, max-age=3600")
        .body(include_str!("assets/merit.css"))
}

/// Without one of its own, browsers ask for `/favicon.ico` at every visit and complain.
#[handler]
fn icon() -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, "image/svg+xml")
        .header(header::CACHE_CONTROL, "public, max-age=86400")
        .body(include_str!("assets/icon.svg"))
}

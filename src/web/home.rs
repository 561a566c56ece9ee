//! The first page: what this server is, whether it is well, and where its parts are.

use askama::Template;
use poem::http::header;
use poem::web::Data;
use poem::{Request, Response, handler};

use super::frame::Frame;
use super::rendered;
use crate::app::{App, Health};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    ready: bool,
    /// The address the browser used.
    host: String,
}

#[handler]
pub(super) async fn page(app: Data<&App>, request: &Request) -> poem::Result<Response> {
    let ready = matches!(app.health().await, Health::Ready);
    let host = request.header(header::HOST).unwrap_or("127.0.0.1:8080").to_owned();
    rendered(&Home { frame: Frame::of(request)?, ready, host })
}

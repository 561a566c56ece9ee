//! Who looks at a page, and whether a form that comes back is ours. Every page passes here, before and after.
//!
//! A form carries a token made from what only this browser's cookie holds: its session, or before sign-in a random value of
//! its own. Another site can make a browser send a form here, but cannot read the cookie to make the token.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::web::{Form, Multipart, Redirect};
use poem::{Endpoint, FromRequest as _, IntoResponse, PathPattern, Request, RequestBody, Response};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::language::Language;
use super::message;
use super::request::{cookie, is_foreign, over_tls, query_value};
use crate::app::{App, AppError, CalledBy, MOST_ROSTER_BYTES, RequestId, secret};

/// More than any form of the pages needs, in bytes: a review has up to 4,000 characters an item.
const LARGEST_FORM: usize = 512 * 1024;
/// The same for forms with a file, whose addresses alone get so far.
const LARGEST_UPLOAD: usize = 2 * MOST_ROSTER_BYTES;

/// Cookies of the session, before sign-in of the forms, and of a way through a provider. Over TLS their prefix keeps other hosts and plain HTTP from setting them.
const OVER_TLS: Cookies =
    Cookies { session: "__Host-merit", form: "__Host-merit-form", trip: "__Host-merit-trip", attributes: "; Secure" };
const PLAIN: Cookies = Cookies { session: "merit", form: "merit-form", trip: "merit-trip", attributes: "" };

struct Cookies {
    session: &'static str,
    form: &'static str,
    trip: &'static str,
    attributes: &'static str,
}

/// Who looks at a page.
#[derive(Clone)]
pub(super) struct Visitor(Arc<Inner>);

struct Inner {
    /// Merit as far as the visitor may use it.
    app: App,
    name: Option<String>,
    /// The session's token.
    session: Option<String>,
    /// What tokens of forms are made from.
    form_key: String,
    form_key_is_new: bool,
    /// Whether the page has a form.
    has_form: AtomicBool,
    cookies: &'static Cookies,
}

impl Visitor {
    /// The visitor of a request for a page.
    pub(super) fn of(request: &Request) -> poem::Result<Self> {
        let visitor = request.data::<Self>().cloned();
        visitor.ok_or_else(|| poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))
    }

    async fn find(request: &Request) -> poem::Result<Self> {
        let app = request.data::<App>();
        let app = app.ok_or_else(|| poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
        let cookies = if over_tls(request) { &OVER_TLS } else { &PLAIN };
        let has_form = AtomicBool::new(false);
        if let Some(session) = cookie(request, cookies.session)
            && let Some(actor) = app.session(session).await.map_err(failed)?
        {
            let actor = match request.data::<RequestId>() {
                Some(RequestId(id)) => actor.within(*id),
                None => actor,
            };
            if let Some(called_by) = request.data::<CalledBy>() {
                called_by.note(&actor);
            }
            let name = actor.own_account().map(|account| account.name.clone());
            let (form_key, session) = (session.to_owned(), Some(session.to_owned()));
            let (app, form_key_is_new) = (app.acting_as(actor), false);
            return Ok(Self(Arc::new(Inner { app, name, session, form_key, form_key_is_new, has_form, cookies })));
        }
        let known = cookie(request, cookies.form).filter(|key| !key.is_empty()).map(str::to_owned);
        let form_key_is_new = known.is_none();
        let form_key = known.unwrap_or_else(secret);
        let (app, name, session) = (app.clone(), None, None);
        Ok(Self(Arc::new(Inner { app, name, session, form_key, form_key_is_new, has_form, cookies })))
    }

    /// Merit as far as the visitor may use it.
    pub(super) fn app(&self) -> &App {
        &self.0.app
    }

    /// The name of whoever is signed in.
    pub(super) fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The token of the session of whoever is signed in.
    pub(super) fn session(&self) -> Option<&str> {
        self.0.session.as_deref()
    }

    /// What a form on a page for this visitor carries in its field `form_token`.
    pub(super) fn form_token(&self) -> String {
        self.0.has_form.store(true, Ordering::Relaxed);
        self.expected_token()
    }

    fn expected_token(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("merit form\n{}", self.0.form_key)))
    }

    /// Lets the browser keep a new session, in place of whatever it sent.
    pub(super) fn keep_session(&self, response: &mut Response, token: &str) {
        self.set_cookie(response, self.0.cookies.session, token, "");
    }

    /// Lets the browser forget its session.
    pub(super) fn forget_session(&self, response: &mut Response) {
        self.set_cookie(response, self.0.cookies.session, "", "; Max-Age=0");
    }

    /// Lets the browser keep what belongs to its way through a provider, for as long as `seconds`.
    pub(super) fn keep_trip(&self, response: &mut Response, trip: &str, seconds: i64) {
        self.set_cookie(response, self.0.cookies.trip, trip, &format!("; Max-Age={seconds}"));
    }

    /// What the browser kept of its way through a provider.
    pub(super) fn trip<'r>(&self, request: &'r Request) -> Option<&'r str> {
        cookie(request, self.0.cookies.trip)
    }

    /// A way through a provider is over, however it ended.
    pub(super) fn forget_trip(&self, response: &mut Response) {
        self.set_cookie(response, self.0.cookies.trip, "", "; Max-Age=0");
    }

    fn set_cookie(&self, response: &mut Response, name: &str, value: &str, lasting: &str) {
        let attributes = self.0.cookies.attributes;
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{attributes}{lasting}");
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }

    /// What every page is sent with.
    fn finish(&self, response: &mut Response) {
        let has_form = self.0.has_form.load(Ordering::Relaxed);
        if has_form && self.0.form_key_is_new {
            self.set_cookie(response, self.0.cookies.form, &self.0.form_key, "");
        }
        let headers = response.headers_mut();
        if has_form || self.0.session.is_some() || headers.contains_key(header::SET_COOKIE) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        // With 'no-referrer' browsers send forms with 'Origin: null', which could be anybody's.
        headers.insert(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("same-origin"));
    }
}

/// An error of a page. What whoever asked can mend keeps its text, anything else is logged, not shown.
pub(super) fn failed(error: AppError) -> poem::Error {
    let status = match error {
        AppError::Forbidden(_) => StatusCode::FORBIDDEN,
        AppError::NotFound(_) => StatusCode::NOT_FOUND,
        AppError::Invalid(_) => StatusCode::BAD_REQUEST,
        AppError::Unrecorded(_) => StatusCode::SERVICE_UNAVAILABLE,
        error => {
            tracing::error!(%error, "a page could not be made");
            return poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR);
        }
    };
    poem::Error::from_string(error.to_string(), status)
}

/// Wraps the pages: finds out who looks, and refuses forms that are not ours.
pub(super) async fn visit<E: Endpoint>(pages: Arc<E>, mut request: Request) -> poem::Result<Response> {
    let visitor = Visitor::find(&request).await?;
    let language = Language::keep(&request);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let refused = if reads {
        None
    } else {
        let checked = check_form(&mut request, &visitor).await?;
        (!checked).then(|| message::strange_form(&visitor, Language::of(&request)))
    };
    let mut response = match refused {
        Some(page) => page?,
        None => {
            request.set_data(visitor.clone());
            let (id, here) = (request.data().copied(), request.original_uri().to_string());
            let asked = Asked { language: Language::of(&request), id, here, page: wants_page(&request) };
            match pages.call(request).await {
                Ok(response) => response.into_response(),
                Err(error) if asked.page => asked.told(&visitor, error)?,
                Err(error) => return Err(error),
            }
        }
    };
    if let Some(language) = language {
        response.headers_mut().append(header::SET_COOKIE, language);
    }
    visitor.finish(&mut response);
    Ok(response)
}

/// What was asked for, as far as a page that says what went wrong needs it.
struct Asked {
    language: Language,
    id: Option<RequestId>,
    here: String,
    /// Whether a person looks at the answer.
    page: bool,
}

impl Asked {
    /// The error as a page; whoever is not signed in and may not see it comes back to it by way of that. The address that was tried stays known to the figures.
    fn told(&self, visitor: &Visitor, error: poem::Error) -> poem::Result<Response> {
        let (status, pattern) = (error.status(), error.data::<PathPattern>().cloned());
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), %error, "a page could not be made");
        }
        if status == StatusCode::FORBIDDEN && visitor.name().is_none() {
            return Ok(Redirect::see_other(format!("/sign-in?next={}", query_value(&self.here))).into_response());
        }
        let id = self.id.map(|RequestId(id)| id.to_string());
        let mut response = message::problem(visitor, self.language, status, id)?;
        if let Some(pattern) = pattern {
            response.set_data(pattern);
        }
        Ok(response)
    }
}

fn wants_page(request: &Request) -> bool {
    request.header(header::ACCEPT).is_some_and(|kinds| kinds.contains("text/html"))
}

#[derive(Deserialize)]
struct FormToken {
    form_token: String,
}

/// Whether a form comes from a page made for this visitor. The body stays readable.
async fn check_form(request: &mut Request, visitor: &Visitor) -> poem::Result<bool> {
    if is_foreign(request) {
        return Ok(false);
    }
    let in_parts = request.content_type().is_some_and(|kind| kind.starts_with("multipart/form-data"));
    let largest = if in_parts { LARGEST_UPLOAD } else { LARGEST_FORM };
    let bytes = request.take_body().into_bytes_limit(largest).await?;
    request.set_body(bytes.clone());
    let (form_request, mut body) = std::mem::take(request).split();
    let token = if in_parts {
        token_in_parts(&form_request, &mut body).await
    } else {
        let form = Form::<FormToken>::from_request(&form_request, &mut body).await;
        form.ok().map(|Form(sent)| sent.form_token)
    };
    *request = form_request;
    request.set_body(bytes);
    // Hashed first, so that how long the comparison takes says nothing of the token.
    let digest = |token: &str| Sha256::digest(token.as_bytes());
    Ok(token.is_some_and(|token| digest(&token) == digest(&visitor.expected_token())))
}

/// The token of a form with a file, which is its first field.
async fn token_in_parts(request: &Request, body: &mut RequestBody) -> Option<String> {
    let mut parts = Multipart::from_request(request, body).await.ok()?;
    let first = parts.next_field().await.ok()??;
    if first.name() == Some("form_token") { first.text().await.ok() } else { None }
}

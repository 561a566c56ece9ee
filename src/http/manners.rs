//! What surrounds every request: an id, a line in the log, figures, limits, and any error turned into a problem.

use std::sync::Arc;
use std::time::Instant;

use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use poem::{Endpoint, IntoResponse as _, Middleware, PathPattern, Request, Response};
use tracing::{Instrument as _, Span, field};

use super::client::{self, client_address, is_https};
use super::health::Draining;
use super::options::ServerOptions;
use super::rate::{Allowance, Limiter, credential};
use super::route::Routes;
use super::{body, headers, metrics, problem};
use crate::api::RequestId;
use crate::app::{CalledBy, Clock};
use crate::web;

/// Requests about the server's own health are never refused for their number.
const UNLIMITED: &str = "/health/";

/// Surrounds an endpoint.
#[derive(Clone)]
pub(super) struct Manners(Arc<Kept>);

struct Kept {
    clock: Clock,
    options: ServerOptions,
    limiter: Option<Limiter>,
    draining: Draining,
    routes: Routes,
}

impl Manners {
    pub(super) fn new(clock: Clock, options: ServerOptions, draining: Draining) -> Self {
        let limiter = options.rate.map(Limiter::new);
        Self(Arc::new(Kept { clock, options, limiter, draining, routes: Routes::of_the_api() }))
    }
}

/// An endpoint with [`Manners`] around it.
pub(super) struct Mannerly<E> {
    inner: E,
    kept: Arc<Kept>,
}

impl<E: Endpoint> Middleware<E> for Manners {
    type Output = Mannerly<E>;

    fn transform(&self, inner: E) -> Mannerly<E> {
        Mannerly { inner, kept: self.0.clone() }
    }
}

impl<E: Endpoint> Endpoint for Mannerly<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let id = self.kept.clock.new_id();
        client::note(&mut request, &self.kept.options.trusted_proxies);
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let https = is_https(&request);
        let span = span(&request, &id.to_string(), web::loggable(&path));
        request.set_data(RequestId(id));
        request.set_data(self.kept.draining.closing());
        request.set_data(self.kept.draining.clone());
        request.set_data(CalledBy::within(span.clone()));
        let under_way = metrics::UnderWay::begin();
        let mut response = self.limited(request).instrument(span.clone()).await;
        drop(under_way);

        let route = self.kept.routes.of(&response);
        let (status, taken) = (response.status().as_u16(), started.elapsed());
        let milliseconds = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
        span.record("route", &*route).record("status", status).record("milliseconds", milliseconds);
        span.in_scope(|| tracing::info!("answered"));
        metrics::answered(known(&method), &route, status, taken);
        headers::add(response.headers_mut(), &id.to_string(), &path, https);
        Ok(response)
    }
}

impl<E: Endpoint> Mannerly<E> {
    /// Answers within the limits of rate, size and time.
    async fn limited(&self, request: Request) -> Response {
        let limiter = self.kept.limiter.as_ref().filter(|_| !request.uri().path().starts_with(UNLIMITED));
        let Some(limiter) = limiter else { return self.sized(request).await };
        let credential = credential(&request);
        let allowance = limiter.count(&request, credential);
        let mut response = match allowance {
            Allowance::Wait(_) => problem::rate_limited(),
            Allowance::Left(_) => {
                let called_by = request.data::<CalledBy>().cloned();
                let response = self.sized(request).await;
                let account = called_by.as_ref().and_then(CalledBy::account);
                if let (Some(credential), Some(account)) = (credential, account) {
                    limiter.learn(credential, account);
                }
                response
            }
        };
        limiter.tell(allowance, response.headers_mut());
        response
    }

    async fn sized(&self, mut request: Request) -> Response {
        let most = body::most(&request, self.kept.options.most_body_bytes);
        if body::says_larger(&request, most) {
            return refuse_body(most);
        }
        let cut = body::limit(&mut request, most);
        let response = self.timed(request).await;
        if cut.happened() { refuse_body(most) } else { response }
    }

    async fn timed(&self, request: Request) -> Response {
        match tokio::time::timeout(self.kept.options.request_time, self.inner.call(request)).await {
            Ok(Ok(response)) => response.into_response(),
            Ok(Err(error)) => {
                let pattern = error.data::<PathPattern>().cloned();
                let mut response = problem::from_error(error);
                if let Some(pattern) = pattern {
                    response.set_data(pattern);
                }
                response
            }
            Err(_) => {
                tracing::warn!(
                    seconds = self.kept.options.request_time.as_secs(),
                    "a request took too long and was broken off"
                );
                problem::timeout()
            }
        }
    }
}

/// The rest of the body is not read, so that the connection ends with the answer.
fn refuse_body(most: u64) -> Response {
    let mut response = problem::too_large(most);
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Fields that are known later are empty at first. The query is left out: it may hold what nobody should read in a log.
fn span(request: &Request, id: &str, path: &str) -> Span {
    let span = tracing::info_span!(
        "request",
        id,
        method = %request.method(),
        path,
        client = field::Empty,
        client_request_id = field::Empty,
        actor = field::Empty,
        route = field::Empty,
        status = field::Empty,
        milliseconds = field::Empty,
    );
    if let Some(address) = client_address(request) {
        span.record("client", field::display(address));
    }
    if let Some(theirs) = client_request_id(request.headers()) {
        span.record("client_request_id", theirs);
    }
    span
}

/// The id a client gave its request, as far as it can stand in a log.
fn client_request_id(headers: &HeaderMap) -> Option<&str> {
    const REQUEST_ID: HeaderName = headers::REQUEST_ID;
    let theirs = headers.get(REQUEST_ID)?.to_str().ok()?;
    ((1..=64).contains(&theirs.len()) && theirs.bytes().all(|byte| byte.is_ascii_graphic())).then_some(theirs)
}

/// Clients may invent methods.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

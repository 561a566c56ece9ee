//! Idempotency-Key: a POST that carries one is done once, and a repetition gets the first answer again.

use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse as _, Middleware, Request, Response};

use super::problem;
use crate::app::{Actor, App, AppError, Claim, KeptAnswer, RequestKey};

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// An answer with it holds a secret, which is not kept.
const SHOWN_ONCE: &str = "shown-once";
/// Headers that belong to the answer itself.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];
/// Bodies of such requests are read whole, for their fingerprint.
const LONGEST_BODY: usize = 1 << 20;

pub(super) struct Idempotency {
    pub app: App,
}

/// An endpoint with [`Idempotency`] around it.
pub(super) struct Once<E> {
    inner: E,
    app: App,
}

impl<E: Endpoint> Middleware<E> for Idempotency {
    type Output = Once<E>;

    fn transform(&self, inner: E) -> Once<E> {
        Once { inner, app: self.app.clone() }
    }
}

impl<E: Endpoint> Endpoint for Once<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let key = request.headers().get(KEY).filter(|_| request.method() == Method::POST).cloned();
        let account = match &key {
            Some(_) => self.account(&request).await?,
            None => None,
        };
        // Without an account there is nobody whose key it is: the operation refuses the request itself.
        let (Some(key), Some(account)) = (key, account) else {
            return self.inner.call(request).await.map(poem::IntoResponse::into_response);
        };
        let body = request.take_body().into_bytes_limit(LONGEST_BODY).await?;
        let kind = request.content_type().unwrap_or_default().to_owned();
        let address = request.uri().to_string();
        let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
        let parts: [&[u8]; 3] = [address.as_bytes(), kind.as_bytes(), &body];
        let (key, claim) = match self.app.claim(account, &key, &parts).await {
            Ok(claimed) => claimed,
            Err(error) => return Ok(refused(&error)),
        };
        match claim {
            Claim::Done(answer) => Ok(again(answer)),
            Claim::InFlight => Ok(problem::coded(
                StatusCode::CONFLICT,
                "in_flight",
                "The request is under way",
                "A request with this Idempotency-Key is still under way; wait, then send it again.",
            )),
            Claim::OtherRequest => Ok(problem::coded(
                StatusCode::UNPROCESSABLE_ENTITY,
                "other_request",
                "The key belongs to another request",
                "This Idempotency-Key came with another request before; use a new key for a new request.",
            )),
            Claim::Ours => {
                request.set_body(body);
                let answer = self.inner.call(request).await.map(poem::IntoResponse::into_response);
                self.keep(&key, answer.unwrap_or_else(problem::from_error)).await
            }
        }
    }
}

impl<E> Once<E> {
    /// Whose request it is.
    async fn account(&self, request: &Request) -> poem::Result<Option<i64>> {
        let bearer = request.header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let Some(token) = bearer else { return Ok(None) };
        match self.app.bearer(token).await {
            Ok(actor) => Ok(actor.as_ref().and_then(Actor::own_account).map(|account| account.id)),
            Err(error) => {
                tracing::error!(%error, "a token could not be checked");
                Err(poem::Error::from_status(StatusCode::SERVICE_UNAVAILABLE))
            }
        }
    }

    /// Keeps the answer, but for a failure inside, after which the request may be tried again.
    async fn keep(&self, key: &RequestKey, mut answer: Response) -> poem::Result<Response> {
        let status = answer.status();
        if status.is_server_error() {
            if let Err(error) = self.app.release(key).await {
                tracing::warn!(%error, "a failed request could not be given up; it can be tried again in a few minutes");
            }
            return Ok(answer);
        }
        let body = answer.take_body().into_bytes().await?;
        let headers: Vec<(&str, &str)> =
            KEPT.iter().filter_map(|name| Some((name.as_str(), answer.headers().get(name)?.to_str().ok()?))).collect();
        let kept = KeptAnswer {
            status: status.as_u16(),
            headers: serde_json::to_string(&headers).unwrap_or_default(),
            body: (!answer.headers().contains_key(SHOWN_ONCE)).then(|| body.to_vec()),
        };
        if let Err(error) = self.app.keep_answer(key, &kept).await {
            // It was done, and the client is told so; only a repetition within minutes would be told that it is under way.
            tracing::error!(%error, "an answer could not be kept for a repetition");
        }
        answer.set_body(body);
        Ok(answer)
    }
}

/// The first answer again.
fn again(kept: KeptAnswer) -> Response {
    let Some(body) = kept.body else {
        return problem::coded(
            StatusCode::CONFLICT,
            "shown_once",
            "The answer was shown once",
            "This was done before, and its answer is not kept: it held a secret, or might have told of somebody who is forgotten. Make a new secret if one was lost.",
        );
    };
    let mut response =
        Response::builder().status(StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK)).body(body);
    let headers: Vec<(String, String)> = serde_json::from_str(&kept.headers).unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response.into_response()
}

fn refused(error: &AppError) -> Response {
    match error {
        AppError::Invalid(what) => problem::problem(StatusCode::BAD_REQUEST, what),
        other => {
            tracing::error!(error = %other, "a request could not be claimed");
            problem::problem(StatusCode::SERVICE_UNAVAILABLE, "")
        }
    }
}

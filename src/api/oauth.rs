//! Client credentials (RFC 6749, 4.4): a program's secret for an access token of an hour.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use poem::Request;
use poem::http::header;
use poem::web::Data;
use poem_openapi::payload::{Form, Json};
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Deserialize;

use super::Resource;
use super::error::Problem;
use crate::app::{AccessOrder, App, AppError};

/// What a program asks for. Its login and secret come as HTTP Basic, or in the form.
#[derive(Object, Deserialize)]
struct AccessRequest {
    /// `client_credentials`.
    #[serde(default)]
    grant_type: String,
    /// The program's login.
    client_id: Option<String>,
    client_secret: Option<String>,
    /// Acts, parted by blanks; all that the secret is for when absent.
    scope: Option<String>,
}

#[derive(Object)]
struct Access {
    access_token: String,
    /// `Bearer`.
    token_type: String,
    /// Seconds.
    expires_in: i64,
    /// The acts it is for; absent when it is for all that the program may do.
    #[oai(skip_serializing_if_is_none)]
    scope: Option<String>,
}

/// A problem (RFC 9457) that is an error of OAuth (RFC 6749, 5.2) as well.
#[derive(Object)]
struct OAuthProblem {
    #[oai(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    code: String,
    detail: String,
    /// `invalid_request`, `invalid_client`, `invalid_scope` or `unsupported_grant_type`.
    #[oai(skip_serializing_if_is_none)]
    error: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    error_description: Option<String>,
}

#[derive(ApiResponse)]
enum Exchanged {
    #[oai(status = 200)]
    Ok(Json<Access>),
}

#[derive(ApiResponse)]
enum ExchangeError {
    /// The request is not one for client credentials, or its scope is none.
    #[oai(status = 400, content_type = "application/problem+json")]
    Invalid(Json<OAuthProblem>),
    /// The login or the secret is not right.
    #[oai(status = 401, content_type = "application/problem+json")]
    Unauthorized(Json<OAuthProblem>, #[oai(header = "WWW-Authenticate")] String),
    /// The body is of another type.
    #[expect(dead_code, reason = "answered by the framework before the operation; here for the description")]
    #[oai(status = 415, content_type = "application/problem+json")]
    OtherType(Json<Problem>),
    /// Something went wrong inside Merit.
    #[oai(status = 500, content_type = "application/problem+json")]
    Internal(Json<OAuthProblem>),
}

fn problem(status: u16, code: &str, error: &str, detail: &str) -> Json<OAuthProblem> {
    Json(OAuthProblem {
        kind: format!("/problems#{code}"),
        title: "No access token was issued".to_owned(),
        status,
        code: code.to_owned(),
        detail: detail.to_owned(),
        error: Some(error.to_owned()),
        error_description: Some(detail.to_owned()),
    })
}

fn invalid(error: &str, detail: &str) -> ExchangeError {
    ExchangeError::Invalid(problem(400, "invalid_request", error, detail))
}

fn unauthorized() -> ExchangeError {
    let detail = "The client_id or the client_secret is not right, or does not work any more.";
    ExchangeError::Unauthorized(problem(401, "unauthorized", "invalid_client", detail), "Basic".to_owned())
}

/// Login and secret of an `Authorization: Basic …`.
fn basic(request: &Request) -> Option<(String, String)> {
    let encoded = request.header(header::AUTHORIZATION)?.strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = text.split_once(':')?;
    Some((client.to_owned(), secret.to_owned()))
}

pub struct OAuthApi;

#[OpenApi(tag = "Resource::Users")]
impl OAuthApi {
    /// An access token for a program's secret (OAuth 2.0 client credentials)
    #[oai(path = "/oauth/token", method = "post", operation_id = "exchange_secret")]
    async fn exchange(
        &self,
        request: &Request,
        app: Data<&App>,
        form: Form<AccessRequest>,
    ) -> Result<Exchanged, ExchangeError> {
        let AccessRequest { grant_type, client_id, client_secret, scope } = form.0;
        if grant_type != "client_credentials" {
            return Err(invalid("unsupported_grant_type", "grant_type: only client_credentials is supported"));
        }
        let Some((client, secret)) = basic(request).or_else(|| client_id.zip(client_secret)) else {
            return Err(unauthorized());
        };
        let order = AccessOrder { client: &client, secret: &secret, scope: scope.as_deref() };
        match app.exchange(order).await {
            Ok(Some(issued)) => Ok(Exchanged::Ok(Json(Access {
                access_token: issued.text,
                token_type: "Bearer".to_owned(),
                expires_in: issued.lifetime_seconds,
                scope: issued.only.map(|acts| acts.iter().map(|act| act.as_str()).collect::<Vec<_>>().join(" ")),
            }))),
            Ok(None) => Err(unauthorized()),
            Err(AppError::Invalid(what)) => Err(invalid("invalid_scope", &what)),
            Err(error) => {
                tracing::error!(%error, "request failed");
                let detail = "The cause is in Merit's log under this request's id (header X-Request-Id).";
                Err(ExchangeError::Internal(problem(500, "internal", "server_error", detail)))
            }
        }
    }
}

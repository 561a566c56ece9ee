//! Who calls: a bearer token, known to the database by its hash alone.

use poem::Request;
use poem::http::StatusCode;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use super::error::GetError;
use crate::app::{App, Caller};

/// A token made with `merit token create`.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", checker = "check")]
pub(super) struct ApiToken(#[expect(dead_code, reason = "every token may read everything until grants arrive")] Caller);

async fn check(request: &Request, token: Bearer) -> poem::Result<Caller> {
    let app = request.data::<App>().ok_or_else(|| poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    match app.caller(&token.token).await {
        Ok(Some(caller)) => Ok(caller),
        Ok(None) => Err(GetError::unauthorized().into()),
        Err(error) => {
            tracing::error!(%error, "a token could not be checked");
            Err(poem::Error::from_status(StatusCode::SERVICE_UNAVAILABLE))
        }
    }
}

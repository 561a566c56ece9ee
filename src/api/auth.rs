//! Who calls: a bearer token, known to the database by its hash alone.

use std::ops::Deref;

use poem::Request;
use poem::http::StatusCode;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use super::error::GetError;
pub use crate::app::RequestId;
use crate::app::{App, CalledBy};

/// A token made with `merit token create`.
///
/// Inside, it is Merit as far as whoever sent the token may use it.
#[derive(SecurityScheme)]
#[oai(rename = "ApiToken", ty = "bearer", checker = "check")]
pub(super) struct Caller(App);

impl Deref for Caller {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

async fn check(request: &Request, token: Bearer) -> poem::Result<App> {
    let app = request.data::<App>().ok_or_else(|| poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    match app.bearer(&token.token).await {
        Ok(Some(actor)) => {
            if let Some(called_by) = request.data::<CalledBy>() {
                called_by.note(&actor);
            }
            Ok(app.acting_as(match request.data::<RequestId>() {
                Some(RequestId(id)) => actor.within(*id),
                None => actor,
            }))
        }
        Ok(None) => Err(GetError::unauthorized().into()),
        Err(error) => {
            tracing::error!(%error, "a token could not be checked");
            Err(poem::Error::from_status(StatusCode::SERVICE_UNAVAILABLE))
        }
    }
}

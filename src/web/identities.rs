//! Linking one's own account to somebody at a provider, and taking the link away.

use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::account::{show, sign_in_first};
use super::language::Language;
use super::message;
use super::provider::Kept;
use super::request::client_address;
use super::sign_in::Wait;
use super::visitor::{Visitor, failed};
use crate::app::{AppError, Confirmation, Leaving};

#[derive(Deserialize)]
struct Submitted {
    /// Of an account that has one.
    #[serde(default)]
    password: String,
}

/// Whoever links another way in could come back by it for ever, so the password is asked for again.
#[handler]
pub(super) async fn link(
    request: &Request,
    Path(id): Path<String>,
    Form(form): Form<Submitted>,
) -> poem::Result<Response> {
    let (visitor, language) = (Visitor::of(request)?, Language::of(request));
    let Some(session) = visitor.session() else { return Ok(sign_in_first()) };
    let own = visitor.app().own_account().await.map_err(failed)?;
    if own.account.account.has_password {
        match visitor.app().confirm(&form.password, client_address(request)).await.map_err(failed)? {
            Confirmation::Confirmed => {}
            Confirmation::Mistaken => {
                let says = language.say("current-password-mistaken").to_string();
                let mut response = show(request, visitor, Some((false, says))).await?;
                response.set_status(StatusCode::UNPROCESSABLE_ENTITY);
                return Ok(response);
            }
            Confirmation::Wait(until) => {
                let wait = Wait::new(visitor.app().clock().now(), until);
                let mut response = show(request, visitor, Some((false, wait.text(language)))).await?;
                wait.announce(&mut response);
                return Ok(response);
            }
        }
    }
    match visitor.app().leave_for(&id).await {
        Ok(Leaving::To { address, trip }) => {
            let mut response = message::go_on(&visitor, language, address)?;
            Kept::new(&visitor, &id, trip, "/account").linking(session).keep(&visitor, &mut response)?;
            Ok(response)
        }
        Ok(Leaving::No(why)) => message::no_entry(&visitor, language, why),
        Err(AppError::NotFound(_)) => message::no_provider(&visitor, language),
        Err(error) => Err(failed(error)),
    }
}

#[handler]
pub(super) async fn unlink(request: &Request, Path(id): Path<String>) -> poem::Result<Response> {
    let (visitor, language) = (Visitor::of(request)?, Language::of(request));
    if visitor.session().is_none() {
        return Ok(sign_in_first());
    }
    let provider = visitor.app().providers().into_iter().find(|provider| provider.id == id);
    let Some(provider) = provider else { return message::no_provider(&visitor, language) };
    match visitor.app().unlink_own_identity(&provider.issuer).await {
        Ok(()) | Err(AppError::NotFound(_)) => Ok(Redirect::see_other("/account").into_response()),
        Err(AppError::Refused(_)) => {
            let says = language.say("account-only-way").to_string();
            let mut response = show(request, visitor, Some((false, says))).await?;
            response.set_status(StatusCode::UNPROCESSABLE_ENTITY);
            Ok(response)
        }
        Err(error) => Err(failed(error)),
    }
}

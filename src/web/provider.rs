//! The way through a provider of OpenID Connect and back.
//!
//! What the way back is checked against (state, nonce, the secret of PKCE) is in a cookie of the browser that went: another browser cannot come back
//! in its place, and nothing is written for somebody unknown.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use poem::web::{Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::language::Language;
use super::message;
use super::request::local_path;
use super::visitor::{Visitor, failed};
use crate::app::{AppError, AtProvider, Leaving, Returned, Trip};

/// How long somebody may take at the provider.
const LONGEST_TRIP: i64 = 600;

/// A way through a provider, as the browser keeps it.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    provider: String,
    trip: Trip,
    /// Where to go afterwards.
    next: String,
    /// In seconds since 1970.
    began: i64,
    /// When somebody who is signed in links their account: the session it is for, as a digest.
    link: Option<String>,
}

impl Kept {
    pub(super) fn new(visitor: &Visitor, provider: &str, trip: Trip, next: &str) -> Self {
        let (provider, next) = (provider.to_owned(), local_path(next).to_owned());
        Self { provider, trip, next, began: visitor.app().clock().now().timestamp(), link: None }
    }

    /// The same, to link the account of whoever is signed in.
    #[must_use]
    pub(super) fn linking(mut self, session: &str) -> Self {
        self.link = Some(digest(session));
        self
    }

    /// Lets the browser keep it.
    pub(super) fn keep(&self, visitor: &Visitor, response: &mut Response) -> poem::Result<()> {
        let text = serde_json::to_vec(self).map_err(poem::error::InternalServerError)?;
        visitor.keep_trip(response, &BASE64_URL_SAFE_NO_PAD.encode(text), LONGEST_TRIP);
        Ok(())
    }

    /// What this browser kept, when it is of this way.
    fn of(request: &Request, visitor: &Visitor, provider: &str, state: &str) -> Option<Self> {
        let kept = BASE64_URL_SAFE_NO_PAD.decode(visitor.trip(request)?).ok()?;
        let kept: Self = serde_json::from_slice(&kept).ok()?;
        let age = visitor.app().clock().now().timestamp().checked_sub(kept.began)?;
        let same = kept.provider == provider && digest(&kept.trip.state) == digest(state);
        (same && (0..=LONGEST_TRIP).contains(&age)).then_some(kept)
    }
}

/// Compared in place of the text itself, so that how long it takes says nothing.
fn digest(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

#[derive(Deserialize)]
struct Wish {
    next: Option<String>,
}

/// Off to the provider.
#[handler]
pub(super) async fn leave(request: &Request, Path(id): Path<String>) -> poem::Result<Response> {
    let (visitor, language) = (Visitor::of(request)?, Language::of(request));
    let next = request.params::<Wish>().ok().and_then(|wish| wish.next).unwrap_or_default();
    if visitor.name().is_some() {
        return Ok(Redirect::see_other(local_path(&next)).into_response());
    }
    match visitor.app().leave_for(&id).await {
        Ok(Leaving::To { address, trip }) => {
            let mut response = Redirect::see_other(address).into_response();
            Kept::new(&visitor, &id, trip, &next).keep(&visitor, &mut response)?;
            Ok(response)
        }
        Ok(Leaving::No(why)) => message::no_entry(&visitor, language, why),
        Err(AppError::NotFound(_)) => message::no_provider(&visitor, language),
        Err(error) => Err(failed(error)),
    }
}

/// What the provider sends somebody back with.
#[derive(Deserialize, Default)]
struct Answer {
    code: Option<String>,
    #[serde(default)]
    state: String,
    iss: Option<String>,
    error: Option<String>,
}

/// Back from the provider.
#[handler]
pub(super) async fn come_back(request: &Request, Path(id): Path<String>) -> poem::Result<Response> {
    let (visitor, language) = (Visitor::of(request)?, Language::of(request));
    let answer = request.params::<Answer>().unwrap_or_default();
    let mut response = match Kept::of(request, &visitor, &id, &answer.state) {
        None => message::lost_trip(&visitor, language)?,
        Some(kept) => arrived(&visitor, language, &kept, &answer).await?,
    };
    visitor.forget_trip(&mut response);
    Ok(response)
}

async fn arrived(visitor: &Visitor, language: Language, kept: &Kept, answer: &Answer) -> poem::Result<Response> {
    if let Some(error) = &answer.error {
        return message::declined(visitor, language, error);
    }
    let Some(code) = answer.code.as_deref() else { return message::lost_trip(visitor, language) };
    let returned = Returned { code, issuer: answer.iss.as_deref(), trip: &kept.trip };
    if let Some(session) = &kept.link {
        return link(visitor, language, (kept, session), returned).await;
    }
    match visitor.app().sign_in_from(&kept.provider, returned).await {
        Ok(AtProvider::In { session }) => {
            // The session the browser came with, if any, must not live on beside the new one.
            if let Some(earlier) = visitor.session() {
                visitor.app().sign_out(earlier).await.map_err(failed)?;
            }
            let mut response = Redirect::see_other(local_path(&kept.next)).into_response();
            visitor.keep_session(&mut response, &session);
            Ok(response)
        }
        Ok(AtProvider::No(why)) => message::no_entry(visitor, language, why),
        Err(AppError::NotFound(_)) => message::no_provider(visitor, language),
        Err(error) => Err(failed(error)),
    }
}

/// Links the account of whoever is signed in, when it is in the session that wished for it.
async fn link(
    visitor: &Visitor,
    language: Language,
    (kept, wished): (&Kept, &str),
    returned: Returned<'_>,
) -> poem::Result<Response> {
    if visitor.session().map(digest).as_deref() != Some(wished) {
        return message::lost_trip(visitor, language);
    }
    match visitor.app().link_from(&kept.provider, returned).await {
        Ok(None) => Ok(Redirect::see_other("/account").into_response()),
        Ok(Some(why)) => message::no_entry(visitor, language, why),
        Err(AppError::NotFound(_)) => message::no_provider(visitor, language),
        Err(error) => Err(failed(error)),
    }
}

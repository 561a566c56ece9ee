//! Letting somebody in: a link with which they set a password, sent to them or shown to be handed on.

use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{Filled, show};
use super::{answer, public_id};
use crate::app::{App, AppError, LinkPurpose};
use crate::web::frame::Frame;
use crate::web::request::{WELCOME, own_address};
use crate::web::words::Say;

#[derive(Deserialize)]
struct Submitted {
    /// `mail` or `show`.
    by: String,
}

#[handler]
pub(in crate::web) async fn make(
    request: &Request,
    Path(text): Path<String>,
    Form(Submitted { by }): Form<Submitted>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, public_id(&text)?);
    if by == "mail" {
        let done = mail(frame.visitor.app(), id).await;
        return answer(frame, id, done, Filled::default()).await;
    }
    match shown(&frame, request, id).await {
        Ok(secret) => show(frame, id, Filled { secret: Some(secret), ..Filled::default() }).await,
        Err(error) => answer::<()>(frame, id, Err(error), Filled::default()).await,
    }
}

/// Whoever has no password yet is invited; anybody else gets a new one.
async fn purpose(app: &App, id: Uuid) -> Result<LinkPurpose, AppError> {
    let has_password = app.account(id).await?.account.has_password;
    Ok(if has_password { LinkPurpose::Reset } else { LinkPurpose::Invite })
}

/// Sends the link to the person.
pub(super) async fn mail(app: &App, id: Uuid) -> Result<(), AppError> {
    app.mail_link(id, purpose(app, id).await?).await.map(drop)
}

/// The link, to be handed on: until when it works, and its address.
pub(super) async fn shown(frame: &Frame, request: &Request, id: Uuid) -> Result<(Say, String), AppError> {
    let app = frame.visitor.app();
    let link = app.create_link(id, purpose(app, id).await?).await?;
    let until = frame.language.moment(link.expires_at);
    Ok((frame.say("link-shown").with("until", until), format!("{}{WELCOME}{}", own_address(request), link.token)))
}

//! How people are reached, and links that are sent to them.

use chrono::{DateTime, Utc};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::error::{ChangeError, CreateError};
use super::page;
use super::users::{UserFound, WrittenIn, user, version};
use crate::app::{ContactOrder, LinkPurpose};

/// How somebody is reached from now on.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewContact {
    /// Without one, notices are shown in Merit only.
    #[oai(validator(max_length = 254))]
    email: Option<String>,
    /// `en` when absent.
    language: Option<WrittenIn>,
    /// Kinds of notices to send besides those that everybody gets: `pull_failed` and `source_overdue`, for HR and administrators.
    notices: Option<Vec<String>>,
}

/// What a link is for.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum LinkFor {
    /// The first password; the link works for 7 days.
    Invite,
    /// A new password in place of a forgotten one; the link works for an hour.
    Reset,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewMailedLink {
    purpose: LinkFor,
}

/// A link under way to somebody; nobody else sees it.
#[derive(Object)]
struct MailedLink {
    expires_at: DateTime<Utc>,
}

#[derive(ApiResponse)]
enum LinkMailed {
    /// It is sent as soon as the mail server takes it; the list of notices tells.
    #[oai(status = 202)]
    Accepted(Json<MailedLink>),
}

pub struct ContactsApi;

#[OpenApi(tag = "Resource::Users")]
impl ContactsApi {
    /// Say how somebody is reached; what is left out is none
    #[oai(path = "/users/:id/contact", method = "put", operation_id = "set_contact")]
    async fn set(
        &self,
        app: Caller,
        id: Path<String>,
        /// The `ETag` of the account as it was read
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        contact: Json<NewContact>,
    ) -> Result<UserFound, ChangeError> {
        let NewContact { email, language, notices } = contact.0;
        let Some(if_match) = if_match.0 else { return Err(ChangeError::unconditional()) };
        let language = language.map(Into::into).unwrap_or_default();
        let order = ContactOrder { email, language, wishes: notices.unwrap_or_default() };
        let (body, etag) = user(app.set_contact(page::id(&id.0)?, version(&if_match), &order).await?);
        Ok(UserFound::Ok(body, etag))
    }

    /// Send somebody a link with which they set a password; older links end
    #[oai(path = "/users/:id/mailed-links", method = "post", operation_id = "mail_link")]
    async fn mail(
        &self,
        app: Caller,
        id: Path<String>,
        /// Any text of at most 200 characters; the same key with the same request is done once
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
        link: Json<NewMailedLink>,
    ) -> Result<LinkMailed, CreateError> {
        let purpose = match link.0.purpose {
            LinkFor::Invite => LinkPurpose::Invite,
            LinkFor::Reset => LinkPurpose::Reset,
        };
        let expires_at = app.mail_link(page::id(&id.0)?, purpose).await?;
        Ok(LinkMailed::Accepted(Json(MailedLink { expires_at })))
    }
}

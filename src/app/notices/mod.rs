//! Notices: what people and programs are told. They are written with what they tell (`self.recorded(change).telling(…)`),
//! sent afterwards by [`App::deliver`], and shown to whoever they are for.

mod deliver;
mod webhooks;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use deliver::{Delivered, Delivery, DeliveryOptions};
pub use webhooks::{WebhookEdit, WebhookOrder};

use super::{App, AppError, Change, Slice};
use crate::app::refusal::Why;
use crate::domain::authority::Act;
use crate::domain::notice::{NoticeKind, NoticeState};
use crate::store::{Audience, NewNotices, Notice, NoticeFilter};

/// A page of a list of notices, and the key of the next page.
type NoticePage = (Vec<Notice>, Option<String>);

impl App {
    /// Notices of this kind about the thing of this name, to be written with what they tell: `self.recorded(change).telling(notices)`.
    pub(super) fn notice(&self, kind: NoticeKind, about: &str, to: Audience) -> NewNotices {
        let at = self.clock.now();
        let id = self.clock.new_id();
        NewNotices { id, kind, about: about.to_owned(), to, token: None, at, expires_at: at + kind.lasting() }
    }

    /// Everybody's notices, newest first.
    pub async fn notices(&self, slice: &Slice, state: Option<NoticeState>) -> Result<NoticePage, AppError> {
        self.require(Act::ManageNotices)?;
        self.notices_where(NoticeFilter { account: None, state }, slice).await
    }

    /// Those for whoever asks, newest first.
    pub async fn own_notices(&self, slice: &Slice) -> Result<NoticePage, AppError> {
        let account = Some(self.signed_in()?.id);
        self.notices_where(NoticeFilter { account, state: None }, slice).await
    }

    pub async fn shown_notice(&self, id: Uuid) -> Result<Notice, AppError> {
        self.require(Act::ManageNotices)?;
        let found = self.store.notice(id).await?;
        found.ok_or_else(|| AppError::NotFound(format!("there is no notice '{id}'; 'merit notice list' shows them")))
    }

    /// Has a notice that waits, or was given up, tried at once.
    pub async fn retry_notice(&self, id: Uuid) -> Result<Notice, AppError> {
        let notice = self.shown_notice(id).await?;
        let now = self.clock.now();
        let change = Change::new("notice.retry", "notice", id).detail(format_args!("kind={}", notice.kind.as_str()));
        if !self.recorded(change).retry_notice(id, now + notice.kind.lasting(), now).await? {
            let why = if notice.state == NoticeState::Sent { Why::NoticeSent {} } else { Why::NoticeGone {} };
            return Err(AppError::refused(match notice.state {
                NoticeState::Sent => format!("notice {id} was sent: what has arrived is not sent again"),
                _ => format!(
                    "notice {id} cannot be sent any more, since the link in it or its address is gone: make a new one"
                ),
            })
            .because(why));
        }
        self.shown_notice(id).await
    }

    async fn notices_where(&self, filter: NoticeFilter, slice: &Slice) -> Result<NoticePage, AppError> {
        let before = slice.after.as_deref().map(Uuid::parse_str).transpose();
        let before = before.map_err(|_| AppError::invalid("cursor: not one that Merit gave for this list"))?;
        let page = self.store.notices_page(&filter, before, slice.limit.into()).await?;
        let next = page.rows.last().filter(|_| page.more).map(|notice| notice.public_id.to_string());
        Ok((page.rows, next))
    }

    /// All notices for an account.
    pub(super) async fn notices_for(&self, account: i64) -> Result<Vec<Notice>, AppError> {
        let filter = NoticeFilter { account: Some(account), state: None };
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let page = self.store.notices_page(&filter, before, u64::from(Slice::first().limit)).await?;
            before = page.rows.last().map(|notice| notice.public_id);
            found.extend(page.rows);
            if !page.more {
                return Ok(found);
            }
        }
    }
}

/// The kinds of these names, each once, where `allowed` says that they may be. Errors: `Invalid`.
pub(super) fn named_kinds(names: &[String], allowed: fn(NoticeKind) -> bool) -> Result<Vec<NoticeKind>, AppError> {
    let known = || NoticeKind::among(allowed).map(NoticeKind::as_str).collect::<Vec<_>>().join(", ");
    let unknown = |name: &str| AppError::invalid(format!("kinds: '{name}' is none of them; there are {}", known()));
    let found =
        names.iter().map(|name| NoticeKind::of(name).filter(|kind| allowed(*kind)).ok_or_else(|| unknown(name)));
    let found: std::collections::BTreeSet<NoticeKind> = found.collect::<Result<_, _>>()?;
    Ok(found.into_iter().collect())
}

/// In the log's words.
fn until(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

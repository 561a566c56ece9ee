//! How somebody is reached.

use poem::web::{Form, Path};
use poem::{Request, Response, handler};

use super::account::Filled;
use super::{answer, public_id};
use crate::app::{AppError, Contact, ContactOrder};
use crate::domain::notice::NoticeKind;
use crate::domain::text;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::notices::kind_text;
use crate::web::paging::chosen;

/// Before a kind of notices in the names of the form's fields.
pub(in crate::web) const WISH: &str = "wish.";

/// The form as it is shown.
#[derive(Default)]
pub(super) struct ContactForm {
    typed: Option<ContactOrder>,
    pub email: String,
    pub chinese: bool,
    /// Notices that can be wished for: code, words, whether they are.
    pub wishes: Vec<(&'static str, String, bool)>,
    /// The address that is there now, where another one was filled in.
    pub other: Option<String>,
}

impl ContactForm {
    /// As it was filled in, or as things stand.
    pub(super) fn beside(self, stands: &Contact, language: Language) -> Self {
        let wished = |kind: NoticeKind| match &self.typed {
            Some(typed) => typed.wishes.iter().any(|code| code == kind.as_str()),
            None => stands.wishes.contains(&kind),
        };
        let wishes = NoticeKind::among(NoticeKind::on_wish)
            .map(|kind| (kind.as_str(), kind_text(kind, language).to_string(), wished(kind)))
            .collect();
        let there = stands.email.clone().unwrap_or_default();
        let (email, written, other) = match &self.typed {
            Some(typed) => {
                let email = typed.email.clone().unwrap_or_default();
                let other = (email != there).then_some(there);
                (email, typed.language, other)
            }
            None => (there, stands.language, None),
        };
        Self { typed: self.typed, email, chinese: written == text::Language::Chinese, wishes, other }
    }
}

/// The language of a form's field.
pub(in crate::web) fn written_in(field: Option<&str>) -> text::Language {
    if field == Some("zh") { text::Language::Chinese } else { text::Language::English }
}

#[handler]
pub(in crate::web) async fn submit(
    request: &Request,
    Path(text): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, public_id(&text)?);
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let order = ContactOrder {
        email: chosen(field("email")),
        language: written_in(field("language").as_deref()),
        wishes: fields.iter().filter_map(|(name, _)| name.strip_prefix(WISH).map(str::to_owned)).collect(),
    };
    let version = field("version").and_then(|version| version.parse().ok());
    let done = match version {
        Some(version) => frame.visitor.app().set_contact(id, version, &order).await,
        None => Err(AppError::invalid("version: the form lacks it; open the page again")),
    };
    let contact = Some(ContactForm { typed: Some(order), ..ContactForm::default() });
    answer(frame, id, done, Filled { contact, ..Filled::default() }).await
}

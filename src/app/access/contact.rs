//! How a person is reached.

use uuid::Uuid;

use super::super::notices::named_kinds;
use super::super::{App, AppError, Change};
use super::AccountView;
use super::accounts::refused;
use crate::deliver::email_address;
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::domain::notice::NoticeKind;
use crate::domain::text::Language;
use crate::store::{AccountKind, Contact};

/// How a person shall be reached from now on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactOrder {
    /// Absent: none.
    pub email: Option<String>,
    pub language: Language,
    /// Codes of the notices that they wish for besides those that everybody gets.
    pub wishes: Vec<String>,
}

impl App {
    /// Changes how a person is reached, whose account is still at `version`.
    pub async fn set_contact(&self, id: Uuid, version: i64, order: &ContactOrder) -> Result<AccountView, AppError> {
        self.require(Act::ManageAccess)?;
        let email = order.email.as_deref().map(email_address).transpose();
        let contact = Contact {
            email: email.map_err(|problem| AppError::Invalid(format!("email: {problem}")))?,
            language: order.language,
            wishes: named_kinds(&order.wishes, NoticeKind::on_wish)?,
        };
        let found = self.account(id).await?.account;
        if found.kind == AccountKind::Client {
            return Err(AppError::Refused(format!(
                "'{}' is a program and is not written to: 'merit webhook add' tells programs what happened",
                found.login
            )));
        }
        let change = Change::new("account.set_contact", "account", &found.login)
            .before(Some(told(&found.contact)))
            .after(Some(told(&contact)));
        let account =
            self.recorded(change).set_contact(id, version, &contact, self.clock.now()).await.map_err(refused)?;
        self.account_view(account).await
    }
}

/// A contact as the log tells it.
fn told(contact: &Contact) -> Digest {
    let Contact { email, language, wishes } = contact;
    let wishes: Vec<&str> = wishes.iter().map(|kind| kind.as_str()).collect();
    let email = email.as_deref().unwrap_or_default();
    Digest::of_fields(&[("email", email), ("language", language.as_str()), ("wishes", &wishes.join(" "))])
}

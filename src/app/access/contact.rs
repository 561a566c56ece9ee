//! How a person is reached.

use uuid::Uuid;

use super::super::notices::named_kinds;
use super::super::{App, AppError, Change};
use super::AccountView;
use super::accounts::refused;
use crate::app::refusal::Why;
use crate::deliver::email_address;
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::domain::notice::NoticeKind;
use crate::domain::text::Language;
use crate::store::{Account, AccountKind, Contact};

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
            email: email.map_err(|problem| AppError::invalid(format!("email: {problem}")))?,
            language: order.language,
            wishes: named_kinds(&order.wishes, NoticeKind::on_wish)?,
        };
        let found = self.account(id).await?.account;
        if found.kind == AccountKind::Client {
            return Err(AppError::refused(format!(
                "'{}' is a program and is not written to: 'merit webhook add' tells programs what happened",
                found.login
            ))
            .because(Why::ProgramNotWritten { login: found.login.clone() }));
        }
        let account = self.keep_contact(&found, version, &contact).await?;
        self.account_view(account).await
    }

    /// Changes in which language whoever is signed in is written to, and what they wish for besides. Their address stays: a new one would have
    /// to be theirs.
    pub async fn set_own_wishes(&self, version: i64, language: Language, wishes: &[String]) -> Result<(), AppError> {
        let own = self.signed_in()?;
        let found = self.store.account(own.id).await?;
        let found = found.ok_or_else(|| AppError::NotFound("the account is not there any more".to_owned()))?;
        let wishes = named_kinds(wishes, NoticeKind::on_wish)?;
        let contact = Contact { email: found.contact.email.clone(), language, wishes };
        self.keep_contact(&found, version, &contact).await.map(drop)
    }

    async fn keep_contact(&self, found: &Account, version: i64, contact: &Contact) -> Result<Account, AppError> {
        let change = Change::new("account.set_contact", "account", found.public_id)
            .before(Some(told(found.version, &found.contact)))
            .after(Some(told(found.version.saturating_add(1), contact)));
        let store = self.recorded(change);
        store.set_contact(found.public_id, version, contact, self.clock.now()).await.map_err(refused)
    }
}

/// A contact as the log tells it: without the address, of which even a digest would tell whoever guesses it.
fn told(version: i64, contact: &Contact) -> Digest {
    let Contact { email: _, language, wishes } = contact;
    let wishes: Vec<&str> = wishes.iter().map(|kind| kind.as_str()).collect();
    let version = version.to_string();
    Digest::of_fields(&[("version", &version), ("language", language.as_str()), ("wishes", &wishes.join(" "))])
}

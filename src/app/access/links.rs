//! Passwords set for somebody, by a link that works once or by an administrator; and the first administrator.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::super::{App, AppError, Change};
use super::accounts::{checked_login, checked_name, refused};
use super::passwords::{self, PasswordProblem};
use super::sessions::Tries;
use super::tokens::{digest, secret};
use crate::domain::authority::{Act, Role};
use crate::domain::notice::NoticeKind;
use crate::domain::secret::Secret;
use crate::store::{Account, AccountKind, Audience, LinkPurpose, NewAccount, NewLink, NewNotices, StoreError};

/// Somebody new may be away for some days.
const INVITATION: TimeDelta = TimeDelta::days(7);
/// Somebody who asked for a new password is waiting for it.
const RESET: TimeDelta = TimeDelta::hours(1);

/// A link as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeLink {
    /// Only its hash is kept.
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

/// How the use of a link ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Welcome {
    /// The password is set and a session begun; its token, for the cookie.
    In { session: String },
    /// The link can still be used.
    Weak(PasswordProblem),
    /// It was used, replaced or has expired, or never was.
    Ended,
}

impl App {
    /// Makes a link with which the person sets their password; older ones end.
    pub async fn create_link(&self, account: Uuid, purpose: LinkPurpose) -> Result<OneTimeLink, AppError> {
        let account = self.account_for_link(account, purpose).await?;
        self.keep_link(&account, purpose, false).await
    }

    /// As [`App::create_link`], sent to the person by e-mail and told to nobody else; until when it can be used.
    pub async fn mail_link(&self, account: Uuid, purpose: LinkPurpose) -> Result<DateTime<Utc>, AppError> {
        let account = self.account_for_link(account, purpose).await?;
        if account.contact.email.is_none() {
            return Err(AppError::refused(format!(
                "'{0}' has no e-mail address: 'merit user contact {0} --email ADDRESS' gives one",
                account.login
            )));
        }
        Ok(self.keep_link(&account, purpose, true).await?.expires_at)
    }

    async fn account_for_link(&self, account: Uuid, purpose: LinkPurpose) -> Result<Account, AppError> {
        let account = self.account(account).await?.account;
        let login = &account.login;
        if person(&account)?.disabled_at.is_some() {
            return Err(AppError::refused(format!("'{login}' is disabled: 'merit user enable {login}' first")));
        }
        if purpose == LinkPurpose::Invite && account.has_password {
            return Err(AppError::refused(format!(
                "'{login}' has a password already: 'merit user reset {login}' makes a link to set a new one"
            )));
        }
        Ok(account)
    }

    /// Whose link this is; `None` when it has ended.
    pub async fn link(&self, token: &str) -> Result<Option<Account>, AppError> {
        let Some(link) = self.store.link_by_hash(&digest(token)).await? else { return Ok(None) };
        if link.ended_at.is_some() || self.clock.now() >= link.expires_at {
            return Ok(None);
        }
        Ok(self.store.account(link.account_id).await?.filter(|account| account.disabled_at.is_none()))
    }

    /// Uses up a link: sets the password, ends the person's sessions, begins a new one.
    pub async fn use_link(&self, token: &str, password: &str) -> Result<Welcome, AppError> {
        let Some(account) = self.link(token).await? else { return Ok(Welcome::Ended) };
        if let Err(problem) = passwords::check(password, &account) {
            return Ok(Welcome::Weak(problem));
        }
        let hash = self.hasher.hash(password).await?;
        let (session, new) = self.new_session(account.id, None);
        let change = Change::new("link.use", "account", account.public_id);
        if !self.recorded(change).use_link(&digest(token), &hash, &new).await? {
            return Ok(Welcome::Ended);
        }
        self.forget_failures(&Tries::of(&account.login, None)).await?;
        Ok(Welcome::In { session })
    }

    /// Sets somebody's password; their sessions end.
    pub async fn set_password(&self, account: Uuid, password: &str) -> Result<(), AppError> {
        let account = self.account(account).await?.account;
        passwords::check(password, person(&account)?).map_err(|problem| AppError::invalid(problem.to_string()))?;
        let hash = self.hasher.hash(password).await?;
        let change = Change::new("account.set_password", "account", account.public_id);
        self.recorded(change).set_password(account.id, &hash, None, self.clock.now()).await?;
        self.forget_failures(&Tries::of(&account.login, None)).await
    }

    /// Makes the first administrator, and the invitation.
    pub async fn create_first_admin(&self, login: &str, name: &str) -> Result<(Account, OneTimeLink), AppError> {
        self.require(Act::ManageAccess)?;
        let new = NewAccount {
            public_id: self.clock.new_id(),
            kind: AccountKind::Person,
            login: checked_login(login)?,
            name: checked_name(name)?,
            agent_id: None,
            created_at: self.clock.now(),
        };
        let change = Change::new("account.create_first_admin", "account", new.public_id);
        let store = self.recorded(change);
        let made = store.create_first_admin(&new, self.new_grant(0, Role::Admin), self.clock.today()).await;
        let account = made.map_err(|error| match error {
            StoreError::Exists { what: "administrator", name } => AppError::refused(format!(
                "there is an administrator already, '{name}': 'merit user invite {name}' or 'merit user reset {name}' lets them in, \
                 'merit user add' and 'merit grant add' make another"
            )),
            other => refused(other),
        })?;
        let link = self.keep_link(&account, LinkPurpose::Invite, false).await?;
        Ok((account, link))
    }

    async fn keep_link(&self, account: &Account, purpose: LinkPurpose, mailed: bool) -> Result<OneTimeLink, AppError> {
        let (token, now) = (secret(), self.clock.now());
        let lasting = match purpose {
            LinkPurpose::Invite => INVITATION,
            LinkPurpose::Reset => RESET,
        };
        let expires_at = now + lasting;
        let link = NewLink { account_id: account.id, hash: digest(&token), purpose, created_at: now, expires_at };
        let change = Change::new("link.create", "account", account.public_id).detail(format_args!(
            "{}{}",
            purpose.as_str(),
            if mailed { " mailed" } else { "" }
        ));
        let kind = match purpose {
            LinkPurpose::Invite => NoticeKind::Invitation,
            LinkPurpose::Reset => NoticeKind::PasswordReset,
        };
        let notice = mailed.then(|| NewNotices {
            token: Some(Secret::new(&token)),
            expires_at,
            ..self.notice(kind, "", Audience::Account(account.id))
        });
        self.recorded(change).telling(notice).create_link(&link).await?;
        Ok(OneTimeLink { token, expires_at })
    }
}

/// Programs have no password.
fn person(account: &Account) -> Result<&Account, AppError> {
    match account.kind {
        AccountKind::Person => Ok(account),
        AccountKind::Client => Err(AppError::refused(format!(
            "'{0}' is a program and has no password: 'merit token create {0} NAME' makes a token",
            account.login
        ))),
    }
}

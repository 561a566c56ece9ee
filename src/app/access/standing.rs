//! Where accounts are signed in, and which of them have to wait before they may sign in again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{App, AppError, Change};
use super::accounts::refused;
use super::sessions::{IDLE, tries_of};
use super::tokens::digest;
use crate::domain::authority::Act;
use crate::store::{Account, Session};

/// A session that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    /// To the minute.
    pub last_seen_at: DateTime<Utc>,
    /// At the latest; it also ends when it is not used for an hour.
    pub expires_at: DateTime<Utc>,
    /// The issuer by way of which it began; `None`: a password.
    pub origin: Option<String>,
    /// Whether it is the session of whoever asks.
    pub here: bool,
}

/// A login that has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockedLogin {
    pub failures: i64,
    pub until: DateTime<Utc>,
}

impl App {
    /// Where whoever is signed in with the session of this token is signed in.
    pub async fn own_sessions(&self, token: &str) -> Result<Vec<SessionView>, AppError> {
        let account = self.signed_in()?;
        let here = self.store.session_by_hash(&digest(token)).await?.map(|session| session.public_id);
        self.sessions_of(account, here).await
    }

    /// Ends one session of whoever is signed in.
    pub async fn end_own_session(&self, id: Uuid) -> Result<(), AppError> {
        let account = self.signed_in()?;
        let change = Change::new("session.end", "account", account.public_id);
        self.recorded(change).end_session_of(account.id, id, self.clock.now()).await.map_err(refused)
    }

    /// Where somebody is signed in.
    pub async fn account_sessions(&self, account: Uuid) -> Result<Vec<SessionView>, AppError> {
        let account = self.account(account).await?.account;
        self.sessions_of(&account, None).await
    }

    /// Signs somebody out everywhere; returns how many sessions ended.
    pub async fn end_account_sessions(&self, account: Uuid) -> Result<u64, AppError> {
        let account = self.account(account).await?.account;
        let change = Change::new("session.end_all", "account", account.public_id);
        Ok(self.recorded(change).end_sessions(account.id, self.clock.now()).await?)
    }

    /// Which of these logins have to wait after failed tries to sign in.
    pub async fn blocked_logins(&self, logins: &[&str]) -> Result<BTreeMap<String, BlockedLogin>, AppError> {
        self.require(Act::ManageAccess)?;
        let subjects: Vec<(String, &str)> = logins.iter().map(|login| (tries_of(login), *login)).collect();
        let names = subjects.iter().map(|(subject, _)| subject.clone()).collect();
        let blocked = self.store.blocked(names, self.clock.now()).await?;
        let found = subjects.into_iter().filter_map(|(subject, login)| {
            let failures = blocked.get(&subject)?;
            Some((login.to_owned(), BlockedLogin { failures: failures.count, until: failures.blocked_until? }))
        });
        Ok(found.collect())
    }

    async fn sessions_of(&self, account: &Account, here: Option<Uuid>) -> Result<Vec<SessionView>, AppError> {
        let now = self.clock.now();
        let sessions = self.store.sessions(account.id, now - IDLE, now).await?;
        let view = |session: Session| {
            let Session { id: _, public_id, account_id: _, created_at, last_seen_at, expires_at, ended_at: _, origin } =
                session;
            let here = here == Some(public_id);
            SessionView { id: public_id, created_at, last_seen_at, expires_at, origin, here }
        };
        Ok(sessions.into_iter().map(view).collect())
    }
}

//! Signing in and out. Whoever is unknown, mistaken or disabled gets the same answer after the same work.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::super::{App, AppError, Change};
use super::tokens::{digest, secret};
use super::{Actor, Hasher};
use crate::domain::back_off::BackOff;
use crate::store::{Account, AccountKind, NewSession, Session, TrySubject};

/// A working day with its breaks: whoever forgets to sign out is out by the next one.
const LONGEST: TimeDelta = TimeDelta::hours(12);
/// Longer than reading a page or a telephone call, short enough for a desk that was left.
pub(super) const IDLE: TimeDelta = TimeDelta::minutes(60);
/// How exact "last seen" is.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Few, for one login: its owner makes some mistakes.
const OF_LOGIN: BackOff = BackOff { free: 5 };
/// More, for one client address: a whole site may share it. Fewer than one password each for the logins of a site.
const OF_ADDRESS: BackOff = BackOff { free: 50 };

/// How a try to sign in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// The new session's token, for the cookie; only its hash is kept.
    In { session: String },
    /// Without saying why.
    Refused,
    /// Too many failures: nothing was tried, the next try counts from then on.
    Wait(DateTime<Utc>),
}

/// What a try of a password showed.
pub(super) enum Tried {
    Mistaken,
    /// With the hash it has, where one made now would be stronger.
    Right {
        weak: Option<String>,
    },
}

impl Tried {
    pub(super) fn is_right(&self) -> bool {
        matches!(self, Self::Right { .. })
    }
}

/// Whose failures a try to sign in counts among.
pub(super) struct Tries {
    login: TrySubject,
    address: Option<TrySubject>,
}

impl Tries {
    pub(super) fn of(login: &str, address: Option<IpAddr>) -> Self {
        let subject =
            |kind: &str, of: String, back_off| TrySubject { subject: digest(&format!("{kind}\n{of}")), back_off };
        Self {
            login: subject("login", login.to_owned(), OF_LOGIN),
            address: address.map(|address| subject("address", network(address), OF_ADDRESS)),
        }
    }
}

/// The account that somebody did not get into, for the log. Somebody may have typed their password where the login belongs: a login that nobody
/// has is not kept.
pub(super) fn named(account: Option<Uuid>) -> String {
    account.map_or_else(|| "unknown".to_owned(), |account| account.to_string())
}

/// By what a login's failed tries are known.
pub(in crate::app) fn tries_of(login: &str) -> String {
    Tries::of(login, None).login.subject
}

/// An IPv6 client has a whole /64 to choose from, so that counts as one.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x}", address.to_bits() >> 64),
    }
}

impl App {
    /// Tries a login and a password from a client's address, and begins a session.
    pub async fn sign_in(&self, login: &str, password: &str, address: Option<IpAddr>) -> Result<SignIn, AppError> {
        let login = login.trim().to_lowercase();
        let tries = Tries::of(&login, address);
        if let Some(until) = self.count_try(&tries).await? {
            return Ok(SignIn::Wait(until));
        }
        let account = self.store.account_by_login(&login).await?;
        let tried = self.try_password(account.as_ref(), password).await?;
        let allowed = |account: &Account| {
            tried.is_right() && account.disabled_at.is_none() && account.kind == AccountKind::Person
        };
        let known = account.as_ref().map(|account| account.public_id);
        let Some(account) = account.filter(allowed) else {
            self.note(Change::new("session.refuse", "account", named(known))).await?;
            return Ok(SignIn::Refused);
        };
        self.forget_failures(&tries).await?;
        self.strengthen(&account, password, tried).await?;
        let (session, new) = self.new_session(account.id, None);
        self.recorded(Change::new("session.begin", "account", account.public_id)).create_session(&new).await?;
        Ok(SignIn::In { session })
    }

    /// Who is signed in with this session's token; `None` when it is unknown, has ended, or was not used for too long.
    pub async fn session(&self, token: &str) -> Result<Option<Actor>, AppError> {
        let now = self.clock.now();
        let Some(session) = self.store.session_by_hash(&digest(token)).await? else { return Ok(None) };
        if session.ended_at.is_some() || now >= session.expires_at || now - session.last_seen_at >= IDLE {
            return Ok(None);
        }
        let Some(account) = self.store.account(session.account_id).await? else { return Ok(None) };
        let actor = self.actor_of(account, session.origin.as_deref()).await?;
        if actor.is_some() {
            self.note_seen(&session, now);
        }
        Ok(actor)
    }

    /// Ends the session with this token.
    pub async fn sign_out(&self, token: &str) -> Result<(), AppError> {
        let change = Change::new("session.end", "account", self.actor.entry_name());
        Ok(self.recorded(change).end_session(&digest(token), self.clock.now()).await?)
    }

    /// Ends every session of whoever is signed in; returns how many.
    pub async fn sign_out_everywhere(&self) -> Result<u64, AppError> {
        let account = self.signed_in()?;
        let change = Change::new("session.end_all", "account", account.public_id);
        Ok(self.recorded(change).end_sessions(account.id, self.clock.now()).await?)
    }

    /// The account of whoever is signed in.
    pub(in crate::app) fn signed_in(&self) -> Result<&Account, AppError> {
        let nobody = || AppError::Forbidden("this is for somebody who is signed in: sign in first".into());
        self.actor.own_account().ok_or_else(nobody)
    }

    /// A session of the account from now on, with its token; by way of the issuer `origin`, or of a password.
    pub(super) fn new_session(&self, account_id: i64, origin: Option<&str>) -> (String, NewSession) {
        let (token, now) = (secret(), self.clock.now());
        let hash = digest(&token);
        let origin = origin.map(str::to_owned);
        let public_id = self.clock.new_id();
        (token, NewSession { public_id, account_id, hash, created_at: now, expires_at: now + LONGEST, origin })
    }

    /// Whether it is the account's password; without account, or without password, that takes as long.
    pub(super) async fn try_password(&self, account: Option<&Account>, password: &str) -> Result<Tried, AppError> {
        // No account has the number 0: what is looked up is the same for everybody.
        let hash = self.store.password_hash(account.map_or(0, |account| account.id)).await?;
        Ok(match self.hasher.verify(password, hash.clone()).await? {
            true => Tried::Right { weak: hash.filter(|hash| Hasher::is_weak(hash)) },
            false => Tried::Mistaken,
        })
    }

    /// Hashes a password that was right anew where its hash is weaker than one made now: the password itself is known at no other time.
    pub(super) async fn strengthen(&self, account: &Account, password: &str, tried: Tried) -> Result<(), AppError> {
        let Tried::Right { weak: Some(weak) } = tried else { return Ok(()) };
        let hash = self.hasher.hash(password).await?;
        let change = Change::new("account.strengthen_hash", "account", account.public_id);
        Ok(self.recorded(change).replace_hash(account.id, &weak, &hash).await?)
    }

    /// Counts a try as failed before it is made. When somebody has to wait: until when.
    pub(super) async fn count_try(&self, tries: &Tries) -> Result<Option<DateTime<Utc>>, AppError> {
        let subjects: Vec<TrySubject> = std::iter::once(&tries.login).chain(&tries.address).cloned().collect();
        Ok(self.store.count_try(&subjects, self.clock.now()).await?)
    }

    pub(super) async fn forget_failures(&self, tries: &Tries) -> Result<(), AppError> {
        Ok(self.store.forget_failures(&tries.login, tries.address.as_ref()).await?)
    }

    /// Notes the session's use in the background, at most once a while: a page must not wait for whoever is writing.
    fn note_seen(&self, session: &Session, now: DateTime<Utc>) {
        if now - session.last_seen_at < NOTED_EVERY {
            return;
        }
        let (store, id) = (self.store.clone(), session.id);
        tokio::spawn(async move {
            if let Err(error) = store.touch_session(id, now).await {
                tracing::warn!(%error, "the use of a session could not be noted");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_ipv6_client_counts_by_its_network() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}

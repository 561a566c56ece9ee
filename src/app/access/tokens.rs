//! Tokens for programs: random, shown once, stored as a hash.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::super::{App, AppError, Change};
use super::Actor;
use super::accounts::checked_name;
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::store::{Account, AccountKind, HeldToken, NewToken, Token, TokenKind};

/// Says what the text is, so that secret scanners find a token that leaked.
const PREFIX: &str = "merit_";
/// How exact "last used" is.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How long a token that was replaced goes on.
const OVERLAP: TimeDelta = TimeDelta::hours(1);
/// 256 bits, so that a hash without salt is enough.
const RANDOM_BYTES: usize = 32;

/// When this process last noted the use of a token: many requests at once note it once.
#[derive(Clone, Default)]
pub(in crate::app) struct Noted(Arc<Mutex<HashMap<i64, DateTime<Utc>>>>);

impl Noted {
    /// Whether the use is to be noted; it counts as noted then.
    fn is_due(&self, token: i64, now: DateTime<Utc>) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.retain(|_, last| now - *last < NOTED_EVERY);
        let due = !noted.contains_key(&token);
        if due {
            noted.insert(token, now);
        }
        due
    }
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct TokenOrder<'a> {
    /// Public id of the account it acts for.
    pub account: Uuid,
    pub name: &'a str,
    /// A token or a secret.
    pub kind: TokenKind,
    /// The acts it is for; all that the account may do when absent.
    pub only: Option<BTreeSet<Act>>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A new token's text.
pub fn random_token() -> String {
    format!("{PREFIX}{}", secret())
}

/// What nobody guesses: letters, figures, `-` and `_`.
pub fn secret() -> String {
    let mut bytes = [0_u8; RANDOM_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The hash by which the database knows a token.
pub(super) fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A name for a text that must not be shown, such as a database's address.
pub(in crate::app) fn short_digest(text: &str) -> String {
    digest(text).chars().take(16).collect()
}

/// Lower-case hexadecimal.
pub(in crate::app) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl App {
    /// Makes a token and returns it with its text, which is not kept.
    pub async fn create_token(&self, order: TokenOrder<'_>) -> Result<(Token, String), AppError> {
        let account = self.account(order.account).await?.account;
        self.in_own_name(&account)?;
        let name = checked_name(order.name)?;
        let text = random_token();
        let new = NewToken {
            public_id: self.clock.new_id(),
            account_id: account.id,
            name,
            kind: order.kind,
            hash: digest(&text),
            only: order.only,
            created_at: self.clock.now(),
            expires_at: order.expires_at,
        };
        let only = new.only.as_ref().map(|acts| acts.iter().map(|act| act.as_str()).collect::<Vec<_>>().join(","));
        let ends = new.expires_at.map(|end| format!(" expires_at={end}")).unwrap_or_default();
        let detail = format!("account={} only={}{ends}", account.public_id, only.as_deref().unwrap_or("everything"));
        let after = Digest::of_fields(&[("token", &detail)]);
        let change = Change::new("token.create", "token", new.public_id).after(Some(after)).detail(detail);
        Ok((self.recorded(change).create_token(&new).await?, text))
    }

    /// Every token, oldest first; of one account when given.
    pub async fn tokens(&self, account: Option<Uuid>) -> Result<Vec<Token>, AppError> {
        self.require(Act::ManageAccess)?;
        let account = match account {
            Some(id) => Some(self.account(id).await?.account.id),
            None => None,
        };
        let tokens = self.store.tokens().await?;
        Ok(tokens.into_iter().filter(|token| account.is_none_or(|account| token.account_id == account)).collect())
    }

    /// A new token of the same name and acts in place of one that still works; that one goes on for an hour, so that a program can
    /// change over. The new one lives as long as the old one was meant to.
    pub async fn rotate_token(&self, id: Uuid) -> Result<(Token, String), AppError> {
        self.require(Act::ManageAccess)?;
        let old = self.token(id).await?;
        let now = self.clock.now();
        if old.revoked_at.is_some() || old.expires_at.is_some_and(|end| end <= now) {
            return Err(AppError::refused("the token does not work any more: make a new one"));
        }
        // The new text is as good as a token that is made.
        if let Some(account) = self.store.account(old.account_id).await? {
            self.in_own_name(&account)?;
        }
        let text = random_token();
        let new = NewToken {
            public_id: self.clock.new_id(),
            account_id: old.account_id,
            name: old.name.clone(),
            kind: old.kind,
            hash: digest(&text),
            only: old.only.clone(),
            created_at: now,
            expires_at: old.expires_at.map(|end| now + (end - old.created_at)),
        };
        let until = old.expires_at.map_or(now + OVERLAP, |end| end.min(now + OVERLAP));
        let change = Change::new("token.rotate", "token", id).detail(format_args!("by={}", new.public_id));
        Ok((self.recorded(change).replace_token(old.id, until, &new).await?, text))
    }

    /// Whoever holds somebody's token acts in their name: nobody gets one in the name of another person.
    fn in_own_name(&self, account: &Account) -> Result<(), AppError> {
        if account.kind == AccountKind::Person && self.actor.own_account().is_some() && !self.is_own(account) {
            return Err(AppError::refused(format!(
                "'{}' is a person: tokens in a person's name are made by themselves; for a program make an account of its own",
                account.login
            )));
        }
        Ok(())
    }

    async fn token(&self, id: Uuid) -> Result<Token, AppError> {
        let token = self.store.tokens().await?.into_iter().find(|token| token.public_id == id);
        token.ok_or_else(|| AppError::NotFound(format!("there is no token '{id}'; 'merit token list' shows them")))
    }

    /// Makes a token useless at once.
    pub async fn revoke_token(&self, id: Uuid) -> Result<(), AppError> {
        self.require(Act::ManageAccess)?;
        let found = self.token(id).await?;
        let account = self.store.account(found.account_id).await?;
        let account = account.map_or_else(String::new, |account| account.public_id.to_string());
        let change = Change::new("token.revoke", "token", id).detail(format_args!("account={account}"));
        Ok(self.recorded(change).revoke_token(id, self.clock.now()).await?)
    }

    /// Who sends this token; `None` when it is unknown, expired or revoked, or its account is disabled.
    pub async fn bearer(&self, token: &str) -> Result<Option<Actor>, AppError> {
        let now = self.clock.now();
        let held = self.store.held_token(&digest(token), self.clock.today()).await?;
        Ok(held.filter(|held| held.token.kind != TokenKind::Secret).and_then(|held| self.holder(held, now)))
    }

    /// Who holds a token that works, and may do what it is for.
    pub(super) fn holder(&self, held: HeldToken, now: DateTime<Utc>) -> Option<Actor> {
        let HeldToken { token, account, grants } = held;
        let valid = token.revoked_at.is_none() && token.expires_at.is_none_or(|end| now < end);
        if !valid || account.disabled_at.is_some() {
            return None;
        }
        self.note_use(&token, now);
        Some(Actor::account(account, grants).only(token.only))
    }

    /// Notes the token's use in the background, at most once a while: a read must not wait for whoever is writing.
    fn note_use(&self, token: &Token, now: DateTime<Utc>) {
        if token.last_used_at.is_some_and(|last| now - last < NOTED_EVERY) || !self.noted.is_due(token.id, now) {
            return;
        }
        let (store, id) = (self.store.clone(), token.id);
        tokio::spawn(async move {
            if let Err(error) = store.touch_token(id, now).await {
                tracing::warn!(%error, "the use of a token could not be noted");
            }
        });
    }
}

//! Tokens for programs: random, shown once, stored as a hash.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

use std::collections::BTreeSet;

use uuid::Uuid;

use super::super::{App, AppError};
use super::Actor;
use crate::domain::authority::Act;
use crate::store::{NewToken, Token};

/// Says what the text is, so that secret scanners find a token that leaked.
const PREFIX: &str = "merit_";
/// How exact "last used" is.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// 256 bits, so that a hash without salt is enough.
const RANDOM_BYTES: usize = 32;

/// A token to be made.
#[derive(Debug, Clone)]
pub struct TokenOrder<'a> {
    /// Public id of the account it acts for.
    pub account: Uuid,
    pub name: &'a str,
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
        let name = order.name.trim();
        if name.is_empty() {
            return Err(AppError::Invalid("a token needs a name that says what it is for".into()));
        }
        let text = random_token();
        let new = NewToken {
            public_id: self.clock.new_id(),
            account_id: account.id,
            name: name.to_owned(),
            hash: digest(&text),
            only: order.only,
            created_at: self.clock.now(),
            expires_at: order.expires_at,
        };
        Ok((self.store.create_token(&new).await?, text))
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

    /// Makes a token useless at once.
    pub async fn revoke_token(&self, id: Uuid) -> Result<(), AppError> {
        self.require(Act::ManageAccess)?;
        if !self.store.tokens().await?.iter().any(|token| token.public_id == id) {
            return Err(AppError::NotFound(format!("there is no token '{id}'; 'merit token list' shows them")));
        }
        Ok(self.store.revoke_token(id, self.clock.now()).await?)
    }

    /// Who sends this token; `None` when it is unknown, expired or revoked, or its account is disabled.
    pub async fn bearer(&self, token: &str) -> Result<Option<Actor>, AppError> {
        let now = self.clock.now();
        let Some(record) = self.store.token_by_hash(&digest(token)).await? else { return Ok(None) };
        let valid = record.revoked_at.is_none() && record.expires_at.is_none_or(|end| now < end);
        let account = if valid { self.store.account(record.account_id).await? } else { None };
        let Some(account) = account else { return Ok(None) };
        let Some(actor) = self.actor_of(account).await? else { return Ok(None) };
        self.note_use(&record, now);
        Ok(Some(actor.only(record.only)))
    }

    /// Notes the token's use in the background, at most once a while: a read must not wait for whoever is writing.
    fn note_use(&self, token: &Token, now: DateTime<Utc>) {
        if token.last_used_at.is_some_and(|last| now - last < NOTED_EVERY) {
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

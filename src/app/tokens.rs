//! Tokens for programs: random, shown once, stored as a hash.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

use super::{App, AppError};
use crate::store::{NewToken, Token};

/// Says what the text is, so that secret scanners find a token that leaked.
const PREFIX: &str = "merit_";
/// How exact "last used" is.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// 256 bits, so that a hash without salt is enough.
const RANDOM_BYTES: usize = 32;

/// Who calls the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub token: String,
}

/// A new token's text.
pub fn random_token() -> String {
    let mut bytes = [0_u8; RANDOM_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The hash by which the database knows a token.
fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A name for a text that must not be shown, such as a database's address.
pub(super) fn short_digest(text: &str) -> String {
    digest(text).chars().take(16).collect()
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl App {
    /// Makes a token and returns its text, which is not kept.
    pub async fn create_token(&self, name: &str, expires_at: Option<DateTime<Utc>>) -> Result<String, AppError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(AppError::Invalid("a token needs a name that says what it is for".into()));
        }
        let token = random_token();
        let new = NewToken {
            public_id: self.clock.new_id(),
            name: name.to_owned(),
            hash: digest(&token),
            created_at: self.clock.now(),
            expires_at,
        };
        self.store.create_token(&new).await?;
        Ok(token)
    }

    pub async fn tokens(&self) -> Result<Vec<Token>, AppError> {
        Ok(self.store.tokens().await?)
    }

    /// Makes every token of this name useless.
    pub async fn revoke_token(&self, name: &str) -> Result<(), AppError> {
        let now = self.clock.now();
        let named: Vec<Token> = self.store.tokens().await?.into_iter().filter(|token| token.name == name).collect();
        if named.is_empty() {
            return Err(AppError::NotFound(format!("no token is named '{name}'; 'merit token list' shows them")));
        }
        for token in named {
            self.store.revoke_token(token.public_id, now).await?;
        }
        Ok(())
    }

    /// Who sends this token; `None` when it is unknown, expired or revoked.
    pub async fn caller(&self, token: &str) -> Result<Option<Caller>, AppError> {
        let now = self.clock.now();
        let Some(record) = self.store.token_by_hash(&digest(token)).await? else { return Ok(None) };
        let valid = record.revoked_at.is_none() && record.expires_at.is_none_or(|end| now < end);
        if !valid {
            return Ok(None);
        }
        self.note_use(&record, now);
        Ok(Some(Caller { token: record.name }))
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

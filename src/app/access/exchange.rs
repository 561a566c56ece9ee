//! OAuth 2.0 client credentials (RFC 6749, 4.4): a program's secret for an access token of an hour.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{App, AppError, Change};
use super::random_token;
use super::tokens::digest;
use crate::domain::authority::Act;
use crate::store::{NewToken, TokenKind};

/// How long an access token works.
const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How long an expired one is kept, so that the record can be asked about it.
const KEPT: TimeDelta = TimeDelta::days(1);

/// What a program asks for.
#[derive(Clone, Copy)]
pub struct AccessOrder<'a> {
    /// Its login.
    pub client: &'a str,
    pub secret: &'a str,
    /// Acts, parted by blanks; all that the secret is for when absent.
    pub scope: Option<&'a str>,
}

/// An access token.
pub struct IssuedAccess {
    pub text: String,
    pub expires_at: DateTime<Utc>,
    pub lifetime_seconds: i64,
    /// The acts it is for; all that the program may do when absent.
    pub only: Option<BTreeSet<Act>>,
}

impl App {
    /// An access token for a program's secret; `None` when the login or the secret is not right.
    ///
    /// Errors: `Invalid` for a scope that is none, or more than the secret is for.
    pub async fn exchange(&self, order: AccessOrder<'_>) -> Result<Option<IssuedAccess>, AppError> {
        let now = self.clock.now();
        let held = self.store.held_token(&digest(order.secret), self.clock.today()).await?;
        let Some(held) = held.filter(|held| held.token.kind == TokenKind::Secret) else { return Ok(None) };
        let secret = &held.token;
        let (secret_id, account_id) = (secret.public_id, secret.account_id);
        let (name, of_secret) = (secret.name.clone(), secret.only.clone());
        let until = secret.expires_at;
        let holder = self.holder(held, now);
        let holder = holder.as_ref().and_then(|actor| actor.own_account());
        let Some(client) = holder.filter(|account| account.login == order.client.trim().to_lowercase()) else {
            return Ok(None);
        };
        let only = narrowed(of_secret, order.scope)?;
        let text = random_token();
        let expires_at = until.map_or(now + LIFETIME, |until| until.min(now + LIFETIME));
        let new = NewToken {
            public_id: self.clock.new_id(),
            account_id,
            name,
            kind: TokenKind::Access,
            hash: digest(&text),
            only: only.clone(),
            created_at: now,
            expires_at: Some(expires_at),
        };
        self.store.forget_access(now - KEPT).await?;
        let change =
            Change::new("token.exchange", "token", secret_id).detail(format_args!("account={}", client.public_id));
        self.recorded(change).create_token(&new).await?;
        Ok(Some(IssuedAccess { text, expires_at, lifetime_seconds: (expires_at - now).num_seconds(), only }))
    }
}

fn narrowed(of_secret: Option<BTreeSet<Act>>, scope: Option<&str>) -> Result<Option<BTreeSet<Act>>, AppError> {
    let Some(scope) = scope.filter(|scope| !scope.trim().is_empty()) else { return Ok(of_secret) };
    let unknown = |word: &str| AppError::invalid(format!("scope: '{word}' is no act"));
    let wanted: BTreeSet<Act> =
        scope.split_whitespace().map(|word| Act::of(word).ok_or_else(|| unknown(word))).collect::<Result<_, _>>()?;
    match &of_secret {
        Some(acts) if !wanted.is_subset(acts) => {
            Err(AppError::invalid("scope: it asks for more than the secret is for"))
        }
        _ => Ok(Some(wanted)),
    }
}

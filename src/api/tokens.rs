//! Tokens of programs.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{CreateError, GetError};
use super::page;
use crate::app::{AppError, TokenKind, TokenOrder, TokenRecord};
use crate::domain::authority::Act;

/// How a token is used.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum TokenUse {
    /// Sent with each request.
    Token,
    /// Exchanged for access tokens at `/oauth/token`.
    Secret,
}

impl From<TokenKind> for TokenUse {
    fn from(kind: TokenKind) -> Self {
        match kind {
            TokenKind::Secret => Self::Secret,
            TokenKind::Token | TokenKind::Access => Self::Token,
        }
    }
}

/// A token, never its text.
#[derive(Object)]
struct Token {
    id: Uuid,
    name: String,
    kind: TokenUse,
    /// The acts it is for; absent when it is for all that its account may do.
    #[oai(skip_serializing_if_is_none)]
    only: Option<Vec<String>>,
    created_at: DateTime<Utc>,
    #[oai(skip_serializing_if_is_none)]
    expires_at: Option<DateTime<Utc>>,
    /// To the minute.
    #[oai(skip_serializing_if_is_none)]
    last_used_at: Option<DateTime<Utc>>,
    #[oai(skip_serializing_if_is_none)]
    revoked_at: Option<DateTime<Utc>>,
}

#[derive(Object)]
struct Tokens {
    items: Vec<Token>,
}

/// A token to be made.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewToken {
    /// What it is for.
    #[oai(validator(min_length = 1, max_length = 200))]
    name: String,
    /// `token` when absent.
    kind: Option<TokenUse>,
    /// The acts it is for, such as `read_results`; all that its account may do when absent.
    only: Option<Vec<String>>,
    expires_at: Option<DateTime<Utc>>,
}

/// A new token with its text, which is shown this once.
#[derive(Object)]
struct MadeToken {
    token: Token,
    text: String,
}

#[derive(ApiResponse)]
enum TokenMade {
    #[oai(status = 201)]
    Created(
        Json<MadeToken>,
        /// `true`: the answer holds a secret that is not kept, so that a repeated request is refused instead of answered again.
        #[oai(header = "Shown-Once")]
        String,
    ),
}

#[derive(ApiResponse)]
enum TokenRevoked {
    /// From now on the token is useless.
    #[oai(status = 204)]
    Done,
}

fn token(record: TokenRecord) -> Token {
    let TokenRecord {
        id: _,
        public_id,
        account_id: _,
        name,
        kind,
        only,
        created_at,
        expires_at,
        last_used_at,
        revoked_at,
    } = record;
    let only = only.map(|acts| acts.into_iter().map(|act| act.as_str().to_owned()).collect());
    Token { id: public_id, name, kind: kind.into(), only, created_at, expires_at, last_used_at, revoked_at }
}

fn acts(names: &[String]) -> Result<BTreeSet<Act>, AppError> {
    let known = || Act::ALL.map(Act::as_str).join(", ");
    let unknown = |name: &str| AppError::invalid(format!("only: '{name}' is no act; known are {}", known()));
    names.iter().map(|name| Act::of(name).ok_or_else(|| unknown(name))).collect()
}

fn made((record, text): (TokenRecord, String)) -> TokenMade {
    TokenMade::Created(Json(MadeToken { token: token(record), text }), "true".to_owned())
}

pub struct TokensApi;

#[OpenApi(tag = "Resource::Users")]
impl TokensApi {
    /// An account's tokens, oldest first
    #[oai(path = "/users/:id/tokens", method = "get", operation_id = "list_tokens")]
    async fn list(&self, app: Caller, id: Path<String>) -> Result<Json<Tokens>, GetError> {
        Ok(Json(Tokens { items: app.tokens(Some(page::id(&id.0)?)).await?.into_iter().map(token).collect() }))
    }

    /// Make a token; its text is shown this once
    #[oai(path = "/users/:id/tokens", method = "post", operation_id = "create_token")]
    async fn create(
        &self,
        app: Caller,
        id: Path<String>,
        /// Any text of at most 200 characters; the same key with the same request is done once
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
        new: Json<NewToken>,
    ) -> Result<TokenMade, CreateError> {
        let NewToken { name, kind, only, expires_at } = new.0;
        let kind = match kind {
            Some(TokenUse::Secret) => TokenKind::Secret,
            Some(TokenUse::Token) | None => TokenKind::Token,
        };
        let only = only.as_deref().map(acts).transpose()?;
        Ok(made(app.create_token(TokenOrder { account: page::id(&id.0)?, name: &name, kind, only, expires_at }).await?))
    }

    /// Replace a token by a new one of the same kind; the old one goes on for an hour, so that a program can change over
    #[oai(path = "/tokens/:id/rotation", method = "post", operation_id = "rotate_token")]
    async fn rotate(
        &self,
        app: Caller,
        id: Path<String>,
        /// Any text of at most 200 characters; the same key with the same request is done once
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<TokenMade, CreateError> {
        Ok(made(app.rotate_token(page::id(&id.0)?).await?))
    }

    /// Make a token useless at once
    #[oai(path = "/tokens/:id", method = "delete", operation_id = "revoke_token")]
    async fn revoke(&self, app: Caller, id: Path<String>) -> Result<TokenRevoked, GetError> {
        app.revoke_token(page::id(&id.0)?).await?;
        Ok(TokenRevoked::Done)
    }
}

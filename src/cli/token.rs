//! `merit token`: tokens for programs that use the API.

use std::collections::BTreeMap;
use std::process::ExitCode;

use chrono::{DateTime, Days, Utc};
use clap::Subcommand;
use serde_json::Value;
use uuid::Uuid;

use super::output::{Format, Table, say};
use super::{CliError, Place};
use crate::app::{App, Slice, TokenKind, TokenOrder};
use crate::domain::authority::Act;

#[derive(Subcommand)]
pub(super) enum TokenAction {
    /// Make a token and print it, this once
    Create {
        /// The account it acts for ('merit user add' makes one)
        login: String,
        /// What it is for
        name: String,
        /// Only these acts, such as read_results,read_pay; all that the account may do when left out
        #[arg(long, value_delimiter = ',', value_parser = act)]
        only: Option<Vec<Act>>,
        /// A secret to be exchanged for access tokens (OAuth 2.0 client credentials), not a token to be sent
        #[arg(long)]
        secret: bool,
        /// Days until it expires; it does not when left out
        #[arg(long)]
        days: Option<u32>,
    },
    /// Make a new token in place of one, which goes on for an hour, and print it, this once
    Rotate {
        /// As 'merit token list' shows it
        id: Uuid,
    },
    /// List tokens (never their text)
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Make a token useless at once
    Revoke {
        /// As 'merit token list' shows it
        id: Uuid,
    },
}

fn act(text: &str) -> Result<Act, String> {
    Act::of(text).ok_or_else(|| {
        let known: Vec<&str> = Act::ALL.iter().map(|act| act.as_str()).collect();
        format!("known are {}", known.join(", "))
    })
}

pub(super) async fn run(place: &Place, action: TokenAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        TokenAction::Create { login, name, only, secret, days } => {
            let account = app.account_named(&login).await?.account.public_id;
            let expires_at = days.and_then(|days| app.clock().now().checked_add_days(Days::new(days.into())));
            let only = only.map(|only| only.into_iter().collect());
            let kind = if secret { TokenKind::Secret } else { TokenKind::Token };
            let order = TokenOrder { account, name: &name, kind, only, expires_at };
            let (_, text) = app.create_token(order).await?;
            say!("{text}");
            eprintln!("Keep it now: only its hash is stored.");
        }
        TokenAction::Rotate { id } => {
            say!("{}", app.rotate_token(id).await?.1);
            eprintln!("Keep it now: only its hash is stored. The old one goes on for an hour.");
        }
        TokenAction::List { format } => list(&app, format).await?,
        TokenAction::Revoke { id } => {
            app.revoke_token(id).await?;
            say!("Token {id} is revoked.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App, format: Format) -> Result<(), CliError> {
    let mut logins = BTreeMap::new();
    let mut slice = Slice::first();
    loop {
        let page = app.accounts(&slice).await?;
        logins.extend(page.rows.iter().map(|row| (row.account.id, row.account.login.clone())));
        match page.rows.last().filter(|_| page.more) {
            Some(last) => slice = Slice::after(last.account.login.clone()),
            None => break,
        }
    }
    let mut table = Table::new(&[
        ("id", "Id"),
        ("login", "Account"),
        ("name", "Name"),
        ("kind", "Kind"),
        ("only", "Only"),
        ("created_at", "Created"),
        ("expires_at", "Expires"),
        ("last_used_at", "Last used"),
        ("revoked_at", "Revoked"),
    ]);
    for token in app.tokens(None).await? {
        let time =
            |at: Option<DateTime<Utc>>| at.map_or(Value::Null, |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string().into());
        let only = token.only.map(|acts| acts.iter().map(|act| act.as_str()).collect::<Vec<_>>().join(" "));
        table.row([
            token.public_id.to_string().into(),
            logins.get(&token.account_id).cloned().into(),
            token.name.into(),
            token.kind.as_str().into(),
            only.into(),
            time(Some(token.created_at)),
            time(token.expires_at),
            time(token.last_used_at),
            time(token.revoked_at),
        ]);
    }
    table.print(format)
}

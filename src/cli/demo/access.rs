//! Who uses the sample company's Merit.

use crate::app::{AccountKind, AccountOrder, App, GrantOrder, TokenKind, TokenOrder};
use crate::cli::CliError;
use crate::domain::authority::Role;

/// A program that may read everything, and its token.
pub(super) async fn auditor(app: &App) -> Result<String, CliError> {
    let order = AccountOrder { kind: AccountKind::Client, login: "demo", name: "Demo", agent: None };
    let account = app.create_account(order).await?.account.public_id;
    let (unit, first_day, last_day) = (None, None, None);
    app.grant(GrantOrder { account, role: Role::Auditor, unit, with_pay: false, first_day, last_day }).await?;
    let token = TokenOrder { account, name: "demo", kind: TokenKind::Token, only: None, expires_at: None };
    Ok(app.create_token(token).await?.1)
}

//! Who has an account and what each may do, for administrators.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::account::GrantLine;
use super::export::{FileKind, Sheet};
use super::frame::Frame;
use super::language::Language;
use super::paging::{Paging, chosen};
use super::rendered;
use super::visitor::failed;
use super::words::Say;
use crate::app::{AccountKind, AccountView, AppError, Slice, TokenRecord};

#[derive(Deserialize, Default)]
struct Query {
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "access/list.html")]
struct List {
    frame: Frame,
    rows: Vec<Row>,
    paging: Paging,
}

struct Row {
    view: AccountView,
    kind: Say,
    state: Say,
    tone: &'static str,
}

#[derive(Template)]
#[template(path = "access/account.html")]
struct Page {
    frame: Frame,
    row: Row,
    /// With whether it is in force.
    grants: Vec<(GrantLine, bool)>,
    tokens: Vec<TokenRow>,
}

struct TokenRow {
    name: String,
    made: String,
    used: String,
    ends: String,
    state: Say,
    tone: &'static str,
}

fn row(view: AccountView, language: Language) -> Row {
    let kind = match view.account.kind {
        AccountKind::Person => "kind-person",
        AccountKind::Client => "kind-client",
    };
    let (state, tone) = match view.account.disabled_at {
        Some(_) => ("account-disabled", "bad"),
        None => ("account-active", "good"),
    };
    Row { kind: language.say(kind), state: language.say(state), tone, view }
}

#[handler]
pub(super) async fn list(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["login", "name", "kind", "employee-number", "state"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let found = app.accounts(&slice).await.map_err(failed)?;
            let next = found.rows.last().filter(|_| found.more).map(|last| Slice::after(last.account.login.clone()));
            for view in found.rows {
                let Row { view, kind, state, tone: _ } = row(view, language);
                let number = view.employee_number.unwrap_or_default();
                sheet.row([view.account.login, view.account.name, kind.to_string(), number, state.to_string()]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, "accounts"),
            }
        }
    }
    let Query { after } = request.params().unwrap_or_default();
    let after = chosen(after);
    let found = app.accounts(&Paging::slice(after.clone())).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|view| view.account.login.clone());
    let rows = found.rows.into_iter().map(|view| row(view, language)).collect();
    rendered(&List { frame, rows, paging: Paging::new(&[], after.is_some(), last) })
}

#[handler]
pub(super) async fn page(request: &Request, Path(id): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let none = |_| failed(AppError::NotFound(format!("there is no account '{id}'")));
    let id = Uuid::parse_str(&id).map_err(none)?;
    let view = app.account(id).await.map_err(failed)?;
    let today = app.clock().today();
    let grants = app.grants(id).await.map_err(failed)?.into_iter().map(|grant| {
        let stored = &grant.grant;
        let begun = stored.revoked_at.is_none() && stored.first_day <= today;
        let in_force = begun && stored.last_day.is_none_or(|last| today <= last);
        (GrantLine::new(&grant, language), in_force)
    });
    let grants = grants.collect();
    let now = app.clock().now();
    let tokens = app.tokens(Some(id)).await.map_err(failed)?;
    let tokens = tokens.into_iter().map(|token| token_row(token, now, language)).collect();
    rendered(&Page { row: row(view, language), grants, tokens, frame })
}

fn token_row(token: TokenRecord, now: chrono::DateTime<chrono::Utc>, language: Language) -> TokenRow {
    let moment =
        |at: Option<chrono::DateTime<chrono::Utc>>| at.map_or_else(|| "–".to_owned(), |at| language.moment(at));
    let (state, tone) = match (token.revoked_at, token.expires_at) {
        (Some(_), _) => ("token-revoked", "bad"),
        (None, Some(end)) if end <= now => ("token-expired", "warn"),
        _ => ("token-works", "good"),
    };
    TokenRow {
        made: language.moment(token.created_at),
        used: moment(token.last_used_at),
        ends: moment(token.expires_at),
        state: language.say(state),
        tone,
        name: token.name,
    }
}

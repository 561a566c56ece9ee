//! Who has an account and what each may do, for administrators.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::account::GrantLine;
use super::export::{FileKind, Sheet};
use super::frame::Frame;
use super::language::Language;
use super::notices::kind_text;
use super::paging::{Paging, chosen};
use super::rendered;
use super::visitor::{failed, mendable};
use super::words::Say;
use crate::app::{AccountKind, AccountView, AppError, ContactOrder, Slice, TokenRecord};
use crate::domain::authority::Act;
use crate::domain::notice::NoticeKind;
use crate::domain::text;

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
    /// Notices that can be wished for: code, words, whether they are.
    wishes: Vec<(&'static str, String, bool)>,
    can_contact: bool,
    problem: Option<String>,
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
    show(Frame::of(request)?, public_id(&id)?, None).await
}

fn public_id(id: &str) -> poem::Result<Uuid> {
    Uuid::parse_str(id).map_err(|_| failed(AppError::NotFound(format!("there is no account '{id}'"))))
}

/// Before a kind of notices in the names of the form's fields.
const WISH: &str = "wish.";

/// Changes how somebody is reached.
#[handler]
pub(super) async fn change_contact(
    request: &Request,
    Path(text): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, public_id(&text)?);
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let order = ContactOrder {
        email: chosen(field("email")),
        language: if field("language").as_deref() == Some("zh") {
            text::Language::Chinese
        } else {
            text::Language::English
        },
        wishes: fields.iter().filter_map(|(name, _)| name.strip_prefix(WISH).map(str::to_owned)).collect(),
    };
    let version = field("version").and_then(|version| version.parse().ok()).unwrap_or(-1);
    match frame.visitor.app().set_contact(id, version, &order).await {
        Ok(_) => Ok(Redirect::see_other(format!("/access/{id}")).into_response()),
        Err(error) => {
            let problem = mendable(error)?;
            let mut response = show(frame, id, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn show(frame: Frame, id: Uuid, problem: Option<String>) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
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
    let can_contact = view.account.kind == AccountKind::Person && app.actor().reach(Act::ManageAccess).everything;
    let wishes = NoticeKind::among(NoticeKind::on_wish).map(|kind| {
        let words = kind_text(kind, language).to_string();
        (kind.as_str(), words, view.account.contact.wishes.contains(&kind))
    });
    let wishes = wishes.collect();
    rendered(&Page { row: row(view, language), grants, tokens, wishes, can_contact, problem, frame })
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

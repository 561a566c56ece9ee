//! Who has an account.

use std::collections::BTreeMap;

use askama::Template;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::account::{Row, row};
use crate::app::{AccountView, App, BlockedLogin, Slice};
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;

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

async fn blocked(app: &App, views: &[AccountView]) -> poem::Result<BTreeMap<String, BlockedLogin>> {
    let logins: Vec<&str> = views.iter().map(|view| view.account.login.as_str()).collect();
    app.blocked_logins(&logins).await.map_err(failed)
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
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
                let Row { view, kind, state, tone: _, blocked: _ } = row(view, None, language);
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
    let blocked = blocked(&app, &found.rows).await?;
    let rows = found.rows.into_iter().map(|view| {
        let blocked = blocked.get(&view.account.login).copied();
        row(view, blocked, language)
    });
    rendered(&List { frame, rows: rows.collect(), paging: Paging::new(&[], after.is_some(), last) })
}

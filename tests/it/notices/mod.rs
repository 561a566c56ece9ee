//! Notices: a real mail server, real HTTP servers, real processes that are killed.

mod killed;
mod mail;
mod overdue;
mod people;
mod published;
mod server;
mod webhooks;

use std::time::Duration;

use merit::app::{
    AccountKind, AccountOrder, AccountRecord, App, ContactOrder, Delivery, DeliveryOptions, MailOptions, Networks,
    NoticeRecord, Slice,
};
use merit::domain::text::Language;

/// Where people reach Merit.
const BASE: &str = "https://merit.example";

/// Ways out by this mail server, and to webhooks on loopback.
fn options(smtp: Option<&str>) -> DeliveryOptions {
    let mail = smtp.map(|url| MailOptions { url: url.into(), from: "Merit <merit@example.com>".into(), ca: None });
    let networks = Networks::new(vec!["127.0.0.0/8".parse().unwrap()]);
    DeliveryOptions { mail, base_url: BASE.into(), networks, held_for: Duration::from_secs(30) }
}

fn delivery(smtp: Option<&str>) -> Delivery {
    Delivery::new(&options(smtp)).unwrap()
}

/// Somebody with an address, or without.
async fn person(app: &App, login: &str, agent: Option<&str>, email: Option<&str>) -> AccountRecord {
    let order = AccountOrder { kind: AccountKind::Person, login, name: login, agent };
    let account = app.create_account(order).await.unwrap().account;
    contact(app, account, email, Language::English).await
}

async fn contact(app: &App, account: AccountRecord, email: Option<&str>, language: Language) -> AccountRecord {
    let order = ContactOrder { email: email.map(str::to_owned), language, wishes: Vec::new() };
    app.set_contact(account.public_id, account.version, &order).await.unwrap().account
}

async fn notices(app: &App) -> Vec<NoticeRecord> {
    app.notices(&Slice { limit: 500, after: None }, None).await.unwrap().0
}

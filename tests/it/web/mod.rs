//! Signing in and the pages around it, over real HTTP.

mod access;
mod account;
mod appeals;
mod back_off;
mod board;
mod calibration;
mod chromium;
mod cookies;
mod corrections;
mod cost;
mod forms;
mod hashes;
mod imports;
mod jobs;
mod journey;
mod language;
mod links;
mod notices;
mod pages;
mod people;
mod ratings;
mod reviews;
mod sessions;
mod settings;
mod sign_in;
mod simulation;
mod timing;
mod uploads;

use merit::app::{AccountKind, AccountOrder, AccountRecord, App, Clock, GrantOrder};
use merit::domain::authority::Role;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::support::browser::Browser;
use crate::support::server::listen;

/// The password of whoever is made here.
const PASSWORD: &str = "kettle moss lantern 12";

/// An empty Merit on loopback; gone with the value.
struct Place {
    app: App,
    origin: String,
    folder: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(&database(&folder), Clock::System).await.unwrap();
        app.migrate().await.unwrap();
        let (address, stop) = listen(&app).await;
        Self { app, origin: format!("http://{address}"), folder, _stop: stop }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.origin)
    }

    fn database(&self) -> String {
        database(&self.folder)
    }

    /// The same database, served at another time.
    async fn later(&self, by: chrono::TimeDelta) -> Later {
        let now = self.app.clock().now() + by;
        let app = App::open(&self.database(), Clock::Fixed(now)).await.unwrap();
        let (address, stop) = listen(&app).await;
        Later { origin: format!("http://{address}"), app, _stop: stop }
    }

    /// A person who may audit, without a password.
    async fn person(&self, login: &str, name: &str) -> AccountRecord {
        let order = AccountOrder { kind: AccountKind::Person, login, name, agent: None };
        let account = self.app.create_account(order).await.unwrap().account;
        let (unit, first_day, last_day, with_pay) = (None, None, None, false);
        let (id, role) = (account.public_id, Role::Auditor);
        self.app.grant(GrantOrder { account: id, role, unit, with_pay, first_day, last_day }).await.unwrap();
        account
    }

    /// A person with the password.
    async fn member(&self, login: &str) -> AccountRecord {
        let account = self.person(login, "Lin Yue").await;
        self.app.set_password(account.public_id, PASSWORD).await.unwrap();
        account
    }

    /// A browser in which somebody signed in.
    async fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        browser.sign_in(login, PASSWORD).await.leads_to("/");
        browser
    }
}

/// A server whose clock stands at a later time.
struct Later {
    origin: String,
    app: App,
    _stop: oneshot::Sender<()>,
}

fn database(folder: &TempDir) -> String {
    folder.path().join("merit.db").display().to_string()
}

/// Whether the browser is signed in.
async fn is_in(browser: &mut Browser) -> bool {
    let answer = browser.get("/account").await;
    match answer.status.as_u16() {
        200 => true,
        _ => {
            answer.leads_to("/sign-in?next=/account");
            false
        }
    }
}

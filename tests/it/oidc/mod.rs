//! Signing in by way of providers of OpenID Connect: a real one, one that lies, and the file that names them.

mod accounts;
mod dishonest;
mod file;
mod grants;
mod linking;
mod outage;
mod real;
mod sign_in;
mod tokens;
mod way;

use std::process::Command;

use merit::app::{AccountKind, AccountOrder, AccountRecord, App, Clock, GrantView, read_providers};
use merit::http::{Listening, ServerOptions};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::support::browser::Browser;
use crate::support::command::printed;

/// The password of whoever is made here.
const PASSWORD: &str = "kettle moss lantern 12";
/// What Merit and the provider both know.
const SECRET: &str = "only these two know it";
const CALLBACK: &str = "/sign-in/oidc/company/callback";

/// Merit's address before it runs: a provider has to know it.
struct Ground {
    listening: Listening,
    origin: String,
}

impl Ground {
    async fn new() -> Self {
        let listening = Listening::with("127.0.0.1:0", ServerOptions::default()).await.unwrap();
        let origin = format!("http://{}", listening.address);
        Self { listening, origin }
    }

    fn callback(&self) -> String {
        format!("{}{CALLBACK}", self.origin)
    }
}

/// Merit with the agents QL00001 to QL00003 and the unit T1, and one provider; gone with the value.
struct Place {
    app: App,
    origin: String,
    folder: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Place {
    /// `more` are further lines of the provider's entry in the file.
    async fn new(ground: Ground, issuer: &str, more: &str) -> Self {
        Self::at(ground, issuer, more, Clock::System).await
    }

    async fn at(ground: Ground, issuer: &str, more: &str, clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("merit.db").display().to_string();
        Self::with(ground, issuer, more, App::open(&database, clock).await.unwrap(), folder).await
    }

    /// On a database of this kind, empty as yet.
    async fn with(ground: Ground, issuer: &str, more: &str, app: App, folder: TempDir) -> Self {
        app.migrate().await.unwrap();
        let file = folder.path().join("oidc.yaml");
        std::fs::write(&file, entry(issuer, more)).unwrap();
        let environment = |name: &str| (name == "COMPANY_SECRET").then(|| SECRET.to_owned());
        let providers =
            read_providers(&file, &ground.origin, &environment).unwrap_or_else(|problems| panic!("{problems:?}"));
        let app = app.with_providers(providers);
        let units = "unit,parent,kind,name_en,name_zh\nHQ,,headquarters,Head office,总部\nT1,HQ,team,Team 1,一组\n";
        let people = "employee_number,name,hired,left,unit,post,from,to,fte,target_incentive,currency\n\
            QL00001,Lin Yue,,,T1,front_line,2026-01-01,,1,3000,CNY\n\
            QL00002,Wang Fang,,,T1,front_line,2026-01-01,,1,3000,CNY\n\
            QL00003,Zhao Lei,2020-01-01,2026-02-01,T1,front_line,2026-01-01,2026-02-01,1,3000,CNY\n";
        for (name, text) in [("units.csv", units), ("people.csv", people)] {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            let report = app.import_roster(&file, None, false).await.unwrap();
            assert!(report.set_aside.is_empty(), "{:?}", report.set_aside);
        }
        let (stop, stopped) = oneshot::channel::<()>();
        let running = app.clone();
        tokio::spawn(ground.listening.run(running, async {
            let _ = stopped.await;
        }));
        Self { app, origin: ground.origin, folder, _stop: stop }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.origin)
    }

    /// What a command beside this Merit prints.
    fn merit(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_merit"));
        command.arg("--database").arg(self.folder.path().join("merit.db")).args(arguments);
        printed(command.env_remove("MERIT_DATABASE_URL").output().unwrap())
    }

    async fn account(&self, login: &str, agent: Option<&str>) -> AccountRecord {
        let order = AccountOrder { kind: AccountKind::Person, login, name: login, agent };
        let account = self.app.create_account(order).await.unwrap().account;
        self.app.set_password(account.public_id, PASSWORD).await.unwrap();
        self.app.account(account.public_id).await.unwrap().account
    }

    /// Logins of all accounts.
    async fn logins(&self) -> Vec<String> {
        let page = self.app.accounts(&merit::app::Slice::first()).await.unwrap();
        page.rows.into_iter().map(|row| row.account.login).collect()
    }

    /// The grants of a login that count: role, unit, pay, and whether they come from claims.
    async fn grants(&self, login: &str) -> Vec<(String, Option<String>, bool, bool)> {
        let account = self.app.account_named(login).await.unwrap().account;
        let grants = self.app.grants(account.public_id).await.unwrap();
        let told = |view: GrantView| {
            let (grant, origin) = (view.grant.grant, view.grant.origin.is_some());
            (grant.role.as_str().to_owned(), view.unit, grant.with_pay, origin)
        };
        let mut grants: Vec<_> = grants.into_iter().filter(|view| view.grant.revoked_at.is_none()).map(told).collect();
        grants.sort();
        grants
    }

    /// Acts and details of the audit log about `subject`'s accounts and grants, oldest first.
    async fn log(&self, act: &str) -> Vec<(String, String, String)> {
        let wanted = merit::app::WantedEntries { act: Some(act.to_owned()), ..Default::default() };
        let page = self.app.audit_entries(&merit::app::Slice::first(), &wanted).await.unwrap();
        let mut told: Vec<_> = page
            .rows
            .into_iter()
            .map(|view| {
                let record = view.entry.record;
                // Only entries about accounts are told by their login.
                let about = view.account_login.filter(|_| record.subject_kind == "account");
                (view.actor_login.unwrap_or(record.actor), about.unwrap_or(record.subject), record.detail)
            })
            .collect();
        told.reverse();
        told
    }
}

/// A file with one provider.
fn entry(issuer: &str, more: &str) -> String {
    format!(
        "providers:\n  - id: company\n    issuer: {issuer}\n    client_id: merit\n    client_secret_env: COMPANY_SECRET\n    \
         label: {{ en: Company account, zh: 公司账号 }}\n    scopes: [profile, staff]\n    timeout_seconds: 5\n{more}"
    )
}

/// Whether the browser is signed in.
async fn is_in(browser: &mut Browser) -> bool {
    browser.get("/account").await.status == 200
}

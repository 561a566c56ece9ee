//! The real provider: oidc-provider under Node, on loopback.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use merit::app::{App, Clock};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{CALLBACK, Ground, Place, SECRET, way};
use crate::support::browser::{Answer, Browser};
use crate::support::engines::Database;
use crate::support::project_root;

/// A running provider; it ends with the value.
pub(super) struct Real {
    child: Child,
    /// What it prints goes somewhere as long as it runs.
    _stdout: BufReader<ChildStdout>,
    folder: TempDir,
    pub(super) origin: String,
}

/// Where scripts/test installs it, when it did.
fn library() -> Option<PathBuf> {
    let package = fs::read_to_string(project_root().join("tests/oidc/package.json")).unwrap();
    let package: Value = serde_json::from_str(&package).unwrap();
    let version = package["dependencies"]["oidc-provider"].as_str().unwrap();
    let library = project_root().join(format!("target/tools/oidc-provider-{version}"));
    let there = library.join("node_modules/oidc-provider/package.json").is_file();
    let node =
        Command::new("node").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    if there && node {
        return Some(library);
    }
    assert!(
        std::env::var_os("MERIT_TEST_OIDC").is_none(),
        "node, and oidc-provider in {}, should be there",
        library.display()
    );
    println!("skipped: node or oidc-provider is not installed; scripts/test installs it");
    None
}

impl Real {
    /// Without the library: says so, and gives nothing.
    fn start(callback: &str, id_token_claims: bool) -> Option<Self> {
        let library = library()?;
        let folder = tempfile::tempdir().unwrap();
        let config = json!({
            "library": library,
            "port": 0,
            "client_id": "merit",
            "client_secret": SECRET,
            "redirect_uris": [callback],
            "people": folder.path().join("people.json"),
            "id_token_claims": id_token_claims,
        });
        fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
        fs::write(folder.path().join("people.json"), "{}").unwrap();
        let (child, stdout, port) = run(&folder);
        Some(Self { child, _stdout: stdout, folder, origin: format!("http://127.0.0.1:{port}") })
    }

    /// Who there is, and their claims.
    pub(super) fn people(&self, people: &Value) {
        fs::write(self.folder.path().join("people.json"), people.to_string()).unwrap();
    }

    pub(super) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The same provider on the same port, with new keys.
    pub(super) fn restart(&mut self) {
        self.stop();
        let file = self.folder.path().join("config.json");
        let mut config: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        config["port"] = self.origin.rsplit(':').next().unwrap().parse::<u16>().unwrap().into();
        fs::write(&file, config.to_string()).unwrap();
        (self.child, self._stdout, _) = run(&self.folder);
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(folder: &TempDir) -> (Child, BufReader<ChildStdout>, String) {
    let script = project_root().join("tests/oidc/provider.mjs");
    let mut command = Command::new("node");
    command.arg(script).arg(folder.path().join("config.json"));
    let errors = fs::File::create(folder.path().join("errors")).unwrap();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
    let mut said = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut said).unwrap();
    let port = said.trim().strip_prefix("ready ").map(str::to_owned);
    let port = port.unwrap_or_else(|| panic!("{said}{}", fs::read_to_string(folder.path().join("errors")).unwrap()));
    (child, stdout, port)
}

/// Merit with the real provider.
pub(super) struct World {
    pub(super) place: Place,
    pub(super) real: Real,
}

impl World {
    pub(super) async fn new(more: &str) -> Option<Self> {
        Self::telling(more, true).await
    }

    pub(super) async fn telling(more: &str, id_token_claims: bool) -> Option<Self> {
        let ground = Ground::new().await;
        let real = Real::start(&ground.callback(), id_token_claims)?;
        let place = Place::new(ground, &real.origin, more).await;
        Some(Self { place, real })
    }

    /// As [`World::new`], on this empty database.
    pub(super) async fn on(database: &Database, more: &str) -> Option<Self> {
        let ground = Ground::new().await;
        let real = Real::start(&ground.callback(), true)?;
        let app = App::open(&database.url, Clock::System).await.unwrap();
        let place = Place::with(ground, &real.origin, more, app, tempfile::tempdir().unwrap()).await;
        Some(Self { place, real })
    }

    pub(super) fn at_provider(&self) -> Browser {
        Browser::new(&self.real.origin)
    }

    /// The path back to Merit, after somebody signed in there.
    pub(super) async fn way_back(&self, browser: &mut Browser, next: &str, login: &str) -> String {
        let there = way::led_to(&browser.get(&format!("/sign-in/oidc/company?next={next}")).await);
        let back = way::through(&mut self.at_provider(), &there, login, &self.place.origin).await;
        assert!(back.starts_with(CALLBACK), "{back}");
        back
    }

    /// Signs in as somebody by way of the provider.
    pub(super) async fn sign_in(&self, browser: &mut Browser, login: &str) -> Answer {
        let back = self.way_back(browser, "%2Faccount", login).await;
        browser.get(&back).await
    }

    /// Signs in with a new browser, which works.
    pub(super) async fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.place.browser();
        self.sign_in(&mut browser, login).await.leads_to("/account");
        browser
    }
}

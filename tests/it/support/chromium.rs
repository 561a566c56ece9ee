//! Real Chromium, driven over the WebDriver protocol; and what must be true of every page in it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::{env, fs};

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::project_root;
use super::server::client;

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// Widths that pages are looked at: a desk and a small phone.
const DESK: u32 = 1280;
const PHONE: u32 = 360;
/// How long something is waited for, in milliseconds.
const PATIENCE: u32 = 10_000;
/// So often a driver that found its port taken is started again.
const PORTS_TRIED: usize = 5;
/// What the protocol calls an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window; it ends with the value.
pub(crate) struct Chromium {
    driver: Child,
    _stdout: BufReader<ChildStdout>,
    _profile: TempDir,
    client: Client,
    session: String,
    axe: String,
}

fn find(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file()))
}

/// The script that looks for barriers, where scripts/test installed it.
fn axe() -> Option<String> {
    let package = fs::read_to_string(project_root().join("tests/axe/package.json")).unwrap();
    let package: Value = serde_json::from_str(&package).unwrap();
    let version = package["dependencies"]["axe-core"].as_str().unwrap();
    let file = format!("target/tools/axe-core-{version}/node_modules/axe-core/axe.min.js");
    fs::read_to_string(project_root().join(file)).ok()
}

/// The driver on a port of its own; none where it ended before it said which.
fn listening(driver: &Path) -> Option<(Child, BufReader<ChildStdout>, String)> {
    let mut command = Command::new(driver);
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let port = stdout.by_ref().lines().map(Result::unwrap).find_map(|line| {
        let (_, port) = line.trim().trim_end_matches('.').split_once("successfully on port ")?;
        Some(port.to_owned())
    });
    let Some(port) = port else {
        child.wait().unwrap();
        return None;
    };
    Some((child, stdout, port))
}

impl Chromium {
    /// Without Chromium, its driver or axe-core: says so, and gives nothing.
    pub(crate) async fn start() -> Option<Self> {
        let found = (find(&BROWSERS), find(&["chromedriver"]), axe());
        let (Some(browser), Some(driver), Some(axe)) = found else {
            assert!(
                env::var_os("MERIT_TEST_CHROMIUM").is_none(),
                "Chromium, chromedriver and axe-core should be there"
            );
            println!("skipped: Chromium, chromedriver or axe-core is not installed; scripts/test installs them");
            return None;
        };
        // It takes a port of IPv4 that is free and ends when that of IPv6 is not: then it takes another.
        let started = (0..PORTS_TRIED).find_map(|_| listening(&driver));
        let (driver, stdout, port) = started.expect("chromedriver should find a free port");
        let profile = tempfile::tempdir().unwrap();
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let options = json!({ "binary": browser, "args": arguments });
        let wanted = json!({ "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" }, "timeouts": { "implicit": PATIENCE } });
        let wanted = json!({ "capabilities": { "alwaysMatch": wanted } });
        let base = format!("http://127.0.0.1:{port}");
        let mut this = Self { driver, _stdout: stdout, _profile: profile, client: client(), session: base, axe };
        let begun = this.ask("/session", &wanted).await;
        this.session += &format!("/session/{}", begun["sessionId"].as_str().unwrap());
        Some(this)
    }

    async fn ask(&self, path: &str, body: &Value) -> Value {
        let answer = self.client.post(format!("{}{path}", self.session)).json(body).send().await.unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        let value = answer["value"].take();
        assert!(value.get("error").is_none(), "{path}: {value}");
        value
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.ask("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }

    pub(crate) async fn open(&self, url: &str) {
        self.ask("/url", &json!({ "url": url })).await;
    }

    /// What a script returns in the page.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.ask("/execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// The text that somebody sees.
    pub(crate) async fn text(&self) -> String {
        self.run("return document.body.innerText").await.as_str().unwrap().to_owned()
    }

    /// The path and query of the page.
    pub(crate) async fn place(&self) -> String {
        let url = self.run("return location.pathname + location.search").await;
        url.as_str().unwrap().to_owned()
    }

    /// Waits until the text is on the page, to be seen.
    pub(crate) async fn sees(&self, text: &str) {
        self.find("xpath", &format!("//body//*[text()[contains(normalize-space(.), \"{text}\")]]")).await;
    }

    /// Types into the field of this id.
    pub(crate) async fn types(&self, field: &str, text: &str) {
        let element = self.find("css selector", &format!("#{field}")).await;
        self.ask(&format!("/element/{element}/clear"), &json!({})).await;
        self.ask(&format!("/element/{element}/value"), &json!({ "text": text })).await;
    }

    /// Clicks the link or button with this text.
    pub(crate) async fn clicks(&self, text: &str) {
        let path = format!("//*[self::a or self::button][normalize-space(.) = \"{text}\"]");
        let element = self.find("xpath", &path).await;
        self.ask(&format!("/element/{element}/click"), &json!({})).await;
    }

    /// Clicks the field of this id, which may stand below what is shown.
    pub(crate) async fn ticks(&self, field: &str) {
        let element = self.find("css selector", &format!("#{field}")).await;
        self.ask(&format!("/element/{element}/click"), &json!({})).await;
    }

    /// Clicks what this selector finds first.
    pub(crate) async fn presses(&self, selector: &str) {
        let element = self.find("css selector", selector).await;
        self.ask(&format!("/element/{element}/click"), &json!({})).await;
    }

    /// Types into the field that this selector finds first.
    pub(crate) async fn fills(&self, selector: &str, text: &str) {
        let element = self.find("css selector", selector).await;
        self.ask(&format!("/element/{element}/clear"), &json!({})).await;
        self.ask(&format!("/element/{element}/value"), &json!({ "text": text })).await;
    }

    /// Picks the file for the field of this id.
    pub(crate) async fn picks(&self, field: &str, file: &Path) {
        let element = self.find("css selector", &format!("#{field}")).await;
        self.ask(&format!("/element/{element}/value"), &json!({ "text": file.display().to_string() })).await;
    }

    /// Clicks the button of the form that holds the field of this id.
    pub(crate) async fn sends(&self, field: &str) {
        let element = self.find("xpath", &format!("//form[.//*[@id='{field}']]//button")).await;
        self.ask(&format!("/element/{element}/click"), &json!({})).await;
    }

    async fn find(&self, by: &str, what: &str) -> String {
        let found = self.ask("/element", &json!({ "using": by, "value": what })).await;
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{what}: {found}")).to_owned()
    }

    /// Keeps a cookie for the site that is open.
    pub(crate) async fn keep_cookie(&self, name: &str, value: &str) {
        let cookie = json!({ "name": name, "value": value, "path": "/", "httpOnly": true, "sameSite": "Lax" });
        self.ask("/cookie", &json!({ "cookie": cookie })).await;
    }

    /// As wide as a desk's or a phone's window.
    pub(crate) async fn widen(&self, width: u32) {
        let metrics = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    pub(crate) async fn scripts(&self, on: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).await;
    }

    /// What the page complained of since last asked.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let told = self.ask("/se/log", &json!({ "type": "browser" })).await;
        let severe = told.as_array().unwrap().iter().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// What keeps somebody from using the page.
    async fn barriers(&self) -> Vec<String> {
        self.run(&self.axe).await;
        let script = "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'] }).then(
            (found) => done(found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; '))),
            (error) => done([String(error)]))";
        let found = self.ask("/execute/async", &json!({ "script": script, "args": [] })).await;
        found.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    }

    /// How much wider the page is than the window, and what sticks out.
    async fn sticks_out(&self) -> Option<String> {
        let script = "const wide = document.documentElement.scrollWidth, room = window.innerWidth;
            if (wide <= room) return null;
            const out = [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > room + 1);
            return wide + ' of ' + room + ': ' + out.slice(0, 3).map((one) => one.outerHTML.slice(0, 160)).join(' | ')";
        self.run(script).await.as_str().map(str::to_owned)
    }

    /// Holds what is true of every page of the one that is open: it complained of nothing, has no barriers, and does not scroll sideways on a phone.
    pub(crate) async fn looks(&self) {
        let place = self.place().await;
        assert_eq!(self.complaints().await, Vec::<String>::new(), "{place}");
        assert_eq!(self.barriers().await, Vec::<String>::new(), "{place}");
        self.widen(PHONE).await;
        assert_eq!(self.sticks_out().await, None, "{place}");
        self.widen(DESK).await;
    }

    /// Opens the page as people do and holds what is true of every page: it says `texts`, complains of nothing, has no barriers, does
    /// not scroll sideways on a phone, and says the same without scripts.
    pub(crate) async fn check(&self, url: &str, texts: &[&str]) {
        self.widen(DESK).await;
        self.complaints().await;
        self.open(url).await;
        let said = self.text().await;
        for text in texts {
            assert!(said.contains(text), "{url} does not say '{text}':\n{said}");
        }
        assert_eq!(self.complaints().await, Vec::<String>::new(), "{url}");
        assert_eq!(self.barriers().await, Vec::<String>::new(), "{url}");
        self.widen(PHONE).await;
        assert_eq!(self.sticks_out().await, None, "{url}");
        assert_eq!(self.barriers().await, Vec::<String>::new(), "{url} on a phone");
        self.scripts(false).await;
        self.open(url).await;
        let said = self.text().await;
        self.scripts(true).await;
        for text in texts {
            assert!(said.contains(text), "{url} does not say '{text}' without scripts:\n{said}");
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The driver ends its browser when it is asked to; killed, it would leave it behind.
        let ended = Command::new("kill").args(["-s", "TERM", &self.driver.id().to_string()]).status();
        if !ended.is_ok_and(|status| status.success()) {
            let _ = self.driver.kill();
        }
        let _ = self.driver.wait();
    }
}

//! Real Chromium, told what to do over WebDriver: scripts run, forms are filled in by keys and sent by clicks.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::server::client;

/// How long something may take to be on the page, in milliseconds; only a failure waits so long.
const PATIENCE: u32 = 20_000;
/// The name that WebDriver gives to the id of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const READY: &str = "started successfully on port ";

/// A browser with one window; it ends with the value.
pub(crate) struct Chromium {
    driver: Child,
    /// What the driver prints goes somewhere as long as it runs.
    _stdout: BufReader<ChildStdout>,
    _profile: TempDir,
    port: u16,
    session: String,
    client: Client,
}

impl Chromium {
    /// A window this wide, that speaks English.
    pub(crate) async fn start(width: u32) -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver =
            command.spawn().expect("no ChromeDriver was found: install it (Debian package chromium-driver)");
        let mut stdout = BufReader::new(driver.stdout.take().unwrap());
        let port = loop {
            let mut line = String::new();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "ChromeDriver ended");
            if let Some((_, port)) = line.split_once(READY) {
                break port.trim().trim_end_matches('.').parse().unwrap();
            }
        };
        let profile = tempfile::tempdir().unwrap();
        let arguments = json!([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=en",
            format!("--window-size={width},900"),
            format!("--user-data-dir={}", profile.path().display()),
        ]);
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments, "prefs": { "intl.accept_languages": "en" } },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "implicit": PATIENCE },
        } } });
        let mut chromium =
            Self { driver, _stdout: stdout, _profile: profile, port, session: String::new(), client: client() };
        let made = chromium.ask(Method::POST, "/session", Some(wanted)).await;
        chromium.session = made["sessionId"].as_str().unwrap().to_owned();
        chromium
    }

    pub(crate) async fn open(&self, url: &str) {
        self.tell(Method::POST, "/url", Some(json!({ "url": url }))).await;
    }

    /// The path and query of the page.
    pub(crate) async fn place(&self) -> String {
        let url = self.tell(Method::GET, "/url", None).await;
        let url = reqwest::Url::parse(url.as_str().unwrap()).unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Waits until the text is on the page, to be seen.
    pub(crate) async fn sees(&self, text: &str) {
        self.find("xpath", &format!("//body//*[text()[contains(normalize-space(.), \"{text}\")]]")).await;
    }

    /// Types into the field of this id.
    pub(crate) async fn types(&self, field: &str, text: &str) {
        let element = self.find("css selector", &format!("#{field}")).await;
        self.tell(Method::POST, &format!("/element/{element}/clear"), Some(json!({}))).await;
        self.tell(Method::POST, &format!("/element/{element}/value"), Some(json!({ "text": text }))).await;
    }

    /// Clicks the link or button with this text.
    pub(crate) async fn clicks(&self, text: &str) {
        let path = format!("//*[self::a or self::button][normalize-space(.) = \"{text}\"]");
        let element = self.find("xpath", &path).await;
        self.tell(Method::POST, &format!("/element/{element}/click"), Some(json!({}))).await;
    }

    /// Clicks the button of the form that holds the field of this id.
    pub(crate) async fn sends(&self, field: &str) {
        let element = self.find("xpath", &format!("//form[.//*[@id='{field}']]//button")).await;
        self.tell(Method::POST, &format!("/element/{element}/click"), Some(json!({}))).await;
    }

    /// What a script on the page returns.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.tell(Method::POST, "/execute/sync", Some(json!({ "script": script, "args": [] }))).await
    }

    /// What the browser complained of since it was last asked: level and text.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.tell(Method::POST, "/se/log", Some(json!({ "type": "browser" }))).await;
        let entries = log.as_array().unwrap().iter();
        entries
            .map(|entry| format!("{} {}", entry["level"].as_str().unwrap(), entry["message"].as_str().unwrap()))
            .collect()
    }

    async fn find(&self, by: &str, what: &str) -> String {
        let found = self.tell(Method::POST, "/element", Some(json!({ "using": by, "value": what }))).await;
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{what}: {found}")).to_owned()
    }

    async fn tell(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        self.ask(method, &format!("/session/{}{path}", self.session), body).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self.client.request(method, format!("http://127.0.0.1:{}{path}", self.port));
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        let mut answer: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{path} {body:?}: {}", answer["value"]["message"]);
        answer["value"].take()
    }
}

impl Drop for Chromium {
    /// The driver ends its browser only when it is told so.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let request =
                format!("DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", self.session);
            let _ = stream.write_all(request.as_bytes());
            let _ = stream.read(&mut [0; 64]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

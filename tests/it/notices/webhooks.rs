//! Webhooks against real HTTP servers that misbehave.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit as _, Mac as _};
use merit::app::{
    App, AppError, Clock, Delivered, Delivery, DeliveryOptions, GrantOrder, Networks, WebhookEdit, WebhookOrder,
    WebhookRecord,
};
use merit::domain::authority::Role;
use merit::domain::notice::{NoticeKind, NoticeState};
use merit::domain::secret::Secret;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{delivery, notices, options, person};
use crate::support::company::Company;
use crate::support::engines::{self, Database};
use crate::support::server::{Server, json as answer};

/// A request as it came.
#[derive(Debug, Clone)]
struct Came {
    path: String,
    head: String,
    body: String,
}

impl Came {
    fn header(&self, name: &str) -> &str {
        let line = |line: &'_ str| line.split_once(": ").is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
        self.head
            .lines()
            .find(|one| line(one))
            .unwrap_or_else(|| panic!("{name}: {}", self.head))
            .split_once(": ")
            .unwrap()
            .1
    }

    /// Whether one of the signatures is by this secret.
    fn is_signed_by(&self, secret: &Secret) -> bool {
        let key = BASE64_STANDARD.decode(secret.expose().strip_prefix("whsec_").unwrap()).unwrap();
        let signed = format!("{}.{}.{}", self.header("webhook-id"), self.header("webhook-timestamp"), self.body);
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(signed.as_bytes());
        let expected = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').any(|signature| signature == expected)
    }
}

/// A program on loopback that is told things, and answers as it is bid.
struct Receiver {
    url: String,
    came: Arc<Mutex<Vec<Came>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://127.0.0.1:{}/in", listener.local_addr().unwrap().port());
        let (came, answers) = (Arc::<Mutex<Vec<Came>>>::default(), Arc::<Mutex<VecDeque<String>>>::default());
        let (seen, next) = (came.clone(), answers.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, seen.clone(), next.clone()));
            }
        });
        Self { url, came, answers }
    }

    /// How it answers next: the head's first lines; `hang` for not at all. Otherwise it says 204.
    fn answers(&self, with: &str) {
        self.answers.lock().unwrap().push_back(with.to_owned());
    }

    fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, came: Arc<Mutex<Vec<Came>>>, answers: Arc<Mutex<VecDeque<String>>>) {
    let mut text = String::new();
    let request = loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.unwrap_or_default();
        text.push_str(std::str::from_utf8(&part[..read]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return;
            }
            continue;
        };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0_usize) {
            let path = head.split(' ').nth(1).unwrap().to_owned();
            break Came { path, head: head.to_owned(), body: body.to_owned() };
        }
    };
    came.lock().unwrap().push(request);
    let answer = answers.lock().unwrap().pop_front().unwrap_or_else(|| "HTTP/1.1 204 No Content".to_owned());
    if answer == "hang" {
        std::future::pending::<()>().await;
    }
    let _ = stream.write_all(format!("{answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes()).await;
}

async fn open(company: &Company, database: &Database) -> App {
    company.write_figures(0);
    company.load(&database.url).await.with_webhook_networks(options(None).networks)
}

/// The same at another time.
async fn after(database: &Database, time: TimeDelta) -> App {
    let now = App::open(&database.url, Clock::System).await.unwrap().clock().now();
    App::open(&database.url, Clock::Fixed(now + time)).await.unwrap().with_webhook_networks(options(None).networks)
}

/// Tells webhooks of a failed pull.
async fn tell(company: &Company, app: &App) {
    std::fs::remove_file(company.path("daily.csv")).unwrap_or_default();
    company.pull(app).await.unwrap_err();
}

async fn webhook(app: &App, url: &str) -> (WebhookRecord, Secret) {
    app.create_webhook(WebhookOrder { url, kinds: &["pull_failed".to_owned()] }).await.unwrap()
}

const ONE: Delivered = Delivered { sent: 1, again: 0, given_up: 0 };
const LATER: Delivered = Delivered { sent: 0, again: 1, given_up: 0 };

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_thin_and_signed_by_each_secret_that_is_valid() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let receiver = Receiver::start().await;
        let app = open(&company, &database).await;
        let (made, secret) = webhook(&app, &receiver.url).await;
        tell(&company, &app).await;
        let delivery = delivery(None);
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), ONE, "{}", database.name);
        let first = receiver.came().remove(0);
        let notice = notices(&app).await.remove(0);
        assert_eq!(first.header("webhook-id"), notice.public_id.to_string());
        assert_eq!(first.header("content-type"), "application/json");
        let event: Value = serde_json::from_str(&first.body).unwrap();
        assert_eq!((&event["type"], &event["data"]), (&json!("pull_failed"), &json!({ "source": "daily" })));
        assert_eq!(event.as_object().unwrap().len(), 3, "{event}");
        assert!(first.is_signed_by(&secret) && first.header("webhook-signature").split(' ').count() == 1);

        let (_, newer) = app.rotate_webhook(made.public_id).await.unwrap();
        tell(&company, &app).await;
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), ONE);
        let both = receiver.came().remove(1);
        assert!(both.is_signed_by(&secret) && both.is_signed_by(&newer), "{}", both.head);
        let tomorrow = after(&database, TimeDelta::hours(25)).await;
        tell(&company, &tomorrow).await;
        assert_eq!(tomorrow.deliver_due(&delivery).await.unwrap(), ONE);
        let newer_only = receiver.came().remove(2);
        assert!(!newer_only.is_signed_by(&secret) && newer_only.is_signed_by(&newer), "{}", newer_only.head);
        assert!(!format!("{:?}", app.webhooks().await.unwrap()).contains("whsec_"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_misbehave_are_tried_again_with_the_same_id() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let receiver = Receiver::start().await;
        let app = open(&company, &database).await;
        webhook(&app, &receiver.url).await;
        tell(&company, &app).await;
        let patient = delivery(None);
        let hasty = DeliveryOptions { held_for: Duration::from_secs(4), ..options(None) };
        let hasty = Delivery::new(&hasty).unwrap();
        let elsewhere = format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {}/elsewhere", receiver.url);
        let turns = [
            ("HTTP/1.1 500 Internal Server Error", &patient, "it answered 500"),
            (elsewhere.as_str(), &patient, "redirects are not followed"),
            ("hang", &hasty, "did not arrive within 3 s"),
            ("nonsense", &patient, "error"),
        ];
        let mut hours = 0;
        for (how, delivery, why) in turns {
            receiver.answers(how);
            let app = after(&database, TimeDelta::hours(hours)).await;
            assert_eq!(app.deliver_due(delivery).await.unwrap(), LATER, "{how}");
            let waiting = notices(&app).await.remove(0);
            assert!(waiting.last_problem.as_deref().unwrap().contains(why), "{how}: {waiting:?}");
            hours += 3;
        }
        receiver.answers("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 43200");
        let busy = after(&database, TimeDelta::hours(hours)).await;
        assert_eq!(busy.deliver_due(&patient).await.unwrap(), LATER);
        let too_early = after(&database, TimeDelta::hours(hours + 11)).await;
        assert_eq!(too_early.deliver_due(&patient).await.unwrap(), Delivered::default());
        let asked_for = after(&database, TimeDelta::hours(hours + 16)).await;
        assert_eq!(asked_for.deliver_due(&patient).await.unwrap(), ONE, "{}", database.name);
        let came = receiver.came();
        assert_eq!(came.len(), 6);
        assert!(came.iter().all(|one| one.path == "/in" && one.body == came[0].body));
        assert!(came.iter().all(|one| one.header("webhook-id") == came[0].header("webhook-id")));
        assert_eq!(app.webhooks().await.unwrap()[0].failing_since, None, "it works again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_where_nothing_arrives_is_disabled_and_administrators_are_told() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let (gone, dead) = (Receiver::start().await, Receiver::start().await);
        let app = open(&company, &database).await;
        let admin = person(&app, "admin", None, None).await.public_id;
        let (unit, first_day, last_day, with_pay) = (None, None, None, false);
        app.grant(GrantOrder { account: admin, role: Role::Admin, unit, with_pay, first_day, last_day }).await.unwrap();
        let (first, _) = webhook(&app, &gone.url).await;
        tell(&company, &app).await;
        gone.answers("HTTP/1.1 410 Gone");
        let delivery = delivery(None);
        let refused = Delivered { sent: 0, again: 0, given_up: 1 };
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), refused, "{}", database.name);
        assert!(app.shown_webhook(first.public_id).await.unwrap().disabled_at.is_some());
        let told = notices(&app).await.remove(0);
        assert_eq!((told.kind, told.login.as_deref()), (NoticeKind::WebhookDisabled, Some("admin")));
        assert!(gone.url.contains(&told.about) && !told.about.contains("/in"), "{}", told.about);

        let (second, _) = webhook(&app, &dead.url).await;
        tell(&company, &app).await;
        for days in [0, 1, 2, 4] {
            dead.answers("HTTP/1.1 500 Internal Server Error");
            after(&database, TimeDelta::days(days)).await.deliver_due(&delivery).await.unwrap();
            let disabled = app.shown_webhook(second.public_id).await.unwrap().disabled_at.is_some();
            assert_eq!(disabled, days == 4, "after {days} days");
        }
        assert!(notices(&app).await.iter().all(|notice| notice.state != NoticeState::Waiting));
        tell(&company, &app).await;
        assert!(notices(&app).await.iter().all(|notice| notice.state != NoticeState::Waiting), "it is told nothing");
        let now = app.shown_webhook(second.public_id).await.unwrap();
        let enabled = WebhookEdit { disabled: Some(false), ..WebhookEdit::default() };
        app.change_webhook(now.public_id, now.version, enabled).await.unwrap();
        tell(&company, &app).await;
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), ONE);
        assert!(app.verify_audit(None, &|_| {}).await.unwrap().problems.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_do_not_reach_into_the_servers_own_network() {
    let company = Company::new(1);
    let receiver = Receiver::start().await;
    let database = engines::databases(&company.path("merit.db")).await.remove(0);
    let allowed = open(&company, &database).await;
    let strict = allowed.clone().with_webhook_networks(Networks::default());
    let kinds = ["pull_failed".to_owned()];
    for url in [
        receiver.url.as_str(),
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "http://0177.0.0.1/",
    ] {
        let refused = strict.create_webhook(WebhookOrder { url, kinds: &kinds }).await.unwrap_err();
        assert!(matches!(refused, AppError::Invalid(ref why) if why.starts_with("url: ")), "{url}: {refused}");
    }
    // A name is looked up when something is sent; one that was allowed before is asked for again, too.
    webhook(&strict, &receiver.url.replace("127.0.0.1", "localhost")).await;
    webhook(&allowed, &receiver.url).await;
    tell(&company, &strict).await;
    let delivery = Delivery::new(&DeliveryOptions { networks: Networks::default(), ..options(None) }).unwrap();
    assert_eq!(strict.deliver_due(&delivery).await.unwrap(), Delivered { sent: 0, again: 2, given_up: 0 });
    for notice in notices(&strict).await {
        assert!(notice.last_problem.as_deref().unwrap().contains("network of one's own"), "{notice:?}");
    }
    assert!(receiver.came().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_api_webhooks_are_made_changed_and_removed_and_secrets_shown_once() {
    let company = Company::new(1);
    let server = Server::start(&company.load(&company.sqlite()).await).await;
    let send = async |method: Method, path: &str, body: Value| {
        let request = server.request(method, &format!("/api/v1{path}")).bearer_auth(&server.token);
        request.header("if-match", "\"1\"").header("idempotency-key", path).json(&body).send().await.unwrap()
    };
    let order = json!({ "url": "https://hooks.example.com/in?key=1", "kinds": ["results_published", "pull_failed"] });
    let (status, made) = answer(send(Method::POST, "/webhooks", order.clone()).await).await;
    let secret = made["secret"].as_str().unwrap();
    assert!(status == StatusCode::CREATED && secret.starts_with("whsec_"), "{made}");
    let (status, again) = answer(send(Method::POST, "/webhooks", order).await).await;
    assert_eq!((status, again["code"].as_str()), (StatusCode::CONFLICT, Some("shown_once")));
    let path = format!("/webhooks/{}", made["webhook"]["id"].as_str().unwrap());
    let change = json!({ "kinds": ["results_published"] });
    let (status, changed) = answer(send(Method::PATCH, &path, change.clone()).await).await;
    assert_eq!((status, &changed["kinds"]), (StatusCode::OK, &json!(["results_published"])));
    assert_eq!(send(Method::PATCH, &path, change).await.status(), StatusCode::PRECONDITION_FAILED);
    for (url, kinds) in [
        ("http://127.0.0.1/", json!(["pull_failed"])),
        ("https://x.example/", json!([])),
        ("https://x.example/", json!(["invitation"])),
    ] {
        let (status, problem) = answer(send(Method::PATCH, &path, json!({ "url": url, "kinds": kinds })).await).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::BAD_REQUEST, Some("invalid_request")), "{problem}");
    }
    let (status, rotated) = answer(send(Method::POST, &format!("{path}/rotation"), json!({})).await).await;
    assert!(status == StatusCode::CREATED && rotated["secret"] != made["secret"], "{rotated}");
    assert!(rotated["webhook"]["old_secret_until"].is_string());
    for shown in ["/webhooks", path.as_str()] {
        let shown = server.ok(&format!("/api/v1{shown}")).await.to_string();
        assert!(!shown.contains("whsec_") && shown.contains("hooks.example.com"), "{shown}");
    }
    assert_eq!(send(Method::DELETE, &path, json!({})).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(server.get(&format!("/api/v1{path}")).await.0, StatusCode::NOT_FOUND);
}

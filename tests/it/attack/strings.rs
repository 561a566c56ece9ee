//! Hostile texts in every string that an operation takes: path, query, header, and every property of a body.

use std::collections::{BTreeMap, BTreeSet};

use merit::app::{AccountKind, AccountOrder, App, GrantOrder, Slice, TokenKind, TokenOrder};
use merit::domain::authority::Role;
use reqwest::header::{HeaderValue, IF_MATCH};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::browser::encoded;
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines::{self, Database, Dump};
use crate::support::server::Server;
use crate::support::spec::{Operation, description, operations};

const HOSTILE: [&str; 16] = [
    "' OR 1=1 --",
    "'); DROP TABLE account; --",
    "'; DELETE FROM agent WHERE 'a'='a",
    "1; UPDATE account SET kind = 'person'",
    "' UNION SELECT password_hash FROM account --",
    "\\'; DROP TABLE audit_entry; --",
    "\" OR \"\"=\"",
    "%27",
    "%27%20OR%201=1%20--",
    "\\",
    "%_",
    "$1",
    "{{7*7}}",
    "${7*7}",
    "<script>alert(1)</script>",
    "a\0b",
];

/// Length of a text that is far too long for any field, yet no request of its own.
const VERY_LONG: usize = 20_000;
/// Operations that take no text at all.
const WITHOUT: [&str; 5] = ["get_me", "list_my_reviews", "list_sources", "list_webhooks", "verify_audit"];
/// Tables that any request may add to: what was read, what was answered.
const LOGS: [&str; 3] = ["audit_entry", "audit_head", "kept_answer"];
/// When something was last used, or is to end, is no content.
const TIMES: [&str; 3] = ["last_used_at", "last_seen_at", "expires_at"];

/// Where a text goes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    Path(String),
    Query(String),
    Header(String),
    /// Keys from the top of the body; `0` is the one item of an array.
    Body(Vec<String>),
}

struct House {
    server: Server,
    ids: BTreeMap<&'static str, String>,
    secret: String,
}

impl House {
    async fn build(company: &Company, database: &Database) -> Self {
        let app = company.load(&database.url).await;
        let cycle = app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let order = AccountOrder { kind: AccountKind::Client, login: "other", name: "Other", agent: None };
        let other = app.create_account(order).await.unwrap().account.public_id;
        let token = async |kind| {
            let order = TokenOrder { account: other, name: "walk", kind, only: None, expires_at: None };
            app.create_token(order).await.unwrap()
        };
        let (rotated, _) = token(TokenKind::Token).await;
        let (_, secret) = token(TokenKind::Secret).await;
        let pull = app.pulls(None, &Slice::first()).await.unwrap().0[0].id.to_string();
        let ids = BTreeMap::from([
            ("employee_number", "E001".to_owned()),
            ("rater", "E002".to_owned()),
            ("unit", "T1".to_owned()),
            ("code", FIRST_QUARTER.to_owned()),
            ("hash", cycle.ruleset_hash.clone()),
            ("other", cycle.ruleset_hash),
            ("/users", other.to_string()),
            ("/pulls", pull),
            ("/jobs", Uuid::nil().to_string()),
            ("/notices", Uuid::nil().to_string()),
            ("/webhooks", Uuid::nil().to_string()),
            ("/tokens", rotated.public_id.to_string()),
            ("/cycles", Uuid::nil().to_string()),
            ("/grants", Uuid::nil().to_string()),
            ("/appeals", Uuid::nil().to_string()),
            ("/evidence", Uuid::nil().to_string()),
            ("name", "letter.txt".to_owned()),
        ]);
        Self { server: everything(&app).await, ids, secret }
    }

    /// A request of the operation that would do, but for the text in a field.
    async fn request(&self, operation: &Operation, hostile: Option<(&Field, &str)>) -> Option<RequestBuilder> {
        let (field, text) = hostile.unzip();
        let (header, text) = (Field::Header("If-Match".to_owned()), text.unwrap_or_default());
        let mut path = String::new();
        for part in operation.path.split('/').skip(1) {
            let value = match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                None => part.to_owned(),
                Some(name) if field == Some(&Field::Path(name.to_owned())) => encoded(text),
                Some(name) => self.id(operation, name),
            };
            path += &format!("/{value}");
        }
        if let Some(Field::Query(name)) = field {
            path += &format!("?{name}={}", encoded(text));
        }
        let mut request = self.server.request(operation.method.clone(), &format!("/api/v1{path}"));
        if operation.id != "exchange_secret" {
            request = request.bearer_auth(&self.server.token);
        }
        if [Method::PATCH, Method::PUT].contains(&operation.method) && field != Some(&header) {
            request = request.header(IF_MATCH, self.etag(&path).await);
        }
        if let Some(Field::Header(name)) = field {
            // What a header cannot carry never arrives.
            request = request.header(name, HeaderValue::from_str(text).ok()?);
        }
        let mut body = self.body(&operation.id);
        let takes_one = !operation.said["requestBody"].is_null();
        assert_ne!(takes_one, body.is_null(), "{}: say in House::body what would be done", operation.id);
        if let Some(Field::Body(keys)) = field {
            put(&mut body, keys, text);
        }
        Some(match &body {
            Value::Null => request,
            form if operation.id == "exchange_secret" => request.form(form),
            body => request.json(body),
        })
    }

    fn id(&self, operation: &Operation, name: &str) -> String {
        let resource = format!("/{}", operation.path.split('/').nth(1).unwrap());
        let found = self.ids.get(name).or_else(|| self.ids.get(resource.as_str()));
        found.unwrap_or_else(|| panic!("{}: say in House::build what stands for {name}", operation.path)).clone()
    }

    async fn etag(&self, path: &str) -> HeaderValue {
        let read = self.server.with_token(&self.server.token, &format!("/api/v1{path}")).await;
        // Somebody who does not exist has none.
        read.headers().get("etag").cloned().unwrap_or(HeaderValue::from_static("\"1\""))
    }

    /// A body that would be done; nothing for operations without one.
    fn body(&self, operation: &str) -> Value {
        match operation {
            "create_user" => {
                json!({ "kind": "client", "login": format!("made-{}", Uuid::now_v7()), "name": "Made" })
            }
            "change_user" => json!({ "name": "Changed" }),
            "create_grant" => json!({ "role": "auditor" }),
            "create_token" => json!({ "name": "made" }),
            "create_webhook" => json!({ "url": "https://hooks.example.com/", "kinds": ["pull_failed"] }),
            "change_webhook" => json!({ "url": "https://hooks.example.com/", "kinds": ["pull_failed"] }),
            // None of these is done as things stand, whatever stands in them.
            "set_contact" => json!({ "email": "other@example.com", "language": "en", "notices": ["pull_failed"] }),
            "mail_link" => json!({ "purpose": "invite" }),
            "open_cycle" => {
                json!({ "code": "2031-Q2", "first_day": "2031-04-01", "last_day": "2031-06-30", "rules": "none" })
            }
            "act_on_cycle" => json!({ "act": "publish", "reason": "because", "digest": "0".repeat(64) }),
            // Nothing is in review here.
            "acknowledge_result" => json!({ "comment": "seen" }),
            "save_my_review" => {
                let answer = json!({ "item": "ownership", "value": "4", "comment": "seen daily" });
                json!({ "answers": [answer], "comment": "seen daily", "submit": false })
            }
            "invite_raters" => json!({ "group": "peer", "raters": ["E002"] }),
            "propose_rating" => {
                json!({ "employee_number": "E001", "rating": "S", "reason": "conduct", "comment": "why" })
            }
            "decide_rating" => json!({ "decision": "decline", "comment": "why" }),
            // Nobody of these is an agent, there is no such appeal, and the cycle is not final.
            "raise_appeal" => json!({ "about": "line", "line": "csat_t2b", "grounds": "because" }),
            "assign_appeal" => json!({ "to": "other" }),
            "decide_appeal" => json!({
                "outcome": "vary", "reason": "because", "leave_out": ["csat_t2b"], "rating": "A", "rating_reason": "other",
            }),
            "add_evidence" => json!("seen"),
            "set_deadlines" => {
                json!({ "calendar": "cn_service", "stages": [{ "stage": "appeal", "working_days": 5 }] })
            }
            "correct_results" => json!({ "agents": ["E001"], "reason": "because", "post_in": "2031-Q1" }),
            "ask_job" => json!({ "kind": "appraise", "cycle": "2031-Q1" }),
            "exchange_secret" => {
                json!({ "grant_type": "client_credentials", "client_id": "other", "client_secret": self.secret })
            }
            _ => Value::Null,
        }
    }

    /// Length of the list that is answered without any hostile text.
    async fn plain_length(&self, operation: &Operation) -> usize {
        let response = self.request(operation, None).await.unwrap().send().await.unwrap();
        let (status, body) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, 200, "{}: {body}", operation.id);
        serde_json::from_str::<Value>(&body).unwrap()["items"].as_array().map_or(0, Vec::len)
    }

    /// What was made or changed, read again.
    async fn read_again(&self, operation: &Operation, answer: &Value) -> Value {
        let id = self.id(operation, "id");
        let path = match operation.id.as_str() {
            "create_user" => format!("/users/{}", answer["id"].as_str().unwrap()),
            "change_user" => format!("/users/{id}"),
            "create_token" => format!("/users/{id}/tokens"),
            other => panic!("{other} kept a hostile text: say where it is read again"),
        };
        self.server.ok(&format!("/api/v1{path}")).await
    }
}

/// Somebody who may do everything, and no limit of the rate.
async fn everything(app: &App) -> Server {
    let options = merit::http::ServerOptions { rate: None, ..Default::default() };
    let server = Server::with(app, options).await;
    let account = app.account_named("tests").await.unwrap().account.public_id;
    for role in [Role::Approver, Role::Payroll, Role::Supervisor] {
        let (unit, first_day, last_day) = (None, None, None);
        app.grant(GrantOrder { account, role, unit, with_pay: true, first_day, last_day }).await.unwrap();
    }
    server
}

/// Puts a text in a body.
fn put(body: &mut Value, keys: &[String], text: &str) {
    let [key, rest @ ..] = keys else { return *body = text.into() };
    let inner = if key == "0" {
        *body = json!([null]);
        &mut body[0]
    } else {
        &mut body[key]
    };
    put(inner, rest, text);
}

/// Every field of an operation that takes a text.
fn fields(operation: &Operation, schemas: &Value) -> Vec<Field> {
    let mut fields = Vec::new();
    for parameter in operation.said["parameters"].as_array().into_iter().flatten() {
        let mut inside = Vec::new();
        strings(&parameter["schema"], schemas, &[], &mut inside);
        let name = parameter["name"].as_str().unwrap().to_owned();
        if !inside.is_empty() {
            fields.push(match parameter["in"].as_str().unwrap() {
                "path" => Field::Path(name),
                "query" => Field::Query(name),
                "header" => Field::Header(name),
                other => panic!("{}: a parameter in {other}", operation.id),
            });
        }
    }
    for content in operation.said["requestBody"]["content"].as_object().into_iter().flat_map(|kinds| kinds.values()) {
        let mut inside = Vec::new();
        strings(&content["schema"], schemas, &[], &mut inside);
        fields.extend(inside.into_iter().map(Field::Body));
    }
    fields
}

/// Keys of every string of a schema.
fn strings(schema: &Value, schemas: &Value, at: &[String], found: &mut Vec<Vec<String>>) {
    let below = |key: &str| [at, &[key.to_owned()]].concat();
    if let Some(name) = schema["$ref"].as_str() {
        return strings(&schemas[name.rsplit('/').next().unwrap()], schemas, at, found);
    }
    for part in ["allOf", "oneOf", "anyOf"].iter().filter_map(|kind| schema[kind].as_array()).flatten() {
        strings(part, schemas, at, found);
    }
    match schema["type"].as_str() {
        Some("string") => found.push(at.to_vec()),
        Some("array") => strings(&schema["items"], schemas, &below("0"), found),
        _ => {}
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        strings(property, schemas, &below(name), found);
    }
}

/// Whether a text stands somewhere in an answer, as it is.
fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(fields) => fields.values().any(|field| holds(field, text)),
        _ => false,
    }
}

/// How an operation answered.
#[derive(Default)]
struct Seen {
    /// Length of its list without any hostile text.
    plain: usize,
    requests: usize,
    made: usize,
    done: usize,
}

async fn try_field(house: &House, operation: &Operation, field: &Field, text: &str, seen: &mut Seen) {
    let Some(request) = house.request(operation, Some((field, text))).await else { return };
    let response = request.send().await.unwrap();
    let (status, kind) = (response.status().as_u16(), response.headers().get("content-type").cloned());
    let body = response.text().await.unwrap();
    let shown = text.get(..60).unwrap_or(text);
    let what = format!("{} with {shown:?} in {field:?}: {status} {body}", operation.id);
    assert!(status < 500, "{what}");
    assert!(kind.is_none_or(|kind| kind.to_str().unwrap().contains("json")), "{what}");
    if text.contains('\0') {
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, problem["code"].as_str()), (400, Some("nul_in_text")), "{what}");
        let named = match field {
            Field::Path(_) => "address",
            Field::Query(name) | Field::Header(name) => name,
            Field::Body(keys) => &keys.join("."),
        };
        assert!(problem["detail"].as_str().unwrap().contains(named), "{what}");
    }
    seen.requests += 1;
    seen.made += usize::from(status == 201);
    if status >= 400 {
        return;
    }
    seen.done += 1;
    let answer: Value = serde_json::from_str(&body).unwrap_or_default();
    assert!(
        answer["items"].as_array().is_none_or(|items| items.len() <= seen.plain),
        "{what}: without it {}",
        seen.plain
    );
    match field {
        // Nothing is called so, so nothing is found.
        Field::Query(name) if name != "cursor" => {
            assert_eq!(answer["items"].as_array().map(Vec::len), Some(0), "{what}");
        }
        Field::Body(_) => {
            assert!(holds(&answer, text), "{what}");
            let again = house.read_again(operation, &answer).await;
            assert!(holds(&again, text), "{what}\nread again: {again}");
        }
        Field::Path(_) => panic!("{what}: there is nothing of that name"),
        Field::Query(_) | Field::Header(_) => {}
    }
}

/// Nothing was lost or changed; at most `made` accounts, grants or tokens are new.
fn compare(operation: &Operation, before: &Dump, after: &Dump, made: usize) {
    let id = &operation.id;
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{id}: tables");
    let mut new = 0;
    for (table, rows) in before {
        let kept: BTreeSet<&String> = after[table].iter().collect();
        let changes = id == "change_user" && table == "account";
        let lost: Vec<_> = rows.iter().filter(|row| !kept.contains(row)).collect();
        assert!(lost.len() <= usize::from(changes) || table == "audit_head", "{id} changed {table}: {lost:?}");
        if !LOGS.contains(&table.as_str()) {
            assert!(after[table].len() >= rows.len(), "{id}: rows of {table} are gone");
            new += after[table].len() - rows.len();
        }
    }
    // Access tokens answer 200.
    assert!(new == made || id == "exchange_secret", "{id}: {new} new rows, {made} made");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_is_taken_for_a_command() {
    let company = Company::new(2);
    let very_long = "A".repeat(VERY_LONG);
    let schemas = description()["components"]["schemas"].clone();
    for database in engines::databases(&company.path("merit.db")).await {
        let house = House::build(&company, &database).await;
        let mut before = database.dump(&TIMES).await;
        let (mut requests, mut without) = (0, Vec::new());
        for operation in operations() {
            let fields = fields(&operation, &schemas);
            if fields.is_empty() {
                without.push(operation.id.clone());
                continue;
            }
            let mut seen = Seen::default();
            if fields.iter().any(|field| matches!(field, Field::Query(_))) {
                seen.plain = house.plain_length(&operation).await;
            }
            for field in &fields {
                for text in HOSTILE.into_iter().chain([very_long.as_str()]) {
                    try_field(&house, &operation, field, text, &mut seen).await;
                    if *field == Field::Query("cursor".to_owned()) {
                        // Cursors are texts in disguise.
                        let disguised = cursor(text);
                        try_field(&house, &operation, field, &disguised, &mut seen).await;
                    }
                }
            }
            let after = database.dump(&TIMES).await;
            compare(&operation, &before, &after, seen.made);
            if matches!(operation.id.as_str(), "create_user" | "change_user" | "create_token") {
                assert!(seen.done > HOSTILE.len() / 2, "{}: names are free texts", operation.id);
            }
            requests += seen.requests;
            before = after;
        }
        assert_eq!(without, WITHOUT, "{}: operations that take no text", database.name);
        println!("{}: {requests} requests", database.name);
    }
}

fn cursor(text: &str) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(text)
}

//! Accounts, grants and tokens over HTTP: requests done once, changes bound to what was read, tokens that replace each other.

use merit::app::{AccountKind, AccountOrder, App};
use merit::domain::authority::Role;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::support::company::Company;
use crate::support::engines::databases;
use crate::support::server::{Server, json as answered, token_for};

struct House {
    server: Server,
    admin: String,
    _company: Company,
    _app: App,
}

impl House {
    async fn new() -> Self {
        let company = Company::new(1);
        let app = company.load(&company.sqlite()).await;
        Self::of(company, app).await
    }

    async fn of(company: Company, app: App) -> Self {
        let admin = token_for(&app, "admin", &[(Role::Admin, None, false)]).await;
        Self { server: Server::start(&app).await, admin, _company: company, _app: app }
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request(method, &format!("/api/v1{path}")).bearer_auth(&self.admin)
    }

    async fn post(&self, path: &str, key: Option<&str>, body: &Value) -> (StatusCode, Value) {
        let request = self.ask(Method::POST, path).json(body);
        let request = match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        answered(request.send().await.unwrap()).await
    }

    async fn user(&self, login: &str) -> Value {
        let (status, user) = self.post("/users", None, &client(login)).await;
        assert_eq!(status, StatusCode::CREATED, "{user}");
        user
    }
}

fn client(login: &str) -> Value {
    json!({ "kind": "client", "login": login, "name": "A program" })
}

fn code(answer: &(StatusCode, Value)) -> (u16, &str) {
    (answer.0.as_u16(), answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_with_the_same_request_is_done_once() {
    let house = House::new().await;
    let first = house.post("/users", Some("key 1"), &client("payroll")).await;
    assert_eq!(first.0, StatusCode::CREATED, "{first:?}");
    let again = house.ask(Method::POST, "/users").header("idempotency-key", "key 1").json(&client("payroll"));
    let again = again.send().await.unwrap();
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(again.headers()["etag"], "\"1\"");
    assert_eq!(answered(again).await, first);
    assert_eq!(code(&house.post("/users", Some("key 1"), &client("other")).await), (422, "other_request"));
    assert_eq!(code(&house.post("/users", Some("key 2"), &client("payroll")).await), (409, "exists"));
    assert_eq!(code(&house.post("/users", Some(&"x".repeat(201)), &client("long")).await), (400, "invalid_request"));
    assert_eq!(
        code(&house.post("/users", Some("key 3"), &json!({ "kind": "client" })).await),
        (400, "invalid_request")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_with_one_key_make_one_account_on_both_engines() {
    let company = Company::new(1);
    for database in databases(&company.path("once.db")).await {
        let app = company.load(&database.url).await;
        let house = House::of(Company::new(1), app).await;
        let body = client("payroll");
        let answers = futures::future::join_all((0..16).map(|_| house.post("/users", Some("one"), &body))).await;
        let made: Vec<&Value> =
            answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).map(|(_, user)| &user["id"]).collect();
        assert!(!made.is_empty() && made.iter().all(|id| *id == made[0]), "{}: {answers:?}", database.name);
        for answer in answers.iter().filter(|(status, _)| *status != StatusCode::CREATED) {
            assert_eq!(code(answer), (409, "in_flight"), "{}", database.name);
        }
        let (status, last) = house.post("/users", Some("one"), &body).await;
        assert_eq!((status, &last["id"]), (StatusCode::CREATED, made[0]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_bound_to_what_was_read() {
    let house = House::new().await;
    let user = house.user("reports").await;
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    let change = async |etag: Option<&str>, body: Value| {
        let request = house.ask(Method::PATCH, &path).json(&body);
        let request = match etag {
            Some(etag) => request.header("if-match", etag),
            None => request,
        };
        request.send().await.unwrap()
    };
    let read = house.ask(Method::GET, &path).send().await.unwrap();
    assert_eq!(read.headers()["etag"], "\"1\"");
    let changed = change(Some("\"1\""), json!({ "name": "Nightly reports" })).await;
    assert_eq!(changed.headers()["etag"], "\"2\"");
    assert_eq!(answered(changed).await.1["name"], "Nightly reports");
    assert_eq!(code(&answered(change(Some("\"1\""), json!({ "name": "Late" })).await).await), (412, "changed"));
    assert_eq!(code(&answered(change(None, json!({ "name": "Blind" })).await).await), (428, "if_match_missing"));
    let unknown = answered(change(Some("\"2\""), json!({ "nmae": "Typo" })).await).await;
    assert_eq!(code(&unknown), (400, "invalid_request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_shown_once_and_replace_each_other() {
    let house = House::new().await;
    let user = house.user("reports").await;
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    let (status, granted) = house.post(&format!("{path}/grants"), None, &json!({ "role": "auditor" })).await;
    assert_eq!((status, granted["role"].as_str()), (StatusCode::CREATED, Some("auditor")));
    let wanted = json!({ "name": "nightly", "only": ["read_people"] });
    let (status, made) = house.post(&format!("{path}/tokens"), Some("t"), &wanted).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!(code(&house.post(&format!("{path}/tokens"), Some("t"), &wanted).await), (409, "shown_once"));
    let text = made["text"].as_str().unwrap();
    let status = async |token: &str, path: &str| house.server.with_token(token, path).await.status().as_u16();
    assert_eq!((status(text, "/api/v1/agents").await, status(text, "/api/v1/pulls").await), (200, 403));
    let id = made["token"]["id"].as_str().unwrap();
    let (_, next) = house.post(&format!("/tokens/{id}/rotation"), None, &json!({})).await;
    let next_text = next["text"].as_str().unwrap();
    assert_eq!((status(text, "/api/v1/agents").await, status(next_text, "/api/v1/agents").await), (200, 200));
    assert_eq!(status(next_text, "/api/v1/pulls").await, 403);
    let revoke = house.ask(Method::DELETE, &format!("/tokens/{}", next["token"]["id"].as_str().unwrap()));
    assert_eq!(revoke.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(status(next_text, "/api/v1/agents").await, 401);
    let grant = granted["id"].as_str().unwrap();
    assert_eq!(house.ask(Method::DELETE, &format!("/grants/{grant}")).send().await.unwrap().status(), 204);
    assert_eq!(status(text, "/api/v1/agents").await, 403);
    let bad = house.post(&format!("{path}/tokens"), None, &json!({ "name": "x", "only": ["fly"] })).await;
    assert_eq!(code(&bad), (400, "invalid_request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_grants_themselves_and_nobody_acts_in_a_persons_name() {
    let house = House::new().await;
    let users = answered(house.ask(Method::GET, "/users").send().await.unwrap()).await.1;
    let own = users["items"].as_array().unwrap().iter().find(|user| user["login"] == "admin").unwrap();
    let own = own["id"].as_str().unwrap();
    let itself = house.post(&format!("/users/{own}/grants"), None, &json!({ "role": "hr", "with_pay": true })).await;
    assert_eq!(code(&itself), (409, "refused"));
    let person = json!({ "kind": "person", "login": "Li.Wei", "name": "李伟", "employee_number": "E001" });
    let (status, person) = house.post("/users", None, &person).await;
    assert_eq!((status, person["login"].as_str()), (StatusCode::CREATED, Some("li.wei")));
    let id = person["id"].as_str().unwrap();
    let token = house.post(&format!("/users/{id}/tokens"), None, &json!({ "name": "spy" })).await;
    assert_eq!(code(&token), (409, "refused"));
    let twice = json!({ "kind": "person", "login": "li.wei.2", "name": "李伟", "employee_number": "E001" });
    assert_eq!(code(&house.post("/users", None, &twice).await), (409, "exists"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_exchanged_for_an_access_token() {
    let house = House::new().await;
    let user = house.user("payroll").await;
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    house.post(&format!("{path}/grants"), None, &json!({ "role": "auditor" })).await;
    let wanted = json!({ "name": "nightly", "kind": "secret", "only": ["read_people", "read_pay"] });
    let (_, made) = house.post(&format!("{path}/tokens"), None, &wanted).await;
    let secret = made["text"].as_str().unwrap();
    let exchange = async |client: &str, secret: &str, fields: &[(&str, &str)]| {
        let request = house.server.request(Method::POST, "/api/v1/oauth/token").form(fields);
        answered(request.basic_auth(client, Some(secret)).send().await.unwrap()).await
    };
    let grant = ("grant_type", "client_credentials");
    let (status, access) = exchange("payroll", secret, &[grant, ("scope", "read_people")]).await;
    assert_eq!(
        (status, &access["token_type"], &access["scope"]),
        (StatusCode::OK, &json!("Bearer"), &json!("read_people"))
    );
    assert_eq!(access["expires_in"], 3600);
    let status = async |token: &str, path: &str| house.server.with_token(token, path).await.status().as_u16();
    let token = access["access_token"].as_str().unwrap();
    assert_eq!((status(token, "/api/v1/agents").await, status(token, "/api/v1/rules").await), (200, 403));
    // A secret is no token, a token is no secret, and neither belongs to somebody else.
    assert_eq!(status(secret, "/api/v1/agents").await, 401);
    for (client, secret) in [("payroll", token), ("admin", secret), ("payroll", "wrong")] {
        let (status, refused) = exchange(client, secret, &[grant]).await;
        assert_eq!((status.as_u16(), refused["error"].as_str()), (401, Some("invalid_client")), "{client}");
    }
    let (status, more) = exchange("payroll", secret, &[grant, ("scope", "read_people replay")]).await;
    assert_eq!((status.as_u16(), more["error"].as_str()), (400, Some("invalid_scope")));
    let (status, other) = exchange("payroll", secret, &[("grant_type", "password")]).await;
    assert_eq!((status.as_u16(), other["error"].as_str()), (400, Some("unsupported_grant_type")));
    let form = [grant, ("client_id", "payroll"), ("client_secret", secret)];
    let request = house.server.request(Method::POST, "/api/v1/oauth/token").form(&form);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn null_is_no_value_for_what_cannot_be_taken_away() {
    let house = House::new().await;
    let user = house.user("payroll").await;
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    let change = async |body: Value| {
        answered(house.ask(Method::PATCH, &path).header("if-match", "\"1\"").json(&body).send().await.unwrap()).await
    };
    for (field, body) in
        [("name", json!({ "name": null, "disabled": true })), ("disabled", json!({ "disabled": null }))]
    {
        let (status, problem) = change(body).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::BAD_REQUEST, Some("invalid_request")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().starts_with(&format!("{field}: null is no value")), "{problem}");
    }
    let (status, same) = change(json!({})).await;
    assert_eq!((status, &same["name"]), (StatusCode::OK, &user["name"]), "what is absent stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_nul_is_refused_before_anybody_looks_at_it() {
    let company = Company::new(1);
    for database in databases(&company.path("merit.db")).await {
        let server = Server::start(&company.load(&database.url).await).await;
        let make = server.request(Method::POST, "/api/v1/users").bearer_auth(&server.token);
        let (status, problem) =
            answered(make.json(&json!({ "kind": "client", "login": "a", "name": "a\0b" })).send().await.unwrap()).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::BAD_REQUEST, Some("nul_in_text")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().starts_with("the field 'name' holds a NUL"), "{problem}");
        let form = [("login", "li\0n"), ("password", "x")];
        let (status, problem) =
            answered(server.request(Method::POST, "/sign-in").form(&form).send().await.unwrap()).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::BAD_REQUEST, Some("nul_in_text")), "{problem}");
        let (status, problem) = server.get("/api/v1/agents?unit=T%001").await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::BAD_REQUEST, Some("nul_in_text")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().starts_with("the parameter 'unit'"), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_accounts_says_which_agents_they_are() {
    let company = Company::new(3);
    for database in databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        for agent in ["E001", "E003"] {
            let login = format!("of-{}", agent.to_lowercase());
            let order = AccountOrder { kind: AccountKind::Person, login: &login, name: "Somebody", agent: Some(agent) };
            app.create_account(order).await.unwrap();
        }
        let server = Server::start(&app).await;
        let page = server.ok("/api/v1/users").await;
        let told: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|user| (&user["login"], &user["employee_number"])).collect();
        let told = json!(told);
        assert_eq!(told, json!([["of-e001", "E001"], ["of-e003", "E003"], ["tests", null]]), "{}", database.name);
    }
}

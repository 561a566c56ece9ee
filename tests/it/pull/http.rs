//! HTTP inputs against a real server that misbehaves.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Bench, csat, facts, set_aside};
use super::misbehaving::{Answer, Api};

/// A page of contacts rated by `a1`, with the cursor of the next.
fn page(ratings: &[i64], cursor: Option<&str>) -> Answer {
    Answer::Json(json!({ "data": records(ratings), "meta": { "next": cursor } }))
}

fn records(ratings: &[i64]) -> Value {
    ratings
        .iter()
        .map(|rating| json!({ "who": { "number": "a1" }, "rated_at": "2025-01-02T09:00:00Z", "rating": rating }))
        .collect()
}

fn bench(api: &Api) -> Bench {
    Bench::contacts(json!([{
        "kind": "http",
        "url": "${API}/v1/contacts",
        "records": "/data",
        "paging": { "kind": "cursor", "at": "/meta/next", "parameter": "cursor" },
        "columns": { "agent": { "type": "agent", "from": "/who/number" } },
        "attempts": 3,
    }]))
    .env("API", &api.url)
}

/// Files of the spool that are still there, apart from the lock.
fn left_over(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".pages") || name.ends_with(".journal")).collect();
    names.sort();
    names
}

#[tokio::test]
async fn cursors_lead_from_page_to_page() {
    let api = Api::start([page(&[5, 4], Some("c d")), page(&[], Some("e")), page(&[1], Some(""))]).await;
    let bench = bench(&api)
        .with("/inputs/0/query", json!({ "since": "{from}", "until": "{to_exclusive}" }))
        .with("/inputs/0/auth", json!({ "kind": "bearer", "token_env": "TOKEN" }))
        .env("TOKEN", "s3cret")
        .between("2025-01-01", "2025-01-31");
    let pulled = bench.pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "10", 3)]);
    let query = "/v1/contacts?since=2025-01-01&until=2025-02-01";
    assert_eq!(api.paths(), [query.to_owned(), format!("{query}&cursor=c+d"), format!("{query}&cursor=e")]);
    assert!(api.asked().iter().all(|asked| asked.authorization.as_deref() == Some("Bearer s3cret")));
    assert!(left_over(bench.path()).is_empty(), "finished spools are deleted");
}

#[tokio::test]
async fn numbered_pages_end_with_an_empty_one() {
    let api = Api::start([page(&[5], None), page(&[4], None), page(&[], None)]).await;
    let bench = bench(&api)
        .with("/inputs/0/paging", json!({ "kind": "page", "parameter": "p", "first": 0 }))
        .with("/inputs/0/auth", json!({ "kind": "basic", "user": "merit", "password_env": "PW" }))
        .env("PW", "open");
    assert_eq!(bench.facts().await.0, [csat("a1", "2025-01-02", "9", 2)]);
    assert_eq!(api.paths(), ["/v1/contacts?p=0", "/v1/contacts?p=1", "/v1/contacts?p=2"]);
    // merit:open
    assert_eq!(api.asked()[0].authorization.as_deref(), Some("Basic bWVyaXQ6b3Blbg=="));
}

#[tokio::test]
async fn links_lead_on_in_pages_and_headers() {
    let api = Api::start([]).await;
    let next =
        |url: String, ratings: &[i64]| Answer::Json(json!({ "data": records(ratings), "meta": { "next": url } }));
    api.then([
        next("?after=1".to_owned(), &[5]),
        next(format!("{}/v1/contacts?after=2", api.url), &[4]),
        page(&[3], None),
    ]);
    let in_page = bench(&api)
        .with("/inputs/0/paging", json!({ "kind": "next_link", "at": "/meta/next" }))
        .with("/inputs/0/auth", json!({ "kind": "header", "name": "X-Api-Key", "value_env": "KEY" }))
        .env("KEY", "k1");
    assert_eq!(in_page.facts().await.0, [csat("a1", "2025-01-02", "12", 3)]);
    assert_eq!(api.paths(), ["/v1/contacts", "/v1/contacts?after=1", "/v1/contacts?after=2"]);
    assert!(api.asked().iter().all(|asked| asked.api_key.as_deref() == Some("k1")));

    api.then([Answer::Linked(records(&[5]), "/v1/contacts?page=2".to_owned()), Answer::Json(records(&[2]))]);
    let in_header =
        bench(&api).with("/inputs/0/paging", json!({ "kind": "next_link" })).with("/inputs/0/records", json!(""));
    assert_eq!(in_header.facts().await.0, [csat("a1", "2025-01-02", "7", 2)]);
}

#[tokio::test]
async fn passing_troubles_are_waited_out() {
    let api = Api::start([
        Answer::Status(500, vec![]),
        Answer::Cut("{\"data\": ["),
        page(&[5], Some("x")),
        Answer::Text("{\"data\": [{\"who\""),
        Answer::Status(503, vec![]),
        page(&[4], None),
    ])
    .await;
    assert_eq!(bench(&api).facts().await.0, [csat("a1", "2025-01-02", "9", 2)]);
    assert_eq!(api.paths().len(), 6);
}

#[tokio::test]
async fn a_pause_the_server_asks_for_is_kept() {
    let date = |second: u32| format!("Wed, 01 Jan 2025 12:00:{second:02} GMT");
    let api = Api::start([
        Answer::Status(429, vec![("retry-after", "1".to_owned())]),
        Answer::Status(429, vec![("retry-after", date(31)), ("date", date(30))]),
        page(&[5], None),
    ])
    .await;
    assert_eq!(bench(&api).facts().await.0, [csat("a1", "2025-01-02", "5", 1)]);
    let asked = api.asked();
    for pair in asked.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_secs(1));
    }
}

#[tokio::test]
async fn giving_up_names_the_last_trouble() {
    let api = Api::start(vec![Answer::Status(502, vec![]); 3]).await;
    assert_eq!(
        bench(&api).error().await,
        "${API}/v1/contacts: page 1: gave up after 3 attempts, the last: the server answered 502 Bad Gateway; pull again later"
    );
    let bench = bench(&api).env("API", "http://127.0.0.1:1");
    let message = bench.error().await;
    assert!(message.contains("gave up after 3 attempts, the last: the server cannot be reached"), "{message}");
}

#[tokio::test]
async fn a_pull_that_was_cut_goes_on_where_it_stopped() {
    let api = Api::start([page(&[5], Some("two")), page(&[4], Some("three"))]).await;
    api.then(vec![Answer::Status(500, vec![]); 3]);
    let bench = bench(&api);
    let message = bench.error().await;
    assert!(
        message.ends_with("500 Internal Server Error; pull again later, it goes on after the 2 pages that came"),
        "{message}"
    );
    assert_eq!(left_over(bench.path()).len(), 2);

    // A torn line in the journal and records that it does not name: as a kill in the middle of a page leaves them.
    let append = |ending: &str, text: &str| {
        let name = left_over(bench.path()).into_iter().find(|name| name.ends_with(ending)).unwrap();
        let path = bench.path().join(name);
        let mut whole = fs::read_to_string(&path).unwrap();
        whole.push_str(text);
        fs::write(&path, whole).unwrap();
    };
    append(".pages", "[3,1,{\"who\":{\"num");
    append(".journal", "{\"page\":3,\"byt");

    api.then([page(&[3], None)]);
    let pulled = bench.pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "12", 3)]);
    assert_eq!(api.paths().last().unwrap(), "/v1/contacts?cursor=three");
    assert!(left_over(bench.path()).is_empty());
}

#[tokio::test]
async fn an_expired_cursor_begins_the_pull_again() {
    let api = Api::start([page(&[5], Some("two"))]).await;
    api.then(vec![Answer::Status(500, vec![]); 3]);
    let bench = bench(&api);
    bench.error().await;
    api.then([Answer::Status(400, vec![]), page(&[2], None)]);
    assert_eq!(bench.facts().await.0, [csat("a1", "2025-01-02", "2", 1)]);
    let paths = api.paths();
    assert_eq!(paths[paths.len() - 2..], ["/v1/contacts?cursor=two".to_owned(), "/v1/contacts".to_owned()]);
}

#[tokio::test]
async fn pages_that_turn_in_a_circle_are_noticed() {
    let api = Api::start([page(&[5], Some("a")), page(&[4], Some("b")), page(&[3], Some("a"))]).await;
    assert_eq!(
        bench(&api).error().await,
        "${API}/v1/contacts: page 3: its cursor came before; the API's pages turn in a circle"
    );
    let api = Api::start([page(&[5], None), page(&[5], None)]).await;
    let numbered = bench(&api).with("/inputs/0/paging", json!({ "kind": "page", "parameter": "page" }));
    assert_eq!(
        numbered.error().await,
        "${API}/v1/contacts: page 2: it is the same as page 1; does the API know the parameter that numbers pages?"
    );
}

#[tokio::test]
async fn other_hosts_are_not_followed() {
    let elsewhere = "http://127.0.0.2:9/v1/contacts?token=x".to_owned();
    let api = Api::start([Answer::Status(302, vec![("location", elsewhere.clone())])]).await;
    assert_eq!(
        bench(&api).error().await,
        "${API}/v1/contacts: page 1: the server redirects to http://127.0.0.2:9, another host; Merit does not follow it, write that address if it is right"
    );
    api.then([Answer::Json(json!({ "data": [], "meta": { "next": elsewhere } }))]);
    let linked =
        bench(&api).with("/inputs/0/paging", json!({ "kind": "next_link", "at": "/meta/next" })).env("API", &api.url);
    let message = linked.error().await;
    assert!(message.contains("the next page is said to be at http://127.0.0.2:9, another host than"), "{message}");
    api.then([Answer::Status(302, vec![("location", "/v2/contacts".to_owned())]), page(&[5], None)]);
    assert_eq!(bench(&api).facts().await.0, [csat("a1", "2025-01-02", "5", 1)], "the same host is followed");
}

#[tokio::test]
async fn answers_that_are_no_pages_are_refused() {
    for (answer, expected) in [
        (
            Answer::Text("<html>sign in</html>"),
            "the answer is not JSON (expected value at line 1 column 1); check the address and the sign-in",
        ),
        (Answer::Json(json!({ "items": [] })), "there is no array of records at /data; correct `records`"),
        (Answer::Status(404, vec![]), "the server answered 404 Not Found; check the address and its parameters"),
        (Answer::Status(401, vec![]), "the server answered 401 Unauthorized; check the secret in TOKEN"),
    ] {
        let api = Api::start([answer]).await;
        let bench = bench(&api)
            .with("/inputs/0/auth", json!({ "kind": "bearer", "token_env": "TOKEN" }))
            .env("TOKEN", "s3cret");
        assert_eq!(bench.error().await, format!("${{API}}/v1/contacts: page 1: {expected}"));
        assert_eq!(api.paths().len(), 1, "asked once only");
    }
    let api = Api::start([]).await;
    let missing = bench(&api).with("/inputs/0/auth", json!({ "kind": "bearer", "token_env": "TOKEN" }));
    assert_eq!(
        missing.error().await,
        "sources/contacts.yaml: inputs[0].auth: the environment variable TOKEN is not set; set it"
    );
}

#[tokio::test]
async fn bad_records_are_set_aside_with_page_and_number() {
    let odd = json!({ "data": [
        { "who": { "number": "a1" }, "rated_at": "2025-01-02", "rating": 5 },
        "not an object",
        { "who": { "number": "nobody" }, "rated_at": "2025-01-02", "rating": 5 },
    ], "meta": {} });
    let api = Api::start([page(&[4], Some("x")), Answer::Json(odd)]).await;
    let pulled = bench(&api).pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "9", 2)]);
    let places: Vec<(String, u64, String)> =
        set_aside(&pulled).into_iter().map(|row| (row.file, row.line, row.reason)).collect();
    assert_eq!(
        places,
        [
            ("${API}/v1/contacts page 2".to_owned(), 2, "not a JSON object".to_owned()),
            ("${API}/v1/contacts page 2".to_owned(), 3, "unknown agent".to_owned()),
        ]
    );
}

#[tokio::test]
async fn a_slow_server_counts_as_silent() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let bench = Bench::contacts(json!([{ "kind": "http", "url": url, "attempts": 1, "timeout_seconds": 1 }]));
    let message = bench.error().await;
    assert!(message.contains("gave up after 1 attempts, the last: no answer within 1 seconds"), "{message}");
}

#[tokio::test]
async fn one_pull_at_a_time_uses_a_spool() {
    let api = Api::start([page(&[5], None), page(&[5], None)]).await;
    let bench = bench(&api);
    let (one, other) = tokio::join!(bench.pull(), bench.pull());
    let refused = [one, other].into_iter().find_map(Result::err).map(|error| error.to_string());
    assert_eq!(refused.as_deref(), Some("contacts-0: another pull of this source is running; wait for it to end"));
}

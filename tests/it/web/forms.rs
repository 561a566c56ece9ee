//! Forms that another site, or nobody, made are refused, and nothing happens.

use reqwest::StatusCode;

use super::{PASSWORD, Place, is_in};

const REFUSAL: &str = "This form is not valid any more";

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_the_right_token_is_refused() {
    let place = Place::new().await;
    place.member("lin").await;
    place.member("other").await;
    let mut browser = place.signed_in("lin").await;
    let others = place.signed_in("other").await.get("/account").await.form_token();
    let before = place.browser().get("/sign-in").await.form_token();
    let own = browser.get("/account").await.form_token();
    let session = browser.cookies["merit"].clone();
    for path in ["/sign-out", "/account/sign-out-everywhere", "/account/password", "/sign-in"] {
        let mut fields =
            vec![("current", PASSWORD), ("password", "another fine phrase"), ("again", "another fine phrase")];
        browser.post(path, &fields).await.says(403, REFUSAL);
        for wrong in ["", "x", &others, &before, &own[1..], &session] {
            fields.truncate(3);
            fields.push(("form_token", wrong));
            let answer = browser.post(path, &fields).await;
            answer.says(403, REFUSAL);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        fields.truncate(3);
        fields.extend([("form_token", own.as_str()), ("form_token", "x")]);
        browser.post(path, &fields).await.says(403, REFUSAL);
    }
    assert!(is_in(&mut browser).await, "nothing happened");
    place.browser().sign_in("lin", PASSWORD).await.leads_to("/");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_sign_in_the_token_belongs_to_the_browser_that_read_the_form() {
    let place = Place::new().await;
    place.member("lin").await;
    let token = place.browser().get("/sign-in").await.form_token();
    let fields = [("login", "lin"), ("password", PASSWORD), ("form_token", token.as_str())];
    let mut without_cookie = place.browser();
    without_cookie.post("/sign-in", &fields).await.says(403, REFUSAL);
    let mut another = place.browser();
    another.get("/sign-in").await;
    another.post("/sign-in", &fields).await.says(403, REFUSAL);
    assert!(!another.cookies.contains_key("merit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_another_origin_is_refused_even_with_its_token() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut browser = place.signed_in("lin").await;
    let token = browser.get("/").await.form_token();
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1", ""] {
        let request = browser.posting("/sign-out", &[("form_token", &token)]).header("origin", origin);
        browser.send(request).await.says(403, REFUSAL);
    }
    assert!(is_in(&mut browser).await);
    let origin = place.origin.clone();
    let request = browser.posting("/sign-out", &[("form_token", &token)]).header("origin", origin);
    browser.send(request).await.leads_to("/");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_bodies_and_methods_change_nothing() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut browser = place.signed_in("lin").await;
    let token = browser.get("/").await.form_token();
    let kind = [("content-type".parse().unwrap(), "application/json".parse().unwrap())];
    let json = browser.posting("/sign-out", &[("form_token", &token)]).headers(kind.into_iter().collect());
    let answer = browser.send(json).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert_eq!(browser.get("/sign-out").await.status, StatusCode::METHOD_NOT_ALLOWED);
    let large = "x".repeat(600_000);
    let answer = browser.post("/sign-out", &[("form_token", &token), ("more", &large)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
    assert!(is_in(&mut browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_without_a_form_set_no_cookie() {
    let place = Place::new().await;
    for path in ["/", "/problems", "/assets/merit.css"] {
        let answer = place.browser().get(path).await;
        assert!(answer.status == StatusCode::OK && answer.cookies.is_empty(), "{path}: {:?}", answer.cookies);
    }
    let answer = place.browser().get("/sign-in").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "same-origin");
}

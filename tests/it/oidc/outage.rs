//! Providers that do not answer, or not as they should: a clear page, in time, and the rest goes on.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;

use super::dishonest::{Dishonest, Key};
use super::real::World;
use super::{CALLBACK, Ground, PASSWORD, Place, is_in, way};

const LEAVE: &str = "/sign-in/oidc/company?next=/account";

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_said_to_be() {
    let Some(mut world) = World::new("    grants: [{ when: { claim: groups, value: a }, role: auditor }]\n").await
    else {
        return;
    };
    world.real.people(&json!({ "lin": { "groups": ["a"] } }));
    world.place.account("local", None).await;
    world.real.stop();
    let mut browser = world.place.browser();
    browser.get(LEAVE).await.says(502, "does not answer");
    browser.get(&format!("{LEAVE}&lang=zh")).await.says(502, "登录服务暂无响应");
    browser.sign_in("local", PASSWORD).await.leads_to("/");
    world.real.restart();
    let mut browser = world.place.browser();
    let back = world.way_back(&mut browser, "/account", "lin").await;
    world.real.stop();
    browser.get(&back).await.says(502, "does not answer");
    assert!(!is_in(&mut browser).await);
    world.real.restart();
    world.signed_in("lin").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_never_answers_is_waited_for_a_while() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", silent.local_addr().unwrap());
    let place = Place::new(Ground::new().await, &issuer, "").await;
    let begun = Instant::now();
    place.browser().get(LEAVE).await.says(502, "does not answer");
    assert!(
        begun.elapsed() >= Duration::from_secs(2) && begun.elapsed() < Duration::from_secs(25),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_cannot_be_right_is_refused() {
    let key = Key::new("first");
    for (field, value) in [
        ("issuer", json!("https://evil.example")),
        ("issuer", json!(7)),
        ("jwks_uri", json!("http://keys.example/keys")),
        ("token_endpoint", json!("http://tokens.example/token")),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("authorization_endpoint", json!("http://auth.example/")),
        ("token_endpoint", json!(null)),
    ] {
        let provider = Dishonest::start(&key).await;
        let place = Place::new(Ground::new().await, &provider.origin, "").await;
        provider.describe(field, value.clone());
        let mut browser = place.browser();
        let mut answer = browser.get(LEAVE).await;
        // Where the browser goes is looked at before, the rest when it is needed.
        if field == "token_endpoint" {
            let state = way::parameter(&way::led_to(&answer), "state");
            answer = browser.get(&format!("{CALLBACK}?code=c&state={state}")).await;
        }
        answer.says(403, "could not be verified");
        assert!(answer.location.is_none(), "{field}: {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_no_tokens_are_a_page_without_their_words() {
    let provider = Dishonest::start(&Key::new("first")).await;
    let place = Place::new(Ground::new().await, &provider.origin, "").await;
    let mut browser = place.browser();
    for (answer, kind) in [
        (json!("<html><script>alert(1)</script></html>"), "text/html"),
        (json!("<html><script>alert(1)</script></html>"), "application/json"),
        (json!({}), "application/json"),
        (json!({ "access_token": "a", "token_type": "Bearer" }), "application/json"),
        (json!("x".repeat(2 << 20)), "application/json"),
    ] {
        let there = way::led_to(&browser.get(LEAVE).await);
        provider.answer(answer, kind);
        let page = browser.get(&format!("{CALLBACK}?code=c&state={}", way::parameter(&there, "state"))).await;
        assert!(page.status == 403 || page.status == 502, "{}", page.body);
        page.says(page.status.as_u16(), "That did not work");
        assert!(!page.body.contains("alert(1)"), "{}", page.body);
    }
    assert!(!is_in(&mut browser).await);
}

//! Tokens that no honest provider makes: whatever is wrong with one, nobody gets in.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::Utc;
use serde_json::{Value, json};

use super::dishonest::{Dishonest, Key, part};
use super::{CALLBACK, Ground, Place, SECRET, is_in, way};
use crate::support::browser::{Answer, Browser};
use crate::support::server::Server;

const BY_NUMBER: &str = "    link_by: employee_number\n    employee_number_claim: employee_number\n";

/// What a browser keeps of its way, with one field changed.
pub(super) fn changed_trip(kept: &str, field: &str, value: &str) -> String {
    let mut kept: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(kept).unwrap()).unwrap();
    kept[field] = value.into();
    BASE64_URL_SAFE_NO_PAD.encode(kept.to_string())
}

/// Merit with a provider that lies.
struct World {
    place: Place,
    provider: Dishonest,
    key: Key,
}

impl World {
    async fn new(more: &str) -> Self {
        let key = Key::new("first");
        let provider = Dishonest::start(&key).await;
        let place = Place::new(Ground::new().await, &provider.origin, &format!("{BY_NUMBER}{more}")).await;
        Self { place, provider, key }
    }

    /// Honest claims.
    fn claims(&self, nonce: &str) -> Value {
        let now = now();
        json!({
            "iss": self.provider.origin, "aud": "merit", "sub": "lin", "iat": now, "exp": now + 300,
            "nonce": nonce, "employee_number": "QL00001",
        })
    }

    /// Goes there and comes back with what `token` makes of the honest claims.
    async fn come_back(&self, browser: &mut Browser, token: impl FnOnce(Value) -> String) -> Answer {
        let there = way::led_to(&browser.get("/sign-in/oidc/company?next=/account").await);
        self.provider.hand_out(&token(self.claims(&way::parameter(&there, "nonce"))));
        browser.get(&format!("{CALLBACK}?code=c&state={}", way::parameter(&there, "state"))).await
    }

    /// What comes back with the honest claims, changed so.
    async fn with(&self, change: impl FnOnce(&mut Value)) -> (Browser, Answer) {
        let mut browser = self.place.browser();
        let answer = self
            .come_back(&mut browser, |mut claims| {
                change(&mut claims);
                self.key.sign(&claims)
            })
            .await;
        (browser, answer)
    }
}

#[expect(clippy::disallowed_methods, reason = "tokens are made for the system's clock")]
fn now() -> i64 {
    Utc::now().timestamp()
}

fn without(claims: &mut Value, name: &str) {
    claims.as_object_mut().unwrap().remove(name);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_token_gets_somebody_in() {
    let world = World::new("").await;
    let (mut browser, answer) = world.with(|_| ()).await;
    answer.leads_to("/account");
    assert!(is_in(&mut browser).await);
    let (_, answer) = world.with(|claims| claims["azp"] = "merit".into()).await;
    answer.leads_to("/account");
    let (_, answer) = world.with(|claims| claims["aud"] = json!(["merit"])).await;
    answer.leads_to("/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_that_do_not_hold_are_refused() {
    let world = World::new("").await;
    type Change = fn(&mut Value);
    let wrong: [(&str, Change); 17] = [
        ("another nonce", |claims| claims["nonce"] = "another".into()),
        ("no nonce", |claims| without(claims, "nonce")),
        ("expired", |claims| claims["exp"] = (now() - 1).into()),
        ("no expiry", |claims| without(claims, "exp")),
        ("from the future", |claims| claims["iat"] = (now() + 3600).into()),
        ("another audience", |claims| claims["aud"] = "another".into()),
        ("a second audience", |claims| claims["aud"] = json!(["merit", "another"])),
        ("no audience", |claims| without(claims, "aud")),
        ("an empty audience", |claims| claims["aud"] = json!([])),
        ("for another party", |claims| claims["azp"] = "another".into()),
        ("another issuer", |claims| claims["iss"] = "https://evil.example".into()),
        ("the issuer with a slash", |claims| claims["iss"] = format!("{}/", claims["iss"].as_str().unwrap()).into()),
        ("no issuer", |claims| without(claims, "iss")),
        ("no subject", |claims| without(claims, "sub")),
        ("an empty subject", |claims| claims["sub"] = "".into()),
        ("a subject with a NUL", |claims| claims["sub"] = "li\0n".into()),
        ("a long subject", |claims| claims["sub"] = "s".repeat(256).into()),
    ];
    for (what, change) in wrong {
        let (mut browser, answer) = world.with(change).await;
        assert_eq!(answer.status, 403, "{what}: {}", answer.body);
        answer.says(403, "could not be verified");
        assert!(!browser.cookies.contains_key("merit") && !is_in(&mut browser).await, "{what}");
    }
    assert!(world.place.logins().await.is_empty());
    assert!(world.place.log("session.begin").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_that_do_not_hold_are_refused() {
    let world = World::new("").await;
    let impostor = Key::new("first");
    let mut browser = world.place.browser();
    let answer = world.come_back(&mut browser, |claims| impostor.sign(&claims)).await;
    answer.says(403, "could not be verified");
    let answer = world
        .come_back(&mut browser, |claims| {
            let token = world.key.sign(&claims);
            let mut other = claims;
            other["employee_number"] = "QL00002".into();
            let parts: Vec<&str> = token.split('.').collect();
            format!("{}.{}.{}", parts[0], part(&other), parts[2])
        })
        .await;
    answer.says(403, "could not be verified");
    for algorithm in ["none", "None", "HS256"] {
        let answer = world
            .come_back(&mut browser, |claims| {
                let signed = format!("{}.{}", part(&json!({ "alg": algorithm })), part(&claims));
                format!("{signed}.{}", if algorithm == "HS256" { hmac(&signed) } else { String::new() })
            })
            .await;
        answer.says(403, "could not be verified");
    }
    for text in ["", "x", "x.y.z", "a.b"] {
        world.come_back(&mut browser, |_| text.to_owned()).await.says(403, "could not be verified");
    }
    assert!(!is_in(&mut browser).await);
}

/// HMAC-SHA-256 (RFC 2104) with the client's secret: a token signed with what both know says nothing about who made it.
fn hmac(text: &str) -> String {
    use openidconnect::core::CoreHmacKey;
    use openidconnect::{PrivateSigningKey as _, core::CoreJwsSigningAlgorithm};
    let key = CoreHmacKey::new(SECRET.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(key.sign(&CoreJwsSigningAlgorithm::HmacSha256, text.as_bytes()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_is_looked_for_and_not_too_often() {
    let world = World::new("").await;
    let (_, answer) = world.with(|_| ()).await;
    answer.leads_to("/account");
    assert_eq!(world.provider.asked("/keys"), 1);
    let second = Key::new("second");
    let mut browser = world.place.browser();
    world.provider.publish(&[&world.key, &second]);
    world.come_back(&mut browser, |claims| second.sign(&claims)).await.leads_to("/account");
    assert_eq!(world.provider.asked("/keys"), 2);
    let unknown = Key::new("unknown");
    let mut browser = world.place.browser();
    for _ in 0..9 {
        world.come_back(&mut browser, |claims| unknown.sign(&claims)).await.says(403, "could not be verified");
    }
    assert_eq!(world.provider.asked("/keys"), 7, "six more a minute and no others");
    let (_, answer) = world.with(|_| ()).await;
    answer.leads_to("/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_issuer_does_not_answer_for_this_one() {
    let world = World::new("").await;
    let mut browser = world.place.browser();
    for (issuer, fits) in [("https%3A%2F%2Fevil.example", false), (&world.provider.origin, true)] {
        let there = way::led_to(&browser.get("/sign-in/oidc/company?next=/account").await);
        world.provider.hand_out(&world.key.sign(&world.claims(&way::parameter(&there, "nonce"))));
        let state = way::parameter(&there, "state");
        let answer = browser.get(&format!("{CALLBACK}?code=c&state={state}&iss={issuer}")).await;
        assert_eq!(answer.status == 303, fits, "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_about_somebody_else_is_refused() {
    let world = World::new("    user_info: true\n").await;
    world.provider.tell(json!({ "sub": "wang", "employee_number": "QL00002" }));
    let (_, answer) = world.with(|_| ()).await;
    answer.says(403, "could not be verified");
    // What is signed goes before what is not.
    world.provider.tell(json!({ "sub": "lin", "employee_number": "QL00002" }));
    let (mut browser, answer) = world.with(|_| ()).await;
    answer.leads_to("/account");
    browser.get("/account").await.says(200, "QL00001");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_that_took_too_long_is_over() {
    let world = World::new("").await;
    let mut browser = world.place.browser();
    for (began, fits) in [(now() - 601, false), (now() + 60, false), (now() - 500, true)] {
        let there = way::led_to(&browser.get("/sign-in/oidc/company?next=/account").await);
        world.provider.hand_out(&world.key.sign(&world.claims(&way::parameter(&there, "nonce"))));
        let kept = BASE64_URL_SAFE_NO_PAD.decode(&browser.cookies["merit-trip"]).unwrap();
        let mut kept: Value = serde_json::from_slice(&kept).unwrap();
        kept["began"] = began.into();
        browser.cookies.insert("merit-trip".into(), BASE64_URL_SAFE_NO_PAD.encode(kept.to_string()));
        let answer = browser.get(&format!("{CALLBACK}?code=c&state={}", way::parameter(&there, "state"))).await;
        assert_eq!(answer.status == 303, fits, "{began}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_provider_is_none_for_the_api() {
    let world = World::new("").await;
    let (_, answer) = world.with(|_| ()).await;
    answer.leads_to("/account");
    let server = Server::start(&world.place.app).await;
    for audience in ["merit", "another"] {
        let mut claims = world.claims("n");
        claims["aud"] = audience.into();
        let answer = server.with_token(&world.key.sign(&claims), "/api/v1/agents").await;
        assert_eq!(answer.status(), 401, "{audience}");
    }
}

//! The whole way through a real provider.

use serde_json::json;

use super::real::World;
use super::{CALLBACK, is_in, way};
use crate::support::browser::Browser;

const BY_NUMBER: &str = "    link_by: employee_number\n    employee_number_claim: employee_number\n";

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_at_the_provider_and_is_known_here() {
    let Some(world) = World::new(BY_NUMBER).await else { return };
    world
        .real
        .people(&json!({ "lin": { "name": "Somebody", "preferred_username": "Lin", "employee_number": "QL00001" } }));
    let mut browser = world.place.browser();
    let page = browser.get("/sign-in?next=/problems").await;
    page.says(200, "href=\"/sign-in/oidc/company?lang=en&amp;next=%2Fproblems\">Company account</a>");
    browser.get("/sign-in?lang=zh").await.says(200, "公司账号");
    let leaving = browser.get("/sign-in/oidc/company?lang=en&next=%2Fproblems").await;
    let there = way::led_to(&leaving);
    assert_eq!(leaving.status, 303);
    assert_eq!(leaving.header("cache-control"), "no-store");
    let trip = leaving.cookies.iter().find(|cookie| cookie.starts_with("merit-trip=")).unwrap();
    assert!(trip.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"), "{trip}");
    for (name, value) in [("response_type", "code"), ("client_id", "merit"), ("code_challenge_method", "S256")] {
        assert_eq!(way::parameter(&there, name), value);
    }
    assert_eq!(way::parameter(&there, "scope"), "openid profile staff");
    assert!(way::parameter(&there, "state").len() >= 43 && way::parameter(&there, "nonce").len() >= 43);
    let back = way::through(&mut world.at_provider(), &there, "lin", &world.place.origin).await;
    let answer = browser.get(&back).await;
    answer.leads_to("/problems");
    assert!(answer.cookies.iter().any(|cookie| cookie.starts_with("merit-trip=;") && cookie.contains("Max-Age=0")));
    // The roster's name, not the one somebody gives themselves.
    browser.get("/account").await.says(200, "Lin Yue");
    assert_eq!(world.place.logins().await, ["company-lin"]);
    browser.get("/sign-in/oidc/company?next=/account").await.leads_to("/account");
    let begun = world.place.log("session.begin").await;
    assert_eq!(begun, [("provider:company".into(), "company-lin".into(), "provider=company".into())]);
    // The second time it is the same account.
    world.signed_in("lin").await;
    assert_eq!(world.place.logins().await, ["company-lin"]);
    browser.submit("/", "/sign-out", &[]).await.leads_to("/");
    assert!(!is_in(&mut browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_may_come_from_userinfo() {
    let Some(world) = World::telling(&format!("{BY_NUMBER}    user_info: true\n"), false).await else { return };
    world.real.people(&json!({ "lin": { "employee_number": "QL00001" } }));
    let mut browser = world.signed_in("lin").await;
    browser.get("/account").await.says(200, "QL00001");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_browser_that_went_comes_back() {
    let Some(world) = World::new(BY_NUMBER).await else { return };
    world.real.people(&json!({ "lin": { "employee_number": "QL00001" }, "wang": { "employee_number": "QL00002" } }));
    let mut lin = world.place.browser();
    let back = world.way_back(&mut lin, "/", "lin").await;
    // Another browser, without and with a way of its own.
    let mut other = world.place.browser();
    other.get(&back).await.says(403, "begun in another browser");
    world.way_back(&mut other, "/", "wang").await;
    other.get(&back).await.says(403, "begun in another browser");
    assert!(!is_in(&mut other).await);
    // The state of this browser's way with somebody else's code: the code belongs to another secret.
    let state = way::parameter(&format!("{}{back}", world.place.origin), "state");
    let mut thief = world.place.browser();
    let theirs = world.way_back(&mut thief, "/", "wang").await;
    let code = way::parameter(&format!("{}{theirs}", world.place.origin), "code");
    lin.get(&format!("{CALLBACK}?code={code}&state={state}")).await.says(403, "does not accept this answer");
    assert!(!is_in(&mut lin).await);
    for bad in ["", "?state=x", "?code=x", "?code=x&state=", "?code=x&code=y&state=z", "?error=access_denied"] {
        world.place.browser().get(&format!("{CALLBACK}{bad}")).await.says(403, "begun in another browser");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once() {
    let Some(world) = World::new(BY_NUMBER).await else { return };
    world.real.people(&json!({ "lin": { "employee_number": "QL00001" } }));
    let mut browser = world.place.browser();
    let back = world.way_back(&mut browser, "/account", "lin").await;
    let mut copy = Browser::new(&world.place.origin);
    copy.cookies = browser.cookies.clone();
    browser.get(&back).await.leads_to("/account");
    // Without what the browser kept of its way, and with a copy of it.
    browser.get(&back).await.says(403, "begun in another browser");
    copy.get(&back).await.says(403, "does not accept this answer");
    assert!(!is_in(&mut copy).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_to_a_page_of_this_site_alone() {
    let Some(world) = World::new(BY_NUMBER).await else { return };
    world.real.people(&json!({ "lin": { "employee_number": "QL00001" } }));
    for evil in
        ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/\t/evil.example"]
    {
        let asked: String = evil.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let mut browser = world.place.browser();
        let back = world.way_back(&mut browser, &asked, "lin").await;
        browser.get(&back).await.leads_to("/");
    }
    // What the browser keeps is its own to change; it leads nowhere else either.
    let mut browser = world.place.browser();
    let back = world.way_back(&mut browser, "/", "lin").await;
    let kept = super::tokens::changed_trip(&browser.cookies["merit-trip"], "next", "//evil.example");
    browser.cookies.insert("merit-trip".into(), kept);
    browser.get(&back).await.leads_to("/");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_is_a_new_one() {
    let Some(world) = World::new(BY_NUMBER).await else { return };
    world.real.people(&json!({ "lin": { "employee_number": "QL00001" } }));
    let mut browser = world.place.browser();
    browser.cookies.insert("merit".into(), "planted".into());
    world.sign_in(&mut browser, "lin").await.leads_to("/account");
    let first = browser.cookies["merit"].clone();
    assert!(first != "planted" && first.len() == 43, "{first}");
    // Somebody else signs in with a browser in which a session is open: it ends.
    world.place.account("other", None).await;
    let mut other = world.place.browser();
    let back = world.way_back(&mut other, "/account", "lin").await;
    other.sign_in("other", super::PASSWORD).await.leads_to("/");
    let others = other.cookies["merit"].clone();
    other.get(&back).await.leads_to("/account");
    assert_ne!(other.cookies["merit"], others);
    let mut planted = world.place.browser();
    planted.cookies.insert("merit".into(), others);
    assert!(!is_in(&mut planted).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_provider_is_a_page_without_its_words() {
    let Some(world) = World::new(BY_NUMBER).await else { return };
    let state = |there: &str| way::parameter(there, "state");
    let mut browser = world.place.browser();
    let there = way::led_to(&browser.get("/sign-in/oidc/company?next=/").await);
    let asked =
        format!("{CALLBACK}?error=access_denied&error_description=%3Cb%3Ebad%3C%2Fb%3E&state={}", state(&there));
    let page = browser.get(&asked).await;
    page.says(403, "You were not let in there");
    assert!(!page.body.contains("bad"), "{}", page.body);
    for (code, shown) in [("server_error", true), ("%3Cscript%3Ealert(1)%3C%2Fscript%3E", false)] {
        let there = way::led_to(&browser.get("/sign-in/oidc/company?next=/").await);
        let page = browser.get(&format!("{CALLBACK}?error={code}&state={}&lang=zh", state(&there))).await;
        page.says(403, "登录服务报告了问题");
        assert_eq!(page.body.contains("<code>server_error</code>"), shown);
        assert!(!page.body.contains("alert(1)"), "{}", page.body);
    }
    browser.get("/sign-in/oidc/nobody?lang=en").await.says(404, "no such way to sign in");
    browser.get("/sign-in/oidc/nobody/callback?code=x&state=y").await.says(403, "begun in another browser");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_fetched_when_they_are_needed() {
    let Some(mut world) = World::new(BY_NUMBER).await else { return };
    let people = json!({ "lin": { "employee_number": "QL00001" } });
    world.real.people(&people);
    world.signed_in("lin").await;
    world.real.restart();
    let mut browser = world.signed_in("lin").await;
    assert!(is_in(&mut browser).await);
}

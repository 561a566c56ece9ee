//! From claims to grants: given and taken at each sign-in, beside what an administrator grants.

use merit::app::GrantOrder;
use merit::domain::authority::Role;
use reqwest::Method;
use serde_json::json;

use super::Place;
use super::real::World;
use crate::support::server::{Server, json as answered};

const RULES: &str = "    grants:\n      \
    - { when: { claim: groups, value: merit-hr }, role: hr, with_pay: true }\n      \
    - { when: { claim: groups, value: leads }, role: supervisor, unit: T1 }\n      \
    - { when: { claim: groups, value: ghosts }, role: supervisor, unit: NOWHERE }\n      \
    - { when: { claim: groups, value: admins }, role: admin }\n";

fn claimed(role: &str, unit: Option<&str>, with_pay: bool) -> (String, Option<String>, bool, bool) {
    (role.to_owned(), unit.map(str::to_owned), with_pay, true)
}

fn by_hand(role: &str) -> (String, Option<String>, bool, bool) {
    (role.to_owned(), None, false, false)
}

async fn give(place: &Place, login: &str, role: Role) {
    let account = place.app.account_named(login).await.unwrap().account.public_id;
    let (unit, with_pay, first_day, last_day) = (None, false, None, None);
    place.app.grant(GrantOrder { account, role, unit, with_pay, first_day, last_day }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_follow_the_claims_at_each_sign_in() {
    let Some(world) = World::new(RULES).await else { return };
    let (place, real) = (&world.place, &world.real);
    real.people(
        &json!({ "guan": { "preferred_username": "guan", "groups": ["merit-hr", "leads", "ghosts", "staff"] } }),
    );
    let mut browser = world.signed_in("guan").await;
    let both = [claimed("hr", None, true), claimed("supervisor", Some("T1"), false)];
    assert_eq!(place.grants("company-guan").await, both);
    let page = browser.get("/account").await;
    page.says(200, "<strong>HR</strong>: the whole organisation, with pay");
    page.says(200, &format!("by what {} says of you", real.origin));
    // Nothing changed: nothing is written.
    world.signed_in("guan").await;
    assert_eq!(place.grants("company-guan").await, both);
    assert_eq!(place.log("grant.create").await.len(), 2);
    give(place, "company-guan", Role::Auditor).await;
    give(place, "company-guan", Role::Hr).await;
    real.people(&json!({ "guan": { "preferred_username": "other", "groups": ["leads", "admins"] } }));
    world.signed_in("guan").await;
    let left =
        [claimed("admin", None, false), by_hand("auditor"), by_hand("hr"), claimed("supervisor", Some("T1"), false)];
    assert_eq!(place.grants("company-guan").await, left);
    real.people(&json!({ "guan": {} }));
    let mut browser = world.signed_in("guan").await;
    assert_eq!(place.grants("company-guan").await, [by_hand("auditor"), by_hand("hr")]);
    browser.get("/account").await.says(200, "<strong>Auditor</strong>");
    let revoked = place.log("grant.revoke").await;
    let told: Vec<_> =
        revoked.iter().map(|(actor, _, detail)| (actor.as_str(), detail.ends_with(&real.origin))).collect();
    assert_eq!(told, [("provider:company", true); 3], "{revoked:?}");
    let account = place.app.account_named("company-guan").await.unwrap().account.public_id;
    assert!(revoked[0].2.contains(&format!("account={account} role=hr unit=* with_pay=true")), "{revoked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_where_a_grant_comes_from() {
    let Some(world) = World::new(RULES).await else { return };
    world.real.people(&json!({ "guan": { "preferred_username": "guan", "groups": ["merit-hr"] } }));
    world.signed_in("guan").await;
    give(&world.place, "company-guan", Role::Auditor).await;
    let server = Server::start(&world.place.app).await;
    let id = world.place.app.account_named("company-guan").await.unwrap().account.public_id;
    let request = server.request(Method::GET, &format!("/api/v1/users/{id}/grants")).bearer_auth(&server.token);
    let (_, grants) = answered(request.send().await.unwrap()).await;
    assert_eq!(grants["items"][0]["origin"], world.real.origin);
    assert_eq!((&grants["items"][1]["role"], grants["items"][1].get("origin")), (&json!("auditor"), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_claims_grant_counts_in_sessions_begun_with_them_alone() {
    let Some(world) = World::new(RULES).await else { return };
    world.real.people(&json!({ "guan": { "preferred_username": "guan", "groups": ["merit-hr"] } }));
    let mut by_provider = world.signed_in("guan").await;
    let account = world.place.app.account_named("company-guan").await.unwrap().account;
    by_provider.get("/account").await.says(200, "<strong>HR</strong>");
    world.place.app.set_password(account.public_id, super::PASSWORD).await.unwrap();
    let mut by_password = world.place.browser();
    by_password.sign_in("company-guan", super::PASSWORD).await.leads_to("/");
    // Whoever left the group at the provider does not keep its rights by a password.
    by_password.get("/account").await.says(200, "Nothing yet: your administrator grants it.");
}

//! Linking from the page of one's account, and taking the link away.

use serde_json::json;

use super::real::World;
use super::{PASSWORD, is_in, way};
use crate::support::browser::Browser;

const LINK: &str = "/account/oidc/company/link";
const UNLINK: &str = "/account/oidc/company/unlink";

/// Where the page that follows the form leads: to the provider.
fn continued(page: &str) -> String {
    let link =
        page.split("<a href=\"").find(|part| part.contains("code_challenge")).unwrap_or_else(|| panic!("{page}"));
    link.split('"').next().unwrap().replace("&#38;", "&")
}

/// The path back, after somebody who is signed in here asked to link and signed in there.
async fn way_back(world: &World, browser: &mut Browser, login: &str) -> String {
    let page = browser.submit("/account", LINK, &[("password", PASSWORD)]).await;
    page.says(200, "Continue");
    way::through(&mut world.at_provider(), &continued(&page.body), login, &world.place.origin).await
}

async fn signed_in(world: &World, login: &str) -> Browser {
    let mut browser = world.place.browser();
    browser.sign_in(login, PASSWORD).await.leads_to("/");
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_links_and_unlinks_their_own_account() {
    let Some(world) = World::new("").await else { return };
    world.place.account("guan", None).await;
    world.real.people(&json!({ "guan.li": {} }));
    let mut browser = signed_in(&world, "guan").await;
    browser
        .submit("/account", LINK, &[("password", "wrong wrong wrong")])
        .await
        .says(422, "current password is not right");
    browser.submit("/account", LINK, &[]).await.says(422, "current password is not right");
    let back = way_back(&world, &mut browser, "guan.li").await;
    browser.get(&back).await.leads_to("/account");
    browser.get("/account?lang=zh").await.says(200, "取消关联");
    let told = world.place.log("identity.link").await;
    assert_eq!(told, [("guan".into(), "guan".into(), format!("issuer={} by=account", world.real.origin))]);
    let mut other = world.signed_in("guan.li").await;
    other.get("/account").await.says(200, "guan");
    other.submit("/account", UNLINK, &[]).await.leads_to("/account");
    assert!(!is_in(&mut other).await, "sessions begun there end");
    assert!(is_in(&mut browser).await, "others do not");
    world.sign_in(&mut other, "guan.li").await.says(403, "have no account here");
    assert_eq!(world.place.log("identity.unlink").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_made_to_link_somebody_elses_identity() {
    let Some(world) = World::new("").await else { return };
    world.place.account("victim", None).await;
    world.place.account("attacker", None).await;
    world.real.people(&json!({ "evil": {} }));
    // A form of another site.
    let mut victim = signed_in(&world, "victim").await;
    victim.post(LINK, &[("password", PASSWORD)]).await.says(403, "not valid any more");
    // The attacker's way back, opened in the victim's browser.
    let mut attacker = signed_in(&world, "attacker").await;
    let back = way_back(&world, &mut attacker, "evil").await;
    victim.get(&back).await.says(403, "begun in another browser");
    // The attacker's cookie as well, planted: it is for another session.
    victim.cookies.insert("merit-trip".into(), attacker.cookies["merit-trip"].clone());
    victim.get(&back).await.says(403, "begun in another browser");
    let account = world.place.app.account_named("victim").await.unwrap().account;
    assert!(world.place.app.identities(account.public_id).await.unwrap().is_empty());
    // Nobody who is not signed in links anything.
    let mut nobody = world.place.browser();
    nobody.submit("/sign-in", LINK, &[("password", PASSWORD)]).await.leads_to("/sign-in?next=/account");
    attacker.submit("/", "/sign-out", &[]).await.leads_to("/");
    attacker.get(&back).await.says(403, "begun in another browser");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_belongs_to_one_account_and_an_account_has_one_there() {
    let Some(world) = World::new("").await else { return };
    world.place.account("first", None).await;
    world.place.account("second", None).await;
    world.real.people(&json!({ "one": {}, "two": {} }));
    let (mut first, mut second) = (signed_in(&world, "first").await, signed_in(&world, "second").await);
    let back = way_back(&world, &mut first, "one").await;
    first.get(&back).await.leads_to("/account");
    for (browser, login) in [(&mut second, "one"), (&mut first, "two")] {
        let back = way_back(&world, browser, login).await;
        browser.get(&back).await.says(403, "not free for each other");
    }
    assert_eq!(world.place.log("identity.link").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_way_in_is_kept() {
    let Some(world) = World::new("    grants: [{ when: { claim: groups, value: a }, role: auditor }]\n").await else {
        return;
    };
    world.real.people(&json!({ "guan": { "preferred_username": "guan", "groups": ["a"] } }));
    let mut browser = world.signed_in("guan").await;
    let page = browser.get("/account").await;
    assert!(!page.body.contains("/account/password"), "without a password there is none to change: {}", page.body);
    browser.submit("/account", UNLINK, &[]).await.says(422, "your only way in");
    assert!(is_in(&mut browser).await);
    // An administrator may: nothing is left of it.
    let account = world.place.app.account_named("company-guan").await.unwrap().account;
    let listed = world.place.merit(&["user", "identities", "company-guan", "--format", "csv"]);
    assert!(listed.contains(&format!("{},guan,", world.real.origin)), "{listed}");
    let granted = world.place.merit(&["grant", "list", "company-guan", "--format", "csv"]);
    assert!(granted.lines().nth(1).unwrap().ends_with(&world.real.origin), "{granted}");
    let said = world.place.merit(&["user", "unlink", "company-guan", &world.real.origin]);
    assert!(said.contains("is not linked to"), "{said}");
    assert!(!is_in(&mut browser).await);
    assert!(world.place.grants("company-guan").await.is_empty());
    let again = world.place.app.unlink_identity(account.public_id, &world.real.origin).await;
    assert!(again.unwrap_err().to_string().contains("linked to nobody"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_does_not_link_somebody_of_another_number() {
    let by_number = "    link_by: employee_number\n    employee_number_claim: employee_number\n";
    let Some(world) = World::new(by_number).await else { return };
    world.place.account("lin", Some("QL00001")).await;
    world.real.people(&json!({ "wang": { "employee_number": "QL00002" }, "lin": { "employee_number": "QL00001" } }));
    let mut lin = signed_in(&world, "lin").await;
    let back = way_back(&world, &mut lin, "wang").await;
    lin.get(&back).await.says(403, "not that of the account here");
    let back = way_back(&world, &mut lin, "lin").await;
    lin.get(&back).await.leads_to("/account");
}

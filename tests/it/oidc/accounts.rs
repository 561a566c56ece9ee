//! Whose account somebody gets who comes from a provider for the first time, and whose never.

use merit::app::AccountChange;
use serde_json::json;

use super::is_in;
use super::real::World;

const BY_NUMBER: &str = "    link_by: employee_number\n    employee_number_claim: employee_number\n";
const GRANTS: &str = "    grants:\n      - { when: { claim: groups, value: auditors }, role: auditor }\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_the_employee_number_is_linked() {
    let Some(world) = World::new(BY_NUMBER).await else { return };
    let account = world.place.account("lin.yue", Some("QL00001")).await;
    world.real.people(&json!({ "lin": { "employee_number": "QL00001" } }));
    let mut browser = world.signed_in("lin").await;
    browser.get("/account").await.says(200, "lin.yue");
    assert_eq!(world.place.logins().await, ["lin.yue"]);
    let linked = world.place.app.identities(account.public_id).await.unwrap();
    assert_eq!(
        (linked.len(), linked[0].issuer.as_str(), linked[0].subject.as_str()),
        (1, world.real.origin.as_str(), "lin")
    );
    let told = world.place.log("identity.link").await;
    let detail = format!("issuer={} by=employee_number", world.real.origin);
    assert_eq!(told, [("provider:company".into(), "lin.yue".into(), detail)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_an_account_by_login_name_or_address() {
    let Some(world) = World::new(GRANTS).await else { return };
    let theirs = world.place.account("lin@example.com", Some("QL00001")).await;
    world.place.account("company-lin", None).await;
    let claims = json!({
        "preferred_username": "lin@example.com", "email": "lin@example.com", "email_verified": true, "name": "Lin Yue",
        "employee_number": "QL00001",
    });
    world.real.people(&json!({ "lin@example.com": claims }));
    let mut browser = world.place.browser();
    world.sign_in(&mut browser, "lin@example.com").await.says(403, "have no account here");
    assert!(!is_in(&mut browser).await);
    // With something granted they get an account of their own, whatever they call themselves.
    let mut with_grant = claims.clone();
    with_grant["groups"] = json!(["auditors"]);
    let mut taken = with_grant.clone();
    taken["preferred_username"] = "lin".into();
    world.real.people(&json!({ "lin@example.com": with_grant, "lin": taken }));
    world.signed_in("lin@example.com").await;
    world.signed_in("lin").await;
    let logins = world.place.logins().await;
    assert_eq!(logins.len(), 4, "{logins:?}");
    assert!(logins.contains(&"company-lin@example.com".to_owned()), "{logins:?}");
    assert!(logins.iter().any(|login| login.len() == "company-".len() + 16), "{logins:?}");
    assert!(world.place.app.identities(theirs.public_id).await.unwrap().is_empty());
    let refused = world.place.log("session.refuse").await;
    let detail = "provider=company reason=no_account".to_owned();
    assert_eq!(refused, [("provider:company".into(), "unknown".into(), detail)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_has_one_person_at_a_provider() {
    let Some(world) = World::new(BY_NUMBER).await else { return };
    world.real.people(&json!({ "lin": { "employee_number": "QL00001" }, "thief": { "employee_number": "QL00001" } }));
    world.signed_in("lin").await;
    let mut browser = world.place.browser();
    world.sign_in(&mut browser, "thief").await.says(403, "not free for each other");
    assert!(!is_in(&mut browser).await);
    // Who is linked and says another number now is not who they were.
    world.real.people(&json!({ "lin": { "employee_number": "QL00002" } }));
    world.sign_in(&mut browser, "lin").await.says(403, "not that of the account here");
    world.real.people(&json!({ "lin": { "employee_number": "QL99999" } }));
    world.sign_in(&mut browser, "lin").await.says(403, "not that of the account here");
    assert!(!is_in(&mut browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn leavers_and_people_that_nothing_is_for_get_no_account() {
    let Some(world) = World::new(&format!("{BY_NUMBER}{GRANTS}")).await else { return };
    world.real.people(&json!({
        "zhao": { "employee_number": "QL00003", "groups": ["auditors"] },
        "guest": {},
        "unknown": { "employee_number": "QL99999" },
    }));
    for login in ["zhao", "guest", "unknown"] {
        let mut browser = world.place.browser();
        world.sign_in(&mut browser, login).await.says(403, "have no account here");
    }
    assert!(world.place.logins().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_accounts_are_not_made_they_are_linked_only() {
    let Some(world) = World::new(&format!("{BY_NUMBER}{GRANTS}    make_accounts: false\n")).await else { return };
    world.place.account("lin.yue", Some("QL00001")).await;
    world.real.people(&json!({
        "lin": { "employee_number": "QL00001" },
        "wang": { "employee_number": "QL00002", "groups": ["auditors"] },
    }));
    world.signed_in("lin").await;
    let mut browser = world.place.browser();
    world.sign_in(&mut browser, "wang").await.says(403, "have no account here");
    assert_eq!(world.place.logins().await, ["lin.yue"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_stays_out() {
    let Some(world) = World::new(&format!("{BY_NUMBER}{GRANTS}")).await else { return };
    let account = world.place.account("lin.yue", Some("QL00001")).await;
    let disabled = AccountChange { name: None, disabled: Some(true) };
    let change = world.place.app.change_account(account.public_id, account.version, disabled.clone());
    change.await.unwrap();
    world.real.people(&json!({ "lin": { "employee_number": "QL00001" }, "wang": { "employee_number": "QL00002", "preferred_username": "wang" } }));
    let mut browser = world.place.browser();
    world.sign_in(&mut browser, "lin").await.says(403, "Your account here is disabled");
    assert!(world.place.app.identities(account.public_id).await.unwrap().is_empty(), "nor is it linked");
    // One that is linked already.
    let mut wang = world.signed_in("wang").await;
    let account = world.place.app.account_named("company-wang").await.unwrap().account;
    world.place.app.change_account(account.public_id, account.version, disabled).await.unwrap();
    assert!(!is_in(&mut wang).await);
    world.real.people(&json!({ "wang": { "employee_number": "QL00002", "groups": ["auditors"] } }));
    world.sign_in(&mut wang, "wang").await.says(403, "Your account here is disabled");
    assert!(!is_in(&mut wang).await);
    assert!(
        !world.place.grants("company-wang").await.iter().any(|grant| grant.0 == "auditor"),
        "nor is anything granted"
    );
    let refused = world.place.log("session.refuse").await;
    assert!(refused.iter().all(|entry| entry.2 == "provider=company reason=disabled"), "{refused:?}");
}

//! One's own account.

use merit::app::{AccountKind, AccountOrder, GrantOrder};
use merit::domain::authority::Role;

use super::{PASSWORD, Place, is_in};
use crate::support::browser::Browser;
use crate::support::company::Company;
use crate::support::server::listen;

#[tokio::test(flavor = "multi_thread")]
async fn somebody_sees_who_they_are_and_what_they_may_do() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let order = AccountOrder { kind: AccountKind::Person, login: "lin", name: "Lin Yue", agent: Some("E001") };
    let account = app.create_account(order).await.unwrap().account.public_id;
    let last_day = app.clock().today().checked_add_days(chrono::Days::new(30));
    let (role, unit, first_day) = (Role::Supervisor, Some("T1"), None);
    app.grant(GrantOrder { account, role, unit, with_pay: true, first_day, last_day }).await.unwrap();
    let revoked = GrantOrder { account, role: Role::Hr, unit: None, with_pay: false, first_day, last_day: None };
    let revoked = app.grant(revoked).await.unwrap().grant.public_id;
    app.revoke_grant(revoked).await.unwrap();
    app.set_password(account, PASSWORD).await.unwrap();
    let (address, _stop) = listen(&app).await;
    let mut browser = Browser::new(&format!("http://{address}"));
    browser.sign_in("lin", PASSWORD).await.leads_to("/");
    let page = browser.get("/account?lang=en").await;
    for text in [
        "Lin Yue",
        "E001",
        "<strong>Agent</strong>: your own results",
        "unit T1 and everything below it, with pay, until ",
    ] {
        page.says(200, text);
    }
    assert!(!page.body.contains("<strong>HR"), "what was revoked is not shown");
    assert_eq!(page.header("cache-control"), "no-store");
    browser.get("/account?lang=zh").await.says(200, "单位 T1 及其下属，含薪酬，有效期至");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_every_other_session() {
    let place = Place::new().await;
    place.member("lin").await;
    let (mut here, mut there) = (place.signed_in("lin").await, place.signed_in("lin").await);
    let new = "harbour thimble oats";
    let change = |current, password, again| [("current", current), ("password", password), ("again", again)];
    for (fields, says) in [
        (change("wrong wrong wrong", new, new), "The current password is not right."),
        (change(PASSWORD, new, "harbour thimble oat"), "differ"),
        (change(PASSWORD, "short", "short"), "too short"),
        (change(PASSWORD, "I am lin yue!", "I am lin yue!"), "contains your login or name"),
    ] {
        here.submit("/account", "/account/password", &fields).await.says(422, says);
    }
    assert!(is_in(&mut there).await);
    let answer = here.submit("/account", "/account/password", &change(PASSWORD, new, new)).await;
    answer.says(200, "Your password is changed.");
    assert!(is_in(&mut here).await && !is_in(&mut there).await);
    there.sign_in("lin", PASSWORD).await.says(403, "not right");
    there.sign_in("lin", new).await.leads_to("/");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_the_current_password_has_to_wait_too() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut browser = place.signed_in("lin").await;
    let new = ("password", "harbour thimble oats");
    let fields = [("current", "wrong wrong wrong"), new, ("again", new.1)];
    for _ in 0..5 {
        browser.submit("/account", "/account/password", &fields).await.says(422, "not right");
    }
    let answer = browser.submit("/account", "/account/password", &fields).await;
    answer.says(429, "Too many failed tries");
    assert!(answer.header("retry-after").parse::<u32>().unwrap() <= 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_is_asked_to() {
    let place = Place::new().await;
    let mut browser = place.browser();
    browser.get("/account").await.leads_to("/sign-in?next=/account");
    browser
        .submit("/sign-in", "/account/password", &[("current", "x"), ("password", "y"), ("again", "y")])
        .await
        .leads_to("/sign-in?next=/account");
    browser.submit("/sign-in", "/account/sign-out-everywhere", &[]).await.leads_to("/sign-in?next=/account");
}

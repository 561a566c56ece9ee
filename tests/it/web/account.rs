//! One's own account.

use merit::app::{AccountKind, AccountOrder, ContactOrder, GrantOrder, Slice, WantedEntries};
use merit::domain::authority::Role;
use merit::domain::notice::NoticeKind;
use merit::domain::text::Language;

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

#[tokio::test(flavor = "multi_thread")]
async fn people_choose_the_language_they_are_written_to_in_and_keep_their_address() {
    let place = Place::new().await;
    let lin = place.member("lin").await;
    let order = ContactOrder { email: Some("lin@example.com".to_owned()), ..ContactOrder::default() };
    let version =
        place.app.set_contact(lin.public_id, lin.version + 1, &order).await.unwrap().account.version.to_string();
    let mut browser = place.signed_in("lin").await;
    let fields = [
        ("version", version.as_str()),
        ("language", "zh"),
        ("wish.pull_failed", "on"),
        ("email", "somebody@example.com"),
    ];
    browser.submit("/account", "/account/wishes", &fields).await.leads_to("/account");
    let contact = place.app.account_named("lin").await.unwrap().account.contact;
    assert_eq!((contact.email.as_deref(), contact.language), (Some("lin@example.com"), Language::Chinese));
    assert_eq!(contact.wishes, [NoticeKind::PullFailed]);
    browser.submit("/account", "/account/wishes?lang=en", &fields).await.says(409, "was changed meanwhile");
    let unknown = [("version", "0"), ("language", "zh"), ("wish.gossip", "on")];
    browser.submit("/account", "/account/wishes", &unknown).await.says(409, "gossip");
    // The log names nobody, and no digest of an address can be guessed.
    let wanted = WantedEntries { act: Some("account.set_contact".to_owned()), ..WantedEntries::default() };
    let entries = place.app.audit_entries(&Slice::first(), &wanted).await.unwrap().rows;
    assert!(entries.iter().all(|entry| entry.entry.record.subject == lin.public_id.to_string()), "{entries:?}");
}

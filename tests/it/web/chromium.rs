//! The forms in real Chromium, with scripts on: signing in and out, an invitation, the account, the languages.

use merit::app::LinkPurpose;

use super::{PASSWORD, Place};
use crate::support::chromium::Chromium;

const OTHER: &str = "moss lantern kettle 34";

/// Nothing was complained of, but for answers to forms that say what was wrong, which browsers tell of by their status.
async fn assert_content(chromium: &Chromium, statuses: &[u16]) {
    let complaints = chromium.complaints().await;
    let expected = |complaint: &String| {
        statuses.iter().any(|status| complaint.contains(&format!("responded with a status of {status} ")))
    };
    let others: Vec<_> = complaints.iter().filter(|complaint| !expected(complaint)).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_and_out_in_both_languages() {
    let place = Place::new().await;
    place.member("lin").await;
    let Some(chromium) = Chromium::start().await else { return };
    chromium.widen(1280).await;
    chromium.open(&format!("{}/account", place.origin)).await;
    assert_eq!(chromium.place().await, "/sign-in?next=/account");
    chromium.types("login", "lin").await;
    chromium.types("password", "not the password").await;
    chromium.sends("password").await;
    chromium.sees("Login or password is not right.").await;
    assert_eq!(chromium.run("return document.activeElement.id").await, "password", "only that is typed again");
    assert_eq!(chromium.run("return document.getElementById('login').value").await, "lin");
    assert_content(&chromium, &[403]).await;

    chromium.clicks("中文").await;
    chromium.sees("登录名").await;
    chromium.types("login", "lin").await;
    chromium.types("password", PASSWORD).await;
    chromium.sends("password").await;
    chromium.sees("权限").await;
    assert_eq!(chromium.place().await, "/account");
    assert_eq!(chromium.run("return document.documentElement.lang").await, "zh-CN");
    chromium.clicks("English").await;
    chromium.sees("What you may see and do").await;
    chromium.open(&format!("{}/problems", place.origin)).await;
    assert_eq!(chromium.run("return document.documentElement.lang").await, "en");
    chromium.clicks("Sign out").await;
    chromium.sees("Sign in").await;
    assert_eq!(chromium.place().await, "/");
    chromium.open(&format!("{}/account", place.origin)).await;
    assert_eq!(chromium.place().await, "/sign-in?next=/account");
    assert_content(&chromium, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_leads_to_an_account_whose_password_can_be_changed() {
    let place = Place::new().await;
    let account = place.person("lin", "Lin Yue").await;
    let link = place.app.create_link(account.public_id, LinkPurpose::Invite).await.unwrap().token;
    // As wide as a telephone.
    let Some(chromium) = Chromium::start().await else { return };
    chromium.widen(400).await;
    chromium.open(&format!("{}/welcome/{link}", place.origin)).await;
    chromium.sees("Welcome").await;
    let set = async |first: &str, again: &str| {
        chromium.types("new", first).await;
        chromium.types("again", again).await;
        chromium.sends("again").await;
    };
    set(PASSWORD, OTHER).await;
    chromium.sees("The two new passwords differ").await;
    set(PASSWORD, PASSWORD).await;
    chromium.sees("Change your password").await;
    assert_eq!(chromium.place().await, "/account");
    assert_content(&chromium, &[422]).await;

    let change = async |current: &str| {
        chromium.types("current", current).await;
        set(OTHER, OTHER).await;
    };
    change("not the password").await;
    chromium.sees("The current password is not right.").await;
    change(PASSWORD).await;
    chromium.sees("Your password is changed.").await;
    let sideways = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert_eq!(chromium.run(sideways).await, false, "nothing is beside the screen");
    chromium.clicks("Sign out everywhere").await;
    chromium.sees("Sign in").await;
    assert_content(&chromium, &[422]).await;
    chromium.open(&format!("{}/welcome/{link}", place.origin)).await;
    chromium.sees("This link does not work any more").await;
    assert_content(&chromium, &[404]).await;
}

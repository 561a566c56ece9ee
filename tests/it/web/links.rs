//! Invitations and resets: they set a password once, in time.

use chrono::TimeDelta;
use merit::app::{AccountChange, AppError, LinkPurpose};

use super::{PASSWORD, Place, is_in};

const ENDED: &str = "This link does not work any more";

async fn link(place: &Place, login: &str, purpose: LinkPurpose) -> String {
    let account = place.app.account_named(login).await.unwrap().account.public_id;
    format!("/welcome/{}", place.app.create_link(account, purpose).await.unwrap().token)
}

const NEW: [(&str, &str); 2] = [("password", "harbour thimble oats"), ("again", "harbour thimble oats")];

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_sets_a_password_and_signs_in_once() {
    let place = Place::new().await;
    place.person("lin", "Lin Yue").await;
    let link = link(&place, "lin", LinkPurpose::Invite).await;
    let mut browser = place.browser();
    let page = browser.get(&link).await;
    page.says(200, "Welcome, Lin Yue");
    assert_eq!(page.header("cache-control"), "no-store");
    browser.submit(&link, &link, &NEW).await.leads_to("/account");
    assert!(is_in(&mut browser).await);
    // Replayed, by the same and by another browser.
    browser.get(&link).await.says(404, ENDED);
    let mut another = place.browser();
    another.get(&link).await.says(404, ENDED);
    let replayed = [("password", "somebody else's phrase"), ("again", "somebody else's phrase")];
    another.submit("/sign-in", &link, &replayed).await.says(404, ENDED);
    assert!(!is_in(&mut another).await);
    another.sign_in("lin", "somebody else's phrase").await.says(403, "not right");
    another.sign_in("lin", NEW[0].1).await.leads_to("/");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_uses_at_once_set_one_password() {
    let place = Place::new().await;
    place.person("lin", "Lin Yue").await;
    let link = link(&place, "lin", LinkPurpose::Invite).await;
    let mut browsers = Vec::new();
    for _ in 0..4 {
        let mut browser = place.browser();
        let token = browser.get(&link).await.form_token();
        browsers.push((browser, token));
    }
    let uses = browsers.iter_mut().map(|(browser, token)| {
        let fields = [NEW[0], NEW[1], ("form_token", token.as_str())];
        let link = &link;
        async move { browser.post(link, &fields).await.status.as_u16() }
    });
    let mut statuses = futures::future::join_all(uses).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404, 404, 404]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_leaves_the_link_as_it_is() {
    let place = Place::new().await;
    place.person("lin", "Lin Yue").await;
    let link = link(&place, "lin", LinkPurpose::Invite).await;
    let mut browser = place.browser();
    for (password, again, says) in [
        ("too short", "too short", "too short"),
        ("password1234", "password1234", "first that are guessed"),
        ("my name is lin yue", "my name is lin yue", "contains your login or name"),
        ("harbour thimble oats", "harbour thimble oat", "differ"),
    ] {
        let answer = browser.submit(&link, &link, &[("password", password), ("again", again)]).await;
        answer.says(422, says);
        assert!(!answer.body.contains(&format!("value=\"{password}\"")));
    }
    browser.submit(&link, &link, &NEW).await.leads_to("/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_end_in_time_and_when_a_newer_one_is_made() {
    let place = Place::new().await;
    place.person("new", "Wu Jing").await;
    place.member("lin").await;
    let invitation = link(&place, "new", LinkPurpose::Invite).await;
    let older = link(&place, "lin", LinkPurpose::Reset).await;
    let reset = link(&place, "lin", LinkPurpose::Reset).await;
    let mut browser = place.browser();
    browser.get(&older).await.says(404, ENDED);
    browser.get("/welcome/nothing").await.says(404, ENDED);
    for (path, good, over) in [
        (&invitation, TimeDelta::hours(7 * 24 - 1), TimeDelta::hours(7 * 24)),
        (&reset, TimeDelta::minutes(59), TimeDelta::minutes(60)),
    ] {
        let (good, over) = (place.later(good).await, place.later(over).await);
        browser.moved(&good.origin).get(path).await.says(200, "New password");
        browser.moved(&over.origin).get(path).await.says(404, ENDED);
        browser.moved(&over.origin).submit("/sign-in", path, &NEW).await.says(404, ENDED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_ends_the_sessions_and_the_wait_of_that_person() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut thief = place.signed_in("lin").await;
    let mut browser = place.browser();
    for _ in 0..5 {
        browser.sign_in("lin", "wrong wrong wrong").await.says(403, "not right");
    }
    browser.sign_in("lin", PASSWORD).await.says(429, "Too many failed tries");
    let link = link(&place, "lin", LinkPurpose::Reset).await;
    // Whoever is signed in with the browser is replaced.
    thief.submit(&link, &link, &NEW).await.leads_to("/account");
    let mut stolen = browser;
    assert!(is_in(&mut thief).await && !is_in(&mut stolen).await);
    stolen.sign_in("lin", PASSWORD).await.says(403, "not right");
    stolen.sign_in("lin", NEW[0].1).await.leads_to("/");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_person_has_no_use_of_a_link() {
    let place = Place::new().await;
    let account = place.person("lin", "Lin Yue").await;
    let link = link(&place, "lin", LinkPurpose::Invite).await;
    let change = AccountChange { name: None, disabled: Some(true) };
    place.app.change_account(account.public_id, account.version, change).await.unwrap();
    place.browser().get(&link).await.says(404, ENDED);
    let refused = place.app.create_link(account.public_id, LinkPurpose::Invite).await.unwrap_err();
    assert!(matches!(&refused, AppError::Refused(why) if why.contains("is disabled")), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_links_or_passwords_without_the_right_to() {
    let place = Place::new().await;
    let account = place.member("lin").await.public_id;
    let nobody = place.app.acting_as(merit::app::Actor::nobody());
    let auditor = {
        let browser = place.signed_in("lin").await;
        place.app.acting_as(place.app.session(&browser.cookies["merit"]).await.unwrap().unwrap())
    };
    for app in [nobody, auditor] {
        for refused in [
            app.create_link(account, LinkPurpose::Reset).await.map(|_| ()),
            app.set_password(account, NEW[0].1).await,
            app.create_first_admin("x", "X").await.map(|_| ()),
        ] {
            assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
        }
    }
}

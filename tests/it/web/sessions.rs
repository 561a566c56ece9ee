//! How long a session lasts, and what ends it.

use chrono::TimeDelta;
use merit::app::{AccountChange, Clock};

use super::{PASSWORD, Place, is_in};
use crate::support::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_an_idle_hour() {
    let place = Place::new().await;
    place.member("lin").await;
    let browser = place.signed_in("lin").await;
    let soon = place.later(TimeDelta::minutes(59)).await;
    let late = place.later(TimeDelta::minutes(61)).await;
    assert!(!is_in(&mut browser.moved(&late.origin)).await);
    assert!(is_in(&mut browser.moved(&soon.origin)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn use_keeps_a_session_alive_for_twelve_hours_and_no_longer() {
    let place = Place::new().await;
    place.member("lin").await;
    let browser = place.signed_in("lin").await;
    for step in 1..=15 {
        let later = place.later(TimeDelta::minutes(step * 50)).await;
        let mut browser = browser.moved(&later.origin);
        let lasts = step * 50 < 12 * 60;
        assert_eq!(is_in(&mut browser).await, lasts, "after {} minutes", step * 50);
        if lasts {
            seen(&place, later.app.clock()).await;
        }
    }
}

/// The use is noted in the background: waits until it is.
async fn seen(place: &Place, clock: Clock) {
    use sqlx::Connection as _;
    let mut connection = sqlx::SqliteConnection::connect(&place.database()).await.unwrap();
    let noted = async {
        loop {
            let query = sqlx::query_scalar("SELECT last_seen_at FROM session");
            let last: chrono::DateTime<chrono::Utc> = query.fetch_one(&mut connection).await.unwrap();
            if (clock.now() - last).abs() < TimeDelta::milliseconds(1) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), noted).await.expect("the use of the session is noted");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_ends_every_session_of_that_person_alone() {
    let place = Place::new().await;
    place.member("lin").await;
    place.member("other").await;
    let (mut here, mut there) = (place.signed_in("lin").await, place.signed_in("lin").await);
    let mut other = place.signed_in("other").await;
    here.submit("/account", "/account/sign-out-everywhere", &[]).await.leads_to("/sign-in");
    assert!(!is_in(&mut here).await && !is_in(&mut there).await && is_in(&mut other).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_out_at_once_and_stays_out_of_old_sessions() {
    let place = Place::new().await;
    let account = place.member("lin").await;
    let mut browser = place.signed_in("lin").await;
    let change = |disabled| AccountChange { name: None, disabled: Some(disabled) };
    let changed = place.app.change_account(account.public_id, account.version + 1, change(true)).await.unwrap();
    assert!(!is_in(&mut browser).await);
    place.app.change_account(account.public_id, changed.account.version, change(false)).await.unwrap();
    assert!(!is_in(&mut browser).await);
    browser.sign_in("lin", PASSWORD).await.leads_to("/");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_session_has_a_token_that_the_browser_did_not_choose() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut browser = place.browser();
    browser.cookies.insert("merit".into(), "planted".into());
    browser.sign_in("lin", PASSWORD).await.leads_to("/");
    let first = browser.cookies["merit"].clone();
    assert!(first != "planted" && first.len() == 43, "{first}");
    let planted = |token: &str| {
        let mut browser = Browser::new(&place.origin);
        browser.cookies.insert("merit".into(), token.to_owned());
        browser
    };
    assert!(!is_in(&mut planted("planted")).await);
    // Signing in again, as somebody whose session is known to another: the known one ends.
    let token = browser.get("/").await.form_token();
    let fields = [("login", "lin"), ("password", PASSWORD), ("form_token", token.as_str())];
    browser.post("/sign-in", &fields).await.leads_to("/");
    assert_ne!(browser.cookies["merit"], first);
    assert!(!is_in(&mut planted(&first)).await && is_in(&mut browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_holds_no_token_and_no_password() {
    let place = Place::new().await;
    place.member("lin").await;
    let browser = place.signed_in("lin").await;
    place.browser().sign_in("my password typed as login", PASSWORD).await.says(403, "not right");
    let token = browser.cookies["merit"].as_bytes();
    for file in ["merit.db", "merit.db-wal"] {
        let bytes = std::fs::read(place.folder.path().join(file)).unwrap_or_default();
        for secret in [token, PASSWORD.as_bytes(), b"my password typed as login"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{file}");
        }
    }
}

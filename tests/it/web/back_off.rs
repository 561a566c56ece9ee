//! Whoever guesses has to wait: by login, and by client address.

use chrono::TimeDelta;

use super::{PASSWORD, Place};

#[tokio::test(flavor = "multi_thread")]
async fn after_five_failures_a_login_has_to_wait_whether_it_exists_or_not() {
    let place = Place::new().await;
    place.member("lin").await;
    for login in ["lin", "nobody"] {
        let mut browser = place.browser();
        for _ in 0..5 {
            browser.sign_in(login, "wrong wrong wrong").await.says(403, "not right");
        }
        let answer = browser.sign_in(login, PASSWORD).await;
        answer.says(429, "Too many failed tries. Try again in ");
        let wait: i64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
    }
    // Afterwards each further failure doubles the wait.
    let mut after = TimeDelta::zero();
    for expected in [60, 120] {
        after += TimeDelta::seconds(expected / 2 + 1);
        let later = place.later(after).await;
        let mut browser = place.browser().moved(&later.origin);
        browser.sign_in("lin", "wrong wrong wrong").await.says(403, "not right");
        let answer = browser.sign_in("lin", PASSWORD).await;
        answer.says(429, "Too many failed tries");
        assert_eq!(answer.header("retry-after"), expected.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_clears_the_failures_of_the_login() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut browser = place.browser();
    for _ in 0..3 {
        for _ in 0..4 {
            browser.sign_in("lin", "wrong wrong wrong").await.says(403, "not right");
        }
        browser.sign_in("lin", PASSWORD).await.leads_to("/");
        browser.submit("/", "/sign-out", &[]).await.leads_to("/");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tries_at_once_do_not_pass_together() {
    let place = Place::new().await;
    place.member("lin").await;
    let tries = (0..20).map(|_| async {
        let mut browser = place.browser();
        browser.sign_in("lin", "wrong wrong wrong").await.status.as_u16()
    });
    let statuses = futures::future::join_all(tries).await;
    assert_eq!(statuses.iter().filter(|status| **status == 403).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 15, "{statuses:?}");
}

/// One password, many logins, one address: no login fails often enough, the address does.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_tries_many_logins_has_to_wait() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut browser = place.browser();
    for number in 0..49 {
        browser.sign_in(&format!("guess{number}"), "wrong wrong wrong").await.says(403, "not right");
    }
    // A success of its own does not wash the address clean.
    browser.sign_in("lin", PASSWORD).await.leads_to("/");
    browser.submit("/", "/sign-out", &[]).await.leads_to("/");
    browser.sign_in("guess49", "wrong wrong wrong").await.says(403, "not right");
    browser.sign_in("guess50", "wrong wrong wrong").await.says(429, "Too many failed tries");
    browser.sign_in("lin", PASSWORD).await.says(429, "Too many failed tries");
    let later = place.later(TimeDelta::seconds(32)).await;
    browser.moved(&later.origin).sign_in("lin", PASSWORD).await.leads_to("/");
}

//! How long a refusal takes does not tell whether the login exists.

use std::time::{Duration, Instant};

use super::Place;

/// Tries of each kind; each with a login of its own, so that nobody has to wait, and few enough for one address.
const TRIES: usize = 15;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_login_takes_as_long_as_a_wrong_password() {
    let place = Place::new().await;
    for number in 0..TRIES {
        place.member(&format!("known{number}")).await;
    }
    let mut browser = place.browser();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does disturbs both alike.
    for number in 0..TRIES {
        for (kind, times) in [("known", &mut known), ("unknown", &mut unknown)] {
            let started = Instant::now();
            browser.sign_in(&format!("{kind}{number}"), "wrong wrong wrong").await.says(403, "not right");
            times.push(started.elapsed());
        }
    }
    let (known, unknown) = (median(known), median(unknown));
    println!("median of a wrong password: {known:?}, of an unknown login: {unknown:?}");
    let (shorter, longer) = (known.min(unknown), known.max(unknown));
    // Without the hash an unknown login would be answered many times faster.
    assert!(longer < shorter * 2, "{known:?} and {unknown:?}");
}

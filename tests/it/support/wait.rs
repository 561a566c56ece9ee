//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

/// Between two looks: short enough to see what lasts for a moment alone.
const PACE: Duration = Duration::from_millis(10);
/// Far longer than anything takes on a busy machine; whoever waits as long waits in vain.
const PATIENCE: Duration = Duration::from_mins(5);

/// Looks again and again until it is so.
pub(crate) async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !done().await {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(PACE).await;
    }
}

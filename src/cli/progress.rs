//! Progress on a terminal; silent when standard error is not one.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

const COUNT: &str = "{msg:12} {spinner} {pos} {per_sec}";
const BYTES: &str = "{msg:12} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";

/// A count of what is done, where the whole is not known.
pub(super) fn count(what: &str) -> ProgressBar {
    draw(ProgressBar::new_spinner(), what, COUNT)
}

/// Bytes read of all bytes.
pub(super) fn bytes(what: &str) -> ProgressBar {
    draw(ProgressBar::no_length(), what, BYTES)
}

fn draw(bar: ProgressBar, what: &str, template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

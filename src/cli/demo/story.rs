//! The end of the demo: where to look, and what to try.

use std::path::Path;

use super::access::SignIn;
use crate::cli::output::say;

/// Prints where the results are; every command runs as printed.
pub(super) fn where_to_look(folder: &Path, address: Option<&str>, token: &str, people: &[SignIn]) {
    let merit = std::env::args().next().unwrap_or_else(|| "merit".to_owned());
    let folder = folder.display();
    let place = format!("--database {folder}/merit.db --rules {folder}/scoring-config");
    say!("\n6. Where to look");
    say!("  one agent's scorecard, with its working:");
    say!("    {merit} scorecard 2026-Q3 QL00007 {place}");
    say!("  the units', and one team's:");
    say!("    {merit} scorecard 2026-Q3 --units {place}");
    say!("    {merit} scorecard 2026-Q3 --unit P1-1-H1 {place}");
    say!("  payouts and plans of the quarter:");
    say!("    {merit} payouts 2026-Q3 {place}");
    say!("    {merit} plans 2026-Q3 {place}");
    if let Some(address) = address {
        say!("  sign in on http://{address}/sign-in (these passwords were made for this demo):");
        for SignIn { login, password, what } in people {
            say!("    {login:<10} {password}   {what}");
        }
        say!("  over the API (this token was made for this demo):");
        say!("    curl -H 'Authorization: Bearer {token}' http://{address}/api/v1/cycles/2026-Q3/scorecards/QL00007");
        say!(
            "\nMerit answers on http://{address}/ and its API is described on http://{address}/docs (stop it with Ctrl-C)"
        );
    }
}

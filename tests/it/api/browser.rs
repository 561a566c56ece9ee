//! The first page and the docs in real Chromium.

use std::process::Command;

use crate::support::company::Company;
use crate::support::server::Server;

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The page's document after its scripts ran.
fn document(url: &str, width: u32) -> String {
    let profile = tempfile::tempdir().unwrap();
    let size = format!("--window-size={width},900");
    let profile_at = format!("--user-data-dir={}", profile.path().display());
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--virtual-time-budget=8000",
        &size,
        &profile_at,
        "--dump-dom",
        url,
    ];
    let output = BROWSERS.iter().find_map(|browser| Command::new(browser).args(arguments).output().ok());
    let output = output.unwrap_or_else(|| panic!("no Chromium was found: install it (Debian package chromium)"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_docs_show_every_operation() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    let url = server.url("/docs");
    let page = tokio::task::spawn_blocking(move || document(&url, 1280)).await.unwrap();
    for shown in ["List people in order of employee number", "One agent's scorecard with its whole working", "/cycles/"]
    {
        assert!(page.contains(shown), "{shown} is not on the page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_speaks_both_languages() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    for (lang, says) in [("en", "This server is ready."), ("zh", "服务运行正常。")] {
        let url = server.url(&format!("/?lang={lang}"));
        let page = tokio::task::spawn_blocking(move || document(&url, 360)).await.unwrap();
        assert!(page.contains(says), "{page}");
    }
}

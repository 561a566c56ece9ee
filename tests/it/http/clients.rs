//! Where a request comes from: headers count from trusted proxies only.

use merit::app::Clock;
use merit::http::{Listening, ServerOptions, client_address, is_https};
use poem::{Request, Route, get, handler};

use crate::support::server::client;

#[handler]
fn shown(request: &Request) -> String {
    let address = client_address(request).map_or_else(|| "unknown".to_owned(), |address| address.to_string());
    format!("{address} {}", if is_https(request) { "https" } else { "http" })
}

/// What the server makes of these headers when it trusts these proxies.
async fn seen(trusted: &[&str], headers: &[(&str, &str)]) -> String {
    let trusted_proxies = trusted.iter().map(|net| net.parse().unwrap()).collect();
    let options = ServerOptions { trusted_proxies, ..ServerOptions::default() };
    let listening = Listening::with("127.0.0.1:0", options).await.unwrap();
    let url = format!("http://{}/", listening.address);
    let routes = Route::new().at("/", get(shown));
    tokio::spawn(listening.serve(routes, Clock::System, std::future::pending()));
    let request = headers.iter().fold(client().get(url), |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap().text().await.unwrap()
}

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";
const LOOPBACK: &str = "127.0.0.0/8";

#[tokio::test]
async fn nobody_is_believed_by_default() {
    assert_eq!(seen(&[], &[]).await, "127.0.0.1 http");
    assert_eq!(seen(&[], &[(FOR, "203.0.113.9"), (PROTO, "https")]).await, "127.0.0.1 http");
    assert_eq!(seen(&["10.0.0.0/8"], &[(FOR, "203.0.113.9"), (PROTO, "https")]).await, "127.0.0.1 http");
    assert_eq!(
        seen(&[LOOPBACK], &[("forwarded", "for=203.0.113.9"), ("x-real-ip", "203.0.113.9")]).await,
        "127.0.0.1 http"
    );
}

#[tokio::test]
async fn a_trusted_proxy_names_whom_it_heard() {
    for (sent, means) in [
        ("203.0.113.9", "203.0.113.9"),
        // What the client claimed stands left of what the proxy adds.
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.2.3,203.0.113.9,127.0.0.5", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        // Nonsense: the last who can be believed is the proxy itself.
        ("203.0.113.9, nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("127.0.0.9, 127.0.0.8", "127.0.0.9"),
    ] {
        assert_eq!(seen(&[LOOPBACK], &[(FOR, sent)]).await, format!("{means} http"), "{sent}");
    }
    let lines = [(FOR, "198.51.100.1"), (FOR, "203.0.113.9"), (FOR, "127.0.0.5")];
    assert_eq!(seen(&[LOOPBACK], &lines).await, "203.0.113.9 http", "several lines are one list");
    assert_eq!(seen(&[LOOPBACK], &[(FOR, "203.0.113.9"), (PROTO, "https")]).await, "203.0.113.9 https");
    assert_eq!(seen(&[LOOPBACK], &[(PROTO, "https, http")]).await, "127.0.0.1 http", "the nearest proxy's word counts");
}

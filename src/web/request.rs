//! What a request says of where it comes from, and where it may be sent next.

use std::net::IpAddr;

use poem::Request;
use poem::http::header;

use crate::app::Client;

/// Where one-time links are; what follows is a secret.
pub(super) const WELCOME: &str = "/welcome/";
/// Longest path of this site that a sign-in leads back to.
const LONGEST_PATH: usize = 2000;

/// The client's address; `None` when it is not on a network.
pub(super) fn client_address(request: &Request) -> Option<IpAddr> {
    request.data::<Client>().and_then(|client| client.address)
}

/// How this site is addressed by whoever asks, such as `https://merit.example`.
pub(super) fn own_address(request: &Request) -> String {
    let scheme = if over_tls(request) { "https" } else { "http" };
    let host = request.header(header::HOST).or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    format!("{scheme}://{}", host.unwrap_or_default())
}

/// Whether the request came over TLS, up to a trusted proxy or to here.
pub(super) fn over_tls(request: &Request) -> bool {
    request.data::<Client>().is_some_and(|client| client.https)
}

/// The value of a cookie.
pub(super) fn cookie<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let all = request.headers().get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Whether another site's page sends this, as far as the browser tells. Proxies in front have to pass the header Host on.
pub(super) fn is_foreign(request: &Request) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else { return false };
    let host = request.header(header::HOST).or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    match (origin, host) {
        (Some(origin), Some(host)) => !origin.eq_ignore_ascii_case(host),
        _ => true,
    }
}

/// The path, without the secret of a one-time link.
pub fn loggable(path: &str) -> &str {
    if path.starts_with(WELCOME) { "/welcome/…" } else { path }
}

/// A text as the value of a query: every byte but plain ones by its number.
pub(super) fn query_value(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().fold(String::new(), |mut value, byte| {
        if plain(byte) {
            value.push(char::from(byte));
        } else {
            value += &format!("%{byte:02X}");
        }
        value
    })
}

/// `wish` when it is a path of this site, else the first page. Browsers read `\` as `/` and leave out line breaks and tabs, and
/// whatever begins with two of them names another site.
pub(super) fn local_path(wish: &str) -> &str {
    let plain = wish.len() <= LONGEST_PATH && wish.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && wish.starts_with('/') && !wish.starts_with("//") { wish } else { "/" }
}

#[cfg(test)]
mod tests {
    use poem::Request;

    use super::{cookie, is_foreign, local_path, loggable};

    #[test]
    fn only_paths_of_this_site_are_led_back_to() {
        for path in ["/", "/account", "/cycles/2026-Q3?sort=score&page=2#top", "/%2Fevil.example", "/a//b"] {
            assert_eq!(local_path(path), path);
        }
        for other in [
            "",
            "account",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "%2F%2Fevil.example",
            "/\t/evil.example",
            "/\r\nSet-Cookie: merit=x",
            " //evil.example",
            "/账户",
        ] {
            assert_eq!(local_path(other), "/", "{other:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(2000))), "/");
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let request = Request::builder().header("cookie", "xmerit=1; merit=abc").header("cookie", "other=2").finish();
        assert_eq!(cookie(&request, "merit"), Some("abc"));
        assert_eq!(cookie(&request, "other"), Some("2"));
        assert_eq!(cookie(&request, "erit"), None);
    }

    #[test]
    fn the_origin_has_to_be_this_host() {
        let from = |origin: &str| {
            is_foreign(&Request::builder().header("host", "merit.example:8080").header("origin", origin).finish())
        };
        assert!(!from("http://merit.example:8080") && !from("https://MERIT.example:8080"));
        assert!(from("http://merit.example") && from("https://evil.example") && from("null") && from(""));
        assert!(!is_foreign(&Request::builder().header("host", "merit.example").finish()));
    }

    #[test]
    fn a_one_time_link_is_not_logged() {
        assert_eq!(loggable("/welcome/abc"), "/welcome/…");
        assert_eq!(loggable("/account"), "/account");
    }
}

//! Where a request comes from: the other end of the connection, or what a trusted proxy says about it.

use std::net::IpAddr;

use ipnet::IpNet;
use poem::Request;
use poem::http::uri::Scheme;
use poem::http::{HeaderMap, HeaderName};

use crate::app::Client;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The client's address. Headers count only from proxies that the operator trusts.
pub fn client_address(request: &Request) -> Option<IpAddr> {
    request.data::<Client>().and_then(|client| client.address)
}

/// Whether the client's own connection is secure.
pub fn is_https(request: &Request) -> bool {
    request.data::<Client>().is_some_and(|client| client.https)
}

/// Notes on the request where it comes from.
pub(super) fn note(request: &mut Request, trusted: &[IpNet]) {
    let peer = request.remote_addr().as_socket_addr().map(|address| address.ip().to_canonical());
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let secure = *request.scheme() == Scheme::HTTPS;
    let (address, https) = match peer {
        Some(peer) if is_trusted(peer) => {
            let headers = request.headers();
            (Some(forwarded_for(headers, peer, is_trusted)), forwarded_https(headers).unwrap_or(secure))
        }
        peer => (peer, secure),
    };
    request.set_data(Client { address, https });
}

/// From right to left, each proxy names whom it heard: the first who is no trusted proxy is the client. What stands further
/// left is the client's own claim.
fn forwarded_for(headers: &HeaderMap, peer: IpAddr, is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let lines: Vec<&str> =
        headers.get_all(FORWARDED_FOR).iter().map(|line| line.to_str().unwrap_or_default()).collect();
    let mut last = peer;
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(address) = address(entry.trim()) else { break };
        last = address;
        if !is_trusted(address) {
            break;
        }
    }
    last
}

/// What the nearest proxy says.
fn forwarded_https(headers: &HeaderMap) -> Option<bool> {
    let line = headers.get_all(FORWARDED_PROTO).iter().next_back()?.to_str().ok()?;
    Some(line.rsplit(',').next()?.trim().eq_ignore_ascii_case("https"))
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(text);
    let parsed = bare.parse::<IpAddr>().ok();
    let parsed = parsed.or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()));
    parsed.map(|address| address.to_canonical())
}

//! How many requests a client may send: counted per account once a token or session is known to be good, else per address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use poem::Request;
use poem::http::{HeaderMap, HeaderName, HeaderValue, header};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::client::client_address;
use super::options::Rate;

/// Clients that have been quiet are forgotten after so many requests.
const TIDY_EVERY: u32 = 1024;
/// Credentials whose account is remembered.
const MOST_KNOWN: usize = 10_000;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Client {
    Account(Uuid),
    Address(Option<IpAddr>),
}

/// A hash of what a request proves itself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Credential([u8; 32]);

type Buckets = RateLimiter<Client, DashMapStateStore<Client>, DefaultClock, StateInformationMiddleware>;

pub(super) struct Limiter {
    rate: Rate,
    buckets: Buckets,
    clock: DefaultClock,
    /// Accounts of credentials that proved good. Whoever sends a bad one stays counted by address.
    known: Mutex<HashMap<Credential, Uuid>>,
    since_tidied: AtomicU32,
}

/// What a client has left, or how long it has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowance {
    Left(u32),
    Wait(Duration),
}

impl Limiter {
    pub(super) fn new(rate: Rate) -> Self {
        let clock = DefaultClock::default();
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        let buckets = Buckets::new(quota, DashMapStateStore::default(), clock.clone());
        Self { rate, buckets, clock, known: Mutex::default(), since_tidied: AtomicU32::new(0) }
    }

    /// Counts a request, before anything is done for it.
    pub(super) fn count(&self, request: &Request, credential: Option<Credential>) -> Allowance {
        if self.since_tidied.fetch_add(1, Ordering::Relaxed) >= TIDY_EVERY {
            self.since_tidied.store(0, Ordering::Relaxed);
            self.buckets.retain_recent();
        }
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let account = credential.and_then(|credential| known().get(&credential).copied());
        let client = account.map_or_else(|| Client::Address(client_address(request).map(network)), Client::Account);
        match self.buckets.check_key(&client) {
            Ok(state) => Allowance::Left(state.remaining_burst_capacity()),
            Err(refused) => Allowance::Wait(refused.wait_time_from(self.clock.now())),
        }
    }

    /// Remembers whose a good credential is.
    pub(super) fn learn(&self, credential: Credential, account: Uuid) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN && !known.contains_key(&credential) {
            known.clear();
        }
        known.insert(credential, account);
    }

    /// Says what is left in the answer's headers (draft-ietf-httpapi-ratelimit-headers).
    pub(super) fn tell(&self, allowance: Allowance, headers: &mut HeaderMap) {
        let Rate { per_second, burst } = self.rate;
        let window = burst.get().div_ceil(per_second.get());
        let (left, seconds) = match allowance {
            Allowance::Left(left) => (left, u64::from(burst.get().saturating_sub(left).div_ceil(per_second.get()))),
            Allowance::Wait(wait) => (0, whole_seconds(wait)),
        };
        let mut add = |name: HeaderName, text: String| {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        };
        add(POLICY, format!("\"default\";q={burst};w={window}"));
        add(LIMIT, format!("\"default\";r={left};t={seconds}"));
        if matches!(allowance, Allowance::Wait(_)) {
            add(header::RETRY_AFTER, seconds.to_string());
        }
    }
}

/// At least one, so that whoever waits as told does not come too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0 || wait.is_zero())
}

/// One household has a whole /64 of IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(long) => IpAddr::V6(Ipv6Addr::from_bits(long.to_bits() & !u128::from(u64::MAX))),
    }
}

/// What the request proves itself with, when with anything.
pub(super) fn credential(request: &Request) -> Option<Credential> {
    let headers = request.headers();
    let (kind, value) = match headers.get(header::AUTHORIZATION) {
        Some(value) => (b"a", value),
        None => (b"c", headers.get(header::COOKIE)?),
    };
    let hash = Sha256::new().chain_update(kind).chain_update(value.as_bytes()).finalize();
    Some(Credential(hash.into()))
}

//! Webhooks as Standard Webhooks describes them: thin events, signed, sent to addresses of the Internet.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use serde_json::json;
use sha2::Sha256;
use uuid::Uuid;

use super::guard::{Forbidden, GuardedResolver, Networks};
use super::{Failure, with_causes};
use crate::domain::notice::NoticeKind;
use crate::domain::secret::Secret;

const CONNECT: Duration = Duration::from_secs(5);
/// Until the answer's head is there; its body is not read.
const WHOLE: Duration = Duration::from_secs(20);
/// Longest wait an answer may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3_600);
const PREFIX: &str = "whsec_";
const SECRET_BYTES: usize = 32;
/// Longest address, in bytes.
const LONGEST: usize = 2_000;

/// An address that webhooks may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAddress {
    pub url: String,
    /// Of the address, with its port where it has one; what follows may be a secret.
    pub host: String,
}

/// What happened, for one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    /// The same for every try.
    pub id: Uuid,
    pub kind: NoticeKind,
    pub about: &'a str,
    pub at: DateTime<Utc>,
}

/// A new secret: `whsec_` and 32 random bytes in Base64.
pub fn new_secret() -> Secret {
    let bytes: [u8; SECRET_BYTES] = rand::random();
    Secret::new(format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes)))
}

impl WebhookAddress {
    /// The address, where it may be one. A name is looked up only when something is sent. Errors: what is wrong.
    pub fn of(text: &str, networks: &Networks) -> Result<Self, String> {
        let url = Url::parse(text.trim()).map_err(|error| format!("it is no address: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("it begins with https:// or http://".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds a user or a password: leave them out, events are signed".into());
        }
        if url.as_str().len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("it names no host")?;
        // Addresses in figures are connected to without looking anything up.
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if literal.is_ok_and(|address| !networks.allow(address)) {
            return Err(Forbidden(host.to_owned()).to_string());
        }
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self { url: url.to_string(), host })
    }
}

/// Sends events.
#[derive(Clone)]
pub struct Hooks {
    client: Client,
    networks: Networks,
}

impl Hooks {
    pub fn new(networks: Networks) -> Result<Self, String> {
        // Another part of the program may have chosen the cryptography already; then that one serves.
        rustls::crypto::ring::default_provider().install_default().ok();
        let client = Client::builder()
            // Who answers with another address could lead the server where it must not go; a proxy would look names up itself.
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(GuardedResolver(networks.clone())))
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .user_agent(concat!("merit/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(|client| Self { client, networks }).map_err(|error| with_causes(&error))
    }

    /// Sends the event, signed by each of the secrets.
    pub async fn send(
        &self,
        url: &str,
        event: &Event<'_>,
        secrets: &[&Secret],
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let address = WebhookAddress::of(url, &self.networks).map_err(Failure::temporary)?;
        let body = body(event);
        let timestamp = now.timestamp();
        let signatures: Option<Vec<String>> =
            secrets.iter().map(|secret| signature(secret, event.id, timestamp, &body)).collect();
        let signatures = signatures.ok_or_else(|| Failure::permanent("the webhook's secret cannot be read"))?;
        let request = self
            .client
            .post(address.url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", event.id.to_string())
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signatures.join(" "))
            .body(body);
        let response = request.send().await;
        let response = response.map_err(|error| Failure::temporary(with_causes(&error.without_url())))?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        if status == StatusCode::GONE {
            return Err(Failure::Gone("it answered 410: nothing is to be sent there any more".into()));
        }
        let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let after = after.map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT));
        let redirected = if status.is_redirection() { ", and redirects are not followed" } else { "" };
        Err(Failure::Temporary { problem: format!("it answered {}{redirected}", status.as_u16()), after })
    }
}

/// The event as JSON: what happened, when, and the name of what it is about.
fn body(event: &Event<'_>) -> String {
    let subject = event.kind.event_subject().unwrap_or("about");
    json!({
        "type": event.kind.as_str(),
        "timestamp": event.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "data": { subject: event.about },
    })
    .to_string()
}

/// `v1,` and HMAC-SHA256 of id, time and body; `None` for a secret that is none.
fn signature(secret: &Secret, id: Uuid, timestamp: i64, body: &str) -> Option<String> {
    let key = BASE64_STANDARD.decode(secret.expose().strip_prefix(PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_what_others_compute() {
        // Computed with Python's hmac: HMAC-SHA256 of `ID.1614265330.{"test": 2432232314}`.
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let id: Uuid = "018f0000-0000-7000-8000-000000000001".parse().unwrap();
        let signed = signature(&secret, id, 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signed.as_deref(), Some("v1,Z5yqoI5lX4gE+Wt5VIduM8EFpOrg9hWCZLXjdM6c3Nc="));
        assert_eq!(signature(&Secret::new("nothing"), id, 0, ""), None);
    }

    #[test]
    fn addresses_are_of_the_web_and_of_the_internet() {
        let of = |text: &str| WebhookAddress::of(text, &Networks::default());
        let good = of("https://hooks.example.com:8443/in/abc?x=1").unwrap();
        assert_eq!(good.host, "hooks.example.com:8443");
        for bad in [
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com",
            "https://u:p@example.com/",
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://169.254.169.254/latest/meta-data",
            "http://10.0.0.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://127.1/",
            "example.com",
            "",
        ] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}

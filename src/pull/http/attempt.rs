//! One page, asked for until it comes or there is no more hope.

use std::time::Duration;

use chrono::DateTime;
use rand::RngExt as _;
use reqwest::header::{DATE, HeaderMap, LINK, RETRY_AFTER};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Response, StatusCode, Url};
use serde_json::value::RawValue;

use super::endpoint::Endpoint;
use crate::rules::source::HttpInput;

/// The longest pause a server can ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(300);
/// The longest pause of our own.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Larger pages are refused.
const LARGEST_PAGE: usize = 256 << 20;

/// A page as it came.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) text: String,
    /// The `Link` headers.
    pub(super) links: Vec<String>,
}

/// Why a page did not come.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may come when asked again, after the pause the server asks for.
    Passing { what: String, asked: Option<Duration> },
    /// The server refuses this request (4xx).
    Refused(String),
    /// It never will.
    Final(String),
    /// It was asked for as often as allowed.
    GivenUp { attempts: u32, last: String },
}

impl Failure {
    /// The message; `kept` pages are on disk.
    pub(super) fn what(&self, kept: u32) -> String {
        match self {
            Self::Passing { what, .. } | Self::Refused(what) | Self::Final(what) => what.clone(),
            Self::GivenUp { attempts, last } => {
                let goes_on = match kept {
                    0 => "pull again later".to_owned(),
                    _ => format!("pull again later, it goes on after the {kept} pages that came"),
                };
                format!("gave up after {attempts} attempts, the last: {last}; {goes_on}")
            }
        }
    }
}

/// Asks for pages.
pub(super) struct Client {
    client: reqwest::Client,
    headers: HeaderMap,
    secret_from: Option<String>,
    attempts: u32,
    timeout: Duration,
    first_pause: Duration,
}

impl Client {
    pub(super) fn new(endpoint: &Endpoint, input: &HttpInput, first_pause: Duration) -> Result<Self, String> {
        // Another part of the program may have chosen the provider already; then that one serves.
        rustls::crypto::ring::default_provider().install_default().ok();
        let timeout = Duration::from_secs(input.timeout_seconds.max(1));
        let origin = endpoint.url.origin();
        let same_host = move |attempt: Attempt<'_>| {
            if attempt.previous().len() < 10 && attempt.url().origin() == origin {
                attempt.follow()
            } else {
                attempt.stop()
            }
        };
        let client = reqwest::Client::builder()
            .redirect(Policy::custom(same_host))
            .connect_timeout(timeout)
            .read_timeout(timeout)
            .user_agent(concat!("merit/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| format!("the HTTP client cannot start: {}", with_causes(&error.without_url())))?;
        Ok(Self {
            client,
            headers: endpoint.headers.clone(),
            secret_from: endpoint.secret_from.clone(),
            attempts: input.attempts.max(1),
            timeout,
            first_pause,
        })
    }

    /// The page at `url`.
    pub(super) async fn get(&self, url: &Url) -> Result<Body, Failure> {
        let mut attempt = 1;
        loop {
            match self.once(url).await {
                Err(Failure::Passing { what, asked }) if attempt < self.attempts => {
                    let pause = asked.map_or_else(|| self.pause(attempt), |asked| asked.min(LONGEST_ASKED));
                    tracing::warn!(
                        attempt,
                        pause_ms = pause.as_millis(),
                        reason = what,
                        "a page did not come, asking again"
                    );
                    tokio::time::sleep(pause).await;
                    attempt += 1;
                }
                Err(Failure::Passing { what, .. }) => return Err(Failure::GivenUp { attempts: attempt, last: what }),
                end => return end,
            }
        }
    }

    /// Doubles from attempt to attempt, and varies so that many clients do not come back at once.
    fn pause(&self, attempt: u32) -> Duration {
        let full = self.first_pause.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(LONGEST_PAUSE);
        let micros = u64::try_from(full.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(rand::rng().random_range(micros / 2..=micros))
    }

    async fn once(&self, url: &Url) -> Result<Body, Failure> {
        let response =
            self.client.get(url.clone()).headers(self.headers.clone()).send().await.map_err(|error| self.cut(error))?;
        self.judge(&response)?;
        let links = header_texts(response.headers());
        let text = self.text(response).await?;
        match serde_json::from_str::<&RawValue>(&text) {
            Err(error) if error.is_eof() => {
                Err(Failure::Passing { what: "the page breaks off".to_owned(), asked: None })
            }
            _ => Ok(Body { text, links }),
        }
    }

    /// Whether an answer's status means a page.
    fn judge(&self, response: &Response) -> Result<(), Failure> {
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT || status.is_server_error()
        {
            return Err(Failure::Passing {
                what: format!("the server answered {status}"),
                asked: asked_pause(response.headers()),
            });
        }
        if status.is_redirection() {
            let to = response.headers().get(reqwest::header::LOCATION).and_then(|to| to.to_str().ok());
            let to = to.and_then(|to| response.url().join(to).ok()).map(|to| to.origin().ascii_serialization());
            return Err(Failure::Final(format!(
                "the server redirects to {}, another host; Merit does not follow it, write that address if it is right",
                to.unwrap_or_else(|| "nowhere".to_owned())
            )));
        }
        Err(Failure::Refused(match (status, &self.secret_from) {
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, Some(from)) => {
                format!("the server answered {status}; check the secret in {from}")
            }
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, None) => {
                format!("the server answered {status}; say how to sign in with `auth`")
            }
            (status, _) => format!("the server answered {status}; check the address and its parameters"),
        }))
    }

    async fn text(&self, mut response: Response) -> Result<String, Failure> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.cut(error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LARGEST_PAGE {
                return Err(Failure::Final("the page is larger than 256 MiB; ask for smaller pages".to_owned()));
            }
        }
        String::from_utf8(bytes).map_err(|_| Failure::Final("the page is not UTF-8".to_owned()))
    }

    fn cut(&self, error: reqwest::Error) -> Failure {
        let error = error.without_url();
        let what = if error.is_timeout() {
            format!("no answer within {} seconds", self.timeout.as_secs())
        } else if error.is_connect() {
            format!("the server cannot be reached ({})", with_causes(&error))
        } else {
            format!("the connection was cut ({})", with_causes(&error))
        };
        Failure::Passing { what, asked: None }
    }
}

fn header_texts(headers: &HeaderMap) -> Vec<String> {
    headers.get_all(LINK).iter().filter_map(|link| link.to_str().ok()).map(str::to_owned).collect()
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// What `Retry-After` asks for: seconds, or a date measured against the server's own clock.
fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = DateTime::parse_from_rfc2822(asked).ok()?;
    let now = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some((then - now).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn asked(pairs: &[(reqwest::header::HeaderName, &'static str)]) -> Option<Duration> {
        asked_pause(&pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect())
    }

    #[test]
    fn a_server_asks_for_a_pause_in_seconds_or_by_date() {
        assert_eq!(asked(&[(RETRY_AFTER, "7")]), Some(Duration::from_secs(7)));
        let date = (DATE, "Wed, 21 Oct 2015 07:28:00 GMT");
        assert_eq!(
            asked(&[(RETRY_AFTER, "Wed, 21 Oct 2015 07:28:30 GMT"), date.clone()]),
            Some(Duration::from_secs(30))
        );
        assert_eq!(asked(&[(RETRY_AFTER, "Wed, 21 Oct 2015 07:27:00 GMT"), date]), Some(Duration::ZERO));
        assert_eq!(asked(&[(RETRY_AFTER, "Wed, 21 Oct 2015 07:28:30 GMT")]), None, "no clock to measure it against");
        assert_eq!(asked(&[(RETRY_AFTER, "soon")]), None);
    }
}

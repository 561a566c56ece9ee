//! Requests to a provider: no redirects, bounded in time and size.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;

/// Larger answers are refused; keys and tokens are some kilobytes.
const LARGEST: usize = 1 << 20;

/// Why a request brought nothing. Without the address, whose query may hold what should not be logged.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct FetchError(String);

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(next) = cause {
            text = format!("{text}: {next}");
            cause = next.source();
        }
        Self(text)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Fetcher(reqwest::Client);

impl Fetcher {
    /// Each request may take this long.
    pub(super) fn new(patience: Duration) -> Result<Self, String> {
        // Another part of the program may have chosen the cryptography already; then that one serves.
        rustls::crypto::ring::default_provider().install_default().ok();
        let client = reqwest::Client::builder()
            // A provider that leads elsewhere could make the server ask what only it can reach.
            .redirect(Policy::none())
            .connect_timeout(patience)
            .timeout(patience)
            .user_agent(concat!("merit/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|error| FetchError::from(error).to_string())
    }

    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let mut response = self.0.execute(request.try_into()?).await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(FetchError(format!("the answer is larger than {LARGEST} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Fetcher {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}

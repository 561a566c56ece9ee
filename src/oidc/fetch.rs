//! Requests to a provider: no redirects, bounded in time and size.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;

use super::OidcError;
use super::read::is_secure;

/// Larger answers are refused; keys and tokens are some kilobytes.
const LARGEST: usize = 1 << 20;

/// Why a request brought nothing. Without the address' query, which may hold what should not be logged.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{0}")]
    Failed(String),
    /// Codes, tokens and keys do not go there in the clear.
    #[error("{0} is not https")]
    Insecure(String),
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
}

impl From<FetchError> for OidcError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Failed(_) => Self::Unreachable(error.to_string()),
            FetchError::Insecure(_) | FetchError::TooLarge => Self::Malformed(error.to_string()),
        }
    }
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(next) = cause {
            text = format!("{text}: {next}");
            cause = next.source();
        }
        Self::Failed(text)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Fetcher(reqwest::Client);

impl Fetcher {
    /// Each request may take this long: less than a step, so that something can still be done without an answer.
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
        let request = reqwest::Request::try_from(request)?;
        if !is_secure(request.url()) {
            return Err(FetchError::Insecure(request.url().origin().ascii_serialization()));
        }
        let mut response = self.0.execute(request).await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(FetchError::TooLarge);
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

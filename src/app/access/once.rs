//! Requests that are done once however often they are sent.

use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use super::super::{App, AppError};
use super::hex;
use crate::store::{Claim, KeptAnswer, RequestKey};

/// How long an answer is given again.
const KEPT: TimeDelta = TimeDelta::days(1);
/// When a request under way counts as lost with its server: longer than any request may take.
const LOST: TimeDelta = TimeDelta::minutes(5);
/// Longest key, in characters.
const LONGEST: usize = 200;

impl App {
    /// What to do with a request of this account that came with a key; `parts` are its method, address and body.
    pub async fn claim(&self, account_id: i64, key: &str, parts: &[&[u8]]) -> Result<(RequestKey, Claim), AppError> {
        let visible = key.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        if key.is_empty() || key.len() > LONGEST || !visible {
            return Err(AppError::invalid(format!(
                "Idempotency-Key: 1 to {LONGEST} visible ASCII characters are needed, such as a UUID"
            )));
        }
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        let request = RequestKey { account_id, key: key.to_owned(), fingerprint: hex(&digest.finalize()) };
        let now = self.clock.now();
        let claim = self.store.claim_request(&request, now, now - LOST, now - KEPT).await?;
        Ok((request, claim))
    }

    /// Keeps the answer to a claimed request.
    pub async fn keep_answer(&self, request: &RequestKey, answer: &KeptAnswer) -> Result<(), AppError> {
        Ok(self.store.keep_answer(request, answer).await?)
    }

    /// Gives up a claimed request that failed inside.
    pub async fn release(&self, request: &RequestKey) -> Result<(), AppError> {
        Ok(self.store.release_request(request).await?)
    }
}

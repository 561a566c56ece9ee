//! Explained scorecards as they were last written: a run's results do not change, and telling why they are what they are costs far more than
//! reading them.

use std::marker::PhantomData;

use bytes::Bytes;
use poem::http::header;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::{ToJSON, Type};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::app::{FoundScorecard, ScorecardSummary};

/// Bytes that are kept at most; some two thousand scorecards.
const MOST_BYTES: u64 = 64 << 20;
/// Only for the size of the cache's own tables.
const ABOUT: usize = 2_000;

/// An answer that is JSON already, of the shape `T`.
pub(super) struct Rendered<T> {
    json: Bytes,
    shape: PhantomData<fn() -> T>,
}

impl<T: ToJSON> Rendered<T> {
    fn of(json: Bytes) -> Self {
        Self { json, shape: PhantomData }
    }
}

impl<T: ToJSON> IntoResponse for Rendered<T> {
    fn into_response(self) -> Response {
        Response::builder().header(header::CONTENT_TYPE, Json::<T>::CONTENT_TYPE).body(self.json)
    }
}

impl<T: Type + ToJSON> ApiResponse for Rendered<T> {
    fn meta() -> MetaResponses {
        Json::<T>::meta()
    }

    fn register(registry: &mut Registry) {
        <Json<T> as ApiResponse>::register(registry);
    }
}

/// The run, and the agent's employee number.
type Key = (i64, String);

#[derive(Clone)]
struct Kept {
    /// Names may change, and whoever owns the database can change more: then it is written anew.
    summary: ScorecardSummary,
    json: Bytes,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Kept> for ByBytes {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        u64::try_from(kept.json.len()).unwrap_or(u64::MAX).max(1)
    }
}

/// The scorecards that were asked for.
pub(super) struct RenderedScorecards(Cache<Key, Kept, ByBytes>);

impl Default for RenderedScorecards {
    fn default() -> Self {
        Self(Cache::with_weighter(ABOUT, MOST_BYTES, ByBytes))
    }
}

impl RenderedScorecards {
    /// The scorecard as it was written before; `None` when it was not, or is another now.
    pub(super) fn get<T: ToJSON>(&self, found: &FoundScorecard) -> Option<Rendered<T>> {
        let kept = self.0.get(&key(found)).filter(|kept| kept.summary == found.detail.summary)?;
        Some(Rendered::of(kept.json))
    }

    /// Writes it, and keeps what was written.
    pub(super) fn keep<T: ToJSON>(&self, key: Key, summary: ScorecardSummary, answer: &T) -> Rendered<T> {
        let json = Bytes::from(answer.to_json_string());
        self.0.insert(key, Kept { summary, json: json.clone() });
        Rendered::of(json)
    }
}

pub(super) fn key(found: &FoundScorecard) -> Key {
    (found.run_id(), found.detail.summary.employee_number.clone())
}

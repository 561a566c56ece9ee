//! Pages by key: a cursor says after which item the next page begins.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::app::{AppError, Slice};

/// Most items of a page.
const MOST: u32 = 500;
const USUAL: u32 = 50;

/// The part of a list that `limit` and `cursor` ask for.
pub(super) fn slice(limit: Option<u32>, cursor: Option<String>) -> Result<Slice, AppError> {
    let limit = limit.unwrap_or(USUAL);
    if limit == 0 || limit > MOST {
        return Err(AppError::Invalid(format!("limit: {limit} is not between 1 and {MOST}")));
    }
    Ok(Slice { limit, after: cursor.map(|cursor| decode(&cursor)).transpose()? })
}

fn decode(cursor: &str) -> Result<String, AppError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        AppError::Invalid("cursor: not one that Merit gave; send next_cursor of the page before, unchanged".to_owned())
    })
}

/// The cursor of the page after an item of this key.
pub(super) fn cursor(key: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key)
}

//! Workings as bytes: the format's number, then the domain's own type as postcard writes it. The store does not look inside.

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::StoreError;

/// Raise it when a packed type of the domain changes its shape after a release: bytes of another format are refused, not misread.
const FORMAT: u8 = 1;

/// # Errors
/// `Working`, when the type is one that postcard cannot write.
pub(in super::super) fn pack<T: Serialize>(what: impl Display, working: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(working, vec![FORMAT])
        .map_err(|error| unreadable(what, format!("it cannot be packed: {error}")))
}

/// # Errors
/// `Working`, when the bytes are of another format or are not exactly one `T`.
pub(in super::super) fn unpack<T: DeserializeOwned>(what: impl Display, bytes: &[u8]) -> Result<T, StoreError> {
    let packed = match bytes.split_first() {
        Some((&FORMAT, packed)) => packed,
        Some((other, _)) => return Err(unreadable(what, format!("it is in format {other}, not {FORMAT}"))),
        None => return Err(unreadable(what, "it is empty".to_owned())),
    };
    match postcard::take_from_bytes(packed) {
        Ok((working, [])) => Ok(working),
        Ok((_, rest)) => Err(unreadable(what, format!("{} bytes are left over", rest.len()))),
        Err(error) => Err(unreadable(what, error.to_string())),
    }
}

fn unreadable(what: impl Display, problem: String) -> StoreError {
    StoreError::Working { of: what.to_string(), problem }
}

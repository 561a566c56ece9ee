//! Structured values in one column: a format version, then the value in postcard's compact form.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

/// Raised when the meaning of the bytes changes, so that older ones are told apart.
const FORMAT: u8 = 1;

/// The value as bytes; `what` names it in errors.
pub fn pack<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Result<Vec<u8>, StoreError> {
    let unwritable = |error: postcard::Error| StoreError::Unreadable { what, value: error.to_string() };
    postcard::to_extend(value, vec![FORMAT]).map_err(unwritable)
}

/// The value [`pack`] wrote. Errors: `Unreadable`.
pub fn unpack<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, StoreError> {
    let unreadable = |why: String| StoreError::Unreadable { what, value: why };
    match bytes.split_first() {
        Some((&FORMAT, packed)) => postcard::from_bytes(packed).map_err(|error| unreadable(error.to_string())),
        Some((other, _)) => Err(unreadable(format!("format {other}"))),
        None => Err(unreadable("nothing".to_owned())),
    }
}

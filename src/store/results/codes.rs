//! Domain enums as the codes their own serialisation gives them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::StoreError;

/// The code of an enum without data, such as `no_data`.
pub(in super::super) fn code(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(Value::String(code)) => Ok(code),
        other => Err(StoreError::Unreadable { what: "an enum without a code", value: format!("{other:?}") }),
    }
}

pub(in super::super) fn from_code<T: DeserializeOwned>(what: &'static str, code: String) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(code.clone())).map_err(|_| StoreError::Unreadable { what, value: code })
}

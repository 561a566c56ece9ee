//! Walking the API's own description.

use reqwest::Method;
use serde_json::Value;

/// The description, in JSON.
pub(crate) fn description() -> Value {
    serde_json::from_str(&merit::api::service().spec()).unwrap()
}

pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    /// With parameters in braces.
    pub(crate) path: String,
    /// What the description says of it.
    pub(crate) said: Value,
}

/// Every operation of the description.
pub(crate) fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, methods) in description()["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            let id = said["operationId"].as_str().unwrap().to_owned();
            let method = method.to_uppercase().parse().unwrap();
            operations.push(Operation { id, method, path: path.clone(), said: said.clone() });
        }
    }
    operations.sort_by(|left, right| left.id.cmp(&right.id));
    operations
}

//! The template of an operation's address; there are only so many of them, whatever clients ask for.

use std::collections::HashMap;
use std::sync::Arc;

use poem::{PathPattern, Response};

use crate::api;

/// Where the API's operations begin.
const API: &str = "/api/v1";
/// The name of all addresses that there are none of.
const NOWHERE: &str = "none";

/// Templates as the API's description writes them, by how the router numbers their parameters.
pub(super) struct Routes(HashMap<String, Arc<str>>);

impl Routes {
    pub(super) fn of_the_api() -> Self {
        Self(api::paths().into_iter().map(|path| (numbered(&path), format!("{API}{path}").into())).collect())
    }

    pub(super) fn of(&self, response: &Response) -> Arc<str> {
        match response.data::<PathPattern>() {
            Some(PathPattern(pattern)) if !pattern.is_empty() && !pattern.contains("*--poem-rest") => {
                self.0.get(&**pattern).unwrap_or(pattern).clone()
            }
            _ => NOWHERE.into(),
        }
    }
}

/// `/cycles/{code}` as `/api/v1/cycles/:param0`.
fn numbered(path: &str) -> String {
    let mut parameters = 0_usize;
    let parts = path.split('/').map(|part| {
        if !part.starts_with('{') {
            return part.to_owned();
        }
        parameters += 1;
        format!(":param{}", parameters - 1)
    });
    let parts: Vec<String> = parts.collect();
    format!("{API}{}", parts.join("/"))
}

//! No text holds a NUL: nothing is called so, and PostgreSQL fails at one. It is refused here, once, before anybody looks at the text.

use poem::http::StatusCode;
use poem::{Endpoint, Middleware, Request, Response};
use serde_json::Value;

use super::problem;

/// How a NUL stands in JSON. As it is, JSON does not take it.
const IN_JSON: &[u8] = b"\\u0000";
/// How it stands in an address or a form.
const ENCODED: &str = "%00";

pub(super) struct NoNul;

/// An endpoint with [`NoNul`] around it.
pub(super) struct Clean<E>(E);

impl<E: Endpoint> Middleware<E> for NoNul {
    type Output = Clean<E>;

    fn transform(&self, inner: E) -> Clean<E> {
        Clean(inner)
    }
}

impl<E: Endpoint> Endpoint for Clean<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        if request.uri().path().contains(ENCODED) {
            return Ok(refuse("the address"));
        }
        if let Some(name) = request.uri().query().and_then(in_pairs) {
            return Ok(refuse(&format!("the parameter '{name}'")));
        }
        let kind = request.content_type().unwrap_or_default().to_ascii_lowercase();
        let of_body: fn(&[u8]) -> Option<String> = if kind.contains("json") {
            in_json
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            in_form
        } else {
            return self.0.call(request).await.map(poem::IntoResponse::into_response);
        };
        // How large it may be was decided before.
        let body = request.take_body().into_bytes().await?;
        if let Some(field) = of_body(&body) {
            return Ok(refuse(&field));
        }
        request.set_body(body);
        self.0.call(request).await.map(poem::IntoResponse::into_response)
    }
}

fn refuse(what: &str) -> Response {
    let detail = format!("{what} holds a NUL (the character with the code 0), which no text here may; leave it out.");
    problem::coded(StatusCode::BAD_REQUEST, "nul_in_text", "A text holds a NUL", &detail)
}

/// The field of a JSON body that holds one.
fn in_json(body: &[u8]) -> Option<String> {
    // Nearly every body is done with here.
    if !body.windows(IN_JSON.len()).any(|bytes| bytes == IN_JSON) {
        return None;
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    let path = in_value(&value)?;
    Some(if path.is_empty() { "the body".to_owned() } else { format!("the field '{}'", path.join(".")) })
}

/// Keys to the first text that holds one; a name of a field that does is not said.
fn in_value(value: &Value) -> Option<Vec<String>> {
    let below = |key: String, inner: &Value| {
        let mut path = in_value(inner)?;
        path.insert(0, key);
        Some(path)
    };
    match value {
        Value::String(text) => text.contains('\0').then(Vec::new),
        Value::Array(items) => items.iter().enumerate().find_map(|(at, item)| below(at.to_string(), item)),
        Value::Object(fields) => fields.iter().find_map(|(name, inner)| match name.contains('\0') {
            true => Some(Vec::new()),
            false => below(name.clone(), inner),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn in_form(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    in_pairs(&text).map(|name| format!("the field '{name}'"))
}

/// The name of the pair of a query or form that holds one, as far as it can be shown.
fn in_pairs(text: &str) -> Option<&str> {
    let pair = text.split('&').find(|pair| pair.contains(ENCODED) || pair.contains('\0'))?;
    let name = pair.split('=').next().unwrap_or_default();
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    Some(if plain && !name.is_empty() { name } else { "?" })
}

#[cfg(test)]
mod tests {
    use super::{in_form, in_json, in_pairs};

    #[test]
    fn a_nul_is_found_wherever_it_stands_in_json() {
        let at = |body: &str| in_json(body.as_bytes());
        assert_eq!(at(r#"{"name": "a\u0000b"}"#).as_deref(), Some("the field 'name'"));
        assert_eq!(at(r#"{"a": [1, {"b": "\u0000"}]}"#).as_deref(), Some("the field 'a.1.b'"));
        assert_eq!(at(r#"{"a\u0000": 1}"#).as_deref(), Some("the body"));
        assert_eq!(at(r#""\u0000""#).as_deref(), Some("the body"));
        assert_eq!(at(r#"{"name": "a\\u0000b", "other": "%00"}"#), None, "a backslash and figures are none");
        assert_eq!(at(r#"{"name": "\u0001"}"#), None);
    }

    #[test]
    fn a_nul_is_found_in_forms_and_queries() {
        assert_eq!(in_pairs("a=1&login=x%00y&b=2"), Some("login"));
        assert_eq!(in_pairs("a%00=1"), Some("?"));
        assert_eq!(in_pairs("a=%2500&b="), None);
        assert_eq!(in_form(b"login=x\0").as_deref(), Some("the field 'login'"));
    }
}

//! The methods an address takes, for answers of 405 (RFC 9110, 15.5.6); read from the API's own description.

use poem::http::{HeaderValue, StatusCode, header};
use poem::{Endpoint, Middleware, Request, Response};
use serde_json::Value;

use super::problem;

/// Addresses in parts, with what stands for any part as `None`, and the methods each takes.
#[derive(Debug, Clone, Default)]
pub(super) struct Allowed(Vec<(Vec<Option<String>>, String)>);

impl Allowed {
    /// Of a description in JSON.
    pub(super) fn of(spec: &str) -> Self {
        let spec: Value = serde_json::from_str(spec).unwrap_or_default();
        let paths = spec.get("paths").and_then(Value::as_object);
        let routes = paths.into_iter().flatten().filter_map(|(path, operations)| {
            let methods: Vec<String> = operations.as_object()?.keys().map(|method| method.to_uppercase()).collect();
            let part = |part: &str| (!part.starts_with('{')).then(|| part.to_owned());
            Some((path.split('/').map(part).collect(), methods.join(", ")))
        });
        Self(routes.collect())
    }

    fn methods(&self, path: &str) -> Option<&str> {
        let parts: Vec<&str> = path.split('/').collect();
        let same = |known: &[Option<String>]| {
            let fits = |(known, part): (&Option<String>, &&str)| known.as_ref().is_none_or(|known| known == *part);
            known.len() == parts.len() && known.iter().zip(&parts).all(fits)
        };
        self.0.iter().find(|(known, _)| same(known)).map(|(_, methods)| methods.as_str())
    }
}

/// An endpoint with [`Allowed`] around it.
pub(super) struct Telling<E> {
    inner: E,
    allowed: Allowed,
}

impl<E: Endpoint> Middleware<E> for Allowed {
    type Output = Telling<E>;

    fn transform(&self, inner: E) -> Telling<E> {
        Telling { inner, allowed: self.clone() }
    }
}

impl<E: Endpoint> Endpoint for Telling<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let path = request.uri().path().to_owned();
        match self.inner.call(request).await {
            Err(error) if error.status() == StatusCode::METHOD_NOT_ALLOWED => {
                let mut response = problem::from_error(error);
                let methods = self.allowed.methods(&path).and_then(|methods| HeaderValue::from_str(methods).ok());
                if let Some(methods) = methods {
                    response.headers_mut().insert(header::ALLOW, methods);
                }
                Ok(response)
            }
            other => other.map(poem::IntoResponse::into_response),
        }
    }
}

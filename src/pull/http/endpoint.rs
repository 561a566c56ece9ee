//! Where an API is, and what of it must not be shown.

use std::collections::BTreeMap;

use chrono::Days;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::paging::Next;
use crate::domain::period::Period;
use crate::pull::columns::spec_error;
use crate::pull::{PullError, PullRequest};
use crate::rules::source::{HttpAuth, HttpInput, HttpPaging};

/// An API's address with the window in its query, and the sign-in.
pub(super) struct Endpoint {
    /// The address without query and secrets, as the source writes it.
    pub(super) label: String,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    /// The variables that hold the sign-in's secret, for messages.
    pub(super) secret_from: Option<String>,
    secrets: Vec<String>,
}

impl Endpoint {
    pub(super) fn new(request: &PullRequest<'_>, nth: usize, input: &HttpInput) -> Result<Self, PullError> {
        let refuse = |field: &str, what: String| spec_error(request.spec_file, format!("inputs[{nth}].{field}"), what);
        let mut secrets = Vec::new();
        let mut expanded = |text: &str| expand(text, request.environment, &mut secrets);
        let address = expanded(&input.url).map_err(|what| refuse("url", what))?;
        let mut url = Url::parse(&address).map_err(|error| refuse("url", format!("is not an address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(refuse("url", "must begin with http:// or https:// and name a host".to_owned()));
        }
        for (name, value) in &input.query {
            let value = expanded(value).and_then(|value| in_window(&value, request.window));
            let value = value.map_err(|what| refuse(&format!("query.{name}"), what))?;
            url.query_pairs_mut().append_pair(name, &value);
        }
        let (headers, secret_from) = match &input.auth {
            None => (HeaderMap::new(), None),
            Some(auth) => sign_in(auth, request.environment, &mut secrets).map_err(|what| refuse("auth", what))?,
        };
        Ok(Self { label: label(&input.url), url, headers, secret_from, secrets })
    }

    /// The address of a page.
    pub(super) fn url_of(&self, next: &Next, paging: Option<&HttpPaging>) -> Result<Url, String> {
        let with = |parameter: &str, value: &str| {
            let kept: BTreeMap<usize, (String, String)> = self
                .url
                .query_pairs()
                .filter(|(name, _)| name != parameter)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .enumerate()
                .collect();
            let mut url = self.url.clone();
            url.query_pairs_mut().clear().extend_pairs(kept.values()).append_pair(parameter, value);
            url
        };
        match (next, paging) {
            (Next::Cursor(cursor), Some(HttpPaging::Cursor { parameter, .. })) => Ok(with(parameter, cursor)),
            (Next::Page(number), Some(HttpPaging::Page { parameter, .. })) => Ok(with(parameter, &number.to_string())),
            (Next::Link(link), _) => self.link(&self.url, link),
            _ => Ok(self.url.clone()),
        }
    }

    /// A link found in a page; only on the same host.
    pub(super) fn link(&self, page: &Url, link: &str) -> Result<Url, String> {
        let url = page.join(link).map_err(|error| format!("the next page's address is malformed: {error}"))?;
        if url.origin() != self.url.origin() {
            return Err(format!(
                "the next page is said to be at {}, another host than {}; Merit does not follow it",
                url.origin().ascii_serialization(),
                self.url.origin().ascii_serialization()
            ));
        }
        Ok(url)
    }

    pub(super) fn without_secrets(&self, text: &str) -> String {
        self.secrets
            .iter()
            .filter(|secret| !secret.is_empty())
            .fold(text.to_owned(), |t, secret| t.replace(secret, "***"))
    }
}

/// The address as written, without query, user and password.
fn label(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    match bare.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
            let host = host.rsplit('@').next().unwrap_or_default();
            path.map_or_else(|| format!("{scheme}://{host}"), |path| format!("{scheme}://{host}/{path}"))
        }
        None => bare.to_owned(),
    }
}

type Environment<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

fn variable(name: &str, environment: Environment<'_>, secrets: &mut Vec<String>) -> Result<String, String> {
    let value = environment(name).ok_or_else(|| format!("the environment variable {name} is not set; set it"))?;
    secrets.push(value.clone());
    Ok(value)
}

/// Replaces `${NAME}` from the environment.
fn expand(text: &str, environment: Environment<'_>, secrets: &mut Vec<String>) -> Result<String, String> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').ok_or("a `${` has no `}`")?;
        expanded.push_str(before);
        expanded.push_str(&variable(name, environment, secrets)?);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// Replaces `{from}`, `{to}` and `{to_exclusive}` by the window's days.
fn in_window(text: &str, window: Option<Period>) -> Result<String, String> {
    const MARKS: [&str; 3] = ["{from}", "{to}", "{to_exclusive}"];
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return Ok(text.to_owned());
    }
    let window = window.ok_or_else(|| format!("\"{text}\" needs a window; pull with --from and --to"))?;
    let after = window.last.checked_add_days(Days::new(1)).ok_or("the window ends at the end of the calendar")?;
    Ok(text
        .replace("{from}", &window.first.to_string())
        .replace("{to}", &window.last.to_string())
        .replace("{to_exclusive}", &after.to_string()))
}

fn sign_in(
    auth: &HttpAuth,
    environment: Environment<'_>,
    secrets: &mut Vec<String>,
) -> Result<(HeaderMap, Option<String>), String> {
    use base64::Engine as _;
    let (name, value, from) = match auth {
        HttpAuth::Bearer { token_env } => {
            (AUTHORIZATION, format!("Bearer {}", variable(token_env, environment, secrets)?), token_env)
        }
        HttpAuth::Basic { user, password_env } => {
            let password = variable(password_env, environment, secrets)?;
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
            secrets.push(pair.clone());
            (AUTHORIZATION, format!("Basic {pair}"), password_env)
        }
        HttpAuth::Header { name, value_env } => {
            let header =
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("\"{name}\" is no header's name"))?;
            (header, variable(value_env, environment, secrets)?, value_env)
        }
    };
    let mut value = HeaderValue::from_str(&value)
        .map_err(|_| format!("the value of {from} cannot stand in a header; look for line breaks in it"))?;
    value.set_sensitive(true);
    Ok((HeaderMap::from_iter([(name, value)]), Some(from.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_query_and_password() {
        assert_eq!(label("https://${USER}:${PW}@api.test/v1/contacts?key=${KEY}"), "https://api.test/v1/contacts");
        assert_eq!(label("${API}/contacts?x=1"), "${API}/contacts");
    }

    #[test]
    fn variables_are_replaced_and_remembered_as_secrets() {
        let environment = |name: &str| (name == "KEY").then(|| "s3cret".to_owned());
        let mut secrets = Vec::new();
        assert_eq!(expand("a${KEY}b", &environment, &mut secrets).unwrap(), "as3cretb");
        assert_eq!(secrets, ["s3cret"]);
        assert!(expand("${GONE}", &environment, &mut secrets).unwrap_err().contains("GONE is not set"));
    }
}

//! What a browser does with Merit's pages, over real HTTP: keeps cookies, reads a form, sends it.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, StatusCode, redirect};

/// A browser that follows no redirect by itself.
pub(crate) struct Browser {
    client: Client,
    origin: String,
    pub cookies: BTreeMap<String, String>,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub cookies: Vec<String>,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Browser {
    /// For the server at `origin`, such as `http://127.0.0.1:8080`.
    pub(crate) fn new(origin: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self::with(origin, Client::builder())
    }

    pub(crate) fn with(origin: &str, client: reqwest::ClientBuilder) -> Self {
        let client = client.no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { client, origin: origin.to_owned(), cookies: BTreeMap::new() }
    }

    /// With these cookies, at another server.
    pub(crate) fn moved(&self, origin: &str) -> Self {
        Self { client: self.client.clone(), origin: origin.to_owned(), cookies: self.cookies.clone() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.origin));
        self.send(request).await
    }

    /// Sends fields as they are, without a form having been read.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.posting(path, fields)).await
    }

    /// A request that can still be changed.
    pub(crate) fn posting(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body = fields.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect::<Vec<_>>().join("&");
        let request = self.client.post(format!("{}{path}", self.origin)).body(body);
        request.header("content-type", "application/x-www-form-urlencoded")
    }

    /// Opens the page with a form, and sends it there or to `action` with these fields.
    pub(crate) async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(page).await.form_token();
        let origin = self.origin.clone();
        let request = self.posting(action, &[fields, &[("form_token", token.as_str())]].concat());
        self.send(request.header("origin", origin)).await
    }

    pub(crate) async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.submit("/sign-in", "/sign-in", &[("login", login), ("password", password)]).await
    }

    pub(crate) async fn send(&mut self, request: RequestBuilder) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) };
        let response = request.send().await.unwrap();
        let headers = response.headers().clone();
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let answer = Answer {
            status: response.status(),
            location: headers.get(LOCATION).map(text),
            cookies: headers.get_all(SET_COOKIE).iter().map(text).collect(),
            headers,
            body: response.text().await.unwrap(),
        };
        for cookie in &answer.cookies {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") || value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

impl Answer {
    pub(crate) fn form_token(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"form_token\" value=\"").unwrap_or_else(|| panic!("{}", self.body));
        rest.split('"').next().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// It leads to `path` with 303.
    pub(crate) fn leads_to(&self, path: &str) {
        assert_eq!((self.status, self.location.as_deref()), (StatusCode::SEE_OTHER, Some(path)), "{}", self.body);
    }

    /// It is a page with this status that says so.
    pub(crate) fn says(&self, status: u16, text: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert!(self.body.contains(text), "'{text}' is not on the page:\n{}", self.body);
    }
}

/// Percent-encoded, every byte but letters and figures.
pub(crate) fn encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |text, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => text + &char::from(byte).to_string(),
        _ => text + &format!("%{byte:02X}"),
    })
}

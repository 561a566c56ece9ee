//! A provider on loopback that says whatever the test wants: no honest one makes such tokens.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{Endpoint, Request, Response, Server};
use serde_json::{Value, json};

/// A key with a name.
pub(super) struct Key {
    kid: String,
    pem: String,
}

impl Key {
    pub(super) fn new(kid: &str) -> Self {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        Self { kid: kid.to_owned(), pem: pair.serialize_pem() }
    }

    fn pair(&self) -> CoreEdDsaPrivateSigningKey {
        CoreEdDsaPrivateSigningKey::from_ed25519_pem(&self.pem, Some(JsonWebKeyId::new(self.kid.clone()))).unwrap()
    }

    fn public(&self) -> Value {
        serde_json::to_value(self.pair().as_verification_key()).unwrap()
    }

    /// A signed token with these claims.
    pub(super) fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "EdDSA", "kid": self.kid, "typ": "JWT" });
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = self.pair().sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A part of a token.
pub(super) fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// What it answers.
#[derive(Default)]
struct Says {
    description: Value,
    keys: Vec<Value>,
    token: Value,
    token_type: Option<&'static str>,
    user_info: Value,
    asked: Vec<String>,
}

/// The provider; it ends with the test's runtime.
#[derive(Clone)]
pub(super) struct Dishonest {
    pub(super) origin: String,
    says: Arc<Mutex<Says>>,
}

impl Dishonest {
    pub(super) async fn start(key: &Key) -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let origin = format!("http://{address}");
        let description = json!({
            "issuer": origin,
            "authorization_endpoint": format!("{origin}/auth"),
            "token_endpoint": format!("{origin}/token"),
            "userinfo_endpoint": format!("{origin}/me"),
            "jwks_uri": format!("{origin}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
        });
        let says = Says { description, keys: vec![key.public()], ..Says::default() };
        let provider = Self { origin, says: Arc::new(Mutex::new(says)) };
        tokio::spawn(Server::new_with_acceptor(acceptor).run(provider.clone()));
        provider
    }

    /// Changes a field of what it says of itself.
    pub(super) fn describe(&self, field: &str, value: Value) {
        self.says.lock().unwrap().description[field] = value;
    }

    pub(super) fn publish(&self, keys: &[&Key]) {
        self.says.lock().unwrap().keys = keys.iter().map(|key| key.public()).collect();
    }

    /// The next ID token.
    pub(super) fn hand_out(&self, token: &str) {
        self.says.lock().unwrap().token = json!({ "access_token": "a", "token_type": "Bearer", "id_token": token });
    }

    /// The next answer of the token endpoint, as it is.
    pub(super) fn answer(&self, answer: Value, content_type: &'static str) {
        let mut says = self.says.lock().unwrap();
        (says.token, says.token_type) = (answer, Some(content_type));
    }

    pub(super) fn tell(&self, user_info: Value) {
        self.says.lock().unwrap().user_info = user_info;
    }

    /// How often an address was asked for.
    pub(super) fn asked(&self, path: &str) -> usize {
        self.says.lock().unwrap().asked.iter().filter(|asked| *asked == path).count()
    }
}

impl Endpoint for Dishonest {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let path = request.uri().path().to_owned();
        let mut says = self.says.lock().unwrap();
        says.asked.push(path.clone());
        let body = match path.as_str() {
            "/.well-known/openid-configuration" => says.description.to_string(),
            "/keys" => json!({ "keys": says.keys }).to_string(),
            "/me" => says.user_info.to_string(),
            "/token" => says.token.as_str().map_or_else(|| says.token.to_string(), str::to_owned),
            _ => return Ok(Response::builder().status(poem::http::StatusCode::NOT_FOUND).finish()),
        };
        let kind = says.token_type.filter(|_| path == "/token").unwrap_or("application/json");
        Ok(Response::builder().content_type(kind).body(body))
    }
}

//! One provider: what it says of itself, the way there, and what is made of the way back.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm as Algorithm, CoreProviderMetadata,
    CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, Client,
    ClientId, ClientSecret, CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IdTokenClaims, IdTokenFields, IdTokenVerifier, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, SubjectIdentifier, TokenResponse as _, UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::OidcError;
use super::claims::{Identity, granted, text};
use super::fetch::{FetchError, Fetcher};
use super::file::GrantRule;
use super::read::is_secure;
use crate::domain::text::Text;

/// When what a provider says of itself is asked for again.
const DESCRIPTION_LASTS: Duration = Duration::from_secs(3600);
/// And when again, while it cannot be reached.
const OLD_ONE_LASTS: Duration = Duration::from_secs(60);
/// How often a minute keys are fetched again because one is unknown.
const MOST_NEW_KEYS: usize = 6;
/// How far the provider's clock may be ahead.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);
/// Longest name of somebody at a provider (OpenID Connect Core 1.0, 2), in bytes.
const LONGEST_SUBJECT: usize = 255;
/// Only signatures whose key the provider keeps to itself: with a shared secret whoever knows it could sign, "none" is none.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// Claims that the standard does not name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct OtherClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for OtherClaims {}

type Fields =
    IdTokenFields<OtherClaims, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Algorithm>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type IdToken = openidconnect::IdToken<OtherClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Algorithm>;
type Claims = IdTokenClaims<OtherClaims, CoreGenderClaim>;
type ProviderClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What the file says of a provider.
pub(super) struct Settings {
    pub(super) id: String,
    pub(super) issuer: IssuerUrl,
    pub(super) client_id: ClientId,
    pub(super) client_secret: Option<ClientSecret>,
    pub(super) redirect: RedirectUrl,
    pub(super) label: Text,
    pub(super) scopes: Vec<String>,
    pub(super) user_info: bool,
    /// Only where people are known by it.
    pub(super) employee_number_claim: Option<String>,
    pub(super) make_accounts: bool,
    pub(super) patience: Duration,
    pub(super) grants: Vec<GrantRule>,
}

pub struct Provider {
    settings: Settings,
    fetcher: Fetcher,
    known: Mutex<Option<Known>>,
    /// When keys were fetched again.
    new_keys: Mutex<Vec<Instant>>,
}

/// Without the client's secret.
impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("id", &self.settings.id)
            .field("issuer", &self.settings.issuer)
            .finish_non_exhaustive()
    }
}

/// What the provider said of itself, with its keys.
#[derive(Clone)]
struct Known {
    metadata: Arc<CoreProviderMetadata>,
    until: Instant,
}

/// What has to be kept between the way there and the way back: in the browser that goes, and nowhere else.
#[derive(Clone, Serialize, Deserialize)]
pub struct Trip {
    pub state: String,
    nonce: String,
    verifier: String,
}

/// A browser is about to go to the provider.
pub struct Begun {
    pub address: String,
    pub trip: Trip,
}

/// What a browser came back with.
#[derive(Clone, Copy)]
pub struct Returned<'a> {
    pub code: &'a str,
    /// Who says that it answers (RFC 9207).
    pub issuer: Option<&'a str>,
    pub trip: &'a Trip,
}

impl Provider {
    pub(super) fn new(settings: Settings, fetcher: Fetcher) -> Self {
        Self { settings, fetcher, known: Mutex::default(), new_keys: Mutex::default() }
    }

    pub fn id(&self) -> &str {
        &self.settings.id
    }

    pub fn issuer(&self) -> &str {
        self.settings.issuer.as_str()
    }

    /// The address that the provider has to know.
    pub fn returns_to(&self) -> &str {
        self.settings.redirect.as_str()
    }

    pub fn label(&self) -> &Text {
        &self.settings.label
    }

    pub fn makes_accounts(&self) -> bool {
        self.settings.make_accounts
    }

    /// Codes of the units that its rules name.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        self.settings.grants.iter().filter_map(|rule| rule.unit.as_deref())
    }

    /// The address of the provider's own sign-in, with state, nonce and PKCE of this trip alone.
    pub async fn begin(&self) -> Result<Begun, OidcError> {
        let metadata = self.in_time(self.metadata()).await?;
        if !is_secure(metadata.authorization_endpoint().url()) {
            return Err(OidcError::Malformed("its authorization endpoint is not https".into()));
        }
        let client = self.client(&metadata);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = client.authorize_url(flow, || CsrfToken::new_random_len(32), || Nonce::new_random_len(32));
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (address, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let trip = Trip { state: state.into_secret(), nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
        Ok(Begun { address: address.into(), trip })
    }

    /// Who came back, after the code is exchanged and everything about the ID token is checked.
    pub async fn finish(&self, returned: Returned<'_>, now: DateTime<Utc>) -> Result<Identity, OidcError> {
        if returned.issuer.is_some_and(|issuer| issuer != self.issuer()) {
            return Err(OidcError::Untrusted("another issuer answers than was asked".into()));
        }
        self.in_time(self.exchange(returned, now)).await
    }

    async fn exchange(&self, returned: Returned<'_>, now: DateTime<Utc>) -> Result<Identity, OidcError> {
        let metadata = self.metadata().await?;
        let client = self.client(&metadata);
        let exchange = client.exchange_code(AuthorizationCode::new(returned.code.to_owned()));
        let exchange = exchange.map_err(|_| OidcError::Malformed("it names no token endpoint".into()))?;
        let verifier = PkceCodeVerifier::new(returned.trip.verifier.clone());
        let tokens = exchange.set_pkce_verifier(verifier).request_async(&self.fetcher).await.map_err(no_tokens)?;
        let id_token = tokens.id_token().ok_or_else(|| OidcError::Malformed("there is no ID token".into()))?;
        let nonce = Nonce::new(returned.trip.nonce.clone());
        let claims = self.checked(&metadata, id_token, &nonce, now).await?;
        if !is_subject(claims.subject()) {
            return Err(OidcError::Malformed("'sub' is empty, too long, or has control characters".into()));
        }
        let mut all = match self.settings.user_info {
            true => self.user_info(&client, tokens.access_token(), claims.subject()).await?,
            false => Map::new(),
        };
        // What is signed goes before what is not.
        all.extend(object(claims)?);
        Ok(self.identity(claims.subject(), &Value::Object(all)))
    }

    fn identity(&self, subject: &SubjectIdentifier, claims: &Value) -> Identity {
        let number = self.settings.employee_number_claim.as_ref();
        Identity {
            issuer: self.issuer().to_owned(),
            subject: subject.as_str().to_owned(),
            name: text(claims, "name"),
            username: text(claims, "preferred_username"),
            employee_number: number.and_then(|claim| text(claims, claim)),
            grants: granted(claims, &self.settings.grants),
        }
    }

    /// The ID token's claims, when signature, issuer, audience, expiry and nonce hold. A key that is unknown may be new: keys are fetched again
    /// once for that, and not too often.
    async fn checked<'t>(
        &self,
        metadata: &CoreProviderMetadata,
        token: &'t IdToken,
        nonce: &Nonce,
        now: DateTime<Utc>,
    ) -> Result<&'t Claims, OidcError> {
        let claims = match token.claims(&self.verifier(metadata.jwks(), now), nonce) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
                if self.may_fetch_keys() =>
            {
                let keys =
                    CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), &self.fetcher).await.map_err(no_description)?;
                self.keep(metadata.clone().set_jwks(keys.clone()).into(), DESCRIPTION_LASTS);
                token.claims(&self.verifier(&keys, now), nonce)
            }
            checked => checked,
        };
        let claims = claims.map_err(|error| OidcError::Untrusted(untrusted(&error)))?;
        if claims.authorized_party().is_some_and(|party| *party != self.settings.client_id) {
            return Err(OidcError::Untrusted("it was made for another client".into()));
        }
        Ok(claims)
    }

    fn verifier(&self, keys: &CoreJsonWebKeySet, now: DateTime<Utc>) -> IdTokenVerifier<'static, CoreJsonWebKey> {
        let Settings { client_id, issuer, .. } = &self.settings;
        IdTokenVerifier::new_public_client(client_id.clone(), issuer.clone(), keys.clone())
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || now)
            .set_issue_time_verifier_fn(move |issued| match issued <= now + CLOCKS_DIFFER {
                true => Ok(()),
                false => Err("it is from the future: compare the clocks".to_owned()),
            })
    }

    async fn user_info(
        &self,
        client: &ProviderClient,
        token: &AccessToken,
        subject: &SubjectIdentifier,
    ) -> Result<Map<String, Value>, OidcError> {
        let request = client.user_info(token.clone(), Some(subject.clone()));
        let request = request.map_err(|_| OidcError::Malformed("it names no userinfo endpoint".into()))?;
        let answer: Result<UserInfoClaims<OtherClaims, CoreGenderClaim>, _> =
            request.request_async(&self.fetcher).await;
        let claims = answer.map_err(|error| match error {
            UserInfoError::Request(error) => error.into(),
            UserInfoError::ClaimsVerification(error) => OidcError::Untrusted(error.to_string()),
            other => OidcError::Malformed(format!("userinfo: {other}")),
        })?;
        object(&claims)
    }

    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = &known
            && Instant::now() < known.until
        {
            return Ok(known.metadata.clone());
        }
        let discovered = CoreProviderMetadata::discover_async(self.settings.issuer.clone(), &self.fetcher).await;
        match (discovered.map_err(no_description), known) {
            (Ok(metadata), _) => Ok(self.keep(metadata.into(), DESCRIPTION_LASTS)),
            // What was known an hour ago most likely still holds.
            (Err(OidcError::Unreachable(error)), Some(known)) => {
                tracing::warn!(provider = self.id(), error, "the provider's description is kept from before");
                Ok(self.keep(known.metadata, OLD_ONE_LASTS))
            }
            (Err(error), _) => Err(error),
        }
    }

    fn keep(&self, metadata: Arc<CoreProviderMetadata>, lasting: Duration) -> Arc<CoreProviderMetadata> {
        let known = Known { metadata: metadata.clone(), until: Instant::now() + lasting };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
        metadata
    }

    fn may_fetch_keys(&self) -> bool {
        let mut fetched = self.new_keys.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.retain(|at| at.elapsed() < Duration::from_secs(60));
        let may = fetched.len() < MOST_NEW_KEYS;
        if may {
            fetched.push(Instant::now());
        }
        may
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> ProviderClient {
        let Settings { client_id, client_secret, redirect, .. } = &self.settings;
        let client = Client::from_provider_metadata(metadata.clone(), client_id.clone(), client_secret.clone());
        // Basic is what every provider has to know; some say that they do not.
        let methods = metadata.token_endpoint_auth_methods_supported();
        let has = |method: &CoreClientAuthMethod| methods.is_none_or(|methods| methods.contains(method));
        let basic = has(&CoreClientAuthMethod::ClientSecretBasic) || !has(&CoreClientAuthMethod::ClientSecretPost);
        let how = if basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        client.set_redirect_uri(redirect.clone()).set_auth_type(how)
    }

    async fn in_time<T>(&self, step: impl Future<Output = Result<T, OidcError>>) -> Result<T, OidcError> {
        let late = |_| OidcError::Unreachable(format!("no answer within {} seconds", self.settings.patience.as_secs()));
        tokio::time::timeout(self.settings.patience, step).await.map_err(late)?
    }
}

fn is_subject(subject: &str) -> bool {
    (1..=LONGEST_SUBJECT).contains(&subject.len()) && !subject.chars().any(char::is_control)
}

fn object(claims: &impl Serialize) -> Result<Map<String, Value>, OidcError> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(claims)) => Ok(claims),
        Ok(_) | Err(_) => Err(OidcError::Malformed("claims are no JSON object".into())),
    }
}

fn no_description(error: DiscoveryError<FetchError>) -> OidcError {
    match error {
        DiscoveryError::Request(error) => error.into(),
        DiscoveryError::Response(status, _, what) if status.is_server_error() => OidcError::Unreachable(what),
        DiscoveryError::Parse(error) => OidcError::Malformed(error.to_string()),
        other => OidcError::Malformed(other.to_string()),
    }
}

/// Without the provider's own sentence: nobody knows what stands in it.
fn no_tokens(error: RequestTokenError<FetchError, StandardErrorResponse<CoreErrorResponseType>>) -> OidcError {
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(answer) => {
            OidcError::Refused(answer.error().to_string().escape_debug().to_string())
        }
        RequestTokenError::Parse(error, _) => OidcError::Malformed(error.to_string()),
        RequestTokenError::Other(what) => OidcError::Malformed(what),
    }
}

fn untrusted(error: &ClaimsVerificationError) -> String {
    match error {
        ClaimsVerificationError::SignatureVerification(error) => format!("signature: {error}"),
        other => other.to_string(),
    }
}

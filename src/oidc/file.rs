//! The shape of the file that names the providers.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::authority::Role;
use crate::rules::file::{ID_PATTERN, Words};

/// A scope of OAuth 2.0 (RFC 6749, 3.3).
const SCOPE_PATTERN: &str = "^[!#-\\[\\]-~]+$";

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Merit's providers of OpenID Connect")]
pub(super) struct ProvidersFile {
    #[schemars(length(min = 1))]
    pub(super) providers: Vec<ProviderFile>,
}

/// One provider.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderFile {
    /// Stands in the address to register with the provider: `…/sign-in/oidc/ID/callback`.
    #[schemars(regex(pattern = ID_PATTERN))]
    pub(super) id: String,
    /// As the provider itself writes it; `/.well-known/openid-configuration` is below it.
    pub(super) issuer: String,
    /// What the provider calls this Merit.
    #[schemars(length(min = 1))]
    pub(super) client_id: String,
    /// The environment variable with the client's secret.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub(super) client_secret_env: Option<String>,
    /// A file with the client's secret, beside this one unless absolute.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub(super) client_secret_file: Option<String>,
    /// What stands on the button.
    pub(super) label: Words,
    /// Scopes to ask for besides `openid`.
    #[serde(default)]
    #[schemars(inner(regex(pattern = SCOPE_PATTERN)))]
    pub(super) scopes: Vec<String>,
    /// Ask the provider's userinfo address for claims as well, for providers that leave them out of the ID token.
    #[serde(default)]
    pub(super) user_info: bool,
    /// How somebody who comes for the first time is known.
    #[serde(default)]
    pub(super) link_by: LinkBy,
    /// The claim with the employee number; only with `link_by: employee_number`.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub(super) employee_number_claim: Option<String>,
    /// Make an account for whoever has none, when they are an agent or are granted something by their claims.
    #[serde(default = "yes")]
    pub(super) make_accounts: bool,
    /// Seconds that a step with the provider may take.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 25))]
    pub(super) timeout_seconds: u64,
    /// What claims grant. Every rule that holds counts.
    #[serde(default)]
    pub(super) grants: Vec<GrantRule>,
}

fn yes() -> bool {
    true
}

fn ten() -> u64 {
    10
}

/// How somebody who comes for the first time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LinkBy {
    /// Only by the provider's own name for them: who has an account already links it on the page of their account.
    #[default]
    Subject,
    /// By the employee number in a claim. Only where people cannot change that claim themselves.
    EmployeeNumber,
}

/// A role for whoever has a claim.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantRule {
    pub(super) when: Condition,
    #[schemars(with = "String", extend("enum" = Role::ALL.map(Role::as_str)))]
    pub(super) role: Role,
    /// Code of the unit, with everything below; the whole organisation when left out.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub(super) unit: Option<String>,
    /// Lets pay be seen, where the role alone does not.
    #[serde(default)]
    pub(super) with_pay: bool,
}

/// A claim that is this value, or a list with it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    /// The claim's name, or a JSON pointer such as `/realm_access/roles` to something inside one.
    #[schemars(length(min = 1))]
    pub(super) claim: String,
    #[schemars(length(min = 1))]
    pub(super) value: String,
}

//! Signing in by way of a provider of OpenID Connect: who somebody is there becomes an account here, with what their claims grant.

use uuid::Uuid;

use crate::domain::authority::{Act, Grant, Role};
use crate::domain::text::Text;
use crate::oidc::{Identity, OidcError, Provider, Returned, Trip};
use crate::store::{Account, AccountKind, Agent, NewAccount, NewGrant, NewIdentity, StoreError, StoredGrant};

use super::super::{App, AppError, Change};
use super::Actor;
use super::accounts::{checked_login, checked_name};
use super::grants::{created, no_longer_claimed};
use super::sessions::named;
use super::tokens::short_digest;

/// Longest part of a login that a provider chooses, in characters.
const LONGEST_USERNAME: usize = 100;

/// How often it is looked again for an account while others make theirs.
const AGAIN: usize = 3;

/// A provider, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderView {
    pub id: String,
    pub issuer: String,
    pub label: Text,
}

/// What became of the wish to go to a provider.
pub enum Leaving {
    /// The browser goes to the address, and keeps the rest until it comes back.
    To {
        address: String,
        trip: Trip,
    },
    No(NoEntry),
}

/// How a way through a provider ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtProvider {
    /// The new session's token, for the cookie.
    In {
        session: String,
    },
    No(NoEntry),
}

/// Why somebody did not get in by way of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEntry {
    /// The provider does not answer, or not in time.
    Unreachable,
    /// The provider refuses: a code used twice, a client it does not know.
    Refused,
    /// What came back does not hold, or is not what a provider says.
    Untrusted,
    /// There is no account for them here, and none is made.
    NoAccount,
    /// Their account is disabled.
    Disabled,
    /// Their employee number there is not that of the account here.
    OtherNumber,
    /// The account is linked to somebody else at this provider, or they are linked to another account.
    Taken,
}

impl NoEntry {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Untrusted => "untrusted",
            Self::NoAccount => "no_account",
            Self::Disabled => "disabled",
            Self::OtherNumber => "other_number",
            Self::Taken => "taken",
        }
    }
}

impl From<OidcError> for NoEntry {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::Unreachable(_) => Self::Unreachable,
            OidcError::Refused(_) => Self::Refused,
            OidcError::Malformed(_) | OidcError::Untrusted(_) => Self::Untrusted,
        }
    }
}

impl App {
    /// Where people may sign in besides here.
    pub fn providers(&self) -> Vec<ProviderView> {
        let view = |provider: &Provider| ProviderView {
            id: provider.id().to_owned(),
            issuer: provider.issuer().to_owned(),
            label: provider.label().clone(),
        };
        self.providers.iter().map(view).collect()
    }

    /// Begins a way to a provider. Errors: `NotFound`.
    pub async fn leave_for(&self, id: &str) -> Result<Leaving, AppError> {
        let provider = self.provider(id)?;
        Ok(match provider.begin().await {
            Ok(begun) => Leaving::To { address: begun.address, trip: begun.trip },
            Err(error) => Leaving::No(failed(provider, error)),
        })
    }

    /// Signs in whoever came back from a provider: their account is found or made, its grants from claims are brought up to date, and a session
    /// begins. Errors: `NotFound`.
    pub async fn sign_in_from(&self, id: &str, returned: Returned<'_>) -> Result<AtProvider, AppError> {
        let provider = self.provider(id)?;
        let identity = match provider.finish(returned, self.clock.now()).await {
            Ok(identity) => identity,
            Err(error) => return Ok(AtProvider::No(failed(provider, error))),
        };
        let mut actor = Actor::provider(id);
        if let Some(request) = self.actor.request() {
            actor = actor.within(request);
        }
        self.acting_as(actor).admit(provider, &identity).await
    }

    /// Units that claims are to grant something for and that are not on the roster, with their provider's id.
    pub async fn unknown_units_of_providers(&self) -> Result<Vec<(String, String)>, AppError> {
        self.require(Act::ReadOrganisation)?;
        let mut unknown = Vec::new();
        for provider in self.providers.iter() {
            for unit in provider.units() {
                if self.store.unit_by_code(unit).await?.is_none() {
                    unknown.push((provider.id().to_owned(), unit.to_owned()));
                }
            }
        }
        Ok(unknown)
    }

    pub(super) fn provider(&self, id: &str) -> Result<&Provider, AppError> {
        let none = || AppError::NotFound(format!("there is no provider '{id}'; the sign-in page shows them"));
        self.providers.get(id).ok_or_else(none)
    }

    async fn admit(&self, provider: &Provider, identity: &Identity) -> Result<AtProvider, AppError> {
        let mut found = self.account_for(provider, identity).await;
        for _ in 0..AGAIN {
            // Somebody comes twice at the same time, or somebody else just took the login: look again at what there is now.
            let Err(AppError::Store(StoreError::Exists { .. })) = &found else { break };
            found = self.account_for(provider, identity).await;
        }
        let account = match found? {
            Ok(account) => account,
            Err((account, why)) => {
                let detail = format!("provider={} reason={}", provider.id(), why.as_str());
                let change = Change::new("session.refuse", "account", named(account));
                self.note(change.detail(detail)).await?;
                return Ok(AtProvider::No(why));
            }
        };
        self.bring_up_to_date(&account, identity).await?;
        let (session, new) = self.new_session(account.id, Some(&identity.issuer));
        let change = Change::new("session.begin", "account", account.public_id);
        let change = change.detail(format_args!("provider={}", provider.id()));
        self.recorded(change).create_session(&new).await?;
        Ok(AtProvider::In { session })
    }

    /// The account of whoever this is: the one linked to them, or on their first coming the one of their employee number, or a new one. Never one
    /// with the same name, login or e-mail address: those anybody may choose.
    async fn account_for(&self, provider: &Provider, identity: &Identity) -> Result<Found, AppError> {
        if let Some(linked) = self.store.identity(&identity.issuer, &identity.subject).await? {
            let account = self.store.account(linked.account_id).await?;
            return match account {
                Some(account) => self.still_theirs(account, identity).await,
                None => Ok(Err((None, NoEntry::NoAccount))),
            };
        }
        let agent = match &identity.employee_number {
            Some(number) => self.store.agent_by_number(number).await?,
            None => None,
        };
        if agent.as_ref().is_some_and(|agent| agent.left.is_some_and(|left| left < self.clock.today())) {
            return Ok(Err((None, NoEntry::NoAccount)));
        }
        let existing = match &agent {
            Some(agent) => self.store.account_of_agent(agent.id).await?,
            None => None,
        };
        match existing {
            Some(account) => self.link_by_number(account, identity).await,
            None if provider.makes_accounts() && (agent.is_some() || !identity.grants.is_empty()) => {
                Ok(Ok(self.make_account(provider, identity, agent.as_ref()).await?))
            }
            None => Ok(Err((None, NoEntry::NoAccount))),
        }
    }

    /// An account that is linked already, unless it is disabled or the provider says another employee number now.
    async fn still_theirs(&self, account: Account, identity: &Identity) -> Result<Found, AppError> {
        if account.disabled_at.is_some() {
            return Ok(Err((Some(account.public_id), NoEntry::Disabled)));
        }
        if self.contradicts(&account, identity).await? {
            return Ok(Err((Some(account.public_id), NoEntry::OtherNumber)));
        }
        Ok(Ok(account))
    }

    /// Whether the account is of another agent than the provider says.
    pub(super) async fn contradicts(&self, account: &Account, identity: &Identity) -> Result<bool, AppError> {
        let (Some(agent_id), Some(number)) = (account.agent_id, &identity.employee_number) else { return Ok(false) };
        let said = self.store.agent_by_number(number).await?;
        Ok(said.is_none_or(|agent| agent.id != agent_id))
    }

    async fn link_by_number(&self, account: Account, identity: &Identity) -> Result<Found, AppError> {
        if account.disabled_at.is_some() {
            return Ok(Err((Some(account.public_id), NoEntry::Disabled)));
        }
        let linked = self.store.identities(account.id).await?;
        match linked.iter().find(|linked| linked.issuer == identity.issuer) {
            None => {}
            // They came twice at the same time, and the other time was a moment faster.
            Some(linked) if linked.subject == identity.subject => return Ok(Ok(account)),
            // Two people with one number: somebody is not who they say.
            Some(_) => return Ok(Err((Some(account.public_id), NoEntry::Taken))),
        }
        let change = Change::new("identity.link", "account", account.public_id);
        let change = change.detail(format_args!("issuer={} by=employee_number", identity.issuer));
        self.recorded(change).link_identity(&self.new_identity(account.id, identity)).await?;
        Ok(Ok(account))
    }

    pub(super) fn new_identity(&self, account_id: i64, identity: &Identity) -> NewIdentity {
        let (issuer, subject) = (identity.issuer.clone(), identity.subject.clone());
        NewIdentity { account_id, issuer, subject, created_at: self.clock.now() }
    }

    async fn make_account(
        &self,
        provider: &Provider,
        identity: &Identity,
        agent: Option<&Agent>,
    ) -> Result<Account, AppError> {
        let login = self.free_login(provider, identity).await?;
        let name = agent.map(|agent| agent.name.as_str()).or(identity.name.as_deref());
        let new = NewAccount {
            public_id: self.clock.new_id(),
            kind: AccountKind::Person,
            name: name.and_then(|name| checked_name(name).ok()).unwrap_or_else(|| login.clone()),
            login,
            agent_id: agent.map(|agent| agent.id),
            created_at: self.clock.now(),
        };
        let employee = agent.map(|agent| format!(" agent={}", agent.employee_number)).unwrap_or_default();
        let change = Change::new("account.create", "account", new.public_id);
        let change = change.detail(format_args!("kind=person{employee} issuer={}", identity.issuer));
        Ok(self.recorded(change).create_linked_account(&new, self.new_identity(0, identity)).await?)
    }

    /// A login with the provider's id before it: nobody takes one at the provider that an administrator would mistake for somebody else's.
    async fn free_login(&self, provider: &Provider, identity: &Identity) -> Result<String, AppError> {
        let username: String = identity.username.iter().flat_map(|name| name.chars()).take(LONGEST_USERNAME).collect();
        if !username.is_empty()
            && let Ok(login) = checked_login(&format!("{}-{username}", provider.id()))
            && self.store.account_by_login(&login).await?.is_none()
        {
            return Ok(login);
        }
        Ok(format!("{}-{}", provider.id(), short_digest(&format!("{}\n{}", identity.issuer, identity.subject))))
    }

    /// Makes the grants that come from this issuer's claims those that they ask for now. Others are not touched.
    async fn bring_up_to_date(&self, account: &Account, identity: &Identity) -> Result<(), AppError> {
        let wanted = self.wanted(account, identity).await?;
        let held = self.store.grants(account.id).await?;
        let from_claims = |grant: &StoredGrant| {
            grant.revoked_at.is_none() && grant.origin.as_deref() == Some(identity.issuer.as_str())
        };
        let held: Vec<StoredGrant> = held.into_iter().filter(from_claims).collect();
        let codes = self.unit_codes(held.iter().filter_map(|grant| grant.grant.unit)).await?;
        for gone in held.iter().filter(|held| !wanted.iter().any(|(grant, _)| *grant == held.grant)) {
            let unit = gone.grant.unit.and_then(|unit| codes.get(&unit)).map(String::as_str);
            let store = self.recorded(no_longer_claimed(account, unit, gone));
            store.revoke_grant(gone.public_id, self.clock.now()).await?;
        }
        for (grant, unit) in wanted {
            if held.iter().any(|held| held.grant == grant) {
                continue;
            }
            let origin = Some(identity.issuer.clone());
            let new = NewGrant { origin, ..self.new_grant(account.id, grant.role) };
            let new = NewGrant { grant, ..new };
            self.recorded(created(account, unit.as_deref(), &new)).create_claimed_grant(&new).await?;
        }
        Ok(())
    }

    /// What the claims ask for, with the codes of units. A unit that is not on the roster grants nothing.
    async fn wanted(&self, account: &Account, identity: &Identity) -> Result<Vec<(Grant, Option<String>)>, AppError> {
        let mut wanted = Vec::new();
        // Whoever is an agent by the provider's word reads what is their own; that they are this agent was checked.
        if account.agent_id.is_some() && identity.employee_number.is_some() {
            wanted.push((Grant { role: Role::Agent, unit: None, with_pay: false }, None));
        }
        for claimed in &identity.grants {
            let unit = match &claimed.unit {
                None => None,
                Some(code) => match self.store.unit_by_code(code).await? {
                    Some(unit) => Some(unit.id),
                    None => {
                        tracing::warn!(
                            unit = code,
                            "claims ask for a grant for a unit that is not on the roster; it is left out"
                        );
                        continue;
                    }
                },
            };
            let grant = Grant { role: claimed.role, unit, with_pay: claimed.with_pay };
            wanted.push((grant, claimed.unit.clone()));
        }
        Ok(wanted)
    }
}

/// An account, or why there is none, with the public id of the one that is known.
type Found = Result<Account, (Option<Uuid>, NoEntry)>;

pub(super) fn failed(provider: &Provider, error: OidcError) -> NoEntry {
    tracing::warn!(provider = provider.id(), %error, "nobody was let in by way of a provider");
    error.into()
}

//! Who accounts are at providers: linked and unlinked by themselves, or by an administrator.

use uuid::Uuid;

use super::super::{App, AppError, Change};
use super::grants::no_longer_claimed;
use super::providers::{NoEntry, failed};
use crate::domain::authority::Act;
use crate::oidc::Returned;
use crate::store::{Account, LinkedIdentity, StoreError};

impl App {
    /// Links whoever is signed in to who they are at the provider they came back from; `None` when that is done. Errors: `NotFound`.
    pub async fn link_from(&self, id: &str, returned: Returned<'_>) -> Result<Option<NoEntry>, AppError> {
        let account = self.signed_in()?;
        let provider = self.provider(id)?;
        let identity = match provider.finish(returned, self.clock.now()).await {
            Ok(identity) => identity,
            Err(error) => return Ok(Some(failed(provider, error))),
        };
        if self.contradicts(account, &identity).await? {
            return Ok(Some(NoEntry::OtherNumber));
        }
        let change = Change::new("identity.link", "account", account.public_id);
        let change = change.detail(format_args!("issuer={} by=account", identity.issuer));
        match self.recorded(change).link_identity(&self.new_identity(account.id, &identity)).await {
            Ok(()) => Ok(None),
            Err(StoreError::Exists { .. }) => Ok(Some(NoEntry::Taken)),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes an identity from the account of whoever is signed in. Errors: `Refused` when they could not sign in any more; `NotFound`.
    pub async fn unlink_own_identity(&self, issuer: &str) -> Result<(), AppError> {
        let account = self.signed_in()?;
        let others = self.store.identities(account.id).await?.iter().any(|linked| linked.issuer != issuer);
        if !account.has_password && !others {
            return Err(AppError::refused(
                "without a password this is the only way in: let an administrator reset it first",
            ));
        }
        self.unlink(account, issuer).await
    }

    /// Who an account is at providers.
    pub async fn identities(&self, account: Uuid) -> Result<Vec<LinkedIdentity>, AppError> {
        let account = self.account(account).await?.account;
        Ok(self.store.identities(account.id).await?)
    }

    /// Takes an identity from an account: its sessions begun there end, and so does what claims granted.
    pub async fn unlink_identity(&self, account: Uuid, issuer: &str) -> Result<(), AppError> {
        self.require(Act::ManageAccess)?;
        let account = self.account(account).await?.account;
        self.unlink(&account, issuer).await
    }

    async fn unlink(&self, account: &Account, issuer: &str) -> Result<(), AppError> {
        let change =
            Change::new("identity.unlink", "account", account.public_id).detail(format_args!("issuer={issuer}"));
        let now = self.clock.now();
        let unlinked = self.recorded(change).unlink_identity(account.id, issuer, now).await;
        unlinked.map_err(|error| match error {
            StoreError::NotFound { .. } => AppError::NotFound(format!(
                "'{}' is linked to nobody at {issuer}; 'merit user identities' shows where",
                account.login
            )),
            other => other.into(),
        })?;
        for held in self.store.grants(account.id).await? {
            if held.revoked_at.is_none() && held.origin.as_deref() == Some(issuer) {
                let codes = self.unit_codes(held.grant.unit.into_iter()).await?;
                let unit = held.grant.unit.and_then(|unit| codes.get(&unit)).map(String::as_str);
                self.recorded(no_longer_claimed(account, unit, &held)).revoke_grant(held.public_id, now).await?;
            }
        }
        Ok(())
    }
}

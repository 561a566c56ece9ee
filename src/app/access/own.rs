//! What somebody sees and changes of their own account.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::super::{App, AppError, Change};
use super::passwords::{self, PasswordProblem};
use super::sessions::Tries;
use super::tokens::digest;
use super::{AccountView, GrantView};
use crate::store::{LinkedIdentity, StoredGrant};

/// The account of whoever is signed in, and what it may do today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    pub account: AccountView,
    pub grants: Vec<GrantView>,
    /// Who they are at providers.
    pub identities: Vec<LinkedIdentity>,
}

/// Whether it is really them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    Confirmed,
    /// It was not the password.
    Mistaken,
    /// Too many mistakes: nothing was tried.
    Wait(DateTime<Utc>),
}

/// How a change of one's own password ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordChange {
    /// Every other session has ended.
    Changed,
    /// The current password was not the one.
    Mistaken,
    Weak(PasswordProblem),
    /// Too many mistakes: nothing was tried.
    Wait(DateTime<Utc>),
}

impl App {
    pub async fn own_account(&self) -> Result<OwnAccount, AppError> {
        let account = self.signed_in()?.clone();
        let today = self.clock.today();
        let in_force = |grant: &StoredGrant| {
            let here = grant.origin.is_none() || grant.origin.as_deref() == self.actor.origin();
            here && grant.revoked_at.is_none()
                && grant.first_day <= today
                && grant.last_day.is_none_or(|last| today <= last)
        };
        let grants: Vec<_> = self.store.grants(account.id).await?.into_iter().filter(in_force).collect();
        let codes = self.unit_codes(grants.iter().filter_map(|grant| grant.grant.unit)).await?;
        let view = |grant: StoredGrant| {
            let unit = grant.grant.unit.and_then(|unit| codes.get(&unit).cloned());
            GrantView { grant, unit }
        };
        let grants = grants.into_iter().map(view).collect();
        let identities = self.store.identities(account.id).await?;
        Ok(OwnAccount { account: self.account_view(account).await?, grants, identities })
    }

    /// Asks whoever is signed in for their password again. Whoever found a desk left open shall not try passwords here either.
    pub async fn confirm(&self, password: &str, address: Option<IpAddr>) -> Result<Confirmation, AppError> {
        let account = self.signed_in()?;
        let tries = Tries::of(&account.login, address);
        if let Some(until) = self.count_try(&tries).await? {
            return Ok(Confirmation::Wait(until));
        }
        let tried = self.try_password(Some(account), password).await?;
        if !tried.is_right() {
            return Ok(Confirmation::Mistaken);
        }
        self.forget_failures(&tries).await?;
        self.strengthen(account, password, tried).await?;
        Ok(Confirmation::Confirmed)
    }

    /// Changes the password of whoever is signed in with the session of this token; their other sessions end.
    pub async fn change_own_password(
        &self,
        session: &str,
        current: &str,
        new: &str,
        address: Option<IpAddr>,
    ) -> Result<PasswordChange, AppError> {
        let account = self.signed_in()?;
        if let Err(problem) = passwords::check(new, account) {
            return Ok(PasswordChange::Weak(problem));
        }
        match self.confirm(current, address).await? {
            Confirmation::Confirmed => {}
            Confirmation::Mistaken => return Ok(PasswordChange::Mistaken),
            Confirmation::Wait(until) => return Ok(PasswordChange::Wait(until)),
        }
        let hash = self.hasher.hash(new).await?;
        let change = Change::new("account.change_password", "account", account.public_id);
        self.recorded(change).set_password(account.id, &hash, Some(&digest(session)), self.clock.now()).await?;
        Ok(PasswordChange::Changed)
    }
}

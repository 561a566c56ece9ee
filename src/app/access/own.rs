//! What somebody sees and changes of their own account.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::super::{App, AppError, Change};
use super::passwords::{self, PasswordProblem};
use super::sessions::Tries;
use super::tokens::digest;
use super::{AccountView, GrantView};
use crate::store::StoredGrant;

/// The account of whoever is signed in, and what it may do today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    pub account: AccountView,
    pub grants: Vec<GrantView>,
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
            grant.revoked_at.is_none() && grant.first_day <= today && grant.last_day.is_none_or(|last| today <= last)
        };
        let grants: Vec<_> = self.store.grants(account.id).await?.into_iter().filter(in_force).collect();
        let codes = self.unit_codes(grants.iter().filter_map(|grant| grant.grant.unit)).await?;
        let view = |grant: StoredGrant| {
            let unit = grant.grant.unit.and_then(|unit| codes.get(&unit).cloned());
            GrantView { grant, unit }
        };
        let grants = grants.into_iter().map(view).collect();
        Ok(OwnAccount { account: self.account_view(account).await?, grants })
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
        // Whoever found a desk left open shall not try passwords here either.
        let tries = Tries::of(&account.login, address);
        if let Some(until) = self.count_try(&tries).await? {
            return Ok(PasswordChange::Wait(until));
        }
        if !self.is_password(Some(account), current).await? {
            return Ok(PasswordChange::Mistaken);
        }
        self.forget_failures(&tries).await?;
        let hash = self.hasher.hash(new).await?;
        let change = Change::new("account.change_password", "account", &account.login);
        self.recorded(change).set_password(account.id, &hash, Some(&digest(session)), self.clock.now()).await?;
        Ok(PasswordChange::Changed)
    }
}

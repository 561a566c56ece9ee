//! Accounts: made, changed, listed.

use uuid::Uuid;

use super::super::{App, AppError, Change, Slice};
use super::Actor;
use crate::app::refusal::Why;
use crate::domain::audit::Digest;
use crate::domain::authority::{Act, Role};
use crate::store::{Account, AccountChange, AccountKind, NewAccount, Page, StoreError};

/// Longest login and name, in characters.
const LONGEST: usize = 200;

/// An account to be made.
#[derive(Debug, Clone, Copy)]
pub struct AccountOrder<'a> {
    pub kind: AccountKind,
    pub login: &'a str,
    pub name: &'a str,
    /// Employee number of the agent this person is.
    pub agent: Option<&'a str>,
}

/// An account, and the agent it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    pub account: Account,
    pub employee_number: Option<String>,
}

impl App {
    /// Makes an account; it may do nothing until something is granted. Somebody who is an agent may read what is their own at once.
    pub async fn create_account(&self, order: AccountOrder<'_>) -> Result<AccountView, AppError> {
        self.require(Act::ManageAccess)?;
        let agent = match order.agent {
            None => None,
            Some(_) if order.kind == AccountKind::Client => {
                return Err(AppError::invalid("a program is no agent: leave the agent out, or make it a person"));
            }
            Some(number) => Some(self.find_agent(number).await?),
        };
        let new = NewAccount {
            public_id: self.clock.new_id(),
            kind: order.kind,
            login: checked_login(order.login)?,
            name: checked_name(order.name)?,
            agent_id: agent.as_ref().map(|agent| agent.id),
            created_at: self.clock.now(),
        };
        let change = Change::new("account.create", "account", new.public_id).after(Some(told(1, false)));
        let employee = agent.as_ref().map(|agent| format!(" agent={}", agent.employee_number)).unwrap_or_default();
        let change = change.detail(format_args!("kind={}{employee}", new.kind.as_str()));
        let account = self.recorded(change).create_account(&new).await.map_err(refused)?;
        if account.agent_id.is_some() {
            self.keep_grant(&account, None, &self.new_grant(account.id, Role::Agent)).await?;
        }
        Ok(AccountView { account, employee_number: agent.map(|agent| agent.employee_number) })
    }

    /// Changes an account that is still at `version`.
    pub async fn change_account(
        &self,
        id: Uuid,
        version: i64,
        mut change: AccountChange,
    ) -> Result<AccountView, AppError> {
        self.require(Act::ManageAccess)?;
        if change.disabled == Some(true) && self.actor.own_account().is_some_and(|own| own.public_id == id) {
            return Err(AppError::refused("nobody disables their own account: let another administrator do it")
                .because(Why::DisableSelf {}));
        }
        change.name = change.name.as_deref().map(checked_name).transpose()?;
        let found = self.store.account_by_public_id(id).await?;
        let found = found.ok_or_else(|| AppError::NotFound(format!("there is no account '{id}'")))?;
        let disabled = found.disabled_at.is_some();
        let record = Change::new("account.change", "account", id)
            .before(Some(told(found.version, disabled)))
            .after(Some(told(found.version.saturating_add(1), change.disabled.unwrap_or(disabled))))
            .detail(changed(&change));
        let account =
            self.recorded(record).change_account(id, version, &change, self.clock.now()).await.map_err(refused)?;
        self.account_view(account).await
    }

    pub async fn accounts(&self, slice: &Slice) -> Result<Page<AccountView>, AppError> {
        self.require(Act::ManageAccess)?;
        let page = self.store.accounts_page(slice.after.as_deref(), slice.limit.into()).await?;
        let agents = page.rows.iter().filter_map(|account| account.agent_id).collect();
        let mut numbers = self.store.employee_numbers(agents).await?;
        let view = |account: Account| {
            let employee_number = account.agent_id.and_then(|agent| numbers.remove(&agent));
            AccountView { account, employee_number }
        };
        Ok(Page { rows: page.rows.into_iter().map(view).collect(), more: page.more })
    }

    pub async fn account(&self, id: Uuid) -> Result<AccountView, AppError> {
        self.require(Act::ManageAccess)?;
        let account = self.store.account_by_public_id(id).await?;
        self.account_view(account.ok_or_else(|| AppError::NotFound(format!("there is no account '{id}'")))?).await
    }

    pub async fn account_named(&self, login: &str) -> Result<AccountView, AppError> {
        self.require(Act::ManageAccess)?;
        let account = self.store.account_by_login(&login.trim().to_lowercase()).await?;
        let account = account.ok_or_else(|| {
            AppError::NotFound(format!(
                "there is no account '{login}'; 'merit user list' shows them, 'merit user add' makes one"
            ))
        })?;
        self.account_view(account).await
    }

    /// The account as somebody who acts, with what it may do today by what it was given, and by the claims of the issuer `origin` by way of which
    /// it is here; `None` when it is disabled.
    pub(in crate::app) async fn actor_of(
        &self,
        account: Account,
        origin: Option<&str>,
    ) -> Result<Option<Actor>, AppError> {
        if account.disabled_at.is_some() {
            return Ok(None);
        }
        let grants = self.store.grants_in_force(account.id, self.clock.today(), origin).await?;
        Ok(Some(Actor::account(account, grants).by_way_of(origin)))
    }

    pub(super) async fn account_view(&self, account: Account) -> Result<AccountView, AppError> {
        let employee_number = match account.agent_id {
            None => None,
            Some(id) => self.store.agent_by_id(id).await?.map(|agent| agent.employee_number),
        };
        Ok(AccountView { account, employee_number })
    }
}

/// An account as the log tells it: without login and name, of which even a digest would tell whoever guesses them.
fn told(version: i64, disabled: bool) -> Digest {
    Digest::of_fields(&[("version", &version.to_string()), ("disabled", &disabled.to_string())])
}

/// What of an account changes, in words for the log.
fn changed(change: &AccountChange) -> String {
    let AccountChange { name, disabled } = change;
    let parts = [name.as_ref().map(|_| "name"), disabled.map(|disabled| if disabled { "disabled" } else { "enabled" })];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Lower case, so that nobody has two accounts by accident.
pub(super) fn checked_login(login: &str) -> Result<String, AppError> {
    let login = login.trim().to_lowercase();
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if login.is_empty() || login.chars().count() > LONGEST || !login.chars().all(allowed) {
        return Err(AppError::invalid(format!(
            "login: '{login}' is none; 1 to {LONGEST} letters, digits and . - _ @ +, such as li.wei or li.wei@example.com"
        )));
    }
    Ok(login)
}

pub(super) fn checked_name(name: &str) -> Result<String, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        return Err(AppError::invalid(format!("name: 1 to {LONGEST} characters without line breaks are needed")));
    }
    Ok(name.to_owned())
}

pub(super) fn refused(error: StoreError) -> AppError {
    match error {
        StoreError::Exists { .. } => AppError::conflict(error.to_string()),
        StoreError::Changed { .. } => AppError::changed(error.to_string()),
        StoreError::NotFound { .. } => AppError::NotFound(error.to_string()),
        other => other.into(),
    }
}

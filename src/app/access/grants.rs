//! Grants: a role, for a unit and below or for everything, for some days.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::{App, AppError};
use crate::domain::authority::{Act, Grant, Role};
use crate::store::{NewGrant, StoreError, StoredGrant};

/// A grant to be made.
#[derive(Debug, Clone, Copy)]
pub struct GrantOrder<'a> {
    /// Public id of the account.
    pub account: Uuid,
    pub role: Role,
    /// Code of the unit; the whole organisation when absent.
    pub unit: Option<&'a str>,
    pub with_pay: bool,
    /// From today when absent.
    pub first_day: Option<NaiveDate>,
    /// Until further notice when absent.
    pub last_day: Option<NaiveDate>,
}

/// A grant with the code of its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantView {
    pub grant: StoredGrant,
    pub unit: Option<String>,
}

impl App {
    pub async fn grant(&self, order: GrantOrder<'_>) -> Result<GrantView, AppError> {
        let account = self.account(order.account).await?.account;
        if self.is_own(&account) {
            return Err(AppError::Refused("nobody grants themselves anything: let another administrator do it".into()));
        }
        let unit = match order.unit {
            None => None,
            Some(code) => Some(self.unit(code).await?),
        };
        let mut new = self.new_grant(account.id, order.role);
        if order.role == Role::Agent && account.agent_id.is_none() {
            return Err(AppError::Invalid(format!(
                "'{}' is no agent of the roster: the role agent is for people whose account names their employee number",
                account.login
            )));
        }
        new.grant.unit = unit.as_ref().map(|unit| unit.id);
        new.grant.with_pay = order.with_pay;
        new.first_day = order.first_day.unwrap_or(new.first_day);
        new.last_day = order.last_day;
        if new.last_day.is_some_and(|last| last < new.first_day) {
            return Err(AppError::Invalid("the grant ends before it begins: swap the days".into()));
        }
        let grant = self.store.create_grant(&new).await?;
        Ok(GrantView { grant, unit: unit.map(|unit| unit.code) })
    }

    /// Every grant of an account, revoked ones too, oldest first.
    pub async fn grants(&self, account: Uuid) -> Result<Vec<GrantView>, AppError> {
        let account = self.account(account).await?.account;
        let grants = self.store.grants(account.id).await?;
        let codes = self.unit_codes(grants.iter().filter_map(|grant| grant.grant.unit)).await?;
        let view = |grant: StoredGrant| {
            let unit = grant.grant.unit.and_then(|unit| codes.get(&unit).cloned());
            GrantView { grant, unit }
        };
        Ok(grants.into_iter().map(view).collect())
    }

    /// From now on the grant allows nothing.
    pub async fn revoke_grant(&self, id: Uuid) -> Result<(), AppError> {
        self.require(Act::ManageAccess)?;
        match self.store.revoke_grant(id, self.clock.now()).await {
            Err(error @ StoreError::NotFound { .. }) => Err(AppError::NotFound(error.to_string())),
            outcome => Ok(outcome?),
        }
    }

    /// A grant over the whole organisation from today on.
    pub(super) fn new_grant(&self, account_id: i64, role: Role) -> NewGrant {
        NewGrant {
            public_id: self.clock.new_id(),
            account_id,
            grant: Grant { role, unit: None, with_pay: false },
            first_day: self.clock.today(),
            last_day: None,
            created_at: self.clock.now(),
        }
    }
}

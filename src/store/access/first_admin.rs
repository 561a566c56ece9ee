//! The first administrator, of whom there is one.

use chrono::NaiveDate;
use sea_orm::FromQueryResult;

use super::super::write::{Lock, fetch_one};
use super::super::{Store, StoreError};
use super::account::{self, Account, NewAccount};
use super::grant::{self, NewGrant};
use crate::domain::authority::Role;
use entity::day::Day;

#[derive(FromQueryResult)]
struct Administrator {
    login: String,
}

impl Store {
    /// Makes an account with its grant (whose `account_id` is filled in), unless somebody who is not disabled was given the role of
    /// administrator over everything on `day` or later; what a provider's claims say may end any time. Errors: `Exists` for that administrator, or for the login.
    pub async fn create_first_admin(
        &self,
        new: &NewAccount,
        mut grant: NewGrant,
        day: NaiveDate,
    ) -> Result<Account, StoreError> {
        let step = "making the first administrator";
        let tx = self.begin_write(&[Lock::FirstAdmin]).await?;
        let text = "SELECT a.login FROM access_grant g JOIN account a ON a.id = g.account_id
            WHERE g.role = $1 AND g.unit_id IS NULL AND g.revoked_at IS NULL AND g.origin IS NULL AND a.disabled_at IS NULL
            AND (g.last_day IS NULL OR g.last_day >= $2) ORDER BY g.id LIMIT 1";
        let values = [Role::Admin.as_str().into(), Day(day).into()];
        if let Some(Administrator { login }) = fetch_one(&tx, step, text, values).await? {
            return Err(StoreError::Exists { what: "administrator", name: login });
        }
        let account = account::insert(&tx, new).await?;
        grant.account_id = account.id;
        grant::insert(&tx, &grant).await?;
        self.finish(tx, step).await?;
        Ok(account)
    }
}

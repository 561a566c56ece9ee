//! Whose token it is, and what they may do: one query, for it comes before every request.

use chrono::NaiveDate;
use entity::day::Day;
use entity::{access_grant, account, api_token};
use sea_orm::{ConnectionTrait, FromQueryResult, IdenStatic, Iterable};

use super::super::error::Step;
use super::super::write::sql;
use super::super::{Store, StoreError};
use super::account::Account;
use super::grant::StoredGrant;
use super::token::Token;
use crate::domain::authority::Grant;

/// A token with its account and what somebody gave that, as in force on a day. What comes from an issuer's claims counts only where
/// somebody signed in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldToken {
    pub token: Token,
    pub account: Account,
    pub grants: Vec<Grant>,
}

impl Store {
    /// Also a token that has expired or was revoked, and an account that is disabled: the caller judges.
    pub async fn held_token(&self, hash: &str, day: NaiveDate) -> Result<Option<HeldToken>, StoreError> {
        let step = "looking up a token";
        let text = format!(
            "SELECT {}, {}, {} FROM api_token t JOIN account a ON a.id = t.account_id
            LEFT JOIN access_grant g ON g.account_id = a.id AND g.revoked_at IS NULL AND g.origin IS NULL
                AND g.first_day <= $2 AND (g.last_day IS NULL OR g.last_day >= $2)
            WHERE t.hash = $1",
            columns::<api_token::Column>("t"),
            columns::<account::Column>("a"),
            columns::<access_grant::Column>("g"),
        );
        let statement = sql(&self.readers, text, [hash.into(), Day(day).into()]);
        let rows = self.readers.query_all_raw(statement).await.step(step)?;
        let Some(first) = rows.first() else { return Ok(None) };
        let token = api_token::Model::from_query_result(first, "t_").step(step)?;
        let account = account::Model::from_query_result(first, "a_").step(step)?;
        let mut grants = Vec::new();
        for row in &rows {
            let grant = access_grant::Model::from_query_result_optional(row, "g_").step(step)?;
            grants.extend(grant.map(StoredGrant::try_from).transpose()?.map(|stored| stored.grant));
        }
        Ok(Some(HeldToken { token: token.try_into()?, account: account.try_into()?, grants }))
    }
}

/// All columns of a table, each named after its alias so that no two are the same.
fn columns<C: IdenStatic + Iterable>(table: &str) -> String {
    let named = C::iter().map(|column| format!("{table}.{0} AS {table}_{0}", column.as_str()));
    named.collect::<Vec<_>>().join(", ")
}

//! Who accounts are at providers of OpenID Connect.

use chrono::{DateTime, Utc};
use entity::linked_identity::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, Set,
};

use super::super::error::Step;
use super::super::write::{Lock, execute, instant, plain};
use super::super::{Store, StoreError};
use super::account::{self, Account, NewAccount};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIdentity {
    /// Filled in where the account is made with it.
    pub account_id: i64,
    pub issuer: String,
    /// The issuer's own name for the person.
    pub subject: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedIdentity {
    pub account_id: i64,
    pub issuer: String,
    pub subject: String,
    pub created_at: DateTime<Utc>,
}

impl From<Model> for LinkedIdentity {
    fn from(model: Model) -> Self {
        let Model { id: _, account_id, issuer, subject, created_at } = model;
        Self { account_id, issuer, subject, created_at }
    }
}

impl Store {
    pub async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<LinkedIdentity>, StoreError> {
        let found = Entity::find().filter(Column::Issuer.eq(issuer)).filter(Column::Subject.eq(subject));
        let found = found.one(&self.readers).await.step("looking up an identity")?;
        Ok(found.map(LinkedIdentity::from))
    }

    /// The identities of an account, oldest first.
    pub async fn identities(&self, account_id: i64) -> Result<Vec<LinkedIdentity>, StoreError> {
        let found = Entity::find().filter(Column::AccountId.eq(account_id)).order_by_asc(Column::Id);
        let found = found.all(&self.readers).await.step("listing identities")?;
        Ok(found.into_iter().map(LinkedIdentity::from).collect())
    }

    /// Links an identity to an account. Errors: `Exists` when it is somebody's, or the account has one of this issuer.
    pub async fn link_identity(&self, new: &NewIdentity) -> Result<(), StoreError> {
        let tx = self.begin_write(&[Lock::Identities]).await?;
        insert(&tx, new).await?;
        self.finish(tx, "linking an identity").await
    }

    /// Makes an account with its identity (whose `account_id` is filled in). Errors: `Exists` for the identity, the login or the agent.
    pub async fn create_linked_account(
        &self,
        account: &NewAccount,
        mut identity: NewIdentity,
    ) -> Result<Account, StoreError> {
        let tx = self.begin_write(&[Lock::Identities]).await?;
        let account = account::insert(&tx, account).await?;
        identity.account_id = account.id;
        insert(&tx, &identity).await?;
        self.finish(tx, "making an account with its identity").await?;
        Ok(account)
    }

    /// Takes an identity from an account, and ends the sessions begun by way of its issuer. Errors: `NotFound`.
    pub async fn unlink_identity(&self, account_id: i64, issuer: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "unlinking an identity";
        let tx = self.begin_write(&[Lock::Identities]).await?;
        let text = "DELETE FROM linked_identity WHERE account_id = $1 AND issuer = $2";
        if execute(&tx, step, text, [account_id.into(), issuer.into()]).await? == 0 {
            return Err(StoreError::NotFound { what: "identity", name: issuer.to_owned() });
        }
        let text = "UPDATE session SET ended_at = $1 WHERE account_id = $2 AND origin = $3 AND ended_at IS NULL";
        execute(&tx, step, text, [instant(now).into(), account_id.into(), issuer.into()]).await?;
        self.finish(tx, step).await
    }
}

async fn insert(tx: &impl ConnectionTrait, new: &NewIdentity) -> Result<(), StoreError> {
    let step = "linking an identity";
    let subject = plain(&new.subject);
    let same = Condition::any()
        .add(Condition::all().add(Column::Issuer.eq(&*new.issuer)).add(Column::Subject.eq(&*subject)))
        .add(Condition::all().add(Column::Issuer.eq(&*new.issuer)).add(Column::AccountId.eq(new.account_id)));
    if Entity::find().filter(same).one(tx).await.step(step)?.is_some() {
        return Err(StoreError::Exists { what: "identity", name: new.issuer.clone() });
    }
    let row = ActiveModel {
        id: NotSet,
        account_id: Set(new.account_id),
        issuer: Set(new.issuer.clone()),
        subject: Set(subject),
        created_at: Set(instant(new.created_at)),
    };
    row.insert(tx).await.step(step).map(|_| ())
}

//! Accounts of people and programs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use entity::account::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{execute, instant, plain};
use super::super::{Page, Store, StoreError, notices};
use super::contact::Contact;
use super::password::end_links;
use super::session::end_all;
use crate::domain::text::Language;

/// What kind of user an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    Person,
    /// A program.
    Client,
}

impl AccountKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Client => "client",
        }
    }

    fn of(code: String) -> Result<Self, StoreError> {
        match code.as_str() {
            "person" => Ok(Self::Person),
            "client" => Ok(Self::Client),
            _ => Err(StoreError::Unreadable { what: "the kind of an account", value: code }),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    pub public_id: Uuid,
    pub kind: AccountKind,
    /// Lower case.
    pub login: String,
    pub name: String,
    pub agent_id: Option<i64>,
    pub created_at: DateTime<Utc>,
}

/// An account without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    pub public_id: Uuid,
    pub kind: AccountKind,
    pub login: String,
    pub name: String,
    pub agent_id: Option<i64>,
    pub has_password: bool,
    pub created_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub contact: Contact,
    /// Counts changes.
    pub version: i64,
}

impl TryFrom<Model> for Account {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            public_id,
            kind,
            login,
            name,
            agent_id,
            password_hash,
            created_at,
            disabled_at,
            email,
            language,
            wishes,
            version,
        } = model;
        let wishes = wishes.split_whitespace().map(|code| notices::read::kind(code.to_owned()));
        let contact =
            Contact { email, language: notices::read::language(language)?, wishes: wishes.collect::<Result<_, _>>()? };
        Ok(Self {
            id,
            public_id,
            kind: AccountKind::of(kind)?,
            login,
            name,
            agent_id,
            has_password: password_hash.is_some(),
            created_at,
            disabled_at,
            contact,
            version,
        })
    }
}

/// What of an account is to change; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountChange {
    pub name: Option<String>,
    pub disabled: Option<bool>,
}

impl Store {
    /// Keeps a new account. Errors: `Exists` for its login or its agent.
    pub async fn create_account(&self, new: &NewAccount) -> Result<Account, StoreError> {
        let tx = self.begin_write(&[]).await?;
        let account = insert(&tx, new).await?;
        self.finish(tx, "keeping an account").await?;
        Ok(account)
    }

    /// Changes an account that is still at `version`; disabled, its sessions and links end. Errors: `NotFound`; `Changed` when it is at another version.
    pub async fn change_account(
        &self,
        public_id: Uuid,
        version: i64,
        change: &AccountChange,
        now: DateTime<Utc>,
    ) -> Result<Account, StoreError> {
        let step = "changing an account";
        let tx = self.begin_write(&[]).await?;
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).one(&tx).await.step(step)?;
        let found = found.ok_or_else(|| StoreError::NotFound { what: "account", name: public_id.to_string() })?;
        let name = change.name.as_deref().map_or_else(|| found.name.clone(), plain);
        let disabled_at = match change.disabled {
            Some(true) => found.disabled_at.or(Some(instant(now))),
            Some(false) => None,
            None => found.disabled_at,
        };
        let text =
            "UPDATE account SET name = $1, disabled_at = $2, version = version + 1 WHERE id = $3 AND version = $4";
        let values = [name.into(), disabled_at.into(), found.id.into(), version.into()];
        if execute(&tx, step, text, values).await? == 0 {
            return Err(StoreError::Changed { what: "account", name: found.login });
        }
        if disabled_at.is_some() {
            end_all(&tx, found.id, None, now).await?;
            end_links(&tx, found.id, now).await?;
        }
        let changed = Entity::find_by_id(found.id).one(&tx).await.step(step)?;
        self.finish(tx, step).await?;
        changed.ok_or(StoreError::NotFound { what: "account", name: found.login })?.try_into()
    }

    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        by_login(&self.readers, login).await?.map(Account::try_from).transpose()
    }

    pub async fn account(&self, id: i64) -> Result<Option<Account>, StoreError> {
        let found = Entity::find_by_id(id).one(&self.readers).await.step("looking up an account")?;
        found.map(Account::try_from).transpose()
    }

    pub async fn account_of_agent(&self, agent_id: i64) -> Result<Option<Account>, StoreError> {
        let found = Entity::find().filter(Column::AgentId.eq(agent_id)).one(&self.readers).await;
        found.step("looking up an agent's account")?.map(Account::try_from).transpose()
    }

    pub async fn account_by_public_id(&self, public_id: Uuid) -> Result<Option<Account>, StoreError> {
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).one(&self.readers).await;
        found.step("looking up an account")?.map(Account::try_from).transpose()
    }

    /// The present logins of accounts.
    pub async fn logins(&self, ids: impl IntoIterator<Item = i64>) -> Result<BTreeMap<i64, String>, StoreError> {
        let ids: BTreeSet<i64> = ids.into_iter().collect();
        logins(&self.readers, &Vec::from_iter(ids)).await
    }

    /// The present logins of accounts, by public id.
    pub async fn logins_by_public_id(&self, ids: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, String>, StoreError> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows: Vec<(Uuid, String)> = Entity::find()
            .select_only()
            .columns([Column::PublicId, Column::Login])
            .filter(Column::PublicId.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&self.readers)
            .await
            .step("looking up logins")?;
        Ok(rows.into_iter().collect())
    }

    /// Accounts after the login `after`, in its order.
    pub async fn accounts_page(&self, after: Option<&str>, limit: u64) -> Result<Page<Account>, StoreError> {
        let found = Entity::find()
            .filter(Column::Login.gt(after.unwrap_or_default()))
            .order_by_asc(Column::Login)
            .limit(limit.saturating_add(1))
            .all(&self.readers)
            .await
            .step("listing accounts")?;
        Page::cut(found, limit).convert()
    }
}

async fn by_login(connection: &impl ConnectionTrait, login: &str) -> Result<Option<Model>, StoreError> {
    Entity::find().filter(Column::Login.eq(login)).one(connection).await.step("looking up an account")
}

/// The present logins of accounts.
pub(in super::super) async fn logins(
    connection: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<BTreeMap<i64, String>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(i64, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Login])
        .filter(Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(connection)
        .await
        .step("looking up logins")?;
    Ok(rows.into_iter().collect())
}

/// Errors: `Exists` for its login or its agent.
pub(super) async fn insert(tx: &impl ConnectionTrait, new: &NewAccount) -> Result<Account, StoreError> {
    let step = "keeping an account";
    if by_login(tx, &new.login).await?.is_some() {
        return Err(StoreError::Exists { what: "account", name: new.login.clone() });
    }
    if let Some(agent_id) = new.agent_id
        && let Some(other) = Entity::find().filter(Column::AgentId.eq(agent_id)).one(tx).await.step(step)?
    {
        return Err(StoreError::Exists { what: "account of this agent, with the login", name: other.login });
    }
    let row = ActiveModel {
        id: NotSet,
        public_id: Set(new.public_id),
        kind: Set(new.kind.as_str().to_owned()),
        login: Set(new.login.clone()),
        name: Set(plain(&new.name)),
        agent_id: Set(new.agent_id),
        password_hash: Set(None),
        created_at: Set(instant(new.created_at)),
        disabled_at: Set(None),
        email: Set(None),
        language: Set(Language::default().as_str().to_owned()),
        wishes: Set(String::new()),
        version: Set(1),
    };
    let model = row.insert(tx).await.step(step)?;
    model.try_into()
}

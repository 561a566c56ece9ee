//! Roles given to accounts.

use chrono::{DateTime, NaiveDate, Utc};
use entity::access_grant::{ActiveModel, Column, Entity, Model};
use entity::day::Day;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{execute, instant};
use super::super::{Store, StoreError};
use crate::domain::authority::{Grant, Role};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    pub public_id: Uuid,
    pub account_id: i64,
    pub grant: Grant,
    pub first_day: NaiveDate,
    /// `None`: until further notice.
    pub last_day: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    /// The issuer whose claims ask for it; `None`: somebody gives it.
    pub origin: Option<String>,
}

/// A grant as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGrant {
    pub public_id: Uuid,
    pub account_id: i64,
    pub grant: Grant,
    pub first_day: NaiveDate,
    pub last_day: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// The issuer whose claims ask for it; `None`: somebody gave it.
    pub origin: Option<String>,
}

impl TryFrom<Model> for StoredGrant {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id: _,
            public_id,
            account_id,
            role,
            unit_id,
            with_pay,
            first_day,
            last_day,
            created_at,
            revoked_at,
            origin,
        } = model;
        let role = Role::of(&role).ok_or(StoreError::Unreadable { what: "the role of a grant", value: role })?;
        Ok(Self {
            public_id,
            account_id,
            grant: Grant { role, unit: unit_id, with_pay },
            first_day: first_day.0,
            last_day: last_day.map(|day| day.0),
            created_at,
            revoked_at,
            origin,
        })
    }
}

impl Store {
    pub async fn create_grant(&self, new: &NewGrant) -> Result<StoredGrant, StoreError> {
        let tx = self.begin_write(&[]).await?;
        let grant = insert(&tx, new).await?;
        self.finish(tx, "keeping a grant").await?;
        Ok(grant)
    }

    /// Keeps a grant that claims ask for, unless there is the same already. Returns whether it was kept.
    pub async fn create_claimed_grant(&self, new: &NewGrant) -> Result<bool, StoreError> {
        let step = "keeping a grant from claims";
        let tx = self.begin_write(&[]).await?;
        let text = "INSERT INTO access_grant
            (public_id, account_id, role, unit_id, with_pay, first_day, last_day, created_at, origin)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
        let values = [
            new.public_id.into(),
            new.account_id.into(),
            new.grant.role.as_str().into(),
            new.grant.unit.into(),
            new.grant.with_pay.into(),
            Day(new.first_day).into(),
            new.last_day.map(Day).into(),
            instant(new.created_at).into(),
            new.origin.clone().into(),
        ];
        if execute(&tx, step, text, values).await? == 0 {
            return Ok(false);
        }
        self.finish(tx, step).await?;
        Ok(true)
    }

    /// Revokes a grant; one already revoked keeps its time. Errors: `NotFound`.
    pub async fn revoke_grant(&self, public_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "revoking a grant";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE access_grant SET revoked_at = COALESCE(revoked_at, $1) WHERE public_id = $2";
        if execute(&tx, step, text, [instant(now).into(), public_id.into()]).await? == 0 {
            return Err(StoreError::NotFound { what: "grant", name: public_id.to_string() });
        }
        self.finish(tx, step).await
    }

    pub async fn grant_by_public_id(&self, public_id: Uuid) -> Result<Option<StoredGrant>, StoreError> {
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).one(&self.readers).await;
        found.step("looking up a grant")?.map(StoredGrant::try_from).transpose()
    }

    /// Every grant of an account, revoked ones too, oldest first.
    pub async fn grants(&self, account_id: i64) -> Result<Vec<StoredGrant>, StoreError> {
        let found = Entity::find().filter(Column::AccountId.eq(account_id)).order_by_asc(Column::Id);
        let found = found.all(&self.readers).await.step("reading grants")?;
        found.into_iter().map(StoredGrant::try_from).collect()
    }

    /// What an account may do on `day` by what somebody gave it, and by the claims of the issuer `origin`.
    pub async fn grants_in_force(
        &self,
        account_id: i64,
        day: NaiveDate,
        origin: Option<&str>,
    ) -> Result<Vec<Grant>, StoreError> {
        let by_hand = Condition::any().add(Column::Origin.is_null());
        let found = Entity::find()
            .filter(Column::AccountId.eq(account_id))
            .filter(Column::RevokedAt.is_null())
            .filter(by_hand.add_option(origin.map(|origin| Column::Origin.eq(origin))))
            .filter(Column::FirstDay.lte(Day(day)))
            .filter(Condition::any().add(Column::LastDay.is_null()).add(Column::LastDay.gte(Day(day))))
            .all(&self.readers)
            .await
            .step("reading grants")?;
        found.into_iter().map(|model| Ok(StoredGrant::try_from(model)?.grant)).collect()
    }
}

pub(super) async fn insert(tx: &impl ConnectionTrait, new: &NewGrant) -> Result<StoredGrant, StoreError> {
    let row = ActiveModel {
        id: NotSet,
        public_id: Set(new.public_id),
        account_id: Set(new.account_id),
        role: Set(new.grant.role.as_str().to_owned()),
        unit_id: Set(new.grant.unit),
        with_pay: Set(new.grant.with_pay),
        first_day: Set(Day(new.first_day)),
        last_day: Set(new.last_day.map(Day)),
        created_at: Set(instant(new.created_at)),
        revoked_at: Set(None),
        origin: Set(new.origin.clone()),
    };
    row.insert(tx).await.step("keeping a grant")?.try_into()
}

//! Roles given to accounts.

use sea_orm::entity::prelude::*;

use crate::day::Day;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_grant")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    pub account_id: i64,
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// Absent for the whole organisation.
    pub unit_id: Option<i64>,
    pub with_pay: bool,
    pub first_day: Day,
    pub last_day: Option<Day>,
    pub created_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    /// The issuer whose claims ask for it.
    #[sea_orm(column_type = "Text", nullable)]
    pub origin: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

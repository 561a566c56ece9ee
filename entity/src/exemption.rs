//! Decisions that an agent is not appraised in a cycle; at most one standing.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exemption")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub cycle_id: i64,
    pub agent_id: i64,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub granted_by: Option<String>,
    pub granted_by_account: Option<i64>,
    pub granted_at: DateTimeUtc,
    #[sea_orm(column_type = "Text", nullable)]
    pub lifted_by: Option<String>,
    pub lifted_by_account: Option<i64>,
    pub lifted_at: Option<DateTimeUtc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

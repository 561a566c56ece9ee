//! Appeals of published results.

use sea_orm::entity::prelude::*;

use crate::day::Day;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appeal")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    pub cycle_id: i64,
    pub agent_id: i64,
    #[sea_orm(column_type = "Text")]
    pub employee_number: String,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub line: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub metric: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub grounds: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub raised_at: DateTimeUtc,
    pub due: Day,
    #[sea_orm(column_type = "Text", nullable)]
    pub assigned_to: Option<String>,
    pub assigned_account: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub decided_by: Option<String>,
    pub decided_account: Option<i64>,
    pub decided_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    pub revision_run_id: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Where each agent's result of a cycle stands, from the beginning of the review on.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_result")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cycle_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: i64,
    #[sea_orm(column_type = "Text")]
    pub employee_number: String,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub revised_run_id: Option<i64>,
    pub paid_run_id: Option<i64>,
    pub reviewed_at: Option<DateTimeUtc>,
    pub published_at: Option<DateTimeUtc>,
    pub acknowledged_at: Option<DateTimeUtc>,
    pub acknowledged_by_agent: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub acknowledged_comment: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

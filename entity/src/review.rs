//! What people write about one another, and about themselves, in a cycle.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "review")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    pub cycle_id: i64,
    pub agent_id: i64,
    pub rater_id: i64,
    #[sea_orm(column_type = "Text")]
    pub rater_group: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub form: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    #[sea_orm(column_type = "Text")]
    pub answers: String,
    #[sea_orm(column_type = "Text")]
    pub comment: String,
    pub version: i64,
    pub invited_at: Option<DateTimeUtc>,
    pub saved_at: DateTimeUtc,
    pub submitted_at: Option<DateTimeUtc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

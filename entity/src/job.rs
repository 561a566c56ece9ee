//! Long work that somebody asked for.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// JSON.
    #[sea_orm(column_type = "Text")]
    pub arguments: String,
    #[sea_orm(column_type = "Text")]
    pub scope: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub account_id: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub asked_by: Option<String>,
    /// Parted by blanks.
    #[sea_orm(column_type = "Text", nullable)]
    pub acts: Option<String>,
    pub asked_at: DateTimeUtc,
    pub not_before: Option<DateTimeUtc>,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub worker: Option<String>,
    pub heartbeat_at: Option<DateTimeUtc>,
    pub attempts: i64,
    pub cancel_asked_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub counted: Option<String>,
    pub done: i64,
    pub total: Option<i64>,
    /// JSON.
    #[sea_orm(column_type = "Text", nullable)]
    pub effect: Option<String>,
    /// JSON.
    #[sea_orm(column_type = "Text", nullable)]
    pub result: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub problem_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub problem: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub source: Option<String>,
    pub due_at: Option<DateTimeUtc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

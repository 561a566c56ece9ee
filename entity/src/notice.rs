//! The outbox: what people and programs are told.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// `email`, `webhook` or `page`.
    #[sea_orm(column_type = "Text")]
    pub channel: String,
    pub account_id: Option<i64>,
    pub webhook_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub address: String,
    #[sea_orm(column_type = "Text")]
    pub language: String,
    #[sea_orm(column_type = "Text")]
    pub about: String,
    /// Of the one-time link it carries.
    #[sea_orm(column_type = "Text", nullable)]
    pub token: Option<String>,
    /// `waiting`, `sent` or `given_up`.
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub attempts: i64,
    pub next_try_at: DateTimeUtc,
    pub held_until: Option<DateTimeUtc>,
    pub expires_at: DateTimeUtc,
    #[sea_orm(column_type = "Text", nullable)]
    pub last_problem: Option<String>,
    pub created_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

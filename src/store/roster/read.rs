//! Reading the roster.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::{Page, Store, StoreError};
use crate::domain::fixed::Fixed;
use crate::domain::money::Currency;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: i64,
    pub public_id: Uuid,
    pub code: String,
    pub name_en: String,
    pub name_zh: String,
    pub kind: String,
    pub parent_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    pub id: i64,
    pub public_id: Uuid,
    pub employee_number: String,
    pub name: String,
    pub hired: Option<NaiveDate>,
    pub left: Option<NaiveDate>,
    /// A JSON object.
    pub attributes: String,
}

/// What a source may know an agent by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentKey {
    pub id: i64,
    pub employee_number: String,
    pub name: String,
    /// In byte order.
    pub aliases: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub id: i64,
    pub agent_id: i64,
    pub unit_id: i64,
    pub unit_code: String,
    pub post: String,
    pub first_day: NaiveDate,
    pub last_day: Option<NaiveDate>,
    pub fte: Fixed,
    pub target_minor: i64,
    pub currency: Currency,
}

/// Which agents a list shows; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentFilter {
    /// Assigned on this day to this unit or one below it.
    pub unit: Option<(i64, NaiveDate)>,
    /// Part of the employee number or the name, in either case of ASCII letters.
    pub text: Option<String>,
}

impl Store {
    /// Every agent with aliases, in order of employee number.
    pub async fn agent_keys(&self) -> Result<Vec<AgentKey>, StoreError> {
        todo!()
    }

    /// Agents after the employee number `after`, in its order.
    pub async fn agents_page(
        &self,
        after: Option<&str>,
        limit: u64,
        filter: &AgentFilter,
    ) -> Result<Page<Agent>, StoreError> {
        todo!()
    }

    pub async fn agent_by_number(&self, employee_number: &str) -> Result<Option<Agent>, StoreError> {
        todo!()
    }

    pub async fn agent_by_public_id(&self, public_id: Uuid) -> Result<Option<Agent>, StoreError> {
        todo!()
    }

    /// An agent's aliases in byte order.
    pub async fn aliases(&self, agent_id: i64) -> Result<Vec<String>, StoreError> {
        todo!()
    }

    /// An agent's assignments by first day.
    pub async fn assignments(&self, agent_id: i64) -> Result<Vec<Assignment>, StoreError> {
        todo!()
    }

    /// Every unit in order of code.
    pub async fn units(&self) -> Result<Vec<Unit>, StoreError> {
        todo!()
    }

    /// Units after the code `after`, in its order.
    pub async fn units_page(&self, after: Option<&str>, limit: u64) -> Result<Page<Unit>, StoreError> {
        todo!()
    }

    pub async fn unit_by_code(&self, code: &str) -> Result<Option<Unit>, StoreError> {
        todo!()
    }

    pub async fn unit_by_public_id(&self, public_id: Uuid) -> Result<Option<Unit>, StoreError> {
        todo!()
    }
}

//! Reading versions of the rules.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::day::Day;
use entity::rule_version::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::error::Step;
use super::super::{Page, Store, StoreError};
use crate::domain::version::VersionState;

/// The content of a version, as it was hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRuleset {
    pub hash: String,
    pub canonical: String,
}

/// A version of the rules without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVersion {
    pub hash: String,
    /// Counts versions in the order they came in, from 1.
    pub number: i64,
    /// Of living versions, one bears a name.
    pub name: Option<String>,
    pub note: Option<String>,
    pub state: VersionState,
    pub created_at: DateTime<Utc>,
    pub checked_at: Option<DateTime<Utc>>,
    pub published_at: Option<DateTime<Utc>>,
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// The first day it is in force; kept by a published version alone.
    pub effective_from: Option<NaiveDate>,
    /// Codes of the cycles that pinned it, by first day. While there are any, its state and day never change.
    pub cycles: Vec<String>,
}

/// Digits of a hash that people see.
const SHORT: usize = 12;

impl RuleVersion {
    /// The hash's first twelve digits.
    pub fn short_hash(&self) -> &str {
        self.hash.get(..SHORT).unwrap_or(&self.hash)
    }

    /// What a person calls the version: `3f2a… 'Autumn'`.
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("{} '{name}'", self.short_hash()),
            None => self.short_hash().to_owned(),
        }
    }

    fn new(model: Model, cycles: Vec<String>) -> Result<Self, StoreError> {
        let Model {
            hash,
            number,
            name,
            note,
            state,
            created_at,
            checked_at,
            published_at,
            withdrawn_at,
            effective_from,
        } = model;
        let unknown = |_| StoreError::Unreadable { what: "the state of a version of the rules", value: state.clone() };
        Ok(Self {
            hash,
            number,
            name,
            note,
            state: state.parse().map_err(unknown)?,
            created_at,
            checked_at,
            published_at,
            withdrawn_at,
            effective_from: effective_from.map(|day| day.0),
            cycles,
        })
    }
}

impl Store {
    /// The content of the version of this whole hash.
    pub async fn ruleset(&self, hash: &str) -> Result<Option<StoredRuleset>, StoreError> {
        let found = entity::ruleset::Entity::find_by_id(hash.to_owned()).one(&self.readers).await;
        let stored = |entity::ruleset::Model { hash, canonical }| StoredRuleset { hash, canonical };
        Ok(found.step("reading the rules")?.map(stored))
    }

    /// Versions below the number `before`, newest first.
    pub async fn rule_versions_page(&self, before: Option<i64>, limit: u64) -> Result<Page<RuleVersion>, StoreError> {
        let found = Entity::find()
            .filter(Column::Number.lt(before.unwrap_or(i64::MAX)))
            .order_by_desc(Column::Number)
            .limit(limit.saturating_add(1))
            .all(&self.readers)
            .await
            .step("listing versions of the rules")?;
        Ok(Page::cut(with_cycles(&self.readers, found).await?, limit))
    }

    /// Versions whose hash begins with `prefix`, in order of hash; at most two, enough to know that it is not unique.
    pub async fn rule_versions_by_hash(&self, prefix: &str) -> Result<Vec<RuleVersion>, StoreError> {
        // 'g' follows the last hexadecimal digit.
        let found = Entity::find()
            .filter(Column::Hash.gte(prefix))
            .filter(Column::Hash.lt(format!("{prefix}g")))
            .order_by_asc(Column::Hash)
            .limit(2)
            .all(&self.readers)
            .await
            .step("looking up a version of the rules")?;
        with_cycles(&self.readers, found).await
    }

    /// The version of this name; one that was withdrawn only when no other bears it.
    pub async fn rule_version_by_name(&self, name: &str) -> Result<Option<RuleVersion>, StoreError> {
        let found = Entity::find()
            .filter(Column::Name.eq(name))
            .order_by_desc(Column::Number)
            .all(&self.readers)
            .await
            .step("looking up a version of the rules")?;
        let versions = with_cycles(&self.readers, found).await?;
        let living = versions.iter().find(|version| version.state != VersionState::Withdrawn).cloned();
        Ok(living.or_else(|| versions.into_iter().next()))
    }

    /// The version in force on a day: of those published, the one with the latest effective day until then; of the same day's,
    /// the one published last.
    pub async fn rules_in_force(&self, day: NaiveDate) -> Result<Option<RuleVersion>, StoreError> {
        let found = Entity::find()
            .filter(Column::State.eq(VersionState::Published.as_str()))
            .filter(Column::EffectiveFrom.lte(Day(day)))
            .order_by_desc(Column::EffectiveFrom)
            .order_by_desc(Column::PublishedAt)
            .order_by_desc(Column::Number)
            .limit(1)
            .all(&self.readers)
            .await
            .step("looking up the rules in force")?;
        Ok(with_cycles(&self.readers, found).await?.pop())
    }
}

/// The version of this whole hash. Errors: `NotFound`.
pub(super) async fn known(connection: &impl ConnectionTrait, hash: &str) -> Result<RuleVersion, StoreError> {
    let found = Entity::find_by_id(hash.to_owned()).all(connection).await.step("looking up a version of the rules")?;
    let version = with_cycles(connection, found).await?.pop();
    version.ok_or_else(|| StoreError::NotFound { what: "version of the rules", name: hash.to_owned() })
}

/// The versions, each with the cycles that pinned it.
pub(super) async fn with_cycles(
    connection: &impl ConnectionTrait,
    models: Vec<Model>,
) -> Result<Vec<RuleVersion>, StoreError> {
    use entity::cycle;
    let hashes = models.iter().map(|model| model.hash.as_str());
    let pinning = cycle::Entity::find()
        .filter(cycle::Column::RulesetHash.is_in(hashes))
        .order_by_asc(cycle::Column::FirstDay)
        .order_by_asc(cycle::Column::Code)
        .all(connection)
        .await
        .step("looking up the cycles of a version of the rules")?;
    let mut by_hash: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for cycle in pinning {
        by_hash.entry(cycle.ruleset_hash).or_default().push(cycle.code);
    }
    models
        .into_iter()
        .map(|model| {
            let cycles = by_hash.remove(&model.hash).unwrap_or_default();
            RuleVersion::new(model, cycles)
        })
        .collect()
}

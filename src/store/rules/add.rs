//! Bringing a version of the rules in.

use chrono::{DateTime, Utc};
use entity::rule_version::{ActiveModel, Column, Entity};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};

use super::super::error::Step;
use super::super::write::{Lock, instant};
use super::super::{Store, StoreError};
use super::problem::VersionProblem;
use super::read::{RuleVersion, known, with_cycles};
use crate::domain::version::VersionState;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRuleset {
    /// SHA-256 of `canonical`.
    pub hash: String,
    pub canonical: String,
    pub name: Option<String>,
    pub note: Option<String>,
    /// Whether its worked examples hold.
    pub examples_hold: bool,
}

/// A version that was brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRuleset {
    pub version: RuleVersion,
    /// Whether its content was not there before.
    pub new: bool,
}

impl Store {
    /// Keeps a version of the rules. Content that is there already stays as it is: a draft whose examples hold now becomes
    /// checked, one that was withdrawn comes back, and one without a name takes this one.
    ///
    /// Errors: `Version(NameTaken)`.
    pub async fn add_ruleset(&self, new: &NewRuleset, now: DateTime<Utc>) -> Result<KeptRuleset, StoreError> {
        let step = "keeping the rules";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let there = Entity::find_by_id(new.hash.clone()).one(&tx).await.step(step)?;
        let is_new = there.is_none();
        let version = match there {
            None => insert(&tx, new, now).await?,
            Some(model) => {
                let there = with_cycles(&tx, vec![model.clone()]).await?.pop();
                let state = there.map_or(VersionState::Draft, |version| version.state);
                let mut row = model.clone().into_active_model();
                bring_back(&mut row, state, new, now);
                let back = state == VersionState::Withdrawn;
                let named = if back { new.name.clone().or(model.name) } else { model.name.or(new.name.clone()) };
                refuse_taken(&tx, named.as_deref(), &new.hash).await?;
                row.name = Set(named);
                row.update(&tx).await.step(step)?;
                known(&tx, &new.hash).await?
            }
        };
        self.finish(tx, step).await?;
        Ok(KeptRuleset { version, new: is_new })
    }
}

async fn insert(tx: &DatabaseTransaction, new: &NewRuleset, now: DateTime<Utc>) -> Result<RuleVersion, StoreError> {
    let step = "keeping the rules";
    refuse_taken(tx, new.name.as_deref(), &new.hash).await?;
    let content = entity::ruleset::ActiveModel { hash: Set(new.hash.clone()), canonical: Set(new.canonical.clone()) };
    content.insert(tx).await.step(step)?;
    let newest = Entity::find().order_by_desc(Column::Number).one(tx).await.step(step)?;
    let state = VersionState::Draft.after_adding(new.examples_hold);
    let row = ActiveModel {
        hash: Set(new.hash.clone()),
        number: Set(newest.map_or(1, |newest| newest.number + 1)),
        name: Set(new.name.clone()),
        note: Set(new.note.clone()),
        state: Set(state.as_str().to_owned()),
        created_at: Set(instant(now)),
        checked_at: Set(new.examples_hold.then(|| instant(now))),
        published_at: Set(None),
        withdrawn_at: Set(None),
        effective_from: Set(None),
    };
    row.insert(tx).await.step(step)?;
    known(tx, &new.hash).await
}

/// What changes about content that is there already.
fn bring_back(row: &mut ActiveModel, state: VersionState, new: &NewRuleset, now: DateTime<Utc>) {
    let after = state.after_adding(new.examples_hold);
    if after == state {
        return;
    }
    row.state = Set(after.as_str().to_owned());
    row.checked_at = Set((after == VersionState::Checked).then(|| instant(now)));
    row.withdrawn_at = Set(None);
    if let Some(note) = &new.note {
        row.note = Set(Some(note.clone()));
    }
}

/// Refuses a name that another living version bears.
async fn refuse_taken(tx: &DatabaseTransaction, name: Option<&str>, hash: &str) -> Result<(), StoreError> {
    let Some(name) = name else { return Ok(()) };
    let bearer = Entity::find()
        .filter(Column::Name.eq(name))
        .filter(Column::State.ne(VersionState::Withdrawn.as_str()))
        .filter(Column::Hash.ne(hash))
        .all(tx)
        .await
        .step("looking up a name of a version")?;
    match with_cycles(tx, bearer).await?.pop() {
        Some(other) => {
            Err(VersionProblem::NameTaken { name: name.to_owned(), taken_by: other.short_hash().to_owned() }.into())
        }
        None => Ok(()),
    }
}

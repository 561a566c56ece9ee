//! Versions of the rules.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi};
use serde_json::Value;

use super::Resource;
use super::auth::Caller;
use super::error::ListError;
use super::page::{PageSize, cursor, slice};
use crate::app::{RuleChange, RuleVersionRecord, RulesDifferences, RulesSection, RulesSide};
use crate::domain::text::Text;

/// A version of the rules. Its content never changes: it is known by its hash.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct RuleVersion {
    /// SHA-256 of the content.
    hash: String,
    /// What people call it.
    name: Option<String>,
    note: Option<String>,
    /// `draft` (worked examples do not hold), `checked`, `published` or `withdrawn`.
    state: String,
    created_at: DateTime<Utc>,
    checked_at: Option<DateTime<Utc>>,
    published_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
    /// The first day it is in force; of published versions.
    effective_from: Option<NaiveDate>,
    /// Codes of the cycles that pinned it, by first day.
    cycles: Vec<String>,
}

#[derive(Object)]
struct RuleVersionPage {
    items: Vec<RuleVersion>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

/// A text in English and Chinese.
#[derive(Object)]
struct Words {
    en: String,
    zh: String,
}

/// A part of the rules in words.
#[derive(Object)]
struct Section {
    /// `scorecard`, `incentive_plan`, `metric`, `improvement` or `rules`.
    area: String,
    title: Words,
    lines: Vec<Words>,
}

/// A version with its content.
#[derive(Object)]
struct RuleVersionDetail {
    version: RuleVersion,
    /// The rules in words.
    sections: Vec<Section>,
    /// The rules as they were hashed: metrics, cards, plans, improvement.
    content: Any<Value>,
}

/// A change from one version to another.
#[derive(Object)]
struct Change {
    /// `scorecard`, `incentive_plan`, `metric`, `improvement` or `rules`.
    area: String,
    /// Id of the card, plan, metric, trigger or course; empty when the change belongs to none.
    subject: String,
    /// Fields and ids from the top of the content, such as `cards/front_line/lines/csat_t2b/weight`.
    path: String,
    /// What stands there in the first version; absent when nothing does.
    #[oai(skip_serializing_if_is_none)]
    before: Option<Any<Value>>,
    /// What stands there in the second version; absent when nothing does.
    #[oai(skip_serializing_if_is_none)]
    after: Option<Any<Value>>,
    sentence_en: String,
    sentence_zh: String,
}

/// What changes from the first version to the second.
#[derive(Object)]
struct RulesDiff {
    /// Hash of the first version.
    before: String,
    /// Hash of the second version.
    after: String,
    /// By area and subject; empty exactly when both hashes are equal.
    changes: Vec<Change>,
}

fn version(record: RuleVersionRecord) -> RuleVersion {
    let RuleVersionRecord {
        hash,
        number: _,
        name,
        note,
        state,
        created_at,
        checked_at,
        published_at,
        withdrawn_at,
        effective_from,
        cycles,
    } = record;
    let state = state.as_str().to_owned();
    RuleVersion { hash, name, note, state, created_at, checked_at, published_at, withdrawn_at, effective_from, cycles }
}

fn words(Text { en, zh }: Text) -> Words {
    Words { en, zh }
}

fn section(RulesSection { area, title, lines }: RulesSection) -> Section {
    Section { area: area.as_str().to_owned(), title: words(title), lines: lines.into_iter().map(words).collect() }
}

fn change(RuleChange { area, subject, path, before, after, sentence }: RuleChange) -> Change {
    Change {
        area: area.as_str().to_owned(),
        subject,
        path,
        before: before.map(Any),
        after: after.map(Any),
        sentence_en: sentence.en,
        sentence_zh: sentence.zh,
    }
}

pub struct RulesApi;

#[OpenApi(tag = "Resource::Rules")]
impl RulesApi {
    /// List versions of the rules, newest first
    #[oai(path = "/rules", method = "get", operation_id = "list_rules")]
    async fn list(
        &self,
        app: Caller,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<RuleVersionPage>, ListError> {
        let page = app.rule_versions(&slice(limit.0, after.0)?).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|version| cursor(&version.number.to_string()));
        Ok(Json(RuleVersionPage { items: page.rows.into_iter().map(version).collect(), next_cursor }))
    }

    /// One version with what its rules say
    #[oai(path = "/rules/:hash", method = "get", operation_id = "get_rules")]
    async fn get(
        &self,
        app: Caller,
        /// The hash, at least eight digits of it, or the name
        hash: Path<String>,
    ) -> Result<Json<RuleVersionDetail>, ListError> {
        let shown = app.shown_rules(&hash.0).await?;
        let sections = shown.sections.into_iter().map(section).collect();
        Ok(Json(RuleVersionDetail { version: version(shown.version), sections, content: Any(shown.content) }))
    }

    /// What changes from one version to another, in words
    #[oai(path = "/rules/:hash/diff/:other", method = "get", operation_id = "compare_rules")]
    async fn diff(
        &self,
        app: Caller,
        /// The first version: its hash, at least eight digits of it, or its name
        hash: Path<String>,
        /// The second version: its hash, at least eight digits of it, or its name
        other: Path<String>,
    ) -> Result<Json<RulesDiff>, ListError> {
        let RulesDifferences { before, after, changes } = app.compare_rule_versions(&hash.0, &other.0).await?;
        let hash = |side: RulesSide| side.hash;
        let changes = changes.into_iter().map(change).collect();
        Ok(Json(RulesDiff { before: hash(before), after: hash(after), changes }))
    }
}

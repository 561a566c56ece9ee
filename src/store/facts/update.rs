//! The difference between a source's facts as they are and as a pull says, worked out and applied by the database.

use chrono::NaiveDate;
use entity::day::Day;
use entity::fact;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Value};

use super::super::error::Step;
use super::super::write::{execute, fetch_one};
use super::super::{FactChanges, FactSet, Ids, StoreError, Window, bulk};
use super::keyed::KeyedFacts;

/// Fewer facts than this may be removed altogether: a new source is still finding its shape.
const GUARDED_FROM: u64 = 100;
/// After so many changes PostgreSQL counts the table anew, so that the next query knows its size.
const ANALYZE_FROM: u64 = 50_000;

#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Source {
    pub(super) id: i64,
    pub(super) name: String,
}

/// What a source's facts in a window shall become.
pub(super) struct Update<'a> {
    pub(super) source: &'a Source,
    pub(super) window: Window,
    pub(super) facts: FactSet<'a>,
    pub(super) max_removed_percent: u8,
}

/// The source's facts in the window, `f`: through the key of fact, an agent and a metric at a time.
const PRESENT: &str = "FROM agent a CROSS JOIN source_metric m CROSS JOIN fact f
    WHERE m.source_id = $1 AND f.agent_id = a.id AND f.metric_id = m.metric_id AND f.day BETWEEN $2 AND $3 AND f.source_id = $1";

/// Joins the staged fact with the key of `f`, as `s`.
const SAME_KEY: &str =
    "s.agent_id = f.agent_id AND s.metric_id = f.metric_id AND s.day = f.day AND s.segment_id = f.segment_id";

const DIFFERS: &str = "(s.numerator <> f.numerator OR s.denominator <> f.denominator OR s.samples <> f.samples)";

#[derive(FromQueryResult)]
struct Comparison {
    present: i64,
    matched: i64,
    changed: i64,
}

impl Update<'_> {
    /// Applies the difference; touches only facts that differ.
    pub(super) async fn apply(&self, tx: &DatabaseTransaction, ids: Ids<'_>) -> Result<FactChanges, StoreError> {
        let facts = KeyedFacts::resolve(tx, self.facts, self.source.id, self.window, ids).await?;
        self.note_metrics(tx, &facts).await?;
        let changes = if self.has_facts(tx).await? {
            self.merge(tx, &facts).await?
        } else {
            bulk::insert::<fact::Entity>(tx, "adding facts", facts.rows()).await?;
            FactChanges { added: count(facts.len()), ..FactChanges::default() }
        };
        if tx.get_database_backend() == DbBackend::Postgres && changes.added + changes.removed >= ANALYZE_FROM {
            tx.execute_unprepared("ANALYZE fact").await.step("counting the facts anew")?;
        }
        Ok(changes)
    }

    fn values(&self) -> [Value; 3] {
        let from = self.window.from.unwrap_or(NaiveDate::MIN);
        let to = self.window.to.unwrap_or(NaiveDate::MAX);
        [self.source.id.into(), Day(from).into(), Day(to).into()]
    }

    async fn note_metrics(&self, tx: &DatabaseTransaction, facts: &KeyedFacts<'_>) -> Result<(), StoreError> {
        for metric_id in &facts.metrics {
            let text = "INSERT INTO source_metric (source_id, metric_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            execute(tx, "noting a source's metrics", text, [self.source.id.into(), (*metric_id).into()]).await?;
        }
        Ok(())
    }

    async fn has_facts(&self, tx: &DatabaseTransaction) -> Result<bool, StoreError> {
        #[derive(FromQueryResult)]
        struct First {
            #[expect(dead_code, reason = "only whether there is a row matters")]
            agent_id: i64,
        }
        let text = format!("SELECT f.agent_id {PRESENT} LIMIT 1");
        let first: Option<First> = fetch_one(tx, "looking for the source's facts", text, self.values()).await?;
        Ok(first.is_some())
    }

    async fn merge(&self, tx: &DatabaseTransaction, facts: &KeyedFacts<'_>) -> Result<FactChanges, StoreError> {
        stage(tx, facts).await?;
        let text = format!(
            "SELECT COUNT(*) AS present, COUNT(s.agent_id) AS matched,
                COUNT(CASE WHEN s.agent_id IS NOT NULL AND {DIFFERS} THEN 1 END) AS changed
            FROM (SELECT f.* {PRESENT}) f LEFT JOIN fact_stage s ON {SAME_KEY}"
        );
        let step = "comparing facts";
        let found: Option<Comparison> = fetch_one(tx, step, text, self.values()).await?;
        let Comparison { present, matched, changed } =
            found.unwrap_or(Comparison { present: 0, matched: 0, changed: 0 });
        let number = |count: i64| u64::try_from(count).unwrap_or_default();
        let changes = FactChanges {
            added: count(facts.len()).saturating_sub(number(matched)),
            changed: number(changed),
            removed: number(present - matched),
        };
        self.guard(number(present), changes.removed)?;
        if changes.changed > 0 {
            self.change(tx).await?;
        }
        if changes.removed > 0 {
            self.remove(tx).await?;
        }
        if changes.added > 0 {
            self.add(tx).await?;
        }
        execute(tx, step, "DELETE FROM fact_stage", []).await?;
        Ok(changes)
    }

    fn guard(&self, existing: u64, removed: u64) -> Result<(), StoreError> {
        let share = u128::from(removed) * 100;
        if existing >= GUARDED_FROM && share > u128::from(existing) * u128::from(self.max_removed_percent) {
            return Err(StoreError::TooManyRemoved {
                source_name: self.source.name.clone(),
                existing,
                removed,
                limit_percent: self.max_removed_percent,
            });
        }
        Ok(())
    }

    async fn change(&self, tx: &DatabaseTransaction) -> Result<u64, StoreError> {
        let text = format!(
            "UPDATE fact AS f SET numerator = s.numerator, denominator = s.denominator, samples = s.samples
            FROM fact_stage s WHERE {SAME_KEY} AND f.source_id = s.source_id AND {DIFFERS}"
        );
        execute(tx, "changing facts", text, []).await
    }

    async fn remove(&self, tx: &DatabaseTransaction) -> Result<u64, StoreError> {
        let text = format!(
            "DELETE FROM fact WHERE (agent_id, metric_id, day, segment_id, source_id) IN (
                SELECT f.agent_id, f.metric_id, f.day, f.segment_id, f.source_id {PRESENT}
                    AND NOT EXISTS (SELECT 1 FROM fact_stage s WHERE {SAME_KEY}))"
        );
        execute(tx, "removing facts", text, self.values()).await
    }

    async fn add(&self, tx: &DatabaseTransaction) -> Result<u64, StoreError> {
        let text = format!(
            "INSERT INTO fact (agent_id, metric_id, day, segment_id, source_id, numerator, denominator, samples)
            SELECT s.agent_id, s.metric_id, s.day, s.segment_id, s.source_id, s.numerator, s.denominator, s.samples
            FROM fact_stage s
            WHERE NOT EXISTS (SELECT 1 FROM fact f WHERE {SAME_KEY} AND f.source_id = s.source_id)"
        );
        execute(tx, "adding facts", text, []).await
    }
}

/// Puts the pull's facts into a table of this connection alone.
async fn stage(tx: &DatabaseTransaction, facts: &KeyedFacts<'_>) -> Result<(), StoreError> {
    let step = "staging facts";
    let text = match tx.get_database_backend() {
        DbBackend::Postgres => "CREATE TEMP TABLE IF NOT EXISTS fact_stage (LIKE fact) ON COMMIT DELETE ROWS",
        _ => {
            "CREATE TEMP TABLE IF NOT EXISTS fact_stage (
                agent_id INTEGER NOT NULL, metric_id INTEGER NOT NULL, day INTEGER NOT NULL, segment_id INTEGER NOT NULL,
                source_id INTEGER NOT NULL, numerator INTEGER NOT NULL, denominator INTEGER NOT NULL, samples INTEGER NOT NULL,
                PRIMARY KEY (agent_id, metric_id, day, segment_id)
            ) STRICT, WITHOUT ROWID"
        }
    };
    tx.execute_unprepared(text).await.step(step)?;
    bulk::insert_into::<fact::Entity>(tx, step, "fact_stage", facts.rows()).await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("ANALYZE fact_stage").await.step(step)?;
    }
    Ok(())
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

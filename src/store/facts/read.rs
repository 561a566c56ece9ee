//! Facts read back one by one, and the sums made anew from them.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use entity::fact_sums;
use sea_orm::FromQueryResult;

use super::super::dictionary::{Dictionary, Names};
use super::super::write::{Lock, fetch};
use super::super::{Store, StoreError, bulk};
use super::sheet::{first_day, month_of, pack_sums, unpack_days};
use crate::domain::fact::Pooled;
use crate::domain::metric::MetricId;
use crate::domain::period::Period;

/// Sheets read by one statement.
const PAGE: usize = 4_000;

/// One fact as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFact {
    pub day: NaiveDate,
    pub metric: MetricId,
    pub segment: Arc<str>,
    pub source: Arc<str>,
    pub pooled: Pooled,
}

#[derive(FromQueryResult)]
struct AgentSheet {
    source_id: i64,
    month: i64,
    facts: Vec<u8>,
}

#[derive(FromQueryResult)]
struct SourceRow {
    id: i64,
}

#[derive(FromQueryResult)]
struct BothSheets {
    month: i64,
    agent_id: i64,
    facts: Vec<u8>,
    sums: Option<Vec<u8>>,
}

impl Store {
    /// An agent's facts of the days in `period`, in order of day, metric, segment and source.
    pub async fn facts_of(&self, agent_id: i64, period: Period) -> Result<Vec<StoredFact>, StoreError> {
        let step = "reading an agent's facts";
        let text = "SELECT f.source_id, f.month, f.facts FROM source s CROSS JOIN fact_days f
            WHERE f.source_id = s.id AND f.month BETWEEN $1 AND $2 AND f.agent_id = $3";
        let values = [month_of(period.first).into(), month_of(period.last).into(), agent_id.into()];
        let sheets: Vec<AgentSheet> = fetch(&self.readers, step, text, values).await?;
        let sources = Dictionary::load(&self.readers, Names::Sources).await?;
        let metrics = Dictionary::load(&self.readers, Names::Metrics).await?;
        let segments = Dictionary::load(&self.readers, Names::Segments).await?;
        let mut facts = Vec::new();
        for sheet in sheets {
            for fact in unpack_days(&sheet.facts)? {
                let day = first_day(sheet.month).and_then(|first| first.with_day(fact.day));
                let Some(day) = day.filter(|day| period.contains(*day)) else { continue };
                facts.push(StoredFact {
                    day,
                    metric: MetricId(metrics.name(fact.metric_id)?),
                    segment: segments.name(fact.segment_id)?,
                    source: sources.name(sheet.source_id)?,
                    pooled: fact.pooled,
                });
            }
        }
        facts.sort_unstable_by(|left, right| {
            (left.day, &left.metric, &left.segment, &left.source).cmp(&(
                right.day,
                &right.metric,
                &right.segment,
                &right.source,
            ))
        });
        Ok(facts)
    }

    /// Makes the sums of all months anew from their days, in one transaction, and returns how many were not as they should be.
    pub async fn rebuild_sums(&self) -> Result<u64, StoreError> {
        let step = "making the sums of facts anew";
        let text = "SELECT id FROM source ORDER BY id";
        let sources: Vec<SourceRow> = fetch(&self.readers, step, text, []).await?;
        let locks: Vec<Lock> = sources.iter().map(|source| Lock::Source(source.id)).collect();
        let tx = self.begin_write(&locks).await?;
        let mut wrong = 0;
        for SourceRow { id: source_id } in sources {
            let mut after = (i64::MIN, i64::MIN);
            loop {
                let text = format!(
                    "SELECT d.month, d.agent_id, d.facts, s.sums FROM fact_days d
                    LEFT JOIN fact_sums s ON s.source_id = d.source_id AND s.month = d.month AND s.agent_id = d.agent_id
                    WHERE d.source_id = $1 AND (d.month, d.agent_id) > ($2, $3)
                    ORDER BY d.month, d.agent_id LIMIT {PAGE}"
                );
                let values = [source_id.into(), after.0.into(), after.1.into()];
                let page: Vec<BothSheets> = fetch(&tx, step, text, values).await?;
                let Some(last) = page.last() else { break };
                after = (last.month, last.agent_id);
                let mut anew = Vec::new();
                for BothSheets { month, agent_id, facts, sums } in page {
                    let right = pack_sums(&unpack_days(&facts)?)?;
                    if sums.as_ref() != Some(&right) {
                        anew.push(fact_sums::Model { source_id, month, agent_id, sums: right });
                    }
                }
                wrong += u64::try_from(anew.len()).unwrap_or(u64::MAX);
                bulk::upsert::<fact_sums::Entity>(&tx, step, anew).await?;
            }
        }
        self.finish(tx, step).await?;
        Ok(wrong)
    }
}

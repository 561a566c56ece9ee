//! What indexes of a cycle are measured against.

use std::collections::BTreeSet;

use entity::cycle_benchmark::{Column, Entity, Model};
use entity::micros::Micros;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::error::Step;
use super::write::{Lock, execute};
use super::{Store, StoreError, bulk};
use crate::domain::fact::{Pooled, SegmentFact};
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;

impl Store {
    /// Freezes benchmarks of a cycle; a metric that was frozen before stays as it is.
    ///
    /// Errors: `Benchmarked` once the cycle was appraised.
    pub async fn freeze_benchmarks(&self, cycle_id: i64, facts: &[SegmentFact]) -> Result<(), StoreError> {
        let step = "freezing benchmarks";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let text = "UPDATE cycle SET state = state WHERE id = $1 AND current_run_id IS NULL";
        if execute(&tx, step, text, [cycle_id.into()]).await? != 1 {
            return Err(StoreError::Benchmarked);
        }
        let frozen = Entity::find().filter(Column::CycleId.eq(cycle_id)).all(&tx).await.step(step)?;
        let frozen: BTreeSet<String> = frozen.into_iter().map(|row| row.metric).collect();
        let open = facts.iter().filter(|fact| !frozen.contains(fact.metric.as_str()));
        let row = |SegmentFact { metric, segment, pooled }: &SegmentFact| Model {
            cycle_id,
            metric: metric.to_string(),
            segment: segment.to_string(),
            numerator: Micros(pooled.numerator.micros()),
            denominator: Micros(pooled.denominator.micros()),
            samples: pooled.samples,
        };
        let rows: Vec<Model> = open.map(row).collect();
        bulk::insert::<Entity>(&tx, step, rows).await?;
        self.finish(tx, step).await
    }

    /// A cycle's benchmarks in order of metric and segment.
    pub async fn benchmarks(&self, cycle_id: i64) -> Result<Vec<SegmentFact>, StoreError> {
        let rows = Entity::find()
            .filter(Column::CycleId.eq(cycle_id))
            .order_by_asc(Column::Metric)
            .order_by_asc(Column::Segment)
            .all(&self.readers)
            .await
            .step("reading benchmarks")?;
        let fact = |row: Model| SegmentFact {
            metric: MetricId::new(&row.metric),
            segment: row.segment.into(),
            pooled: Pooled {
                numerator: Fixed::from_micros(row.numerator.0),
                denominator: Fixed::from_micros(row.denominator.0),
                samples: row.samples,
            },
        };
        Ok(rows.into_iter().map(fact).collect())
    }
}

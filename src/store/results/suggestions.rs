//! Improvement plans and objectives as rows, and back without loss.

use std::collections::HashMap;

use entity::day::Day;
use entity::{improvement_objective, improvement_plan};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::StoreError;
use super::super::dictionary::Dictionary;
use super::super::error::Step;
use super::cards::{fixed, micros};
use crate::domain::improvement::{Objective, Suggestion};
use crate::domain::metric::MetricId;

pub(super) fn objective_row(
    metrics: &Dictionary,
    plan_id: i64,
    seq: i64,
    objective: &Objective,
) -> Result<improvement_objective::Model, StoreError> {
    Ok(improvement_objective::Model {
        plan_id,
        seq,
        metric_id: metrics.known_id(objective.metric.as_str())?,
        baseline: micros(objective.baseline),
        floor: micros(objective.floor),
        target: micros(objective.target),
        due: Day(objective.due),
        course: objective.course.clone(),
        periods_below: i64::from(objective.periods_below),
        of_periods: i64::from(objective.of_periods),
    })
}

pub(super) fn small(what: &'static str, number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Unreadable { what, value: number.to_string() })
}

fn objective(metrics: &Dictionary, row: improvement_objective::Model) -> Result<Objective, StoreError> {
    Ok(Objective {
        metric: MetricId(metrics.name(row.metric_id)?),
        baseline: fixed(row.baseline),
        floor: fixed(row.floor),
        target: fixed(row.target),
        due: row.due.0,
        course: row.course,
        periods_below: small("the periods of an objective", row.periods_below)?,
        of_periods: small("the periods of an objective", row.of_periods)?,
    })
}

/// The objectives of many plans, by plan id.
pub(super) struct Objectives(HashMap<i64, Vec<Objective>>);

impl Objectives {
    /// One query, however many plans.
    pub(super) async fn load(
        connection: &impl ConnectionTrait,
        metrics: &Dictionary,
        plan_ids: &[i64],
    ) -> Result<Self, StoreError> {
        let rows = improvement_objective::Entity::find()
            .filter(improvement_objective::Column::PlanId.is_in(plan_ids.iter().copied()))
            .order_by_asc(improvement_objective::Column::PlanId)
            .order_by_asc(improvement_objective::Column::Seq)
            .all(connection)
            .await
            .step("reading the objectives of plans")?;
        let mut objectives: HashMap<i64, Vec<Objective>> = HashMap::new();
        for row in rows {
            objectives.entry(row.plan_id).or_default().push(objective(metrics, row)?);
        }
        Ok(Self(objectives))
    }

    /// The plan as it was suggested.
    pub(super) fn suggestion(&mut self, row: &improvement_plan::Model) -> Result<Suggestion, StoreError> {
        Ok(Suggestion {
            starts: row.starts.0,
            due: row.due.0,
            check_ins: small("the check-ins of a plan", row.check_ins)?,
            objectives: self.0.remove(&row.id).unwrap_or_default(),
        })
    }
}

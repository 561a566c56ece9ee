//! Payouts and steps as rows, and back without loss.

use std::collections::HashMap;

use entity::{payout, payout_step};
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::StoreError;
use super::super::error::Step;
use super::super::roster::read::currency_of;
use super::codes::{code, from_code, from_json, json};
use crate::domain::payout::{PayoutResult, PayoutStep, Withheld};

pub(super) fn step_row(payout_id: i64, seq: i64, step: &PayoutStep) -> Result<payout_step::Model, StoreError> {
    Ok(payout_step::Model {
        payout_id,
        seq,
        kind: code(&step.kind)?,
        inputs: json(&step.inputs)?,
        result: step.result.to_string(),
    })
}

fn step(row: payout_step::Model) -> Result<PayoutStep, StoreError> {
    Ok(PayoutStep {
        kind: from_code("the kind of a payout's step", row.kind)?,
        inputs: from_json("the inputs of a payout's step", row.inputs)?,
        result: Decimal::from_str_exact(&row.result)
            .map_err(|_| StoreError::Unreadable { what: "the result of a payout's step", value: row.result })?,
    })
}

pub(super) fn withheld(row: &payout::Model) -> Result<Option<Withheld>, StoreError> {
    row.withheld.clone().map(|reason| from_code("why a payout is withheld", reason)).transpose()
}

/// The steps of many payouts, by payout id.
pub(super) struct Steps(HashMap<i64, Vec<PayoutStep>>);

impl Steps {
    /// One query, however many payouts.
    pub(super) async fn load(connection: &impl ConnectionTrait, payout_ids: &[i64]) -> Result<Self, StoreError> {
        let rows = payout_step::Entity::find()
            .filter(payout_step::Column::PayoutId.is_in(payout_ids.iter().copied()))
            .order_by_asc(payout_step::Column::PayoutId)
            .order_by_asc(payout_step::Column::Seq)
            .all(connection)
            .await
            .step("reading the steps of payouts")?;
        let mut steps: HashMap<i64, Vec<PayoutStep>> = HashMap::new();
        for row in rows {
            steps.entry(row.payout_id).or_default().push(step(row)?);
        }
        Ok(Self(steps))
    }

    /// The payout as it was computed.
    pub(super) fn payout(&mut self, row: &payout::Model) -> Result<PayoutResult, StoreError> {
        Ok(PayoutResult {
            plan: row.plan.clone(),
            withheld: withheld(row)?,
            amount_minor: row.amount_minor,
            currency: currency_of(row.currency.clone())?,
            steps: self.0.remove(&row.id).unwrap_or_default(),
        })
    }
}

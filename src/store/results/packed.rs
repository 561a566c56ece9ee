//! One agent's results as the rows that are written, and the digest by which a replay knows them again.

use entity::day::Day;
use entity::micros::Micros;
use entity::{improvement_plan, payout, scorecard};
use sha2::{Digest as _, Sha256};

use super::super::StoreError;
use super::super::packed::pack;
use super::codes::code;
use super::rows::{PayoutRow, PlanRow, ResultRow};
use crate::domain::fixed::Fixed;

/// A result as its rows are written: the working packed beside the columns that lists read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedResult {
    pub(super) scorecard: scorecard::Model,
    pub(super) payout: Option<payout::Model>,
    pub(super) plan: Option<improvement_plan::Model>,
}

fn micros(value: Fixed) -> Micros {
    Micros(value.micros())
}

impl ResultRow {
    /// The rows of this result under a run. Costs more than writing them, so it is done on all cores, before the transaction.
    ///
    /// # Errors
    /// `Working`, when a type cannot be packed.
    pub fn packed(&self, run_id: i64) -> Result<PackedResult, StoreError> {
        Ok(PackedResult {
            scorecard: self.scorecard(run_id)?,
            payout: self.payout.as_ref().map(|payout| self.payout(run_id, payout)).transpose()?,
            plan: self.plan.as_ref().map(|plan| self.plan(run_id, plan)).transpose()?,
        })
    }

    fn scorecard(&self, run_id: i64) -> Result<scorecard::Model, StoreError> {
        Ok(scorecard::Model {
            run_id,
            agent_id: self.agent_id,
            public_id: self.public_id,
            employee_number: self.employee_number.clone(),
            unit_id: self.unit_id,
            post: self.post.clone(),
            card: self.result.last_card().map(|card| card.card.to_string()).unwrap_or_default(),
            state: code(&self.result.state)?,
            total: self.result.total.map(micros),
            printed: self.result.printed.map(micros),
            rating: self.result.rating.as_deref().map(str::to_owned),
            working: pack(format_args!("the scorecard of {}", self.employee_number), &self.result)?,
        })
    }

    fn payout(&self, run_id: i64, PayoutRow { public_id, result }: &PayoutRow) -> Result<payout::Model, StoreError> {
        Ok(payout::Model {
            run_id,
            agent_id: self.agent_id,
            public_id: *public_id,
            employee_number: self.employee_number.clone(),
            unit_id: self.unit_id,
            plan: result.plan.clone(),
            withheld: result.withheld.as_ref().map(code).transpose()?,
            amount_minor: result.amount_minor,
            currency: result.currency.code().to_owned(),
            working: pack(format_args!("the payout of {}", self.employee_number), &result.steps)?,
        })
    }

    fn plan(
        &self,
        run_id: i64,
        PlanRow { public_id, suggestion }: &PlanRow,
    ) -> Result<improvement_plan::Model, StoreError> {
        Ok(improvement_plan::Model {
            run_id,
            agent_id: self.agent_id,
            public_id: *public_id,
            employee_number: self.employee_number.clone(),
            unit_id: self.unit_id,
            state: "suggested".to_owned(),
            starts: Day(suggestion.starts),
            due: Day(suggestion.due),
            check_ins: i64::from(suggestion.check_ins),
            working: pack(format_args!("the plan of {}", self.employee_number), suggestion)?,
        })
    }
}

impl PackedResult {
    /// The same rows under another run.
    #[must_use]
    pub(in super::super) fn under(mut self, run_id: i64) -> Self {
        self.scorecard.run_id = run_id;
        self.payout.iter_mut().for_each(|payout| payout.run_id = run_id);
        self.plan.iter_mut().for_each(|plan| plan.run_id = run_id);
        self
    }

    /// SHA-256 over everything that was found, in the order of the columns and each field after its length: all columns but the ids, which
    /// differ from database to database, and a plan's state, which goes on changing. `unit` is the code of the result's unit.
    pub fn digest(&self, unit: &str) -> [u8; 32] {
        let mut fields = Fields(Sha256::new());
        fields.text(unit);
        self.scorecard_fields(&mut fields);
        fields.present(self.payout.is_some());
        self.payout.iter().for_each(|payout| payout_fields(payout, &mut fields));
        fields.present(self.plan.is_some());
        self.plan.iter().for_each(|plan| plan_fields(plan, &mut fields));
        fields.0.finalize().into()
    }

    fn scorecard_fields(&self, fields: &mut Fields) {
        let scorecard::Model {
            run_id: _,
            agent_id: _,
            public_id: _,
            employee_number,
            unit_id: _,
            post,
            card,
            state,
            total,
            printed,
            rating,
            working,
        } = &self.scorecard;
        for text in [employee_number, post, card, state] {
            fields.text(text);
        }
        for figure in [total, printed] {
            fields.present(figure.is_some());
            fields.number(figure.map_or(0, |micros| micros.0));
        }
        fields.present(rating.is_some());
        fields.text(rating.as_deref().unwrap_or_default());
        fields.bytes(working);
    }
}

fn payout_fields(payout: &payout::Model, fields: &mut Fields) {
    let payout::Model {
        run_id: _,
        agent_id: _,
        public_id: _,
        employee_number: _,
        unit_id: _,
        plan,
        withheld,
        amount_minor,
        currency,
        working,
    } = payout;
    fields.text(plan);
    fields.present(withheld.is_some());
    fields.text(withheld.as_deref().unwrap_or_default());
    fields.number(*amount_minor);
    fields.text(currency);
    fields.bytes(working);
}

fn plan_fields(plan: &improvement_plan::Model, fields: &mut Fields) {
    let improvement_plan::Model {
        run_id: _,
        agent_id: _,
        public_id: _,
        employee_number: _,
        unit_id: _,
        state: _,
        starts,
        due,
        check_ins,
        working,
    } = plan;
    fields.text(&starts.0.to_string());
    fields.text(&due.0.to_string());
    fields.number(*check_ins);
    fields.bytes(working);
}

/// A digest whose fields cannot run into each other.
struct Fields(Sha256);

impl Fields {
    fn bytes(&mut self, bytes: &[u8]) {
        self.number(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }

    fn present(&mut self, present: bool) {
        self.number(i64::from(present));
    }
}

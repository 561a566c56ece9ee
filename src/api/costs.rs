//! What a cycle costs.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::error::GetError;
use super::payouts::withheld_name;
use crate::app::{Cost, CostLine, CostSum, UnitCost};
use crate::domain::money::Money;

/// What the payouts of a cycle cost, as far as the caller sees pay. Sums are those of the payouts, which were rounded one by one.
#[derive(Object)]
struct CycleCost {
    /// The latest scored cycle of the same kind that ended before this one begins; absent where there is none.
    #[oai(skip_serializing_if_is_none)]
    cycle_before: Option<String>,
    /// One a currency.
    totals: Vec<CostOf>,
    /// From the top down, each with everything below it.
    units: Vec<CostOf>,
    /// By incentive plan.
    plans: Vec<CostOf>,
    /// By scorecard.
    cards: Vec<CostOf>,
    ratings: Vec<CostOf>,
    /// Agents who are paid nothing, by why.
    withheld: Vec<WithheldCount>,
}

/// Payouts of one name in one currency.
#[derive(Object)]
struct CostOf {
    /// Code of a unit, id of a plan or card, or a rating; absent for totals and for those without a rating.
    #[oai(skip_serializing_if_is_none)]
    name: Option<String>,
    /// Of units: the unit above.
    #[oai(skip_serializing_if_is_none)]
    parent: Option<String>,
    currency: String,
    /// In major units.
    amount: String,
    /// Agents whose payout is not withheld.
    payable: u64,
    withheld: u64,
    /// The amount by its payable agents; absent where there is none.
    #[oai(skip_serializing_if_is_none)]
    mean: Option<String>,
    /// What it was in the cycle before; absent where there is none.
    #[oai(skip_serializing_if_is_none)]
    amount_before: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    payable_before: Option<u64>,
    /// amount − amount_before.
    #[oai(skip_serializing_if_is_none)]
    difference: Option<String>,
}

#[derive(Object)]
struct WithheldCount {
    /// `no_score`, `excluded_rating`, `too_few_days` or `no_target`.
    reason: String,
    agents: u64,
}

fn text(money: Money) -> String {
    money.to_decimal().to_string()
}

impl From<CostLine> for CostOf {
    fn from(line: CostLine) -> Self {
        let (amount, mean) = (text(line.amount()), line.mean().map(text));
        let (amount_before, difference) = (line.amount_before().map(text), line.difference().map(text));
        let CostLine { name, currency, sum: CostSum { amount_minor: _, payable, withheld }, before } = line;
        Self {
            name: Some(name).filter(|name| !name.is_empty()),
            parent: None,
            currency: currency.code().to_owned(),
            amount,
            payable,
            withheld,
            mean,
            amount_before,
            payable_before: before.map(|before| before.payable),
            difference,
        }
    }
}

impl From<UnitCost> for CostOf {
    fn from(UnitCost { line, parent, depth: _ }: UnitCost) -> Self {
        Self { parent, ..line.into() }
    }
}

fn all<T>(lines: Vec<T>) -> Vec<CostOf>
where
    CostOf: From<T>,
{
    lines.into_iter().map(CostOf::from).collect()
}

pub struct CostsApi;

#[OpenApi(tag = "Resource::Payouts")]
impl CostsApi {
    /// What a cycle's payouts cost: by unit, plan, scorecard and rating, beside the cycle before
    #[oai(path = "/cycles/:code/cost", method = "get", operation_id = "get_cycle_cost")]
    async fn get(&self, app: Caller, code: Path<String>) -> Result<Json<CycleCost>, GetError> {
        let Cost { before, totals, units, plans, cards, ratings, withheld } = app.cycle_cost(&code.0).await?;
        let withheld =
            withheld.into_iter().map(|(why, agents)| WithheldCount { reason: withheld_name(why).to_owned(), agents });
        Ok(Json(CycleCost {
            cycle_before: before,
            totals: all(totals),
            units: all(units),
            plans: all(plans),
            cards: all(cards),
            ratings: all(ratings),
            withheld: withheld.collect(),
        }))
    }
}

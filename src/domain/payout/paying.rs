//! The working of one payout.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::super::curve::read_linear;
use super::super::fixed::Fixed;
use super::super::money::Money;
use super::super::period::Period;
use super::super::tiers;
use super::{
    IncentivePlan, PayableStretch, PayoutCurve, PayoutInput, PayoutResult, PayoutStep, StepInput, StepKind, Withheld,
};

/// Why a payout cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayoutError {
    #[error(
        "the payout curve of plan '{plan}' has no rate for an attainment of {attainment} percent: let it start from 0"
    )]
    NoRate { plan: String, attainment: Fixed },
    #[error(
        "the stretches {first} and {second} share days, which would be paid twice: end one before the other begins"
    )]
    OverlappingStretches { first: Period, second: Period },
    #[error("the target incentive of the stretch {stretch} is negative: make it 0 or more")]
    NegativeTarget { stretch: Period },
    #[error("the FTE of the stretch {stretch} is {fte}: make it 0 or more")]
    NegativeFte { stretch: Period, fte: Fixed },
    #[error(
        "an amount under plan '{plan}' is more money than can be counted: check the target incentive and the rates"
    )]
    Overflow { plan: String },
}

/// Computes one payout with every step. A withheld payout is zero, with the steps up to where it stopped.
///
/// # Errors
/// [`PayoutError`] when the plan has no rate for the attainment, when stretches overlap or carry negative figures, or when an
/// amount does not fit.
pub fn pay(plan: &IncentivePlan, input: &PayoutInput) -> Result<PayoutResult, PayoutError> {
    let mut working = Working { plan, input, steps: Vec::new() };
    let outcome = working.run()?;
    let (amount_minor, withheld) = match outcome {
        Outcome::Payable(amount) => (amount.minor, None),
        Outcome::Withheld(reason) => (0, Some(reason)),
    };
    let steps = working.steps;
    Ok(PayoutResult { plan: plan.id.clone(), withheld, amount_minor, currency: input.currency, steps })
}

enum Outcome {
    Payable(Money),
    Withheld(Withheld),
}

/// A stretch with its days inside the cycle.
struct Payable<'a> {
    stretch: &'a PayableStretch,
    inside: Period,
}

struct Working<'a> {
    plan: &'a IncentivePlan,
    input: &'a PayoutInput,
    steps: Vec<PayoutStep>,
}

fn figure(name: impl Into<Cow<'static, str>>, value: Decimal) -> StepInput {
    StepInput { name: name.into(), value: value.normalize() }
}

fn fixed(name: impl Into<Cow<'static, str>>, value: Fixed) -> StepInput {
    figure(name, value.to_decimal())
}

impl<'a> Working<'a> {
    fn run(&mut self) -> Result<Outcome, PayoutError> {
        let Some(score) = self.input.score else { return Ok(Outcome::Withheld(Withheld::NoScore)) };
        let attainment = score;
        self.step(StepKind::Attainment, vec![fixed("score", score)], attainment.to_decimal());
        if self.input.rating.as_ref().is_some_and(|rating| self.plan.excluded_ratings.contains(rating)) {
            return Ok(Outcome::Withheld(Withheld::ExcludedRating));
        }
        let payable = self.payable_stretches()?;
        let assigned_days: i64 = payable.iter().map(|stretch| stretch.inside.days()).sum();
        if assigned_days < self.plan.min_days {
            return Ok(Outcome::Withheld(Withheld::TooFewDays));
        }
        if payable.iter().all(|payable| payable.stretch.target_minor == 0) {
            return Ok(Outcome::Withheld(Withheld::NoTarget));
        }
        let percent = self.read_curve(attainment)?;
        let percent = self.limit(percent);
        let sum = self.pay_stretches(&payable, assigned_days, percent)?;
        self.round(sum).map(Outcome::Payable)
    }

    fn step(&mut self, kind: StepKind, inputs: Vec<StepInput>, result: Decimal) {
        self.steps.push(PayoutStep { kind, inputs, result: result.normalize() });
    }

    fn overflow(&self) -> PayoutError {
        PayoutError::Overflow { plan: self.plan.id.clone() }
    }

    /// The stretches that have days in the cycle, once it is sure that no day is paid twice.
    fn payable_stretches(&self) -> Result<Vec<Payable<'a>>, PayoutError> {
        let mut payable: Vec<Payable<'a>> = Vec::with_capacity(self.input.stretches.len());
        for stretch in &self.input.stretches {
            if stretch.target_minor < 0 {
                return Err(PayoutError::NegativeTarget { stretch: stretch.period });
            }
            if stretch.fte.is_negative() {
                return Err(PayoutError::NegativeFte { stretch: stretch.period, fte: stretch.fte });
            }
            let Some(inside) = stretch.period.overlap(&self.input.cycle) else { continue };
            if let Some(other) = payable.iter().find(|other| other.inside.overlap(&inside).is_some()) {
                let (first, second) = (other.stretch.period, stretch.period);
                return Err(PayoutError::OverlappingStretches { first, second });
            }
            payable.push(Payable { stretch, inside });
        }
        Ok(payable)
    }

    /// Percent of the target incentive that an attainment earns.
    fn read_curve(&mut self, attainment: Fixed) -> Result<Fixed, PayoutError> {
        let no_rate = || PayoutError::NoRate { plan: self.plan.id.clone(), attainment };
        let mut inputs = vec![fixed("attainment_percent", attainment)];
        let percent = match &self.plan.curve {
            PayoutCurve::Linear { corners } => {
                corners.first().ok_or_else(no_rate)?;
                let reading = read_linear(corners, attainment).ok_or_else(|| self.overflow())?;
                inputs.extend([
                    fixed("from_attainment", reading.from.value),
                    fixed("from_percent", reading.from.points),
                    fixed("to_attainment", reading.to.value),
                    fixed("to_percent", reading.to.points),
                ]);
                reading.points
            }
            PayoutCurve::Flat { tiers } => {
                let tier = tiers::tier_of(tiers, attainment).ok_or_else(no_rate)?;
                inputs.extend([fixed("tier_from", tier.from), fixed("rate", tier.rate)]);
                tier.rate
            }
            PayoutCurve::Marginal { tiers } => {
                tiers.first().ok_or_else(no_rate)?;
                for (number, slice) in (1..).zip(tiers::slices(tiers, attainment)) {
                    inputs.push(fixed(format!("slice_{number}"), slice.amount));
                    inputs.push(fixed(format!("rate_{number}"), slice.rate));
                }
                tiers::marginal(tiers, attainment).ok_or_else(|| self.overflow())?
            }
        };
        self.step(StepKind::Curve, inputs, percent.to_decimal());
        Ok(percent)
    }

    /// The percentage inside the plan's floor and cap. What is not earned at all is not lifted to the floor.
    fn limit(&mut self, mut percent: Fixed) -> Fixed {
        if let Some(floor) = self.plan.floor_percent {
            let inputs = vec![fixed("percent", percent), fixed("floor_percent", floor)];
            percent = if percent > Fixed::ZERO { percent.max(floor) } else { percent };
            self.step(StepKind::Floor, inputs, percent.to_decimal());
        }
        if let Some(cap) = self.plan.cap_percent {
            let inputs = vec![fixed("percent", percent), fixed("cap_percent", cap)];
            percent = percent.min(cap);
            self.step(StepKind::Cap, inputs, percent.to_decimal());
        }
        percent
    }

    /// The unrounded sum in major units. Every stretch has the same divisor, so the exact products are added up first and divided
    /// once: two stretches of a third and two thirds make the whole, whatever the rounding mode.
    fn pay_stretches(
        &mut self,
        payable: &[Payable<'a>],
        assigned_days: i64,
        percent: Fixed,
    ) -> Result<Decimal, PayoutError> {
        let (days_name, whole_days) = if self.plan.prorate_days {
            ("cycle_days", self.input.cycle.days())
        } else {
            ("assigned_days", assigned_days)
        };
        let divisor = Decimal::ONE_HUNDRED.checked_mul(whole_days.into()).ok_or_else(|| self.overflow())?;
        let mut products = Decimal::ZERO;
        let mut shares = Vec::with_capacity(payable.len());
        for (number, Payable { stretch, inside }) in (1..).zip(payable) {
            let target = Money { minor: stretch.target_minor, currency: self.input.currency }.to_decimal();
            let mut inputs = vec![
                figure("target", target),
                fixed("percent", percent),
                figure("days", inside.days().into()),
                figure(days_name, whole_days.into()),
            ];
            let fte = if self.plan.prorate_fte { stretch.fte } else { Fixed::ONE };
            if self.plan.prorate_fte {
                inputs.push(fixed("fte", fte));
            }
            let factors = [target, percent.to_decimal(), inside.days().into(), fte.to_decimal()];
            let product = product(&factors).ok_or_else(|| self.overflow())?;
            let share = product.checked_div(divisor).ok_or_else(|| self.overflow())?;
            products = products.checked_add(product).ok_or_else(|| self.overflow())?;
            shares.push(figure(format!("stretch_{number}"), share));
            self.step(StepKind::Stretch, inputs, share);
        }
        let sum = products.checked_div(divisor).ok_or_else(|| self.overflow())?;
        self.step(StepKind::Sum, shares, sum);
        Ok(sum)
    }

    fn round(&mut self, sum: Decimal) -> Result<Money, PayoutError> {
        let currency = self.input.currency;
        let amount = Money::round(sum, currency, self.plan.rounding).ok_or_else(|| self.overflow())?;
        let inputs = vec![figure("unrounded", sum), figure("decimals", currency.decimals().into())];
        self.step(StepKind::Rounding, inputs, amount.to_decimal());
        Ok(amount)
    }
}

/// The product of factors, without trailing zeros on the way, which leaves all 28 digits to the figures themselves.
fn product(factors: &[Decimal]) -> Option<Decimal> {
    factors.iter().try_fold(Decimal::ONE, |product, factor| product.checked_mul(factor.normalize()))
}

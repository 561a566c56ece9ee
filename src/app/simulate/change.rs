//! One agent by the results that stand and by other rules.

use std::sync::Arc;

use crate::domain::appraisal::{AppraisalResult, AppraisalState};
use crate::domain::fixed::Fixed;
use crate::domain::money::{Currency, Money};
use crate::domain::payout::PayoutResult;

/// What the rules make of an agent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Id of the band.
    Rated(Arc<str>),
    /// Scored, but no band holds the score.
    Unrated,
    OnHold,
    InsufficientData,
    Exempt,
    /// No card measures any post the agent held.
    NoCard,
}

/// An agent by one set of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub outcome: Outcome,
    /// The total rounded to two decimals, as it is printed.
    pub score: Option<Fixed>,
    /// What is payable: zero where the payout is withheld, `None` where no plan pays the agent.
    pub pay: Option<Money>,
}

/// An agent before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentChange {
    pub employee_number: String,
    /// Code of the unit of the last stretch.
    pub unit: String,
    /// By the results that stand.
    pub before: Side,
    /// By the rules simulated.
    pub after: Side,
}

/// What changes in an agent's pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayChange {
    /// No plan pays the agent, neither before nor after.
    Unpaid,
    By(Money),
    /// Before and after are in two currencies, which have no difference.
    OtherCurrency,
}

impl Outcome {
    /// As programs read it: the band's id for the rated.
    pub fn code(&self) -> &str {
        match self {
            Self::Rated(rating) => rating,
            Self::Unrated => "unrated",
            Self::OnHold => "on_hold",
            Self::InsufficientData => "insufficient_data",
            Self::Exempt => "exempt",
            Self::NoCard => "no_card",
        }
    }
}

impl Side {
    pub(super) const NO_CARD: Self = Self { outcome: Outcome::NoCard, score: None, pay: None };

    pub(super) fn of(result: &AppraisalResult, payout: Option<&PayoutResult>) -> Self {
        let outcome = match (result.state, &result.rating) {
            (AppraisalState::Scored, Some(rating)) => Outcome::Rated(Arc::clone(rating)),
            (AppraisalState::Scored, None) => Outcome::Unrated,
            (AppraisalState::OnHold, _) => Outcome::OnHold,
            (AppraisalState::InsufficientData, _) => Outcome::InsufficientData,
            (AppraisalState::Exempt, _) => Outcome::Exempt,
        };
        let payable = |payout: &PayoutResult| Money {
            minor: if payout.withheld.is_none() { payout.amount_minor } else { 0 },
            currency: payout.currency,
        };
        Self { outcome, score: result.printed, pay: payout.map(payable) }
    }
}

impl AgentChange {
    /// Whether a card measures the agent before and after.
    pub fn comparable(&self) -> bool {
        self.before.outcome != Outcome::NoCard && self.after.outcome != Outcome::NoCard
    }

    /// `None` unless there is a score before and after.
    pub fn score_change(&self) -> Option<Fixed> {
        self.after.score?.checked_sub(self.before.score?)
    }

    /// Who is paid by one side's plans only gains or loses all of it.
    pub fn pay_change(&self) -> PayChange {
        let by = |minor: i64, currency: Currency| PayChange::By(Money { minor, currency });
        match (self.before.pay, self.after.pay) {
            (None, None) => PayChange::Unpaid,
            (Some(before), None) => by(before.minor.saturating_neg(), before.currency),
            (None, Some(after)) => by(after.minor, after.currency),
            (Some(before), Some(after)) if before.currency == after.currency => {
                by(after.minor.saturating_sub(before.minor), after.currency)
            }
            (Some(_), Some(_)) => PayChange::OtherCurrency,
        }
    }

    pub(super) fn changes_currency(&self) -> bool {
        self.pay_change() == PayChange::OtherCurrency
    }

    /// Whether rating, score or pay is another.
    pub fn moves(&self) -> bool {
        let pay = matches!(self.pay_change(), PayChange::By(change) if change.minor != 0);
        pay || self.changes_currency()
            || self.before.outcome != self.after.outcome
            || self.before.score != self.after.score
    }

    /// What winners and losers are ranked by: pay in minor units, then score.
    pub(super) fn gain(&self) -> (i64, Fixed) {
        let pay = match self.pay_change() {
            PayChange::By(change) => change.minor,
            PayChange::Unpaid | PayChange::OtherCurrency => 0,
        };
        (pay, self.score_change().unwrap_or(Fixed::ZERO))
    }
}

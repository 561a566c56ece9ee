//! The cards of a cycle's stretches, and what stands beside them, as the API shows it.

use chrono::NaiveDate;
use poem_openapi::Object;

use super::explanations::{Explanation, RatingBand};
use super::scorecard_judgement::Judgement;
use super::scorecard_lines::{Gate, Line};
use crate::domain::appraisal::{Exemption, PeerLine, Standing, StretchBasis, StretchResult};
use crate::domain::explanation::CardExplanation;
use crate::domain::fixed::Fixed;
use crate::domain::peers::PeerStanding;
use crate::domain::scorecard::{CardResult, CardState};
use crate::domain::text::Text;

/// Days in one unit and one post, with the card they were measured by and their part in the whole.
#[derive(Object)]
pub(super) struct Stretch {
    /// Code of the unit.
    unit: String,
    post: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    /// Calendar days assigned, net of leave.
    days: i64,
    /// Cases behind the card.
    samples: i64,
    /// `counted`, `waiting` (its card waits for data), `too_short` or `no_score`; of the last two the share went to the others.
    standing: String,
    /// Percent of the whole, six decimals; the shares of those that stay add up to 100.
    share: String,
    card: Card,
}

/// A card with its whole working: subtotal = Σ contributions of the weighted lines; with a judged part, both parts by the card's split;
/// adjusted = that + Σ contributions of the lines outside the weights, at least 0 and at most points_up_to; total = adjusted, capped
/// by gates that were not passed.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct Card {
    /// The card's id in the rules.
    card: String,
    /// `scored`, `on_hold` or `insufficient_data`.
    state: String,
    /// Sum of the weighted lines' contributions, before bonuses, penalties and gates; six decimals.
    subtotal: Option<String>,
    /// With the judged part, bonuses and penalties, before gates; six decimals.
    adjusted: Option<String>,
    /// The most a total can be: 100, or more where the card allows points above full marks.
    points_up_to: String,
    /// After gates; six decimals.
    total: Option<String>,
    /// The total with two decimals.
    score: Option<String>,
    /// By this card alone.
    rating: Option<String>,
    lines: Vec<Line>,
    gates: Vec<Gate>,
    /// Absent on a card that is only measured.
    judgement: Option<Judgement>,
    /// By which the score is rated, ascending.
    bands: Option<Vec<RatingBand>>,
    /// From the lines to the total and its rating.
    explanation: Option<Explanation>,
}

/// Why somebody is not appraised in this cycle.
#[derive(Object)]
pub(super) struct ExemptionReason {
    /// A stable code, such as `too_few_days` or `parental_leave`.
    code: String,
    en: String,
    zh: String,
}

/// Where an agent stands among peers in one line. For information: nothing is computed from it.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct PeerComparison {
    /// The line's id on the card of the last stretch.
    line: String,
    /// Measured members of the group, the agent among them.
    members: Option<i64>,
    /// What all members reach together, in the metric's unit, two decimals; absent where they are too few.
    value: Option<String>,
    /// Percent of the members with a worse value, those with the same one counting half; two decimals.
    percentile: Option<String>,
    en: String,
    zh: String,
}

pub(super) fn basis(basis: StretchBasis) -> String {
    let basis = match basis {
        StretchBasis::Days => "days",
        StretchBasis::Samples => "samples",
        StretchBasis::Equal => "equal",
    };
    basis.to_owned()
}

fn text(value: Option<Fixed>) -> Option<String> {
    value.map(|value| value.to_string())
}

impl From<StretchResult> for Stretch {
    fn from(StretchResult { stretch, standing, share }: StretchResult) -> Self {
        let standing = match standing {
            Standing::Counted => "counted",
            Standing::Waiting => "waiting",
            Standing::TooShort => "too_short",
            Standing::NoScore => "no_score",
        };
        Self {
            unit: stretch.unit,
            post: stretch.post,
            first_day: stretch.period.first,
            last_day: stretch.period.last,
            days: stretch.days,
            samples: stretch.samples,
            standing: standing.to_owned(),
            share: share.to_string(),
            card: stretch.card.into(),
        }
    }
}

impl From<CardResult> for Card {
    fn from(result: CardResult) -> Self {
        let CardResult { card, state, lines, gates, judged, subtotal, adjusted, points_up_to, total, printed, rating } =
            result;
        let state = match state {
            CardState::Scored => "scored",
            CardState::OnHold => "on_hold",
            CardState::InsufficientData => "insufficient_data",
        };
        Self {
            card: card.to_string(),
            state: state.to_owned(),
            subtotal: text(subtotal),
            adjusted: text(adjusted),
            points_up_to: points_up_to.to_string(),
            total: text(total),
            score: printed.map(|printed| format!("{printed:.2}")),
            rating: rating.as_deref().map(str::to_owned),
            lines: lines.into_iter().map(Line::from).collect(),
            gates: gates.into_iter().map(Gate::from).collect(),
            judgement: judged.map(Judgement::from),
            bands: None,
            explanation: None,
        }
    }
}

impl Card {
    pub(super) fn explained(self, explanation: Option<CardExplanation>) -> Self {
        let Some(CardExplanation { lines, gates, total, bands, units }) = explanation else { return self };
        let Self { lines: shown_lines, gates: shown_gates, .. } = self;
        Self {
            lines: shown_lines.into_iter().zip(lines).map(|(line, told)| line.explained(told, &units)).collect(),
            gates: shown_gates.into_iter().zip(gates).map(|(gate, told)| gate.explained(told, &units)).collect(),
            bands: Some(bands.into_iter().map(RatingBand::from).collect()),
            explanation: Some(total.into()),
            ..self
        }
    }
}

impl Stretch {
    pub(super) fn explained(self, explanation: Option<CardExplanation>) -> Self {
        Self { card: self.card.explained(explanation), ..self }
    }
}

impl From<Exemption> for ExemptionReason {
    fn from(exemption: Exemption) -> Self {
        let Text { en, zh } = exemption.text();
        Self { code: exemption.code().to_owned(), en, zh }
    }
}

impl From<PeerLine> for PeerComparison {
    fn from(PeerLine { line, standing }: PeerLine) -> Self {
        let Text { en, zh } = standing.text();
        let (members, value, percentile) = match standing {
            PeerStanding::Compared { members, value, percentile } => (Some(members), Some(value), percentile),
            PeerStanding::TooFew { members, min_members: _ } => (Some(members), None, None),
            PeerStanding::NoGroup { missing: _ } => (None, None, None),
        };
        let shown = |value: Option<Fixed>| value.map(|value| format!("{value:.2}"));
        Self { line: line.to_string(), members, value: shown(value), percentile: shown(percentile), en, zh }
    }
}

//! Guidance on how ratings are spread: shown as deviation, for a unit or the whole, and never applied to anybody.
//!
//! To be last in a spread is not to be incompetent, so no function here takes or changes anybody's rating.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fixed::Fixed;
use super::shares::apportion;
use super::text::Text;

/// The share of agents that the guidance sees in a band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuidedShare {
    /// A band of the card.
    pub band: String,
    /// The shares of a card add up to 100; at most two decimals.
    pub percent: Fixed,
}

/// How a band's share of the rated agents compares with the guidance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandDeviation {
    pub band: String,
    /// Agents with this rating.
    pub agents: i64,
    /// Their percentage, two decimals; the bands' add up to exactly 100.
    pub actual: Fixed,
    pub guided: Fixed,
    /// `actual` − `guided`, in percentage points; the bands' add up to 0.
    pub deviation: Fixed,
    /// Whole agents the guidance means; the bands' add up to all rated agents.
    pub guided_agents: i64,
    /// `agents` − `guided_agents`; the bands' add up to 0.
    pub agents_apart: i64,
}

/// What stands beside every table of deviations.
pub fn notice() -> Text {
    Text {
        en: "For information only: no rating is changed to meet the guidance.".to_owned(),
        zh: "仅供参考：不会为符合分布建议而调整任何人的评级。".to_owned(),
    }
}

/// Actual against guided shares: bands in the guidance's order, then ratings it does not name, with nothing guided. Empty without
/// guidance or without a rated agent.
pub fn deviation(counts: &BTreeMap<String, i64>, guidance: &[GuidedShare]) -> Vec<BandDeviation> {
    let named = |band: &String| guidance.iter().any(|share| share.band == *band);
    let strangers = counts.keys().filter(|band| !named(band));
    let bands: Vec<(&String, Fixed)> = guidance
        .iter()
        .map(|share| (&share.band, share.percent))
        .chain(strangers.map(|band| (band, Fixed::ZERO)))
        .collect();
    let agents: Vec<i64> =
        bands.iter().map(|(band, _)| counts.get(*band).copied().unwrap_or_default().max(0)).collect();
    let guided: Vec<i64> = bands.iter().map(|(_, percent)| percent.micros()).collect();
    let hundredths = apportion(HUNDREDTHS, &agents);
    let guided_agents = apportion(agents.iter().sum(), &guided);
    let (Some(hundredths), Some(guided_agents)) = (hundredths, guided_agents) else { return Vec::new() };
    let figures = agents.into_iter().zip(hundredths).zip(guided_agents);
    bands
        .into_iter()
        .zip(figures)
        .map(|((band, guided), ((agents, hundredths), guided_agents))| {
            let actual = Fixed::from_micros(hundredths * (Fixed::HUNDRED.micros() / HUNDREDTHS));
            BandDeviation {
                band: band.clone(),
                agents,
                actual,
                guided,
                deviation: Fixed::from_micros(actual.micros() - guided.micros()),
                guided_agents,
                agents_apart: agents - guided_agents,
            }
        })
        .collect()
}

/// Hundredths of a percent in 100 %.
const HUNDREDTHS: i64 = 10_000;

impl BandDeviation {
    /// The deviation in words, with [`notice`] to stand beside it.
    pub fn text(&self) -> Text {
        let Self { band, agents, actual, guided, deviation, guided_agents: _, agents_apart } = self;
        let sign = if deviation.is_negative() { "" } else { "+" };
        let apart = agents_apart.abs();
        let (more, more_zh) = match agents_apart.signum() {
            1 => (format!("{apart} more than guided"), format!("多 {apart} 人")),
            -1 => (format!("{apart} fewer than guided"), format!("少 {apart} 人")),
            _ => ("as many as guided".to_owned(), "人数相符".to_owned()),
        };
        Text {
            en: format!(
                "{band}: {agents} agents, {actual:.2} %; guidance {guided} %; {sign}{deviation:.2} points, {more}."
            ),
            zh: format!(
                "{band}：{agents} 人，占 {actual:.2}%；建议 {guided}%；偏差 {sign}{deviation:.2} 个百分点，{more_zh}。"
            ),
        }
    }
}

//! How a cycle's ratings are spread, beside the guidance of each card. For information: nobody's rating is changed by it.

use std::collections::BTreeMap;

use super::read::meant;
use super::{App, AppError, Change, Wanted};
use crate::domain::authority::Act;
use crate::domain::guidance::{BandDeviation, deviation};
use crate::domain::text::Text;
use crate::store::Take;

/// The ratings given by one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSpread {
    /// The card's id in the rules.
    pub card: String,
    pub name: Text,
    /// Agents by band, from the best to the least.
    pub bands: Vec<(String, i64)>,
    /// Against the card's guidance, band by band; empty where it has none.
    pub deviations: Vec<BandDeviation>,
}

impl App {
    /// The spread of ratings over the whole cycle, or over the unit that `wanted` names and those below it; a card each.
    pub async fn spread(&self, cycle: &str, wanted: &Wanted) -> Result<Vec<CardSpread>, AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, cycle).await?;
        let filter = self.filter(reach, wanted, meant(&shown, Take::Standing)).await?;
        let run = shown.run;
        let rules = self.rules_of(&run).await?;
        let mut counts: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
        for (card, rating, agents) in self.store.rating_counts(run.id, &filter).await? {
            counts.entry(card).or_default().insert(rating, agents);
        }
        let asked = wanted.unit.as_ref().map(|unit| format!("unit={unit}")).unwrap_or_default();
        self.recorded_list(&filter.reach, Change::new("spread.read", "cycle", cycle).detail(asked)).await?;
        let spread = |(id, counts): (String, BTreeMap<String, i64>)| {
            let card = rules.card(&id)?;
            let bands = card.bands.iter().rev().map(|band| {
                let agents = counts.get(&*band.id).copied().unwrap_or_default();
                (band.id.to_string(), agents)
            });
            let (bands, deviations) = (bands.collect(), deviation(&counts, &card.guidance));
            Some(CardSpread { card: id, name: card.name.clone(), bands, deviations })
        };
        Ok(counts.into_iter().filter_map(spread).collect())
    }
}

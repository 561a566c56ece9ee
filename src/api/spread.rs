//! How ratings are spread.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::error::ListError;
use crate::app::{CardSpread, Wanted};
use crate::domain::guidance::{BandDeviation, notice};
use crate::domain::text::Text;

/// The ratings given by each card. Guidance is never applied to anybody.
#[derive(Object)]
struct Spread {
    cards: Vec<CardRatings>,
    notice_en: String,
    notice_zh: String,
}

#[derive(Object)]
pub(super) struct CardRatings {
    /// The card's id in the rules.
    card: String,
    name_en: String,
    name_zh: String,
    /// From the best to the least.
    bands: Vec<BandCount>,
    /// Against the card's guidance; empty where it has none.
    deviations: Vec<Deviation>,
}

#[derive(Object)]
struct BandCount {
    band: String,
    agents: i64,
}

/// How a band's share of the rated agents compares with the guidance; percent with two decimals.
#[derive(Object)]
struct Deviation {
    band: String,
    agents: i64,
    actual: String,
    guided: String,
    /// actual − guided, in percentage points.
    deviation: String,
    /// Whole agents the guidance means.
    guided_agents: i64,
    /// agents − guided_agents.
    agents_apart: i64,
    en: String,
    zh: String,
}

impl From<BandDeviation> for Deviation {
    fn from(found: BandDeviation) -> Self {
        let Text { en, zh } = found.text();
        let BandDeviation { band, agents, actual, guided, deviation, guided_agents, agents_apart } = found;
        let shown = |percent| format!("{percent:.2}");
        Self {
            band,
            agents,
            actual: shown(actual),
            guided: shown(guided),
            deviation: shown(deviation),
            guided_agents,
            agents_apart,
            en,
            zh,
        }
    }
}

impl From<CardSpread> for CardRatings {
    fn from(CardSpread { card, name, bands, deviations }: CardSpread) -> Self {
        Self {
            card,
            name_en: name.en,
            name_zh: name.zh,
            bands: bands.into_iter().map(|(band, agents)| BandCount { band, agents }).collect(),
            deviations: deviations.into_iter().map(Deviation::from).collect(),
        }
    }
}

pub struct SpreadApi;

#[OpenApi(tag = "Resource::Scorecards")]
impl SpreadApi {
    /// How a cycle's ratings are spread, beside the guidance of each card
    #[oai(path = "/cycles/:code/spread", method = "get", operation_id = "get_spread")]
    async fn get(
        &self,
        app: Caller,
        code: Path<String>,
        /// Over this unit and those below it (its code)
        unit: Query<Option<String>>,
    ) -> Result<Json<Spread>, ListError> {
        let wanted = Wanted { unit: unit.0, ..Wanted::default() };
        let cards = app.spread(&code.0, &wanted).await?;
        let Text { en, zh } = notice();
        Ok(Json(Spread { cards: cards.into_iter().map(CardRatings::from).collect(), notice_en: en, notice_zh: zh }))
    }
}

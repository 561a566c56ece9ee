//! What a session of a unit looks at besides its people: who lies apart, the last cycle, and how raters judge. It informs only.

use std::collections::BTreeMap;

use crate::app::{App, AppError, CalibrationSession, SessionCycle};
use crate::domain::calibration::{Leniency, LineApart, Outliers, RatedAgent};
use crate::domain::interval::Interval;
use crate::domain::metric::{Metric, MetricId, Unit};
use crate::web::format::grouped;
use crate::web::language::Language;
use crate::web::words::Say;

/// So many figures that lie apart are shown.
const MOST_APART: usize = 60;

/// A session as people read it.
pub(super) struct Session {
    /// How many figures were compared, and how many lie apart.
    pub compared: Say,
    pub apart: Vec<Apart>,
    /// Whether there are more than are shown.
    pub more_apart: bool,
    pub before: Option<Before>,
    pub raters: Vec<Rater>,
}

/// A figure in which somebody lies apart.
pub(super) struct Apart {
    pub number: String,
    pub name: String,
    pub metric: MetricId,
    pub figure: String,
    pub value: String,
    pub interval: String,
    pub others: String,
    pub side: Say,
}

/// A rating now, how many came to it, and whether it is the one they had.
type Moved = (String, u64, bool);

/// Ratings beside those of the last cycle.
pub(super) struct Before {
    pub title: Say,
    pub about: Say,
    /// Ratings now, the heads of the columns.
    pub now: Vec<String>,
    /// A rating before, and how many went from it to each of now.
    pub rows: Vec<(String, Vec<Moved>)>,
}

/// How somebody judges.
pub(super) struct Rater {
    pub number: String,
    pub agents: String,
    pub judged: String,
    pub measured: String,
    pub leniency: String,
    pub interval: Option<String>,
    /// Whether chance does not explain it.
    pub clear: bool,
}

impl Session {
    pub(super) async fn of<'m>(
        app: &App,
        (cycle, unit): (&str, &str),
        metric: impl Fn(&MetricId) -> Option<&'m Metric> + Send,
        language: Language,
    ) -> Result<Self, AppError> {
        let CalibrationSession { spread, agents, outliers, before, raters } =
            app.calibration_session(cycle, Some(unit)).await?;
        let bands: Vec<String> = spread.into_iter().flat_map(|card| card.bands).map(|(band, _)| band).collect();
        let Outliers { compared, apart, agents: outliers } = outliers;
        let compared = language.say("session-compared").count("compared", compared).count("apart", apart);
        let of = |outlier: crate::domain::calibration::Outlier| {
            let agent = agents.get(outlier.agent);
            let lines = outlier.lines.into_iter();
            lines.filter_map(|line| Some(apart_view(agent?, &line, metric(&line.metric), language))).collect::<Vec<_>>()
        };
        let apart_views: Vec<Apart> = outliers.into_iter().flat_map(of).collect();
        Ok(Self {
            compared,
            more_apart: apart_views.len() > MOST_APART,
            apart: apart_views.into_iter().take(MOST_APART).collect(),
            before: before.filter(|before| before.moves.agents > 0).map(|before| before_view(before, bands, language)),
            raters: raters.into_iter().map(|rater| rater_view(rater, language)).collect(),
        })
    }
}

fn apart_view(agent: &RatedAgent, line: &LineApart, metric: Option<&Metric>, language: Language) -> Apart {
    let unit = metric.map_or(Unit::Ratio, |metric| metric.unit);
    let Interval { lower, upper } = line.interval;
    Apart {
        number: agent.employee_number.clone(),
        name: agent.name.clone(),
        metric: line.metric.clone(),
        figure: metric.map_or_else(|| line.metric.to_string(), |metric| language.of_text(&metric.name).to_owned()),
        value: language.measured(line.value, unit),
        interval: format!("{} – {}", language.measured(lower, unit), language.measured(upper, unit)),
        others: language.measured(line.others, unit),
        side: language.say(if line.above { "session-above" } else { "session-below" }),
    }
}

fn before_view(before: SessionCycle, bands: Vec<String>, language: Language) -> Before {
    let SessionCycle { cycle, moves } = before;
    let name = |rating: &Option<String>| rating.clone().unwrap_or_else(|| "–".to_owned());
    let mut sums: BTreeMap<(String, String), u64> = BTreeMap::new();
    for ((was, is), agents) in &moves.ratings {
        *sums.entry((name(was), name(is))).or_default() += agents;
    }
    // In the order of the cards' bands; what no card of this cycle knows comes last.
    let rank = |rating: &str| (bands.iter().position(|band| band == rating).unwrap_or(bands.len()), rating.to_owned());
    let ordered = |pick: fn(&(String, String)) -> &String| {
        let mut ratings: Vec<String> = sums.keys().map(|key| pick(key).clone()).collect();
        ratings.sort_by_key(|rating| rank(rating));
        ratings.dedup();
        ratings
    };
    let (was, now) = (ordered(|(was, _)| was), ordered(|(_, now)| now));
    let row = |was: String| {
        let count = |now: &String| sums.get(&(was.clone(), now.clone())).copied().unwrap_or_default();
        let cells = now.iter().map(|now| (now.clone(), count(now), *now == was)).collect();
        (was, cells)
    };
    let change = moves.mean_change.map_or_else(|| "–".to_owned(), |change| language.hundredths(change));
    Before {
        title: language.say("session-before").with("cycle", cycle),
        about: language.say("session-before-about").count("agents", moves.agents).with("change", change),
        rows: was.into_iter().map(row).collect(),
        now,
    }
}

fn rater_view(rater: Leniency, language: Language) -> Rater {
    let clear = rater.is_clear();
    let Leniency { rater, agents, judged, measured, leniency, interval } = rater;
    let interval = interval
        .map(|Interval { lower, upper }| format!("{} – {}", language.hundredths(lower), language.hundredths(upper)));
    Rater {
        number: rater.to_string(),
        agents: grouped(&agents.to_string()),
        judged: language.hundredths(judged),
        measured: language.hundredths(measured),
        leniency: language.hundredths(leniency),
        interval,
        clear,
    }
}

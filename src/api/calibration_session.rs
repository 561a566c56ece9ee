//! What a calibration session looks at.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Resource;
use super::auth::Caller;
use super::error::ListError;
use super::spread::CardRatings;
use crate::app::{CalibrationSession as Session, SessionCycle};
use crate::domain::calibration::{Leniency, LineApart as Apart, RatedAgent as Rated};

/// A line on which an agent lies apart from all others of the same card: the whole 95 % interval is on one side of what they reached together.
#[derive(Object)]
struct LineApart {
    /// Its id on the card.
    line: String,
    metric: String,
    /// In the metric's unit.
    value: String,
    lower: String,
    upper: String,
    others: String,
    above: bool,
}

/// A rated agent.
#[derive(Object)]
#[oai(rename = "SessionAgent", skip_serializing_if_is_none)]
struct RatedAgent {
    employee_number: String,
    name: String,
    /// Code of the unit.
    unit: String,
    card: String,
    /// Two decimals.
    score: String,
    /// Absent below the first band.
    rating: Option<String>,
    /// Whether people agreed on another rating than the calculated one.
    calibrated: bool,
    /// By the card alone, where people agreed on another.
    calculated: Option<String>,
    /// Of the last cycle.
    score_before: Option<String>,
    rating_before: Option<String>,
    /// Empty for most.
    apart: Vec<LineApart>,
}

/// Agents who went from one rating to another.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct RatingMove {
    /// Absent below the first band.
    before: Option<String>,
    now: Option<String>,
    agents: u64,
}

/// Ratings beside those of the last cycle of the same kind.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct CycleBefore {
    cycle: String,
    /// Scored in both.
    agents: u64,
    /// Mean of score less score before.
    mean_change: Option<String>,
    moves: Vec<RatingMove>,
}

/// How a supervisor's judgement stands to what was measured, beside everybody's in the session.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct RaterLeniency {
    /// Employee number of the supervisor.
    rater: String,
    /// Agents rated.
    agents: u64,
    /// Mean points given, and mean points measured, 0 to 100.
    judged: String,
    measured: String,
    /// judged − measured, less the same of everybody: above 0 is milder than others.
    leniency: String,
    /// 95 %; absent for fewer than five agents.
    lower: Option<String>,
    upper: Option<String>,
    /// Whether chance does not explain it.
    clear: bool,
}

/// What a calibration session looks at. It informs; no rating is made of it.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct CalibrationSession {
    /// Ratings against the guidance of each card.
    spread: Vec<CardRatings>,
    /// In order of employee number.
    agents: Vec<RatedAgent>,
    /// Lines that were compared; of identical agents, one in twenty would lie apart by chance.
    compared: u64,
    /// Lines that lie apart.
    apart: u64,
    /// Absent where there is no cycle before.
    before: Option<CycleBefore>,
    /// The mildest first.
    raters: Vec<RaterLeniency>,
}

impl From<Apart> for LineApart {
    fn from(apart: Apart) -> Self {
        let Apart { line, metric, value, interval, others, above } = apart;
        Self {
            line: line.to_string(),
            metric: metric.to_string(),
            value: value.to_string(),
            lower: interval.lower.to_string(),
            upper: interval.upper.to_string(),
            others: others.to_string(),
            above,
        }
    }
}

impl From<Rated> for RatedAgent {
    fn from(rated: Rated) -> Self {
        let Rated {
            employee_number,
            name,
            unit,
            card,
            score,
            rating,
            calculated,
            before,
            lines: _,
            judged: _,
            raters: _,
        } = rated;
        let (score_before, rating_before) = before.unzip();
        Self {
            employee_number,
            name,
            unit,
            card: card.to_string(),
            score: format!("{score:.2}"),
            rating,
            calibrated: calculated.is_some(),
            calculated: calculated.flatten(),
            score_before: score_before.map(|score| format!("{score:.2}")),
            rating_before: rating_before.flatten(),
            apart: Vec::new(),
        }
    }
}

impl From<SessionCycle> for CycleBefore {
    fn from(SessionCycle { cycle, moves }: SessionCycle) -> Self {
        let ratings = moves.ratings.into_iter();
        Self {
            cycle,
            agents: moves.agents,
            mean_change: moves.mean_change.map(|change| format!("{change:.2}")),
            moves: ratings.map(|((before, now), agents)| RatingMove { before, now, agents }).collect(),
        }
    }
}

impl From<Leniency> for RaterLeniency {
    fn from(leniency: Leniency) -> Self {
        let clear = leniency.is_clear();
        let Leniency { rater, agents, judged, measured, leniency, interval } = leniency;
        Self {
            rater: rater.to_string(),
            agents,
            judged: format!("{judged:.2}"),
            measured: format!("{measured:.2}"),
            leniency: format!("{leniency:.2}"),
            lower: interval.map(|interval| format!("{:.2}", interval.lower)),
            upper: interval.map(|interval| format!("{:.2}", interval.upper)),
            clear,
        }
    }
}

impl From<Session> for CalibrationSession {
    fn from(session: Session) -> Self {
        let Session { spread, agents, outliers, before, raters } = session;
        let mut agents: Vec<RatedAgent> = agents.into_iter().map(RatedAgent::from).collect();
        for outlier in outliers.agents {
            if let Some(agent) = agents.get_mut(outlier.agent) {
                agent.apart = outlier.lines.into_iter().map(LineApart::from).collect();
            }
        }
        Self {
            spread: spread.into_iter().map(CardRatings::from).collect(),
            agents,
            compared: outliers.compared,
            apart: outliers.apart,
            before: before.map(CycleBefore::from),
            raters: raters.into_iter().map(RaterLeniency::from).collect(),
        }
    }
}

pub struct CalibrationSessionApi;

#[OpenApi(tag = "Resource::Reviews")]
impl CalibrationSessionApi {
    /// What a calibration session of a unit looks at
    ///
    /// Of at most 5,000 rated agents: ratings against the guidance, agents who lie apart by more than chance, the last cycle beside this one, and
    /// supervisors who judge more mildly or strictly than others. No rating is made of it.
    #[oai(path = "/cycles/:code/calibration-session", method = "get", operation_id = "get_calibration_session")]
    async fn get(
        &self,
        app: Caller,
        code: Path<String>,
        /// Of this unit and those below it (its code)
        unit: Query<Option<String>>,
    ) -> Result<Json<CalibrationSession>, ListError> {
        Ok(Json(app.calibration_session(&code.0, unit.0.as_deref()).await?.into()))
    }
}

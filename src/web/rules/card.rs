//! One card of a version of the rules: its lines with their curves, and its ratings.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::version::{measured_by, name_of};
use crate::app::AppError;
use crate::domain::metric::Metric;
use crate::domain::scorecard::{Line, Measure, Scope};
use crate::web::charts::CurveChart;
use crate::web::frame::Frame;
use crate::web::glossary::unit_key;
use crate::web::language::Language;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "rules/card.html")]
struct Page {
    frame: Frame,
    hash: String,
    version: String,
    name: String,
    measures: String,
    lines: Vec<LineView>,
    /// Id, name, from.
    bands: Vec<(String, String, String)>,
}

struct LineView {
    metric: String,
    name: String,
    notes: Vec<Say>,
    weight: String,
    min_samples: i64,
    curve: Option<CurveChart>,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((hash, card)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let version = app.shown_rules(&hash).await.map_err(failed)?.version;
    let rules = app.rules_of_version(&version.hash).await.map_err(failed)?;
    let none = || failed(AppError::NotFound(format!("these rules have no card '{card}'")));
    let card = rules.card(&card).ok_or_else(none)?;
    let bands = card.bands.iter().rev();
    let bands =
        bands.map(|band| (band.id.to_string(), language.of_text(&band.name).to_owned(), language.number(band.from)));
    let page = Page {
        version: version.label(),
        hash: version.hash,
        name: language.of_text(&card.name).to_owned(),
        measures: measured_by(card),
        lines: card.lines.iter().map(|line| line_view(line, rules.metric(&line.metric), language)).collect(),
        bands: bands.collect(),
        frame,
    };
    rendered(&page)
}

fn line_view(line: &Line, metric: Option<&Metric>, language: Language) -> LineView {
    let name = name_of(line, metric, language);
    let mut notes = Vec::new();
    // An index is a ratio, whatever its metric is given in.
    if let (Some(metric), false) = (metric, line.measure == Measure::Index) {
        notes.push(language.say(unit_key(metric.unit)));
    }
    if line.scope == Scope::Unit {
        notes.push(language.say("line-of-unit"));
    }
    if line.measure == Measure::Index {
        notes.push(language.say("line-index"));
    }
    if line.outside.is_some() {
        notes.push(language.say("line-outside"));
    }
    let title = language.say("curve-title").with("metric", &name).to_string();
    LineView {
        metric: line.metric.to_string(),
        notes,
        weight: language.number(line.weight),
        min_samples: line.min_samples,
        curve: CurveChart::new(language, title, &line.curve),
        name,
    }
}

//! One version of the rules: every card with its lines and their curves, every metric with its definition, the plans.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::list::state_text;
use crate::app::{RuleVersionRecord, ShownRules};
use crate::domain::scorecard::{Card, Line, Measure, Scope};
use crate::web::charts::CurveChart;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "rules/version.html")]
struct Page {
    frame: Frame,
    version: RuleVersionRecord,
    label: String,
    state: Say,
    cards: Vec<CardView>,
    metrics: Vec<MetricView>,
    sections: Vec<(String, Vec<String>)>,
}

struct CardView {
    name: String,
    /// Posts or kinds of units it measures.
    measures: String,
    lines: Vec<LineView>,
    /// Id, name, from.
    bands: Vec<(String, String, String)>,
}

struct LineView {
    name: String,
    notes: Vec<Say>,
    weight: String,
    min_samples: i64,
    curve: Option<CurveChart>,
}

struct MetricView {
    id: String,
    name: String,
    about: String,
    sums: String,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(hash): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let ShownRules { version, sections, content: _ } = app.shown_rules(&hash).await.map_err(failed)?;
    let rules = app.rules_of_version(&version.hash).await.map_err(failed)?;
    let name_of = |line: &Line| {
        let metric = rules.metric(&line.metric);
        metric.map_or_else(|| line.metric.to_string(), |metric| language.of_text(&metric.name).to_owned())
    };
    let cards = rules.cards.iter().map(|card| card_view(card, language, &name_of)).collect();
    let metrics = rules.metrics.values().map(|metric| MetricView {
        id: metric.id.to_string(),
        name: language.of_text(&metric.name).to_owned(),
        about: language.of_text(&metric.description).to_owned(),
        sums: format!("{} ÷ {}", language.of_text(&metric.numerator), language.of_text(&metric.denominator)),
    });
    let sections = sections.into_iter().map(|section| {
        let lines = section.lines.iter().map(|line| language.of_text(line).to_owned());
        (language.of_text(&section.title).to_owned(), lines.collect())
    });
    let page = Page {
        label: version.label(),
        state: state_text(version.state, language),
        cards,
        metrics: metrics.collect(),
        sections: sections.collect(),
        version,
        frame,
    };
    rendered(&page)
}

fn card_view(card: &Card, language: Language, name_of: &dyn Fn(&Line) -> String) -> CardView {
    let lines = card.lines.iter().map(|line| {
        let name = name_of(line);
        let mut notes = Vec::new();
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
            notes,
            weight: language.number(line.weight),
            min_samples: line.min_samples,
            curve: CurveChart::new(language, title, &line.curve),
            name,
        }
    });
    let bands = card
        .bands
        .iter()
        .rev()
        .map(|band| (band.id.to_string(), language.of_text(&band.name).to_owned(), language.number(band.from)));
    let measures = if card.posts.is_empty() { card.unit_kinds.join(", ") } else { card.posts.join(", ") };
    CardView { name: language.of_text(&card.name).to_owned(), measures, lines: lines.collect(), bands: bands.collect() }
}

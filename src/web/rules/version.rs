//! One version of the rules: every card with its lines, every metric with its definition, the plans.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::list::state_text;
use crate::app::{RuleVersionRecord, ShownRules};
use crate::domain::metric::Metric;
use crate::domain::scorecard::{Card, Line};
use crate::web::frame::Frame;
use crate::web::glossary::MetricHelp;
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
    metrics: Vec<MetricHelp>,
    sections: Vec<(String, Vec<String>)>,
}

struct CardView {
    id: String,
    name: String,
    /// Posts or kinds of units it measures.
    measures: String,
    /// Name and weight.
    lines: Vec<(String, String)>,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(hash): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let ShownRules { version, sections, content: _ } = app.shown_rules(&hash).await.map_err(failed)?;
    let rules = app.rules_of_version(&version.hash).await.map_err(failed)?;
    let cards = rules.cards.iter().map(|card| CardView {
        id: card.id.to_string(),
        name: language.of_text(&card.name).to_owned(),
        measures: measured_by(card),
        lines: card
            .lines
            .iter()
            .map(|line| (name_of(line, rules.metric(&line.metric), language), language.number(line.weight)))
            .collect(),
    });
    let cards = cards.collect();
    let metrics = rules.metrics.values().map(|metric| MetricHelp::of(language, metric));
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

/// Posts or kinds of units that a card measures.
pub(super) fn measured_by(card: &Card) -> String {
    if card.posts.is_empty() { card.unit_kinds.join(", ") } else { card.posts.join(", ") }
}

pub(super) fn name_of(line: &Line, metric: Option<&Metric>, language: Language) -> String {
    metric.map_or_else(|| line.metric.to_string(), |metric| language.of_text(&metric.name).to_owned())
}

//! Trying other figures: what would the score, the rating and the pay be? A form that works by itself; sliders only move its fields.

use std::collections::BTreeMap;

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::lines::unit_of;
use crate::app::{ScorecardSummary, TriedOutcome, WhatIf};
use crate::domain::fixed::Fixed;
use crate::web::frame::Frame;
use crate::web::glossary::MetricHelp;
use crate::web::language::Language;
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "results/what_if.html")]
struct Page {
    frame: Frame,
    cycle: String,
    card: ScorecardSummary,
    fields: Vec<Field>,
    was: Outcome,
    tried: Outcome,
    /// Lines whose wish was no number.
    unread: Vec<String>,
}

struct Field {
    line: String,
    name: String,
    help: Option<MetricHelp>,
    was: String,
    value: String,
    lowest: String,
    highest: String,
}

struct Outcome {
    score: String,
    rating: String,
    pay: Option<String>,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let asked = request.params::<BTreeMap<String, String>>().unwrap_or_default();
    let mut wishes = BTreeMap::new();
    let mut unread = Vec::new();
    for (line, wish) in asked.into_iter().filter(|(line, wish)| line != "lang" && !wish.trim().is_empty()) {
        match wish.trim().parse::<Fixed>() {
            Ok(wish) => {
                wishes.insert(line, wish);
            }
            Err(_) => unread.push(line),
        }
    }
    let WhatIf { detail, figures, was, tried } = app.what_if(&cycle, &number, &wishes).await.map_err(failed)?;
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let fields: Vec<Field> = figures
        .into_iter()
        .map(|figure| {
            let metric = rules.metric(&figure.metric);
            Field {
                line: figure.line.to_string(),
                name: metric.map_or_else(|| figure.metric.to_string(), |one| language.of_text(&one.name).to_owned()),
                help: metric.map(|metric| MetricHelp::of(language, metric)),
                was: language.measured(figure.was, unit_of(figure.measure, metric)),
                value: figure.tried.round(2).to_string(),
                lowest: figure.lowest.round(2).to_string(),
                highest: figure.highest.round(2).to_string(),
            }
        })
        .collect();
    unread.retain(|line| fields.iter().any(|field| field.line == *line));
    let (was, tried) = (outcome(was, language), outcome(tried, language));
    rendered(&Page { frame, cycle, card: detail.summary, fields, was, tried, unread })
}

fn outcome(outcome: TriedOutcome, language: Language) -> Outcome {
    let TriedOutcome { score, rating, pay } = outcome;
    let none = || "–".to_owned();
    Outcome {
        score: score.map_or_else(none, |score| language.hundredths(score)),
        rating: rating.unwrap_or_else(none),
        pay: pay.map(|pay| language.money(&pay)),
    }
}

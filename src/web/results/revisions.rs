//! The results that an agent had in a cycle, and what each changed.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use crate::app::{Difference, LineDifference, RevisionView};
use crate::domain::fixed::Fixed;
use crate::domain::metric::Metric;
use crate::web::frame::Frame;
use crate::web::glossary::Glossary;
use crate::web::language::Language;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "results/revisions.html")]
struct Page {
    frame: Frame,
    cycle: String,
    number: String,
    revisions: Vec<Revision>,
    glossary: Glossary,
}

struct Revision {
    number: i64,
    kind: Say,
    made: Option<String>,
    reason: String,
    score: String,
    rating: String,
    /// What is different: of what, before, after.
    changes: Vec<(String, String, String)>,
    first: bool,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let found = app.revisions(&cycle, &number).await.map_err(failed)?;
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let metric = |line: &str| {
        let lines = rules.cards.iter().flat_map(|card| &card.lines);
        let known = lines.into_iter().find(|known| &*known.id == line)?;
        rules.metric(&known.metric)
    };
    let named = found.iter().filter_map(|view| view.difference.as_ref()).flat_map(|difference| &difference.lines);
    let glossary = Glossary::of(language, named.map(|line| metric(&line.line)));
    let revisions = found.into_iter().rev().map(|view| revision(view, language, &metric)).collect();
    rendered(&Page { frame, cycle, number, revisions, glossary })
}

fn revision<'m>(view: RevisionView, language: Language, metric: &impl Fn(&str) -> Option<&'m Metric>) -> Revision {
    let RevisionView { revision, kind, reason, made_at, scorecard, difference } = view;
    let first = difference.is_none();
    Revision {
        number: revision,
        kind: language.say(match kind {
            Some("varied") => "revision-varied",
            Some(_) => "revision-corrected",
            None => "revision-first",
        }),
        made: made_at.map(|at| language.moment(at)),
        reason: reason.unwrap_or_default(),
        score: score(language, scorecard.as_ref().and_then(|card| card.printed)),
        rating: scorecard.and_then(|card| card.rating).unwrap_or_else(|| "–".to_owned()),
        changes: difference.map(|difference| changes(difference, language, metric)).unwrap_or_default(),
        first,
    }
}

fn score(language: Language, score: Option<Fixed>) -> String {
    score.map_or_else(|| "–".to_owned(), |score| language.hundredths(score))
}

fn changes<'m>(
    difference: Difference,
    language: Language,
    metric: &impl Fn(&str) -> Option<&'m Metric>,
) -> Vec<(String, String, String)> {
    let Difference { score: scores, rating, lines, pay } = difference;
    let mut changes = Vec::new();
    if scores.0 != scores.1 {
        changes.push((language.say("score").to_string(), score(language, scores.0), score(language, scores.1)));
    }
    if rating.0 != rating.1 {
        let text = |rating: Option<String>| rating.unwrap_or_else(|| "–".to_owned());
        changes.push((language.say("rating").to_string(), text(rating.0), text(rating.1)));
    }
    for line in lines {
        changes.extend(line_changes(line, language, metric));
    }
    for pay in pay {
        let name = language.say("payout").to_string();
        changes.push((name, language.money(&pay.before), language.money(&pay.after)));
    }
    changes
}

fn line_changes<'m>(
    line: LineDifference,
    language: Language,
    metric: &impl Fn(&str) -> Option<&'m Metric>,
) -> Vec<(String, String, String)> {
    let LineDifference { stretch: _, line, value, points, weight, contribution } = line;
    let name = metric(&line).map_or_else(|| line.clone(), |metric| language.of_text(&metric.name).to_owned());
    let figures = [("value", value), ("points", points), ("line-weight", weight), ("contribution", contribution)];
    let changed = figures.into_iter().filter(|(_, (before, after))| before != after);
    let text = |figure: Option<Fixed>| score(language, figure);
    changed
        .map(|(what, (before, after))| (format!("{name}: {}", language.say(what)), text(before), text(after)))
        .collect()
}

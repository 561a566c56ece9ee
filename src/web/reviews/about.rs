//! What was written about somebody: supervisors and the person themselves in words, of colleagues only how many.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::words::group_text;
use crate::app::{GroupCount, ReviewsAbout};
use crate::domain::fixed::Fixed;
use crate::domain::judgement::Form;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "reviews/about.html")]
struct Page {
    frame: Frame,
    cycle: String,
    number: String,
    written: Vec<Written>,
    counts: Vec<(Say, GroupCount)>,
}

struct Written {
    group: Say,
    rater: String,
    at: String,
    /// Item, level, words.
    answers: Vec<(String, String, String)>,
    comment: String,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let ReviewsAbout { employee_number, written, colleagues } =
        app.reviews_about(&cycle, &number).await.map_err(failed)?;
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let written = written.into_iter().map(|review| {
        let answers = review.answers.into_iter().map(|(item, answer)| {
            let form = rules.forms.iter().find(|form| form.item(&item).is_some_and(|_| form.has_level(answer.value)));
            let (name, level) = names(form, &item, answer.value, language);
            (name, level, answer.comment)
        });
        Written {
            group: group_text(review.group, language),
            answers: answers.collect(),
            rater: review.rater.unwrap_or_default(),
            at: language.moment(review.submitted_at),
            comment: review.comment,
        }
    });
    let counts = colleagues.into_iter().map(|count| (group_text(count.group, language), count)).collect();
    rendered(&Page { written: written.collect(), frame, cycle, number: employee_number, counts })
}

/// The names of an item and of a level of the form.
fn names(form: Option<&Form>, item: &str, value: Fixed, language: Language) -> (String, String) {
    let name = form.and_then(|form| form.item(item)).map(|item| language.of_text(&item.name).to_owned());
    let level = form.and_then(|form| form.scale.iter().find(|level| level.value == value));
    let level = level.map(|level| format!("{} · {}", language.number(value), language.of_text(&level.name)));
    (name.unwrap_or_else(|| item.to_owned()), level.unwrap_or_else(|| language.number(value)))
}

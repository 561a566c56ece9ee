//! Forms of judgement, and the cards that use them.

use std::collections::BTreeSet;

use super::super::explain::nearest;
use super::super::file::card::CardFile;
use super::super::file::judgement::{ExampleRatings, FormFile};
use super::super::problem::Problem;
use super::super::shape::Shaped;
use super::super::yaml::Document;
use super::duplicates;
use crate::domain::fixed::Fixed;
use crate::domain::judgement::{Form, FormError, check_form};

/// Problems of one form.
pub(crate) fn form(file: &Shaped<FormFile>) -> Vec<Problem> {
    let Shaped { document, content } = file;
    let form = content.to_form();
    let mut problems: Vec<Problem> = check_form(&form).iter().map(|error| placed(document, error)).collect();
    if problems.is_empty() {
        for (number, example) in content.examples.iter().enumerate() {
            let at = format!("/examples/{number}");
            problems.extend(example_ratings(document, &at, &example.ratings, &form));
            for (index, item) in example.items.iter().enumerate() {
                problems.extend(item_exists(document, &format!("{at}/items/{index}/item"), &item.item, &form));
            }
        }
    }
    problems
}

/// The error where it stands in the file.
fn placed(document: &Document, error: &FormError) -> Problem {
    let text = error.to_string();
    let (what, mend) = text.rsplit_once(": ").unwrap_or((&text, "correct it"));
    let (pointer, whole) = match error {
        FormError::ShortScale => ("/scale".to_owned(), true),
        FormError::LevelsNotAscending { index, .. } => (format!("/scale/{index}/value"), false),
        FormError::PointsOffScale { .. } => ("/points".to_owned(), true),
        FormError::PointsNotAscending { index, .. } => (format!("/points/{index}/0"), false),
        FormError::PointsOutside { index, .. } | FormError::PointsFall { index, .. } => {
            (format!("/points/{index}/1"), false)
        }
        FormError::NoItems | FormError::ItemsNotHundred { .. } => ("/items".to_owned(), true),
        FormError::ItemTwice { index, .. } => (format!("/items/{index}/id"), false),
        FormError::ItemWeight { index, .. } => (format!("/items/{index}/weight"), false),
        FormError::NoGroups | FormError::GroupsNotHundred { .. } => ("/groups".to_owned(), true),
        FormError::GroupTwice { index, .. } => (format!("/groups/{index}/group"), false),
        FormError::GroupWeight { index, .. } => (format!("/groups/{index}/weight"), false),
        FormError::AnonymousSelf { index } => (format!("/groups/{index}/anonymous"), false),
        FormError::MinRaters { index, .. }
        | FormError::ManySelves { index, .. }
        | FormError::AnonymousFew { index, .. } => (format!("/groups/{index}/min_raters"), false),
    };
    if whole { document.name_error(&pointer, what, mend) } else { document.error(&pointer, what, mend) }
}

fn item_exists(document: &Document, pointer: &str, item: &str, form: &Form) -> Option<Problem> {
    if form.item(item).is_some() {
        return None;
    }
    let names: Vec<&str> = form.items.iter().map(|item| &*item.id).collect();
    let mend = match nearest(item, &names) {
        Some(meant) => format!("did you mean '{meant}'?"),
        None => format!("its items are {}", names.join(", ")),
    };
    Some(document.error(pointer, format!("form '{}' has no item '{item}'", form.id), mend))
}

/// Ratings of an example that the form has no place for.
fn example_ratings(document: &Document, at: &str, examples: &[ExampleRatings], form: &Form) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, given) in examples.iter().enumerate() {
        let at = format!("{at}/ratings/{index}");
        problems.extend(item_exists(document, &format!("{at}/item"), &given.item, form));
        if form.group(given.group.into()).is_none() {
            let what = format!("form '{}' has no group of raters of this name", form.id);
            problems.push(document.error(&format!("{at}/group"), what, "add the group, or name one of the form's"));
        }
        for (number, value) in given.values.iter().enumerate().filter(|(_, value)| !form.has_level(value.0)) {
            let levels: Vec<String> = form.scale.iter().map(|level| level.value.to_string()).collect();
            problems.push(document.error(
                &format!("{at}/values/{number}"),
                format!("{value} is not a level of the scale"),
                format!("its levels are {}", levels.join(", ")),
            ));
        }
    }
    problems
}

/// Problems between forms and cards: one id twice, a form nobody uses, and cards whose judgement is not sound. What a card may
/// name is only known when every form (`all_forms`) and card (`all_cards`) could be read.
pub(crate) fn together(
    files: &[Shaped<FormFile>],
    all_forms: bool,
    cards: &[Shaped<CardFile>],
    all_cards: bool,
) -> Vec<Problem> {
    let ids = files.iter().map(|file| (file.content.id.as_str(), &file.document, "/id".to_owned()));
    let mut problems = duplicates("form", ids);
    let used: BTreeSet<&str> =
        cards.iter().filter_map(|card| card.content.judgement.as_ref()).map(|used| used.form.as_str()).collect();
    // A card that names a form wrongly probably means one of these.
    let sure =
        all_cards && !cards.is_empty() && used.iter().all(|used| files.iter().any(|file| file.content.id == *used));
    for file in files.iter().filter(|file| sure && !used.contains(file.content.id.as_str())) {
        let what = format!("no scorecard is judged by form '{}', so its ratings never count", file.content.id);
        let mend = format!("add 'judgement: {{form: {}, share: 20}}' to a card, or remove the form", file.content.id);
        problems.push(file.document.warning("/id", what, mend));
    }
    let forms: Vec<&FormFile> = files.iter().map(|file| &file.content).collect();
    for card in cards {
        problems.extend(judgement(card, all_forms.then_some(&forms)));
    }
    problems
}

fn judgement(card: &Shaped<CardFile>, forms: Option<&Vec<&FormFile>>) -> Vec<Problem> {
    let Shaped { document, content } = card;
    let mut problems = Vec::new();
    let Some(entry) = &content.judgement else {
        let rated = content.examples.iter().enumerate().filter(|(_, example)| !example.ratings.is_empty());
        problems.extend(rated.map(|(number, _)| {
            let at = format!("/examples/{number}/ratings");
            document.name_error(&at, "this card has no judged part", "leave the ratings out, or add 'judgement'")
        }));
        return problems;
    };
    if entry.share.0 <= Fixed::ZERO || entry.share.0 >= Fixed::HUNDRED {
        problems.push(document.error(
            "/judgement/share",
            format!("a share of {} is not between 0 and 100", entry.share),
            "write the percent of the card that is judged; the lines have the rest",
        ));
    }
    let Some(forms) = forms else { return problems };
    match forms.iter().find(|form| form.id == entry.form) {
        Some(form) => {
            let form = form.to_form();
            // What is wrong with the form itself is said at its own place.
            let examples = if check_form(&form).is_empty() { content.examples.as_slice() } else { &[] };
            for (number, example) in examples.iter().enumerate() {
                let at = format!("/examples/{number}");
                problems.extend(example_ratings(document, &at, &example.ratings, &form));
            }
        }
        None => {
            let names: Vec<&str> = forms.iter().map(|form| form.id.as_str()).collect();
            let mend = match nearest(&entry.form, &names) {
                Some(meant) => format!("did you mean '{meant}'?"),
                None => "write it in the folder judgement, or use a form that is there".to_owned(),
            };
            problems.push(document.error("/judgement/form", format!("form '{}' is not known", entry.form), mend));
        }
    }
    problems
}

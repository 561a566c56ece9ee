//! Works the examples of forms.

use super::examples::{Comparison, MEND, exact};
use super::file::judgement::{ExampleGroup, ExampleItem, FormExample, ratings};
use super::load::Loaded;
use super::problem::Problem;
use crate::domain::judgement::{Form, JudgedItem, JudgementState, judge};

/// Every example of a form that does not come out as written.
pub(super) fn forms(Loaded { files, ruleset, .. }: &Loaded, problems: &mut Vec<Problem>) {
    for file in &files.forms {
        let Some(form) = ruleset.form(&file.content.id) else { continue };
        for (index, example) in file.content.examples.iter().enumerate() {
            form_example(form, example, &mut Comparison::new(&file.document, index, &example.name, problems));
        }
    }
}

fn form_example(form: &Form, example: &FormExample, comparison: &mut Comparison<'_>) {
    let result = match judge(form, &ratings(&example.ratings)) {
        Ok(result) => result,
        Err(error) => return comparison.wrong("", format!("cannot be judged: {error}"), MEND),
    };
    let written = state_name(example.state.into());
    comparison.compare("/state", "state", Some(written), Some(state_name(result.state)));
    comparison.compare("/points", "points", exact(example.points), result.points);
    for (index, written) in example.items.iter().enumerate() {
        match result.items.iter().find(|item| *item.item == *written.item) {
            Some(given) => item(&format!("/items/{index}"), written, given, comparison),
            None => comparison.wrong(&format!("/items/{index}"), "without ratings no item is worked", MEND),
        }
    }
}

fn item(at: &str, written: &ExampleItem, given: &JudgedItem, comparison: &mut Comparison<'_>) {
    let label = |what: &str| format!("{what} of '{}'", written.item);
    let state = state_name(written.state.into());
    comparison.compare(at, &label("state"), Some(state), Some(state_name(given.state)));
    comparison.compare(&format!("{at}/points"), &label("points"), exact(written.points), given.points);
    if let Some(weight) = written.effective_weight {
        let pointer = format!("{at}/effective_weight");
        comparison.compare(&pointer, &label("effective weight"), Some(weight.0), Some(given.effective_weight));
    }
    for (index, written) in written.groups.iter().enumerate() {
        group(&format!("{at}/groups/{index}"), written, given, comparison);
    }
}

fn group(at: &str, written: &ExampleGroup, given: &JudgedItem, comparison: &mut Comparison<'_>) {
    let Some(group) = given.groups.iter().find(|group| group.group == written.group.into()) else {
        return comparison.wrong(at, "the form has no such group of raters", MEND);
    };
    let label = |what: &str| format!("{what} of '{}' by group '{}'", given.item, group.group);
    comparison.compare(&format!("{at}/mean"), &label("mean"), exact(written.mean), group.mean);
    comparison.compare(&format!("{at}/points"), &label("points"), exact(written.points), group.points);
    if let Some(weight) = written.effective_weight {
        let pointer = format!("{at}/effective_weight");
        comparison.compare(&pointer, &label("effective weight"), Some(weight.0), Some(group.effective_weight));
    }
}

fn state_name(state: JudgementState) -> &'static str {
    match state {
        JudgementState::Judged => "judged",
        JudgementState::Waiting => "waiting",
        JudgementState::TooFew => "too_few",
        JudgementState::NoRatings => "no_ratings",
    }
}

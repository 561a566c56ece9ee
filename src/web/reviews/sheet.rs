//! A review as its form shows it: what is saved, what was just typed, and what somebody else saved meanwhile.

use std::collections::BTreeMap;

use crate::app::{App, AppError, ReviewAnswer, ReviewSheet, Why};
use crate::domain::fixed::Fixed;
use crate::domain::judgement::{Item, Level, RaterGroup, ReviewState};
use crate::web::glossary::Glossary;
use crate::web::language::Language;
use crate::web::people::person::found;
use crate::web::results::lines::{LineView, line_view};
use crate::web::words::Say;

use super::words::{group_text, review_state};

/// Fields of the form, before an item's id: the level, and words on it.
const LEVEL: &str = "level.";
const NOTE: &str = "note.";

/// What came with the form.
pub(super) struct Typed {
    /// The version that was read.
    pub version: i64,
    levels: BTreeMap<String, String>,
    notes: BTreeMap<String, String>,
    pub comment: String,
}

impl Typed {
    pub(super) fn of(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self { version: -1, levels: BTreeMap::new(), notes: BTreeMap::new(), comment: String::new() };
        for (name, value) in fields {
            if let Some(item) = name.strip_prefix(LEVEL) {
                typed.levels.insert(item.to_owned(), value);
            } else if let Some(item) = name.strip_prefix(NOTE) {
                typed.notes.insert(item.to_owned(), value);
            } else if name == "comment" {
                typed.comment = value;
            } else if name == "version" {
                // What is none of ours was never read.
                typed.version = value.parse().unwrap_or(-1);
            }
        }
        typed
    }

    /// Answers by item. Errors: `Invalid` for words on an item without a level, which could not be kept.
    pub(super) fn answers(&self) -> Result<BTreeMap<String, ReviewAnswer>, AppError> {
        let mut answers = BTreeMap::new();
        for (item, level) in self.levels.iter().filter(|(_, level)| !level.is_empty()) {
            let value = level.parse().map_err(|_| AppError::invalid(format!("'{level}' is no level of '{item}'")))?;
            let comment = self.notes.get(item).cloned().unwrap_or_default();
            answers.insert(item.clone(), ReviewAnswer { value, comment });
        }
        let bare = |(item, note): &(&String, &String)| !note.trim().is_empty() && !answers.contains_key(*item);
        match self.notes.iter().find(bare) {
            Some(_) => Err(AppError::invalid("a comment on an item needs a level").because(Why::NoteWithoutLevel {})),
            None => Ok(answers),
        }
    }
}

/// A review as its form shows it.
pub(super) struct SheetView {
    pub number: String,
    pub name: String,
    pub group: Say,
    pub state: Say,
    pub tone: &'static str,
    pub submitted: Option<String>,
    pub version: i64,
    pub items: Vec<ItemView>,
    pub comment: String,
    /// What somebody else saved as the comment meanwhile.
    pub other_comment: Option<String>,
    pub can_decline: bool,
    pub own: bool,
    pub leads: bool,
}

pub(super) struct ItemView {
    pub id: String,
    pub name: String,
    pub about: String,
    pub levels: Vec<LevelView>,
    /// The chosen level's name; empty without an answer.
    pub answer: String,
    pub note: String,
    /// What somebody else saved meanwhile: the level's name and the words.
    pub other: Option<String>,
}

pub(super) struct LevelView {
    pub value: String,
    pub name: String,
    pub behaviour: String,
    pub chosen: bool,
}

impl SheetView {
    /// What is saved.
    pub(super) fn saved(sheet: &ReviewSheet, language: Language) -> Self {
        Self::new(sheet, None, false, language)
    }

    /// What was typed; where somebody else saved meanwhile, what they saved stands beside it.
    pub(super) fn typed(sheet: &ReviewSheet, typed: &Typed, changed: bool, language: Language) -> Self {
        Self::new(sheet, Some(typed), changed, language)
    }

    fn new(sheet: &ReviewSheet, typed: Option<&Typed>, changed: bool, language: Language) -> Self {
        let (state, tone) = review_state(sheet.state, language);
        let form = sheet.form.as_ref();
        let items = form
            .map(|form| form.items.iter().map(|item| item_view(sheet, item, &form.scale, typed, changed, language)));
        let comment = typed.map_or(&sheet.comment, |typed| &typed.comment);
        let asked = matches!(sheet.group, RaterGroup::Peer | RaterGroup::Subordinate);
        let may_decline = matches!(sheet.state, Some(ReviewState::Invited | ReviewState::Draft));
        Self {
            number: sheet.employee_number.clone(),
            name: sheet.agent_name.clone(),
            group: group_text(sheet.group, language),
            state,
            tone,
            submitted: sheet.submitted_at.map(|at| language.moment(at)),
            // Whoever has seen both may put theirs in the place of the other.
            version: match typed {
                Some(typed) if !changed => typed.version,
                _ => sheet.version,
            },
            items: items.map(Iterator::collect).unwrap_or_default(),
            other_comment: Some(sheet.comment.clone()).filter(|other| changed && other != comment),
            comment: comment.clone(),
            can_decline: asked && may_decline && sheet.submitted_at.is_none(),
            own: sheet.group == RaterGroup::Oneself,
            leads: sheet.group == RaterGroup::Supervisor,
        }
    }
}

fn item_view(
    sheet: &ReviewSheet,
    item: &Item,
    scale: &[Level],
    typed: Option<&Typed>,
    changed: bool,
    language: Language,
) -> ItemView {
    let saved = sheet.answers.get(&*item.id);
    let saved_value = saved.map(|answer| answer.value);
    let saved_note = saved.map(|answer| answer.comment.clone()).unwrap_or_default();
    let (value, note): (Option<Fixed>, String) = match typed {
        Some(typed) => (
            typed.levels.get(&*item.id).and_then(|level| level.parse().ok()),
            typed.notes.get(&*item.id).cloned().unwrap_or_default(),
        ),
        None => (saved_value, saved_note.clone()),
    };
    let name_of = |value: Option<Fixed>| {
        let level = scale.iter().find(|level| Some(level.value) == value);
        level.map(|level| format!("{} · {}", language.number(level.value), language.of_text(&level.name)))
    };
    let differs = changed && (saved_value != value || saved_note != note);
    let none = || language.say("review-no-answer").to_string();
    let other = differs.then(|| {
        let name = name_of(saved_value).unwrap_or_else(none);
        if saved_note.is_empty() { name } else { format!("{name}: {saved_note}") }
    });
    let levels = scale.iter().map(|level| LevelView {
        value: level.value.to_string(),
        name: format!("{} · {}", language.number(level.value), language.of_text(&level.name)),
        behaviour: language.of_text(&level.behaviour).to_owned(),
        chosen: value == Some(level.value),
    });
    ItemView {
        id: item.id.to_string(),
        name: language.of_text(&item.name).to_owned(),
        about: language.of_text(&item.description).to_owned(),
        levels: levels.collect(),
        answer: name_of(value).unwrap_or_default(),
        note,
        other,
    }
}

/// A measured line beside the form.
pub(super) struct MeasuredLine {
    pub name: String,
    pub value: String,
    pub interval: String,
    pub points: String,
}

/// What was measured of the agent: score, rating and lines; nothing for who may not see it.
pub(super) async fn measured(
    app: &App,
    language: Language,
    cycle: &str,
    number: &str,
) -> Result<Option<(String, String, Vec<MeasuredLine>, Glossary)>, AppError> {
    let Some(card) = found(app.scorecard(cycle, number).await)? else { return Ok(None) };
    let rules = app.rules_of_cycle(cycle).await?;
    let lines = card.result.last_card().map(|card| card.lines.as_slice()).unwrap_or_default();
    let glossary = Glossary::of(language, lines.iter().map(|line| rules.metric(&line.metric)));
    let lines = lines.iter().map(|line| {
        let metric = rules.metric(&line.metric);
        let LineView { name, value, interval, points, .. } = line_view(language, line, metric, None, None);
        MeasuredLine { name, value, interval, points }
    });
    let score = card.summary.printed.map_or_else(|| "–".to_owned(), |score| language.hundredths(score));
    let rating = card.summary.rating.clone().unwrap_or_else(|| "–".to_owned());
    Ok(Some((score, rating, lines.collect(), glossary)))
}

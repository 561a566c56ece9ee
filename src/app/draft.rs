//! A first source, drafted from an export that is at hand.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use super::AppError;
use crate::pull;
use crate::rules;
use crate::rules::draft::{Draft, Export, Said, draft};

/// How many rows are looked at.
const ROWS: usize = 2_000;

/// What to draft from what.
#[derive(Debug, Clone, Copy)]
pub struct DraftOrder<'a> {
    /// The folder of the rules.
    pub rules: &'a Path,
    /// The new source's id.
    pub id: &'a str,
    pub export: &'a Path,
    pub said: Said<'a>,
}

/// A source's new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftedSource {
    pub file: PathBuf,
    pub draft: Draft,
    /// Cards whose lines use its metrics: id, and the weight of those lines in percent.
    pub cards: Vec<(String, String)>,
}

/// Writes a new source into the rules. Errors: `Rules` where they cannot be read, `Invalid` where the export does not say what is needed,
/// `Refused` where the source exists.
pub fn draft_source(order: DraftOrder<'_>) -> Result<DraftedSource, AppError> {
    let DraftOrder { rules: folder, id, export, said } = order;
    let is_id = id.starts_with(|letter: char| letter.is_ascii_lowercase())
        && id.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    if !is_id {
        return Err(AppError::invalid(format!(
            "'{id}' is no id of a source: write small letters, digits and _, such as contacts"
        )));
    }
    if said.time_zone.parse::<Tz>().is_err() {
        let zone = said.time_zone;
        return Err(AppError::invalid(format!("'{zone}' is no time zone: write one such as Asia/Shanghai")));
    }
    let loaded = rules::load(folder).map_err(AppError::Rules)?;
    let file = folder.join("sources").join(format!("{id}.yaml"));
    if loaded.sources.contains_key(id) || file.exists() {
        return Err(AppError::refused(format!(
            "the rules have a source '{id}' already: choose another id, or remove {}",
            file.display()
        )));
    }
    let (header, rows) = pull::read_sample(export, ROWS)?;
    let path = seen_from(folder, export)?;
    let name = export.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let known = loaded.ruleset.metrics.keys().cloned().collect();
    let drafted = draft(id, Export { name: &name, path: &path, header: &header, rows: &rows }, said, &known);
    let draft = drafted.map_err(|what| AppError::invalid(format!("{}: {what}", export.display())))?;
    write_new(&file, &draft.text)?;
    let cards = loaded.ruleset.cards.iter().filter_map(|card| {
        let lines = card.lines.iter().filter(|line| draft.metrics.contains(&line.metric.as_str()));
        let weights: Vec<_> = lines.map(|line| line.weight).collect();
        let sum = weights.into_iter().reduce(|sum, weight| sum.checked_add(weight).unwrap_or(sum))?;
        Some((card.id.to_string(), sum.to_string()))
    });
    let cards = cards.collect();
    Ok(DraftedSource { file, draft, cards })
}

/// The export's path relative to the folder of the rules where both lie in one folder, else whole.
fn seen_from(rules: &Path, export: &Path) -> Result<String, AppError> {
    let whole = |path: &Path| path.canonicalize().map_err(|error| AppError::file(path, error));
    let (rules, export) = (whole(rules)?, whole(export)?);
    let beside = rules.parent().and_then(|parent| export.strip_prefix(parent).ok());
    Ok(beside.map_or_else(|| export.display().to_string(), |rest| format!("../{}", rest.display())))
}

fn write_new(file: &Path, text: &str) -> Result<(), AppError> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).map_err(|error| AppError::file(folder, error))?;
    fs::File::create_new(file)
        .and_then(|mut new| new.write_all(text.as_bytes()))
        .map_err(|error| AppError::file(file, error))
}

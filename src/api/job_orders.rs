//! What jobs are asked for: the body of a request, and what it means.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::{Enum, Object};

use crate::app::AppError;
use crate::domain::export::{Export, ExportFormat, ExportList};
use crate::domain::job::{JobKind, JobOrder};
use crate::domain::text::Language;

/// What kind of work it is.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "JobKind", rename_all = "snake_case")]
pub(super) enum Kind {
    Pull,
    /// Takes the snapshot of a cycle's facts.
    Freeze,
    /// Scores from the frozen facts, and from ratings, exemptions and calibrated ratings as they stand now.
    Score,
    /// Both in one.
    Appraise,
    Simulate,
    /// Publishes approved results.
    Publish,
    /// Writes a list as a file, for the caller alone.
    Export,
}

/// Which list is exported.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "ExportList", rename_all = "snake_case")]
enum List {
    Scorecards,
    Payouts,
    /// Improvement plans.
    Plans,
    /// The roster.
    People,
    /// The audit log.
    Audit,
}

#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "ExportFormat", rename_all = "snake_case")]
enum FileFormat {
    Csv,
    Xlsx,
}

#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "ExportLanguage", rename_all = "snake_case")]
enum Headings {
    En,
    Zh,
}

/// What is to be done. `pull` needs `source`, `freeze`, `score` and `appraise` need `cycle`, `simulate` needs `cycle` and `rules`, `publish`
/// needs `cycle`, `export` needs `list`, and `cycle` for `scorecards`, `payouts` and `plans`.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewJob {
    kind: Kind,
    /// Of `pull`: the source's id.
    source: Option<String>,
    /// Of `pull`: the first day; the source's facts of other days stay as they are.
    from: Option<NaiveDate>,
    /// Of `pull`: the last day, included.
    to: Option<NaiveDate>,
    /// Of `pull`: remove facts even if more of them would go than the source allows.
    allow_removals: Option<bool>,
    /// Of every kind but `pull`, and of `export` where the list is a cycle's: the cycle's code.
    cycle: Option<String>,
    /// Of `simulate`: a version of the rules, by its name or at least eight digits of its hash.
    rules: Option<String>,
    /// Of `simulate`: list everybody who moves, and not only those who win or lose most.
    all: Option<bool>,
    /// Of `publish`: codes of units, each with everything below; all that is left when absent.
    units: Option<Vec<String>>,
    /// It is not begun before this moment; now when absent.
    pub(super) at: Option<DateTime<Utc>>,
    /// Of `export`: which list, as whoever reads it sees it.
    list: Option<List>,
    /// Of `export`: `csv` when left out.
    format: Option<FileFormat>,
    /// Of `export`: the code of a unit; it and everything below it.
    unit: Option<String>,
    /// Of `export`: in which the headings are; `en` when left out.
    language: Option<Headings>,
}

impl From<JobKind> for Kind {
    fn from(kind: JobKind) -> Self {
        match kind {
            JobKind::Pull => Self::Pull,
            JobKind::Freeze => Self::Freeze,
            JobKind::Score => Self::Score,
            JobKind::Appraise => Self::Appraise,
            JobKind::Simulate => Self::Simulate,
            JobKind::Publish => Self::Publish,
            JobKind::Export => Self::Export,
        }
    }
}

impl From<List> for ExportList {
    fn from(list: List) -> Self {
        match list {
            List::Scorecards => Self::Scorecards,
            List::Payouts => Self::Payouts,
            List::Plans => Self::Plans,
            List::People => Self::People,
            List::Audit => Self::Audit,
        }
    }
}

impl From<FileFormat> for ExportFormat {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Csv => Self::Csv,
            FileFormat::Xlsx => Self::Xlsx,
        }
    }
}

impl From<Headings> for Language {
    fn from(language: Headings) -> Self {
        match language {
            Headings::En => Self::English,
            Headings::Zh => Self::Chinese,
        }
    }
}

/// The order that a body means. Errors: `Invalid` for a field that is missing, or belongs to another kind.
pub(super) fn order(new: NewJob) -> Result<JobOrder, AppError> {
    let NewJob {
        kind,
        source,
        from,
        to,
        allow_removals,
        cycle,
        rules,
        all,
        units,
        at: _,
        list,
        format,
        unit,
        language,
    } = new;
    let pull = [
        ("source", source.is_some()),
        ("from", from.is_some()),
        ("to", to.is_some()),
        ("allow_removals", allow_removals.is_some()),
    ];
    let simulate = [("rules", rules.is_some()), ("all", all.is_some())];
    let export = [
        ("list", list.is_some()),
        ("format", format.is_some()),
        ("unit", unit.is_some()),
        ("language", language.is_some()),
    ];
    let publish = [("units", units.is_some())];
    let (name, foreign) = match kind {
        Kind::Pull => ("pull", [&[("cycle", cycle.is_some())], simulate.as_slice(), &export, &publish].concat()),
        Kind::Freeze => ("freeze", [pull.as_slice(), &simulate, &export, &publish].concat()),
        Kind::Score => ("score", [pull.as_slice(), &simulate, &export, &publish].concat()),
        Kind::Appraise => ("appraise", [pull.as_slice(), &simulate, &export, &publish].concat()),
        Kind::Simulate => ("simulate", [pull.as_slice(), &export, &publish].concat()),
        Kind::Publish => ("publish", [pull.as_slice(), &simulate, &export].concat()),
        Kind::Export => ("export", [pull.as_slice(), &simulate, &publish].concat()),
    };
    if let Some((field, _)) = foreign.iter().find(|(_, given)| *given) {
        return Err(AppError::invalid(format!("{field}: it has no meaning for '{name}'; leave it out")));
    }
    let needed = |field: &str, value: Option<String>| {
        let value = value.filter(|value| !value.is_empty());
        value.ok_or_else(|| AppError::invalid(format!("{field}: '{name}' needs it")))
    };
    Ok(match kind {
        Kind::Pull => {
            let allow_removals = allow_removals.unwrap_or_default();
            JobOrder::Pull { source: needed("source", source)?, from, to, allow_removals }
        }
        Kind::Freeze => JobOrder::Freeze { cycle: needed("cycle", cycle)? },
        Kind::Score => JobOrder::Score { cycle: needed("cycle", cycle)? },
        Kind::Appraise => JobOrder::Appraise { cycle: needed("cycle", cycle)? },
        Kind::Simulate => JobOrder::Simulate {
            cycle: needed("cycle", cycle)?,
            rules: needed("rules", rules)?,
            all: all.unwrap_or_default(),
        },
        Kind::Publish => JobOrder::Publish {
            cycle: needed("cycle", cycle)?,
            units: units.unwrap_or_default(),
            // Merit finds what is approved.
            approved: String::new(),
        },
        Kind::Export => JobOrder::Export(Export {
            list: list.map(ExportList::from).ok_or_else(|| AppError::invalid("list: 'export' needs it"))?,
            format: format.map_or(ExportFormat::Csv, ExportFormat::from),
            cycle,
            unit,
            language: language.map_or(Language::English, Language::from),
        }),
    })
}

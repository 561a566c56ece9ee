//! The sample company's own lists: roster, examinations, and what is known of supervisors.

use std::path::Path;

use chrono::{Datelike as _, Days, NaiveDate};

use super::behaviour::{Draw, shifts};
use super::company::{Company, Person, Post};
use crate::cli::CliError;

/// Units of the company (CSV), parents first.
pub(super) fn units(company: &Company, path: &Path) -> Result<(), CliError> {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["unit", "parent", "kind", "name_en", "name_zh"])?;
    for unit in &company.units {
        let parent = unit.parent.as_deref().unwrap_or_default();
        csv.write_record([unit.code.as_str(), parent, unit.kind, &unit.name_en, &unit.name_zh])?;
    }
    Ok(csv.flush()?)
}

/// The roster (CSV): a row for every stretch of a person's assignment.
pub(super) fn roster(company: &Company, path: &Path) -> Result<(), CliError> {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record([
        "employee_number",
        "name",
        "aliases",
        "hired",
        "left",
        "unit",
        "post",
        "from",
        "to",
        "fte",
        "target_incentive",
        "currency",
    ])?;
    for person in &company.people {
        for (index, place) in person.places.iter().enumerate() {
            let next = person.places.get(index + 1).map(|next| next.from - Days::new(1));
            let until = next.or(person.left).map(|day| day.to_string()).unwrap_or_default();
            csv.write_record([
                person.number.as_str(),
                &person.name,
                &person.login,
                &person.hired.to_string(),
                &person.left.map(|day| day.to_string()).unwrap_or_default(),
                &place.team,
                person.post.id(),
                &place.from.to_string(),
                &until,
                person.fte,
                &person.target_yuan.to_string(),
                "CNY",
            ])?;
        }
    }
    Ok(csv.flush()?)
}

/// The middle of each quarter of the sample's year: when examinations are held and supervisors' figures are reported.
fn quarter_days(company: &Company) -> Vec<NaiveDate> {
    company
        .first
        .iter_days()
        .take_while(|day| *day <= company.last)
        .filter(|day| day.month0() % 3 == 1 && day.day() == 20)
        .collect()
}

fn employed(person: &Person, day: NaiveDate) -> bool {
    person.hired <= day && person.left.is_none_or(|left| day <= left)
}

/// Results of the quarterly examination (tab-separated).
pub(super) fn examinations(company: &Company, path: &Path) -> Result<(), CliError> {
    let mut draw = Draw::new(16);
    let mut tsv = csv::WriterBuilder::new().delimiter(b'\t').from_path(path)?;
    tsv.write_record(["employee", "held on", "score"])?;
    for day in quarter_days(company) {
        for person in company.people.iter().filter(|person| person.post != Post::Supervisor && employed(person, day)) {
            let score = 66 + i64::from(person.skill) / 45 + draw.between(-6, 10);
            let sat = draw.chance(970);
            tsv.write_record([
                person.number.as_str(),
                &day.format("%d.%m.%Y").to_string(),
                &if sat { score.to_string() } else { "absent".into() },
            ])?;
        }
    }
    Ok(tsv.flush()?)
}

/// What is reported of supervisors every month (CSV): one row a metric, already as numerator and denominator.
pub(super) fn supervisors(company: &Company, path: &Path) -> Result<(), CliError> {
    /// Metric, cases a month, and the per mille reached without and with full skill.
    const FIGURES: [(&str, i64, i32, i32); 7] = [
        ("complaint_response", 30, 890, 965),
        ("members_at_standard", 18, 790, 920),
        ("coaching_effect", 12, 600, 900),
        ("review_quality", 20, 800, 970),
        ("service_level_20s", 400, 720, 890),
        ("attrition", 18, 35, 10),
        ("training_coverage", 18, 900, 1000),
    ];
    let mut draw = Draw::new(17);
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["supervisor", "day", "metric", "reached", "of"])?;
    for shift in shifts(company, |person| person.post == Post::Supervisor) {
        if shift.day.day() < 24 || shift.day.day() > 28 || shift.day.weekday() != chrono::Weekday::Thu {
            continue;
        }
        for (metric, cases, low, high) in FIGURES {
            let reached = draw.successes(cases, shift.per_mille(low, high));
            csv.write_record([
                shift.person.number.as_str(),
                &shift.day.to_string(),
                metric,
                &reached.to_string(),
                &cases.to_string(),
            ])?;
        }
    }
    Ok(csv.flush()?)
}

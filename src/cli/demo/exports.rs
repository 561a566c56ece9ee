//! The exports of the sample company, each in the format its system would write, faults included.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

use chrono::Days;
use datafusion::arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::behaviour::{Draw, shifts};
use super::company::{Company, Post};
use crate::cli::CliError;

/// Replies to the survey after a hotline contact (CSV): satisfaction and whether the customer had to come back.
pub(super) fn surveys(company: &Company, path: &Path) -> Result<(), CliError> {
    let mut draw = Draw::new(11);
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["Reply", "Contact time", "Agent login", "Queue", "Rating", "Came back in 7 days"])?;
    for (number, shift) in (1_u64..).zip(shifts(company, |person| person.post == Post::FrontLine)) {
        for reply in 0..draw.between(0, 3) {
            let satisfied = draw.chance(shift.per_mille(830, 945));
            let rating = if satisfied { draw.between(4, 5) } else { draw.between(1, 3) };
            let solved = draw.chance(shift.per_mille(835, 935));
            let minute = draw.between(0, 719);
            let time = format!("{} {:02}:{:02}", shift.day.format("%d/%m/%Y"), 8 + minute / 60, minute % 60);
            let fault = number % 4001 == 0;
            csv.write_record([
                format!("R{number:06}{reply}"),
                if fault { "31/02/2026 10:00".into() } else { time },
                if number % 5003 == 0 { "temp.worker".into() } else { shift.person.login.clone() },
                draw.one_of(&["mobile", "broadband", "billing"]).into(),
                if number % 6007 == 0 { "9".into() } else { rating.to_string() },
                if solved { "N" } else { "Y" }.into(),
            ])?;
        }
    }
    Ok(csv.flush()?)
}

/// The telephone system's daily report (Parquet): contacts, answers in time, handling against expectation, adherence.
pub(super) fn telephone(company: &Company, path: &Path) -> Result<(), CliError> {
    const FIGURES: [&str; 8] = [
        "handled",
        "in_target",
        "handle_seconds",
        "expected_seconds",
        "scheduled_minutes",
        "adherent_minutes",
        "upheld_complaints",
        "offered",
    ];
    let mut draw = Draw::new(12);
    let (mut logins, mut days) = (Vec::new(), Vec::new());
    let mut figures: [Vec<i64>; 8] = Default::default();
    for shift in shifts(company, |person| person.post == Post::FrontLine) {
        let handled = draw.between(35, 75) / if shift.person.fte == "1" { 1 } else { 2 };
        let scheduled = if shift.person.fte == "1" { 450 } else { 225 };
        let pace = 1120 - shift.person.skill / 5 + i32::try_from(draw.between(-60, 60)).unwrap_or_default();
        let adherent = scheduled * i64::from(shift.per_mille(860, 975)) / 1000;
        let row = [
            handled,
            draw.successes(handled, shift.per_mille(890, 965)),
            handled * 280 * i64::from(pace) / 1000,
            handled * 280,
            scheduled,
            adherent,
            i64::from(draw.chance(60 - shift.person.skill / 20)),
            handled + draw.between(0, 4),
        ];
        logins.push(shift.person.login.clone());
        days.push(i32::try_from((shift.day - chrono::NaiveDate::default()).num_days()).unwrap_or_default());
        figures.iter_mut().zip(row).for_each(|(column, figure)| column.push(figure));
    }
    let mut columns: Vec<(&str, ArrayRef)> =
        vec![("login", Arc::new(StringArray::from(logins))), ("day", Arc::new(Date32Array::from(days)))];
    for (name, column) in FIGURES.into_iter().zip(figures) {
        columns.push((name, Arc::new(Int64Array::from(column))));
    }
    let batch = RecordBatch::try_from_iter(columns)?;
    let mut parquet = ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
    parquet.write(&batch)?;
    parquet.close()?;
    Ok(())
}

/// Quality inspections, as records of the quality system's API (served over HTTP by the demo).
pub(super) fn inspections(company: &Company) -> Vec<Value> {
    let mut draw = Draw::new(13);
    let mut records = Vec::new();
    for shift in shifts(company, |person| person.post == Post::FrontLine) {
        if !draw.chance(450) {
            continue;
        }
        let applicable = draw.between(16, 20) * 5;
        let missed = draw.successes(applicable, 1000 - shift.per_mille(830, 965));
        records.push(json!({
            "id": format!("QI-{:06}", records.len() + 1),
            "employee": shift.person.number,
            "evaluated_at": format!("{}T{:02}:30:00+08:00", shift.day, draw.between(9, 17)),
            "points": { "earned": applicable - missed, "applicable": applicable },
            "critical_error": !draw.chance(shift.per_mille(955, 1000)),
        }));
    }
    records
}

/// The complaint register (Excel workbook).
pub(super) fn complaints(company: &Company, path: &Path) -> Result<(), CliError> {
    let mut draw = Draw::new(14);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Register")?;
    let header = [
        "Complaint",
        "Received",
        "Handler",
        "Answered in 24 h",
        "Solved",
        "Came again",
        "Call-back rating",
        "Handled correctly",
        "Hours",
        "Expected hours",
    ];
    sheet.write_row(0, 0, header)?;
    let yes_no = |yes: bool| if yes { "yes" } else { "no" };
    let mut row = 0;
    for shift in shifts(company, |person| person.post == Post::MiddleDesk) {
        for _ in 0..draw.between(1, 3) {
            row += 1;
            let solved = shift.day + Days::new(days_to_solve(&mut draw, shift.per_mille(945, 990)));
            let satisfied = draw.chance(shift.per_mille(830, 940));
            let expected = draw.between(4, 30);
            sheet.write_row(
                row,
                0,
                [format!("C{row:06}"), shift.day.format("%Y-%m-%d").to_string(), shift.person.number.clone()],
            )?;
            sheet.write(row, 3, yes_no(draw.chance(shift.per_mille(895, 965))))?;
            sheet.write(row, 4, solved.format("%Y-%m-%d").to_string())?;
            sheet.write(row, 5, yes_no(!draw.chance(shift.per_mille(900, 960))))?;
            if draw.chance(600) {
                sheet.write(row, 6, if satisfied { draw.between(4, 5) } else { draw.between(1, 3) })?;
            }
            sheet.write(row, 7, yes_no(draw.chance(shift.per_mille(940, 995))))?;
            let hours = expected * draw.between(80, 115) / 100;
            sheet.write_row(row, 8, [hours.max(1), expected])?;
        }
    }
    workbook.save(path)?;
    Ok(())
}

/// Days from a complaint to its solution: within a week in so many per mille of all cases, otherwise after the seventh working
/// day of an ordinary week, and seldom beyond fifteen days.
fn days_to_solve(draw: &mut Draw, in_time: i32) -> u64 {
    let days = match (draw.chance(in_time), draw.chance(970)) {
        (true, _) => draw.between(0, 7),
        (false, true) => draw.between(12, 15),
        (false, false) => draw.between(16, 30),
    };
    days.unsigned_abs()
}

/// Tickets of the back office (JSON lines).
pub(super) fn tickets(company: &Company, path: &Path) -> Result<(), CliError> {
    let mut draw = Draw::new(15);
    let mut out = BufWriter::new(File::create(path)?);
    let mut number = 0;
    for shift in shifts(company, |person| person.post == Post::BackOffice) {
        for _ in 0..draw.between(2, 5) {
            number += 1;
            let fields = draw.between(12, 30);
            let standard = draw.between(10, 45);
            let rating = draw.chance(150).then(|| match draw.chance(shift.per_mille(840, 950)) {
                true => draw.between(4, 5),
                false => draw.between(2, 3),
            });
            let ticket = json!({
                "ticket": format!("T{number:07}"),
                "owner": { "number": shift.person.number },
                "due": shift.day.to_string(),
                "closed_in_time": draw.chance(shift.per_mille(940, 990)),
                "reopened": !draw.chance(shift.per_mille(945, 985)),
                "fields": fields,
                "wrong_fields": draw.successes(fields, 1000 - shift.per_mille(968, 994)),
                "standard_minutes": standard,
                "worked_minutes": (standard * draw.between(85, 125) / 100).max(1),
                "internal_rating": rating,
            });
            writeln!(out, "{ticket}")?;
        }
    }
    Ok(out.flush()?)
}

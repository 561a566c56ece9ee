//! A list of units: `unit`, `parent`, `kind`, `name_en`, `name_zh`.

use super::Draft;
use super::fault::{Fault, Needs};
use super::sheet::Sheet;
use crate::app::AppError;
use crate::store::UnitRow;

/// Units are listed when there are units and parents, but no people.
pub(super) fn is_unit_list(sheet: &Sheet) -> bool {
    sheet.column("unit").is_some() && sheet.column("parent").is_some() && sheet.column("employee_number").is_none()
}

pub(super) fn read(sheet: &Sheet) -> Result<Draft, AppError> {
    let [code, parent, kind, name_en, name_zh] =
        ["unit", "parent", "kind", "name_en", "name_zh"].map(|name| sheet.require(name));
    let (code, parent, kind, name_en, name_zh) = (code?, parent?, kind?, name_en?, name_zh?);
    let mut draft = Draft::default();
    for row in &sheet.rows {
        let Some(unit) = row.text(code) else {
            draft.set_aside.push((row.line, Fault::empty("unit", Needs::UnitCode)));
            continue;
        };
        draft.unit_lines.push(row.line);
        draft.import.units.push(UnitRow {
            code: unit.to_owned(),
            name_en: row.text(name_en).unwrap_or(unit).to_owned(),
            name_zh: row.text(name_zh).unwrap_or(unit).to_owned(),
            kind: row.text(kind).unwrap_or("unit").to_owned(),
            parent: row.text(parent).map(str::to_owned),
        });
    }
    Ok(draft)
}

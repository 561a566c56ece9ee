//! A list of people with their assignments: in Merit's own columns, or in any through a mapping.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::Draft;
use super::fault::{Fault, Needs};
use super::sheet::{REASON, Row, Sheet, iso_day};
use crate::app::AppError;
use crate::domain::fixed::Fixed;
use crate::domain::money::{Currency, Money};
use crate::rules::roster::{Cell, RosterMapping};
use crate::store::{AgentRow, AssignmentRow, UnitRow};

/// Columns of Merit's own layout that need not be there.
const OPTIONAL: [&str; 7] = ["to", "hired", "left", "aliases", "fte", "target_incentive", "currency"];
const NEEDED: [&str; 5] = ["employee_number", "name", "unit", "post", "from"];

/// The mapping of Merit's own columns; other columns become attributes.
pub(super) fn own_columns(sheet: &Sheet) -> Result<RosterMapping, AppError> {
    for name in NEEDED {
        sheet.require(name)?;
    }
    let optional = |name: &str| sheet.column(name).map(|_| Cell::From(name.to_owned()));
    let other = |name: &&String| {
        let known = NEEDED.iter().chain(&OPTIONAL).chain([&REASON]);
        !name.is_empty() && known.into_iter().all(|known| *known != name.as_str())
    };
    Ok(RosterMapping {
        employee_number: Cell::From("employee_number".into()),
        name: Cell::From("name".into()),
        unit: vec!["unit".into()],
        post: Cell::From("post".into()),
        from: Cell::From("from".into()),
        to: optional("to"),
        hired: optional("hired"),
        left: optional("left"),
        aliases: optional("aliases"),
        fte: optional("fte"),
        target_incentive: optional("target_incentive"),
        currency: optional("currency"),
        attributes: sheet.header.iter().filter(other).cloned().collect(),
        date_formats: Vec::new(),
    })
}

pub(super) fn read(sheet: &Sheet, mapping: &RosterMapping) -> Result<Draft, AppError> {
    let columns = Columns::find(sheet, mapping)?;
    let mut draft = Draft::default();
    let mut units = BTreeSet::new();
    let mut people: BTreeMap<String, (u64, AgentRow)> = BTreeMap::new();
    for row in &sheet.rows {
        let reader = Reader { columns: &columns, row };
        match reader.person().and_then(|agent| Ok((reader.unit(&mut draft, &mut units)?, agent))) {
            Err(fault) => draft.set_aside.push((row.line, fault)),
            Ok((unit, agent)) => match reader.assignment(&agent.employee_number, unit) {
                Err(fault) => draft.set_aside.push((row.line, fault)),
                Ok(assignment) => {
                    let number = agent.employee_number.clone();
                    // A person's rows say the same of the person; the first one is kept, and one that says otherwise is set aside.
                    let (line, known) = people.entry(number).or_insert_with(|| (row.line, agent.clone()));
                    if *known != agent {
                        let fault = Fault::OtherThanBefore { employee_number: agent.employee_number, line: *line };
                        draft.set_aside.push((row.line, fault));
                        continue;
                    }
                    draft.assignment_lines.push(row.line);
                    draft.import.assignments.push(assignment);
                }
            },
        }
    }
    for (line, agent) in people.into_values() {
        draft.agent_lines.push(line);
        draft.import.agents.push(agent);
    }
    Ok(draft)
}

/// Where a row's value is.
enum Place {
    Column(usize, String),
    Same(String),
}

/// A column that names units, and where it is.
struct Level {
    name: String,
    column: usize,
}

/// The places of everything a person's row says.
struct Columns {
    employee_number: Place,
    name: Place,
    /// The highest level, and those below it.
    unit: (Level, Vec<Level>),
    post: Place,
    from: Place,
    to: Option<Place>,
    hired: Option<Place>,
    left: Option<Place>,
    aliases: Option<Place>,
    fte: Option<Place>,
    target_incentive: Option<Place>,
    currency: Option<Place>,
    attributes: Vec<(String, usize)>,
    date_formats: Vec<String>,
}

impl Columns {
    fn find(sheet: &Sheet, mapping: &RosterMapping) -> Result<Self, AppError> {
        let place = |cell: &Cell| -> Result<Place, AppError> {
            Ok(match cell {
                Cell::From(column) => Place::Column(sheet.require(column)?, column.clone()),
                Cell::Value(value) => Place::Same(value.clone()),
            })
        };
        let maybe = |cell: &Option<Cell>| cell.as_ref().map(place).transpose();
        let level = |name: &String| Ok::<_, AppError>(Level { name: name.clone(), column: sheet.require(name)? });
        let none = || AppError::invalid("the mapping names no column for the unit; list at least one under 'unit'");
        let (top, below) = mapping.unit.split_first().ok_or_else(none)?;
        Ok(Self {
            employee_number: place(&mapping.employee_number)?,
            name: place(&mapping.name)?,
            unit: (level(top)?, below.iter().map(level).collect::<Result<_, _>>()?),
            post: place(&mapping.post)?,
            from: place(&mapping.from)?,
            to: maybe(&mapping.to)?,
            hired: maybe(&mapping.hired)?,
            left: maybe(&mapping.left)?,
            aliases: maybe(&mapping.aliases)?,
            fte: maybe(&mapping.fte)?,
            target_incentive: maybe(&mapping.target_incentive)?,
            currency: maybe(&mapping.currency)?,
            attributes: mapping
                .attributes
                .iter()
                .map(|name| Ok((name.clone(), sheet.require(name)?)))
                .collect::<Result<_, AppError>>()?,
            date_formats: mapping.date_formats.clone(),
        })
    }
}

/// Reads one row.
struct Reader<'a> {
    columns: &'a Columns,
    row: &'a Row,
}

impl Reader<'_> {
    fn text<'s>(&'s self, place: &'s Place) -> Option<&'s str> {
        match place {
            Place::Column(column, _) => self.row.text(*column),
            Place::Same(value) => Some(value),
        }
    }

    fn required<'s>(&'s self, place: &'s Place, needs: Needs) -> Result<&'s str, Fault> {
        match place {
            Place::Column(column, name) => self.row.text(*column).ok_or_else(|| Fault::empty(name, needs)),
            Place::Same(value) => Ok(value),
        }
    }

    fn optional<'s>(&'s self, place: Option<&'s Place>) -> Option<&'s str> {
        place.and_then(|place| self.text(place))
    }

    fn day(&self, text: &str) -> Result<NaiveDate, Fault> {
        let formats = &self.columns.date_formats;
        let own = formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
        own.or_else(|| if formats.is_empty() { iso_day(text) } else { None })
            .ok_or_else(|| Fault::not_a_day(text, formats))
    }

    fn optional_day(&self, place: Option<&Place>) -> Result<Option<NaiveDate>, Fault> {
        self.optional(place).map(|text| self.day(text)).transpose()
    }

    fn person(&self) -> Result<AgentRow, Fault> {
        let columns = self.columns;
        let attributes: serde_json::Map<String, serde_json::Value> = columns
            .attributes
            .iter()
            .filter_map(|(name, column)| Some((name.clone(), self.row.text(*column)?.into())))
            .collect();
        let aliases =
            |text: &str| text.split(';').map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned).collect();
        Ok(AgentRow {
            employee_number: self.required(&columns.employee_number, Needs::EmployeeNumber)?.to_owned(),
            name: self.required(&columns.name, Needs::Name)?.to_owned(),
            hired: self.optional_day(columns.hired.as_ref())?,
            left: self.optional_day(columns.left.as_ref())?,
            attributes: (!columns.attributes.is_empty()).then(|| serde_json::Value::Object(attributes).to_string()),
            aliases: columns.aliases.as_ref().map(|place| self.text(place).map(aliases).unwrap_or_default()),
        })
    }

    /// The code of the row's unit. Where the mapping names several levels, their units are made.
    fn unit(&self, draft: &mut Draft, seen: &mut BTreeSet<String>) -> Result<String, Fault> {
        let (top, below) = &self.columns.unit;
        let mut code = self.unit_name(top)?.to_owned();
        if below.is_empty() {
            return Ok(code);
        }
        let mut make = |code: &str, name: &str, parent: Option<String>| {
            if seen.insert(code.to_owned()) {
                let [name_en, name_zh] = [name, name].map(str::to_owned);
                draft.unit_lines.push(self.row.line);
                draft.import.units.push(UnitRow {
                    code: code.to_owned(),
                    name_en,
                    name_zh,
                    kind: "unit".into(),
                    parent,
                });
            }
        };
        make(&code, &code, None);
        for level in below {
            let name = self.unit_name(level)?;
            let own = format!("{code} / {name}");
            make(&own, name, Some(code));
            code = own;
        }
        Ok(code)
    }

    fn unit_name(&self, level: &Level) -> Result<&str, Fault> {
        self.row.text(level.column).ok_or_else(|| Fault::empty(&level.name, Needs::Unit))
    }

    fn assignment(&self, employee_number: &str, unit: String) -> Result<AssignmentRow, Fault> {
        let columns = self.columns;
        let currency = self.optional(columns.currency.as_ref()).unwrap_or("CNY");
        let currency = Currency::try_from(currency.to_owned()).map_err(Fault::Currency)?;
        let given = self.optional(columns.target_incentive.as_ref()).unwrap_or("0");
        let target = Money::parse(given, currency).map_err(Fault::Target)?;
        let fte = self.optional(columns.fte.as_ref()).unwrap_or("1");
        let fte: Fixed = fte.parse().map_err(Fault::Fte)?;
        if fte <= Fixed::ZERO || fte > Fixed::from_int(2) {
            return Err(Fault::FteOutOfRange { fte });
        }
        if target.minor < 0 {
            return Err(Fault::TargetBelowZero { text: given.to_owned() });
        }
        Ok(AssignmentRow {
            employee_number: employee_number.to_owned(),
            unit,
            post: self.required(&columns.post, Needs::Post)?.to_owned(),
            first_day: self.day(self.required(&columns.from, Needs::FirstDay)?)?,
            last_day: self.optional_day(columns.to.as_ref())?,
            fte,
            target_minor: target.minor,
            currency,
        })
    }
}

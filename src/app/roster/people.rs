//! A list of people with their assignments: in Merit's own columns, or in any through a mapping.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::Draft;
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
            Err(why) => draft.set_aside.push((row.line, why)),
            Ok((unit, agent)) => match reader.assignment(&agent.employee_number, unit) {
                Err(why) => draft.set_aside.push((row.line, why)),
                Ok(assignment) => {
                    let number = agent.employee_number.clone();
                    // A person's rows say the same of the person; the first one is kept, and one that says otherwise is set aside.
                    let (line, known) = people.entry(number).or_insert_with(|| (row.line, agent.clone()));
                    if *known != agent {
                        draft.set_aside.push((row.line, format!(
                            "says other things of agent '{}' than line {line}; make name, aliases, hired, left and attributes the same",
                            agent.employee_number
                        )));
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

/// The places of everything a person's row says.
struct Columns {
    employee_number: Place,
    name: Place,
    unit: Vec<usize>,
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
        Ok(Self {
            employee_number: place(&mapping.employee_number)?,
            name: place(&mapping.name)?,
            unit: mapping.unit.iter().map(|name| sheet.require(name)).collect::<Result<_, _>>()?,
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

/// Reads one row; an error says what is wrong and how to mend it.
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

    fn required<'s>(&'s self, place: &'s Place, what: &str) -> Result<&'s str, String> {
        self.text(place).ok_or_else(|| match place {
            Place::Column(_, column) => format!("column '{column}' is empty; every row needs {what}"),
            Place::Same(_) => format!("the mapping gives no {what}"),
        })
    }

    fn optional<'s>(&'s self, place: Option<&'s Place>) -> Option<&'s str> {
        place.and_then(|place| self.text(place))
    }

    fn day(&self, text: &str) -> Result<NaiveDate, String> {
        let formats = &self.columns.date_formats;
        let own = formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
        own.or_else(|| if formats.is_empty() { iso_day(text) } else { None }).ok_or_else(|| {
            let expected = if formats.is_empty() { "YYYY-MM-DD".to_owned() } else { formats.join(" or ") };
            format!("'{text}' is not a day; write it as {expected}")
        })
    }

    fn optional_day(&self, place: Option<&Place>) -> Result<Option<NaiveDate>, String> {
        self.optional(place).map(|text| self.day(text)).transpose()
    }

    fn person(&self) -> Result<AgentRow, String> {
        let columns = self.columns;
        let attributes: serde_json::Map<String, serde_json::Value> = columns
            .attributes
            .iter()
            .filter_map(|(name, column)| Some((name.clone(), self.row.text(*column)?.into())))
            .collect();
        let aliases =
            |text: &str| text.split(';').map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned).collect();
        Ok(AgentRow {
            employee_number: self.required(&columns.employee_number, "an employee number")?.to_owned(),
            name: self.required(&columns.name, "a name")?.to_owned(),
            hired: self.optional_day(columns.hired.as_ref())?,
            left: self.optional_day(columns.left.as_ref())?,
            attributes: (!columns.attributes.is_empty()).then(|| serde_json::Value::Object(attributes).to_string()),
            aliases: columns.aliases.as_ref().map(|place| self.text(place).map(aliases).unwrap_or_default()),
        })
    }

    /// The code of the row's unit. Where the mapping names several levels, their units are made.
    fn unit(&self, draft: &mut Draft, seen: &mut BTreeSet<String>) -> Result<String, String> {
        let mut code: Option<String> = None;
        for column in &self.columns.unit {
            let name = self.row.text(*column).ok_or("the unit's column is empty; every row needs a unit")?;
            if let [_] = self.columns.unit.as_slice() {
                return Ok(name.to_owned());
            }
            let parent = code.take();
            let own = parent.as_ref().map_or_else(|| name.to_owned(), |parent| format!("{parent} / {name}"));
            if seen.insert(own.clone()) {
                draft.unit_lines.push(self.row.line);
                draft.import.units.push(UnitRow {
                    code: own.clone(),
                    name_en: name.to_owned(),
                    name_zh: name.to_owned(),
                    kind: "unit".into(),
                    parent,
                });
            }
            code = Some(own);
        }
        code.ok_or_else(|| "the mapping names no column for the unit".to_owned())
    }

    fn assignment(&self, employee_number: &str, unit: String) -> Result<AssignmentRow, String> {
        let columns = self.columns;
        let currency = self.optional(columns.currency.as_ref()).unwrap_or("CNY");
        let currency = Currency::try_from(currency.to_owned()).map_err(|error| error.to_string())?;
        let target = self.optional(columns.target_incentive.as_ref()).unwrap_or("0");
        let target = Money::parse(target, currency).map_err(|error| format!("target incentive: {error}"))?;
        let fte = self.optional(columns.fte.as_ref()).unwrap_or("1");
        let fte: Fixed = fte.parse().map_err(|error| format!("fte: {error}"))?;
        if fte <= Fixed::ZERO || fte > Fixed::from_int(2) {
            return Err(format!("fte: {fte} is not a share of full time; write 1 for full time, 0.5 for half"));
        }
        if target.minor < 0 {
            return Err("target incentive: it is below zero; write what is paid at 100 %".to_owned());
        }
        Ok(AssignmentRow {
            employee_number: employee_number.to_owned(),
            unit,
            post: self.required(&columns.post, "a post")?.to_owned(),
            first_day: self.day(self.required(&columns.from, "the assignment's first day")?)?,
            last_day: self.optional_day(columns.to.as_ref())?,
            fte,
            target_minor: target.minor,
            currency,
        })
    }
}

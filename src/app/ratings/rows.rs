//! Rows of a file as ratings.

use super::Draft;
use super::people::People;
use crate::app::AppError;
use crate::app::roster::sheet::{Row, Sheet};
use crate::app::roster::{Fault, Needs};
use crate::domain::fixed::Fixed;
use crate::domain::judgement::{Form, RaterGroup};
use crate::rules::Ruleset;
use crate::store::RatingRow;

/// Where everything stands in a row.
struct Columns {
    agent: usize,
    rater: usize,
    group: usize,
    item: usize,
    value: usize,
    comment: Option<usize>,
}

pub(super) fn read(sheet: &Sheet, rules: &Ruleset, people: &People) -> Result<Draft, AppError> {
    let columns = Columns {
        agent: sheet.require("employee_number")?,
        rater: sheet.require("rater")?,
        group: sheet.require("group")?,
        item: sheet.require("item")?,
        value: sheet.require("value")?,
        comment: sheet.column("comment"),
    };
    let mut draft = Draft::default();
    for row in &sheet.rows {
        match (Reader { columns: &columns, rules, people, row }).rating() {
            Ok(rating) => {
                draft.rows.push(rating);
                draft.lines.push(row.line);
            }
            Err(fault) => draft.set_aside.push((row.line, fault)),
        }
    }
    Ok(draft)
}

struct Reader<'a> {
    columns: &'a Columns,
    rules: &'a Ruleset,
    people: &'a People,
    row: &'a Row,
}

impl<'a> Reader<'a> {
    fn text(&self, column: usize, name: &str, needs: Needs) -> Result<&'a str, Fault> {
        self.row.text(column).ok_or_else(|| Fault::empty(name, needs))
    }

    fn person(&self, column: usize, name: &str, needs: Needs) -> Result<i64, Fault> {
        let text = self.text(column, name, needs)?;
        let unknown = || Fault::UnknownPerson { column: name.to_owned(), text: text.to_owned() };
        self.people.find(text).ok_or_else(unknown)
    }

    fn rating(&self) -> Result<RatingRow, Fault> {
        let columns = self.columns;
        let agent_id = self.person(columns.agent, "employee_number", Needs::EmployeeNumber)?;
        let rater_id = self.person(columns.rater, "rater", Needs::Rater)?;
        let (form, item) = self.item(agent_id)?;
        let group = self.group(form, agent_id == rater_id)?;
        Ok(RatingRow {
            agent_id,
            form: form.id.as_ref().to_owned(),
            item: item.to_owned(),
            rater_id,
            group,
            value: self.value(form)?,
            comment: columns.comment.and_then(|column| self.row.text(column)).map(str::to_owned),
        })
    }

    /// The item, written as `item` or `form.item`, of a form the agent is judged by.
    fn item(&self, agent_id: i64) -> Result<(&'a Form, &'a str), Fault> {
        let text = self.text(self.columns.item, "item", Needs::Item)?;
        let forms = self.forms(agent_id)?;
        let (named, item) = text.split_once('.').map_or((None, text), |(form, item)| (Some(form), item));
        let mut found =
            forms.iter().filter(|form| named.is_none_or(|named| named == &*form.id) && form.item(item).is_some());
        match (found.next(), found.next()) {
            (Some(form), None) => Ok((form, item)),
            (Some(one), Some(other)) => {
                let [one, other] = [one, other].map(|form| format!("{}.{item}", form.id));
                Err(Fault::ItemOfTwo { item: text.to_owned(), one, other })
            }
            (None, _) => {
                let all =
                    forms.iter().flat_map(|form| form.items.iter().map(|item| format!("{}.{}", form.id, item.id)));
                Err(Fault::NotAnItem { item: text.to_owned(), items: all.collect() })
            }
        }
    }

    /// The forms of the cards of the agent's posts in the cycle.
    fn forms(&self, agent_id: i64) -> Result<Vec<&'a Form>, Fault> {
        let posts = self.people.posts(agent_id);
        if posts.is_empty() {
            let number = self.text(self.columns.agent, "employee_number", Needs::EmployeeNumber)?;
            return Err(Fault::Unassigned { employee_number: number.to_owned() });
        }
        let cards = posts.iter().filter_map(|post| self.rules.card_for_post(post));
        let judged = cards.filter_map(|card| card.judgement.as_ref());
        let mut forms: Vec<&Form> = judged.filter_map(|judgement| self.rules.form(&judgement.form)).collect();
        forms.sort_by(|one, other| one.id.cmp(&other.id));
        forms.dedup_by(|one, other| one.id == other.id);
        if forms.is_empty() {
            return Err(Fault::NotJudged { posts: posts.to_vec() });
        }
        Ok(forms)
    }

    fn group(&self, form: &Form, oneself: bool) -> Result<RaterGroup, Fault> {
        let text = self.text(self.columns.group, "group", Needs::Group)?;
        let group: RaterGroup = text.parse().map_err(Fault::Group)?;
        if form.group(group).is_none() {
            let groups = form.groups.iter().map(|group| group.group).collect();
            return Err(Fault::GroupNotAsked { form: form.id.as_ref().to_owned(), group, groups });
        }
        match (group == RaterGroup::Oneself, oneself) {
            (true, false) => Err(Fault::OnlyOneself {}),
            (false, true) => Err(Fault::OneselfOtherwise { group }),
            _ => Ok(group),
        }
    }

    fn value(&self, form: &Form) -> Result<Fixed, Fault> {
        let text = self.text(self.columns.value, "value", Needs::Level)?;
        let value: Option<Fixed> = text.parse().ok();
        value.filter(|value| form.has_level(*value)).ok_or_else(|| {
            let levels = form.scale.iter().map(|level| level.value.to_string()).collect();
            Fault::NotALevel { text: text.to_owned(), form: form.id.as_ref().to_owned(), levels }
        })
    }
}

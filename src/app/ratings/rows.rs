//! Rows of a file as ratings; an error says what is wrong and how to mend it.

use super::Draft;
use super::people::People;
use crate::app::AppError;
use crate::app::roster::sheet::{Row, Sheet};
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
            Err(why) => draft.set_aside.push((row.line, why)),
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
    fn text(&self, column: usize, name: &str) -> Result<&'a str, String> {
        self.row.text(column).ok_or_else(|| format!("column '{name}' is empty; every row needs one"))
    }

    fn person(&self, column: usize, name: &str) -> Result<i64, String> {
        let text = self.text(column, name)?;
        let unknown = || format!("{name} '{text}' is not known; import the roster first, or correct the number");
        self.people.find(text).ok_or_else(unknown)
    }

    fn rating(&self) -> Result<RatingRow, String> {
        let columns = self.columns;
        let agent_id = self.person(columns.agent, "employee_number")?;
        let rater_id = self.person(columns.rater, "rater")?;
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
    fn item(&self, agent_id: i64) -> Result<(&'a Form, &'a str), String> {
        let text = self.text(self.columns.item, "item")?;
        let forms = self.forms(agent_id)?;
        let (named, item) = text.split_once('.').map_or((None, text), |(form, item)| (Some(form), item));
        let mut found =
            forms.iter().filter(|form| named.is_none_or(|named| named == &*form.id) && form.item(item).is_some());
        match (found.next(), found.next()) {
            (Some(form), None) => Ok((form, item)),
            (Some(one), Some(other)) => {
                Err(format!("'{text}' is an item of two forms; write {}.{item} or {}.{item}", one.id, other.id))
            }
            (None, _) => {
                let all: Vec<String> = forms
                    .iter()
                    .flat_map(|form| form.items.iter().map(|item| format!("{}.{}", form.id, item.id)))
                    .collect();
                Err(format!("'{text}' is not an item this agent is rated on; the items are {}", all.join(", ")))
            }
        }
    }

    /// The forms of the cards of the agent's posts in the cycle.
    fn forms(&self, agent_id: i64) -> Result<Vec<&'a Form>, String> {
        let posts = self.people.posts(agent_id);
        if posts.is_empty() {
            return Err("the agent has no assignment in this cycle; correct the number, or import the roster".into());
        }
        let cards = posts.iter().filter_map(|post| self.rules.card_for_post(post));
        let judged = cards.filter_map(|card| card.judgement.as_ref());
        let mut forms: Vec<&Form> = judged.filter_map(|judgement| self.rules.form(&judgement.form)).collect();
        forms.sort_by(|one, other| one.id.cmp(&other.id));
        forms.dedup_by(|one, other| one.id == other.id);
        if forms.is_empty() {
            let posts = posts.join(", ");
            return Err(format!(
                "no scorecard of the agent's post ({posts}) is judged by people; correct the number, or add 'judgement' to the card"
            ));
        }
        Ok(forms)
    }

    fn group(&self, form: &Form, oneself: bool) -> Result<RaterGroup, String> {
        let text = self.text(self.columns.group, "group")?;
        let group: RaterGroup = text.parse().map_err(|error| format!("{error}"))?;
        if form.group(group).is_none() {
            let groups: Vec<&str> = form.groups.iter().map(|group| group.group.as_str()).collect();
            return Err(format!("form '{}' is not rated by {group}; its groups are {}", form.id, groups.join(", ")));
        }
        match (group == RaterGroup::Oneself, oneself) {
            (true, false) => Err("only the agent belongs to the group self; correct the rater or the group".into()),
            (false, true) => Err(format!("nobody rates themselves as {group}; write self, or correct the rater")),
            _ => Ok(group),
        }
    }

    fn value(&self, form: &Form) -> Result<Fixed, String> {
        let text = self.text(self.columns.value, "value")?;
        let value: Option<Fixed> = text.parse().ok();
        value.filter(|value| form.has_level(*value)).ok_or_else(|| {
            let levels: Vec<String> = form.scale.iter().map(|level| level.value.to_string()).collect();
            format!("'{text}' is not a level of form '{}'; its levels are {}", form.id, levels.join(", "))
        })
    }
}

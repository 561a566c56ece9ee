//! Reading ratings without those who gave them, and who may be rated.

use std::sync::Arc;

use entity::day::Day;
use sea_orm::FromQueryResult;

use super::super::write::fetch;
use super::super::{Store, StoreError};
use crate::domain::fixed::Fixed;
use crate::domain::judgement::{RaterGroup, Ratings, Tally};
use crate::domain::period::Period;

/// What one agent was given on one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRatings {
    pub agent_id: i64,
    pub form: Arc<str>,
    pub ratings: Ratings,
}

/// A post that an agent holds on some day of a period.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct HeldPost {
    pub agent_id: i64,
    pub post: String,
}

#[derive(FromQueryResult)]
struct TallyRow {
    agent_id: i64,
    form: String,
    item: String,
    rater_group: String,
    value: i64,
    raters: i64,
}

/// Counted in the database, so that raters never leave it.
const TALLIES: &str = "
    SELECT agent_id, form, item, rater_group, value, COUNT(*) AS raters
    FROM rating
    WHERE cycle_id = $1 AND agent_id BETWEEN $2 AND $3
    GROUP BY agent_id, form, item, rater_group, value
    ORDER BY agent_id, form";

const HELD_POSTS: &str = "
    SELECT DISTINCT agent_id, post
    FROM assignment
    WHERE first_day <= $1 AND (last_day IS NULL OR last_day >= $2)
    ORDER BY agent_id, post";

impl Store {
    /// Ratings in a cycle of the agents `first..=last`, counted, in order of agent id and form. Agents without any are left out.
    pub async fn ratings_of(&self, cycle_id: i64, first: i64, last: i64) -> Result<Vec<AgentRatings>, StoreError> {
        let values = [cycle_id.into(), first.into(), last.into()];
        let rows: Vec<TallyRow> = fetch(&self.readers, "reading ratings", TALLIES, values).await?;
        let same = |one: &TallyRow, other: &TallyRow| (one.agent_id, &one.form) == (other.agent_id, &other.form);
        rows.chunk_by(same).filter_map(|rows| rows.first().map(|first| agent_ratings(first, rows))).collect()
    }

    /// Everybody's posts in a period, in order of agent id and post, each once.
    pub async fn held_posts(&self, period: Period) -> Result<Vec<HeldPost>, StoreError> {
        let values = [Day(period.last).into(), Day(period.first).into()];
        fetch(&self.readers, "reading who holds which post", HELD_POSTS, values).await
    }
}

fn agent_ratings(first: &TallyRow, rows: &[TallyRow]) -> Result<AgentRatings, StoreError> {
    let tally = |row: &TallyRow| {
        Ok(Tally {
            item: row.item.as_str().into(),
            group: group_of(&row.rater_group)?,
            value: Fixed::from_micros(row.value),
            raters: row.raters,
        })
    };
    let ratings = rows.iter().map(tally).collect::<Result<Ratings, StoreError>>()?;
    Ok(AgentRatings { agent_id: first.agent_id, form: first.form.as_str().into(), ratings })
}

pub(in super::super) fn group_of(code: &str) -> Result<RaterGroup, StoreError> {
    code.parse().map_err(|_| StoreError::Unreadable { what: "the group of a rater", value: code.to_owned() })
}

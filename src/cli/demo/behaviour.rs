//! How the sample people do: chances and amounts that follow skill, season and mood, from a seeded generator.

use chrono::{Datelike as _, NaiveDate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::company::{Company, Person};

/// One person on one working day.
pub(super) struct Shift<'a> {
    pub person: &'a Person,
    pub day: NaiveDate,
    /// Per mille added to every chance: season and the person's quarter.
    mood: i32,
}

/// Every shift of the year of the people `of`, by day and then by person.
pub(super) fn shifts(company: &Company, of: impl Fn(&Person) -> bool) -> Vec<Shift<'_>> {
    let people: Vec<&Person> = company.people.iter().filter(|person| of(person)).collect();
    let mut shifts = Vec::new();
    for day in company.first.iter_days().take_while(|day| *day <= company.last) {
        let working = people.iter().filter(|person| person.works_on(day));
        shifts.extend(working.map(|person| Shift { person, day, mood: season(day) + quarter_mood(person, day) }));
    }
    shifts
}

/// The busy months around the Spring Festival, summer holidays and November sales cost quality.
fn season(day: NaiveDate) -> i32 {
    match day.month() {
        2 => -12,
        6 => -6,
        7 => -12,
        11 => -9,
        _ => 0,
    }
}

/// People have better and worse quarters: up to 15 per mille either way, always the same for a person and quarter.
fn quarter_mood(person: &Person, day: NaiveDate) -> i32 {
    let seed = person.number.bytes().fold(u64::from(day.month0() / 3), |sum, byte| sum * 31 + u64::from(byte));
    ChaCha8Rng::seed_from_u64(seed).random_range(-15..=15)
}

impl Shift<'_> {
    /// Per mille, from `low` for no skill to `high` for full skill, moved by season and mood.
    pub(super) fn per_mille(&self, low: i32, high: i32) -> i32 {
        (low + (high - low) * self.person.skill / 1000 + self.mood).clamp(0, 1000)
    }
}

/// The generator of one export, with the few draws that exports need.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// True in `per_mille` of a thousand cases.
    pub(super) fn chance(&mut self, per_mille: i32) -> bool {
        self.0.random_range(0..1000) < per_mille
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// How many of `trials` succeed at `per_mille`.
    pub(super) fn successes(&mut self, trials: i64, per_mille: i32) -> i64 {
        (0..trials).map(|_| i64::from(self.chance(per_mille))).sum()
    }

    pub(super) fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices.get(self.0.random_range(0..choices.len().max(1))).copied().unwrap_or_default()
    }
}

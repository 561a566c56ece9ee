//! Fairness: how often chance alone misjudges identical agents, under a card of the rules, a cliff in its place, and shrinkage.

use std::collections::BTreeMap;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::AppError;
use super::parallel::on_all_cores;
use crate::domain::chance;
use crate::domain::fairness::{
    DrawnLine, Group, Outcome, alone, cliff, judge, main_line, rate_lines, shrunk, true_values,
};
use crate::domain::fixed::Fixed;
use crate::domain::metric::{Metric, MetricId};
use crate::domain::scorecard::{Card, Line};
use crate::rules::{self, Loaded};

/// Strengths of shrinkage that are compared, in cases.
const STRENGTHS: [u32; 2] = [20, 50];

/// What is simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FairnessOrder {
    /// At least one.
    pub agents: u32,
    /// Of the card's first rate line, in percent, 0 to 100.
    pub true_rate: Fixed,
    /// Cases of each agent on that line; each figure at least 1 and simulated by itself.
    pub samples: Vec<u32>,
    /// Id of a card of the rules.
    pub card: String,
    /// Equal orders with equal seeds give equal reports.
    pub seed: u64,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FairnessReport {
    /// The metric of the line that is looked at, and what every agent's value truly is, in its unit.
    pub metric: MetricId,
    pub true_value: Fixed,
    /// The points that this value earns, and every other line too.
    pub true_points: Fixed,
    /// The card's weighted lines, in its order.
    pub lines: Vec<FairnessLine>,
    /// By samples as ordered, then by rule.
    pub rows: Vec<FairnessRow>,
}

/// Where every agent truly stands on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FairnessLine {
    pub line: String,
    pub weight: Fixed,
    /// In the metric's unit.
    pub true_value: Fixed,
    /// Cases on this line for a hundred on the first, as in the card's worked example; `None` where chance never moves it.
    pub cases_per_hundred: Option<u32>,
}

/// One rule at one number of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FairnessRow {
    pub judged_by: JudgedBy,
    /// The strength of shrinkage, in cases; `None` for the rule as it stands.
    pub strength: Option<u32>,
    pub samples: u32,
    pub outcome: Outcome,
}

/// What judges the agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JudgedBy {
    /// The first rate line alone, with a cliff in place of its curve.
    Cliff,
    /// The same line alone, with the curve it has.
    Curve,
    /// The whole card, where chance moves that line only.
    CardOneLine,
    /// The whole card, where chance moves every rate line.
    CardRateLines,
}

impl JudgedBy {
    /// Its name for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cliff => "cliff",
            Self::Curve => "curve",
            Self::CardOneLine => "card_one_line",
            Self::CardRateLines => "card_rate_lines",
        }
    }

    fn whole_card(self) -> bool {
        matches!(self, Self::CardOneLine | Self::CardRateLines)
    }
}

/// Simulates with the rules in `folder`, see [`simulate`]. Errors: also rules with problems.
pub fn fairness(folder: &Path, order: &FairnessOrder) -> Result<FairnessReport, AppError> {
    simulate(&rules::load(folder).map_err(AppError::Rules)?, order)
}

/// Draws the agents' successes, and judges the same agents by every rule. Errors: an unknown card, a card without a rate line whose
/// points rise in straight lines, figures outside their range.
pub fn simulate(rules: &Loaded, order: &FairnessOrder) -> Result<FairnessReport, AppError> {
    let scene = Scene::new(rules, order)?;
    let groups = on_all_cores(&order.samples, |samples| Ok(scene.group(order, *samples)))?;
    let rules = scene.rules()?;
    let work: Vec<_> =
        order.samples.iter().zip(&groups).flat_map(|drawn| rules.iter().map(move |rule| (drawn, rule))).collect();
    let rows = on_all_cores(&work, |((samples, group), rule)| scene.row(**samples, group, rule))?;
    Ok(FairnessReport {
        metric: scene.main.metric.clone(),
        true_value: scene.true_value,
        true_points: scene.main.curve.read(scene.true_value).map(|reading| reading.points).unwrap_or_default(),
        lines: scene.lines(),
        rows,
    })
}

/// The rules' side of a simulation.
struct Scene<'a> {
    metrics: &'a BTreeMap<MetricId, Metric>,
    card: Card,
    main: Line,
    true_value: Fixed,
    /// Every weighted line with its true value.
    truth: Vec<(Line, Fixed)>,
    /// The rate lines, the main one first, each with its cases for a hundred on that one.
    drawn: Vec<(Line, u32)>,
}

/// A rule that judges: what it is, the strength of its shrinkage, and its card.
type Rule = (JudgedBy, Option<u32>, Card);

impl<'a> Scene<'a> {
    fn new(loaded: &'a Loaded, order: &FairnessOrder) -> Result<Self, AppError> {
        check(order)?;
        let rules = &loaded.ruleset;
        let unknown = || {
            let ids: Vec<&str> = rules.cards.iter().map(|card| &*card.id).collect();
            AppError::NotFound(format!("there is no card '{}': name one of {}", order.card, ids.join(", ")))
        };
        let card = rules.card(&order.card).ok_or_else(unknown)?;
        let none = || {
            let card = &order.card;
            AppError::invalid(format!(
                "card '{card}' has no rate line whose points rise in straight lines: name another"
            ))
        };
        let main = main_line(card, &rules.metrics).ok_or_else(none)?;
        let whole = rules.metric(&main.metric).and_then(chance::whole).ok_or_else(none)?;
        let true_value = order.true_rate.mul_div(whole, Fixed::HUNDRED).ok_or_else(none)?;
        let truth = true_values(card, main, true_value).ok_or_else(none)?;
        let cases = loaded.example_cases(&card.id);
        let others = rate_lines(card, &rules.metrics).filter(|line| line.id != main.id);
        let per_hundred = |line: &Line| (line.clone(), cases_per_hundred(&cases, &main.metric, &line.metric));
        Ok(Self {
            metrics: &rules.metrics,
            // What people judge is not simulated: the measured part stands for itself.
            card: Card { judgement: None, ..card.clone() },
            main: main.clone(),
            true_value,
            drawn: std::iter::once((main.clone(), 100)).chain(others.map(per_hundred)).collect(),
            truth: truth.into_iter().map(|(line, value)| (line.clone(), value)).collect(),
        })
    }

    fn lines(&self) -> Vec<FairnessLine> {
        let cases = |line: &Line| self.drawn.iter().find(|(drawn, _)| drawn.id == line.id).map(|(_, cases)| *cases);
        let shown = |(line, value): &(Line, Fixed)| FairnessLine {
            line: line.id.to_string(),
            weight: line.weight,
            true_value: *value,
            cases_per_hundred: cases(line),
        };
        self.truth.iter().map(shown).collect()
    }

    /// The agents' draws on every rate line.
    fn group(&self, order: &FairnessOrder, samples: u32) -> Group {
        let lines: Vec<DrawnLine> =
            self.drawn.iter().filter_map(|(line, cases)| self.drawn_line(line, samples, *cases)).collect();
        let mut random: Vec<(ChaCha8Rng, &DrawnLine)> =
            (0..).zip(&lines).map(|(place, line)| (generator(order.seed, samples, place), line)).collect();
        let draws: Vec<Vec<u32>> = (0..order.agents)
            .map(|_| random.iter_mut().map(|(random, line)| successes(random, line)).collect())
            .collect();
        Group::new(lines, draws)
    }

    fn drawn_line(&self, line: &Line, samples: u32, cases_per_hundred: u32) -> Option<DrawnLine> {
        let whole = self.metrics.get(&line.metric).and_then(chance::whole)?;
        let (_, true_value) = self.truth.iter().find(|(there, _)| there.id == line.id)?;
        let cases = u64::from(samples).saturating_mul(u64::from(cases_per_hundred)).div_ceil(100);
        Some(DrawnLine {
            metric: line.metric.clone(),
            true_value: (*true_value).clamp(Fixed::ZERO, whole),
            whole,
            cases: u32::try_from(cases).unwrap_or(u32::MAX),
        })
    }

    /// Every rule, the plainest first.
    fn rules(&self) -> Result<Vec<Rule>, AppError> {
        let cliff = cliff(&self.main).ok_or_else(|| AppError::invalid("the line's curve does not rise".to_owned()))?;
        let curve = alone(&self.card, &self.main);
        let mut rules = vec![(JudgedBy::Cliff, None, alone(&self.card, &cliff))];
        let rate_lines: Vec<&Line> = self.drawn.iter().map(|(line, _)| line).collect();
        for (judged_by, card, lines) in [
            (JudgedBy::Curve, &curve, vec![&self.main]),
            (JudgedBy::CardOneLine, &self.card, vec![&self.main]),
            (JudgedBy::CardRateLines, &self.card, rate_lines),
        ] {
            rules.push((judged_by, None, card.clone()));
            let drawn = |strength| shrunk(card, &lines, Fixed::from_int(i64::from(strength)));
            rules.extend(STRENGTHS.map(|strength| (judged_by, Some(strength), drawn(strength))));
        }
        Ok(rules)
    }

    fn row(&self, samples: u32, group: &Group, (judged_by, strength, card): &Rule) -> Result<FairnessRow, AppError> {
        let first_only;
        let group = match judged_by {
            JudgedBy::CardRateLines => group,
            _ => {
                first_only = group.first_line_only();
                &first_only
            }
        };
        let held = self.truth.iter().filter(|(line, _)| judged_by.whole_card() || line.id == self.main.id);
        let held: Vec<(&Line, Fixed)> = held.map(|(line, value)| (line, *value)).collect();
        let outcome = judge(card, self.metrics, &held, group).map_err(|error| AppError::refused(error.to_string()))?;
        Ok(FairnessRow { judged_by: *judged_by, strength: *strength, samples, outcome })
    }
}

fn check(order: &FairnessOrder) -> Result<(), AppError> {
    let refused = |what: &str| Err(AppError::invalid(what.to_owned()));
    if order.agents == 0 {
        return refused("there are no agents to simulate: give at least one");
    }
    if order.true_rate < Fixed::ZERO || order.true_rate > Fixed::HUNDRED {
        return Err(AppError::invalid(format!("the true rate {} is no percentage: use 0 to 100", order.true_rate)));
    }
    if order.samples.is_empty() || order.samples.contains(&0) {
        return refused("an agent without cases has no rate: give numbers of cases of at least 1");
    }
    Ok(())
}

/// As many cases as the worked example has on this line for a hundred on the main one, at least 1; a hundred where it does not say.
fn cases_per_hundred(cases: &BTreeMap<MetricId, i64>, main: &MetricId, line: &MetricId) -> u32 {
    let counted = |metric: &MetricId| cases.get(metric).copied().filter(|cases| *cases > 0);
    let found = counted(main).zip(counted(line)).and_then(|(main, line)| line.checked_mul(100)?.checked_div(main));
    found.map_or(100, |found| u32::try_from(found.max(1)).unwrap_or(u32::MAX))
}

/// Each line at each number of cases has numbers of its own, so that a figure does not depend on what else is simulated.
fn generator(seed: u64, samples: u32, place: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(u64::from(samples) << 32 | place);
    random
}

/// Case by case, each a success with exactly the true rate.
fn successes(random: &mut ChaCha8Rng, line: &DrawnLine) -> u32 {
    let mut count = 0;
    for _ in 0..line.cases {
        if random.random_range(0..line.whole.micros()) < line.true_value.micros() {
            count += 1;
        }
    }
    count
}

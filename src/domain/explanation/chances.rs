//! What would change a result: for each figure alone, the smallest change that lifts the rating to the next band.

use std::sync::Arc;

use super::super::appraisal::{AppraisalResult, AppraisalState, StretchCard, combine};
use super::super::fixed::Fixed;
use super::super::metric::{Metric, MetricId, MetricKind, Unit};
use super::super::scorecard::{Card, CardResult, CardState, Figure, LineResult, Measure, Scope, rescore};
use super::search::{Range, around, first, whole_cases};
use super::{Rulebook, chance_words};

/// The next band, and what single figures could do to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextBand {
    /// Id of the band after the rating.
    pub band: Arc<str>,
    /// The least printed score that is in it.
    pub from: Fixed,
    /// One for each figure that lines read, in the lines' order, then one for each other figure by which a gate failed.
    pub chances: Vec<Chance>,
}

/// What one figure alone could do, with all else as it was: other figures, weights, cases, peers, benchmarks, judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chance {
    pub metric: MetricId,
    pub scope: Scope,
    pub measure: Measure,
    /// The first line that reads the figure; `None` where only a gate is judged by it.
    pub line: Option<Arc<str>>,
    /// Which stretch of the appraisal it was measured in, counted from 0; `None` where only one counts.
    pub stretch: Option<usize>,
    /// As it was, six decimals.
    pub from: Fixed,
    /// The nearest value, in hundredths, that reaches the band, scored again to be sure; `None` where no value does.
    pub to: Option<Fixed>,
    /// Of a rate: how many of the same cases would have had to turn out otherwise to reach `to` or better, which then reaches the band
    /// too.
    pub more_cases: Option<i64>,
    /// The printed score at `to`; where no value reaches the band, the best one.
    pub score: Fixed,
    /// The rating with that score.
    pub rating: Option<Arc<str>>,
    pub en: String,
    pub zh: String,
}

/// A printed score and its rating.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    score: Fixed,
    rating: Option<Arc<str>>,
}

/// A card whose figures may change, and what the whole then comes to.
struct Inquiry<'a> {
    book: &'a dyn Rulebook,
    card: &'a Card,
    result: &'a CardResult,
    /// The card whose bands judge the whole.
    judging: &'a Card,
    /// The index of the band wanted.
    wanted: usize,
    outcome: &'a dyn Fn(CardResult) -> Option<Outcome>,
}

/// What would lift a card's own rating; `None` without a rating, or in the best band.
pub fn next_band(book: &dyn Rulebook, card: &Card, result: &CardResult) -> Option<NextBand> {
    if result.state != CardState::Scored {
        return None;
    }
    let wanted = band_after(card, result.rating.as_deref())?;
    let outcome = |changed: CardResult| Some(Outcome { score: changed.printed?, rating: changed.rating });
    let inquiry = Inquiry { book, card, result, judging: card, wanted, outcome: &outcome };
    let band = card.bands.get(wanted)?;
    Some(NextBand { band: band.id.clone(), from: band.from, chances: inquiry.chances() })
}

/// What would lift the rating of a whole appraisal: figures of the stretches that count, put together again as they were. `None` without
/// a rating, or in the best band.
pub fn next_band_of(book: &dyn Rulebook, appraisal: &AppraisalResult) -> Option<NextBand> {
    if appraisal.state != AppraisalState::Scored {
        return None;
    }
    let judging = book.card(&appraisal.stretches.last()?.stretch.card.card)?;
    let wanted = band_after(judging, appraisal.rating.as_deref())?;
    let band = judging.bands.get(wanted)?;
    let counted = appraisal.stretches.iter().enumerate().filter(|(_, stretch)| stretch.share > Fixed::ZERO);
    let several = counted.clone().count() > 1;
    let mut chances = Vec::new();
    for (index, stretch) in counted {
        let result = &stretch.stretch.card;
        let Some(card) = book.card(&result.card) else { continue };
        let outcome = |changed| put_together(book, appraisal, index, changed);
        let inquiry = Inquiry { book, card, result, judging, wanted, outcome: &outcome };
        let found = inquiry.chances().into_iter();
        chances.extend(found.map(|chance| Chance { stretch: several.then_some(index), ..chance }));
    }
    Some(NextBand { band: band.id.clone(), from: band.from, chances })
}

/// The whole with one stretch's card changed.
fn put_together(
    book: &dyn Rulebook,
    appraisal: &AppraisalResult,
    index: usize,
    changed: CardResult,
) -> Option<Outcome> {
    let mut stretches: Vec<StretchCard> = appraisal.stretches.iter().map(|stretch| stretch.stretch.clone()).collect();
    stretches.get_mut(index)?.card = changed;
    let whole = combine(|id| book.card(id), stretches, None).ok()?;
    Some(Outcome { score: whole.printed?, rating: whole.rating })
}

/// The index of the band after this one.
fn band_after(card: &Card, rating: Option<&str>) -> Option<usize> {
    let next = match rating {
        Some(rating) => card.bands.iter().position(|band| *band.id == *rating)? + 1,
        None => 0,
    };
    (next < card.bands.len()).then_some(next)
}

impl Inquiry<'_> {
    fn chances(&self) -> Vec<Chance> {
        self.figures().iter().filter_map(|figure| self.chance(figure)).collect()
    }

    /// The figures that lines read, then those by which gates failed, each once.
    fn figures(&self) -> Vec<Figure> {
        let read = self.result.lines.iter().filter(|line| line.reading.is_some());
        let read = read.map(|line| Figure { metric: line.metric.clone(), scope: line.scope, measure: line.measure });
        let failed = self.result.gates.iter().filter(|gate| gate.passed == Some(false));
        let failed =
            failed.map(|gate| Figure { metric: gate.metric.clone(), scope: gate.scope, measure: Measure::Value });
        let mut figures: Vec<Figure> = Vec::new();
        for figure in read.chain(failed) {
            if !figures.contains(&figure) {
                figures.push(figure);
            }
        }
        figures
    }

    fn lines<'f>(&'f self, figure: &'f Figure) -> impl Iterator<Item = &'f LineResult> {
        self.result.lines.iter().filter(|line| figure.is_read_by(line))
    }

    fn chance(&self, figure: &Figure) -> Option<Chance> {
        let line = self.lines(figure).next();
        let gate = self.result.gates.iter().find(|gate| figure.is_judged_by(gate));
        let from = line.and_then(|line| line.value).or_else(|| gate.and_then(|gate| gate.value))?;
        let metric = self.book.metric(&figure.metric)?;
        let ways = self.range(figure, metric, line)?.ways(from);
        let nearest = ways.iter().filter_map(|way| first(way, |value| self.reaches(figure, value)));
        let to = nearest.min_by_key(|to| to.micros().abs_diff(from.micros()));
        let outcome = match to {
            Some(to) => self.outcome(figure, to)?,
            None => self.best(figure, ways.iter().flatten())?,
        };
        let more_cases = to.and_then(|to| self.cases(figure, metric, line?, to));
        let chance = Chance {
            metric: figure.metric.clone(),
            scope: figure.scope,
            measure: figure.measure,
            line: line.map(|line| line.id.clone()),
            stretch: None,
            from,
            to,
            more_cases: more_cases.map(i64::abs),
            score: outcome.score,
            rating: outcome.rating,
            en: String::new(),
            zh: String::new(),
        };
        let words = chance_words::tell(self.book, self.judging, self.wanted, &chance, line);
        Some(Chance { en: words.en, zh: words.zh, ..chance })
    }

    /// What the whole would be.
    fn outcome(&self, figure: &Figure, value: Fixed) -> Option<Outcome> {
        let changed = rescore(self.card, self.result, figure, value).ok()?;
        (self.outcome)(changed)
    }

    fn rank(&self, outcome: &Outcome) -> Option<usize> {
        self.judging.bands.iter().position(|band| outcome.rating.as_deref() == Some(&*band.id))
    }

    fn reaches(&self, figure: &Figure, value: Fixed) -> bool {
        self.outcome(figure, value).is_some_and(|outcome| self.rank(&outcome) >= Some(self.wanted))
    }

    /// The best of the values, or of what is.
    fn best<'v>(&self, figure: &Figure, values: impl Iterator<Item = &'v Fixed>) -> Option<Outcome> {
        let now = (self.outcome)(self.result.clone());
        let outcomes = values.filter_map(|value| self.outcome(figure, *value)).chain(now);
        outcomes.max_by_key(|outcome| (self.rank(outcome), outcome.score))
    }

    /// Where curves have corners and gates their limits, seen from the figure's own value, and how far it can go: a rate as far as
    /// there are cases, anything else as far as curves and gates speak of.
    fn range(&self, figure: &Figure, metric: &Metric, line: Option<&LineResult>) -> Option<Range> {
        let limits = self.result.gates.iter().filter(|gate| figure.is_judged_by(gate));
        let limits: Vec<Fixed> = limits.flat_map(|gate| [gate.at_least, gate.at_most]).flatten().collect();
        let (mut plain, mut turns) = (limits.clone(), limits);
        for line in self.lines(figure) {
            let Some(rule) = self.card.lines.iter().find(|rule| rule.id == line.id) else { continue };
            for corner in rule.curve.corners() {
                plain.push(corner.value);
                turns.extend(before_shrinking(line, corner.value));
            }
        }
        let whole = match (metric.kind, figure.measure, metric.unit) {
            (MetricKind::Mean, ..) => None,
            (MetricKind::Rate, Measure::Index, _) => {
                let line = line?;
                Some(line.pooled.denominator.ratio(line.index.as_ref()?.expected)?)
            }
            (MetricKind::Rate, Measure::Value, Unit::Percent) => Some(Fixed::HUNDRED),
            (MetricKind::Rate, Measure::Value, _) => Some(Fixed::ONE),
        };
        let (lowest, highest) = match whole {
            Some(whole) => {
                let (lowest, highest) = around(&turns)?;
                (lowest.max(Fixed::ZERO), highest.min(whole))
            }
            None => around(&plain)?,
        };
        Some(Range { turns, lowest, highest })
    }

    /// How many more (or fewer, below zero) of the cases bring the figure to `to`; `None` unless that many are there and reach the band.
    fn cases(&self, figure: &Figure, metric: &Metric, line: &LineResult, to: Fixed) -> Option<i64> {
        if metric.kind != MetricKind::Rate {
            return None;
        }
        let (numerator, denominator) = (line.pooled.numerator, line.pooled.denominator);
        let (by, per) = match (&line.index, metric.unit) {
            (Some(index), _) => (index.expected, Fixed::ONE),
            (None, Unit::Percent) => (denominator, Fixed::HUNDRED),
            (None, _) => (denominator, Fixed::ONE),
        };
        let more = whole_cases(numerator, to, by, per)?;
        let changed = numerator.checked_add(Fixed::from_int(more))?;
        let value = changed.mul_div(per, by)?;
        let there = changed >= Fixed::ZERO && changed <= denominator;
        (there && self.reaches(figure, value)).then_some(more)
    }
}

/// The own value that is drawn to `corner`.
fn before_shrinking(line: &LineResult, corner: Fixed) -> Option<Fixed> {
    let Some(shrinkage) = line.shrinkage.as_deref() else { return Some(corner) };
    let Some(toward) = &shrinkage.toward else { return Some(corner) };
    let cases = Fixed::from_int(line.pooled.samples);
    let whole = corner.mul_div(cases.checked_add(shrinkage.strength)?, cases)?;
    whole.checked_sub(toward.peer_value.mul_div(shrinkage.strength, cases)?)
}

//! Lines in which agents fell from one cycle to another by more than chance explains.

use std::collections::BTreeMap;

use super::read::meant;
use super::{App, AppError, Change, Slice, Wanted};
use crate::domain::authority::Act;
use crate::domain::fixed::Fixed;
use crate::domain::interval::Interval;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::{LineResult, Measure, Scope};
use crate::store::{ScorecardDetail, Take};

/// More agents than this nobody leads by looking at each.
const MOST: u32 = 500;

/// A line in which somebody earned fewer points than before, where the intervals of both values do not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FallenLine {
    pub employee_number: String,
    pub agent_name: String,
    pub metric: MetricId,
    /// Value and interval.
    pub before: (Fixed, Interval),
    pub now: (Fixed, Interval),
}

/// Lines in order of employee number and card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FallenLines {
    pub lines: Vec<FallenLine>,
    /// Whether there are more people than were looked at.
    pub more: bool,
}

impl App {
    /// Lines of the agents whose results whoever asks may see in which they fell from the cycle `before` to this one. Figures without an
    /// interval are left out, since nobody can say what of their change is chance.
    pub async fn fallen_lines(&self, cycle: &str, before: &str) -> Result<FallenLines, AppError> {
        let (now, more) = self.cards_to_compare(cycle).await?;
        let (earlier, _) = self.cards_to_compare(before).await?;
        let earlier: BTreeMap<i64, &ScorecardDetail> =
            earlier.iter().map(|card| (card.summary.agent_id, card)).collect();
        let mut lines = Vec::new();
        for card in &now {
            let Some(was) = earlier.get(&card.summary.agent_id) else { continue };
            for line in own_lines(card) {
                let same = own_lines(was).find(|known| known.metric == line.metric);
                let Some((before, now)) = same.and_then(|was| fallen(was, line)) else { continue };
                let (employee_number, agent_name) =
                    (card.summary.employee_number.clone(), card.summary.agent_name.clone());
                lines.push(FallenLine { employee_number, agent_name, metric: line.metric.clone(), before, now });
            }
        }
        Ok(FallenLines { lines, more })
    }

    async fn cards_to_compare(&self, cycle: &str) -> Result<(Vec<ScorecardDetail>, bool), AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, cycle).await?;
        let wanted = Wanted::default();
        let filter = self.filter(reach, &wanted, meant(&shown, Take::Standing)).await?;
        let page = self.store.scorecard_details_page(shown.run.id, None, MOST.into(), &filter).await?;
        let slice = Slice { limit: MOST, after: None };
        let detail = wanted.page(&slice, page.rows.iter().map(|card| card.summary.employee_number.as_str()));
        let read = Change::new("scorecard.compare", "cycle", cycle).detail(format_args!("over_time {detail}"));
        self.recorded_list(&filter.reach, read).await?;
        Ok((page.rows, page.more))
    }
}

fn own_lines(card: &ScorecardDetail) -> impl Iterator<Item = &LineResult> {
    let lines = card.result.last_card().map(|card| card.lines.as_slice()).unwrap_or_default();
    lines.iter().filter(|line| line.scope == Scope::Own && line.measure == Measure::Value)
}

/// Value and interval before and now, where the line fell beyond chance.
fn fallen(was: &LineResult, is: &LineResult) -> Option<((Fixed, Interval), (Fixed, Interval))> {
    let before = (was.value?, was.interval?);
    let now = (is.value?, is.interval?);
    let apart = before.1.upper < now.1.lower || now.1.upper < before.1.lower;
    (apart && is.points? < was.points?).then_some((before, now))
}

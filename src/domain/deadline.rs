//! By when each stage of a cycle is to be done, in working days after the one before, and what is overdue.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::cycle::{CycleAct, CycleState};
use super::workdays::Workdays;

/// Most working days a stage may have.
pub const MOST_WORKING_DAYS: u16 = 60;

/// What has a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The facts are frozen.
    Freeze,
    Score,
    /// Reviews are handed in.
    Review,
    Calibrate,
    Approve,
    Publish,
    /// Agents take note of their results; who says nothing has taken note after it.
    Acknowledge,
    /// Agents may appeal.
    Appeal,
    /// Appeals are decided.
    Decide,
    Finalise,
}

/// Working days by stage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeadlinePlan {
    pub workdays: Workdays,
    /// Where it is not the usual number.
    pub working_days: BTreeMap<Stage, u16>,
}

/// What was done with a cycle on which day, the last time.
pub type Done = BTreeMap<CycleAct, NaiveDate>;

/// Where a stage stands against its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its turn has not come; by when it would be done if nothing is late from here on.
    Planned,
    /// Its turn has come, and there is time.
    Running,
    Overdue {
        /// Working days since.
        by: u32,
    },
    Done {
        on: NaiveDate,
        late: bool,
    },
}

/// The deadline of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    pub stage: Stage,
    pub working_days: u16,
    /// The last day.
    pub due: NaiveDate,
    pub standing: Standing,
}

impl Stage {
    pub const ALL: [Self; 10] = [
        Self::Freeze,
        Self::Score,
        Self::Review,
        Self::Calibrate,
        Self::Approve,
        Self::Publish,
        Self::Acknowledge,
        Self::Appeal,
        Self::Decide,
        Self::Finalise,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Score => "score",
            Self::Review => "review",
            Self::Calibrate => "calibrate",
            Self::Approve => "approve",
            Self::Publish => "publish",
            Self::Acknowledge => "acknowledge",
            Self::Appeal => "appeal",
            Self::Decide => "decide",
            Self::Finalise => "finalise",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Working days where nobody says another number: a quarter is paid about seven weeks after its end.
    pub const fn usual(self) -> u16 {
        match self {
            Self::Review => 10,
            Self::Calibrate | Self::Acknowledge | Self::Appeal | Self::Decide => 5,
            Self::Freeze | Self::Approve | Self::Finalise => 3,
            Self::Score | Self::Publish => 2,
        }
    }

    /// Whether agents were told of it, so that once results are published it only becomes longer.
    pub const fn is_promised(self) -> bool {
        matches!(self, Self::Acknowledge | Self::Appeal)
    }

    /// The acts that end it; the last one done counts. None: it ends by itself.
    const fn ended_by(self) -> &'static [CycleAct] {
        match self {
            Self::Freeze => &[CycleAct::Freeze, CycleAct::Appraise],
            Self::Score => &[CycleAct::Score, CycleAct::Appraise],
            Self::Review | Self::Calibrate => &[CycleAct::Calibrate],
            Self::Approve => &[CycleAct::Approve],
            Self::Publish => &[CycleAct::Publish],
            Self::Acknowledge | Self::Appeal => &[],
            Self::Decide | Self::Finalise => &[CycleAct::Finalise],
        }
    }

    /// From which state on it is done.
    const fn done_from(self) -> CycleState {
        match self {
            Self::Freeze => CycleState::Frozen,
            Self::Score => CycleState::Scored,
            Self::Review | Self::Calibrate => CycleState::Calibrated,
            Self::Approve => CycleState::Approved,
            Self::Publish => CycleState::Published,
            Self::Acknowledge | Self::Appeal | Self::Decide | Self::Finalise => CycleState::Final,
        }
    }

    /// From which state on its turn has come.
    const fn runs_from(self) -> CycleState {
        match self {
            Self::Freeze => CycleState::Open,
            Self::Score => CycleState::Frozen,
            Self::Review | Self::Calibrate => CycleState::InReview,
            Self::Approve => CycleState::Calibrated,
            Self::Publish => CycleState::Approved,
            Self::Acknowledge | Self::Appeal | Self::Decide | Self::Finalise => CycleState::Published,
        }
    }
}

impl DeadlinePlan {
    pub fn working_days(&self, stage: Stage) -> u16 {
        self.working_days.get(&stage).copied().unwrap_or(stage.usual())
    }

    /// By when each stage is to be done, in their order: counted from the day the stage before was done, or where it is not, from its deadline
    /// or today, whichever is later. Freezing counts from the last day of the cycle. `open`: how much of a stage that ends by itself is left.
    pub fn deadlines(
        &self,
        cycle: (CycleState, NaiveDate),
        done: &Done,
        today: NaiveDate,
        open: impl Fn(Stage) -> u64,
    ) -> Vec<Deadline> {
        let (state, last_day) = cycle;
        let mut deadlines: Vec<Deadline> = Vec::new();
        for stage in Stage::ALL {
            let from = start(stage, &deadlines, done, (last_day, today));
            let working_days = self.working_days(stage);
            let due = self.workdays.after(from, working_days);
            let standing = self.standing(stage, (state, due), done, today, open(stage));
            deadlines.push(Deadline { stage, working_days, due, standing });
        }
        deadlines
    }

    fn standing(
        &self,
        stage: Stage,
        (state, due): (CycleState, NaiveDate),
        done: &Done,
        today: NaiveDate,
        open: u64,
    ) -> Standing {
        if state == CycleState::Cancelled {
            return Standing::Planned;
        }
        let ended = stage.ended_by().iter().filter_map(|act| done.get(act));
        let ended = match stage {
            // Scoring again while in review does not mean that it was late.
            Stage::Score => {
                ended.max().copied().map(|on| done.get(&CycleAct::BeginReview).map_or(on, |began| on.min(*began)))
            }
            _ => ended.max().copied(),
        };
        // What is published in part is still to be published.
        let left = stage == Stage::Publish && open > 0;
        if state >= stage.done_from() && !left {
            // Windows close when their time is over.
            let on = ended.unwrap_or(due);
            return Standing::Done { on, late: on > due };
        }
        if state < stage.runs_from() {
            return Standing::Planned;
        }
        match stage {
            Stage::Appeal if today > due => Standing::Done { on: due, late: false },
            Stage::Acknowledge | Stage::Decide if open == 0 && today > due => Standing::Done { on: due, late: false },
            _ if today > due => Standing::Overdue { by: self.workdays.between(due, today) },
            _ => Standing::Running,
        }
    }
}

/// The day from which a stage's working days are counted.
fn start(stage: Stage, before: &[Deadline], done: &Done, (last_day, today): (NaiveDate, NaiveDate)) -> NaiveDate {
    let after = |wanted: Stage| {
        let found = before.iter().find(|deadline| deadline.stage == wanted);
        found.map_or(last_day, |deadline| match deadline.standing {
            Standing::Done { on, .. } => on,
            Standing::Overdue { .. } => today,
            Standing::Planned | Standing::Running => deadline.due,
        })
    };
    match stage {
        Stage::Freeze => last_day,
        Stage::Score => after(Stage::Freeze),
        Stage::Review => done.get(&CycleAct::BeginReview).copied().unwrap_or_else(|| after(Stage::Score)),
        // Reviews go on until the cycle is calibrated, but their deadline stands.
        Stage::Calibrate => {
            before.iter().find(|deadline| deadline.stage == Stage::Review).map_or(last_day, |review| review.due)
        }
        Stage::Approve => after(Stage::Calibrate),
        Stage::Publish => after(Stage::Approve),
        Stage::Acknowledge | Stage::Appeal => after(Stage::Publish),
        Stage::Decide => after(Stage::Appeal),
        Stage::Finalise => after(Stage::Decide),
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

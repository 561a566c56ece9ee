//! `merit quarter run`: a cycle through its steps by the use cases of the other commands, as far as one person may take it. What was done
//! already is left as it is, so that it can be run again at any time.

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use super::cycle::{choice, print_rules};
use super::output::say;
use super::{CliError, Place, appraise, progress, pull};
use crate::app::{App, AppError, CycleOrder, CycleRecord, PullOrder, PullProgress};
use crate::domain::cycle::{CycleAct, CycleState};

#[derive(Subcommand)]
pub(super) enum QuarterAction {
    /// Take a cycle from opening to a stage: what is left of opening it, pulling its sources, freezing, scoring, and so on. Run again, it
    /// goes on where the cycle stands; it stops where somebody else has to decide
    Run(RunArguments),
}

#[derive(clap::Args)]
pub(super) struct RunArguments {
    /// The cycle's code, such as 2026-Q3
    code: String,
    /// The stage to reach
    #[arg(long, value_enum)]
    until: Stage,
}

/// How far a cycle is, in the words of those who run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Stage {
    /// The cycle is there, with its rules
    Open,
    /// Every source was pulled since the cycle's last day
    #[value(alias = "pulled")]
    Pull,
    /// The facts are snapshotted
    #[value(alias = "frozen")]
    Freeze,
    #[value(alias = "scored")]
    Score,
    /// Supervisors review what was scored
    #[value(alias = "in_review")]
    Review,
    /// The review is complete
    #[value(alias = "calibrate")]
    Calibrated,
    /// Somebody who did not prepare the results has approved them
    #[value(alias = "approve")]
    Approved,
    /// Agents see their results
    #[value(alias = "publish")]
    Published,
    /// Agents may appeal
    #[value(alias = "appeal")]
    Appeals,
    /// Payroll sees the payouts
    #[value(alias = "finalise")]
    Final,
    #[value(alias = "close")]
    Closed,
}

impl Stage {
    const ALL: [Self; 11] = [
        Self::Open,
        Self::Pull,
        Self::Freeze,
        Self::Score,
        Self::Review,
        Self::Calibrated,
        Self::Approved,
        Self::Published,
        Self::Appeals,
        Self::Final,
        Self::Closed,
    ];

    /// The stage that a cycle in this state has reached. `None`: it leads nowhere.
    fn of(state: CycleState) -> Option<Self> {
        Some(match state {
            CycleState::Draft | CycleState::Cancelled => return None,
            CycleState::Open => Self::Open,
            CycleState::Frozen => Self::Freeze,
            CycleState::Scored => Self::Score,
            CycleState::InReview => Self::Review,
            CycleState::Calibrated => Self::Calibrated,
            CycleState::Approved => Self::Approved,
            CycleState::Published => Self::Published,
            CycleState::Appeal => Self::Appeals,
            CycleState::Final => Self::Final,
            CycleState::Closed => Self::Closed,
        })
    }

    /// What took a cycle here.
    fn acts(self) -> &'static [CycleAct] {
        match self {
            Self::Open | Self::Pull => &[],
            Self::Freeze => &[CycleAct::Freeze, CycleAct::Appraise],
            Self::Score => &[CycleAct::Score, CycleAct::Appraise],
            Self::Review => &[CycleAct::BeginReview],
            Self::Calibrated => &[CycleAct::Calibrate],
            Self::Approved => &[CycleAct::Approve],
            Self::Published => &[CycleAct::Publish],
            Self::Appeals => &[CycleAct::BeginAppeals],
            Self::Final => &[CycleAct::Finalise],
            Self::Closed => &[CycleAct::Close],
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

pub(super) async fn run(place: &Place, action: QuarterAction) -> Result<ExitCode, CliError> {
    let QuarterAction::Run(RunArguments { code, until }) = action;
    let app = place.open_current().await?.with_rules_folder(&place.rules);
    let cycle = match app.cycle(&code).await {
        Ok(cycle) => cycle,
        Err(AppError::NotFound(_)) => open(&app, place, &code).await?,
        Err(error) => return Err(error.into()),
    };
    let reached = reached(&cycle)?;
    tell_what_was_done(&app, &code, reached).await?;
    for stage in Stage::ALL.into_iter().filter(|stage| *stage > reached && *stage <= until) {
        step(&app, place, &cycle, stage)
            .await
            .map_err(|error| CliError::new(format!("cycle {code} is not at the stage '{}': {error}", until.name())))?;
    }
    let state = app.cycle(&code).await?.state.as_str().replace('_', " ");
    say!("Cycle {code} is {state}.");
    Ok(ExitCode::SUCCESS)
}

async fn open(app: &App, place: &Place, code: &str) -> Result<CycleRecord, CliError> {
    let pinned = app.open_cycle_with(code, None, choice(place)?).await?;
    let (first, last) = (pinned.cycle.period.first, pinned.cycle.period.last);
    say!("open: done now: {first} to {last}, rules {}", pinned.rules.label());
    print_rules(&pinned);
    Ok(pinned.cycle)
}

fn reached(cycle: &CycleRecord) -> Result<Stage, CliError> {
    Stage::of(cycle.state).ok_or_else(|| {
        CliError::new(format!(
            "cycle {} is {}: no step leads on from there; open another with a code of its own",
            cycle.code, cycle.state
        ))
    })
}

/// The stages behind the cycle, each with who took it there and when.
async fn tell_what_was_done(app: &App, code: &str, reached: Stage) -> Result<(), CliError> {
    let events = app.cycle_events(code).await?;
    for stage in Stage::ALL.into_iter().filter(|stage| *stage <= reached && !stage.acts().is_empty()) {
        let done = events.iter().rev().find(|view| stage.acts().contains(&view.event.act));
        if let Some(done) = done {
            say!("{}: done already, {} by {}", stage.name(), done.event.at.format("%Y-%m-%dT%H:%M:%SZ"), done.by);
        }
    }
    Ok(())
}

async fn step(app: &App, place: &Place, cycle: &CycleRecord, stage: Stage) -> Result<(), CliError> {
    let code = cycle.code.as_str();
    let act = match stage {
        Stage::Open => return Ok(()),
        Stage::Pull => return pull_sources(app, place, code).await,
        Stage::Freeze => {
            say!("freeze: now");
            return appraise::freeze(app, code).await;
        }
        Stage::Score => {
            say!("score: now");
            return appraise::score(app, code).await;
        }
        Stage::Approved => return Err(waits_for_approval(app, code).await?),
        Stage::Review => CycleAct::BeginReview,
        Stage::Calibrated => CycleAct::Calibrate,
        Stage::Published => CycleAct::Publish,
        Stage::Appeals => CycleAct::BeginAppeals,
        Stage::Final => CycleAct::Finalise,
        Stage::Closed => CycleAct::Close,
    };
    app.act_on_cycle(CycleOrder { cycle: code, act, reason: None, digest: None }).await?;
    say!("{}: done now", stage.name());
    Ok(())
}

async fn pull_sources(app: &App, place: &Place, code: &str) -> Result<(), CliError> {
    let sources = app.sources_for(code).await?;
    if sources.is_empty() {
        say!("pull: the rules have no sources");
    }
    for (source, due) in sources {
        if let Some(at) = source.last_complete_at.filter(|_| !due) {
            say!("pull: {} is done already, {}", source.id, at.format("%Y-%m-%dT%H:%M:%SZ"));
            continue;
        }
        let bar = progress::bytes(&source.id);
        let order = PullOrder {
            rules: &place.rules,
            source: &source.id,
            days: None,
            dry_run: false,
            allow_removals: false,
            progress: &|at: PullProgress| pull::show_progress(&bar, at),
        };
        let report = app.pull(order).await;
        bar.finish_and_clear();
        let report = report.map_err(|error| CliError::new(format!("the pull of '{}' failed: {error}", source.id)))?;
        say!("pull: now");
        pull::print_report(&report);
    }
    Ok(())
}

/// Who has to approve, and how.
async fn waits_for_approval(app: &App, code: &str) -> Result<CliError, CliError> {
    let mut prepared: Vec<String> = Vec::new();
    for view in app.cycle_events(code).await? {
        if view.event.act.prepares() && !prepared.contains(&view.by) {
            prepared.push(view.by);
        }
    }
    Ok(CliError::new(format!(
        "it waits for the approval of somebody with the role approver who took no part in making the results (so not of {}): that person \
         reads 'merit cycle sheet {code}' and approves with its digest, on the cycle's page, over the API or by 'merit cycle act {code} approve'; \
         then run this again",
        prepared.join(", ")
    )))
}

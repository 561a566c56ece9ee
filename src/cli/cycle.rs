//! `merit cycle`: appraisal cycles.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;

use super::output::{Format, Table, say};
use super::{CliError, Place, appraise, correct, cost, cycle_acts, deadlines, exempt};
use crate::app::{PinnedCycle, RulesChoice, Slice};

#[derive(Subcommand)]
pub(super) enum CycleAction {
    /// Open a cycle; it pins the rules in force on its first day, or with --rules a version or a folder, which is checked and
    /// published from that day on if need be
    Open {
        /// 2023-Q3, 2023-08, 2023-H1 or 2023; any name when --first and --last say the days
        code: String,
        /// First day, for cycles that do not follow the calendar (YYYY-MM-DD)
        #[arg(long, requires = "last")]
        first: Option<NaiveDate>,
        /// Last day, included
        #[arg(long, requires = "first")]
        last: Option<NaiveDate>,
        /// Only prepare it; 'merit cycle act CODE open' opens it
        #[arg(long)]
        draft: bool,
    },
    /// Exempt an agent from a cycle, or lift that
    Exempt(exempt::ExemptArguments),
    /// Exchange the rules that a cycle pinned, while it is not appraised; with --rules for a version or a folder, without for the
    /// rules in force on its first day
    Repin {
        /// The cycle's code
        code: String,
    },
    /// Take the snapshot of the facts; what comes later waits for a correction. Again as often as need be, until the review begins
    Freeze {
        /// The cycle's code
        code: String,
    },
    /// Score from the frozen facts, and from ratings, exemptions and calibrated ratings as they stand now
    Score {
        /// The cycle's code
        code: String,
    },
    /// Take a cycle to its next state: open (a draft), begin_review, calibrate, approve, send_back, publish, begin_appeals, finalise, close, cancel
    Act(cycle_acts::ActArguments),
    /// By when each stage is to be done, and what is overdue; with a calendar or stages, set that
    Deadlines(deadlines::DeadlineArguments),
    /// Show what stands to be approved, with the digest that approves it
    Sheet {
        /// The cycle's code
        code: String,
    },
    /// What a cycle's payouts cost: by unit, plan, card and rating, beside the cycle before
    Cost {
        /// The cycle's code
        code: String,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Show what was done with a cycle
    History {
        /// The cycle's code
        code: String,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Agents of whom something else is known today than what their result was made from
    Late {
        /// The cycle's code
        code: String,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// List cycles
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

pub(super) async fn run(place: &Place, action: CycleAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        CycleAction::Exempt(arguments) => return exempt::run(&app, arguments).await,
        CycleAction::Freeze { code } => appraise::freeze(&app, &code).await?,
        CycleAction::Score { code } => appraise::score(&app, &code).await?,
        CycleAction::Act(arguments) => cycle_acts::act(&app, arguments).await?,
        CycleAction::Deadlines(arguments) => deadlines::run(&app.with_rules_folder(&place.rules), arguments).await?,
        CycleAction::Sheet { code } => cycle_acts::sheet(&app, &code).await?,
        CycleAction::Cost { code, format } => cost::run(&app, &code, format).await?,
        CycleAction::History { code, format } => cycle_acts::history(&app, &code, format).await?,
        CycleAction::Late { code, format } => correct::late(&app, &code, format).await?,
        CycleAction::Open { code, first, last, draft } => {
            let days = first.zip(last);
            let pinned = match draft {
                true => app.draft_cycle(&code, days, choice(place)?).await?,
                false => app.open_cycle_with(&code, days, choice(place)?).await?,
            };
            let PinnedCycle { cycle, rules, .. } = &pinned;
            let (first, last) = (cycle.period.first, cycle.period.last);
            say!("Cycle {code} is {}: {first} to {last}, rules {}.", cycle.state, rules.label());
            print_rules(&pinned);
        }
        CycleAction::Repin { code } => {
            let pinned = app.repin_cycle(&code, choice(place)?).await?;
            say!("Cycle {code} now pins rules {}.", pinned.rules.label());
            print_rules(&pinned);
        }
        CycleAction::List { format } => {
            let mut table = Table::new(&[
                ("code", "Cycle"),
                ("kind", "Kind"),
                ("first_day", "First day"),
                ("last_day", "Last day"),
                ("state", "State"),
                ("ruleset", "Rules"),
            ]);
            for cycle in app.cycles(&Slice::first()).await?.rows {
                table.row([
                    cycle.code.into(),
                    cycle.kind.into(),
                    cycle.period.first.to_string().into(),
                    cycle.period.last.to_string().into(),
                    cycle.state.as_str().into(),
                    cycle.ruleset_hash.into(),
                ]);
            }
            table.print(format)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Which rules a cycle shall pin: those that --rules names, else those in force. The environment's folder is not enough: rules
/// that nobody named or published decide about nobody's pay.
pub(super) fn choice(place: &Place) -> Result<RulesChoice<'_>, CliError> {
    Ok(place.named_rules()?.map_or(RulesChoice::InForce, RulesChoice::Named))
}

/// Says where the rules came from, and what was done for the cycle's sake.
pub(super) fn print_rules(pinned: &PinnedCycle) {
    let PinnedCycle { cycle, rules, published, added } = pinned;
    let in_force = rules.effective_from.map(|day| day.to_string()).unwrap_or_default();
    if let Some(added) = added {
        let kept = if added.new { "were added" } else { "were there already" };
        say!("The folder's rules {kept}, and all {} worked examples hold.", added.check.examples);
    }
    if *published {
        say!("Version {} was published with the cycle, in force from {in_force}.", rules.short_hash());
    } else if rules.effective_from.is_some_and(|day| day > cycle.period.first) {
        say!("They are in force from {in_force} only; the cycle pins them because they were named for it.");
    } else {
        say!("They are in force from {in_force}.");
    }
}

//! The command line: one file a command.

mod appeal;
mod appraise;
mod audit;
mod backup;
mod check;
mod correct;
mod cost;
mod cycle;
mod cycle_acts;
mod deadlines;
mod demo;
mod error;
mod exempt;
mod explanation;
mod facts;
mod fairness;
mod grant;
mod job;
mod judgement;
mod notice;
mod output;
mod progress;
mod pull;
mod quarter;
mod ratings;
mod results;
mod roster;
mod rules;
mod scorecard;
mod serve;
mod settings;
mod sign_in;
mod simulate;
mod source;
mod spread;
mod telemetry;
mod token;
mod upkeep;
mod user;
mod webhook;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub(crate) use error::CliError;

use telemetry::{LogFormat, Order, Telemetry};

use crate::app::{App, Clock, Setting};
use crate::domain::secret::Secret;

/// Scorecards, incentive pay and improvement plans for customer service.
#[derive(Parser)]
#[command(name = "merit", version, propagate_version = true)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    /// How the log on standard error is written
    #[arg(long, env = "MERIT_LOG_FORMAT", value_enum, default_value = "text", global = true)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// Where the data and the rules are.
#[derive(Debug, clap::Args)]
struct Place {
    /// The database: a file (SQLite) or postgres://user:password@host/name
    #[arg(long, env = "MERIT_DATABASE_URL", default_value = "merit.db", global = true, hide_env_values = true)]
    database: Secret,
    /// The folder of the rules; for cycle open, cycle repin and simulate also a version, by name or hash
    #[arg(long, env = "MERIT_RULES", default_value = "scoring-config", global = true)]
    rules: PathBuf,
    /// Whether --rules itself was given, and not only its default or the environment's.
    #[arg(skip)]
    rules_named: bool,
    /// What the command in use was told.
    #[arg(skip)]
    settings: Vec<Setting>,
}

impl Place {
    /// What --rules names, when it was given on the command line: opening a cycle must not take rules that nobody named.
    fn named_rules(&self) -> Result<Option<&str>, CliError> {
        if !self.rules_named {
            return Ok(None);
        }
        let named = self.rules.to_str();
        named.map(Some).ok_or_else(|| CliError::new(format!("--rules: '{}' is not UTF-8", self.rules.display())))
    }

    async fn open(&self) -> Result<App, CliError> {
        Ok(App::open(self.database.expose(), Clock::System).await?)
    }

    /// The database, which must have this version's schema.
    async fn open_current(&self) -> Result<App, CliError> {
        let app = self.open().await?;
        app.require_current_schema().await?;
        Ok(app)
    }
}

#[derive(Subcommand)]
enum Command {
    /// Make a sample company, run a whole quarter, and serve it
    Demo(demo::DemoArguments),
    /// Serve the pages and the API
    Serve(serve::ServeArguments),
    /// Bring the database to this version's schema
    Migrate,
    /// Write a copy of the database, consistent while it is in use, into a new file
    Backup(backup::BackupArguments),
    /// Put a copy made by 'merit backup' in the database's place
    Restore(backup::RestoreArguments),
    /// Check the rules and run their worked examples
    Check(check::CheckArguments),
    /// Show how far chance alone moves identical agents under a card, its cliff, and shrinkage
    Fairness(fairness::FairnessArguments),
    /// Versions of the rules: bring them in, publish, compare
    Rules {
        #[command(subcommand)]
        action: rules::RulesAction,
    },
    /// Units, agents and assignments
    Roster {
        #[command(subcommand)]
        action: roster::RosterAction,
    },
    /// Pull a source's facts
    Pull(pull::PullArguments),
    /// Sources of the rules: last pulled, due next, overdue
    Source {
        #[command(subcommand)]
        action: source::SourceAction,
    },
    /// Facts as they stand, day by day
    Facts {
        #[command(subcommand)]
        action: facts::FactsAction,
    },
    /// What people give their colleagues on the items of a form
    Ratings {
        #[command(subcommand)]
        action: ratings::RatingsAction,
    },
    /// Appraisal cycles
    Cycle {
        #[command(subcommand)]
        action: cycle::CycleAction,
    },
    /// A whole cycle as one command, as far as one person may take it
    Quarter {
        #[command(subcommand)]
        action: quarter::QuarterAction,
    },
    /// Freeze a cycle's facts, score every agent and unit, compute payouts and suggest plans
    Appraise(appraise::CycleArguments),
    /// Recompute a cycle's results from its stored snapshot and rules, and compare byte for byte
    Replay(appraise::CycleArguments),
    /// Say what other rules (--rules) would have made of an appraised cycle: who moves, by how much, what it costs
    Simulate(simulate::SimulateArguments),
    /// Scorecards of a cycle's agents or units, or one with its working
    Scorecard(results::ScorecardArguments),
    /// Payouts of a cycle, or one agent's with its steps
    Payouts(results::ResultArguments),
    /// Appeals of published results: list, assign, decide
    Appeal {
        #[command(subcommand)]
        action: appeal::AppealAction,
    },
    /// Correct final results from roster, leave and facts as they are now
    Correct(correct::CorrectArguments),
    /// The results an agent had in a cycle, and what each changed
    Revisions(correct::RevisionsArguments),
    /// Differences in pay that corrections of other cycles posted in a cycle
    Adjustments(correct::AdjustmentsArguments),
    /// How a cycle's ratings are spread, beside the guidance of each card
    Spread(spread::SpreadArguments),
    /// Improvement plans of a cycle, or one agent's with its objectives
    Plans(results::ResultArguments),
    /// Long work: asked for, watched, cancelled, worked on
    Job {
        #[command(subcommand)]
        action: job::JobAction,
    },
    /// What people and programs are told, and whether it arrived
    Notice {
        #[command(subcommand)]
        action: notice::NoticeAction,
    },
    /// Addresses of programs that are told what happened
    Webhook {
        #[command(subcommand)]
        action: webhook::WebhookAction,
    },
    /// Accounts of people and programs
    User {
        #[command(subcommand)]
        action: user::UserAction,
    },
    /// Who may do what
    Grant {
        #[command(subcommand)]
        action: grant::GrantAction,
    },
    /// Tokens for programs that use the API
    Token {
        #[command(subcommand)]
        action: token::TokenAction,
    },
    /// The audit log: who changed what, and who read pay or other people's results
    Audit {
        #[command(subcommand)]
        action: audit::AuditAction,
    },
    /// Clear away jobs and notices that ended long ago, and old files of exports; 'merit serve' does it every hour
    Upkeep(upkeep::Keeping),
    /// Print the API's description (OpenAPI, YAML)
    Openapi,
}

/// All commands with their arguments, as the command line takes them.
pub fn commands() -> clap::Command {
    Arguments::command()
}

/// Runs the command of this process's arguments.
pub fn main() -> ExitCode {
    let command = commands();
    let matches = command.clone().get_matches();
    let mut arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    arguments.place.rules_named = matches.value_source("rules") == Some(ValueSource::CommandLine);
    arguments.place.settings = settings::of(&command, &matches);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime cannot start: {error}")),
    };
    let telemetry = match start_log(&arguments, runtime.handle()) {
        Ok(telemetry) => telemetry,
        Err(error) => return fail(&error.to_string()),
    };
    let code = match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(error) => fail(&error.to_string()),
    };
    telemetry.end();
    // A job that did not stop in time is not waited for: another worker takes it.
    runtime.shutdown_background();
    code
}

fn fail(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::FAILURE
}

/// Logs go to standard error; a server tells more than a command, unless `RUST_LOG` says otherwise.
fn start_log(arguments: &Arguments, runtime: &tokio::runtime::Handle) -> Result<Telemetry, CliError> {
    let (default_filter, collector) = match &arguments.command {
        Command::Serve(serve) => ("merit=info,warn", serve.collector()),
        Command::Job { action } if action.is_work() => ("merit=info,warn", None),
        _ => ("warn", None),
    };
    Telemetry::start(&Order { format: arguments.log_format, default_filter, collector }, runtime)
}

async fn run(arguments: Arguments) -> Result<ExitCode, CliError> {
    let place = &arguments.place;
    match arguments.command {
        Command::Demo(demo) => demo::run(place, demo).await,
        Command::Serve(serve) => serve::run(place, serve).await,
        Command::Migrate => serve::migrate(place).await,
        Command::Backup(backup) => backup::run(place, backup).await,
        Command::Restore(restore) => backup::restore(place, restore).await,
        Command::Check(check) => check::run(place, check).await,
        Command::Fairness(order) => fairness::run(place, order),
        Command::Rules { action } => rules::run(place, action).await,
        Command::Roster { action } => roster::run(place, action).await,
        Command::Pull(pull) => pull::run(place, pull).await,
        Command::Source { action } => source::run(place, action).await,
        Command::Facts { action } => facts::run(place, action).await,
        Command::Ratings { action } => ratings::run(place, action).await,
        Command::Cycle { action } => cycle::run(place, action).await,
        Command::Quarter { action } => quarter::run(place, action).await,
        Command::Appraise(cycle) => appraise::run(place, cycle).await,
        Command::Replay(cycle) => appraise::replay(place, cycle).await,
        Command::Simulate(simulation) => simulate::run(place, simulation).await,
        Command::Scorecard(which) => results::scorecards(place, which).await,
        Command::Payouts(which) => results::payouts(place, which).await,
        Command::Appeal { action } => appeal::run(place, action).await,
        Command::Correct(arguments) => correct::run(place, arguments).await,
        Command::Revisions(arguments) => correct::revisions(place, arguments).await,
        Command::Adjustments(arguments) => correct::adjustments(place, arguments).await,
        Command::Spread(which) => spread::run(place, which).await,
        Command::Plans(which) => results::plans(place, which).await,
        Command::Job { action } => job::run(place, action).await,
        Command::Notice { action } => notice::run(place, action).await,
        Command::Webhook { action } => webhook::run(place, action).await,
        Command::User { action } => user::run(place, action).await,
        Command::Grant { action } => grant::run(place, action).await,
        Command::Token { action } => token::run(place, action).await,
        Command::Audit { action } => audit::run(place, action).await,
        Command::Upkeep(keeping) => upkeep::run(place, keeping).await,
        Command::Openapi => serve::openapi(),
    }
}

//! Opening a cycle: its days, and the rules it pins.

use std::path::Path;

use chrono::NaiveDate;

use super::rules::Reference;
use super::{AddedRules, App, AppError, Change};
use crate::app::refusal::Why;
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::domain::cycle::CycleState;
use crate::domain::period::{CycleKind, Period};
use crate::domain::version::VersionState;
use crate::store::{Cycle, NewCycle, RuleVersion, Run, ShownRun};

/// Longest code of a cycle, in bytes.
const LONGEST_CODE: usize = 64;

/// Which rules a cycle pins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulesChoice<'a> {
    /// Those in force on the cycle's first day.
    InForce,
    /// A version by its name or digits of its hash, or a folder.
    Named(&'a str),
    /// A version by its name or digits of its hash; never a folder, for whoever asks from elsewhere.
    Version(&'a str),
    /// Those in a folder as they are now.
    Folder(&'a Path),
}

/// A cycle with the rules it pinned.
#[derive(Debug)]
pub struct PinnedCycle {
    pub cycle: Cycle,
    pub rules: RuleVersion,
    /// Whether the rules were published for this cycle, or moved to its first day, in the same step.
    pub published: bool,
    /// What was brought in, when the rules were those of a folder.
    pub added: Option<AddedRules>,
}

/// Rules chosen for a cycle.
struct Chosen {
    version: RuleVersion,
    /// Named for this cycle, so that they are published with it if need be.
    named: bool,
    added: Option<AddedRules>,
}

impl App {
    /// Opens a cycle and pins the rules in `rules_dir` as they are now. Without `days`, the code says them.
    pub async fn open_cycle(
        &self,
        code: &str,
        days: Option<(NaiveDate, NaiveDate)>,
        rules_dir: &Path,
    ) -> Result<Cycle, AppError> {
        Ok(self.open_cycle_with(code, days, RulesChoice::Folder(rules_dir)).await?.cycle)
    }

    /// Opens a cycle and pins the chosen rules. Without `days`, the code says them. Rules that were named are checked and
    /// published from the cycle's first day on in the same step, when they are not yet in force by then.
    pub async fn open_cycle_with(
        &self,
        code: &str,
        days: Option<(NaiveDate, NaiveDate)>,
        choice: RulesChoice<'_>,
    ) -> Result<PinnedCycle, AppError> {
        self.make_cycle(code, days, choice, false).await
    }

    /// As [`App::open_cycle_with`], for a cycle that is opened by an act of its own, once it is prepared.
    pub async fn draft_cycle(
        &self,
        code: &str,
        days: Option<(NaiveDate, NaiveDate)>,
        choice: RulesChoice<'_>,
    ) -> Result<PinnedCycle, AppError> {
        self.make_cycle(code, days, choice, true).await
    }

    async fn make_cycle(
        &self,
        code: &str,
        days: Option<(NaiveDate, NaiveDate)>,
        choice: RulesChoice<'_>,
        draft: bool,
    ) -> Result<PinnedCycle, AppError> {
        self.require(Act::ManageCycles)?;
        let unclear = || Why::CycleCodeUnclear { code: code.to_owned() };
        if code.is_empty() || code.len() > LONGEST_CODE || code.chars().any(|c| c.is_control() || "/\\?#%".contains(c))
        {
            return Err(AppError::invalid(format!(
                "code: write 1 to {LONGEST_CODE} characters, without /, \\, ?, # and %, such as 2026-Q3"
            ))
            .because(unclear()));
        }
        let (kind, period) = match days {
            Some((first, last)) => (CycleKind::Custom, Period::new(first, last)),
            None => {
                let (kind, period) =
                    Period::of_code(code).map_err(|error| AppError::invalid(error.to_string()).because(unclear()))?;
                (kind, Ok(period))
            }
        };
        let period = period.map_err(|error| AppError::invalid(error.to_string()))?;
        let chosen = self.choose(choice, code, period.first).await?;
        let cycle = NewCycle {
            public_id: self.clock.new_id(),
            code: code.to_owned(),
            kind: kind.as_str().to_owned(),
            period,
            ruleset_hash: chosen.version.hash.clone(),
            draft,
        };
        let act = if draft { "cycle.draft" } else { "cycle.open" };
        let change = Change::new(act, "cycle", code).after(Digest::from_hex(&cycle.ruleset_hash));
        let store = self.recorded(change.detail(format_args!("{} to {}", period.first, period.last)));
        let cycle = match chosen.named {
            true => store.open_cycle_publishing(&cycle, self.clock.now()).await,
            false => store.open_cycle(&cycle).await,
        };
        let cycle = cycle.map_err(AppError::as_things_stand)?;
        self.pinned(cycle, chosen).await
    }

    /// Exchanges the rules that a cycle pinned, while it is not appraised.
    pub async fn repin_cycle(&self, code: &str, choice: RulesChoice<'_>) -> Result<PinnedCycle, AppError> {
        self.require(Act::ManageCycles)?;
        let cycle = self.cycle(code).await?;
        let chosen = self.choose(choice, code, cycle.period.first).await?;
        let now = self.clock.now();
        let change = Change::new("cycle.repin", "cycle", code).before(Digest::from_hex(&cycle.ruleset_hash));
        let store = self.recorded(change.after(Digest::from_hex(&chosen.version.hash)));
        let cycle = store.repin_cycle(code, &chosen.version.hash, chosen.named.then_some(now), now).await?;
        self.pinned(cycle, chosen).await
    }

    async fn choose(&self, choice: RulesChoice<'_>, code: &str, first_day: NaiveDate) -> Result<Chosen, AppError> {
        match choice {
            RulesChoice::InForce => {
                let version = self.store.rules_in_force(first_day).await?.ok_or_else(|| {
                    AppError::refused(format!(
                        "no rules are in force on {first_day}, the first day of cycle {code}: publish a version with 'merit rules \
                         publish', or name a folder with --rules to check and publish its rules now"
                    )).because(Why::NoRulesInForce { first: first_day })
                })?;
                Ok(Chosen { version, named: false, added: None })
            }
            RulesChoice::Named(text) => match self.rules_named(text).await? {
                Reference::Version(version) => Ok(Chosen { version, named: true, added: None }),
                Reference::Folder(folder) => self.choose_folder(&folder).await,
            },
            RulesChoice::Version(text) => {
                Ok(Chosen { version: self.rule_version(text).await?, named: true, added: None })
            }
            RulesChoice::Folder(folder) => self.choose_folder(folder).await,
        }
    }

    async fn choose_folder(&self, folder: &Path) -> Result<Chosen, AppError> {
        let added = self.add_rules(folder, None, None).await?;
        if added.version.state == VersionState::Draft {
            return Err(AppError::Rules(added.check.problems));
        }
        Ok(Chosen { version: added.version.clone(), named: true, added: Some(added) })
    }

    /// The cycle with its rules as they stand now.
    async fn pinned(&self, cycle: Cycle, chosen: Chosen) -> Result<PinnedCycle, AppError> {
        let rules = self.rule_version(&cycle.ruleset_hash).await?;
        if cycle.state != CycleState::Draft {
            self.freeze_benchmarks(&cycle, &self.pinned_rules(&cycle.ruleset_hash).await?).await?;
        }
        let published = chosen.version.effective_from != rules.effective_from;
        Ok(PinnedCycle { cycle, rules, published, added: chosen.added })
    }

    /// The cycle of this code.
    pub async fn cycle(&self, code: &str) -> Result<Cycle, AppError> {
        self.require(Act::ReadOrganisation)?;
        let cycle = self.store.cycle_by_code(code).await?;
        cycle.ok_or_else(|| {
            AppError::NotFound(format!(
                "there is no cycle '{code}'; 'merit cycle list' shows them, 'merit cycle open' makes one"
            ))
        })
    }

    /// The run that the cycle of this code shows, by one query where there is one.
    pub(super) async fn shown_run(&self, code: &str) -> Result<ShownRun, AppError> {
        self.require(Act::ReadOrganisation)?;
        if let Some(shown) = self.store.shown_run(code).await? {
            return Ok(shown);
        }
        let cycle = self.cycle(code).await?;
        Ok(ShownRun { run: self.current_run(&cycle).await?, state: cycle.state, revised: false })
    }

    /// The run whose results the cycle shows.
    pub(super) async fn current_run(&self, cycle: &Cycle) -> Result<Run, AppError> {
        let command = if cycle.state == CycleState::Frozen { "cycle score" } else { "appraise" };
        let not_yet =
            || AppError::NotFound(format!("cycle {0} has no results yet: run 'merit {command} {0}'", cycle.code));
        let id = cycle.current_run_id.ok_or_else(not_yet)?;
        self.store.run(id).await?.ok_or_else(not_yet)
    }
}

//! Whatever people do with a cycle in whatever order, what must always be true stays true.

use merit::app::{App, AppError, CycleOrder, ExemptionOrder, RatingDecision, RatingProposal, Slice, Wanted};
use merit::domain::agent_result::ResultState;
use merit::domain::appraisal::{CalibrationReason, ExemptionReason};
use merit::domain::authority::Role;
use merit::domain::cycle::{CycleAct, CycleState};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::reviews::person;
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{acting, after_all_windows};
use crate::support::engines::Database;
use crate::support::server::token_for;

/// Something that somebody tries; `who` is a place in [`People`].
#[derive(Debug, Clone)]
enum Step {
    /// What usually comes next.
    Next {
        who: usize,
    },
    Act {
        who: usize,
        act: CycleAct,
        fresh: bool,
    },
    Compute {
        who: usize,
        act: CycleAct,
    },
    Exempt {
        who: usize,
    },
    Lift {
        who: usize,
    },
    Propose {
        who: usize,
    },
    Decide {
        who: usize,
        confirm: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..4_usize;
    let act = prop::sample::select(
        CycleAct::ALL
            .into_iter()
            .filter(|act| !matches!(act, CycleAct::Open | CycleAct::Freeze | CycleAct::Score | CycleAct::Appraise))
            .collect::<Vec<_>>(),
    );
    let computing = prop::sample::select(vec![CycleAct::Freeze, CycleAct::Score, CycleAct::Appraise]);
    prop_oneof![
        // Often enough that most walks get far.
        12 => who.clone().prop_map(|who| Step::Next { who }),
        4 => (who.clone(), act, prop::bool::weighted(0.8)).prop_map(|(who, act, fresh)| Step::Act { who, act, fresh }),
        2 => (who.clone(), computing).prop_map(|(who, act)| Step::Compute { who, act }),
        1 => who.clone().prop_map(|who| Step::Exempt { who }),
        1 => who.clone().prop_map(|who| Step::Lift { who }),
        1 => who.clone().prop_map(|who| Step::Propose { who }),
        2 => (who, any::<bool>()).prop_map(|(who, confirm)| Step::Decide { who, confirm }),
    ]
}

impl Step {
    /// What it comes to as the cycle stands.
    fn in_state(self, state: CycleState) -> Self {
        let Self::Next { who } = self else { return self };
        let act = match state {
            CycleState::Draft | CycleState::Open => return Self::Compute { who, act: CycleAct::Freeze },
            CycleState::Frozen => return Self::Compute { who, act: CycleAct::Score },
            CycleState::Scored => CycleAct::BeginReview,
            CycleState::InReview => CycleAct::Calibrate,
            CycleState::Calibrated => CycleAct::Approve,
            CycleState::Approved => CycleAct::Publish,
            CycleState::Published => CycleAct::BeginAppeals,
            CycleState::Appeal => CycleAct::Finalise,
            CycleState::Final | CycleState::Closed | CycleState::Cancelled => CycleAct::Close,
        };
        Self::Act { who, act, fresh: true }
    }
}

/// Two of HR, an approver, and one who is both.
struct People {
    app: App,
    all: [App; 4],
    agent: App,
    database: Database,
}

/// What the walk has seen.
#[derive(Default)]
struct Seen {
    /// The last sheet that somebody was shown.
    digest: Option<String>,
    /// What was published: score and rating of everybody.
    published: Option<Vec<(String, Option<String>)>>,
}

async fn people(app: &App, database: Database) -> People {
    let both = token_for(app, "both", &[(Role::Hr, None, true), (Role::Approver, None, true)]).await;
    People {
        all: [
            acting(app, "hr", Role::Hr).await,
            acting(app, "hr-2", Role::Hr).await,
            acting(app, "chief", Role::Approver).await,
            app.acting_as(app.bearer(&both).await.unwrap().unwrap()),
        ],
        agent: person(app, "E001", None).await,
        app: app.clone(),
        database,
    }
}

async fn state(app: &App) -> CycleState {
    app.cycle(FIRST_QUARTER).await.unwrap().state
}

impl People {
    /// Tries the step; the state it should lead to when it is done.
    async fn take(&self, step: &Step, seen: &mut Seen) -> (Result<(), AppError>, Option<CycleAct>) {
        let exempting = ExemptionOrder { cycle: FIRST_QUARTER, employee_number: "E002", by: None };
        match step {
            Step::Next { .. } => (Ok(()), None),
            Step::Act { who, act, fresh } => {
                if *fresh && let Ok(shown) = self.all[*who].approval_sheet(FIRST_QUARTER).await {
                    seen.digest = Some(shown.digest);
                }
                let digest = seen.digest.as_deref();
                let order = CycleOrder { cycle: FIRST_QUARTER, act: *act, reason: Some("so it came"), digest };
                let app = match act {
                    CycleAct::Finalise => &after_all_windows(&self.all[*who]),
                    _ => &self.all[*who],
                };
                (app.act_on_cycle(order).await.map(drop), Some(*act))
            }
            Step::Compute { who, act } => {
                let app = &self.all[*who];
                let done = match act {
                    CycleAct::Freeze => app.freeze(FIRST_QUARTER, &|_| {}).await.map(drop),
                    CycleAct::Score => app.score(FIRST_QUARTER, &|_| {}).await.map(drop),
                    _ => app.appraise(FIRST_QUARTER, &|_| {}).await.map(drop),
                };
                (done, Some(*act))
            }
            Step::Exempt { who } => (self.all[*who].exempt(exempting, ExemptionReason::Secondment, "").await, None),
            Step::Lift { who } => (self.all[*who].lift_exemption(exempting).await, None),
            Step::Propose { who } => {
                let (rating, comment) = ("C", "as they agreed");
                let reason = CalibrationReason::PeerConsistency;
                let proposal =
                    RatingProposal { cycle: FIRST_QUARTER, employee_number: "E001", rating, reason, comment };
                (self.all[*who].propose_rating(proposal).await.map(drop), None)
            }
            Step::Decide { who, confirm } => {
                let Ok(page) = self.app.calibrations(FIRST_QUARTER, &Slice::first(), None).await else {
                    return (Ok(()), None);
                };
                let Some(last) = page.rows.last() else { return (Ok(()), None) };
                let decision = if *confirm { RatingDecision::Confirm } else { RatingDecision::Withdraw };
                let id = last.calibration.public_id;
                (self.all[*who].decide_rating(FIRST_QUARTER, id, decision, "so it came").await.map(drop), None)
            }
        }
    }

    /// Score and rating of everybody, as HR sees them; nothing without results.
    async fn results(&self) -> Option<Vec<(String, Option<String>)>> {
        let page = self.app.scorecards(FIRST_QUARTER, &Slice::first(), &Wanted::default()).await.ok()?;
        Some(page.rows.into_iter().map(|row| (format!("{:?}", row.printed), row.rating)).collect())
    }

    async fn hold(&self, seen: &mut Seen, step: &Step) {
        let (cycle, events) =
            (self.app.cycle(FIRST_QUARTER).await.unwrap(), self.app.cycle_events(FIRST_QUARTER).await.unwrap());
        // The events tell the way that was gone.
        for pair in events.windows(2) {
            assert_eq!(pair[0].event.to, pair[1].event.from, "{step:?}");
        }
        assert_eq!(events.last().map_or(CycleState::Open, |last| last.event.to), cycle.state);
        // Nobody approves what they prepared, nor anything but what was shown. Who approved what was sent back may prepare
        // it the next time, and then does not approve it again.
        for (at, approval) in events.iter().enumerate().filter(|(_, view)| view.event.act == CycleAct::Approve) {
            let of_this = events[..at].iter().filter(|view| view.event.run_id == approval.event.run_id);
            let mut prepared = of_this.filter(|view| view.event.act.prepares());
            assert!(prepared.all(|view| view.event.by != approval.event.by), "{step:?}");
            assert!(
                events.iter().any(|view| {
                    view.event.act == CycleAct::Calibrate && view.event.digest == approval.event.digest
                })
            );
        }
        // Agents see what is published, and nothing before.
        let sees = self.agent.scorecard(FIRST_QUARTER, "E001").await.is_ok();
        assert_eq!(sees, cycle.state.is_published(), "{step:?} in {}", cycle.state);
        // What was published stays.
        if cycle.state.is_published() {
            let results = self.results().await;
            assert_eq!(*seen.published.get_or_insert_with(|| results.clone().unwrap()), results.unwrap(), "{step:?}");
        }
        // Each result stands where the cycle is.
        let standing = self.app.agent_results(FIRST_QUARTER, &Slice::first(), None, None).await;
        let standing: Vec<ResultState> =
            standing.map(|page| page.rows.iter().map(|row| row.state).collect()).unwrap_or_default();
        let allowed: &[ResultState] = match cycle.state {
            CycleState::InReview => ResultState::COMPUTED,
            CycleState::Calibrated | CycleState::Approved => &[ResultState::Calibrated],
            CycleState::Published | CycleState::Appeal => &[ResultState::Published],
            CycleState::Final | CycleState::Closed => &[ResultState::Final],
            _ => &[],
        };
        assert!(standing.iter().all(|state| allowed.contains(state)), "{step:?}: {standing:?} in {}", cycle.state);
        assert_eq!(standing.is_empty(), allowed.is_empty(), "{step:?} in {}", cycle.state);
        self.database.assert_counted().await;
    }
}

async fn walk(steps: Vec<Step>) {
    let company = Company::new(2);
    let database = Database::sqlite(&company.path("merit.db"));
    let app = company.load(&database.url).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    let people = people(&app, database).await;
    let mut seen = Seen::default();
    for step in steps {
        let before = state(&app).await;
        let step = &step.in_state(before);
        let (done, act) = people.take(step, &mut seen).await;
        let after = state(&app).await;
        match (&done, act) {
            (Ok(()), Some(act)) => {
                // Done again by who did it last, it changes nothing.
                assert!(before.after(act) == Some(after) || before == after, "{step:?}: {before} to {after}");
            }
            (Err(error), _) => {
                assert_eq!(before, after, "{step:?} was refused");
                let answered = matches!(
                    error,
                    AppError::Refused(_)
                        | AppError::Forbidden(_)
                        | AppError::Changed(_)
                        | AppError::NotFound(_)
                        | AppError::Invalid(_)
                        | AppError::Conflict(_)
                        | AppError::Store(_)
                );
                assert!(answered, "{step:?}: {error:?}");
            }
            (Ok(()), None) => assert_eq!(before, after, "{step:?}"),
        }
        people.hold(&mut seen, step).await;
    }
    assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().faults, 0);
    if app.cycle(FIRST_QUARTER).await.unwrap().current_run_id.is_some() {
        assert!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differences.is_empty());
    }
}

#[test]
fn random_walks_keep_what_must_be_true() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // A walk takes a second: few each time, many where somebody asks for them.
    let cases = std::env::var("MERIT_WALKS").map_or(24, |walks| walks.parse().unwrap());
    let config = Config { cases, max_shrink_iters: 40, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&prop::collection::vec(step(), 10..60), |steps| {
            runtime.block_on(walk(steps));
            Ok(())
        })
        .unwrap();
}

/// A walk that chance found: who approved prepares what came back.
#[test]
fn who_approved_may_prepare_what_was_sent_back() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (hr, both) = (0, 3);
    let act = |who, act| Step::Act { who, act, fresh: true };
    let mut steps: Vec<Step> = (0..4).map(|_| Step::Next { who: hr }).collect();
    steps.extend([
        Step::Next { who: both },
        act(hr, CycleAct::SendBack),
        act(both, CycleAct::Calibrate),
        act(both, CycleAct::Approve),
    ]);
    runtime.block_on(walk(steps));
}

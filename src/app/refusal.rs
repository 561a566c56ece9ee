//! Why a use case refused, in the terms that pages say it in: a stable code with what belongs in the sentence. The text beside it is for logs, programs
//! and the command line.

use std::fmt;
use std::ops::Deref;

use chrono::NaiveDate;

use crate::domain::agent_result::ResultState;
use crate::domain::appeal::AppealState;
use crate::domain::cycle::{CycleAct, CycleState};
use crate::domain::deadline::Stage;
use crate::domain::judgement::RaterGroup;

/// Something that belongs in the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    Text(String),
    Count(i64),
    Day(NaiveDate),
    Cycle(CycleState),
    Cycles(Vec<CycleState>),
    Act(CycleAct),
    Result(ResultState),
    Appeal(AppealState),
    Stage(Stage),
    Group(RaterGroup),
}

/// Declares each reason with what belongs in its sentence; so that no page can lack words for one, their names are listed.
macro_rules! reasons {
    ($($variant:ident $code:literal { $($field:ident: $kind:ident($inner:ty)),* })*) => {
        /// A reason that pages have words for.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Why {
            $($variant { $($field: $inner),* },)*
        }

        impl Why {
            /// All codes, each with the names of what belongs in its sentence.
            pub const CODES: &[(&'static str, &[&'static str])] = &[$(($code, &[$(stringify!($field)),*]),)*];

            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $code,)*
                }
            }

            /// What belongs in the sentence, by name.
            pub fn details(&self) -> Vec<(&'static str, Detail)> {
                match self {
                    $(Self::$variant { $($field),* } => vec![$((stringify!($field), Detail::$kind($field.clone()))),*],)*
                }
            }
        }
    };
}

reasons! {
    ReasonNeeded "why-reason-needed" {}
    ProposalsUndecided "why-proposals-undecided" { open: Count(i64) }
    ScoreAgain "why-score-again" {}
    PreparedIt "why-prepared-it" { name: Text(String), act: Act(CycleAct) }
    DigestMissing "why-digest-missing" {}
    OtherStands "why-other-stands" {}
    LongWork "why-long-work" { act: Act(CycleAct) }
    CycleState "why-cycle-state" { state: Cycle(CycleState), act: Act(CycleAct), from: Cycles(Vec<CycleState>) }
    ResultState "why-result-state" { number: Text(String), state: Result(ResultState) }
    NotInReview "why-not-in-review" { state: Cycle(CycleState) }
    OpenAppeals "why-open-appeals" { open: Count(i64) }
    NothingToPublish "why-nothing-to-publish" {}
    Unpublished "why-unpublished" { results: Count(i64) }
    NotRevisable "why-not-revisable" { state: Cycle(CycleState) }
    NotPostable "why-not-postable" {}
    HoldsAdjustments "why-holds-adjustments" { adjustments: Count(i64) }
    AppealState "why-appeal-state" { state: Appeal(AppealState) }
    TooMuchEvidence "why-too-much-evidence" { most: Count(i64) }
    ResultsAreOut "why-results-are-out" {}
    CycleOverlaps "why-cycle-overlaps" { first: Day(NaiveDate), last: Day(NaiveDate), other: Text(String) }
    ChangedMeanwhile "why-changed-meanwhile" {}
    RosterChanged "why-roster-changed" {}
    FiguresChanged "why-figures-changed" {}
    SheetName "why-sheet-name" { most: Count(i64) }
    SheetIsSource "why-sheet-is-source" { name: Text(String) }
    SheetWithoutRules "why-sheet-without-rules" {}
    TooManyRows "why-too-many-rows" { most: Count(i64) }
    NothingTaken "why-nothing-taken" {}
    AlreadyExempt "why-already-exempt" { by: Text(String) }
    AppealUntil "why-appeal-until" { last: Day(NaiveDate) }
    NothingDue "why-nothing-due" { state: Cycle(CycleState) }
    DaysOutOfRange "why-days-out-of-range" { stage: Stage(Stage), days: Count(i64), most: Count(i64) }
    CalendarUnknown "why-calendar-unknown" { calendar: Text(String), known: Text(String) }
    NoRulesFolder "why-no-rules-folder" {}
    CalendarStays "why-calendar-stays" {}
    DaysOnlyLonger "why-days-only-longer" { was: Count(i64), stage: Stage(Stage) }
    NotApproved "why-not-approved" { state: Cycle(CycleState) }
    OtherApproved "why-other-approved" {}
    NoScore "why-no-score" { number: Text(String) }
    NotABand "why-not-a-band" { rating: Text(String), bands: Text(String) }
    SameRating "why-same-rating" { rating: Text(String) }
    OtherProposal "why-other-proposal" { number: Text(String) }
    OwnProposal "why-own-proposal" {}
    ProposalDecided "why-proposal-decided" {}
    OwnRating "why-own-rating" {}
    CalibratedInReview "why-calibrated-in-review" { state: Cycle(CycleState) }
    WordsNeeded "why-words-needed" {}
    TooLong "why-too-long" { most: Count(i64) }
    OnlyAskedDecline "why-only-asked-decline" { number: Text(String) }
    DeclinedBefore "why-declined-before" {}
    Incomplete "why-incomplete" { missing: Count(i64) }
    RatersCount "why-raters-count" { most: Count(i64) }
    GroupNotJudged "why-group-not-judged" { number: Text(String), group: Group(RaterGroup) }
    RatersUnknown "why-raters-unknown" { who: Text(String) }
    RatingStays "why-rating-stays" {}
    NoLongerAppealed "why-no-longer-appealed" { state: Cycle(CycleState) }
    AppealTimeOver "why-appeal-time-over" { last: Day(NaiveDate) }
    NoLine "why-no-line" { line: Text(String) }
    NoDecider "why-no-decider" { login: Text(String) }
    TakeOverFirst "why-take-over-first" {}
    DeciderOutside "why-decider-outside" { name: Text(String) }
    DeciderIsAgent "why-decider-is-agent" { name: Text(String) }
    DeciderReviewed "why-decider-reviewed" { name: Text(String) }
    DeciderScored "why-decider-scored" { name: Text(String) }
    SameResult "why-same-result" {}
    OtherEngine "why-other-engine" {}
    FileName "why-file-name" { most: Count(i64) }
    FileEmpty "why-file-empty" {}
    FileTooLarge "why-file-too-large" { most: Count(i64) }
    FileUnknown "why-file-unknown" {}
    FileOtherName "why-file-other-name" { name: Text(String), found: Text(String), endings: Text(String) }
    FileNotUtf8 "why-file-not-utf8" { line: Count(i64) }
    FileHoldsNul "why-file-holds-nul" { line: Count(i64) }
    FileNotCsv "why-file-not-csv" {}
    WorkbookUnreadable "why-workbook-unreadable" {}
    RatingsOver "why-ratings-over" { code: Text(String), state: Cycle(CycleState) }
    NoColumn "why-no-column" { name: Text(String), there: Text(String) }
    CorrectionReason "why-correction-reason" { most: Count(i64) }
    NotFinal "why-not-final" { state: Cycle(CycleState) }
    PostingPublished "why-posting-published" { code: Text(String), state: Cycle(CycleState) }
    UnitNotThen "why-unit-not-then" {}
    NoResultThere "why-no-result-there" {}
    OtherNeedsNote "why-other-needs-note" {}
    ChoosePeople "why-choose-people" { most: Count(i64) }
    JobEnded "why-job-ended" {}
    NoticeSent "why-notice-sent" {}
    NoticeGone "why-notice-gone" {}
    KindsNeeded "why-kinds-needed" {}
    ProgramNotWritten "why-program-not-written" { login: Text(String) }
    SmallerUnit "why-smaller-unit" { most: Count(i64) }
    SelfGrant "why-self-grant" {}
    DisableSelf "why-disable-self" {}
    NotAnAgent "why-not-an-agent" { login: Text(String) }
    GrantBackwards "why-grant-backwards" {}
    CycleCodeUnclear "why-cycle-code-unclear" { code: Text(String) }
    NoRulesInForce "why-no-rules-in-force" { first: Day(NaiveDate) }
    CycleExists "why-cycle-exists" { code: Text(String) }
    NoFileChosen "why-no-file-chosen" {}
    NoteWithoutLevel "why-note-without-level" {}
    NoVerdict "why-no-verdict" {}
}

/// Why something was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    text: String,
    why: Option<Box<Why>>,
}

impl Refusal {
    /// With the reason as pages say it.
    #[must_use]
    pub fn because(text: impl Into<String>, why: Why) -> Self {
        Self { text: text.into(), why: Some(Box::new(why)) }
    }

    /// Where pages have words for it.
    pub fn why(&self) -> Option<&Why> {
        self.why.as_deref()
    }

    pub(super) fn with(self, why: Why) -> Self {
        Self { why: Some(Box::new(why)), ..self }
    }
}

impl Deref for Refusal {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<String> for Refusal {
    fn from(text: String) -> Self {
        Self { text, why: None }
    }
}

impl From<&str> for Refusal {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// A text with more characters than are kept.
pub(super) fn too_long(most: usize) -> Why {
    Why::TooLong { most: i64::try_from(most).unwrap_or(i64::MAX) }
}

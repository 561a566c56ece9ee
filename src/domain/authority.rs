//! Who may do what: roles, acts, and how far a role reaches with each act. Every decision of the service comes from the table here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::cycle::CycleState;

/// What somebody is to the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Supervisor,
    Hr,
    Approver,
    Payroll,
    Auditor,
    Admin,
}

/// One thing that can be done. Every use case names exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The tree of units and the list of cycles.
    ReadOrganisation,
    ReadRules,
    /// People on the roster with their assignments, without what they are paid.
    ReadPeople,
    /// Scorecards, their spread, improvement plans, exemptions.
    ReadResults,
    /// Payouts, target incentives, what a cycle costs.
    ReadPay,
    /// Pulls, and the rows they set aside.
    ReadPulls,
    ReadAudit,
    /// Recomputing a past result.
    Replay,
    Simulate,
    Pull,
    ManageRoster,
    ManageRatings,
    ManageRules,
    ManageCycles,
    Appraise,
    /// Reviewing the people one leads.
    Review,
    /// Asking people for their rating of somebody.
    InviteRaters,
    /// What somebody does about results of their own: assesses themselves, rates colleagues when asked, acknowledges, appeals.
    Respond,
    /// Proposing another rating than the calculated one.
    ProposeRating,
    /// Deciding about proposed ratings.
    Calibrate,
    DecideAppeals,
    /// New revisions of final results.
    Correct,
    /// Approving what others prepared, or sending it back.
    Approve,
    /// Accounts, grants, tokens.
    ManageAccess,
    /// What people and programs are told, and where programs are told it.
    ManageNotices,
    /// Upkeep of the database: sums of facts, retention.
    Maintain,
}

/// How far a role reaches with an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    No,
    /// What is about the person itself.
    Own,
    /// The grant's unit and everything below it.
    Units,
    /// As `Units`, when the grant says that it is with pay.
    UnitsWithPay,
    /// Only by a grant over the whole organisation.
    Whole,
    /// It is about nobody in particular.
    Always,
}

/// A role given to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    /// The unit it is for, with everything below; `None` for the whole organisation.
    pub unit: Option<i64>,
    /// Whether pay may be seen where the role alone does not say so.
    pub with_pay: bool,
}

/// Whom an act may be about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reach {
    /// Everybody.
    pub everything: bool,
    /// These units, with everything below them.
    pub units: BTreeSet<i64>,
    /// This agent.
    pub agent: Option<i64>,
}

impl Reach {
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Whether it holds all that the other does, unit by unit as they are named.
    pub fn covers(&self, other: &Self) -> bool {
        let agent = other.agent.is_none() || other.agent == self.agent;
        self.everything || (!other.everything && agent && other.units.is_subset(&self.units))
    }

    pub fn is_nothing(&self) -> bool {
        !self.everything && self.units.is_empty() && self.agent.is_none()
    }
}

impl Role {
    pub const ALL: [Self; 7] =
        [Self::Agent, Self::Supervisor, Self::Hr, Self::Approver, Self::Payroll, Self::Auditor, Self::Admin];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Hr => "hr",
            Self::Approver => "approver",
            Self::Payroll => "payroll",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether the role sees results of a cycle in this state: agents see what is published, payroll what is final.
    pub fn sees(self, state: CycleState) -> bool {
        match self {
            Self::Agent => state.is_published(),
            Self::Payroll => state.is_final(),
            Self::Supervisor | Self::Hr | Self::Approver | Self::Auditor | Self::Admin => true,
        }
    }

    /// The table: what each role may do, and about whom.
    fn extent(self, act: Act) -> Extent {
        match self {
            Self::Agent => match act {
                Act::ReadOrganisation | Act::ReadRules => Extent::Always,
                Act::ReadPeople | Act::ReadResults | Act::ReadPay | Act::Respond => Extent::Own,
                _ => Extent::No,
            },
            Self::Supervisor => match act {
                Act::ReadOrganisation | Act::ReadRules => Extent::Always,
                Act::ReadPeople | Act::ReadResults | Act::Review | Act::InviteRaters | Act::ProposeRating => {
                    Extent::Units
                }
                Act::ReadPay => Extent::UnitsWithPay,
                _ => Extent::No,
            },
            Self::Hr => match act {
                Act::ReadOrganisation | Act::ReadRules => Extent::Always,
                Act::ReadPeople
                | Act::ReadResults
                | Act::InviteRaters
                | Act::ProposeRating
                | Act::Calibrate
                | Act::DecideAppeals => Extent::Units,
                Act::ReadPay => Extent::UnitsWithPay,
                Act::ReadPulls
                | Act::Replay
                | Act::Simulate
                | Act::Pull
                | Act::ManageRoster
                | Act::ManageRatings
                | Act::ManageRules
                | Act::ManageCycles
                | Act::Appraise
                | Act::Correct => Extent::Whole,
                Act::Review
                | Act::Respond
                | Act::ReadAudit
                | Act::Approve
                | Act::ManageAccess
                | Act::ManageNotices
                | Act::Maintain => Extent::No,
            },
            Self::Approver => match act {
                Act::ReadOrganisation | Act::ReadRules => Extent::Always,
                Act::ReadPeople | Act::ReadResults | Act::ReadPay | Act::Calibrate => Extent::Units,
                Act::Approve => Extent::Whole,
                _ => Extent::No,
            },
            Self::Payroll => match act {
                Act::ReadOrganisation => Extent::Always,
                Act::ReadPay => Extent::Units,
                _ => Extent::No,
            },
            Self::Auditor => match act {
                Act::ReadOrganisation | Act::ReadRules => Extent::Always,
                Act::ReadPeople | Act::ReadResults | Act::ReadPay => Extent::Units,
                Act::ReadPulls | Act::ReadAudit | Act::Replay => Extent::Whole,
                _ => Extent::No,
            },
            Self::Admin => match act {
                Act::ReadOrganisation | Act::ReadRules => Extent::Always,
                Act::ReadPeople => Extent::Units,
                Act::ReadPay => Extent::UnitsWithPay,
                Act::ReadPulls
                | Act::Pull
                | Act::ManageRoster
                | Act::ManageRules
                | Act::ManageAccess
                | Act::ManageNotices
                | Act::Maintain => Extent::Whole,
                _ => Extent::No,
            },
        }
    }
}

impl Act {
    pub const ALL: [Self; 26] = [
        Self::ReadOrganisation,
        Self::ReadRules,
        Self::ReadPeople,
        Self::ReadResults,
        Self::ReadPay,
        Self::ReadPulls,
        Self::ReadAudit,
        Self::Replay,
        Self::Simulate,
        Self::Pull,
        Self::ManageRoster,
        Self::ManageRatings,
        Self::ManageRules,
        Self::ManageCycles,
        Self::Appraise,
        Self::Review,
        Self::InviteRaters,
        Self::Respond,
        Self::ProposeRating,
        Self::Calibrate,
        Self::DecideAppeals,
        Self::Correct,
        Self::Approve,
        Self::ManageAccess,
        Self::ManageNotices,
        Self::Maintain,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOrganisation => "read_organisation",
            Self::ReadRules => "read_rules",
            Self::ReadPeople => "read_people",
            Self::ReadResults => "read_results",
            Self::ReadPay => "read_pay",
            Self::ReadPulls => "read_pulls",
            Self::ReadAudit => "read_audit",
            Self::Replay => "replay",
            Self::Simulate => "simulate",
            Self::Pull => "pull",
            Self::ManageRoster => "manage_roster",
            Self::ManageRatings => "manage_ratings",
            Self::ManageRules => "manage_rules",
            Self::ManageCycles => "manage_cycles",
            Self::Appraise => "appraise",
            Self::Review => "review",
            Self::InviteRaters => "invite_raters",
            Self::Respond => "respond",
            Self::ProposeRating => "propose_rating",
            Self::Calibrate => "calibrate",
            Self::DecideAppeals => "decide_appeals",
            Self::Correct => "correct",
            Self::Approve => "approve",
            Self::ManageAccess => "manage_access",
            Self::ManageNotices => "manage_notices",
            Self::Maintain => "maintain",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }
}

/// Whom somebody with these grants, who is this agent, may do the act about. Nothing at all: it is refused.
pub fn reach(grants: &[Grant], agent: Option<i64>, act: Act) -> Reach {
    reach_by(grants.iter(), agent, act)
}

/// As [`reach`], for results of a cycle in this state.
pub fn reach_results(grants: &[Grant], agent: Option<i64>, act: Act, state: CycleState) -> Reach {
    reach_by(grants.iter().filter(|grant| grant.role.sees(state)), agent, act)
}

fn reach_by<'g>(grants: impl Iterator<Item = &'g Grant>, agent: Option<i64>, act: Act) -> Reach {
    let mut reach = Reach::default();
    for grant in grants {
        match (grant.role.extent(act), grant.unit) {
            (Extent::No, _) | (Extent::Whole, Some(_)) => {}
            (Extent::UnitsWithPay, _) if !grant.with_pay => {}
            (Extent::Own, _) => reach.agent = reach.agent.or(agent),
            (Extent::Units | Extent::UnitsWithPay, Some(unit)) => {
                reach.units.insert(unit);
            }
            (Extent::Units | Extent::UnitsWithPay | Extent::Whole, None) | (Extent::Always, _) => {
                reach.everything = true;
            }
        }
    }
    reach
}

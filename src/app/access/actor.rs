//! Who does something.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::domain::authority::{Act, Grant, Reach, reach, reach_results};
use crate::domain::cycle::CycleState;
use crate::store::{Account, Doer};

/// The id of a request, as its answer and the log carry it.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// Who does something, with what they may do today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    standing: Standing,
    /// The acts that the token in use is for; all when absent.
    only: Option<BTreeSet<Act>>,
    /// The request this is part of.
    request: Option<Uuid>,
    /// The issuer by way of which somebody signed in.
    origin: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    /// Somebody unknown, who may do nothing.
    Nobody,
    /// Whoever runs Merit's commands beside its database, who could open the database as well.
    Operator(String),
    /// A provider of OpenID Connect by its id, while it says who somebody is: it may do nothing by itself.
    Provider(String),
    /// A source's schedule, by its name in the record.
    Schedule(String),
    Account {
        account: Account,
        grants: Vec<Grant>,
    },
}

impl Actor {
    /// Somebody unknown, who may do nothing.
    pub fn nobody() -> Self {
        Self { standing: Standing::Nobody, only: None, request: None, origin: None }
    }

    /// Whoever runs Merit's commands on this machine, by the name of the system's user.
    pub fn operator() -> Self {
        let user = ["LOGNAME", "USER", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
        Self {
            standing: Standing::Operator(user.unwrap_or_else(|| "unknown".to_owned())),
            only: None,
            request: None,
            origin: None,
        }
    }

    pub(super) fn provider(id: &str) -> Self {
        Self { standing: Standing::Provider(id.to_owned()), only: None, request: None, origin: None }
    }

    pub(super) fn account(account: Account, grants: Vec<Grant>) -> Self {
        Self { standing: Standing::Account { account, grants }, only: None, request: None, origin: None }
    }

    /// The operator by the name that the record has.
    pub(in crate::app) fn operator_named(name: &str) -> Self {
        let user = name.strip_prefix("operator:").unwrap_or(name).to_owned();
        Self { standing: Standing::Operator(user), only: None, request: None, origin: None }
    }

    /// A source's schedule by the name that the record has; it may pull.
    pub(in crate::app) fn schedule(name: &str) -> Self {
        Self { standing: Standing::Schedule(name.to_owned()), only: None, request: None, origin: None }
    }

    /// The acts that the token in use is for; all when absent.
    pub(in crate::app) fn only_acts(&self) -> Option<&BTreeSet<Act>> {
        self.only.as_ref()
    }

    /// The same, with no more than these acts.
    #[must_use]
    pub(in crate::app) fn only(mut self, acts: Option<BTreeSet<Act>>) -> Self {
        self.only = acts;
        self
    }

    /// The same, signed in by way of this issuer.
    #[must_use]
    pub(super) fn by_way_of(mut self, origin: Option<&str>) -> Self {
        self.origin = origin.map(str::to_owned);
        self
    }

    pub(in crate::app) fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The same, as part of a request.
    #[must_use]
    pub fn within(mut self, request: Uuid) -> Self {
        self.request = Some(request);
        self
    }

    pub fn request(&self) -> Option<Uuid> {
        self.request
    }

    /// What people call them: a login, `operator:` and the system's user, `provider:` and its id, or `schedule:` and a source.
    pub fn name(&self) -> String {
        match &self.standing {
            Standing::Nobody => "nobody".to_owned(),
            Standing::Operator(user) => format!("operator:{user}"),
            Standing::Provider(id) => format!("provider:{id}"),
            Standing::Schedule(name) => name.clone(),
            Standing::Account { account, .. } => account.login.clone(),
        }
    }

    /// What the audit log calls them, which never changes: an account by its public id, so that its login can be forgotten.
    pub(in crate::app) fn entry_name(&self) -> String {
        self.own_account().map_or_else(|| self.name(), |account| account.public_id.to_string())
    }

    /// What a refusal calls them. It may be kept, as a job's problem is: accounts are not named.
    pub(super) fn refused_name(&self) -> String {
        self.own_account().map_or_else(|| self.name(), |_| "this account".to_owned())
    }

    /// As what somebody does is kept.
    pub(in crate::app) fn doer(&self) -> Doer {
        self.own_account().map_or_else(|| Doer::Operator(self.name()), |account| Doer::Account(account.id))
    }

    /// Whether it is whoever runs Merit beside its database.
    pub(in crate::app) fn is_operator(&self) -> bool {
        matches!(self.standing, Standing::Operator(_))
    }

    /// The account, where there is one.
    pub fn own_account(&self) -> Option<&Account> {
        match &self.standing {
            Standing::Account { account, .. } => Some(account),
            Standing::Nobody | Standing::Operator(_) | Standing::Provider(_) | Standing::Schedule(_) => None,
        }
    }

    /// Whom the act may be about.
    pub fn reach(&self, act: Act) -> Reach {
        match &self.standing {
            Standing::Nobody | Standing::Provider(_) => Reach::default(),
            Standing::Operator(_) => Reach::everything(),
            Standing::Schedule(_) if act == Act::Pull => Reach::everything(),
            Standing::Schedule(_) => Reach::default(),
            Standing::Account { account, grants } => {
                if self.is_for(act) {
                    reach(grants, account.agent_id, act)
                } else {
                    Reach::default()
                }
            }
        }
    }

    /// Whose results of a cycle in this state the act may be about.
    pub(in crate::app) fn reach_results(&self, act: Act, state: CycleState) -> Reach {
        match &self.standing {
            Standing::Account { account, grants } if self.is_for(act) => {
                reach_results(grants, account.agent_id, act, state)
            }
            _ => self.reach(act),
        }
    }

    /// Whether the token in use is for the act.
    fn is_for(&self, act: Act) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&act) || act == Act::ReadOrganisation)
    }
}

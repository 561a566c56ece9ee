//! Who does something.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::domain::authority::{Act, Grant, Reach, reach};
use crate::store::Account;

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

    /// The same, with no more than these acts.
    #[must_use]
    pub(super) fn only(mut self, acts: Option<BTreeSet<Act>>) -> Self {
        self.only = acts;
        self
    }

    /// The same, signed in by way of this issuer.
    #[must_use]
    pub(super) fn by_way_of(mut self, origin: Option<&str>) -> Self {
        self.origin = origin.map(str::to_owned);
        self
    }

    pub(super) fn origin(&self) -> Option<&str> {
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

    /// What the record calls them: a login, `operator:` and the system's user, or `provider:` and its id.
    pub fn name(&self) -> String {
        match &self.standing {
            Standing::Nobody => "nobody".to_owned(),
            Standing::Operator(user) => format!("operator:{user}"),
            Standing::Provider(id) => format!("provider:{id}"),
            Standing::Account { account, .. } => account.login.clone(),
        }
    }

    /// The account, where there is one.
    pub fn own_account(&self) -> Option<&Account> {
        match &self.standing {
            Standing::Account { account, .. } => Some(account),
            Standing::Nobody | Standing::Operator(_) | Standing::Provider(_) => None,
        }
    }

    /// Whom the act may be about.
    pub fn reach(&self, act: Act) -> Reach {
        match &self.standing {
            Standing::Nobody | Standing::Provider(_) => Reach::default(),
            Standing::Operator(_) => Reach::everything(),
            Standing::Account { account, grants } => {
                let named = self.only.as_ref().is_none_or(|only| only.contains(&act) || act == Act::ReadOrganisation);
                if named { reach(grants, account.agent_id, act) } else { Reach::default() }
            }
        }
    }
}

//! Who does something, and whether they may: every use case asks here, once.

mod accounts;
mod actor;
mod called_by;
mod contact;
mod exchange;
mod grants;
mod hashing;
mod identities;
mod links;
mod once;
mod own;
mod passwords;
mod providers;
mod sessions;
mod standing;
mod tokens;

pub use accounts::{AccountOrder, AccountView};
pub use actor::{Actor, RequestId};
pub use called_by::{CalledBy, Client};
pub use contact::ContactOrder;
pub use exchange::{AccessOrder, IssuedAccess};
pub use grants::{GrantOrder, GrantView};
pub(super) use hashing::Hasher;
pub use links::{OneTimeLink, Welcome};
pub use own::{Confirmation, OwnAccount, PasswordChange};
pub use passwords::PasswordProblem;
pub use providers::{AtProvider, Leaving, NoEntry, ProviderView};
pub use sessions::SignIn;
pub(super) use sessions::tries_of;
pub use standing::{BlockedLogin, SessionView};
pub(super) use tokens::{Noted, hex, short_digest};
pub use tokens::{TokenOrder, random_token, secret};

use super::{App, AppError};
use crate::domain::authority::{Act, Reach};
use crate::store::Account;

impl App {
    /// The same, done by somebody else.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor: actor.into(), ..self.clone() }
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whom the act may be about. Errors: `Forbidden` when about nobody.
    pub(super) fn reach(&self, act: Act) -> Result<Reach, AppError> {
        let reach = self.actor.reach(act);
        if reach.is_nothing() { Err(self.forbidden(act)) } else { Ok(reach) }
    }

    /// Goes on only where the act may be about the whole organisation, or is about nobody in particular.
    pub(super) fn require(&self, act: Act) -> Result<(), AppError> {
        if self.actor.reach(act).everything { Ok(()) } else { Err(self.forbidden(act)) }
    }

    /// Whether the act may be about everybody.
    pub(super) fn may(&self, act: Act) -> bool {
        self.actor.reach(act).everything
    }

    /// Whether it is the account of whoever acts.
    fn is_own(&self, account: &Account) -> bool {
        self.actor.own_account().is_some_and(|own| own.id == account.id)
    }

    fn forbidden(&self, act: Act) -> AppError {
        AppError::Forbidden(format!(
            "{} may not do this ({}): an administrator grants it with 'merit grant add'",
            self.actor.refused_name(),
            act.as_str()
        ))
    }
}

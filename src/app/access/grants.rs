//! Grants: a role, for a unit and below or for everything, for some days.

use std::fmt;

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::{App, AppError, Change};
use crate::app::refusal::Why;
use crate::domain::audit::Digest;
use crate::domain::authority::{Act, Grant, Role};
use crate::store::{Account, NewGrant, StoreError, StoredGrant};

/// A grant to be made.
#[derive(Debug, Clone, Copy)]
pub struct GrantOrder<'a> {
    /// Public id of the account.
    pub account: Uuid,
    pub role: Role,
    /// Code of the unit; the whole organisation when absent.
    pub unit: Option<&'a str>,
    pub with_pay: bool,
    /// From today when absent.
    pub first_day: Option<NaiveDate>,
    /// Until further notice when absent.
    pub last_day: Option<NaiveDate>,
}

/// A grant with the code of its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantView {
    pub grant: StoredGrant,
    pub unit: Option<String>,
}

impl App {
    pub async fn grant(&self, order: GrantOrder<'_>) -> Result<GrantView, AppError> {
        let account = self.account(order.account).await?.account;
        if self.is_own(&account) {
            return Err(AppError::refused("nobody grants themselves anything: let another administrator do it")
                .because(Why::SelfGrant {}));
        }
        let unit = match order.unit {
            None => None,
            Some(code) => Some(self.unit(code).await?),
        };
        let mut new = self.new_grant(account.id, order.role);
        if order.role == Role::Agent && account.agent_id.is_none() {
            return Err(AppError::invalid(format!(
                "'{}' is no agent of the roster: the role agent is for people whose account names their employee number",
                account.login
            )).because(Why::NotAnAgent { login: account.login.clone() }));
        }
        new.grant.unit = unit.as_ref().map(|unit| unit.id);
        new.grant.with_pay = order.with_pay;
        new.first_day = order.first_day.unwrap_or(new.first_day);
        new.last_day = order.last_day;
        if new.last_day.is_some_and(|last| last < new.first_day) {
            return Err(
                AppError::invalid("the grant ends before it begins: swap the days").because(Why::GrantBackwards {})
            );
        }
        let grant = self.keep_grant(&account, unit.as_ref().map(|unit| unit.code.as_str()), &new).await?;
        Ok(GrantView { grant, unit: unit.map(|unit| unit.code) })
    }

    /// Every grant of an account, revoked ones too, oldest first.
    pub async fn grants(&self, account: Uuid) -> Result<Vec<GrantView>, AppError> {
        let account = self.account(account).await?.account;
        let grants = self.store.grants(account.id).await?;
        let codes = self.unit_codes(grants.iter().filter_map(|grant| grant.grant.unit)).await?;
        let view = |grant: StoredGrant| {
            let unit = grant.grant.unit.and_then(|unit| codes.get(&unit).cloned());
            GrantView { grant, unit }
        };
        Ok(grants.into_iter().map(view).collect())
    }

    /// From now on the grant allows nothing.
    pub async fn revoke_grant(&self, id: Uuid) -> Result<(), AppError> {
        self.require(Act::ManageAccess)?;
        let found = self.store.grant_by_public_id(id).await?;
        let found = found.ok_or_else(|| AppError::NotFound(format!("there is no grant '{id}'")))?;
        let account = self.store.account(found.account_id).await?;
        let public_id = account.map_or(Uuid::nil(), |account| account.public_id);
        let codes = self.unit_codes(found.grant.unit.into_iter()).await?;
        let unit = found.grant.unit.and_then(|unit| codes.get(&unit)).map(String::as_str);
        let days = (found.first_day, found.last_day);
        let terms = Terms { account: public_id, grant: &found.grant, unit, days, origin: found.origin.as_deref() };
        let before = found.revoked_at.is_none().then(|| terms.digest());
        let change = Change::new("grant.revoke", "grant", id).before(before).detail(terms);
        match self.recorded(change).revoke_grant(id, self.clock.now()).await {
            Err(error @ StoreError::NotFound { .. }) => Err(AppError::NotFound(error.to_string())),
            outcome => Ok(outcome?),
        }
    }

    /// Keeps a grant to an account, for the unit of this code.
    pub(super) async fn keep_grant(
        &self,
        account: &Account,
        unit: Option<&str>,
        new: &NewGrant,
    ) -> Result<StoredGrant, AppError> {
        Ok(self.recorded(created(account, unit, new)).create_grant(new).await?)
    }

    /// A grant over the whole organisation from today on.
    pub(super) fn new_grant(&self, account_id: i64, role: Role) -> NewGrant {
        NewGrant {
            public_id: self.clock.new_id(),
            account_id,
            grant: Grant { role, unit: None, with_pay: false },
            first_day: self.clock.today(),
            last_day: None,
            created_at: self.clock.now(),
            origin: None,
        }
    }
}

/// That a grant to an account, for the unit of this code, is made.
pub(super) fn created(account: &Account, unit: Option<&str>, new: &NewGrant) -> Change {
    let (days, origin) = ((new.first_day, new.last_day), new.origin.as_deref());
    let terms = Terms { account: account.public_id, grant: &new.grant, unit, days, origin };
    Change::new("grant.create", "grant", new.public_id).after(Some(terms.digest())).detail(terms)
}

/// That a grant is revoked which claims ask for no more.
pub(super) fn no_longer_claimed(account: &Account, unit: Option<&str>, held: &StoredGrant) -> Change {
    let (days, origin) = ((held.first_day, held.last_day), held.origin.as_deref());
    let terms = Terms { account: account.public_id, grant: &held.grant, unit, days, origin };
    Change::new("grant.revoke", "grant", held.public_id).before(Some(terms.digest())).detail(terms)
}

/// What a grant says, as the log tells it.
struct Terms<'a> {
    account: Uuid,
    grant: &'a Grant,
    unit: Option<&'a str>,
    days: (NaiveDate, Option<NaiveDate>),
    /// The issuer whose claims ask for it.
    origin: Option<&'a str>,
}

impl Terms<'_> {
    fn digest(&self) -> Digest {
        Digest::of_fields(&[("grant", &self.to_string())])
    }
}

impl fmt::Display for Terms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Grant { role, unit: _, with_pay } = self.grant;
        let (unit, (first, last)) = (self.unit.unwrap_or("*"), self.days);
        write!(f, "account={} role={} unit={unit} with_pay={with_pay} from={first}", self.account, role.as_str())?;
        last.map_or(Ok(()), |last| write!(f, " to={last}"))?;
        self.origin.map_or(Ok(()), |origin| write!(f, " origin={origin}"))
    }
}

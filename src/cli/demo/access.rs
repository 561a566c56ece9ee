//! Who uses the sample company's Merit.

use super::company::{Company, Person, Post};
use crate::app::{AccountKind, AccountOrder, App, GrantOrder, TokenKind, TokenOrder};
use crate::cli::CliError;
use crate::domain::authority::Role;

pub(super) const HR: &str = "hr";
pub(super) const APPROVER: &str = "approver";

/// The agent that the demo shows.
const SHOWN_AGENT: &str = "QL00007";

/// A program that may read everything, and its token.
pub(super) async fn auditor(app: &App) -> Result<String, CliError> {
    let order = AccountOrder { kind: AccountKind::Client, login: "demo", name: "Demo", agent: None };
    let account = app.create_account(order).await?.account.public_id;
    let (unit, first_day, last_day) = (None, None, None);
    app.grant(GrantOrder { account, role: Role::Auditor, unit, with_pay: false, first_day, last_day }).await?;
    let token = TokenOrder { account, name: "demo", kind: TokenKind::Token, only: None, expires_at: None };
    Ok(app.create_token(token).await?.1)
}

/// Somebody of the sample company, as they sign in.
pub(super) struct SignIn {
    pub login: String,
    pub password: String,
    /// What they are, for whoever tries the demo.
    pub what: &'static str,
}

/// A role, its unit, and whether it is with pay.
type RoleFor<'a> = (Role, Option<&'a str>, bool);

/// An agent, the supervisor of the agent's team, and the people of the head office; each with a password of their own.
pub(super) async fn people(app: &App, company: &Company) -> Result<Vec<SignIn>, CliError> {
    let agent = company.people.iter().find(|person| person.number == SHOWN_AGENT);
    let team = agent.and_then(|agent| agent.places.last()).map(|place| place.team.as_str());
    let works_there = |person: &&Person| person.places.last().map(|place| place.team.as_str()) == team;
    let supervisor = company.people.iter().filter(works_there).find(|person| person.post == Post::Supervisor);
    let mut made = Vec::new();
    if let Some(agent) = agent {
        made.push(person(app, &agent.login, &agent.name, Some(agent), None, "an agent").await?);
    }
    if let Some(supervisor) = supervisor {
        let role = (Role::Supervisor, team, false);
        let Person { login, name, .. } = supervisor;
        made.push(person(app, login, name, Some(supervisor), Some(role), "the supervisor of that agent's team").await?);
    }
    for (login, name, role, what) in [
        (HR, "Hu Lan", (Role::Hr, None, true), "HR, with pay"),
        (APPROVER, "Pi Zhun", (Role::Approver, None, false), "the approver of what HR prepared"),
        ("auditor", "Shen Yi", (Role::Auditor, None, false), "an auditor"),
        ("admin", "Guan Li", (Role::Admin, None, false), "the administrator"),
    ] {
        made.push(person(app, login, name, None, Some(role), what).await?);
    }
    Ok(made)
}

async fn person(
    app: &App,
    login: &str,
    name: &str,
    agent: Option<&Person>,
    role: Option<RoleFor<'_>>,
    what: &'static str,
) -> Result<SignIn, CliError> {
    let agent = agent.map(|agent| agent.number.as_str());
    let account = app.create_account(AccountOrder { kind: AccountKind::Person, login, name, agent }).await?.account;
    if let Some((role, unit, with_pay)) = role {
        let (account, first_day, last_day) = (account.public_id, None, None);
        app.grant(GrantOrder { account, role, unit, with_pay, first_day, last_day }).await?;
    }
    let password = random_password();
    app.set_password(account.public_id, &password).await?;
    Ok(SignIn { login: account.login, password, what })
}

/// Merit as somebody of the sample company, by a token that is revoked at once; what was made of it goes on.
pub(super) async fn acting(app: &App, login: &str) -> Result<App, CliError> {
    let account = app.account_named(login).await?.account.public_id;
    let order =
        TokenOrder { account, name: "the demo's quarter", kind: TokenKind::Token, only: None, expires_at: None };
    let (token, text) = app.create_token(order).await?;
    let actor = app.bearer(&text).await?.ok_or_else(|| CliError::new(format!("{login} cannot act")))?;
    app.revoke_token(token.public_id).await?;
    Ok(app.acting_as(actor))
}

/// Easy to read and to type: four groups of four, 80 bits.
fn random_password() -> String {
    const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let signs = rand::random::<[u8; 16]>().map(|byte| SIGNS.get(usize::from(byte % 32)).copied().unwrap_or(b'x'));
    let groups: Vec<&[u8]> = signs.chunks(4).collect();
    String::from_utf8_lossy(&groups.join(&b'-')).into_owned()
}

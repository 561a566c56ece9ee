//! `merit user`: accounts of people and programs.

use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Subcommand, ValueEnum};

use super::grant::granted;
use super::output::{Format, Table, say};
use super::sign_in::{self, FirstAdminArguments, LinkArguments};
use super::{CliError, Place};
use crate::app::{
    AccountChange, AccountKind, AccountOrder, AccountRecord, App, ContactOrder, GrantOrder, LinkPurpose, Slice,
};
use crate::domain::authority::Role;
use crate::domain::text::Language;

#[derive(Subcommand)]
pub(super) enum UserAction {
    /// Make an account
    Add(AddArguments),
    /// List accounts
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Keep an account from doing anything, at once
    Disable { login: String },
    /// Let a disabled account work again
    Enable { login: String },
    /// Make the first administrator, and print the link with which they set a password
    FirstAdmin(FirstAdminArguments),
    /// Print a link with which somebody new sets a password; it works once, for 7 days
    Invite(LinkArguments),
    /// Print a link with which somebody sets a new password; it works once, for an hour
    Reset(LinkArguments),
    /// Say how somebody is reached: e-mail address, language, notices they wish for; what is left out stays
    Contact(ContactArguments),
    /// Set somebody's password, read from standard input
    Password { login: String },
    /// Who somebody is at providers of OpenID Connect
    Identities {
        login: String,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Take an identity from somebody: its sessions end, and what claims granted
    Unlink {
        login: String,
        /// As 'merit user identities' shows it
        issuer: String,
    },
}

#[derive(clap::Args)]
pub(super) struct AddArguments {
    /// Such as li.wei or li.wei@example.com; lower case
    login: String,
    /// The person's or the program's name; the login when left out
    #[arg(long)]
    name: Option<String>,
    /// It is a program, not a person
    #[arg(long, conflicts_with = "agent")]
    client: bool,
    /// Employee number of the agent this person is: lets them read what is their own
    #[arg(long)]
    agent: Option<String>,
    /// A first grant; more with 'merit grant add'
    #[arg(long, value_parser = role())]
    role: Option<Role>,
    /// Code of the unit the grant is for, with everything below; the whole organisation when left out
    #[arg(long, requires = "role")]
    unit: Option<String>,
    /// The grant lets pay be seen, where the role alone does not
    #[arg(long, requires = "role")]
    with_pay: bool,
    #[command(flatten)]
    contact: ContactOptions,
}

#[derive(clap::Args)]
pub(super) struct ContactArguments {
    login: String,
    #[command(flatten)]
    contact: ContactOptions,
}

#[derive(clap::Args)]
struct ContactOptions {
    /// Where notices go; an empty one takes it away
    #[arg(long)]
    email: Option<String>,
    /// In which language they are written to
    #[arg(long, value_enum)]
    language: Option<LanguageName>,
    /// Notices to send besides those that everybody gets, such as pull_failed; none when empty
    #[arg(long, value_delimiter = ',')]
    notices: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LanguageName {
    En,
    Zh,
}

/// Reads the name of a role.
pub(super) fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str))
        .try_map(|name| Role::of(&name).ok_or_else(|| format!("'{name}' is no role")))
}

pub(super) async fn run(place: &Place, action: UserAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        UserAction::Add(arguments) => add(&app, arguments).await?,
        UserAction::List { format } => list(&app, format).await?,
        UserAction::Disable { login } => {
            disable(&app, &login, true).await?;
            say!("'{login}' is disabled: its tokens and sessions do nothing any more.");
        }
        UserAction::Enable { login } => {
            disable(&app, &login, false).await?;
            say!("'{login}' can work again.");
        }
        UserAction::FirstAdmin(arguments) => sign_in::first_admin(&app, arguments).await?,
        UserAction::Invite(arguments) => sign_in::link(&app, arguments, LinkPurpose::Invite).await?,
        UserAction::Reset(arguments) => sign_in::link(&app, arguments, LinkPurpose::Reset).await?,
        UserAction::Contact(ContactArguments { login, contact }) => {
            let account = app.account_named(&login).await?.account;
            set_contact(&app, &account, contact).await?;
        }
        UserAction::Password { login } => sign_in::password(&app, &login).await?,
        UserAction::Identities { login, format } => identities(&app, &login).await?.print(format)?,
        UserAction::Unlink { login, issuer } => {
            let account = app.account_named(&login).await?.account;
            app.unlink_identity(account.public_id, &issuer).await?;
            say!("'{login}' is not linked to {issuer} any more.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(app: &App, arguments: AddArguments) -> Result<(), CliError> {
    let AddArguments { login, name, client, agent, role, unit, with_pay, contact } = arguments;
    let order = AccountOrder {
        kind: if client { AccountKind::Client } else { AccountKind::Person },
        login: &login,
        name: name.as_deref().unwrap_or(&login),
        agent: agent.as_deref(),
    };
    let made = app.create_account(order).await?;
    let login = &made.account.login;
    say!("Account '{login}' is made.");
    set_contact(app, &made.account, contact).await?;
    if let Some(number) = &made.employee_number {
        say!("'{login}' is agent {number} and may read what is their own.");
    }
    if let Some(role) = role {
        let grant = GrantOrder {
            account: made.account.public_id,
            role,
            unit: unit.as_deref(),
            with_pay,
            first_day: None,
            last_day: None,
        };
        say!("{}", granted(login, &app.grant(grant).await?));
    } else if made.employee_number.is_none() {
        say!("It may do nothing yet: 'merit grant add {login} ROLE'.");
    }
    Ok(())
}

async fn set_contact(app: &App, account: &AccountRecord, options: ContactOptions) -> Result<(), CliError> {
    let ContactOptions { email, language, notices } = options;
    if email.is_none() && language.is_none() && notices.is_none() {
        return Ok(());
    }
    let now = &account.contact;
    let wishes = now.wishes.iter().map(|kind| kind.as_str().to_owned()).collect();
    let order = ContactOrder {
        email: email.or_else(|| now.email.clone()).filter(|email| !email.is_empty()),
        language: match language {
            Some(LanguageName::En) => Language::English,
            Some(LanguageName::Zh) => Language::Chinese,
            None => now.language,
        },
        wishes: notices.unwrap_or(wishes).into_iter().filter(|name| !name.is_empty()).collect(),
    };
    let contact = app.set_contact(account.public_id, account.version, &order).await?.account.contact;
    match contact.email {
        Some(email) => say!("Notices for '{}' go to {email}.", account.login),
        None => say!("Notices for '{}' are shown in Merit only.", account.login),
    }
    Ok(())
}

async fn list(app: &App, format: Format) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("login", "Login"),
        ("name", "Name"),
        ("kind", "Kind"),
        ("agent", "Agent"),
        ("email", "E-mail"),
        ("disabled", "Disabled"),
    ]);
    let mut slice = Slice::first();
    loop {
        let page = app.accounts(&slice).await?;
        for row in &page.rows {
            table.row([
                row.account.login.clone().into(),
                row.account.name.clone().into(),
                row.account.kind.as_str().into(),
                row.employee_number.clone().into(),
                row.account.contact.email.clone().into(),
                row.account.disabled_at.is_some().into(),
            ]);
        }
        match page.rows.last().filter(|_| page.more) {
            Some(last) => slice = Slice::after(last.account.login.clone()),
            None => break,
        }
    }
    table.print(format)
}

async fn identities(app: &App, login: &str) -> Result<Table, CliError> {
    let account = app.account_named(login).await?.account;
    let mut table = Table::new(&[("issuer", "Issuer"), ("subject", "Subject"), ("since", "Since")]);
    for linked in app.identities(account.public_id).await? {
        let since = linked.created_at.format("%Y-%m-%d %H:%M UTC").to_string();
        table.row([linked.issuer.into(), linked.subject.into(), since.into()]);
    }
    Ok(table)
}

async fn disable(app: &App, login: &str, disabled: bool) -> Result<(), CliError> {
    let account = app.account_named(login).await?.account;
    let change = AccountChange { name: None, disabled: Some(disabled) };
    app.change_account(account.public_id, account.version, change).await?;
    Ok(())
}

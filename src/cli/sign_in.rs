//! `merit user invite`, `reset`, `password`, `first-admin`: how people get to sign in.

use std::io::{self, IsTerminal as _};

use console::Term;

use super::CliError;
use super::output::say;
use crate::app::{App, LinkPurpose, OneTimeLink};

#[derive(clap::Args)]
pub(super) struct LinkArguments {
    login: String,
    /// Send it to the person's e-mail address, and do not print it
    #[arg(long)]
    mail: bool,
    #[command(flatten)]
    base: BaseUrl,
}

#[derive(clap::Args)]
pub(super) struct FirstAdminArguments {
    /// Such as li.wei or li.wei@example.com; lower case
    login: String,
    /// The person's name
    #[arg(long)]
    name: String,
    #[command(flatten)]
    base: BaseUrl,
}

#[derive(Debug, Clone, clap::Args)]
pub(super) struct BaseUrl {
    /// How people's browsers reach this Merit
    #[arg(long, env = "MERIT_BASE_URL", default_value = "http://127.0.0.1:8080", value_parser = base_url)]
    pub(super) base_url: String,
}

fn base_url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['?', '#', ' ']) => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err("an address such as https://merit.example.com is needed".into()),
    }
}

pub(super) async fn link(app: &App, arguments: LinkArguments, purpose: LinkPurpose) -> Result<(), CliError> {
    let LinkArguments { login, mail, base } = arguments;
    let account = app.account_named(&login).await?.account;
    if mail {
        let expires_at = app.mail_link(account.public_id, purpose).await?;
        let email = account.contact.email.unwrap_or_default();
        let until = expires_at.format("%Y-%m-%d %H:%M UTC");
        say!("A link that works once, until {until}, goes to {email}; 'merit notice list' shows whether it arrived.");
        return Ok(());
    }
    let link = app.create_link(account.public_id, purpose).await?;
    print(&base, &account.name, &link);
    Ok(())
}

pub(super) async fn first_admin(app: &App, arguments: FirstAdminArguments) -> Result<(), CliError> {
    let FirstAdminArguments { login, name, base } = arguments;
    let (account, link) = app.create_first_admin(&login, &name).await?;
    say!("'{}' is the administrator of everything.", account.login);
    print(&base, &account.name, &link);
    Ok(())
}

fn print(base: &BaseUrl, name: &str, link: &OneTimeLink) {
    let until = link.expires_at.format("%Y-%m-%d %H:%M UTC");
    say!(
        "With this link {name} sets a password and is signed in. It works once, until {until}; older links have ended:"
    );
    say!("{}/welcome/{}", base.base_url, link.token);
}

/// Reads the password from the terminal, without showing it, or from a pipe.
pub(super) async fn password(app: &App, login: &str) -> Result<(), CliError> {
    let account = app.account_named(login).await?.account;
    let password = if io::stdin().is_terminal() {
        let terminal = Term::stderr();
        terminal.write_str(&format!("New password for '{}': ", account.login))?;
        terminal.read_secure_line()?
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    app.set_password(account.public_id, &password).await?;
    say!("The password of '{}' is set; sessions and links of before have ended.", account.login);
    Ok(())
}

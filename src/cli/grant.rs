//! `merit grant`: who may do what.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;
use uuid::Uuid;

use super::output::{Format, Table, say};
use super::user::role;
use super::{CliError, Place};
use crate::app::{GrantOrder, GrantView};
use crate::domain::authority::Role;

#[derive(Subcommand)]
pub(super) enum GrantAction {
    /// Give an account a role
    Add {
        login: String,
        #[arg(value_parser = role())]
        role: Role,
        /// Code of the unit it is for, with everything below; the whole organisation when left out
        #[arg(long)]
        unit: Option<String>,
        /// Lets pay be seen, where the role alone does not
        #[arg(long)]
        with_pay: bool,
        /// First day, YYYY-MM-DD; today when left out
        #[arg(long)]
        from: Option<NaiveDate>,
        /// Last day; until further notice when left out
        #[arg(long)]
        to: Option<NaiveDate>,
    },
    /// List an account's grants
    List {
        login: String,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// End a grant at once
    Revoke {
        /// As 'merit grant list' shows it
        id: Uuid,
    },
}

pub(super) async fn run(place: &Place, action: GrantAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        GrantAction::Add { login, role, unit, with_pay, from, to } => {
            let account = app.account_named(&login).await?.account;
            let order = GrantOrder {
                account: account.public_id,
                role,
                unit: unit.as_deref(),
                with_pay,
                first_day: from,
                last_day: to,
            };
            say!("{}", granted(&account.login, &app.grant(order).await?));
        }
        GrantAction::List { login, format } => {
            let account = app.account_named(&login).await?.account;
            table(&app.grants(account.public_id).await?).print(format)?;
        }
        GrantAction::Revoke { id } => {
            app.revoke_grant(id).await?;
            say!("Grant {id} is revoked.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a grant says, in a sentence.
pub(super) fn granted(login: &str, view: &GrantView) -> String {
    let grant = &view.grant;
    let place = view.unit.as_ref().map_or("the whole organisation".to_owned(), |unit| format!("unit {unit} and below"));
    let pay = if grant.grant.with_pay { ", with pay" } else { "" };
    let until = grant.last_day.map(|day| format!(" to {day}")).unwrap_or_default();
    format!("'{login}' is {} for {place}{pay}, from {}{until}.", grant.grant.role.as_str(), grant.first_day)
}

fn table(grants: &[GrantView]) -> Table {
    let mut table = Table::new(&[
        ("id", "Id"),
        ("role", "Role"),
        ("unit", "Unit"),
        ("with_pay", "With pay"),
        ("from", "From"),
        ("to", "To"),
        ("revoked", "Revoked"),
        ("origin", "From claims of"),
    ]);
    for GrantView { grant, unit } in grants {
        table.row([
            grant.public_id.to_string().into(),
            grant.grant.role.as_str().into(),
            unit.clone().into(),
            grant.grant.with_pay.into(),
            grant.first_day.to_string().into(),
            grant.last_day.map(|day| day.to_string()).into(),
            grant.revoked_at.is_some().into(),
            grant.origin.clone().into(),
        ]);
    }
    table
}

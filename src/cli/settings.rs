//! What this process was told, by its arguments and its environment, with secrets taken out: what the page of settings shows.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use crate::app::{Setting, SettingOrigin};

/// What only the environment says: how much is logged, and where pulls keep working files.
const VARIABLES: [&str; 2] = ["RUST_LOG", "MERIT_SPOOL"];

/// The settings of the command in use. `command` has what `matches` was made from.
pub(super) fn of(command: &Command, matches: &ArgMatches) -> Vec<Setting> {
    let mut found = arguments(command, matches);
    if let Some((name, below)) = matches.subcommand()
        && let Some(command) = command.find_subcommand(name)
    {
        found.extend(arguments(command, below));
    }
    found.extend(VARIABLES.map(|name| {
        let value = std::env::var(name).ok().filter(|value| !value.is_empty());
        let origin = if value.is_some() { SettingOrigin::Environment } else { SettingOrigin::Default };
        Setting { flag: String::new(), variable: Some(name.to_owned()), value, origin }
    }));
    found
}

fn arguments(command: &Command, matches: &ArgMatches) -> Vec<Setting> {
    let told = command.get_arguments().filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()));
    told.filter_map(|argument| setting(argument, matches)).collect()
}

fn setting(argument: &Arg, matches: &ArgMatches) -> Option<Setting> {
    let (id, flag) = (argument.get_id().as_str(), argument.get_long()?.to_owned());
    let values = matches.try_get_raw(id).ok().flatten().into_iter().flatten();
    let values: Vec<String> = values.map(|value| without_secret(&value.to_string_lossy())).collect();
    let origin = match matches.value_source(id) {
        Some(ValueSource::CommandLine) => SettingOrigin::CommandLine,
        Some(ValueSource::EnvVariable) => SettingOrigin::Environment,
        _ => SettingOrigin::Default,
    };
    let variable = argument.get_env().map(|name| name.to_string_lossy().into_owned());
    Some(Setting { flag, variable, value: Some(values.join(", ")).filter(|value| !value.is_empty()), origin })
}

/// An address without user, password and what follows a question mark; anything else as it is.
fn without_secret(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    // A password may hold any sign, so that only the last @ is sure to end it.
    let place = match rest.rsplit_once('@') {
        Some((_, place)) => format!("…@{place}"),
        None => rest.to_owned(),
    };
    let place = place.split(['?', '#']).next().unwrap_or_default();
    format!("{scheme}://{place}")
}

#[cfg(test)]
mod tests {
    use super::super::commands;
    use super::{of, without_secret};
    use crate::app::SettingOrigin;
    use crate::web::explains_setting;

    #[test]
    fn secrets_are_taken_out_of_addresses() {
        for (value, shown) in [
            ("merit.db", "merit.db"),
            ("sqlite://data/merit.db?mode=rwc", "sqlite://data/merit.db"),
            ("postgres://merit:s3cret@db.example:5432/merit?sslmode=require", "postgres://…@db.example:5432/merit"),
            ("postgres://merit:s3/c@r?et@db.example/merit", "postgres://…@db.example/merit"),
            ("postgres://db.example/merit?password=s3cret", "postgres://db.example/merit"),
            ("smtps://mail.example.com", "smtps://mail.example.com"),
        ] {
            assert_eq!(without_secret(value), shown);
        }
    }

    #[test]
    fn every_setting_of_the_server_is_shown_with_where_it_comes_from_and_explained() {
        let line =
            ["merit", "serve", "--database", "postgres://merit:s3cret@db.example/merit", "--listen", "127.0.0.1:9"];
        let matches = commands().try_get_matches_from(line).unwrap();
        let settings = of(&commands(), &matches);
        let said = |flag: &str| settings.iter().find(|one| one.flag == flag).unwrap_or_else(|| panic!("{flag}"));
        assert_eq!(said("database").value.as_deref(), Some("postgres://…@db.example/merit"));
        assert_eq!(
            (said("listen").origin, said("listen").value.as_deref()),
            (SettingOrigin::CommandLine, Some("127.0.0.1:9"))
        );
        assert_eq!(said("listen").variable.as_deref(), Some("MERIT_LISTEN"));
        assert!(settings.iter().all(|one| !format!("{one:?}").contains("s3cret")));
        for one in &settings {
            let name = if one.flag.is_empty() { one.variable.as_deref().unwrap_or_default() } else { &one.flag };
            assert!(explains_setting(name), "web::settings does not say what '{name}' does");
        }
    }
}

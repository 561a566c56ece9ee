//! Holds the table of rooms in ARCHITECTURE.md: which room may import which.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::project_root;

/// Room (a folder of `src/`), and the rooms and workspace crates it may import.
const ROOMS: [(&str, &[&str]); 11] = [
    ("domain", &[]),
    ("rules", &["domain"]),
    ("pull", &["domain", "rules"]),
    ("oidc", &["domain", "rules"]),
    ("deliver", &["domain"]),
    ("store", &["domain", "entity", "migration"]),
    ("app", &["domain", "rules", "pull", "oidc", "deliver", "store"]),
    ("api", &["app", "domain"]),
    ("web", &["app", "domain"]),
    ("http", &["api", "web", "app"]),
    ("cli", &["domain", "rules", "pull", "oidc", "deliver", "store", "app", "api", "web", "http"]),
];

/// Libraries that only some rooms may use.
const LIBRARIES: [(&str, &[&str]); 19] = [
    ("sea_orm", &["store"]),
    ("datafusion", &["pull", "cli"]),
    ("poem", &["api", "web", "http", "cli"]),
    ("poem_openapi", &["api", "http", "cli"]),
    ("askama", &["web"]),
    ("fluent_bundle", &["web"]),
    ("clap", &["cli"]),
    ("console", &["cli"]),
    ("argon2", &["app"]),
    ("openidconnect", &["oidc"]),
    ("lettre", &["deliver"]),
    ("hmac", &["deliver"]),
    ("hyper", &["http"]),
    ("hyper_util", &["http"]),
    ("tokio_rustls", &["http"]),
    ("governor", &["http"]),
    ("metrics_exporter_prometheus", &["http"]),
    ("opentelemetry_otlp", &["cli"]),
    ("opentelemetry_sdk", &["cli"]),
];

/// What the domain does without: clocks, files, networks, databases, web types.
const NOT_IN_DOMAIN: [&str; 9] =
    ["tokio", "sea_orm", "sqlx", "poem", "datafusion", "std::fs", "std::io", "std::net", "std::time"];

pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

/// The code of a file without its line comments.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn mentions(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, found)| {
        let before = code[..at].chars().next_back();
        let after = code[at + found.len()..].chars().next();
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        !word(before) && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut broken = Vec::new();
    for (room, may_import) in ROOMS {
        for file in rust_files(&project_root().join("src").join(room)) {
            let code = code(&file);
            for (other, _) in ROOMS.iter().filter(|(other, _)| *other != room && !may_import.contains(other)) {
                if mentions(&code, &format!("crate::{other}")) {
                    broken.push(format!("{}: {room} may not import {other}", file.display()));
                }
            }
            for krate in ["entity", "migration"].iter().filter(|krate| !may_import.contains(krate)) {
                if mentions(&code, &format!("{krate}::")) || mentions(&code, &format!("use {krate}")) {
                    broken.push(format!("{}: {room} may not import {krate}", file.display()));
                }
            }
            for (library, allowed) in LIBRARIES.iter().filter(|(_, allowed)| !allowed.contains(&room)) {
                if code.contains(&format!("{library}::")) {
                    broken.push(format!("{}: only {allowed:?} may use {library}", file.display()));
                }
            }
            if room == "domain" {
                for forbidden in NOT_IN_DOMAIN.iter().filter(|forbidden| code.contains(&format!("{forbidden}::"))) {
                    broken.push(format!("{}: the domain does without {forbidden}", file.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "imports against the table of rooms:\n{}", broken.join("\n"));
}

#[test]
fn every_folder_of_src_is_a_room() {
    for entry in fs::read_dir(project_root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let known = ROOMS.iter().any(|(room, _)| *room == name) || ["lib.rs", "main.rs"].contains(&name);
        assert!(known, "src/{name} is not in the table of rooms: add it there and to ARCHITECTURE.md");
    }
}

#[test]
fn crates_of_the_workspace_import_nothing_of_ours() {
    for folder in ["entity/src", "migration/src"] {
        for file in rust_files(&project_root().join(folder)) {
            let code = code(&file);
            for other in ["merit::", "entity::", "migration::"] {
                assert!(!mentions(&code, other), "{}: may not import {other}", file.display());
            }
        }
    }
}

//! Both languages say the same things, and every text that pages ask for is there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, str};

use fluent_bundle::FluentResource;

use super::{FILES, Language};

/// Names of messages with the variables they use.
fn messages(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(_, errors)| panic!("{errors:?}\n{file}"));
    assert!(resource.entries().count() > 0);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in file.lines() {
        if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| is_name(name)) {
            current = name.to_owned();
            assert!(!found.contains_key(name), "{name} is there twice");
            found.insert(current.clone(), BTreeSet::new());
        }
        for (_, rest) in line.match_indices('$').map(|(at, _)| line.split_at(at + 1)) {
            let variable = rest.chars().take_while(|sign| sign.is_ascii_alphanumeric() || *sign == '_').collect();
            found.get_mut(&current).unwrap().insert(variable);
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_variables() {
    let mut all = BTreeSet::new();
    for [english, chinese] in FILES {
        let (english, chinese) = (messages(english), messages(chinese));
        assert_eq!(english, chinese);
        for name in english.into_keys() {
            assert!(all.insert(name.clone()), "{name} is in two files");
        }
    }
}

/// Code and templates of the pages.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ["rs", "html", "svg"].iter().any(|kind| ending == *kind)) {
            found.push(path);
        }
    }
}

#[test]
fn every_message_asked_for_is_there_and_every_one_there_is_asked_for() {
    let known: BTreeSet<String> = FILES.iter().flat_map(|[english, _]| messages(english).into_keys()).collect();
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut files);
    // The reasons of refusals are said by their codes.
    files.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app/refusal.rs"));
    let (mut asked, mut missing) = (BTreeSet::new(), BTreeSet::new());
    for file in files.iter().filter(|file| !file.ends_with("words/tests.rs")) {
        let text = fs::read_to_string(file).unwrap();
        for literal in text.split('"').filter(|literal| known.contains(*literal)) {
            asked.insert(literal.to_owned());
        }
        for (_, rest) in text.match_indices("say(\"").map(|(at, found)| text.split_at(at + found.len())) {
            let name = rest.split('"').next().unwrap();
            if !known.contains(name) {
                missing.insert(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(missing.is_empty(), "not in words/*/*.ftl: {missing:#?}");
    let idle: Vec<_> = known.difference(&asked).collect();
    assert!(idle.is_empty(), "no page says these: {idle:#?}");
}

#[test]
fn every_reason_of_a_refusal_has_words_in_both_languages() {
    let told: [BTreeMap<String, BTreeSet<String>>; 2] =
        [0, 1].map(|language| FILES.iter().flat_map(|files| messages(files[language])).collect());
    for (code, details) in crate::app::Why::CODES {
        for (language, told) in told.iter().enumerate() {
            let used = told.get(*code).unwrap_or_else(|| panic!("{code} has no words in language {language}"));
            let strange: Vec<_> = used.iter().filter(|name| !details.contains(&name.as_str())).collect();
            assert!(strange.is_empty(), "{code} asks for {strange:?}, which the reason does not have");
        }
    }
}

#[test]
fn counts_are_grouped_and_choose_the_form() {
    let said = |language: Language, count: u32| {
        language.say("paid-people").count("payable", count).count("withheld", 0).to_string()
    };
    assert_eq!(said(Language::English, 1), "1 person is paid, 0 not");
    assert_eq!(said(Language::English, 12_345), "12,345 people are paid, 0 not");
    assert_eq!(said(Language::Chinese, 12_345), "发放 12,345 人，不发放 0 人");
}

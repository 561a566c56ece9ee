//! The texts of the pages: Fluent messages in English and Chinese, part of the program.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::format::grouped;
use super::language::Language;

/// The files of both languages, which hold the same messages with the same variables.
const FILES: [[&str; 2]; 17] = [
    [include_str!("words/en/ground.ftl"), include_str!("words/zh/ground.ftl")],
    [include_str!("words/en/charts.ftl"), include_str!("words/zh/charts.ftl")],
    [include_str!("words/en/results.ftl"), include_str!("words/zh/results.ftl")],
    [include_str!("words/en/people.ftl"), include_str!("words/zh/people.ftl")],
    [include_str!("words/en/cycles.ftl"), include_str!("words/zh/cycles.ftl")],
    [include_str!("words/en/office.ftl"), include_str!("words/zh/office.ftl")],
    [include_str!("words/en/reviews.ftl"), include_str!("words/zh/reviews.ftl")],
    [include_str!("words/en/appeals.ftl"), include_str!("words/zh/appeals.ftl")],
    [include_str!("words/en/board.ftl"), include_str!("words/zh/board.ftl")],
    [include_str!("words/en/imports.ftl"), include_str!("words/zh/imports.ftl")],
    [include_str!("words/en/access.ftl"), include_str!("words/zh/access.ftl")],
    [include_str!("words/en/settings.ftl"), include_str!("words/zh/settings.ftl")],
    [include_str!("words/en/cost.ftl"), include_str!("words/zh/cost.ftl")],
    [include_str!("words/en/week.ftl"), include_str!("words/zh/week.ftl")],
    [include_str!("words/en/refusals.ftl"), include_str!("words/zh/refusals.ftl")],
    [include_str!("words/en/uploads.ftl"), include_str!("words/zh/uploads.ftl")],
    [include_str!("words/en/faults.ftl"), include_str!("words/zh/faults.ftl")],
];

type Messages = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Messages> =
    LazyLock::new(|| messages(Language::English, FILES.iter().map(|[english, _]| *english)));
static CHINESE: LazyLock<Messages> =
    LazyLock::new(|| messages(Language::Chinese, FILES.iter().map(|[_, chinese]| *chinese)));

fn messages(language: Language, files: impl Iterator<Item = &'static str>) -> Messages {
    let mut messages = FluentBundle::new_concurrent(language.code().parse().into_iter().collect());
    // Marks around names for right-to-left scripts would be read aloud and copied.
    messages.set_use_isolating(false);
    messages.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(grouped(&number.as_string())),
        _ => None,
    }));
    for file in files {
        // What is wrong in a file is found by the test below; the rest of it can be used.
        let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(resource, _)| resource);
        messages.add_resource_overriding(resource);
    }
    messages
}

/// A message that is about to be said.
pub(super) struct Say {
    language: Language,
    key: &'static str,
    arguments: FluentArgs<'static>,
}

impl Language {
    /// The message of this name.
    pub(super) fn say(self, key: &'static str) -> Say {
        Say { language: self, key, arguments: FluentArgs::new() }
    }
}

impl Say {
    /// With a text in it.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.arguments.set(name, FluentValue::String(Cow::Owned(value.to_string())));
        self
    }

    /// Which message it is.
    #[cfg(test)]
    pub(super) fn key(&self) -> &'static str {
        self.key
    }

    /// With a number of things in it, by which the message may choose its form.
    #[must_use]
    pub(super) fn count(mut self, name: &'static str, count: impl TryInto<i64>) -> Self {
        self.arguments.set(name, FluentValue::from(count.try_into().unwrap_or(i64::MAX)));
        self
    }
}

impl fmt::Display for Say {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages = match self.language {
            Language::English => &*ENGLISH,
            Language::Chinese => &*CHINESE,
        };
        let Some(pattern) = messages.get_message(self.key).and_then(|message| message.value()) else {
            tracing::error!(message = self.key, "a text of the pages is missing");
            return f.write_str(self.key);
        };
        let mut problems = Vec::new();
        let text = messages.format_pattern(pattern, Some(&self.arguments), &mut problems);
        if !problems.is_empty() {
            tracing::error!(message = self.key, ?problems, "a text of the pages lacks something");
        }
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests;

//! Which language a page speaks: `?lang=` first, then what the browser asks for, then English.

use poem::Request;
use poem::http::header;
use serde::Deserialize;

use crate::domain::text::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

#[derive(Deserialize)]
struct Query {
    lang: Option<String>,
}

impl Language {
    pub(super) fn of(request: &Request) -> Self {
        let asked = request.params::<Query>().ok().and_then(|query| query.lang);
        let accepted = || request.header(header::ACCEPT_LANGUAGE).map(str::to_owned);
        asked.or_else(accepted).map_or(Self::English, |wish| Self::preferred(&wish))
    }

    /// The first of the wished languages that Merit speaks; browsers list them in order of preference.
    fn preferred(wish: &str) -> Self {
        for language in wish.split(',') {
            match language.trim().get(..2).map(str::to_ascii_lowercase).as_deref() {
                Some("zh") => return Self::Chinese,
                Some("en") => return Self::English,
                _ => {}
            }
        }
        Self::English
    }

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// A text of the configuration in this language.
    pub(super) fn of_text(self, text: &Text) -> &str {
        match self {
            Self::English => &text.en,
            Self::Chinese => &text.zh,
        }
    }

    /// The text in this language.
    pub(super) const fn pick(self, en: &'static str, zh: &'static str) -> &'static str {
        match self {
            Self::English => en,
            Self::Chinese => zh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_first_known_wish_decides() {
        assert_eq!(Language::preferred("zh-CN,zh;q=0.9,en;q=0.8"), Language::Chinese);
        assert_eq!(Language::preferred("fr, en-GB;q=0.7, zh;q=0.3"), Language::English);
        assert_eq!(Language::preferred(""), Language::English);
    }
}

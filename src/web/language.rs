//! Which language a page speaks: `?lang=` first, then what the browser last chose here, then what it asks for, then English.

use poem::Request;
use poem::http::header;
use serde::Deserialize;

use super::request::cookie;
use crate::domain::text::Text;

/// Where a browser keeps what it chose. It says nothing of anybody, so it needs no care.
const COOKIE: &str = "merit-lang";
/// For a year.
const LASTING: &str = "Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000";

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
        let kept = || cookie(request, COOKIE).map(str::to_owned);
        let accepted = || request.header(header::ACCEPT_LANGUAGE).map(str::to_owned);
        asked(request).or_else(kept).or_else(accepted).map_or(Self::English, |wish| Self::preferred(&wish))
    }

    /// What lets the browser keep the language that was just chosen; `None` where none was, or it is kept already.
    pub(super) fn to_keep(request: &Request) -> Option<String> {
        let code = Self::preferred(&asked(request)?).code();
        (cookie(request, COOKIE) != Some(code)).then(|| format!("{COOKIE}={code}; {LASTING}"))
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
    pub(super) fn pick<'t>(self, en: &'t str, zh: &'t str) -> &'t str {
        match self {
            Self::English => en,
            Self::Chinese => zh,
        }
    }
}

fn asked(request: &Request) -> Option<String> {
    request.params::<Query>().ok().and_then(|query| query.lang)
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

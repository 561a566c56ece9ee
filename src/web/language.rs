//! Which language a page speaks: `?lang=` first, then what was chosen so before, then what the browser asks for, then English.

use poem::Request;
use poem::http::{HeaderValue, header};
use serde::Deserialize;

use super::request::{cookie, over_tls};
use crate::domain::text::Text;

/// What was chosen stays chosen in this browser; it tells nothing of anybody.
const COOKIE: &str = "lang";
/// A year, in seconds.
const KEPT: u32 = 31_536_000;

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
        let kept = || cookie(request, COOKIE).and_then(Self::preferred);
        let accepted = || request.header(header::ACCEPT_LANGUAGE).and_then(Self::preferred);
        Self::chosen(request).or_else(kept).or_else(accepted).unwrap_or(Self::English)
    }

    /// The one that the address asks for.
    fn chosen(request: &Request) -> Option<Self> {
        let wish = request.params::<Query>().ok()?.lang?;
        let plain = wish.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if plain { Self::preferred(&wish) } else { None }
    }

    /// Lets the browser keep what the address asks for, so that it survives every way that leads on from here.
    pub(super) fn keep(request: &Request) -> Option<HeaderValue> {
        let chosen = Self::chosen(request).filter(|chosen| cookie(request, COOKIE) != Some(chosen.code()))?;
        let secure = if over_tls(request) { "; Secure" } else { "" };
        HeaderValue::try_from(format!(
            "{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={KEPT}{secure}",
            chosen.code()
        ))
        .ok()
    }

    /// The first of the wished languages that Merit speaks; browsers list them in order of preference.
    fn preferred(wish: &str) -> Option<Self> {
        wish.split(',').find_map(|language| match language.trim().get(..2)?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        })
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
    pub(super) const fn pick<'t>(self, en: &'t str, zh: &'t str) -> &'t str {
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
        assert_eq!(Language::preferred("zh-CN,zh;q=0.9,en;q=0.8"), Some(Language::Chinese));
        assert_eq!(Language::preferred("fr, en-GB;q=0.7, zh;q=0.3"), Some(Language::English));
        assert_eq!(Language::preferred(""), None);
    }
}

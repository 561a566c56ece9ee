//! What a page holds, and how it leads to the next.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::attempt::Body;
use super::endpoint::Endpoint;
use crate::pull::read::{elements, json_text, pointer};
use crate::rules::source::{HttpInput, HttpPaging};

/// A page to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Next {
    First,
    Cursor(String),
    Page(u64),
    Link(String),
}

impl Next {
    pub(super) fn first(paging: Option<&HttpPaging>) -> Self {
        match paging {
            Some(HttpPaging::Page { first, .. }) => Self::Page(*first),
            _ => Self::First,
        }
    }
}

/// A page's records.
pub(super) struct Page<'a> {
    whole: &'a RawValue,
    pub(super) records: Vec<&'a RawValue>,
    links: &'a [String],
}

impl<'a> Page<'a> {
    /// Finds the records of a page.
    pub(super) fn read(body: &'a Body, input: &HttpInput) -> Result<Self, String> {
        let whole: &RawValue = serde_json::from_str(&body.text)
            .map_err(|error| format!("the answer is not JSON ({error}); check the address and the sign-in"))?;
        let place = if input.records.is_empty() { "the page itself" } else { &input.records };
        let records = pointer(whole, &input.records)
            .and_then(elements)
            .ok_or_else(|| format!("there is no array of records at {place}; correct `records`"))?;
        Ok(Self { whole, records, links: &body.links })
    }

    /// The page after this one, which was asked for as `current`; `None` when this is the last.
    pub(super) fn following(
        &self,
        current: &Next,
        paging: Option<&HttpPaging>,
        endpoint: &Endpoint,
        url: &Url,
    ) -> Result<Option<Next>, String> {
        match paging {
            None => Ok(None),
            Some(HttpPaging::Cursor { at, .. }) => Ok(self.text_at(at).map(Next::Cursor)),
            Some(HttpPaging::Page { first, .. }) => {
                let number = if let Next::Page(number) = current { *number } else { *first };
                Ok((!self.records.is_empty()).then_some(Next::Page(number + 1)))
            }
            Some(HttpPaging::NextLink { at }) => {
                let link = if at.is_empty() { next_link(self.links) } else { self.text_at(at) };
                link.map(|link| endpoint.link(url, &link).map(|url| Next::Link(url.to_string()))).transpose()
            }
        }
    }

    fn text_at(&self, at: &str) -> Option<String> {
        pointer(self.whole, at).and_then(json_text).map(std::borrow::Cow::into_owned).filter(|text| !text.is_empty())
    }
}

/// The address of `rel="next"` in `Link` headers.
fn next_link(links: &[String]) -> Option<String> {
    links.iter().flat_map(|header| header.split(',')).find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next =
            parameters.split(';').filter_map(|parameter| parameter.trim().split_once('=')).any(|(name, value)| {
                let relations = value.trim().trim_matches('"');
                name.trim().eq_ignore_ascii_case("rel")
                    && relations.split(' ').any(|rel| rel.eq_ignore_ascii_case("next"))
            });
        is_next.then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_in_link_headers() {
        let links = [r#"</a?page=1>; rel="prev", </a?page=3>; rel="next last""#.to_owned()];
        assert_eq!(next_link(&links).as_deref(), Some("/a?page=3"));
        assert_eq!(next_link(&[r#"</a>; rel="first""#.to_owned()]), None);
        assert_eq!(next_link(&[]), None);
    }
}

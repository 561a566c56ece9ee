//! Lists page by page: the next page begins after a key, never at a number of rows.

use super::request::query_value;
use crate::app::Slice;

/// Rows of a page.
const ROWS: u32 = 50;

/// Where one may go from a page of a list, with its filters kept.
pub(super) struct Paging {
    /// The first page, where this is not it.
    pub first: Option<String>,
    pub next: Option<String>,
    pub csv: String,
    pub xlsx: String,
}

impl Paging {
    pub(super) fn new(filters: &[(&str, Option<&str>)], later: bool, next_after: Option<String>) -> Self {
        let kept: Vec<String> =
            filters.iter().filter_map(|(name, value)| Some(format!("{name}={}", query_value((*value)?)))).collect();
        let with = |more: Option<(&str, &str)>| {
            let more = more.map(|(name, value)| format!("{name}={}", query_value(value)));
            let parts: Vec<String> = kept.iter().cloned().chain(more).collect();
            format!("?{}", parts.join("&"))
        };
        Self {
            first: later.then(|| with(None)),
            next: next_after.map(|after| with(Some(("after", &after)))),
            csv: with(Some(("format", "csv"))),
            xlsx: with(Some(("format", "xlsx"))),
        }
    }

    /// The part of the list that a page shows.
    pub(super) fn slice(after: Option<String>) -> Slice {
        Slice { limit: ROWS, after: after.filter(|after| !after.is_empty()) }
    }
}

/// What a form's field says; an empty one says nothing.
pub(super) fn chosen(field: Option<String>) -> Option<String> {
    field.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Paging;

    #[test]
    fn filters_are_kept_from_page_to_page() {
        let paging = Paging::new(&[("text", Some("李 &=")), ("unit", None)], true, Some("QL 7".into()));
        assert_eq!(paging.first.unwrap(), "?text=%E6%9D%8E%20%26%3D");
        assert_eq!(paging.next.unwrap(), "?text=%E6%9D%8E%20%26%3D&after=QL%207");
        assert_eq!(paging.csv, "?text=%E6%9D%8E%20%26%3D&format=csv");
        let only = Paging::new(&[], false, None);
        assert!(only.first.is_none() && only.next.is_none() && only.xlsx == "?format=xlsx");
    }
}

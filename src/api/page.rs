//! Pages by key: a cursor says after which item the next page begins.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromParameter, ParseResult, Type};

use uuid::Uuid;

use crate::app::{AppError, Slice};

/// Most items of a page.
const MOST: u32 = 500;
const USUAL: u32 = 50;

/// Items of a page: the description names the bounds, and a value outside is refused in words.
pub(super) struct PageSize(u32);

impl Type for PageSize {
    const IS_REQUIRED: bool = true;
    type RawValueType = u32;
    type RawElementValueType = u32;

    fn name() -> Cow<'static, str> {
        "page_size".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let mut schema = MetaSchema::new_with_format("integer", "uint32");
        schema.minimum = Some(1.0);
        schema.maximum = Some(f64::from(MOST));
        MetaSchemaRef::Inline(Box::new(schema))
    }

    fn as_raw_value(&self) -> Option<&u32> {
        Some(&self.0)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a u32> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl ParseFromParameter for PageSize {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        match value.parse() {
            Ok(size) if (1..=MOST).contains(&size) => Ok(Self(size)),
            _ => Err(ParseError::custom(format!("'{value}' is no number between 1 and {MOST}"))),
        }
    }
}

/// The part of a list that `limit` and `cursor` ask for.
pub(super) fn slice(limit: Option<PageSize>, cursor: Option<String>) -> Result<Slice, AppError> {
    Ok(Slice { limit: limit.map_or(USUAL, |size| size.0), after: cursor.map(|cursor| decode(&cursor)).transpose()? })
}

/// The id in an address; one that is no id names nothing.
pub(super) fn id(text: &str) -> Result<Uuid, AppError> {
    text.parse().map_err(|_| AppError::NotFound(format!("there is nothing with the id '{text}'")))
}

fn decode(cursor: &str) -> Result<String, AppError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    // No key holds a NUL, and PostgreSQL fails at a text with one.
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|key| !key.contains('\0'));
    key.ok_or_else(|| {
        AppError::invalid("cursor: not one that Merit gave; send next_cursor of the page before, unchanged".to_owned())
    })
}

/// The cursor of the page after an item of this key.
pub(super) fn cursor(key: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key)
}

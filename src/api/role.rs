//! Roles by name: the names are those of `domain::authority`, which also the command line takes.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;

use crate::domain::authority::Role;

/// What somebody is to the organisation.
#[derive(Clone, Copy)]
pub(super) struct RoleName(pub Role);

impl Type for RoleName {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "RoleName".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Self::name().into_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Self::name().into_owned(), |_| {
            let mut schema = MetaSchema::new("string");
            schema.description = Some("What somebody is to the organisation.");
            schema.enum_items = Role::ALL.into_iter().map(|role| role.as_str().into()).collect();
            schema
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl ParseFromJSON for RoleName {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        let Value::String(name) = &value else { return Err(ParseError::expected_type(value)) };
        Role::of(name).map(Self).ok_or_else(|| {
            let names: Vec<&str> = Role::ALL.into_iter().map(Role::as_str).collect();
            ParseError::custom(format!("'{name}' is no role; there are {}", names.join(", ")))
        })
    }
}

impl ToJSON for RoleName {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.as_str().into())
    }
}

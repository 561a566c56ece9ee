//! Holding a file against the JSON Schema of its type, and turning it into that type.

use std::marker::PhantomData;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::explain::explain;
use super::problem::Problem;
use super::yaml::Document;

/// A file of the rules that has the right shape.
#[derive(Debug, Clone)]
pub struct Shaped<T> {
    pub document: Document,
    pub content: T,
}

/// The schema of a kind of file, ready to check files.
pub struct Shape<T> {
    schema: Value,
    validator: jsonschema::Validator,
    of: PhantomData<T>,
}

/// The JSON Schema of a type.
pub fn schema_of<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value()
}

impl<T: JsonSchema + DeserializeOwned> Shape<T> {
    /// Errors: the type's schema is itself not valid, which a test rules out.
    pub fn new() -> Result<Self, String> {
        let schema = schema_of::<T>();
        let validator =
            jsonschema::options().should_validate_formats(true).build(&schema).map_err(|error| error.to_string())?;
        Ok(Self { schema, validator, of: PhantomData })
    }

    /// Everything in the document that does not fit, or its typed content.
    pub fn fit(&self, document: Document) -> Result<Shaped<T>, Vec<Problem>> {
        let errors: Vec<_> = self.validator.iter_errors(document.value()).collect();
        if !errors.is_empty() {
            return Err(explain(&document, &self.schema, &errors));
        }
        match serde_json::from_value(document.value().clone()) {
            Ok(content) => Ok(Shaped { document, content }),
            Err(error) => Err(vec![document.error("", error.to_string(), "compare the file with its schema")]),
        }
    }
}

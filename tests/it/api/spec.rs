//! The committed description is what the code says.

use std::fs;

use crate::support::project_root;

#[test]
fn the_committed_description_is_what_the_code_says() {
    let committed = fs::read_to_string(project_root().join("openapi/openapi.yaml")).unwrap();
    assert!(
        committed == merit::api::spec_yaml(),
        "openapi/openapi.yaml differs from the code: run 'cargo run -- openapi > openapi/openapi.yaml' and commit it"
    );
}

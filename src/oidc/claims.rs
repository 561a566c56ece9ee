//! From claims to who somebody is and what they are granted.

use serde_json::Value;

use super::file::GrantRule;
use crate::domain::authority::Role;

/// A grant that claims ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedGrant {
    pub role: Role,
    /// Code of the unit; the whole organisation when absent.
    pub unit: Option<String>,
    pub with_pay: bool,
}

/// Who somebody is, as a provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub issuer: String,
    /// The provider's own name for them, which never becomes somebody else's.
    pub subject: String,
    pub name: Option<String>,
    /// What they call themselves at the provider; anybody may choose anything.
    pub username: Option<String>,
    /// Only from a provider whose word about it counts.
    pub employee_number: Option<String>,
    pub grants: Vec<ClaimedGrant>,
}

/// A claim by its name, or something inside one by a JSON pointer.
pub(super) fn claim<'c>(claims: &'c Value, name: &str) -> Option<&'c Value> {
    if name.starts_with('/') { claims.pointer(name) } else { claims.get(name) }
}

/// The text of a claim with one value.
pub(super) fn text(claims: &Value, name: &str) -> Option<String> {
    let value = claim(claims, name)?;
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return None,
    };
    (!text.is_empty() && !text.chars().any(char::is_control)).then_some(text)
}

/// What the claims grant, each once.
pub(super) fn granted(claims: &Value, rules: &[GrantRule]) -> Vec<ClaimedGrant> {
    let mut granted = Vec::new();
    for rule in rules {
        let holds = claim(claims, &rule.when.claim).is_some_and(|found| says(found, &rule.when.value));
        let grant = ClaimedGrant { role: rule.role, unit: rule.unit.clone(), with_pay: rule.with_pay };
        if holds && !granted.contains(&grant) {
            granted.push(grant);
        }
    }
    granted
}

/// Whether a claim is this value, or a list with it.
fn says(found: &Value, wanted: &str) -> bool {
    match found {
        Value::String(text) => text == wanted,
        Value::Bool(_) | Value::Number(_) => serde_json::from_str::<Value>(wanted).is_ok_and(|wanted| wanted == *found),
        Value::Array(several) => several.iter().any(|one| !one.is_array() && says(one, wanted)),
        Value::Null | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::file::Condition;
    use super::*;

    fn rule(claim: &str, value: &str, role: Role) -> GrantRule {
        let when = Condition { claim: claim.into(), value: value.into() };
        GrantRule { when, role, unit: None, with_pay: false }
    }

    #[test]
    fn a_rule_holds_for_the_value_itself_or_a_list_with_it() {
        let claims =
            json!({ "groups": ["hr", "staff"], "level": 7, "boss": true, "realm_access": { "roles": ["audit"] } });
        let of = |claim: &str, value: &str| granted(&claims, &[rule(claim, value, Role::Hr)]).len();
        assert_eq!(
            [of("groups", "hr"), of("level", "7"), of("boss", "true"), of("/realm_access/roles", "audit")],
            [1; 4]
        );
        assert_eq!(
            [of("groups", "h"), of("groups", "hr,staff"), of("level", "07"), of("realm_access", "audit")],
            [0; 4]
        );
        assert_eq!([of("nothing", "hr"), of("/groups/9", "hr"), of("groups", "HR")], [0; 3]);
    }

    #[test]
    fn what_two_rules_grant_alike_is_granted_once() {
        let claims = json!({ "groups": ["a", "b"] });
        let rules = [rule("groups", "a", Role::Hr), rule("groups", "b", Role::Hr), rule("groups", "b", Role::Auditor)];
        assert_eq!(
            granted(&claims, &rules).iter().map(|grant| grant.role).collect::<Vec<_>>(),
            [Role::Hr, Role::Auditor]
        );
    }

    #[test]
    fn a_number_has_one_value() {
        let claims =
            json!({ "number": 10007, "text": " QL00007 ", "several": ["QL1"], "none": "", "half": 1.5, "nul": "Q\0" });
        assert_eq!(text(&claims, "number").as_deref(), Some("10007"));
        assert_eq!(text(&claims, "text").as_deref(), Some("QL00007"));
        for none in ["several", "none", "half", "nul", "absent"] {
            assert_eq!(text(&claims, none), None, "{none}");
        }
    }
}

//! What a person does with two sites: goes from Merit to the provider, signs in there, and is sent back.

use reqwest::Url;

use crate::support::browser::{Answer, Browser};

/// The value of a parameter in an address.
pub(super) fn parameter(address: &str, name: &str) -> String {
    let url = Url::parse(address).unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("no '{name}' in {address}")).1.into_owned()
}

/// The path and query of an address of this site, when it is one.
pub(super) fn path_at<'a>(origin: &str, address: &'a str) -> Option<&'a str> {
    let path = address.strip_prefix(origin)?;
    path.starts_with('/').then_some(path)
}

/// Where an answer leads.
pub(super) fn led_to(answer: &Answer) -> String {
    answer.location.clone().unwrap_or_else(|| panic!("{} leads nowhere: {}", answer.status, answer.body))
}

/// Goes through the real provider's own pages from `address` as somebody; returns the path to which it sends the browser back to `merit`.
pub(super) async fn through(there: &mut Browser, address: &str, login: &str, merit: &str) -> String {
    let provider = Url::parse(address).unwrap().origin().ascii_serialization();
    let mut answer = there.get(path_at(&provider, address).unwrap()).await;
    for _ in 0..12 {
        if let Some(location) = &answer.location {
            if let Some(back) = path_at(merit, location) {
                return back.to_owned();
            }
            let next = path_at(&provider, location).unwrap_or(location).to_owned();
            answer = there.get(&next).await;
            continue;
        }
        let action = answer.body.split("action=\"").nth(1).unwrap_or_else(|| panic!("no form: {}", answer.body));
        let action = action.split('"').next().unwrap();
        let action = path_at(&provider, action).unwrap_or(action).to_owned();
        let fields: &[(&str, &str)] = if answer.body.contains("name=\"login\"") {
            &[("prompt", "login"), ("login", login), ("password", "any")]
        } else {
            &[("prompt", "consent")]
        };
        answer = there.post(&action, fields).await;
    }
    panic!("the provider goes on and on");
}

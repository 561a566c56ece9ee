//! What surrounds every page: who looks, in which language, and where they may go.

use poem::Request;

use super::language::Language;
use super::visitor::Visitor;
use super::words::Say;
use crate::domain::authority::{Act, Reach};

/// What surrounds a page.
pub(super) struct Frame {
    pub language: Language,
    pub visitor: Visitor,
    pub version: &'static str,
    /// Of this site, with what was asked, but not the language.
    here: String,
}

/// A way from every page to a part of the service.
pub(super) struct Way {
    pub address: &'static str,
    pub name: &'static str,
    /// Whether this page is in that part.
    pub here: bool,
}

/// Parts of the service: where they begin, their names, and the acts of which one lets somebody in.
const PARTS: [(&str, &str, &[Act]); 12] = [
    ("/week", "nav-week", &[Act::Review, Act::DecideAppeals]),
    ("/cycles", "nav-cycles", &[Act::ReadResults, Act::ReadPay]),
    ("/people", "nav-people", &[Act::ReadPeople]),
    ("/units", "nav-units", &[Act::ReadResults]),
    ("/approval", "nav-approval", &[Act::Approve]),
    ("/rules", "nav-rules", &[Act::ReadRules]),
    ("/data", "nav-data", &[Act::ReadPulls]),
    (
        "/jobs",
        "nav-jobs",
        &[Act::Pull, Act::Appraise, Act::Simulate, Act::ReadPeople, Act::ReadResults, Act::ReadPay, Act::ReadAudit],
    ),
    ("/audit", "nav-audit", &[Act::ReadAudit]),
    ("/access", "nav-access", &[Act::ManageAccess]),
    ("/notices", "nav-notices", &[Act::ManageNotices]),
    ("/settings", "nav-settings", &[Act::ManageAccess]),
];

impl Frame {
    /// Of the page that is asked for.
    pub(super) fn of(request: &Request) -> poem::Result<Self> {
        Ok(Self::around(&Visitor::of(request)?, Language::of(request), here(request)))
    }

    /// Of a page that is shown at the address of a form; `here` is where it can be opened again.
    pub(super) fn around(visitor: &Visitor, language: Language, here: String) -> Self {
        Self { language, visitor: visitor.clone(), version: env!("CARGO_PKG_VERSION"), here }
    }

    pub(super) fn say(&self, key: &'static str) -> Say {
        self.language.say(key)
    }

    /// Between a name and what it names.
    pub(super) const fn colon(&self) -> &'static str {
        self.language.pick(": ", "：")
    }

    /// Between a sentence and the next.
    pub(super) const fn stop(&self) -> &'static str {
        self.language.pick(". ", "。")
    }

    /// Where this page is in another language.
    pub(super) fn in_language(&self, code: &str) -> String {
        let joint = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{joint}lang={code}", self.here)
    }

    /// Where whoever looks may go.
    pub(super) fn ways(&self) -> Vec<Way> {
        let actor = self.visitor.app().actor();
        let Some(account) = actor.own_account() else { return Vec::new() };
        let here = self.here.split('?').next().unwrap_or_default();
        // Reviews of a cycle are reviews first; who has none to write finds them among the cycles.
        let reviews = account.agent_id.is_some() && here.split('/').nth(3) == Some("reviews");
        let inside = |address: &str| match reviews {
            true => address == "/reviews",
            false => {
                let at = |address: &str| here == address || here.starts_with(&format!("{address}/"));
                at(address) || (address == "/people" && at("/roster"))
            }
        };
        let may = |act: &Act| reaches_others(&actor.reach(*act));
        let own =
            account.agent_id.map(|_| [("/me", "nav-own", [].as_slice()), ("/reviews", "nav-reviews", [].as_slice())]);
        let own = own.into_iter().flatten();
        let open = PARTS.into_iter().filter(|(_, _, acts)| acts.iter().any(may));
        own.chain(open).map(|(address, name, _)| Way { address, name, here: inside(address) }).collect()
    }
}

/// Whether somebody else than oneself is within it.
pub(super) fn reaches_others(reach: &Reach) -> bool {
    reach.everything || !reach.units.is_empty()
}

/// The request's address without the language it asks for.
fn here(request: &Request) -> String {
    let path = request.original_uri().path();
    let query = request.original_uri().query().unwrap_or_default();
    let rest: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("lang=")).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

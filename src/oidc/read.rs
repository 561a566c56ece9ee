//! From a file to providers, or every problem in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use openidconnect::url::{Host, Url};
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};

use super::Providers;
use super::fetch::Fetcher;
use super::file::{LinkBy, ProviderFile, ProvidersFile};
use super::provider::{Provider, Settings};
use crate::domain::authority::Role;
use crate::domain::secret::Secret;
use crate::rules::Problem;
use crate::rules::shape::{Shape, Shaped};
use crate::rules::yaml::{Document, join};

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads the providers in `file`; their answers come back to addresses below `base_url`. Errors: every problem of the file.
pub fn read(file: &Path, base_url: &str, environment: Environment<'_>) -> Result<Providers, Vec<Problem>> {
    let name = file.display().to_string();
    let whole = |what: String, mend: &str| vec![Problem::of_file(&name, what, mend)];
    let text = fs::read_to_string(file).map_err(|error| {
        whole(
            format!("the file cannot be read: {error}"),
            "give the path of a UTF-8 text file that Merit's user may read",
        )
    })?;
    let shape = Shape::<ProvidersFile>::new().map_err(|error| whole(error, "report this as a defect of Merit"))?;
    let Shaped { document, content } = shape.fit(Document::parse(&name, &text)?)?;
    let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut reader = Reader { document, folder, base_url, environment, seen: BTreeSet::new(), problems: Vec::new() };
    let providers: Vec<Provider> = content
        .providers
        .into_iter()
        .enumerate()
        .filter_map(|(nth, provider)| reader.provider(nth, provider))
        .collect();
    let mut problems = reader.problems;
    problems.sort();
    if problems.is_empty() { Ok(Providers(providers)) } else { Err(problems) }
}

struct Reader<'a> {
    document: Document,
    folder: PathBuf,
    base_url: &'a str,
    environment: Environment<'a>,
    /// Ids and issuers of the providers so far.
    seen: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn refuse(&mut self, pointer: &str, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.push(self.document.error(pointer, what, mend));
    }

    fn provider(&mut self, nth: usize, file: ProviderFile) -> Option<Provider> {
        let at = |field: &str| join(&format!("/providers/{nth}"), field);
        if !self.seen.insert(format!("id {}", file.id)) {
            self.refuse(&at("id"), format!("there is another provider '{}'", file.id), "give each its own id");
        }
        if !self.seen.insert(format!("issuer {}", file.issuer)) {
            let mend = "keep one of the two: people are known by issuer and their name there";
            self.refuse(&at("issuer"), "there is another provider with this issuer", mend);
        }
        let issuer = self.issuer(&at("issuer"), &file.issuer);
        let secret = self.secret(&at(""), &file);
        self.check_linking(&at("employee_number_claim"), &file);
        for (rule, grant) in file.grants.iter().enumerate() {
            if grant.role == Role::Agent {
                let mend = "leave the rule out: whoever is linked by employee number may read what is their own";
                self.refuse(&format!("{}/{rule}/role", at("grants")), "claims do not make anybody an agent", mend);
            }
        }
        let address = format!("{}/sign-in/oidc/{}/callback", self.base_url.trim_end_matches('/'), file.id);
        let redirect = match RedirectUrl::new(address) {
            Ok(redirect) => Some(redirect),
            Err(error) => {
                self.refuse(
                    &at("id"),
                    format!("answers cannot come back below '{}': {error}", self.base_url),
                    "mend --base-url",
                );
                None
            }
        };
        let fetcher = match Fetcher::new(Duration::from_secs(file.timeout_seconds) / 2) {
            Ok(fetcher) => Some(fetcher),
            Err(error) => {
                self.refuse(
                    &at("id"),
                    format!("the HTTP client cannot start: {error}"),
                    "look at the system's certificates",
                );
                None
            }
        };
        let (issuer, redirect, fetcher) = (issuer?, redirect?, fetcher?);
        let settings = Settings {
            id: file.id,
            issuer,
            client_id: ClientId::new(file.client_id),
            client_secret: secret.map(|secret| ClientSecret::new(secret.expose().to_owned())),
            redirect,
            label: file.label.into(),
            scopes: file.scopes,
            user_info: file.user_info,
            employee_number_claim: file.employee_number_claim,
            make_accounts: file.make_accounts,
            patience: Duration::from_secs(file.timeout_seconds),
            grants: file.grants,
        };
        Some(Provider::new(settings, fetcher))
    }

    fn issuer(&mut self, pointer: &str, text: &str) -> Option<IssuerUrl> {
        let issuer = IssuerUrl::new(text.to_owned());
        let bare = |url: &Url| url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        match issuer {
            Ok(issuer) if is_secure(issuer.url()) && bare(issuer.url()) => Some(issuer),
            _ => {
                let mend = "write the issuer as the provider's description has it, such as https://id.example.com; only on this machine \
                            itself may it begin with http://";
                self.refuse(pointer, format!("'{text}' is no issuer"), mend);
                None
            }
        }
    }

    /// The client's secret, from where the file says.
    fn secret(&mut self, at: &str, file: &ProviderFile) -> Option<Secret> {
        let (env, path) = (format!("{at}client_secret_env"), format!("{at}client_secret_file"));
        let found = match (&file.client_secret_env, &file.client_secret_file) {
            (None, None) => return None,
            (Some(_), Some(_)) => {
                self.refuse(&path, "the client's secret is said to be in two places", "keep one of the two");
                return None;
            }
            (Some(name), None) => {
                let value = (self.environment)(name);
                let what =
                    || (env, format!("the environment variable {name} is not set"), "set it to the client's secret");
                value.ok_or_else(what)
            }
            (None, Some(name)) => {
                let what = |error: std::io::Error| {
                    (path.clone(), format!("{name} cannot be read: {error}"), "let Merit's user read it")
                };
                fs::read_to_string(self.folder.join(name)).map_err(what)
            }
        };
        let found = found.and_then(|text| {
            let text = text.trim_end_matches(['\r', '\n']).to_owned();
            let pointer = if file.client_secret_env.is_some() { format!("{at}client_secret_env") } else { path };
            if text.is_empty() {
                Err((pointer, "the client's secret is empty".to_owned(), "write it there"))
            } else {
                Ok(text)
            }
        });
        match found {
            Ok(text) => Some(Secret::new(text)),
            Err((pointer, what, mend)) => {
                self.refuse(&pointer, what, mend);
                None
            }
        }
    }

    fn check_linking(&mut self, pointer: &str, file: &ProviderFile) {
        match (file.link_by, &file.employee_number_claim) {
            (LinkBy::EmployeeNumber, None) => self.refuse(
                pointer,
                "employee_number_claim is missing",
                "name the claim with the employee number, or leave link_by out",
            ),
            (LinkBy::Subject, Some(_)) => self.refuse(
                pointer,
                "a claim with the employee number is named, but nobody is known by it",
                "add 'link_by: employee_number', or leave the claim out",
            ),
            (LinkBy::EmployeeNumber, Some(_)) | (LinkBy::Subject, None) => {}
        }
    }
}

/// Whether what is sent there stays between the two: over TLS, or on this machine.
pub(super) fn is_secure(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

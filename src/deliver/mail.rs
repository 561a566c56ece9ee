//! E-mail by SMTP.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use reqwest::Url;
use uuid::Uuid;

use super::{Failure, bounded, with_causes};
use crate::domain::notice::one_line;
use crate::domain::secret::Secret;

/// How long connecting may take, and a letter in all: answers have no time of their own.
const CONNECT: Duration = Duration::from_secs(15);
const WHOLE: Duration = Duration::from_secs(60);
const CONNECTIONS: u32 = 4;
/// Refusals (RFC 4954) of whoever sends, not of what is sent.
const SIGN_IN_REFUSED: [&str; 4] = ["530", "534", "535", "538"];
/// Longest address (RFC 5321).
const LONGEST: usize = 254;

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct MailOptions {
    /// `smtp://`, `smtps://`, or `smtp://…?tls=required` for STARTTLS; with user and password where the server asks for them.
    pub url: Secret,
    pub from: String,
    /// PEM file of an authority that the system does not know.
    pub ca: Option<PathBuf>,
}

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter<'a> {
    /// The same for every try: the letter's Message-ID is made from it.
    pub id: Uuid,
    pub address: &'a str,
    pub name: &'a str,
    pub subject: &'a str,
    pub body: String,
    pub at: DateTime<Utc>,
}

/// Sends mail by way of one server.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// An e-mail address that mail can be sent to. Errors: what is wrong.
pub fn email_address(text: &str) -> Result<String, String> {
    let text = text.trim();
    match Address::from_str(text) {
        Ok(address) if text.len() <= LONGEST && text.chars().all(|c| !c.is_control()) => Ok(address.to_string()),
        _ => Err(format!("'{}' is no e-mail address; one is such as li.wei@example.com", one_line(text))),
    }
}

impl Mailer {
    /// Errors: what is wrong with the options, without the secrets in them.
    pub fn new(options: &MailOptions) -> Result<Self, String> {
        let MailOptions { url: address, from, ca } = options;
        let from = Mailbox::from_str(from).map_err(|_| {
            format!("MERIT_MAIL_FROM: '{}' is no sender; one is such as 'Merit <merit@example.com>'", one_line(from))
        })?;
        let named = |problem: &str| {
            format!(
                "MERIT_SMTP_URL: {problem}; write smtps://USER:PASSWORD@HOST, smtp://HOST?tls=required or smtp://HOST"
            )
        };
        let url = Url::parse(address.expose()).map_err(|error| named(&error.to_string()))?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| named("it names no host"))?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let in_the_clear = url.scheme() == "smtp" && tls.as_deref() != Some("required");
        if in_the_clear && url.password().is_some() && !is_this_machine(host) {
            return Err(named("the password would go in the clear"));
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(address.expose());
        let mut builder = builder.map_err(|error| named(&with_causes(&error)))?;
        if let Some(ca) = ca {
            let parameters = trusting(host, ca)?;
            builder = match (url.scheme(), tls.as_deref()) {
                ("smtps", _) => builder.tls(Tls::Wrapper(parameters)),
                (_, Some("required")) => builder.tls(Tls::Required(parameters)),
                (_, Some(_)) => builder.tls(Tls::Opportunistic(parameters)),
                (_, None) => builder,
            };
        }
        let pool = PoolConfig::new().max_size(CONNECTIONS);
        Ok(Self { transport: builder.timeout(Some(CONNECT)).pool_config(pool).build(), from })
    }

    /// Hands the letter to the server. When this returns without an error, the server has said that it has it.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<(), Failure> {
        let message = self.message(letter)?;
        match tokio::time::timeout(WHOLE, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failure(&error)),
            Err(_) => Err(Failure::temporary(format!("the mail server did not take it within {} s", WHOLE.as_secs()))),
        }
    }

    fn message(&self, letter: &Letter<'_>) -> Result<Message, Failure> {
        let Letter { id, address, name, subject, body, at } = letter;
        let refused = |what: String| Failure::permanent(what);
        let address = Address::from_str(address).map_err(|error| refused(format!("the e-mail address: {error}")))?;
        // A header is one line, whatever a name or a subject holds.
        let name = Some(one_line(name)).filter(|name| !name.trim().is_empty());
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name, address))
            .subject(one_line(subject))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date((*at).into())
            .raw_header(automatic)
            .header(ContentType::TEXT_PLAIN)
            .body(body.clone())
            .map_err(|error| refused(with_causes(&error)))
    }
}

fn is_this_machine(host: &str) -> bool {
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || literal.is_ok_and(|address| address.is_loopback())
}

fn trusting(host: &str, ca: &Path) -> Result<TlsParameters, String> {
    let named = |problem: String| format!("MERIT_SMTP_CA: {}: {problem}", ca.display());
    let pem = std::fs::read(ca).map_err(|error| named(error.to_string()))?;
    let certificate = Certificate::from_pem(&pem).map_err(|error| named(with_causes(&error)))?;
    let parameters = TlsParameters::builder(host.to_owned()).add_root_certificate(certificate).build();
    parameters.map_err(|error| named(with_causes(&error)))
}

fn failure(error: &Error) -> Failure {
    let problem = bounded(with_causes(error));
    let about_us = error.status().is_some_and(|code| SIGN_IN_REFUSED.contains(&code.to_string().as_str()));
    if error.is_permanent() && !about_us { Failure::Permanent(problem) } else { Failure::temporary(problem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        let options =
            MailOptions { url: "smtp://localhost".into(), from: "Merit <merit@example.com>".into(), ca: None };
        Mailer::new(&options).unwrap()
    }

    #[tokio::test]
    async fn names_and_subjects_cannot_bring_headers_of_their_own() {
        for hostile in [
            "Li\r\nBcc: all@example.com",
            "Li\nBcc: all@example.com",
            "Li\rBcc: all@example.com",
            "Li\0Bcc: x@example.com",
            "Li\u{85}Bcc: all@example.com",
            "Li\u{2028}Bcc: all@example.com",
            "\" <all@example.com>, \"Li",
            "李\r\n\r\nBcc: all@example.com",
            "Li\r\n .\r\nMAIL FROM:<x@example.com>",
        ] {
            let letter = Letter {
                id: Uuid::nil(),
                address: "li.wei@example.com",
                name: hostile,
                subject: hostile,
                body: "Body\r\n.\r\nMAIL FROM:<x@example.com>".into(),
                at: DateTime::UNIX_EPOCH,
            };
            let message = mailer().message(&letter).unwrap();
            assert_eq!(message.envelope().to().len(), 1, "{hostile:?}");
            let text = String::from_utf8(message.formatted()).unwrap();
            let head = text.split("\r\n\r\n").next().unwrap();
            let names: Vec<&str> = head
                .split("\r\n")
                .filter(|line| !line.starts_with([' ', '\t']))
                .map(|line| line.split(':').next().unwrap())
                .collect();
            let expected = [
                "From",
                "To",
                "Subject",
                "Message-ID",
                "Date",
                "Auto-Submitted",
                "Content-Type",
                "Content-Transfer-Encoding",
            ];
            assert!(names.iter().all(|name| expected.contains(name) || *name == "MIME-Version"), "{hostile:?}: {head}");
        }
    }

    #[test]
    fn addresses_are_checked_and_passwords_do_not_go_in_the_clear() {
        assert_eq!(email_address(" li.wei@example.com "), Ok("li.wei@example.com".into()));
        for bad in
            ["li.wei", "a@b@c", "li\r\nwei@example.com", "li@example.com\nx", "<li@example.com>", "", "a b@example.com"]
        {
            assert!(email_address(bad).is_err(), "{bad:?}");
        }
        let with = |url: &str| {
            let options = MailOptions { url: url.into(), from: "merit@example.com".into(), ca: None };
            Mailer::new(&options).map(|_| ())
        };
        for bad in [
            "smtp://u:hidden@mail.example.com",
            "smtp://u:hidden@mail.example.com?tls=opportunistic",
            "http://u:hidden@x",
            "nothing",
        ] {
            let problem = with(bad).unwrap_err();
            assert!(problem.starts_with("MERIT_SMTP_URL: ") && !problem.contains("hidden"), "{problem}");
        }
    }

    #[tokio::test]
    async fn the_message_id_stays_the_same() {
        let letter = Letter {
            id: Uuid::nil(),
            address: "li.wei@example.com",
            name: "",
            subject: "S",
            body: "B".into(),
            at: DateTime::UNIX_EPOCH,
        };
        let text = String::from_utf8(mailer().message(&letter).unwrap().formatted()).unwrap();
        assert!(text.contains("Message-ID: <00000000-0000-0000-0000-000000000000@example.com>\r\n"), "{text}");
    }
}

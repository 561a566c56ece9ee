//! Secure connections with a certificate of the test's own, exchanged while the server runs.

use std::fs;

use merit::http::{Listening, ServerOptions, TlsFiles};
use reqwest::{Certificate, Client, StatusCode, Version};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::company::Company;
use crate::support::server::client;

/// Writes a new certificate for 127.0.0.1 and its key; returns a client that trusts it alone.
fn renew(files: &TlsFiles) -> Client {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs::write(&files.certificate, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    Client::builder().no_proxy().tls_certs_only([trusted]).build().unwrap()
}

fn files(folder: &TempDir) -> TlsFiles {
    TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") }
}

async fn refusal(files: &TlsFiles) -> String {
    let options = ServerOptions { tls: Some(files.clone()), ..ServerOptions::default() };
    match Listening::with("127.0.0.1:0", options).await {
        Ok(_) => panic!("the files should be refused"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_securely_and_takes_a_new_certificate() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let folder = tempfile::tempdir().unwrap();
    let files = files(&folder);
    let trusting = renew(&files);
    let options = ServerOptions { tls: Some(files.clone()), ..ServerOptions::default() };
    let listening = Listening::with("127.0.0.1:0", options).await.unwrap();
    let (tls, address) = (listening.tls().unwrap(), listening.address.clone());
    assert_eq!(listening.scheme(), "https");
    tokio::spawn(listening.run(app, std::future::pending()));
    let url = format!("https://{address}/health/ready");

    let answer = trusting.get(&url).send().await.unwrap();
    assert_eq!((answer.status(), answer.version()), (StatusCode::OK, Version::HTTP_11));
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    assert!(client().get(&url).send().await.is_err(), "nobody else trusts this certificate");

    // In the clear there is nothing, not even an error that says something.
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said).await;
    assert!(!said.windows(4).any(|four| four == b"HTTP"), "{said:?}");

    let next = renew(&files);
    assert!(next.get(&url).send().await.is_err(), "not before it was read again");
    tls.reread().unwrap();
    assert_eq!(next.get(&url).send().await.unwrap().status(), StatusCode::OK);
    fs::write(&files.key, "no key").unwrap();
    assert!(tls.reread().unwrap_err().to_string().contains("key.pem cannot be used"));
    let again = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    assert!(again.get(&url).send().await.is_err());
    assert_eq!(next.get(&url).send().await.unwrap().status(), StatusCode::OK, "what was read before stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(&folder);
    assert!(refusal(&files).await.contains("cert.pem cannot be used for secure connections"));
    renew(&files);
    let key = fs::read(&files.key).unwrap();
    fs::write(&files.key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    refusal(&files).await;
    renew(&files);
    fs::write(&files.key, key).unwrap();
    let said = refusal(&files).await;
    assert!(said.contains("--tls-cert") || said.contains("--tls-key"), "a key of another certificate: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_clear_browsers_are_told_nothing_about_security() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = crate::support::server::Server::start(&app).await;
    let answer = server.bare(reqwest::Method::GET, "/").await;
    assert!(!answer.headers().contains_key("strict-transport-security"));
}

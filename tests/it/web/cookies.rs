//! What the browser is told about the cookies, on loopback and over TLS.

use std::fs;

use merit::http::{Listening, ServerOptions, TlsFiles};
use reqwest::{Certificate, Client};

use super::{PASSWORD, Place, is_in};
use crate::support::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn on_loopback_the_cookies_are_plain() {
    let place = Place::new().await;
    place.member("lin").await;
    let form = place.browser().get("/sign-in").await.cookies;
    assert_eq!(form.len(), 1);
    assert!(form[0].starts_with("merit-form=") && form[0].ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{form:?}");
    let session = place.browser().sign_in("lin", PASSWORD).await.cookies;
    assert_eq!(session.len(), 1);
    let (name, rest) = session[0].split_once('=').unwrap();
    let (token, attributes) = rest.split_once("; ").unwrap();
    assert_eq!((name, token.len(), attributes), ("merit", 43, "Path=/; HttpOnly; SameSite=Lax"));
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_no_other_host_and_no_plain_request_can_set_them() {
    let place = Place::new().await;
    place.member("lin").await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    fs::write(&files.certificate, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let options = ServerOptions { tls: Some(files), ..ServerOptions::default() };
    let listening = Listening::with("127.0.0.1:0", options).await.unwrap();
    let port = listening.address.rsplit(':').next().unwrap().to_owned();
    tokio::spawn(listening.run(place.app.clone(), std::future::pending()));
    let trusting = Client::builder().tls_certs_only([Certificate::from_pem(made.cert.pem().as_bytes()).unwrap()]);
    let mut browser = Browser::with(&format!("https://localhost:{port}"), trusting);
    let form = browser.get("/sign-in").await.cookies;
    let attributes = "; Path=/; HttpOnly; SameSite=Lax; Secure";
    assert!(form[0].starts_with("__Host-merit-form=") && form[0].ends_with(attributes), "{form:?}");
    let answer = browser.sign_in("lin", PASSWORD).await;
    answer.leads_to("/");
    let session = &answer.cookies[0];
    assert!(session.starts_with("__Host-merit=") && session.ends_with(attributes), "{session}");
    assert!(is_in(&mut browser).await);
    // A cookie with the plain name, which others could have set, says nothing here.
    let token = browser.cookies.remove("__Host-merit").unwrap();
    browser.cookies.insert("merit".into(), token);
    assert!(!is_in(&mut browser).await);
}

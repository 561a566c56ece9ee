//! Secure connections: a certificate and its key from PEM files, read again when asked to.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::options::TlsFiles;
use super::server::ServerError;

/// The certificate in use. Clones share it.
#[derive(Clone)]
pub struct Tls {
    files: TlsFiles,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Tls {
    pub(super) fn read(files: TlsFiles) -> Result<Self, ServerError> {
        let config = configure(&files)?;
        Ok(Self { files, current: Arc::new(RwLock::new(config)) })
    }

    /// Reads the files again for connections from now on. When they cannot be used, what was read before stays.
    pub fn reread(&self) -> Result<(), ServerError> {
        let config = configure(&self.files)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn configure(files: &TlsFiles) -> Result<Arc<ServerConfig>, ServerError> {
    let TlsFiles { certificate, key } = files;
    let unreadable = |file: &std::path::Path, problem: String, mend| ServerError::Tls {
        file: file.display().to_string(),
        problem,
        mend,
    };
    let certificate_mend = "--tls-cert needs a PEM file with the certificate first and its chain after it";
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| unreadable(certificate, error.to_string(), certificate_mend))?;
    let key_mend = "--tls-key needs a PEM file with the certificate's private key";
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, error.to_string(), key_mend))?;
    let builder =
        ServerConfig::builder_with_provider(ring::default_provider().into()).with_safe_default_protocol_versions();
    let config = builder.and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private));
    let mut config = config.map_err(|error| unreadable(certificate, error.to_string(), certificate_mend))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

//! HTTPS for the gateway, with the merchant certificate (商户API证书) that refunds need.

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// What HTTPS needs. Everything in PEM.
#[derive(Clone)]
pub struct TlsConfig {
    /// The gateway's own certificate, and those between it and its authority.
    pub certificate_pem: String,
    /// The key of that certificate.
    pub key_pem: String,
    /// The authority that signs merchants' certificates.
    pub merchant_ca_pem: String,
}

/// Security: the key is not shown.
impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsConfig").finish_non_exhaustive()
    }
}

/// Why HTTPS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One of the three texts is not what it should be. What the reader says of it is kept back: it
    /// repeats lines, and one of the texts is a key.
    #[error("{0} is not readable PEM: does each BEGIN and END stand alone in its line?")]
    Pem(&'static str),
    /// There is no certificate in the text.
    #[error("{0} contains no certificate")]
    NoCertificate(&'static str),
    /// The certificate authority cannot be used.
    #[error("the merchants' certificate authority cannot be used")]
    MerchantCa(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Certificate and key do not belong together, or are of an unknown kind.
    #[error("the gateway's certificate and key cannot be used")]
    Certificate(#[source] rustls::Error),
}

impl TlsConfig {
    /// Prepares the handshake. Merchants may show a certificate; only refunds demand one.
    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, TlsError> {
        let chain = certificates("the gateway's certificate", &self.certificate_pem)?;
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes());
        let key = key.map_err(|_| TlsError::Pem("the gateway's key"))?;
        let mut roots = RootCertStore::empty();
        for certificate in certificates("the merchants' authority", &self.merchant_ca_pem)? {
            roots
                .add(certificate)
                .map_err(|error| TlsError::MerchantCa(error.into()))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone())
            .allow_unauthenticated()
            .build()
            .map_err(|error| TlsError::MerchantCa(error.into()))?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Certificate)?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(TlsError::Certificate)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn certificates(what: &'static str, pem: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let read = read.map_err(|_| TlsError::Pem(what))?;
    if read.is_empty() {
        Err(TlsError::NoCertificate(what))
    } else {
        Ok(read)
    }
}

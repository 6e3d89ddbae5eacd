//! The merchant's API certificate (商户API证书): opened, checked, and shown when WeChat asks for it.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=4_3> (安全规范).

use std::fmt;
use std::sync::Arc;

use p12_keystore::Pkcs12Archive;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::pem::{self, PemError};

/// The merchant's API certificate, from the files of WeChat's certificate tool. Cheap to clone.
///
/// It is opened when a [`crate::Client`] is made, which refuses one that can never be used;
/// [`ClientCertificate::check`] does that ahead of time and looks at the calendar, too.
#[derive(Clone)]
pub struct ClientCertificate(Arc<Files>);

enum Files {
    Pem {
        certificate: String,
        key: SecretString,
    },
    Pkcs12 {
        archive: SecretSlice<u8>,
        password: SecretString,
    },
}

/// What a certificate says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateFacts {
    /// The whole subject, for people.
    pub subject: String,
    /// The merchant number in the subject, where WeChat writes it as the common name.
    pub mch_id: Option<String>,
    /// 证书序列号: capital hex digits, as the merchant platform shows it.
    pub serial_number: String,
    /// Unix seconds: the first at which it is valid.
    pub not_before: i64,
    /// Unix seconds: the last at which it is valid.
    pub not_after: i64,
}

/// Why a merchant certificate cannot be used. No cause stands behind it: the libraries' errors
/// repeat lines of the files, and one of them is a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The certificate's file is not readable PEM.
    #[error("merchant certificate {0}")]
    CertificatePem(PemError),
    /// The key's file is not readable PEM; an encrypted key counts as none.
    #[error("merchant key {0}")]
    KeyPem(PemError),
    /// The file holds no certificate.
    #[error("merchant certificate file holds no certificate")]
    NoCertificate,
    /// The archive holds no private key.
    #[error("PKCS#12 file holds no private key: apiclient_cert.p12 is wanted")]
    NoKey,
    /// WeChat's archives have the merchant number as their password.
    #[error("password of the PKCS#12 file is wrong: WeChat's have the merchant number as password")]
    WrongPassword,
    /// Not an archive, or one that is locked in an unknown way.
    #[error("file is not a readable PKCS#12 archive")]
    NotPkcs12,
    /// Not an X.509 certificate.
    #[error("merchant certificate is not readable")]
    NotX509,
    /// A kind of key that TLS cannot sign with.
    #[error("merchant key is of a kind that TLS cannot sign with, or damaged")]
    UnusableKey,
    /// Two files of different downloads, most often.
    #[error("merchant certificate and key do not belong together")]
    KeyMismatch,
    /// The subject names another merchant number.
    #[error("merchant certificate belongs to merchant {found}")]
    OtherMerchant {
        /// The merchant number in the certificate.
        found: String,
    },
    /// The clock of this machine is wrong, most often.
    #[error("merchant certificate is valid from {} Beijing time on", crate::beijing::format_dashed(*.not_before))]
    NotYetValid {
        /// Unix seconds.
        not_before: i64,
    },
    /// Certificates last five years; a new one is made in the merchant platform.
    #[error("merchant certificate expired at {} Beijing time", crate::beijing::format_dashed(*.not_after))]
    Expired {
        /// Unix seconds.
        not_after: i64,
    },
}

/// Leaf first, and the key to it.
type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl ClientCertificate {
    /// Takes the contents of `apiclient_cert.pem` and `apiclient_key.pem`.
    #[must_use]
    pub fn from_pem(certificate_pem: String, key_pem: SecretString) -> ClientCertificate {
        ClientCertificate(Arc::new(Files::Pem {
            certificate: certificate_pem,
            key: key_pem,
        }))
    }

    /// Takes the contents of `apiclient_cert.p12`, whose password is the merchant number.
    #[must_use]
    pub fn from_pkcs12(archive: Vec<u8>, password: SecretString) -> ClientCertificate {
        ClientCertificate(Arc::new(Files::Pkcs12 {
            archive: archive.into(),
            password,
        }))
    }

    /// What the certificate says about itself; reads it, and tries the key on it.
    ///
    /// # Errors
    /// When the files are not readable or do not belong together.
    pub fn facts(&self) -> Result<CertificateFacts, CertificateError> {
        let (chain, _) = self.open()?;
        let leaf = chain.first().ok_or(CertificateError::NoCertificate)?;
        CertificateFacts::from_der(leaf)
    }

    /// The self-test for a start-up: readable, one pair, this merchant's, and valid at this time.
    ///
    /// # Errors
    /// With the first of these that does not hold.
    pub fn check(
        &self,
        mch_id: &str,
        unix_seconds: i64,
    ) -> Result<CertificateFacts, CertificateError> {
        let facts = self.facts()?;
        facts.check_owner(mch_id)?;
        facts.check_time(unix_seconds)?;
        Ok(facts)
    }

    pub(crate) fn open(&self) -> Result<Pair, CertificateError> {
        let (chain, key) = match &*self.0 {
            Files::Pem { certificate, key } => read_pem(certificate, key)?,
            Files::Pkcs12 { archive, password } => read_pkcs12(archive, password)?,
        };
        if chain.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        Ok((leaf_first(chain, &key)?, key))
    }
}

impl CertificateFacts {
    /// Reads a certificate in DER, as a TLS connection shows it; for whoever plays WeChat.
    ///
    /// # Errors
    /// When it is not an X.509 certificate.
    pub fn from_der(certificate: &[u8]) -> Result<CertificateFacts, CertificateError> {
        Ok(read_facts(&parse(certificate)?))
    }

    pub(crate) fn check_owner(&self, mch_id: &str) -> Result<(), CertificateError> {
        match &self.mch_id {
            Some(found) if found != mch_id => Err(CertificateError::OtherMerchant {
                found: found.clone(),
            }),
            _ => Ok(()),
        }
    }

    pub(crate) fn check_time(&self, unix_seconds: i64) -> Result<(), CertificateError> {
        let CertificateFacts {
            not_before,
            not_after,
            ..
        } = *self;
        if unix_seconds > not_after {
            Err(CertificateError::Expired { not_after })
        } else if unix_seconds < not_before {
            Err(CertificateError::NotYetValid { not_before })
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate([redacted])")
    }
}

fn read_pem(certificate: &str, key: &SecretString) -> Result<Pair, CertificateError> {
    let certificate = pem::mended(certificate).map_err(CertificateError::CertificatePem)?;
    let chain = CertificateDer::pem_slice_iter(certificate.expose_secret().as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| CertificateError::CertificatePem(PemError::Damaged))?;
    let key = pem::mended(key.expose_secret()).map_err(CertificateError::KeyPem)?;
    let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes()).map_err(|error| {
        CertificateError::KeyPem(match error {
            rustls::pki_types::pem::Error::NoItemsFound => PemError::NoKey,
            _ => PemError::Damaged,
        })
    })?;
    Ok((chain, key))
}

/// WeChat's archives are locked in the old ways (RC2 and Triple DES), `openssl`'s new ones in AES.
fn read_pkcs12(
    archive: &SecretSlice<u8>,
    password: &SecretString,
) -> Result<Pair, CertificateError> {
    let opened = Pkcs12Archive::from_pkcs12(archive.expose_secret(), password.expose_secret())
        .map_err(|error| match error {
            p12_keystore::error::Error::MacError(_) => CertificateError::WrongPassword,
            _ => CertificateError::NotPkcs12,
        })?;
    let key = opened.keys.first().ok_or(CertificateError::NoKey)?;
    let key = PrivatePkcs8KeyDer::from(key.key.as_der().to_vec());
    let chain = opened.certs.iter();
    let chain = chain.map(|bag| CertificateDer::from(bag.cert.as_der().to_vec()));
    Ok((chain.collect(), key.into()))
}

/// Archives list their certificates in any order, and TLS wants the one of the key first.
fn leaf_first(
    mut chain: Vec<CertificateDer<'static>>,
    key: &PrivateKeyDer<'_>,
) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let signer = rustls::crypto::ring::sign::any_supported_type(key)
        .map_err(|_| CertificateError::UnusableKey)?;
    let public_key = signer.public_key().ok_or(CertificateError::KeyMismatch)?;
    for at in 0..chain.len() {
        if parse(&chain[at])?.public_key().raw == public_key.as_ref() {
            chain.swap(0, at);
            return Ok(chain);
        }
    }
    Err(CertificateError::KeyMismatch)
}

fn parse(certificate: &[u8]) -> Result<X509Certificate<'_>, CertificateError> {
    match X509Certificate::from_der(certificate) {
        Ok((_, parsed)) => Ok(parsed),
        Err(_) => Err(CertificateError::NotX509),
    }
}

fn read_facts(certificate: &X509Certificate<'_>) -> CertificateFacts {
    let names = certificate.subject().iter_common_name();
    let mut numbers = names.filter_map(|name| name.as_str().ok()).filter(|name| {
        // Merchant numbers have eight to ten digits; a shop's or a host's name is none.
        (8..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_digit())
    });
    CertificateFacts {
        mch_id: numbers.next().map(str::to_owned),
        subject: certificate.subject().to_string(),
        serial_number: crate::hex::upper(certificate.tbs_certificate.raw_serial()),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
    }
}

//! The files that WeChat's certificate tool writes: one archive, or certificate and key.

use std::path::Path;

use secrecy::SecretString;
use wechat_checkout_gateway::{CertificateError, ClientCertificate, Merchant};

use super::keys;
use super::sources::Sources;
use crate::settings::{Read, Written, read_bytes, read_text};

/// Certificates and keys are a few thousand bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// What the text of a PEM file begins with, also when it stands in the place of its path.
const PEM_BEGINS: &str = "-----BEGIN";
const FORMS: &str = "is apiclient_cert.p12 alone, or apiclient_cert.pem with apiclient_key.pem as \
                     `merchant.certificate_key`";

/// What a certificate's key names.
enum Form {
    Pem(String),
    Archive(Vec<u8>),
}

pub(super) fn check(
    sources: &mut Sources,
    folder: &Path,
    merchant: Option<&Merchant>,
) -> Option<ClientCertificate> {
    let has_key = sources.has(keys::CERTIFICATE_KEY);
    if has_key && !sources.has(keys::CERTIFICATE) {
        sources.miss(keys::CERTIFICATE, "the path of apiclient_cert.pem");
    }
    let form = sources.take(keys::CERTIFICATE, |written| form(written, folder));
    let key = sources.take(keys::CERTIFICATE_KEY, |written| pem(written, folder));
    let certificate = match form? {
        Form::Archive(archive) => {
            if has_key {
                let alone = "is not needed: the archive has the key in it";
                sources.wrong(keys::CERTIFICATE_KEY, alone);
            }
            // WeChat's archives have the merchant number as their password.
            ClientCertificate::from_pkcs12(archive, merchant?.mch_id().into())
        }
        Form::Pem(certificate) if has_key => {
            ClientCertificate::from_pem(certificate, SecretString::from(key?))
        }
        // Some tools write both into one file.
        Form::Pem(both) if both.contains("PRIVATE KEY") => {
            ClientCertificate::from_pem(both.clone(), SecretString::from(both))
        }
        Form::Pem(_) => {
            sources.wrong(keys::CERTIFICATE, FORMS);
            return None;
        }
    };
    match usable(&certificate, merchant) {
        Ok(()) => Some(certificate),
        Err(error) => {
            sources.wrong(blamed(&error, has_key), sentence(&error));
            None
        }
    }
}

/// What can never be used stops the start. What has expired does not: orders are still paid, and
/// the log says that refunds are refused.
fn usable(
    certificate: &ClientCertificate,
    merchant: Option<&Merchant>,
) -> Result<(), CertificateError> {
    let facts = certificate.facts()?;
    match (merchant, facts.mch_id) {
        (Some(merchant), Some(found)) if found != merchant.mch_id() => {
            Err(CertificateError::OtherMerchant { found })
        }
        _ => Ok(()),
    }
}

fn blamed(error: &CertificateError, has_key: bool) -> keys::Key {
    match error {
        CertificateError::KeyPem(_) | CertificateError::UnusableKey if has_key => {
            keys::CERTIFICATE_KEY
        }
        _ => keys::CERTIFICATE,
    }
}

fn sentence(error: &CertificateError) -> String {
    match error {
        CertificateError::CertificatePem(error) | CertificateError::KeyPem(error) => {
            error.to_string()
        }
        other => format!("cannot be used: {other}"),
    }
}

fn form(written: &Written, folder: &Path) -> Read<Form> {
    let text = written.text()?;
    if text.contains(PEM_BEGINS) {
        return Ok(Form::Pem(text.to_owned()));
    }
    let path = folder.join(text);
    let is_archive = path
        .extension()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("p12") || kind.eq_ignore_ascii_case("pfx"));
    if is_archive {
        read_bytes(&path, FILE_BYTES_MAX).map(Form::Archive)
    } else {
        pem(written, folder).map(Form::Pem)
    }
}

/// The text of a PEM file, which a variable may have in place of the path. No sentence repeats
/// what was written: it may be a part of a key.
fn pem(written: &Written, folder: &Path) -> Read<String> {
    let text = written.text()?;
    if text.contains(PEM_BEGINS) {
        return Ok(text.to_owned());
    }
    read_text(&folder.join(text), FILE_BYTES_MAX)
        .map_err(|sentence| ["names a file that cannot be used: it ", &sentence].concat())
}

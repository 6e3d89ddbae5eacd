//! Where a PostgreSQL database is: a URL, and whether the way there is encrypted.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::OpenError;

/// A host that does not answer is given up after this long.
const CONNECT_WITHIN: Duration = Duration::from_millis(1_500);

/// A connection over which nothing comes back is given up by the kernel after about this long, so
/// that a cable cut leaves no connections behind.
const DEAD_AFTER: Duration = Duration::from_secs(10);

const POSTGRES_PORT: u16 = 5_432;

/// A checked `postgres://` URL. `Debug` does not show the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresAddress {
    config: tokio_postgres::Config,
    /// A PEM file of certificates to trust besides Mozilla's.
    roots: Option<PathBuf>,
}

/// Why a text is no address. Says what to write, and never repeats the text: it has a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a URL that PostgreSQL's programs would take.
    #[error(
        "takes postgres://user:password@host/database (percent-encode what is special in a password)"
    )]
    NoUrl,
    /// Without these it would guess.
    #[error("needs a host, a user and a database: postgres://user:password@host/database")]
    Incomplete,
    /// Half-hearted encryption protects from nobody.
    #[error("takes sslmode=disable or sslmode=verify-full")]
    SslMode,
}

impl PostgresAddress {
    /// Reads a URL as PostgreSQL's own programs do. `sslmode` is `disable` or `verify-full`
    /// (`require` means the same here); without it the way to this machine is plain and any other
    /// is encrypted and verified, against Mozilla's roots and those of `sslrootcert`.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn parse(url: &str) -> Result<PostgresAddress, AddressError> {
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let mut rest = Vec::new();
        let mut ssl_mode = None;
        let mut roots = None;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", "disable")) => ssl_mode = Some(SslMode::Disable),
                Some(("sslmode", "require" | "verify-full")) => ssl_mode = Some(SslMode::Require),
                Some(("sslmode", _)) => return Err(AddressError::SslMode),
                Some(("sslrootcert", path)) => roots = Some(PathBuf::from(path)),
                _ => rest.push(pair),
            }
        }
        let plain_url = if rest.is_empty() {
            place.to_owned()
        } else {
            [place, "?", &rest.join("&")].concat()
        };
        let mut config =
            tokio_postgres::Config::from_str(&plain_url).map_err(|_| AddressError::NoUrl)?;
        let is_complete = !config.get_hosts().is_empty()
            && config.get_user().is_some()
            && config.get_dbname().is_some();
        if !is_complete {
            return Err(AddressError::Incomplete);
        }
        let is_here = config.get_hosts().iter().all(is_this_machine);
        config
            .ssl_mode(ssl_mode.unwrap_or(if is_here {
                SslMode::Disable
            } else {
                SslMode::Require
            }))
            .connect_timeout(CONNECT_WITHIN)
            .tcp_user_timeout(DEAD_AFTER)
            .keepalives_idle(DEAD_AFTER);
        if config.get_application_name().is_none() {
            config.application_name("wechat-checkout");
        }
        Ok(PostgresAddress { config, roots })
    }

    /// Hosts and database, for people; neither user nor password.
    #[must_use]
    pub fn place(&self) -> String {
        let ports = self.config.get_ports();
        let hosts = self.config.get_hosts().iter().enumerate();
        let hosts: Vec<String> = hosts
            .map(|(index, host)| {
                // One port stands for all hosts.
                let port = ports.get(index).or(ports.first()).copied();
                let port = port.unwrap_or(POSTGRES_PORT);
                match host {
                    Host::Tcp(name) => format!("{name}:{port}"),
                    #[cfg(unix)]
                    Host::Unix(folder) => format!("{}:{port}", folder.display()),
                }
            })
            .collect();
        let database = self.config.get_dbname().unwrap_or_default();
        [&hosts.join(","), "/", database].concat()
    }

    /// The password in the URL.
    pub(crate) fn password(&self) -> Option<SecretString> {
        let password = self.config.get_password()?;
        Some(String::from_utf8_lossy(password).into_owned().into())
    }

    /// Whether the certificates of `sslrootcert` can be read.
    ///
    /// # Errors
    /// When they cannot, without a word of the file: it may be a key.
    pub(crate) fn check_roots(&self) -> Result<(), OpenError> {
        self.tls().map(|_| ())
    }

    pub(super) fn config(&self) -> tokio_postgres::Config {
        self.config.clone()
    }

    pub(super) fn tls(&self) -> Result<MakeRustlsConnect, OpenError> {
        let mut trusted = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        if let Some(path) = &self.roots {
            // The libraries' errors repeat lines of the file, and somebody may name a key's.
            let unreadable = || OpenError::Roots { path: path.clone() };
            for certificate in CertificateDer::pem_file_iter(path).map_err(|_| unreadable())? {
                let certificate = certificate.map_err(|_| unreadable())?;
                trusted.add(certificate).map_err(|_| unreadable())?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(OpenError::Tls)?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssl_mode(url: &str) -> Result<SslMode, AddressError> {
        PostgresAddress::parse(url).map(|address| address.config.get_ssl_mode())
    }

    #[test]
    fn the_way_to_another_machine_is_encrypted_unless_the_url_says_otherwise() {
        assert_eq!(
            ssl_mode("postgres://shop:secret@127.0.0.1/shop"),
            Ok(SslMode::Disable)
        );
        assert_eq!(
            ssl_mode("postgres://shop@%2Frun%2Fpostgresql/shop"),
            Ok(SslMode::Disable)
        );
        assert_eq!(
            ssl_mode("postgres://shop:secret@db.example/shop"),
            Ok(SslMode::Require)
        );
        let plain = "postgres://shop:secret@db.example/shop?sslmode=disable";
        assert_eq!(ssl_mode(plain), Ok(SslMode::Disable));
        let mixed = "postgres://shop:secret@127.0.0.1,db.example/shop";
        assert_eq!(ssl_mode(mixed), Ok(SslMode::Require));
    }

    #[test]
    fn what_cannot_work_is_refused_without_repeating_the_password() {
        for (url, error) in [
            (
                "postgres://shop:sec@ret@db.example:port/shop",
                AddressError::NoUrl,
            ),
            (
                "postgres://shop:secret@db.example/shop?sslmode=prefer",
                AddressError::SslMode,
            ),
            (
                "postgres://shop:secret@db.example/shop?colour=red",
                AddressError::NoUrl,
            ),
            ("postgres://db.example/shop", AddressError::Incomplete),
            (
                "postgres://shop:secret@db.example",
                AddressError::Incomplete,
            ),
            ("postgres:///shop", AddressError::Incomplete),
        ] {
            assert_eq!(PostgresAddress::parse(url), Err(error), "{url}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn a_place_names_hosts_and_database_alone() {
        for (url, place) in [
            (
                "postgres://shop:secret@db.example/shop",
                "db.example:5432/shop",
            ),
            (
                "postgres://shop:secret@one:5433,two:5434/shop",
                "one:5433,two:5434/shop",
            ),
            (
                "postgres://shop:secret@%2Frun%2Fpostgresql/shop",
                "/run/postgresql:5432/shop",
            ),
        ] {
            let address = PostgresAddress::parse(url).expect("an address");
            assert_eq!(address.place(), place);
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        let address = PostgresAddress::parse("postgres://shop:hunter2@db.example/shop");
        let shown = format!("{address:?}");
        assert!(
            shown.contains("db.example") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}

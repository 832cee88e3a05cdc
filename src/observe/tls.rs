//! Who is trusted to name a server, and what TLS says in words. Opens no connection.

use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, ClientConfig, RootCertStore};

/// The most names of a certificate that are shown.
const MAX_NAMES: usize = 5;

/// The authorities that are trusted: the system's own (an organisation's among them), the public ones where the system has
/// none, and those that the inventory adds. Nobody by default.
#[derive(Clone)]
pub struct Trust(Arc<RootCertStore>);

impl Default for Trust {
    fn default() -> Self {
        Self(Arc::new(RootCertStore::empty()))
    }
}

impl Trust {
    /// Reads the system's authorities, and adds those of these PEM files. An error says what is wrong, by the file's name.
    pub fn load<'a>(added: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self, String> {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if store.is_empty() {
            store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        for (name, pem) in added {
            let certificates = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
            let certificates = certificates.map_err(|error| format!("{name} is no PEM file: {error}"))?;
            if certificates.is_empty() {
                return Err(format!("{name} holds no certificate: a line \"-----BEGIN CERTIFICATE-----\" is meant"));
            }
            for certificate in certificates {
                store.add(certificate).map_err(|error| format!("{name} holds a certificate that is no authority's: {error}"))?;
            }
        }
        Ok(Self(Arc::new(store)))
    }

    /// The authorities.
    pub(super) fn roots(&self) -> &RootCertStore {
        &self.0
    }

    /// A client that believes certificates of these authorities only.
    pub(super) fn strict_config(&self, alpn: &[&[u8]]) -> Result<ClientConfig, rustls::Error> {
        let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
        let mut config = builder.with_root_certificates(Arc::clone(&self.0)).with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(config)
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trust({} authorities)", self.0.len())
    }
}

/// The cryptography that all TLS here uses.
pub(super) fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The TLS error inside a system error, if it is one; connectors wrap it once or twice.
pub(super) fn error_within(error: &io::Error) -> Option<&rustls::Error> {
    let inner = error.get_ref()?;
    inner.downcast_ref().or_else(|| error_within(inner.downcast_ref::<io::Error>()?))
}

/// A TLS error as a clause.
pub(super) fn words(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(reason) => certificate_words(reason),
        rustls::Error::AlertReceived(alert) => format!("the other side refused TLS: {alert:?}"),
        rustls::Error::InvalidMessage(_) => "what answers does not speak TLS".to_owned(),
        rustls::Error::PeerIncompatible(why) => format!("it speaks no TLS that is still thought safe: {why:?}"),
        other => other.to_string(),
    }
}

/// Why a certificate is not good, as a clause.
pub(super) fn certificate_words(reason: &CertificateError) -> String {
    match reason {
        CertificateError::UnknownIssuer => "its certificate is of no authority that is trusted here".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "a certificate of its chain has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "a certificate of its chain is not valid yet".to_owned()
        }
        CertificateError::Revoked => "its certificate has been revoked".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let shown: Vec<&str> = presented.iter().take(MAX_NAMES).map(String::as_str).collect();
            let more = if presented.len() > MAX_NAMES { ", …" } else { "" };
            match shown.as_slice() {
                [] => format!("its certificate names nobody, and not {}", expected.to_str()),
                _ => format!("its certificate is for {}{more}, not for {}", shown.join(", "), expected.to_str()),
            }
        }
        CertificateError::NotValidForName => "its certificate is for another name".to_owned(),
        CertificateError::BadEncoding => "its certificate cannot be read".to_owned(),
        CertificateError::BadSignature => "a signature in its certificate's chain is wrong".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "its certificate is not meant for servers".to_owned()
        }
        other => format!("its certificate is not accepted: {other}"),
    }
}

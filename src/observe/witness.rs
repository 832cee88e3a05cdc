//! What a server shows to prove who it is, noted and never refused: whether a certificate is good is for a rule to say, and what
//! stands behind a bad one is judged all the same.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::tls::{self, Trust};
use crate::profile::http::Certificate;

/// The most names of a certificate that are kept, and of how many characters each.
const MAX_NAMES: usize = 20;
const MAX_NAME: usize = 253;

/// A client that talks to anybody who has the key of the certificate that he shows, and says what that is worth.
pub(super) struct Witness {
    trust: Trust,
    provider: Arc<CryptoProvider>,
    connector: TlsConnector,
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness").field("trust", &self.trust).finish_non_exhaustive()
    }
}

/// Takes a certificate for what it says.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

impl Witness {
    /// `trust` is who is trusted to name machines; it may be nobody where no machine speaks TLS.
    pub(super) fn new(trust: &Trust) -> Result<Self, rustls::Error> {
        let provider = tls::provider();
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
        let anybody = Arc::new(Anybody(Arc::clone(&provider)));
        let mut config = builder.dangerous().with_custom_certificate_verifier(anybody).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = rustls::client::Resumption::disabled(); // a resumed session shows no certificate
        Ok(Self { trust: trust.clone(), provider, connector: TlsConnector::from(Arc::new(config)) })
    }

    /// Speaks TLS with a machine that should be `name`.
    pub(super) async fn shake_hands(
        &self,
        name: ServerName<'static>,
        tcp: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Certificate)> {
        let stream = self.connector.connect(name.clone(), tcp).await?;
        let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let now = UnixTime::now();
        let certificate = match shown.split_first() {
            Some((end_entity, intermediates)) => self.examine(end_entity, intermediates, &name, now),
            None => unreadable(seconds(now)),
        };
        Ok((stream, certificate))
    }

    fn examine(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Certificate {
        let now_secs = seconds(now);
        let Some((not_before_secs, not_after_secs, names)) = read(end_entity) else { return unreadable(now_secs) };
        // The chain is looked at as of a day on which the certificate itself is in date: that it is not is said by itself.
        let as_of = now_secs.min(not_after_secs).max(not_before_secs);
        let parsed = ParsedCertificate::try_from(end_entity);
        let chain = parsed.as_ref().map_err(Clone::clone).and_then(|parsed| {
            let algorithms = self.provider.signature_verification_algorithms.all;
            let at = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(as_of).unwrap_or(0)));
            verify_server_cert_signed_by_trust_anchor(parsed, self.trust.roots(), intermediates, at, algorithms)
        });
        Certificate {
            not_before_secs,
            not_after_secs,
            names,
            names_host: parsed.is_ok_and(|parsed| verify_server_name(&parsed, server_name).is_ok()),
            in_date: as_of == now_secs,
            chain_fault: chain.err().map(|error| tls::words(&error)),
        }
    }
}

fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// Dates and names; `None` where it is no certificate.
fn read(certificate: &CertificateDer<'_>) -> Option<(i64, i64, Vec<String>)> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let validity = certificate.validity();
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let names = alternatives.into_iter().flat_map(|names| &names.value.general_names).filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(octets) => address(octets),
        _ => None,
    });
    let names = names.take(MAX_NAMES).map(|name| name.chars().take(MAX_NAME).collect()).collect();
    Some((validity.not_before.timestamp(), validity.not_after.timestamp(), names))
}

fn address(octets: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(octets).map(std::net::IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(octets).map(std::net::IpAddr::from)).ok().map(|address| address.to_string())
}

fn unreadable(now_secs: i64) -> Certificate {
    Certificate {
        not_before_secs: now_secs,
        not_after_secs: now_secs,
        names: Vec::new(),
        names_host: false,
        in_date: false,
        chain_fault: Some("its certificate cannot be read".to_owned()),
    }
}

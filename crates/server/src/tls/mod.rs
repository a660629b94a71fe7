//! TLS 1.2 and 1.3, with a certificate that can be replaced while the server runs.

mod files;
pub(crate) mod reload;

use std::sync::{Arc, PoisonError, RwLock};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use crate::{config::network::TlsSettings, failure::Failure};
use files::{CertificateFiles, Fingerprint};

/// The current certificate, and its files.
#[derive(Debug)]
pub(crate) struct Certificate {
    files: CertificateFiles,
    current: RwLock<Arc<CertifiedKey>>,
    /// The contents of the files when the server started.
    first: Fingerprint,
    provider: Arc<CryptoProvider>,
}

impl Certificate {
    /// Loads the certificate in `settings`, if set.
    pub(crate) fn of(settings: &TlsSettings) -> Result<Option<Arc<Self>>, Failure> {
        let (cert, key) = match (&settings.tls_cert, &settings.tls_key) {
            (None, None) => return Ok(None),
            (Some(cert), Some(key)) => (cert.clone(), key.clone()),
            (Some(_), None) => {
                let reason = "is required with --tls-cert (ROLLCALL_TLS_CERT)";
                return Err(Failure::of_setting("tls-key", &reason));
            }
            (None, Some(_)) => {
                let reason = "is required with --tls-key (ROLLCALL_TLS_KEY)";
                return Err(Failure::of_setting("tls-cert", &reason));
            }
        };
        let files = CertificateFiles { cert, key };
        let provider = Arc::new(ring::default_provider());
        let content = files.read();
        let first = content.fingerprint();
        let current = RwLock::new(content.load(&provider)?);
        Ok(Some(Arc::new(Self { files, current, first, provider })))
    }

    /// The TLS configuration of a server. Only HTTP/1.1 is offered, so that limits on connections
    /// also limit requests.
    pub(crate) fn server(self: &Arc<Self>) -> Result<Arc<ServerConfig>, Failure> {
        let config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| format!("TLS: {error}"))?;
        let resolver = Arc::clone(self) as Arc<dyn ResolvesServerCert>;
        let mut config = config.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    fn replace(&self, certified: Arc<CertifiedKey>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = certified;
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

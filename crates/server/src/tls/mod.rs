//! TLS 1.2 and 1.3, with a certificate that can be replaced while the server runs.

mod pair;
mod reload;

use std::sync::{Arc, PoisonError, RwLock};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use crate::{failure::Failure, settings::TlsSettings};
use pair::{Pair, Print};
pub(crate) use reload::keep_up;

/// The current certificate, and its files.
#[derive(Debug)]
pub(crate) struct Certificate {
    pair: Pair,
    current: RwLock<Arc<CertifiedKey>>,
    /// The contents of the files when the server started.
    first: Print,
    provider: Arc<CryptoProvider>,
}

impl Certificate {
    /// The certificate in `settings`, if there is one.
    pub(crate) fn of(settings: &TlsSettings) -> Result<Option<Arc<Self>>, Failure> {
        let (cert, key) = match (&settings.tls_cert, &settings.tls_key) {
            (None, None) => return Ok(None),
            (Some(cert), Some(key)) => (cert.clone(), key.clone()),
            (Some(_), None) => {
                let reason = "must be set along with --tls-cert (ROLLCALL_TLS_CERT)";
                return Err(Failure::of_setting("tls-key", &reason));
            }
            (None, Some(_)) => {
                let reason = "must be set along with --tls-key (ROLLCALL_TLS_KEY)";
                return Err(Failure::of_setting("tls-cert", &reason));
            }
        };
        let (pair, provider) = (Pair { cert, key }, Arc::new(ring::default_provider()));
        let content = pair.read();
        let (first, current) = (content.print(), RwLock::new(content.load(&provider)?));
        Ok(Some(Arc::new(Self { pair, current, first, provider })))
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

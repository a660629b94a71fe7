//! The network side of the server: addresses, TLS, proxies and limits.

use std::sync::Arc;

use rollcall_http::{CorsOrigins, Forwarding, Limits, Listener};

use crate::{
    config::{listen::ListenAddress, serve::ServeSettings},
    failure::Failure,
    tls::Certificate,
};

/// The network settings, checked.
pub(crate) struct Listeners<'a> {
    addresses: Vec<ListenAddress<'a>>,
    pub(crate) certificate: Option<Arc<Certificate>>,
    pub(crate) limits: Limits,
    pub(crate) forwarding: Forwarding,
    pub(crate) cors_origins: Option<CorsOrigins>,
}

impl<'a> Listeners<'a> {
    /// Checks the settings before anything is opened.
    pub(crate) fn of(settings: &'a ServeSettings) -> Result<Self, Failure> {
        let network = &settings.network;
        let forwarding = settings.proxies.forwarding()?;
        let cors_origins = network.cors_origins()?;
        let connections = settings.database_connections.get();
        let certificate = Certificate::of(&network.tls)?;
        let addresses = network.addresses(&settings.listen)?;
        if let Some(address) = &settings.metrics_listen {
            network.refuse_open_metrics(address)?;
        }
        let limits = network.limits(usize::try_from(connections).unwrap_or(usize::MAX / 2))?;
        Ok(Self { addresses, certificate, limits, forwarding, cors_origins })
    }

    /// Binds all addresses.
    pub(crate) fn bind(&self) -> Result<Vec<Listener>, Failure> {
        let mut listeners = Vec::new();
        for listen in &self.addresses {
            let bound = Listener::bind(&listen.look_up()?[..], listen.pages);
            listeners.extend(bound.map_err(|error| listen.failure(&error))?);
        }
        Ok(listeners)
    }
}

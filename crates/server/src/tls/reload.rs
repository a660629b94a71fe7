//! Reloads a changed certificate without a restart.

use std::{future::poll_fn, io, sync::Arc, time::Duration};

use actix_web::rt::{
    signal::unix::{Signal, SignalKind, signal},
    time::timeout,
};

use super::Certificate;

/// The time between two checks of the files. Their contents are compared, because the modification
/// time does not show every renamed file or changed link.
const INTERVAL: Duration = Duration::from_secs(2);

/// Reloads the certificate whenever its files change, and at SIGHUP. Files that are incomplete or
/// do not match, such as during a change, are not used. SIGHUP is handled from this call on, not
/// only from the first poll.
pub(crate) fn reload_on_change(
    certificate: Arc<Certificate>,
) -> io::Result<impl Future<Output = ()>> {
    let hangup = signal(SignalKind::hangup())?;
    Ok(reload(certificate, hangup))
}

async fn reload(certificate: Arc<Certificate>, mut hangup: Signal) {
    let mut seen = certificate.first;
    loop {
        let has_signal = timeout(INTERVAL, next(&mut hangup)).await.is_ok();
        if !certificate.files.can_be_read_again() {
            if has_signal {
                log::warn!(
                    "the certificate was not reloaded: it came from a pipe, which is read once"
                );
            }
            continue;
        }
        let content = certificate.files.read();
        if content.fingerprint() != seen || has_signal {
            seen = content.fingerprint();
            match content.load(&certificate.provider) {
                Ok(certified) => {
                    certificate.replace(certified);
                    log::info!("reloaded the certificate {}", certificate.files.cert.display());
                }
                Err(failure) => log::warn!("the certificate was not reloaded: {failure}"),
            }
        }
    }
}

async fn next(signal: &mut Signal) {
    poll_fn(|context| signal.poll_recv(context)).await;
}

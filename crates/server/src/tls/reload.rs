//! A certificate that changes is used without a restart.

use std::{future::poll_fn, io, sync::Arc, time::Duration};

use actix_web::rt::{
    signal::unix::{Signal, SignalKind, signal},
    time::timeout,
};

use super::Certificate;

/// How often the files are looked at. They are small, and what they hold says more than when they were written:
/// names may be moved onto others, and links changed.
const INTERVAL: Duration = Duration::from_secs(2);

/// Reads the certificate anew whenever its files change, and at SIGHUP, for ever. A pair that is not whole or
/// does not match, as while somebody is writing it, changes nothing.
pub(crate) async fn keep_up(certificate: Arc<Certificate>) -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut seen = certificate.first;
    loop {
        let was_asked = timeout(INTERVAL, next(&mut hangup)).await.is_ok();
        if !certificate.pair.can_be_read_again() {
            if was_asked {
                log::warn!(
                    "the certificate in use stays: a pipe gave it, which can't be read again"
                );
            }
            continue;
        }
        let content = certificate.pair.read();
        if content.print() != seen || was_asked {
            seen = content.print();
            match content.load(&certificate.provider) {
                Ok(certified) => {
                    certificate.replace(certified);
                    log::info!("the certificate in {} is in use", certificate.pair.cert.display());
                }
                Err(failure) => log::warn!("the certificate in use stays: {failure}"),
            }
        }
    }
}

async fn next(signal: &mut Signal) {
    poll_fn(|context| signal.poll_recv(context)).await;
}

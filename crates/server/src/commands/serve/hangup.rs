//! Handles SIGHUP, which would otherwise end the process. Terminals send it when they close, and
//! supervisors to reload files.

use std::future::poll_fn;

use actix_web::rt::{
    self,
    signal::unix::{SignalKind, signal},
};

use crate::failure::Failure;

/// Ignores SIGHUP from now on. Another task reloads certificates. If `has_certificate` is false,
/// the log says that nothing was reloaded.
pub(crate) fn ignore(has_certificate: bool) -> Result<(), Failure> {
    let mut hangup =
        signal(SignalKind::hangup()).map_err(|error| format!("listening for signals: {error}"))?;
    rt::spawn(async move {
        while poll_fn(|context| hangup.poll_recv(context)).await.is_some() {
            if !has_certificate {
                log::info!("SIGHUP has no effect without --tls-cert, whose files it reloads");
            }
        }
    });
    Ok(())
}

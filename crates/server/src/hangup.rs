//! SIGHUP, which ends a process that does not take it: a terminal sends it when it closes, and
//! supervisors to have files read again.

use std::future::poll_fn;

use actix_web::rt::{
    self,
    signal::unix::{SignalKind, signal},
};

use crate::failure::Failure;

/// Ignores SIGHUP from now on. Certificates are read again by their own task; unless there
/// `are_reloaded` any, the log says that there is nothing to reload.
pub(crate) fn ignore(are_reloaded: bool) -> Result<(), Failure> {
    let mut hangup =
        signal(SignalKind::hangup()).map_err(|error| format!("listening for signals: {error}"))?;
    rt::spawn(async move {
        while poll_fn(|context| hangup.poll_recv(context)).await.is_some() {
            if !are_reloaded {
                log::info!("SIGHUP has no effect; the files of --tls-cert would be read again");
            }
        }
    });
    Ok(())
}

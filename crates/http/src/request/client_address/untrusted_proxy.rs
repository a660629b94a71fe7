//! A warning about proxies that the server does not trust: the clients behind one count as one.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest,
    http::header::{FORWARDED, HeaderMap},
};

use super::{forwarded::X_FORWARDED_FOR, is_from_trusted_proxy};

/// How much later the next warning is logged.
const INTERVAL: Duration = Duration::from_secs(60);

/// The warnings of this process.
static WARNINGS: Reminder = Reminder(Mutex::new(None));

/// When the last warning was logged.
struct Reminder(Mutex<Option<Instant>>);

/// Warns if `request` comes from a peer that names its client and is no trusted proxy. The peer may
/// be a proxy, or a client that made the header up.
pub(crate) fn warn_about(request: &HttpRequest) {
    let Some(header) = forwarding_header(request.headers()) else { return };
    if is_from_trusted_proxy(request) || !WARNINGS.is_due(Instant::now()) {
        return;
    }
    if let Some(peer) = request.peer_addr() {
        log::warn!(
            "{} sends {header} and is no trusted proxy, so all clients behind it share one limit; \
             if it is a proxy, name it in --trusted-proxies (ROLLCALL_TRUSTED_PROXIES)",
            peer.ip().to_canonical(),
        );
    }
}

/// The header in which a peer names its client, if it sends one.
fn forwarding_header(headers: &HeaderMap) -> Option<&'static str> {
    let names = [(X_FORWARDED_FOR, "X-Forwarded-For"), (FORWARDED, "Forwarded")];
    names.into_iter().find(|(name, _)| headers.contains_key(name)).map(|(_, shown)| shown)
}

impl Reminder {
    /// Whether a warning is due at `now`. Then the next one is due an interval later.
    fn is_due(&self, now: Instant) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| now.saturating_duration_since(last) >= INTERVAL);
        if is_due {
            *last = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::{INTERVAL, Reminder};
    use std::{
        sync::Mutex,
        time::{Duration, Instant},
    };

    #[test]
    fn a_warning_is_due_once_in_an_interval() {
        let reminder = Reminder(Mutex::new(None));
        let (begin, instant) = (Instant::now(), Duration::from_millis(1));
        for (after, expected) in [
            (Duration::ZERO, true),
            (Duration::ZERO, false),
            (Duration::from_secs(59), false),
            (INTERVAL, true),
            (INTERVAL + instant, false),
            (INTERVAL, false),
            (2 * INTERVAL, true),
        ] {
            assert_eq!(reminder.is_due(begin + after), expected, "{after:?}");
        }
    }
}

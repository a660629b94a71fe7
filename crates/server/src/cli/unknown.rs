//! Unknown variables that look like settings, such as misspelt ones.

use std::env;

use clap::{Command, CommandFactory};

use super::{Cli, nearest::similar, refusal::variables};
use crate::{config::environment, failure::Failure};

/// The prefix of our variables.
const PREFIX: &str = "ROLLCALL_";

/// Variables of clients, compose files and tests in our documents, without the prefix.
const OF_OTHERS: [&str; 6] = ["URL", "PASSWORD", "NETWORK", "SECRETS", "TEST_", "SDK_"];

/// Warns of each unknown variable: a misspelt one, or one of a later release. It is no error,
/// because replicas of two releases often share their settings.
pub(crate) fn warn_of_unknown_variables() {
    let known = known(&Cli::command());
    for (name, value) in env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        let is_known = known.iter().any(|known| known == name);
        if is_known || value.is_empty() || is_of_others(name, &value.to_string_lossy()) {
            continue;
        }
        let rests: Vec<_> = known.iter().map(|known| known.trim_start_matches(PREFIX)).collect();
        let hint = similar(name.trim_start_matches(PREFIX), &rests)
            .map_or_else(String::new, |known| format!("; did you mean {PREFIX}{known}?"));
        let name: String = name.chars().take(100).collect();
        // `Failure` escapes control characters.
        let line = format!("{name} is unknown in this release and has no effect{hint}");
        log::warn!("{}", Failure::from(line));
    }
}

fn known(command: &Command) -> Vec<String> {
    let mut known = variables(command, &|_| true);
    known.extend(environment::secret_variables());
    known
}

/// Whether a variable belongs to another program, or is set by Kubernetes for a service named
/// `rollcall`.
fn is_of_others(name: &str, value: &str) -> bool {
    let rest = name.trim_start_matches(PREFIX);
    let is_address = value.contains("://");
    OF_OTHERS.iter().any(|other| rest == *other || other.ends_with('_') && rest.starts_with(other))
        || ends_in(rest, "SERVICE_HOST")
        || rest == "SERVICE_PORT"
        || rest.contains("_SERVICE_PORT")
        || rest.starts_with("SERVICE_PORT_")
        || ends_in(rest, "PORT") && is_address
        || is_of_port(rest)
}

fn ends_in(name: &str, part: &str) -> bool {
    name.strip_suffix(part).is_some_and(|start| start.is_empty() || start.ends_with('_'))
}

/// Whether a name has the form `PORT_8080_TCP_ADDR`.
fn is_of_port(name: &str) -> bool {
    let mut parts = name.split('_').skip_while(|part| *part != "PORT").skip(1);
    let is_number = parts.next().is_some_and(|part| part.parse::<u16>().is_ok());
    is_number && parts.next().is_some_and(|part| ["TCP", "UDP", "SCTP"].contains(&part))
}

#[cfg(test)]
mod tests {
    use super::is_of_others;

    #[test]
    fn ignores_variables_of_kubernetes_and_clients() {
        for name in [
            "ROLLCALL_SERVICE_HOST",
            "ROLLCALL_SERVICE_PORT",
            "ROLLCALL_SERVICE_PORT_HTTP",
            "ROLLCALL_METRICS_SERVICE_HOST",
            "ROLLCALL_METRICS_SERVICE_PORT_METRICS",
            "ROLLCALL_PORT_8080_TCP",
            "ROLLCALL_PORT_8080_TCP_ADDR",
            "ROLLCALL_METRICS_PORT_9090_TCP_PROTO",
            "ROLLCALL_URL",
            "ROLLCALL_TEST_POSTGRES",
        ] {
            assert!(is_of_others(name, "x"), "{name}");
        }
        assert!(is_of_others("ROLLCALL_PORT", "tcp://10.0.0.1:8080"));
        for name in ["ROLLCALL_PORT", "ROLLCALL_PORT_X", "ROLLCALL_SERVICES", "ROLLCALL_TEST"] {
            assert!(!is_of_others(name, "8080"), "{name}");
        }
    }
}

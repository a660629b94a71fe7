//! The metrics that the service exposes on `--metrics-listen`.

mod counts;
mod gauges;
mod scrape;
mod work;

use std::{fs, net::TcpListener};

use regex::Regex;
use scrape::{Metered, refusal};

use crate::harness::{Server, TcpState, tcp_table};

/// The status and the content type for a scraper that accepts this.
fn format(metered: &Metered, accept: &str) -> (u16, String) {
    let response = metered.get("/metrics", &[("accept", accept)]);
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (response.status().as_u16(), content_type)
}

#[test]
fn scrapers_get_the_format_that_they_prefer() {
    let metered = Metered::start();
    let classic = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(format(&metered, "*/*"), (200, classic.to_owned()));
    let prometheus = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3,*/*;q=0.1";
    let open_metrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(format(&metered, prometheus), (200, open_metrics.to_owned()));
    let mut response = metered.get("/metrics", &[("accept", prometheus)]);
    let text = response.body_mut().read_to_string().unwrap();
    assert!(text.ends_with("# EOF\n") && text.contains("# UNIT process_cpu_seconds seconds\n"));
    assert!(!metered.text().contains("# EOF"));
}

#[test]
fn the_metrics_address_serves_only_metrics() {
    let metered = Metered::start();
    assert_eq!(metered.get("/health/live", &[]).status().as_u16(), 200);
    for path in ["/", "/users", "/api/v1/users", "/swagger-ui/", "/metrics/x"] {
        assert_eq!(metered.get(path, &[]).status().as_u16(), 404, "{path}");
    }
    assert_eq!(metered.server.anonymous().get("/metrics").status, 404);
}

#[test]
fn metrics_are_served_only_when_set() {
    let mut server = Server::start();
    let id = server.process().id();
    assert!(!server.process().said().contains("metrics"));
    // The number of listening sockets of the process, from the system's table.
    let listening = |id: u32| {
        let sockets = fs::read_dir(format!("/proc/{id}/fd")).unwrap().filter_map(|entry| {
            let target = fs::read_link(entry.unwrap().path()).ok()?.to_string_lossy().into_owned();
            target.strip_prefix("socket:[")?.trim_end_matches(']').parse().ok()
        });
        let sockets: Vec<u64> = sockets.collect();
        let own = tcp_table()
            .into_iter()
            .filter(|end| end.state == TcpState::Listening && sockets.contains(&end.inode));
        own.count()
    };
    assert_eq!(listening(id), 1);
    let mut metered = Metered::start();
    assert_eq!(listening(metered.server.process().id()), 2);
}

#[test]
fn an_invalid_or_used_metrics_address_stops_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for address in ["nonsense", "127.0.0.1", "127.0.0.1:99999", &taken] {
        let flag = format!("--metrics-listen={address}");
        let line = refusal(&["--listen=127.0.0.1:0", "--bcrypt-cost=4", &flag]);
        let expected = if address == taken {
            let setting = "--metrics-listen (ROLLCALL_METRICS_LISTEN)";
            format!("error: {setting}: {address} is in use; stop the program that listens")
        } else {
            let setting = "--metrics-listen <HOST:PORT>";
            format!("error: invalid value '{address}' for '{setting}': must be HOST:PORT, such as")
        };
        assert!(line.starts_with(&expected), "{line}");
    }
}

#[test]
fn requests_below_the_base_path_have_the_same_labels() {
    let arguments = ["--metrics-listen=127.0.0.1:0", "--base-path=/prov"];
    let metered = Metered::of(Server::start_with(&arguments));
    let admin = metered.server.admin().below("/prov");
    assert_eq!(admin.get("/users/1").status, 200);
    assert_eq!(admin.get("/openapi.json").status, 200);
    for client in [&admin, &metered.server.anonymous()] {
        assert_eq!(client.get("/health/ready").status, 200);
    }
    let text = metered.text();
    for (operation, count) in [("getUser", 1), ("docs", 1), ("health", 2)] {
        let labels = format!("{{operation=\"{operation}\",status=\"200\"}}");
        let line = format!("rollcall_http_requests_total{labels} {count}\n");
        assert!(text.contains(&line), "{line}{text}");
    }
}

/// The names of metrics in expressions of `PromQL`.
fn names(expressions: &str) -> Vec<String> {
    let name = Regex::new(r"\b(?:rollcall|process)_[a-z_]+\b").unwrap();
    let mut names: Vec<_> =
        name.find_iter(expressions).map(|found| found.as_str().to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn the_dashboard_and_the_alerts_use_existing_metrics() {
    let metered = Metered::start();
    metered.server.admin_session();
    assert_eq!(metered.server.admin().get("/users/1").status, 200);
    let scrape = metered.wait_for(|scrape| scrape.0.contains_key("rollcall_sessions"));
    let there: Vec<_> = scrape.0.keys().map(|key| key.split('{').next().unwrap()).collect();
    let docker = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docker");
    for (file, least) in [("grafana-dashboard.json", 20), ("alerts.yml", 6)] {
        let text = fs::read_to_string(format!("{docker}/{file}")).unwrap();
        let asked = names(&text);
        assert!(asked.len() >= least, "{file}: {asked:?}");
        for name in asked {
            assert!(there.contains(&&*name), "{file}: {name}");
        }
    }
}

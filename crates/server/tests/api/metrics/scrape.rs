//! One scrape in Prometheus' older text format. `scripts/test prometheus` checks both formats
//! strictly.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Sub,
};

use crate::harness::{Server, rollcall};

/// Every metric of a scrape by its name and labels, as they are written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scrape(pub(super) BTreeMap<String, f64>);

/// The difference between two scrapes.
#[derive(Debug)]
pub(super) struct Difference(BTreeMap<String, f64>);

/// A server with metrics, and their address.
pub(super) struct Metered {
    pub(super) server: Server,
    pub(super) address: String,
}

impl Metered {
    pub(super) fn start() -> Self {
        Self::of(Server::start_with(&["--metrics-listen=127.0.0.1:0"]))
    }

    /// Reads the address of the metrics from the server's log.
    pub(super) fn of(mut server: Server) -> Self {
        let line = server.process().wait_for("metrics on http://");
        let (_, address) = line.split_once("http://").unwrap();
        let address = address.strip_suffix("/metrics").unwrap().to_owned();
        Self { server, address }
    }

    /// Requests this path with these headers.
    pub(super) fn get(
        &self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> ureq::http::Response<ureq::Body> {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let mut request = agent.get(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.call().unwrap()
    }

    pub(super) fn text(&self) -> String {
        self.get("/metrics", &[]).body_mut().read_to_string().unwrap()
    }

    pub(super) fn scrape(&self) -> Scrape {
        Scrape::of(&self.text())
    }

    /// Scrapes until `is_there` holds, for metrics that a background task updates.
    pub(super) fn wait_for(&self, is_there: impl Fn(&Scrape) -> bool) -> Scrape {
        let started = std::time::Instant::now();
        loop {
            let scrape = self.scrape();
            if is_there(&scrape) {
                return scrape;
            }
            assert!(
                started.elapsed().as_secs() < 30,
                "the metric does not appear:\n{}",
                self.text()
            );
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

impl Scrape {
    fn of(text: &str) -> Self {
        let families: Vec<_> = text.lines().filter(|line| line.starts_with("# TYPE ")).collect();
        let names: BTreeSet<_> = families.iter().collect();
        assert_eq!(names.len(), families.len(), "a family is in two parts");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let metrics = lines.map(|line| {
            let (metric, value) = line.rsplit_once(' ').unwrap();
            (metric.to_owned(), value.parse().unwrap())
        });
        let metrics: Vec<_> = metrics.collect();
        let count = metrics.len();
        let metrics: BTreeMap<_, _> = metrics.into_iter().collect();
        assert_eq!(metrics.len(), count, "a metric is listed twice");
        Self(metrics)
    }

    pub(super) fn get(&self, metric: &str) -> f64 {
        *self.0.get(metric).unwrap_or_else(|| panic!("no {metric}"))
    }

    /// The value as an integer, without its decimals.
    pub(super) fn whole(&self, metric: &str) -> i64 {
        whole(self.get(metric))
    }
}

impl Sub for &Scrape {
    type Output = Difference;

    fn sub(self, before: Self) -> Difference {
        let difference = |(metric, value): (&String, &f64)| {
            (metric.clone(), value - before.0.get(metric).copied().unwrap_or_default())
        };
        Difference(self.0.iter().map(difference).filter(|(_, value)| *value != 0.0).collect())
    }
}

impl Difference {
    /// The changes in a family: labels and difference.
    pub(super) fn of(&self, family: &str) -> Vec<(String, i64)> {
        let of_family = |(metric, value): (&String, &f64)| {
            let labels = metric.strip_prefix(family)?;
            let is_whole = labels.is_empty() || labels.starts_with('{');
            is_whole.then(|| (labels.replace('"', ""), whole(*value)))
        };
        self.0.iter().filter_map(of_family).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "no count is that large")]
fn whole(value: f64) -> i64 {
    value as i64
}

/// The one line of a start that fails.
pub(super) fn refusal(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = rollcall(&folder, arguments).output().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<_> = said.lines().collect();
    let [line] = lines[..] else { panic!("{said}") };
    line.to_owned()
}

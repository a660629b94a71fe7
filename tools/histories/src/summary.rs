//! What a run prints.

use std::time::Duration;

use crate::{check::Report, faults::nemesis::Targets, record::Call};

/// How many anomalies are printed.
const SHOWN: usize = 10;

/// What happened.
pub(crate) struct Summary {
    calls: usize,
    acknowledged: usize,
    refused: usize,
    unknown: usize,
    faults: String,
    ends: Vec<(u64, u64)>,
}

impl Summary {
    pub(crate) fn of(calls: &[Call], targets: &Targets) -> Self {
        let count = |is: fn(&Call) -> bool| calls.iter().filter(|call| is(call)).count();
        let (acknowledged, unknown) = (count(Call::is_acknowledged), count(Call::is_unknown));
        let faults = targets.faults();
        let lines = faults.iter().map(|(fault, count)| format!("\n  {count:>5}  {fault}"));
        let total: usize = faults.values().sum();
        Self {
            calls: calls.len(),
            acknowledged,
            refused: calls.len() - acknowledged - unknown,
            unknown,
            faults: format!("{total} faults{}", lines.collect::<String>()),
            ends: calls.iter().map(|call| (call.number, call.end)).collect(),
        }
    }

    pub(crate) fn print(&self, report: &Report, time: Duration) {
        let Self { calls, acknowledged, refused, unknown, faults, ends } = self;
        println!(
            "{calls} calls: {acknowledged} acknowledged, {refused} refused, {unknown} unknown"
        );
        println!("{faults}");
        let Report { anomalies, pieces, most_calls, longest } = report;
        println!(
            "{pieces} pieces of at most {most_calls} calls, checked in {time:.1?}, \
             the longest in {longest:.1?}"
        );
        println!("{} anomalies", anomalies.len());
        for anomaly in anomalies.iter().take(SHOWN) {
            println!("- {anomaly}");
        }
        let mut checks: Vec<_> = anomalies.iter().map(|anomaly| anomaly.check).collect();
        checks.sort_unstable();
        checks.dedup();
        for check in checks {
            let of_check = || anomalies.iter().filter(|anomaly| anomaly.check == check);
            let first = of_check().filter_map(|anomaly| anomaly.call).min();
            let end = first.and_then(|first| ends.iter().find(|(number, _)| *number == first));
            let time = end.map(|(_, end)| Duration::from_nanos(*end));
            println!("{check}: {} anomalies, the first after {time:.1?}", of_check().count());
        }
    }
}

//! Disturbs the service by chance, and leaves it whole at the end.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::process::Signal;

use super::{
    postgres::Postgres,
    replica::Replica,
    wire::{State, Wire},
};
use crate::Result;

/// The processes and networks to disturb.
pub(crate) struct Targets {
    pub(crate) replicas: Vec<Arc<Replica>>,
    /// The networks of the replicas, in their order; none on SQLite.
    pub(crate) wires: Vec<Wire>,
    pub(crate) postgres: Option<Postgres>,
    faults: Mutex<BTreeMap<&'static str, usize>>,
}

impl Targets {
    pub(crate) fn new(
        replicas: Vec<Arc<Replica>>,
        wires: Vec<Wire>,
        postgres: Option<Postgres>,
    ) -> Self {
        Self { replicas, wires, postgres, faults: Mutex::default() }
    }

    /// How often each fault happened.
    pub(crate) fn faults(&self) -> BTreeMap<&'static str, usize> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Disturbs replicas until `is_over`.
    pub(crate) fn disturb_replicas(&self, is_over: &AtomicBool) -> Result<()> {
        while rest(is_over, 500..2500) {
            let Some(replica) = fastrand::choice(&self.replicas) else { break };
            match fastrand::u8(..3) {
                0 => {
                    self.count("SIGKILL of a replica");
                    replica.kill();
                    pause(50..1500);
                    replica.start()?;
                }
                1 => {
                    self.count("SIGSTOP and SIGCONT of a replica");
                    replica.signal(Signal::STOP)?;
                    pause(200..6000);
                    replica.signal(Signal::CONT)?;
                }
                _ => {
                    self.count("restart of a replica");
                    replica.stop()?;
                    replica.start()?;
                }
            }
        }
        Ok(())
    }

    /// Disturbs the database and the network until `is_over`.
    pub(crate) fn disturb_database(&self, is_over: &AtomicBool) -> Result<()> {
        let Some(postgres) = &self.postgres else { return Ok(()) };
        while rest(is_over, 1000..4000) {
            let Some(wire) = fastrand::choice(&self.wires) else { break };
            match fastrand::u8(..6) {
                0 => self.stop(postgres, "immediate", "crash of PostgreSQL")?,
                1 => self.stop(postgres, "fast", "stop of PostgreSQL")?,
                2 | 3 => self.cut(wire, State::Cut, "cut of the network to the database"),
                _ => self.cut(wire, State::Silent, "silence of the network to the database"),
            }
        }
        Ok(())
    }

    fn stop(&self, postgres: &Postgres, mode: &str, fault: &'static str) -> Result<()> {
        self.count(fault);
        postgres.stop(mode)?;
        pause(100..2000);
        postgres.start()
    }

    fn cut(&self, wire: &Wire, state: State, fault: &'static str) {
        self.count(fault);
        wire.set(state);
        pause(300..5000);
        wire.set(State::Open);
    }

    fn count(&self, fault: &'static str) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        *faults.entry(fault).or_default() += 1;
    }
}

fn pause(milliseconds: std::ops::Range<u64>) {
    thread::sleep(Duration::from_millis(fastrand::u64(milliseconds)));
}

/// Waits until the next fault. Returns false when no more should happen.
fn rest(is_over: &AtomicBool, milliseconds: std::ops::Range<u64>) -> bool {
    for _ in 0..fastrand::u64(milliseconds) / 50 {
        if is_over.load(Ordering::Relaxed) {
            return false;
        }
        thread::sleep(Duration::from_millis(50));
    }
    !is_over.load(Ordering::Relaxed)
}

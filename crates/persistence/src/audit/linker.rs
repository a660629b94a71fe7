//! The thread that links the entries of a process that writes to PostgreSQL.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use rollcall_domain::StoreError;

use crate::{
    audit::{
        head::Contention,
        link::{Linked, link_by},
    },
    engine::postgres::pool::Pool,
    error::Failure,
};

/// How soon entries are linked after a write of this process. Meanwhile others join them.
const DELAY: Duration = Duration::from_millis(100);

/// How often entries of processes are linked that were killed.
const INTERVAL: Duration = Duration::from_secs(10);

/// Links entries soon after own writes, and those of other processes now and then.
pub(crate) struct Linker {
    state: Arc<(Mutex<State>, Condvar)>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct State {
    has_written: bool,
    is_ending: bool,
}

impl Linker {
    /// Starts the thread, which links by the connections of `pool`.
    pub(crate) fn start(pool: Pool) -> Self {
        let state = Arc::<(Mutex<State>, Condvar)>::default();
        let of_thread = Arc::clone(&state);
        let thread = Some(thread::spawn(move || run(&of_thread, &pool)));
        Self { state, thread: Mutex::new(thread) }
    }

    /// Has an entry linked that was committed just now.
    pub(crate) fn wake(&self) {
        let (state, changed) = &*self.state;
        if !std::mem::replace(&mut locked(state).has_written, true) {
            changed.notify_one();
        }
    }

    /// Links what this process has written, and ends.
    pub(crate) fn end(&self) {
        let (state, changed) = &*self.state;
        locked(state).is_ending = true;
        changed.notify_one();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Linker {
    fn drop(&mut self) {
        self.end();
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run((state, changed): &(Mutex<State>, Condvar), pool: &Pool) {
    let wait = |time, is_idle: fn(&mut State) -> bool| {
        let waited = changed.wait_timeout_while(locked(state), time, is_idle);
        waited.unwrap_or_else(PoisonError::into_inner).0
    };
    loop {
        drop(wait(INTERVAL, |state| !state.has_written && !state.is_ending));
        let mut now = wait(DELAY, |state| state.has_written && !state.is_ending);
        let (has_written, is_ending) = (std::mem::take(&mut now.has_written), now.is_ending);
        drop(now);
        if is_ending {
            if has_written {
                let _ = link_by(pool, Contention::Wait);
            }
            return;
        }
        match link_by(pool, Contention::Skip).map_err(Failure::into_store_error) {
            // The other one may have begun before the last write.
            Ok(Linked::None) if has_written => locked(state).has_written = true,
            Ok(_) => {}
            // Tried again after the interval.
            Err(StoreError::Unavailable(error)) => log::debug!("linking audit entries: {error}"),
            Err(error) => log::warn!("linking audit entries: {error}"),
        }
    }
}

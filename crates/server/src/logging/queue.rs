//! Lines of log that wait for the thread that writes them.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rollcall_domain::statistics::Counter;

/// How long lines are gathered once there is one. Waking the thread that writes costs more than a
/// line does, and under load this is done 200 times a second instead of once a request.
const GATHERED: Duration = Duration::from_millis(5);

/// How important a line is to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// Dropped first.
    Ordinary,
    /// Kept as long as an ordinary line can be dropped instead.
    Important,
}

/// Lines of at most so many bytes. The queue is never waited for: what finds no room is dropped.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    dropped: Arc<Counter>,
}

#[derive(Default)]
struct State {
    capacity: usize,
    bytes: usize,
    lines: Lines,
    /// The lines that have come so far: the number of the next one.
    count: u64,
    is_awaited: bool,
    is_closed: bool,
}

/// Lines by rank, the oldest first, and how many others were dropped.
#[derive(Default)]
pub(super) struct Lines {
    ordinary: VecDeque<Line>,
    important: VecDeque<Line>,
    pub(super) dropped: u64,
}

struct Line {
    number: u64,
    text: Box<[u8]>,
}

impl Queue {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { capacity, ..State::default() };
        Self { state: Mutex::new(state), changed: Condvar::new(), dropped: Arc::default() }
    }

    /// Counts the lines that were dropped since the start.
    pub(super) fn dropped(&self) -> Arc<Counter> {
        Arc::clone(&self.dropped)
    }

    /// Queues a line. If there is no room, an ordinary line is dropped: this one, or if this one is
    /// important, others, the newest first. Of important lines alone this one is dropped.
    pub(super) fn push(&self, rank: Rank, text: &[u8]) {
        let mut state = self.lock();
        state.add(rank, text, &self.dropped);
        let is_awaited = mem::take(&mut state.is_awaited);
        drop(state);
        if is_awaited {
            self.changed.notify_all();
        }
    }

    /// Takes all lines, once there are any and others had time to come; none once the queue is
    /// closed and empty.
    pub(super) fn take(&self) -> Option<Lines> {
        let mut state = self.lock();
        while state.lines.is_empty() {
            if state.is_closed {
                return None;
            }
            state.is_awaited = true;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let gathered = self.changed.wait_timeout_while(state, GATHERED, |state| !state.is_closed);
        let (mut state, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        state.bytes = 0;
        Some(mem::take(&mut state.lines))
    }

    /// Has [`Queue::take`] come to an end.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, rank: Rank, text: &[u8], dropped: &Counter) {
        while self.bytes + text.len() > self.capacity {
            let other = match rank {
                Rank::Ordinary => None,
                Rank::Important => self.lines.ordinary.pop_back(),
            };
            self.lines.dropped += 1;
            dropped.increment();
            let Some(other) = other else { return };
            self.bytes -= other.text.len();
        }
        self.bytes += text.len();
        let line = Line { number: self.count, text: text.into() };
        self.count += 1;
        match rank {
            Rank::Ordinary => self.lines.ordinary.push_back(line),
            Rank::Important => self.lines.important.push_back(line),
        }
    }
}

impl Lines {
    fn is_empty(&self) -> bool {
        self.ordinary.is_empty() && self.important.is_empty() && self.dropped == 0
    }

    /// The oldest line.
    fn pop(&mut self) -> Option<Line> {
        match (self.ordinary.front(), self.important.front()) {
            (Some(ordinary), Some(important)) if ordinary.number < important.number => {
                self.ordinary.pop_front()
            }
            (_, Some(_)) => self.important.pop_front(),
            (_, None) => self.ordinary.pop_front(),
        }
    }
}

impl Iterator for Lines {
    type Item = Box<[u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pop().map(|line| line.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Queue, Rank};

    /// The lines that a queue of ten bytes keeps of these, and how many it drops.
    fn left_of(lines: &[(Rank, &str)]) -> (String, u64) {
        let queue = Queue::new(10);
        for (rank, text) in lines {
            queue.push(*rank, text.as_bytes());
        }
        let lines = queue.take().unwrap();
        let dropped = lines.dropped;
        assert_eq!(queue.dropped().get(), dropped);
        let text = lines.flat_map(Vec::from).map(char::from).collect();
        queue.close();
        assert!(queue.take().is_none());
        (text, dropped)
    }

    #[test]
    fn lines_come_out_in_their_order() {
        use Rank::{Important, Ordinary};
        let lines = [(Ordinary, "a"), (Important, "B"), (Ordinary, "c"), (Important, "D")];
        assert_eq!(left_of(&lines), ("aBcD".to_owned(), 0));
    }

    #[test]
    fn important_lines_are_the_last_to_be_dropped() {
        use Rank::{Important, Ordinary};
        let ordinary = [(Ordinary, "aaaaa"), (Ordinary, "bbbbb"), (Ordinary, "c")];
        assert_eq!(left_of(&ordinary), ("aaaaabbbbb".to_owned(), 1));
        let mixed = [&ordinary[..], &[(Important, "DD"), (Ordinary, "e")]].concat();
        assert_eq!(left_of(&mixed), ("aaaaaDDe".to_owned(), 2));
        let important = [(Important, "FFFFF"), (Important, "GG"), (Important, "H")];
        let mixed = [&mixed[..], &important].concat();
        assert_eq!(left_of(&mixed), ("DDFFFFFGGH".to_owned(), 4));
        let mixed = [&mixed[..], &[(Important, "I"), (Ordinary, "j")]].concat();
        assert_eq!(left_of(&mixed), ("DDFFFFFGGH".to_owned(), 6));
    }
}

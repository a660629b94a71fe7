//! The queue of log lines that wait to be written.

use std::{
    iter, mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rollcall_domain::statistics::Counter;

/// The time to gather more lines after the first. Waking the thread costs more than writing a line;
/// under load it wakes 200 times a second instead of once per request.
const GATHERED: Duration = Duration::from_millis(5);

/// The importance of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// Dropped first.
    Ordinary,
    /// Dropped when no ordinary line is left.
    Important,
}

/// Lines up to a total size in bytes. The queue never blocks: lines without room are dropped.
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
    /// The number of the next line.
    count: u64,
    is_awaited: bool,
    is_closed: bool,
}

/// Lines by rank, oldest first, and the number of dropped ones.
#[derive(Default)]
pub(super) struct Lines {
    ordinary: Texts,
    important: Texts,
    pub(super) dropped: u64,
}

/// Lines behind each other in one piece of memory, which the writing thread frees at once.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    /// The number of each line, and where it ends.
    ends: Vec<(u64, usize)>,
}

impl Queue {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { capacity, ..State::default() };
        Self { state: Mutex::new(state), changed: Condvar::new(), dropped: Arc::default() }
    }

    /// Counts the lines dropped since the start.
    pub(super) fn dropped(&self) -> Arc<Counter> {
        Arc::clone(&self.dropped)
    }

    /// Queues a line. If there is no room, an ordinary line is dropped. For an important line, the
    /// newest ordinary lines are dropped first, and the line itself if none is left.
    pub(super) fn push(&self, rank: Rank, text: &[u8]) {
        let mut state = self.lock();
        state.add(rank, text, &self.dropped);
        let is_awaited = mem::take(&mut state.is_awaited);
        drop(state);
        if is_awaited {
            self.changed.notify_all();
        }
    }

    /// Takes all lines, shortly after the first has arrived. Returns none when the queue is closed
    /// and empty.
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

    /// Makes [`Queue::take`] return none when the queue is empty.
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
                Rank::Important => self.lines.ordinary.drop_last(),
            };
            self.lines.dropped += 1;
            dropped.increment();
            let Some(freed) = other else { return };
            self.bytes -= freed;
        }
        self.bytes += text.len();
        let texts = match rank {
            Rank::Ordinary => &mut self.lines.ordinary,
            Rank::Important => &mut self.lines.important,
        };
        texts.bytes.extend_from_slice(text);
        texts.ends.push((self.count, texts.bytes.len()));
        self.count += 1;
    }
}

impl Lines {
    fn is_empty(&self) -> bool {
        self.ordinary.is_empty() && self.important.is_empty() && self.dropped == 0
    }

    /// The lines, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut ordinary = self.ordinary.iter().peekable();
        let mut important = self.important.iter().peekable();
        iter::from_fn(move || {
            let is_ordinary = match (ordinary.peek(), important.peek()) {
                (Some((ordinary, _)), Some((important, _))) => ordinary < important,
                (ordinary, _) => ordinary.is_some(),
            };
            let oldest = if is_ordinary { ordinary.next() } else { important.next() };
            oldest.map(|(_, text)| text)
        })
    }
}

impl Texts {
    fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Drops the newest line, and returns its length.
    fn drop_last(&mut self) -> Option<usize> {
        let (_, end) = self.ends.pop()?;
        let begin = self.ends.last().map_or(0, |(_, end)| *end);
        self.bytes.truncate(begin);
        Some(end - begin)
    }

    fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut begin = 0;
        self.ends.iter().map(move |(number, end)| {
            let text = &self.bytes[begin..*end];
            begin = *end;
            (*number, text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Queue, Rank};

    /// The lines that a queue of ten bytes keeps, and the number that it drops.
    fn kept(lines: &[(Rank, &str)]) -> (String, u64) {
        let queue = Queue::new(10);
        for (rank, text) in lines {
            queue.push(*rank, text.as_bytes());
        }
        let lines = queue.take().unwrap();
        let dropped = lines.dropped;
        assert_eq!(queue.dropped().get(), dropped);
        let text = lines.iter().flatten().copied().map(char::from).collect();
        queue.close();
        assert!(queue.take().is_none());
        (text, dropped)
    }

    #[test]
    fn keeps_lines_in_order() {
        use Rank::{Important, Ordinary};
        let lines = [(Ordinary, "a"), (Important, "B"), (Ordinary, "c"), (Important, "D")];
        assert_eq!(kept(&lines), ("aBcD".to_owned(), 0));
    }

    #[test]
    fn drops_important_lines_last() {
        use Rank::{Important, Ordinary};
        let ordinary = [(Ordinary, "aaaaa"), (Ordinary, "bbbbb"), (Ordinary, "c")];
        assert_eq!(kept(&ordinary), ("aaaaabbbbb".to_owned(), 1));
        let mixed = [&ordinary[..], &[(Important, "DD"), (Ordinary, "e")]].concat();
        assert_eq!(kept(&mixed), ("aaaaaDDe".to_owned(), 2));
        let important = [(Important, "FFFFF"), (Important, "GG"), (Important, "H")];
        let mixed = [&mixed[..], &important].concat();
        assert_eq!(kept(&mixed), ("DDFFFFFGGH".to_owned(), 4));
        let mixed = [&mixed[..], &[(Important, "I"), (Ordinary, "j")]].concat();
        assert_eq!(kept(&mixed), ("DDFFFFFGGH".to_owned(), 6));
    }
}

//! Which users a transaction has added.

use std::fmt;

/// Ids in runs: those that are given one after the other make one.
#[derive(Default)]
pub(super) struct IdRanges {
    runs: Vec<(i64, i64)>,
    pub(super) count: u64,
}

impl IdRanges {
    /// Takes in an id.
    pub(super) fn insert(&mut self, id: i64) {
        self.count += 1;
        match self.runs.last_mut() {
            Some((_, last)) if *last + 1 == id => *last = id,
            _ => self.runs.push((id, id)),
        }
    }
}

/// As the audit log says it.
impl fmt::Display for IdRanges {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let run = |&(first, last): &(i64, i64)| {
            if first == last { first.to_string() } else { format!("{first}-{last}") }
        };
        let runs: Vec<_> = self.runs.iter().map(run).collect();
        formatter.write_str(&runs.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::IdRanges;

    #[test]
    fn ids_that_follow_each_other_are_one_run() {
        let mut ids = IdRanges::default();
        for id in [4, 5, 6, 9, 11, 12] {
            ids.insert(id);
        }
        assert_eq!((ids.count, ids.to_string().as_str()), (6, "4-6,9,11-12"));
    }
}

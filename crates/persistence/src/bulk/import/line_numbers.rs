//! Maps the ids of added users to the lines they came from.

use std::collections::BTreeMap;

/// The lines by user id. Ids are assigned in the order of the lines, so both come in long runs.
/// This takes more memory if the store has the users already, in another order than the file.
#[derive(Default)]
pub(super) struct LineNumbers(BTreeMap<i64, Run>);

/// A run of consecutive ids that came from consecutive lines.
struct Run {
    line: u64,
    length: u32,
}

impl LineNumbers {
    /// Remembers the line of a user.
    pub(super) fn insert(&mut self, id: i64, line: u64) {
        if let Some((first, run)) = self.0.range_mut(..=id).next_back()
            && *first + i64::from(run.length) == id
            && run.line + u64::from(run.length) == line
            && run.length < u32::MAX
        {
            run.length += 1;
        } else {
            self.0.insert(id, Run { line, length: 1 });
        }
    }

    /// The line of a user, if it came from one.
    pub(super) fn get(&self, id: i64) -> Option<u64> {
        let (first, run) = self.0.range(..=id).next_back()?;
        let offset = u32::try_from(id - first).ok().filter(|offset| *offset < run.length)?;
        Some(run.line + u64::from(offset))
    }
}

#[cfg(test)]
mod tests {
    use super::LineNumbers;

    #[test]
    fn every_user_has_its_line_in_as_few_runs_as_there_are() {
        let mut lines = LineNumbers::default();
        let all = [(5, 2), (6, 3), (7, 4), (9, 5), (10, 7), (11, 8), (3, 9), (4, 10)];
        for (id, line) in all {
            lines.insert(id, line);
        }
        for (id, line) in all {
            assert_eq!(lines.get(id), Some(line));
        }
        for id in [i64::MIN, 0, 2, 8, 12, i64::MAX] {
            assert_eq!(lines.get(id), None);
        }
        assert_eq!(lines.0.len(), 4);
    }
}

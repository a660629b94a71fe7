//! The labels that requests are counted by: a fixed number, whatever clients request.

use rollcall_api_spec::Operation;

/// The labels beside the operations of the API document.
const OTHERS: [&str; 4] = ["console", "docs", "health", "unknown"];

/// The label that a request is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OperationLabel(usize);

impl OperationLabel {
    /// The console.
    pub(crate) const CONSOLE: Self = Self(Operation::ALL.len());
    /// The API document and the pages that show it.
    pub(crate) const DOCS: Self = Self(Operation::ALL.len() + 1);
    /// Health probes.
    pub(crate) const HEALTH: Self = Self(Operation::ALL.len() + 2);
    /// Unknown paths and methods.
    pub(crate) const UNKNOWN: Self = Self(Operation::ALL.len() + 3);

    /// The number of labels.
    pub(crate) const COUNT: usize = Operation::ALL.len() + OTHERS.len();

    /// The label of `operation`.
    pub(crate) fn of(operation: Operation) -> Self {
        Self(operation as usize)
    }

    /// Every label.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// The index of this label among all.
    pub(crate) fn place(self) -> usize {
        self.0
    }

    /// The operation's id, or the label's fixed name.
    pub(crate) fn name(self) -> &'static str {
        match Operation::ALL.get(self.0) {
            Some(operation) => operation.id(),
            None => OTHERS[self.0 - Operation::ALL.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Operation, OperationLabel};

    #[test]
    fn each_operation_is_counted_under_its_own_id() {
        for operation in Operation::ALL {
            assert_eq!(OperationLabel::of(*operation).name(), operation.id());
        }
        let names = [
            OperationLabel::CONSOLE,
            OperationLabel::DOCS,
            OperationLabel::HEALTH,
            OperationLabel::UNKNOWN,
        ]
        .map(OperationLabel::name);
        assert_eq!(names, ["console", "docs", "health", "unknown"]);
    }
}

//! The labels that requests are counted by: a fixed number, whatever clients request.

use actix_web::http::Method;
use rollcall_api_spec::Operation;

/// The labels beside the operations of the API document.
const OTHERS: [&str; 3] = ["docs", "health", "unknown"];

/// The label that a request is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OperationLabel(usize);

/// The labels of the requests to one path, by method.
#[derive(Clone, Debug)]
pub(crate) struct Labels(pub(crate) Vec<(Method, OperationLabel)>);

impl OperationLabel {
    /// The API document and the pages that show it.
    pub(crate) const DOCS: Self = Self(Operation::ALL.len());
    /// Health probes.
    pub(crate) const HEALTH: Self = Self(Operation::ALL.len() + 1);
    /// Unknown paths and methods.
    pub(crate) const UNKNOWN: Self = Self(Operation::ALL.len() + 2);

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

impl Labels {
    /// The label of a request with `method`.
    pub(crate) fn of(&self, method: &Method) -> OperationLabel {
        let label = self.0.iter().find(|(its, _)| its == method);
        label.map_or(OperationLabel::UNKNOWN, |(_, label)| *label)
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
        let names = [OperationLabel::DOCS, OperationLabel::HEALTH, OperationLabel::UNKNOWN]
            .map(OperationLabel::name);
        assert_eq!(names, ["docs", "health", "unknown"]);
    }
}

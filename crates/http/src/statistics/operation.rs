//! What requests are counted under: a fixed number of names, whatever anybody asks for.

use actix_web::http::Method;
use rollcall_api_spec::Operation;

/// What is counted beside the operations of the document.
const OTHERS: [&str; 3] = ["docs", "health", "unknown"];

/// What requests are counted under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(usize);

/// What the requests to one path are counted under.
#[derive(Clone, Debug)]
pub(crate) struct Labels(pub(crate) Vec<(Method, Label)>);

impl Label {
    /// The pages about the document, and the document.
    pub(crate) const DOCS: Self = Self(Operation::ALL.len());
    /// Probes.
    pub(crate) const HEALTH: Self = Self(Operation::ALL.len() + 1);
    /// What there is not.
    pub(crate) const UNKNOWN: Self = Self(Operation::ALL.len() + 2);

    /// How many there are.
    pub(crate) const COUNT: usize = Operation::ALL.len() + OTHERS.len();

    /// What requests for `operation` are counted under.
    pub(crate) fn of(operation: Operation) -> Self {
        Self(operation as usize)
    }

    /// Every label there is.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// Its number among all.
    pub(crate) fn place(self) -> usize {
        self.0
    }

    /// The operation's id, or what else it is.
    pub(crate) fn name(self) -> &'static str {
        match Operation::ALL.get(self.0) {
            Some(operation) => operation.id(),
            None => OTHERS[self.0 - Operation::ALL.len()],
        }
    }
}

impl Labels {
    /// What a request by `method` is counted under.
    pub(crate) fn of(&self, method: &Method) -> Label {
        let label = self.0.iter().find(|(its, _)| its == method);
        label.map_or(Label::UNKNOWN, |(_, label)| *label)
    }
}

#[cfg(test)]
mod tests {
    use super::{Label, Operation};

    #[test]
    fn each_operation_is_counted_under_its_own_id() {
        for operation in Operation::ALL {
            assert_eq!(Label::of(*operation).name(), operation.id());
        }
        let names = [Label::DOCS, Label::HEALTH, Label::UNKNOWN].map(Label::name);
        assert_eq!(names, ["docs", "health", "unknown"]);
    }
}

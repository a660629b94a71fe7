//! Problem details (RFC 9457): the errors of every path outside the portal set.

mod table;

use std::fmt;

use serde::{Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, Type},
    },
};

pub(crate) use table::SharedResponse;
pub use table::{ProblemKind, ProblemType};

use crate::operation::EndpointSet;

/// The details of examples that several operations show.
pub(crate) const INVALID_LIMIT: &str = "limit must be a whole number from 1 to 1000";
pub(crate) const INVALID_USER_ID: &str = "userId must be a whole number from 1 to 9007199254740991";

/// An error as problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!(ProblemType::NotFound.problem()))]
pub struct Problem {
    /// The kind of problem. Programs should use this member.
    #[serde(rename = "type")]
    pub kind: ProblemType,
    /// The reason phrase of the status.
    pub title: &'static str,
    /// The HTTP status code.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// An explanation of this occurrence, for people.
    pub detail: String,
    /// The invalid fields of the request body, if there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
}

/// An invalid field of the request body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The path of the field in the body, such as `userInfo.name`.
    #[schema(example = "userInfo.name")]
    pub field: String,
    /// The rule that the value breaks, or the accepted values.
    #[schema(example = "is required")]
    pub message: String,
}

impl Problem {
    /// The problem of invalid fields.
    #[must_use]
    pub fn of_fields(errors: Vec<FieldError>) -> Self {
        Self { errors, ..ProblemType::InvalidFields.problem() }
    }

    /// The example of one invalid field.
    pub(crate) fn of_field(field: &str, message: &str) -> Self {
        Self::of_fields(vec![FieldError { field: field.to_owned(), message: message.to_owned() }])
    }
}

impl ProblemType {
    /// The problem with the text of its kind.
    #[must_use]
    pub fn problem(self) -> Problem {
        self.with_detail(self.kind().text)
    }

    /// The problem with a text of its own.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Problem {
        let ProblemKind { status, title, .. } = self.kind();
        Problem { kind: self, title, status, detail: detail.into(), errors: Vec::new() }
    }

    /// The text of the kind in the words of `set`.
    #[must_use]
    pub fn text(self, set: EndpointSet) -> &'static str {
        let ProblemKind { text, portal_text, .. } = self.kind();
        if set == EndpointSet::Portal { portal_text.unwrap_or(text) } else { text }
    }
}

impl fmt::Display for ProblemType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind().code {
            "" => formatter.write_str("about:blank"),
            code => write!(formatter, "urn:rollcall:problem:{code}"),
        }
    }
}

impl Serialize for ProblemType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl PartialSchema for ProblemType {
    #[expect(deprecated, reason = "other schemas have `example` too, which utoipa derives")]
    fn schema() -> RefOr<Schema> {
        let published = Self::ALL.iter().filter(|problem| !problem.kind().code.is_empty());
        let mut uris: Vec<_> = published.map(ToString::to_string).collect();
        uris.dedup();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The kind of a problem. The meaning of a kind never changes."))
            .enum_values(Some(uris))
            .example(Some(Self::NotFound.to_string().into()))
            .into()
    }
}

impl ToSchema for ProblemType {}

//! The path that everything is mounted below (`--base-path`), for proxies that pass paths on whole.

use std::fmt;

use actix_web::HttpRequest;
use rollcall_api_spec::EndpointSet;
use thiserror::Error;

use crate::request::paths::document_paths;

/// The folder of the probes, which are also answered outside the base path.
const PROBES: &str = "/health";

/// The path that everything is mounted below, such as `/prov`; empty unless it is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

/// Why a text is no path to mount everything below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidBasePath {
    /// It is not written as one.
    #[error(
        "must be a path such as /prov: segments of letters, digits, -, ., _ and ~, without a / at \
         the end"
    )]
    Form,
    /// A path of the document below it would look like another one.
    #[error("must not end like a path of the API, such as /users; another path, such as /prov")]
    Ambiguous,
    /// Probes are there.
    #[error("must not begin with /health, where probes are answered; another path, such as /prov")]
    Probes,
}

impl BasePath {
    /// Reads what an operator has set.
    ///
    /// # Errors
    /// [`InvalidBasePath`] unless it is written as a path, and no path below it looks like another.
    pub fn parse(text: &str) -> Result<Self, InvalidBasePath> {
        if !document_paths::is_well_formed(text) {
            return Err(InvalidBasePath::Form);
        }
        if text.strip_prefix(PROBES).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Err(InvalidBasePath::Probes);
        }
        if document_paths::is_ambiguous(text) {
            return Err(InvalidBasePath::Ambiguous);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text; empty unless it is set.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Where a path of the document is mounted.
    pub(crate) fn mount(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// The path of the document that is mounted at `path`; none outside the base path.
    pub(crate) fn document_path<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(&self.0).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The base path of the server that `request` has come to.
pub(crate) fn of(request: &HttpRequest) -> BasePath {
    request.app_data::<BasePath>().cloned().unwrap_or_default()
}

/// The path of `request`, or its pattern, as the document has it. The base path itself and paths
/// outside stay as they are.
pub(crate) fn without_base<'a>(request: &HttpRequest, path: &'a str) -> &'a str {
    let base = request.app_data::<BasePath>();
    let found = base.and_then(|base| base.document_path(path));
    found.filter(|path| !path.is_empty()).unwrap_or(path)
}

/// The requested path as the document has it.
pub(crate) fn document_path(request: &HttpRequest) -> &str {
    without_base(request, request.path())
}

/// The set that the answer to `request` gets its errors from.
pub(crate) fn set_of(request: &HttpRequest) -> EndpointSet {
    EndpointSet::of_path(document_path(request))
}

#[cfg(test)]
mod tests;

//! `rollcall openapi`: prints the document.

use rollcall_http::{document_json, document_yaml};

use crate::{failure::Failure, settings::Format};

/// Prints the document, byte for byte as the server serves it.
pub(crate) fn print(format: Format) -> Result<(), Failure> {
    super::print(match format {
        Format::Json => document_json(),
        Format::Yaml => document_yaml(),
    })
}

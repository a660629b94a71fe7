//! `rollcall openapi`: prints the document.

use rollcall_http::{document_3_0_json, document_3_0_yaml, document_json, document_yaml};

use crate::{
    cli::{Format, OpenapiVersion},
    commands::output,
    failure::Failure,
};

/// Prints the document, byte for byte as the server serves it.
pub(crate) fn print(version: OpenapiVersion, format: Format) -> Result<(), Failure> {
    output::print(match (version, format) {
        (OpenapiVersion::V3_1, Format::Json) => document_json(),
        (OpenapiVersion::V3_1, Format::Yaml) => document_yaml(),
        (OpenapiVersion::V3_0, Format::Json) => document_3_0_json(),
        (OpenapiVersion::V3_0, Format::Yaml) => document_3_0_yaml(),
    })
}

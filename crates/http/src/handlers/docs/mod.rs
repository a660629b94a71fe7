//! The published document, and Swagger UI on it.

mod page;

use std::{io::Read, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, http::header};
use flate2::read::GzDecoder;
use rollcall_api_spec::{document_3_0_json, document_json, document_yaml, signing_test_vectors};
use utoipa_swagger_ui::{Config, SwaggerFile};

use super::pages::{self, File, Page};
use crate::response::reference;

/// The page may load and reach this server alone, and nothing that stands in the page itself.
/// Swagger UI's icons are `data:` URLs.
const SWAGGER_UI: Page = Page {
    folder: "swagger-ui",
    content_security_policy: "default-src 'none'; script-src 'self'; style-src 'self'; \
        img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'",
    find: page_file,
};

/// Leads to Swagger UI from beside it.
pub(crate) fn home() -> HttpResponse {
    redirect("swagger-ui/".to_owned())
}

/// Leads from the base path to the folder of this name.
pub(crate) fn entrance(request: &HttpRequest) -> HttpResponse {
    redirect(reference::folder(request))
}

fn redirect(location: String) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, location)).finish()
}

/// `openapi/openapi.json`, byte for byte.
pub(crate) fn openapi_json(request: &HttpRequest) -> HttpResponse {
    serve(request, "/openapi.json", || Some(File::new("application/json", document_json())))
}

/// `openapi/openapi.yaml`, byte for byte.
pub(crate) fn openapi_yaml(request: &HttpRequest) -> HttpResponse {
    serve(request, "/openapi.yaml", || Some(File::new("application/yaml", document_yaml())))
}

/// `openapi/openapi-3.0.json`, byte for byte.
pub(crate) fn openapi_3_0_json(request: &HttpRequest) -> HttpResponse {
    let find = || Some(File::new("application/json", document_3_0_json()));
    serve(request, "/openapi-3.0.json", find)
}

/// `openapi/signing-test-vectors.json`, byte for byte.
pub(crate) fn test_vectors(request: &HttpRequest) -> HttpResponse {
    let find = || Some(File::new("application/json", signing_test_vectors()));
    serve(request, "/signing-test-vectors.json", find)
}

/// The files of Swagger UI, which browsers take for nothing but what they are.
pub(crate) fn swagger_ui(request: &HttpRequest, name: &str) -> HttpResponse {
    SWAGGER_UI.serve(request, name)
}

/// The page's own file of this name, or Swagger UI's.
fn page_file(name: &str) -> Option<File> {
    page::find(name).or_else(|| {
        let file = utoipa_swagger_ui::serve(name, Arc::new(Config::default())).ok()??;
        Some(File::new(&file.content_type, unpacked(&file)?))
    })
}

/// The content of a file of Swagger UI, most of which the binary has compressed.
fn unpacked(file: &SwaggerFile<'_>) -> Option<Vec<u8>> {
    if !file.gzpipped {
        return Some(file.bytes.to_vec());
    }
    let mut content = Vec::new();
    GzDecoder::new(&*file.bytes).read_to_end(&mut content).ok()?;
    Some(content)
}

fn serve(request: &HttpRequest, name: &str, find: impl FnOnce() -> Option<File>) -> HttpResponse {
    pages::serve(request, "", name, find)
}

//! The published document, and Swagger UI on it.

mod file;
mod page;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use rollcall_api_spec::{
    EndpointSet, document_3_0_json, document_json, document_yaml, signing_test_vectors,
};
use rollcall_domain::SessionService;
use utoipa_swagger_ui::Config;

use self::file::File;
use crate::{
    base_path::{self, BasePath},
    envelope,
    error::ApiError,
    reference,
};

/// What the page may load and reach: this server alone, and nothing that stands in the page itself.
/// Swagger UI's icons are `data:` URLs.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// Leads to Swagger UI from beside it.
pub(crate) async fn home() -> HttpResponse {
    redirect("swagger-ui/".to_owned())
}

/// Leads from the base path to the folder of this name.
pub(crate) async fn entrance(request: HttpRequest) -> HttpResponse {
    redirect(reference::folder(&request))
}

fn redirect(location: String) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, location)).finish()
}

/// `openapi/openapi.json`, byte for byte.
pub(crate) async fn openapi_json(request: HttpRequest) -> HttpResponse {
    serve(&request, "/openapi.json", || Some(File::new("application/json", document_json())))
}

/// `openapi/openapi.yaml`, byte for byte.
pub(crate) async fn openapi_yaml(request: HttpRequest) -> HttpResponse {
    serve(&request, "/openapi.yaml", || Some(File::new("application/yaml", document_yaml())))
}

/// `openapi/openapi-3.0.json`, byte for byte.
pub(crate) async fn openapi_3_0_json(request: HttpRequest) -> HttpResponse {
    let find = || Some(File::new("application/json", document_3_0_json()));
    serve(&request, "/openapi-3.0.json", find)
}

/// `openapi/signing-test-vectors.json`, byte for byte.
pub(crate) async fn test_vectors(request: HttpRequest) -> HttpResponse {
    let find = || Some(File::new("application/json", signing_test_vectors()));
    serve(&request, "/signing-test-vectors.json", find)
}

/// The files of Swagger UI, which browsers take for nothing but what they are.
pub(crate) async fn swagger_ui(
    request: HttpRequest,
    name: web::Path<String>,
    sessions: web::Data<SessionService>,
) -> HttpResponse {
    let base = base_path::of(&request);
    let mut response = serve(&request, &name, || page_file(&name, &sessions, &base));
    if !response.status().is_client_error() {
        let policy = header::HeaderValue::from_static(CONTENT_SECURITY_POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The page's own file of this name, or Swagger UI's.
fn page_file(name: &str, sessions: &SessionService, base: &BasePath) -> Option<File> {
    page::find(name, sessions, base).or_else(|| {
        let file = utoipa_swagger_ui::serve(name, Arc::new(Config::default())).ok()??;
        Some(File::new(&file.content_type, file.bytes.into_owned()))
    })
}

fn serve(request: &HttpRequest, name: &str, find: impl FnOnce() -> Option<File>) -> HttpResponse {
    file::serve(request, name, find).unwrap_or_else(|| {
        envelope::error_response(request, EndpointSet::Directory, &ApiError::UnknownPath)
    })
}

//! The published document, and Swagger UI on it.

mod file;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use rollcall_api_spec::{EndpointSet, document_json, document_yaml, signing_test_vectors};
use rollcall_domain::SessionService;
use utoipa_swagger_ui::Config;

use self::file::File;
use crate::{envelope, error::ApiError};

/// Points Swagger UI at the document and has it mark its requests (see `envelope`), and sign them
/// once somebody has logged in.
const INITIALIZER: &str = include_str!("swagger-initializer.js");

/// Logs in and out, and signs requests.
const SESSION: &str = include_str!("session.js");

/// What the page may load and reach: this server alone, and nothing that stands in the page itself.
/// Swagger UI's icons are `data:` URLs.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// Leads to Swagger UI.
pub(crate) async fn home() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/swagger-ui/")).finish()
}

/// `openapi/openapi.json`, byte for byte.
pub(crate) async fn openapi_json(request: HttpRequest) -> HttpResponse {
    serve(&request, "/openapi.json", || Some(File::new("application/json", document_json())))
}

/// `openapi/openapi.yaml`, byte for byte.
pub(crate) async fn openapi_yaml(request: HttpRequest) -> HttpResponse {
    serve(&request, "/openapi.yaml", || Some(File::new("application/yaml", document_yaml())))
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
    let mut response = serve(&request, &name, || page_file(&name, &sessions));
    if !response.status().is_client_error() {
        let policy = header::HeaderValue::from_static(CONTENT_SECURITY_POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn page_file(name: &str, sessions: &SessionService) -> Option<File> {
    let script = |text: String| Some(File::new("text/javascript", text));
    match name {
        "swagger-initializer.js" => script(INITIALIZER.to_owned()),
        "session.js" => script(SESSION.to_owned()),
        "settings.js" => script(settings(sessions.signing_host())),
        _ => {
            let file = utoipa_swagger_ui::serve(name, Arc::new(Config::default())).ok()??;
            Some(File::new(&file.content_type, file.bytes.into_owned()))
        }
    }
}

fn serve(request: &HttpRequest, name: &str, find: impl FnOnce() -> Option<File>) -> HttpResponse {
    file::serve(request, name, find).unwrap_or_else(|| {
        envelope::error_response(request, EndpointSet::Directory, &ApiError::UnknownPath)
    })
}

/// What the page must know of this server.
fn settings(signing_host: &str) -> String {
    format!("export const signingHost = {};\n", serde_json::Value::from(signing_host))
}

//! The published document, and Swagger UI on it.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, body::MessageBody, http::header, web};
use rollcall_api_spec::{EndpointSet, document_json, document_yaml, signing_test_vectors};
use rollcall_domain::SessionService;
use utoipa_swagger_ui::Config;

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
pub(crate) async fn openapi_json() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document_json())
}

/// `openapi/openapi.yaml`, byte for byte.
pub(crate) async fn openapi_yaml() -> HttpResponse {
    HttpResponse::Ok().content_type("application/yaml").body(document_yaml())
}

/// `openapi/signing-test-vectors.json`, byte for byte.
pub(crate) async fn test_vectors() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(signing_test_vectors())
}

/// The files of Swagger UI.
pub(crate) async fn swagger_ui(
    request: HttpRequest,
    file: web::Path<String>,
    sessions: web::Data<SessionService>,
) -> HttpResponse {
    let script = match file.as_str() {
        "swagger-initializer.js" => Some(INITIALIZER.to_owned()),
        "session.js" => Some(SESSION.to_owned()),
        "settings.js" => Some(settings(sessions.signing_host())),
        _ => None,
    };
    if let Some(script) = script {
        return page_file("text/javascript", script);
    }
    match utoipa_swagger_ui::serve(&file, Arc::new(Config::default())) {
        Ok(Some(file)) => page_file(&file.content_type, file.bytes.into_owned()),
        _ => envelope::error_response(&request, EndpointSet::Directory, &ApiError::UnknownPath),
    }
}

/// A file that the page is made of, which browsers take for nothing else.
fn page_file(content_type: &str, body: impl MessageBody + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(body)
}

/// What the page must know of this server.
fn settings(signing_host: &str) -> String {
    format!("export const signingHost = {};\n", serde_json::Value::from(signing_host))
}

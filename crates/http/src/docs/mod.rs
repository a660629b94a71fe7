//! The published document, and Swagger UI on it.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use rollcall_api_spec::{EndpointSet, document_json, document_yaml, signing_test_vectors};
use rollcall_domain::SessionService;
use utoipa_swagger_ui::Config;

use crate::{envelope, error::ApiError};

/// Points Swagger UI at the document and has it mark its requests (see `envelope`), and sign them
/// once somebody has logged in.
const INITIALIZER: &str = include_str!("swagger-initializer.js");

/// Logs in and out, and signs requests.
const SESSION: &str = include_str!("session.js");

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
        return HttpResponse::Ok().content_type("text/javascript").body(script);
    }
    match utoipa_swagger_ui::serve(&file, Arc::new(Config::default())) {
        Ok(Some(file)) => {
            HttpResponse::Ok().content_type(file.content_type).body(file.bytes.into_owned())
        }
        _ => envelope::error_response(&request, EndpointSet::Directory, &ApiError::UnknownPath),
    }
}

/// What the page must know of this server.
fn settings(signing_host: &str) -> String {
    format!("export const signingHost = {};\n", serde_json::Value::from(signing_host))
}

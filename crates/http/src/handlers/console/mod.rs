//! The console: a page for people that manages users over the published API. Its files are in
//! `crates/http/console`.

mod files;

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::header};
use rollcall_api_spec::{Endpoint, document_json, endpoints};
use serde_json::Value;

use super::pages::{self, File, Page, SCRIPT};

/// The page may load and reach this server alone. Scripts may set no HTML.
const CONSOLE: Page = Page {
    folder: "console",
    content_security_policy: "default-src 'none'; script-src 'self'; style-src 'self'; \
        img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    find: page_file,
};

/// Leads to the console from beside it.
pub(crate) fn entrance() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "console/")).finish()
}

/// The files of the console.
pub(crate) fn console(request: &HttpRequest, name: &str) -> HttpResponse {
    CONSOLE.serve(request, name)
}

fn page_file(name: &str) -> Option<File> {
    if name == "operations.js" {
        return Some(File::new(SCRIPT, operations()));
    }
    pages::listed(files::FILES, name)
}

/// The operations of this server by method and path, each with the names of its query parameters,
/// the actions of its audit log, and the pattern of role names. The console shows only what the
/// server has.
fn operations() -> String {
    let document = serde_json::from_str::<Value>(document_json()).unwrap_or_default();
    let operations: BTreeMap<_, _> = endpoints()
        .into_iter()
        .map(|Endpoint { path, method, .. }| {
            let operation = &document["paths"][&path][method.to_lowercase()];
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let in_query = parameters.filter(|parameter| parameter["in"] == "query");
            let names: Vec<_> =
                in_query.filter_map(|parameter| parameter["name"].as_str()).collect();
            (format!("{method} {path}"), names)
        })
        .collect();
    let operations = serde_json::json!(operations);
    let schemas = &document["components"]["schemas"];
    let actions = &schemas["AuditAction"]["enum"];
    let role = &schemas["Role"]["properties"]["name"]["pattern"];
    format!(
        "export const operations = {operations};\nexport const auditActions = {actions};\n\
         export const rolePattern = {role};\n"
    )
}

#[cfg(test)]
mod tests {
    use super::operations;

    #[test]
    fn operations_are_listed_with_their_query_parameters() {
        let script = operations();
        assert!(script.starts_with("export const operations = {\""), "{script}");
        assert!(script.contains(r#""GET /users/{userId}":[],"#), "{script}");
        assert!(script.contains("auditActions = [\"USER_CREATED\","), "{script}");
        assert!(script.contains("rolePattern = \"^[a-zA-Z]"), "{script}");
        assert!(script.contains(r#""GET /audit":["limit","pageToken","#), "{script}");
    }
}

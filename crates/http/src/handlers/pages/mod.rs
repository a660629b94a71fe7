//! Pages for people: static files, and the scripts that every page has.

mod file;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, HeaderValue},
};
use rollcall_api_spec::EndpointSet;

pub(super) use self::file::File;
use crate::{
    error::ApiError,
    request::paths::base_path::{self, BasePath},
    response::error::error_response,
    services::WorkerServices,
};

pub(super) const HTML: &str = "text/html";
pub(super) const SCRIPT: &str = "text/javascript";
pub(super) const STYLE: &str = "text/css";

/// The files that every page has in its folder, so that each works without the others.
const FILES: [(&str, &str, &str); 3] = [
    ("favicon.svg", "image/svg+xml", include_str!("favicon.svg")),
    ("paths.js", SCRIPT, include_str!("paths.js")),
    ("signature.js", SCRIPT, include_str!("signature.js")),
];

/// A page: its folder, and what browsers may do with its files.
pub(super) struct Page {
    pub(super) folder: &'static str,
    pub(super) content_security_policy: &'static str,
    /// The files that no other page has. The page itself is `index.html`.
    pub(super) find: fn(&str) -> Option<File>,
}

impl Page {
    /// The response to a request for the file of this name. The page itself has the empty name,
    /// too.
    pub(super) fn serve(&self, request: &HttpRequest, name: &str) -> HttpResponse {
        let name = if name.is_empty() { "index.html" } else { name };
        let find = || (self.find)(name).or_else(|| shared_file(request, name));
        let mut response = serve(request, self.folder, name, find);
        if !response.status().is_client_error() {
            let policy = HeaderValue::from_static(self.content_security_policy);
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// The response with the file of this name in `folder`, or 404.
pub(super) fn serve(
    request: &HttpRequest,
    folder: &'static str,
    name: &str,
    find: impl FnOnce() -> Option<File>,
) -> HttpResponse {
    file::serve(request, folder, name, find)
        .unwrap_or_else(|| error_response(request, EndpointSet::Directory, &ApiError::UnknownPath))
}

/// The file with this name in a list of names, types and texts.
pub(super) fn listed(files: &[(&str, &str, &'static str)], name: &str) -> Option<File> {
    let (_, kind, text) = files.iter().find(|(own, ..)| *own == name)?;
    Some(File::new(kind, *text))
}

fn shared_file(request: &HttpRequest, name: &str) -> Option<File> {
    if name != "settings.js" {
        return listed(&FILES, name);
    }
    let services = request.app_data::<WorkerServices>()?;
    let settings = settings(services.sessions.signing_host(), &base_path::of(request));
    Some(File::new(SCRIPT, settings))
}

/// The settings of this server that a page needs to sign requests.
fn settings(signing_host: &str, base: &BasePath) -> String {
    let [signing_host, base_path] = [signing_host, base.as_str()].map(serde_json::Value::from);
    format!("export const signingHost = {signing_host};\nexport const basePath = {base_path};\n")
}

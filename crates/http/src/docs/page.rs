//! The files of the page that are our own. The rest is Swagger UI's.

use rollcall_domain::SessionService;

use super::file::File;
use crate::base_path::BasePath;

const HTML: &str = "text/html";
const SCRIPT: &str = "text/javascript";
const STYLE: &str = "text/css";

/// Each with its name and type.
const FILES: [(&str, &str, &str); 15] = [
    ("index.html", HTML, include_str!("index.html")),
    ("favicon.svg", "image/svg+xml", include_str!("favicon.svg")),
    ("page.css", STYLE, include_str!("page.css")),
    ("operations.css", STYLE, include_str!("operations.css")),
    ("color-scheme.js", SCRIPT, include_str!("color-scheme.js")),
    ("swagger-initializer.js", SCRIPT, include_str!("swagger-initializer.js")),
    ("paths.js", SCRIPT, include_str!("paths.js")),
    ("session.js", SCRIPT, include_str!("session.js")),
    ("log-in-box.js", SCRIPT, include_str!("log-in-box.js")),
    ("authorization.js", SCRIPT, include_str!("authorization.js")),
    ("error-responses.js", SCRIPT, include_str!("error-responses.js")),
    ("labels.js", SCRIPT, include_str!("labels.js")),
    ("operation-link.js", SCRIPT, include_str!("operation-link.js")),
    ("parameters.js", SCRIPT, include_str!("parameters.js")),
    ("tag-titles.js", SCRIPT, include_str!("tag-titles.js")),
];

/// The file of this name, if the page has one of its own. The page itself has the empty name, too.
pub(super) fn find(name: &str, sessions: &SessionService, base: &BasePath) -> Option<File> {
    let name = if name.is_empty() { "index.html" } else { name };
    if name == "settings.js" {
        return Some(File::new(SCRIPT, settings(sessions.signing_host(), base)));
    }
    let (_, kind, text) = FILES.iter().find(|(own, ..)| *own == name)?;
    Some(File::new(kind, *text))
}

/// What the page must know of this server.
fn settings(signing_host: &str, base: &BasePath) -> String {
    let [signing_host, base_path] = [signing_host, base.as_str()].map(serde_json::Value::from);
    format!("export const signingHost = {signing_host};\nexport const basePath = {base_path};\n")
}

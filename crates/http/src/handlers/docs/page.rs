//! The files of the page that are our own. The rest is Swagger UI's.

use crate::handlers::pages::{self, File, HTML, SCRIPT, STYLE};

/// Each with its name and type.
const FILES: [(&str, &str, &str); 13] = [
    ("index.html", HTML, include_str!("index.html")),
    ("page.css", STYLE, include_str!("page.css")),
    ("operations.css", STYLE, include_str!("operations.css")),
    ("color-scheme.js", SCRIPT, include_str!("color-scheme.js")),
    ("swagger-initializer.js", SCRIPT, include_str!("swagger-initializer.js")),
    ("session.js", SCRIPT, include_str!("session.js")),
    ("log-in-box.js", SCRIPT, include_str!("log-in-box.js")),
    ("authorization.js", SCRIPT, include_str!("authorization.js")),
    ("error-responses.js", SCRIPT, include_str!("error-responses.js")),
    ("labels.js", SCRIPT, include_str!("labels.js")),
    ("operation-link.js", SCRIPT, include_str!("operation-link.js")),
    ("parameters.js", SCRIPT, include_str!("parameters.js")),
    ("tag-titles.js", SCRIPT, include_str!("tag-titles.js")),
];

/// The file of this name, if the page has one of its own.
pub(super) fn find(name: &str) -> Option<File> {
    pages::listed(&FILES, name)
}

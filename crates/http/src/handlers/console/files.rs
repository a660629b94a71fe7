//! The files of the console, each with its name and type.

use crate::handlers::pages::{HTML, SCRIPT, STYLE};

const TEXT: &str = "text/plain";

macro_rules! files {
    ($($kind:ident $name:literal,)*) => {
        &[$(($name, $kind, include_str!(concat!("../../../console/", $name))),)*]
    };
}

pub(super) const FILES: &[(&str, &str, &str)] = files! {
    HTML "index.html",
    STYLE "base.css",
    STYLE "controls.css",
    STYLE "layout.css",
    STYLE "tables.css",
    SCRIPT "actions.js",
    SCRIPT "ago.js",
    SCRIPT "api.js",
    SCRIPT "app.js",
    SCRIPT "audit-filters.js",
    SCRIPT "audit.js",
    SCRIPT "confirm.js",
    SCRIPT "create-key.js",
    SCRIPT "create-user.js",
    SCRIPT "delete-user.js",
    SCRIPT "failure.js",
    SCRIPT "html.js",
    SCRIPT "keys.js",
    SCRIPT "last-changes.js",
    SCRIPT "log-in.js",
    SCRIPT "main.js",
    SCRIPT "me.js",
    SCRIPT "merge.js",
    SCRIPT "moment-field.js",
    SCRIPT "moments.js",
    SCRIPT "parts.js",
    SCRIPT "reset-code.js",
    SCRIPT "reset.js",
    SCRIPT "roles-field.js",
    SCRIPT "route.js",
    SCRIPT "secret.js",
    SCRIPT "session.js",
    SCRIPT "sessions.js",
    SCRIPT "set-password.js",
    SCRIPT "store.js",
    SCRIPT "text.js",
    SCRIPT "unsaved.js",
    SCRIPT "user-fields.js",
    SCRIPT "user-filters.js",
    SCRIPT "user-form.js",
    SCRIPT "user.js",
    SCRIPT "users.js",
    SCRIPT "vendor/hooks.js",
    SCRIPT "vendor/htm.js",
    TEXT "vendor/licences.txt",
    SCRIPT "vendor/openapi-fetch.js",
    SCRIPT "vendor/preact.js",
};

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::FILES;

    fn names(folder: &Path, prefix: &str) -> BTreeSet<String> {
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let served = files.filter(|file| file.is_file() && !file.to_string_lossy().contains(".d."));
        served.map(|file| format!("{prefix}{}", file.file_name().unwrap().display())).collect()
    }

    #[test]
    fn every_file_of_the_folder_is_served_and_preloaded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("console");
        let mut expected = names(&folder, "");
        expected.extend(names(&folder.join("vendor"), "vendor/"));
        let served: BTreeSet<_> = FILES.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(served, expected);
        let (.., page) = FILES.iter().find(|(name, ..)| *name == "index.html").unwrap();
        let is_script = |name: &&String| Path::new(name).extension().is_some_and(|end| end == "js");
        for script in served.iter().filter(is_script).filter(|name| *name != "main.js") {
            assert!(page.contains(&format!("modulepreload\" href=\"{script}\"")), "{script}");
        }
    }
}

//! The accepted name that a misspelt or unknown one probably stands for.

/// Flags of other programs, and ours for the same thing.
const SYNONYMS: [(&str, &str); 10] = [
    ("port", "listen"),
    ("host", "listen"),
    ("bind", "listen"),
    ("address", "listen"),
    ("addr", "listen"),
    ("db", "database-url"),
    ("database", "database-url"),
    ("dsn", "database-url"),
    ("force", "overwrite"),
    ("force", "yes"),
];

/// The known name that is spelt almost like this one, or else has the same meaning, or else is the
/// only one with this word in it. Works for flags and, in capital letters, for variables.
pub(super) fn similar<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    nearest(name, known.iter().copied()).or_else(|| {
        let name = as_flag(name);
        let is_synonym = |known: &&str| {
            let known = as_flag(known);
            SYNONYMS.iter().any(|(other, ours)| *other == name && *ours == known)
        };
        let has_word = |known: &&str| as_flag(known).split('-').any(|word| word == name);
        let mut with_word = known.iter().copied().filter(has_word);
        let only = with_word.next().filter(|_| with_word.next().is_none());
        known.iter().copied().find(is_synonym).or(only)
    })
}

/// The known name with the smallest edit distance, if that is small.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |known: &'a str| {
        let distance = strsim::damerau_levenshtein(name, known);
        (distance <= 1 + name.len().min(known.len()) / 7).then_some((distance, known))
    };
    known.filter_map(near).min().map(|(_, known)| known)
}

/// A flag or a variable, spelt as a flag.
fn as_flag(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::{nearest, similar};

    #[test]
    fn proposes_the_nearest_name_within_a_small_distance() {
        let known = ["LISTEN", "DATABASE_URL", "DATABASE_URL_FILE", "delete", "revoke", "serve"];
        for (name, expected) in [
            ("LISTENS", Some("LISTEN")),
            ("DATABASES_URL", Some("DATABASE_URL")),
            ("DATABASE_URL_FILES", Some("DATABASE_URL_FILE")),
            ("COLOUR", None),
            ("serv", Some("serve")),
            ("dleete", Some("delete")),
            ("remove", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), expected, "{name}");
        }
    }

    #[test]
    fn proposes_a_name_with_the_same_meaning_or_word() {
        let known = ["listen", "docs-listen", "tls-cert", "tls-key", "database-url", "overwrite"];
        for (name, expected) in [
            ("lisen", Some("listen")),
            ("port", Some("listen")),
            ("db", Some("database-url")),
            ("cert", Some("tls-cert")),
            ("force", Some("overwrite")),
            ("tls", None),
            ("", None),
        ] {
            assert_eq!(similar(name, &known), expected, "{name}");
        }
        let known = ["LISTEN", "DOCS_LISTEN", "DATABASE_URL", "DATABASE_POOLER"];
        for (name, expected) in
            [("PORT", Some("LISTEN")), ("DATABASE", Some("DATABASE_URL")), ("DOCS_PORT", None)]
        {
            assert_eq!(similar(name, &known), expected, "{name}");
        }
    }
}

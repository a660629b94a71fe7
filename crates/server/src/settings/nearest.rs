//! The accepted name that is most similar to a misspelt one.

/// The known name with the smallest edit distance, if that is small.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |known: &'a str| {
        let distance = strsim::damerau_levenshtein(name, known);
        (distance <= 1 + name.len().min(known.len()) / 7).then_some((distance, known))
    };
    known.filter_map(near).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

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
}

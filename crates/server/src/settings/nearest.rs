//! The name that was meant by a misspelt one.

/// The known name that a misspelt one is most like, if it is near.
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
    fn the_nearest_name_is_proposed_if_it_is_near() {
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

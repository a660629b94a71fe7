//! The paths of the document, and what else may look like one of them.

use std::sync::LazyLock;

use rollcall_api_spec::endpoints;

/// The paths of the document, by their segments. Parameters are in braces.
static DOCUMENTED: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let mut paths: Vec<Vec<String>> = endpoints()
        .iter()
        .map(|endpoint| segments(&endpoint.path).map(str::to_owned).collect())
        .collect();
    paths.dedup();
    paths
});

/// Whether `text` is a path that means the same to every proxy: nothing in it is encoded, and no
/// segment is empty or stands for another one.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_segment =
        |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain);
    text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment))
}

/// Whether some path of the document behind `prefix` ends in a longer one, as `/users` does behind
/// `/api/v1`.
pub(crate) fn is_ambiguous(prefix: &str) -> bool {
    let prefix: Vec<_> = segments(prefix).collect();
    let ends_in = |path: &[String], longer: &[String]| {
        let added = longer.len().checked_sub(path.len()).filter(|added| *added > 0);
        let begin = added.and_then(|added| prefix.len().checked_sub(added));
        begin.is_some_and(|begin| {
            let end = prefix[begin..].iter().copied().chain(path.iter().map(String::as_str));
            longer.iter().zip(end).all(|(expected, actual)| may_be_equal(expected, actual))
        })
    };
    DOCUMENTED.iter().any(|path| DOCUMENTED.iter().any(|longer| ends_in(path, longer)))
}

/// Whether two segments are the same for some values of parameters.
fn may_be_equal(one: &str, other: &str) -> bool {
    one.starts_with('{') || other.starts_with('{') || one == other
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').skip(1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{DOCUMENTED, is_ambiguous, may_be_equal, segments};

    fn is_documented(path: &str) -> bool {
        let is_like = |documented: &Vec<String>| {
            documented.len() == segments(path).count()
                && documented
                    .iter()
                    .zip(segments(path))
                    .all(|(one, other)| may_be_equal(one, other))
        };
        DOCUMENTED.iter().any(is_like)
    }

    /// Every way to read a path of the document, also behind other segments, as a prefix and
    /// another path of the document.
    #[test]
    fn no_prefix_turns_one_path_into_another() {
        let mut refused = BTreeSet::new();
        for path in DOCUMENTED.iter() {
            let path = format!("/{}", path.join("/")).replace(['{', '}'], "");
            for front in ["", "/x", "/users", "/api/v1", "/x/y"] {
                let signed = format!("{front}{path}");
                let places = signed.match_indices('/').map(|(place, _)| place);
                for place in places.filter(|place| *place > front.len()) {
                    let (prefix, rest) = signed.split_at(place);
                    if is_documented(rest) {
                        assert!(is_ambiguous(prefix), "{prefix} before {rest}");
                        refused.insert(prefix.to_owned());
                    }
                }
            }
        }
        assert!(refused.contains("/api/v1") && refused.contains("/x/y/api/v1"), "{refused:?}");
    }
}

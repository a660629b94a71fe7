//! Counts and lists in sentences.

/// A count with its noun: `1 user`, `2 users`.
pub(crate) fn counted(count: impl Into<u64>, thing: &str) -> String {
    let count = count.into();
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// A list such as `a, b or c`.
pub(crate) fn join(items: &[impl AsRef<str>], last: &str) -> String {
    let items: Vec<_> = items.iter().map(AsRef::as_ref).collect();
    match &items[..] {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, join};

    #[test]
    fn counts_and_joins_in_english() {
        let counts = [0_u64, 1, 2].map(|count| counted(count, "user"));
        assert_eq!(counts, ["0 users", "1 user", "2 users"]);
        for (items, expected) in
            [(&[][..], ""), (&["a"], "a"), (&["a", "b"], "a or b"), (&["a", "b", "c"], "a, b or c")]
        {
            assert_eq!(join(items, "or"), expected);
        }
    }
}

//! The names that generated clients give the values of an enum.

use serde_json::Value;

/// Names the values of `schema`, if it is an enum of texts, as constants: `createTime` is
/// `CREATE_TIME`, and `urn:rollcall:problem:not-found` is `NOT_FOUND`.
///
/// Without names a generator makes them from the values. Kotlin then has an entry called `name`,
/// which does not compile. Nor does Go, where the constants of all enums are in one namespace, if a
/// name is there twice: `prefix` tells those of one enum from others.
pub(crate) fn name_constants(prefix: &str, schema: &mut Value) {
    let values = schema.get("enum").and_then(Value::as_array);
    let names: Option<Vec<_>> = values.map(|values| {
        let texts = values.iter().filter_map(Value::as_str);
        texts.map(|text| format!("{prefix}{}", constant(text))).collect()
    });
    if let Some(names) = names {
        schema["x-enum-varnames"] = names.into();
    }
}

/// The name of a value; of a URN, from what follows its last colon.
fn constant(value: &str) -> String {
    let specific = value.strip_prefix("urn:").and_then(|rest| rest.rsplit(':').next());
    let word = specific.unwrap_or(value);
    let mut name = String::new();
    let mut previous_is_lower = false;
    for character in word.chars() {
        if previous_is_lower && character.is_ascii_uppercase() {
            name.push('_');
        }
        previous_is_lower = character.is_ascii_lowercase();
        name.push(if character.is_ascii_alphanumeric() { character } else { '_' });
    }
    name.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::constant;

    #[test]
    fn a_constant_is_named_after_its_value() {
        for (value, name) in [
            ("name", "NAME"),
            ("createTime", "CREATE_TIME"),
            ("USER_CREATED", "USER_CREATED"),
            ("urn:rollcall:problem:not-found", "NOT_FOUND"),
            ("users:read", "USERS_READ"),
        ] {
            assert_eq!(constant(value), name);
        }
    }
}

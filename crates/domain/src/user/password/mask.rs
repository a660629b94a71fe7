//! Masks: what programs show in the place of a password. A client that sends one of them back, such
//! as in a form that was filled in before, would make it the password.

/// What stands in masks beside brackets, stars and dashes, in lower case and in byte order.
const PHRASES: [&str; 40] = [
    "change me",
    "changeme",
    "concealed",
    "confidential",
    "encrypted",
    "enter password",
    "filtered",
    "hidden",
    "hidden due to security reasons",
    "masked",
    "masked password",
    "missing",
    "none",
    "not set",
    "not shown",
    "null",
    "obfuscated",
    "object object",
    "omitted",
    "password hidden",
    "password masked",
    "password redacted",
    "placeholder",
    "protected",
    "redacted",
    "removed",
    "scrubbed",
    "secret",
    "secret redacted",
    "secret value",
    "securestring",
    "sensitive",
    "sensitive value",
    "string",
    "suppressed",
    "system security securestring",
    "unchanged",
    "undefined",
    "value specified in no log parameter",
    "your password",
];

/// What templates put around the name of a variable that a program should have filled in.
const PLACEHOLDERS: [(&str, &str); 6] =
    [("${{", "}}"), ("${", "}"), ("$(", ")"), ("{{", "}}"), ("<%=", "%>"), ("%(", ")s")];

/// A text that asks to be changed, without the characters between its words.
const CHANGE_ME: &str = "changeme";

/// Whether `folded`, a password in its comparison form, is one repeated character, with or without
/// spaces and brackets, one of the usual masks, or a variable that was not filled in.
pub(super) fn is_mask(folded: &str) -> bool {
    is_repeated(folded)
        || is_repeated(unwrapped(folded))
        || is_phrase(folded)
        || is_placeholder(folded)
        || is_change_me(folded)
}

/// Whether a text is the name of a variable as templates have it, such as `${admin_password}`, or
/// a word about passwords in pointed brackets.
fn is_placeholder(text: &str) -> bool {
    let between = |open: &str, close: &str| text.trim().strip_prefix(open)?.strip_suffix(close);
    let is_name = |text: &str| {
        let is_in_name =
            |character: char| character.is_alphanumeric() || " _-.:".contains(character);
        !text.is_empty() && text.chars().all(is_in_name)
    };
    let is_word = |text: &str| is_name(text) && text.contains("password");
    PLACEHOLDERS.iter().any(|(open, close)| between(open, close).is_some_and(is_name))
        || between("<", ">").is_some_and(is_word)
        || between("%", "%").is_some_and(is_word)
}

/// Whether a text is `changeme`, once or more often.
fn is_change_me(text: &str) -> bool {
    let letters: String = text.chars().filter(|character| character.is_alphanumeric()).collect();
    !letters.is_empty() && letters.replace(CHANGE_ME, "").is_empty()
}

/// Whether a text has three characters or more, and all are the same but for spaces.
fn is_repeated(text: &str) -> bool {
    let mut characters = text.chars().filter(|character| !character.is_whitespace());
    let Some(first) = characters.next() else { return !text.is_empty() };
    let mut count = 1;
    characters.all(|character| {
        count += 1;
        character == first
    }) && count > 2
}

/// A text without the brackets and quotes around it.
fn unwrapped(text: &str) -> &str {
    text.trim_matches(|character: char| {
        character.is_whitespace() || "<>[](){}\"'`".contains(character)
    })
}

/// Whether the words of a text are those of a mask, whatever stands around and between them.
fn is_phrase(text: &str) -> bool {
    let words =
        text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    PHRASES.iter().any(|phrase| phrase.split(' ').eq(words.clone()))
}

#[cfg(test)]
mod tests {
    use super::{PHRASES, is_mask};

    #[test]
    fn one_repeated_character_is_a_mask() {
        for text in ["********", "••••••••", "●●●●●●●●●●", "xxxxxxxx", "11111111", "        "]
        {
            assert!(is_mask(text), "{text}");
        }
        for text in ["* * * * *", "[********]", "<••••••••>", "\"xxxxxxxx\"", " \t \t \t \t"]
        {
            assert!(is_mask(text), "{text}");
        }
    }

    #[test]
    fn the_usual_masks_are_found_in_any_brackets() {
        for text in [
            "[redacted]",
            "redacted",
            "***redacted***",
            "<hidden>",
            "[hidden]",
            "(sensitive value)",
            "<sensitive>",
            "[filtered]",
            "[masked]",
            "<secret>",
            "<string>",
            "undefined",
            "***null***",
            "[object object]",
            "<your-password>",
            "your_password",
            "${password_redacted}",
            "value_specified_in_no_log_parameter",
            "system.security.securestring",
        ] {
            assert!(is_mask(text), "{text}");
        }
    }

    #[test]
    fn variables_that_were_not_filled_in_are_masks() {
        for text in [
            "${admin_password}",
            "${rollcall.admin.password:-}",
            "${{ secrets.admin_password }}",
            "$(admin_password)",
            "{{password}}",
            "{{ .values.admin.password }}",
            "<%= password %>",
            "<password>",
            "<your admin password>",
            "%admin_password%",
            "changemechangeme",
            "change-me-change-me",
        ] {
            assert!(is_mask(text), "{text}");
        }
    }

    #[test]
    fn passwords_that_hold_a_mask_are_none() {
        for text in [
            "${correct}horse",
            "{{a+b=c!}}",
            "<correct-horse>",
            "$(rm -rf /)",
            "changemenot",
            "change my world",
            "stringst",
            "newuserpassw0rd!",
            "correct horse battery",
            "********1",
            "xxxxxxxxy",
            "<hidden>1",
            "redacted lines",
            "nullnull",
            "abababab",
            "☃☂☃☂☃☂☃☂",
            "<()>[]{}",
            "#!$%&/()=",
        ] {
            assert!(!is_mask(text), "{text}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_in_its_comparison_form() {
        assert!(PHRASES.is_sorted());
        assert!(PHRASES.iter().all(|phrase| *phrase == crate::user::fold::fold(phrase)));
    }
}

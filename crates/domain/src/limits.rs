//! The limits of values: lengths, counts, ranges and patterns. The parsers of this crate enforce
//! them, and the API document publishes them.

/// The maximum length of a username, in characters.
pub const NAME_MAX_LENGTH: usize = 64;

/// The pattern of all usernames. Not every match is one: RFC 8265 excludes symbols and lookalikes
/// by tables that a pattern cannot express.
pub const NAME_PATTERN: &str = r"^(\.{0,2}[^.:/\s]|\.{3})[^:/\s]*$";

/// The pattern of names of new users, with the same restriction.
pub const NEW_NAME_PATTERN: &str = r"^(\.{0,2}[^.:/?#%\\\s]|\.{3})[^:/?#%\\\s]*$";

/// The pattern of username prefixes, with the same restriction.
pub const NAME_PREFIX_PATTERN: &str = r"^[^:/\s]+$";

/// The minimum length of an email address, in characters.
pub const EMAIL_MIN_LENGTH: usize = 3;

/// The maximum length of an email address, in bytes of UTF-8: what fits in an SMTP envelope
/// (RFC 5321).
pub const EMAIL_MAX_LENGTH: usize = 254;

/// The maximum length before the `@`, in bytes of UTF-8 (RFC 5321, section 4.5.3.1.1).
pub const EMAIL_LOCAL_PART_MAX_LENGTH: usize = 64;

/// The pattern of email addresses: RFC 5321 and RFC 6531, without quoted local parts and address
/// literals, which mail systems refuse anyway. The pattern cannot express that the local part has
/// at most 64 bytes, and that some letters beyond ASCII are not accepted.
pub const EMAIL_PATTERN: &str = concat!(
    r#"^[^\x00-\x20"(),.:;<>@\[\\\]\x7f\s]+(\.[^\x00-\x20"(),.:;<>@\[\\\]\x7f\s]+)*"#,
    r"@[^\x00-\x2f:-@\[-`{-\x7f\s]([^\x00-,./:-@\[-`{-\x7f\s]{0,61}[^\x00-\x2f:-@\[-`{-\x7f\s])?",
    r"(\.[^\x00-\x2f:-@\[-`{-\x7f\s]",
    r"([^\x00-,./:-@\[-`{-\x7f\s]{0,61}[^\x00-\x2f:-@\[-`{-\x7f\s])?)*$",
);

/// The minimum length of a password, in characters of its Unicode form NFC.
pub const PASSWORD_MIN_LENGTH: usize = 8;

/// The maximum length of a password, in characters of its Unicode form NFC.
pub const PASSWORD_MAX_LENGTH: usize = 256;

/// The pattern of role names, such as `ROLE_USER`, `imaging.reader` and `system:masters`.
pub const ROLE_PATTERN: &str = "^[a-zA-Z][a-zA-Z0-9_.:-]{0,63}$";

/// The maximum length of the name of an API key, in characters.
pub const KEY_NAME_MAX_LENGTH: usize = 64;

/// The characters of a regular expression's class that show nothing, apart from the space. They
/// stand for themselves, since languages escape those beyond ASCII in different ways.
macro_rules! invisible {
    () => {
        concat!(
            r"\x00-\x1f\x7f-",
            "\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180b}-\u{180f}",
            "\u{200b}-\u{200f}\u{2028}-\u{202f}\u{205f}-\u{206f}\u{3164}\u{ffa0}"
        )
    };
}

/// The pattern of names of API keys: something visible, nothing invisible but the space, and no
/// character that changes the direction of a line.
pub const KEY_NAME_PATTERN: &str = concat!("^ *[^ ", invisible!(), "][^", invisible!(), "]*$");

/// The maximum number of roles of a user.
pub const ROLES_MAX_COUNT: usize = 32;

/// The length of a page if the request does not set one.
pub const PAGE_DEFAULT_LENGTH: u32 = 100;

/// The maximum length of a page.
pub const PAGE_MAX_LENGTH: u32 = 1000;

/// The maximum length of a client's id of a request.
pub const REQUEST_ID_MAX_LENGTH: usize = 64;

/// The largest id, version or number of an audit entry: 2^53 - 1, the largest integer that JSON
/// readers with double-precision numbers, as in JavaScript, read exactly.
pub const LARGEST_NUMBER: i64 = (1 << 53) - 1;

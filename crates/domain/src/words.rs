//! Enums whose values have a word, which the API and the stores use.

/// Adds the words of an enum to it: `ALL`, `WORDS`, `as_str` and `parse`.
macro_rules! words {
    ($enum:ident { $($value:ident = $word:literal),+ $(,)? }) => {
        impl $enum {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// The word for each value in the API and in stores.
            pub const WORDS: &[&str] = &[$($word),+];

            /// The word for it in the API and in stores.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word),+
                }
            }

            /// The value with this word, if there is one.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    };
}

pub(crate) use words;

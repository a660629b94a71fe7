//! The formats that entries of the log have had.

/// Which fields an entry has, and how its hash is made of them. New entries are of the last format;
/// a log goes on in it behind entries of earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryFormat {
    /// Of release 0.1.0: without the client's id of a request beside the server's own.
    First,
    /// With it, and with the format itself in the hash.
    Second,
}

impl EntryFormat {
    /// The number that the wire, the stores and the hash use.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::First => 1,
            Self::Second => 2,
        }
    }

    /// The format with this number, if there is one.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        [Self::First, Self::Second].into_iter().find(|format| format.number() == number)
    }
}

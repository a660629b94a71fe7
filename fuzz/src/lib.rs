//! What the targets share. Each reads its input as text of one kind, so that seeds can be read and
//! written by hand, and holds what the service makes of it against a reading of its own.

pub mod base64;
pub mod files;
pub mod json;
pub mod requests;
pub mod sessions;
pub mod shape;

/// What stands for a secret in a seed: no error may repeat a value that holds it.
pub const SECRET: &str = "SECRET1";

/// The lines of `data`, without their ends: the first `N - 1` of them, then all the rest as it is.
#[must_use]
pub fn lines<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut parts = data.splitn(N, |byte| *byte == b'\n');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

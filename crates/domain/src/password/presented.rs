//! Passwords that are presented to be checked.

use zeroize::{ZeroizeOnDrop, Zeroizing};

/// A password as a client presents it, whatever it is: to be compared, never to be set. Its memory
/// is wiped when it is dropped, and nothing can print it by accident:
///
/// ```compile_fail
/// let password = rollcall_domain::PresentedPassword::new("secret".to_owned().into());
/// println!("{password:?}");
/// ```
#[derive(Clone)]
pub struct PresentedPassword(Zeroizing<String>);

impl ZeroizeOnDrop for PresentedPassword {}

impl PresentedPassword {
    /// Takes what the client sent, in memory that is wiped.
    #[must_use]
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text, for what checks it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

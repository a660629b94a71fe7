//! Passwords that are presented to be checked.

use std::iter::once;

use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::composed::composed;

/// A password as a client presents it, whatever it is: to be compared, never to be set. Its memory
/// is wiped when it is dropped, and nothing can print it by accident:
///
/// ```compile_fail
/// let password = rollcall_domain::PresentedPassword::new("secret".to_owned().into());
/// println!("{password:?}");
/// ```
#[derive(Clone)]
pub struct PresentedPassword {
    sent: Zeroizing<String>,
    /// The form NFC; none if the text was sent in it.
    composed: Option<Zeroizing<String>>,
}

impl ZeroizeOnDrop for PresentedPassword {}

/// A text that a presented password may match a hash by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The form NFC, in which passwords are set here.
    Composed,
    /// The text as it was sent, where that is not in NFC: other systems may have hashed it so.
    Sent,
}

impl PresentedPassword {
    /// Takes what the client sent, in memory that is wiped.
    #[must_use]
    pub fn new(text: Zeroizing<String>) -> Self {
        Self { composed: composed(&text), sent: text }
    }

    /// The text as it was sent.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.sent
    }

    /// The forms that a hash may be of: one, or two if the text was not sent in NFC.
    pub(crate) fn forms(&self) -> impl Iterator<Item = Form> + use<> {
        once(Form::Composed).chain(self.composed.as_ref().map(|_| Form::Sent))
    }

    /// The text in one of its forms.
    pub(crate) fn in_form(&self, form: Form) -> &str {
        match (form, &self.composed) {
            (Form::Composed, Some(composed)) => composed,
            _ => &self.sent,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Form, PresentedPassword};

    /// A password that a client sends as `text`.
    pub(crate) fn presented_as(text: &str) -> PresentedPassword {
        PresentedPassword::new(text.to_owned().into())
    }

    #[test]
    fn only_text_that_is_not_in_nfc_has_two_forms() {
        let texts = |text: &str| {
            let password = presented_as(text);
            let texts = password.forms().map(|form| password.in_form(form).to_owned());
            texts.collect::<Vec<_>>()
        };
        assert_eq!(texts("correct horse"), ["correct horse"]);
        assert_eq!(texts("Jürgen"), ["Jürgen"]);
        assert_eq!(texts("Ju\u{308}rgen"), ["Jürgen", "Ju\u{308}rgen"]);
        assert_eq!(presented_as("Ju\u{308}rgen").in_form(Form::Sent), "Ju\u{308}rgen");
        assert_eq!(presented_as("Ju\u{308}rgen").expose(), "Ju\u{308}rgen");
    }
}

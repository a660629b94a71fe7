//! Checks of passwords, each as much work as any other.

use super::statistics::PoolCounts;
use crate::user::password::{
    hash::{HashCost, PasswordHash},
    presented::{Form, PresentedPassword},
};

/// The form of `password` that matches `hash`. If none does, or if there is no hash to match, each
/// has taken as much work as a hash of the `common` cost: two of these for a text that is not in
/// NFC, and one for any other, whatever the name was.
pub(super) fn check(
    hash: Option<&PasswordHash>,
    password: &PresentedPassword,
    common: HashCost,
    counts: &PoolCounts,
) -> Option<Form> {
    password.forms().find(|form| matches(hash, password.in_form(*form), common, counts))
}

/// Whether `text` matches `hash`. If it does not, or if there is no hash to match, that has taken
/// as much work as a hash of the `common` cost: nothing tells which users there are, or how old
/// their hashes are.
fn matches(hash: Option<&PasswordHash>, text: &str, common: HashCost, counts: &PoolCounts) -> bool {
    let spend = |cost| {
        counts.hashed(cost);
        PasswordHash::decoy(cost).matches(text)
    };
    let Some(hash) = hash else { return spend(common) };
    let Some(cost) = hash.sound_cost() else {
        // A damaged hash takes no work to refuse.
        return hash.matches(text) || spend(common);
    };
    counts.hashed(cost);
    // One hash of each of these costs is together the missing work: 2^c + … + 2^(C-1) = 2^C
    // - 2^c.
    hash.matches(text) || cost.up_to(common).any(spend)
}

#[cfg(test)]
mod tests {
    use super::{PoolCounts, check};
    use crate::user::password::{
        Password,
        hash::{HashCost, PasswordHash},
        presented::{Form, tests::presented_as},
    };

    const PASSWORD: &str = "correct horse battery";

    fn cost(number: u32) -> HashCost {
        HashCost::new(number).unwrap()
    }

    fn hash_of(number: u32) -> PasswordHash {
        PasswordHash::new(&Password::parse(PASSWORD).unwrap(), cost(number)).unwrap()
    }

    /// What a check of `text` at the common cost of 7 comes to, and the rounds that it takes.
    fn outcome(hash: Option<&PasswordHash>, text: &str) -> (Option<Form>, u64) {
        let counts = PoolCounts::new();
        let form = check(hash, &presented_as(text), cost(7), &counts);
        (form, counts.rounds())
    }

    #[test]
    fn every_failed_check_takes_the_same_rounds() {
        let damaged = PasswordHash::from_store("$2b$04$damaged".to_owned());
        let [low, middle, common] = [4, 5, 7].map(hash_of);
        for hash in [None, Some(low), Some(middle), Some(common), Some(damaged)] {
            for (text, rounds) in [("wrong", 128), ("wröng", 128), ("wro\u{308}ng", 256)] {
                let said = format!("{:?} {text}", hash.as_ref().map(PasswordHash::cost));
                assert_eq!(outcome(hash.as_ref(), text), (None, rounds), "{said}");
            }
        }
    }

    #[test]
    fn a_right_password_takes_its_own_hash_alone() {
        assert_eq!(outcome(Some(&hash_of(5)), PASSWORD), (Some(Form::Composed), 32));
    }

    #[test]
    fn a_hash_of_composed_text_matches_every_form() {
        let text = "Zürich, not Paris";
        let hash = PasswordHash::renewed(text, cost(7)).unwrap();
        assert_eq!(outcome(Some(&hash), text), (Some(Form::Composed), 128));
        let decomposed = "Zu\u{308}rich, not Paris";
        assert_eq!(outcome(Some(&hash), decomposed), (Some(Form::Composed), 128));
    }

    #[test]
    fn a_hash_of_decomposed_text_matches_only_that() {
        let decomposed = "Zu\u{308}rich, not Paris";
        let hash = PasswordHash::renewed(decomposed, cost(7)).unwrap();
        assert_eq!(outcome(Some(&hash), decomposed), (Some(Form::Sent), 256));
        assert_eq!(outcome(Some(&hash), "Zürich, not Paris"), (None, 128));
    }
}

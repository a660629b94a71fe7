//! Checks of passwords, each as much work as any other.

use super::statistics::PoolCounts;
use crate::{HashCost, PasswordHash};

/// Whether `text` matches `hash`. If it does not, or if there is no hash to match, that has taken
/// as much work as a hash of the `common` cost: nothing tells which users there are, or how old
/// their hashes are.
pub(super) fn check(
    hash: Option<&PasswordHash>,
    text: &str,
    common: HashCost,
    counts: &PoolCounts,
) -> bool {
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
    use crate::{HashCost, Password, PasswordHash};

    const PASSWORD: &str = "correct horse battery";

    fn cost(number: u32) -> HashCost {
        HashCost::new(number).unwrap()
    }

    fn hash_of(number: u32) -> PasswordHash {
        PasswordHash::new(&Password::parse(PASSWORD).unwrap(), cost(number)).unwrap()
    }

    #[test]
    fn every_failed_check_takes_the_same_rounds() {
        let damaged = PasswordHash::from_store("$2b$04$damaged".to_owned());
        let [low, middle, common] = [4, 5, 7].map(hash_of);
        for hash in [None, Some(low), Some(middle), Some(common), Some(damaged)] {
            let counts = PoolCounts::new();
            assert!(!check(hash.as_ref(), "wrong", cost(7), &counts));
            assert_eq!(counts.snapshot(0, 0).rounds, 128, "{:?}", hash.map(|it| it.cost()));
        }
    }

    #[test]
    fn a_right_password_takes_its_own_hash_alone() {
        let counts = PoolCounts::new();
        assert!(check(Some(&hash_of(5)), PASSWORD, cost(7), &counts));
        assert_eq!(counts.snapshot(0, 0).rounds, 32);
    }
}

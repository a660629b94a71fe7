//! The text of a key: `rck_`, 256 random bits in base62, and a checksum. A double click selects all
//! of it, and a scanner of leaked secrets tells a real one from any other text.

use zeroize::Zeroizing;

/// What every key begins with.
pub(super) const BEGINNING: &str = "rck_";

/// The digits of base62, in the order of their values.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How many digits 256 bits take: 62^43 is above 2^256.
const RANDOM_DIGITS: usize = 43;

/// How many digits the checksum takes: 62^6 is above 2^32.
const CHECKSUM_DIGITS: usize = 6;

/// The length of the text before the checksum.
const CHECKED_LENGTH: usize = BEGINNING.len() + RANDOM_DIGITS;

/// The length of the text.
const LENGTH: usize = CHECKED_LENGTH + CHECKSUM_DIGITS;

/// The text of the key with these random bits.
pub(super) fn of_bits(bits: &[u8; 32]) -> Zeroizing<String> {
    // A string that has to grow would leave a copy behind that is not wiped.
    let mut text = Zeroizing::new(String::with_capacity(LENGTH));
    text.push_str(BEGINNING);
    let mut number = Zeroizing::new(*bits);
    let mut digits = Zeroizing::new([0; RANDOM_DIGITS]);
    for digit in digits.iter_mut().rev() {
        *digit = divide(&mut number);
    }
    text.extend(digits.iter().map(|digit| char::from(DIGITS[usize::from(*digit)])));
    let checksum = checksum_digits(text.as_bytes());
    text.extend(checksum.map(char::from));
    text
}

/// Whether the text has the form of a key and its checksum holds. No secret is asked for: one in
/// four billion texts of that form passes.
pub(super) fn is_key(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some((checked, checksum)) = bytes.split_at_checked(CHECKED_LENGTH) else { return false };
    let Some(digits) = checked.strip_prefix(BEGINNING.as_bytes()) else { return false };
    digits.iter().all(u8::is_ascii_alphanumeric) && checksum == checksum_digits(checked)
}

/// Divides a number by 62, its highest byte first, and returns the remainder.
fn divide(number: &mut [u8; 32]) -> u8 {
    let mut remainder = 0_u16;
    for byte in number.iter_mut() {
        let part = remainder << 8 | u16::from(*byte);
        *byte = u8::try_from(part / 62).unwrap_or_default();
        remainder = part % 62;
    }
    u8::try_from(remainder).unwrap_or_default()
}

fn checksum_digits(text: &[u8]) -> [u8; CHECKSUM_DIGITS] {
    let mut rest = crc32fast::hash(text);
    let mut digits = [0; CHECKSUM_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(rest % 62).unwrap_or_default()];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, checksum_digits, is_key, of_bits};

    /// Keys that were made stay valid, and other programs check them: CRC-32 of ISO 3309.
    #[test]
    fn the_checksum_is_crc_32() {
        // As Python computes it: zlib.crc32(b"rck_" + b"0" * 43), in six digits of base62.
        assert_eq!(checksum_digits(of_bits(&[0; 32])[..47].as_bytes()), *b"3DVsdV");
    }

    #[test]
    fn every_bit_is_in_the_text() {
        let zeros = of_bits(&[0; 32]);
        let ones = of_bits(&[255; 32]);
        let mut last = [0; 32];
        last[31] = 61;
        let last = of_bits(&last);
        assert!(zeros.starts_with(&format!("rck_{}", "0".repeat(43))));
        assert!(last.starts_with(&format!("rck_{}z", "0".repeat(42))));
        // 2^256 - 1 in base62.
        assert!(ones.starts_with("rck_"));
        for text in [&zeros, &ones, &last] {
            assert!(text.len() == LENGTH && is_key(text), "{}", **text);
        }
    }

    #[test]
    fn a_mistyped_key_is_no_key() {
        let key = of_bits(&std::array::from_fn(|index| 7 * u8::try_from(index).unwrap()));
        for at in 0..key.len() {
            let mut mistyped = key.as_bytes().to_vec();
            mistyped[at] = if mistyped[at] == b'7' { b'8' } else { b'7' };
            assert!(!is_key(std::str::from_utf8(&mistyped).unwrap()), "{at}");
            let mut swapped = key.as_bytes().to_vec();
            if at > 0 && swapped[at] != swapped[at - 1] {
                swapped.swap(at - 1, at);
                assert!(!is_key(std::str::from_utf8(&swapped).unwrap()), "{at}");
            }
        }
        let longer = format!("{}0", *key);
        let accented = format!("{}é", &key[..key.len() - 2]);
        for other in ["", "rck_", &key[1..], &key[..52], &longer, &key.to_uppercase(), &accented] {
            assert!(!is_key(other), "{other}");
        }
    }
}

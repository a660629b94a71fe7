//! Settings that are on or off.

/// Reads a switch; `1`, `yes` and `on` are true as well, as `0`, `no` and `off` are false.
pub(super) fn parse_switch(text: &str) -> Result<bool, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Ok(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Ok(false),
        _ => Err("must be true or false"),
    }
}

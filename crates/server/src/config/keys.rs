//! Settings of new API keys.

use clap::{Args, ValueEnum, builder::PossibleValue};
use rollcall_domain::key::Scope;

#[derive(Args)]
pub(crate) struct NewKeySettings {
    /// Name of the key, for people
    pub(crate) key_name: String,
    /// What the key permits; repeat it for several scopes
    #[arg(long, required = true)]
    pub(crate) scope: Vec<ScopeSetting>,
    /// When the key expires, such as 2030-01-31 or 2030-01-31T00:00:00Z [default: never]
    #[arg(long, value_name = "TIME")]
    pub(crate) expire_time: Option<String>,
}

/// A scope by its word.
#[derive(Clone, Copy)]
pub(crate) struct ScopeSetting(pub(crate) Scope);

impl ValueEnum for ScopeSetting {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [ScopeSetting; Scope::ALL.len()] = {
            let mut all = [ScopeSetting(Scope::Verify); Scope::ALL.len()];
            let mut index = 0;
            while index < all.len() {
                all[index] = ScopeSetting(Scope::ALL[index]);
                index += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

//! A session of the admin, and the signatures that it makes.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::{
    Result,
    client::Client,
    other,
    server::{PASSWORD, Rollcall},
};

const HOST: &str = "pennprovenance.net";

/// What a login gave.
pub(crate) struct Session {
    key: String,
    token: String,
}

impl Session {
    /// Logs in.
    pub(crate) fn begin(rollcall: &Rollcall) -> Result<Self> {
        let mut client = Client::connect(&rollcall.address, None)?;
        let body = format!(r#"{{"credentials":{{"name":"admin","password":"{PASSWORD}"}}}}"#);
        let (_, answer) = client.exchange("POST", "/tokens", "", &body)?;
        let answer: serde_json::Value = serde_json::from_slice(&answer)?;
        let text = |name: &str| {
            let text = answer["sessionToken"][name].as_str();
            text.map(str::to_owned).ok_or_else(|| other("no session"))
        };
        Ok(Self { key: text("key")?, token: text("token")? })
    }

    /// The headers of a GET without a body that is sent now.
    pub(crate) fn sign_get(&self, path: &str) -> Result<Vec<(&'static str, String)>> {
        let (key, time) = (&self.key, format!("{:.3}", jiff::Timestamp::now()));
        let body = BASE64_STANDARD.encode(Sha256::digest(""));
        let signed = format!("{key}\nGET\n{HOST}\n{path}\n\n{time}\n{body}");
        let mac = Hmac::<Sha256>::new_from_slice(self.token.as_bytes())?.chain_update(signed);
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        Ok(vec![("sessionKey", key.clone()), ("timestamp", time), ("signature", signature)])
    }
}

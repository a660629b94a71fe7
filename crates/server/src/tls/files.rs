//! A certificate and its key, in two files.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    io,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use rustls::{
    Error, InconsistentKeys,
    crypto::CryptoProvider,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    sign::CertifiedKey,
};

use crate::{config::input, failure::Failure};

/// The paths of the two files.
#[derive(Debug)]
pub(super) struct CertificateFiles {
    pub(super) cert: PathBuf,
    pub(super) key: PathBuf,
}

/// The contents of the two files, read one after the other.
pub(super) struct Content<'a> {
    files: &'a CertificateFiles,
    cert: io::Result<Vec<u8>>,
    key: io::Result<Vec<u8>>,
}

/// Shows whether contents differ, without revealing the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

impl CertificateFiles {
    pub(super) fn read(&self) -> Content<'_> {
        Content {
            files: self,
            cert: input::read("--tls-cert", &self.cert),
            key: input::read("--tls-key", &self.key),
        }
    }

    /// Whether both can be read again. A pipe cannot.
    pub(super) fn can_be_read_again(&self) -> bool {
        input::is_on_disk(&self.cert) && input::is_on_disk(&self.key)
    }
}

impl Content<'_> {
    /// Loads the certificate with its key, if the two match.
    pub(super) fn load(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, Failure> {
        let chain = self.chain()?;
        let certified = CertifiedKey::from_der(chain, self.private_key()?, provider);
        certified.map(Arc::new).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                self.wrong_key(&"the key does not match the certificate in --tls-cert")
            }
            Error::InvalidCertificate(_) => {
                self.wrong_cert(&format!("invalid certificate: {error}"))
            }
            _ => self.wrong_key(&format!("unusable key: {error}")),
        })
    }

    /// The fingerprint of both files.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        Fingerprint(HASHER.hash_one((self.cert.as_deref().ok(), self.key.as_deref().ok())))
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, Failure> {
        let text = self.cert.as_ref().map_err(|error| self.wrong_cert(&unreadable(error)))?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
        let chain = chain.map_err(|error| self.wrong_cert(&format!("invalid PEM: {error}")))?;
        if chain.is_empty() {
            return Err(self.wrong_cert(&"no certificate found; PEM is required"));
        }
        Ok(chain)
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, Failure> {
        let text = self.key.as_ref().map_err(|error| self.wrong_key(&unreadable(error)))?;
        // Both formats of encrypted keys have this word in their first lines.
        if text.windows(9).any(|window| window == b"ENCRYPTED") {
            let reason = "the key is encrypted; remove the passphrase with `openssl pkey`";
            return Err(self.wrong_key(&reason));
        }
        PrivateKeyDer::from_pem_slice(text).map_err(|error| match error {
            pem::Error::NoItemsFound => self.wrong_key(&"no private key found; PEM is required"),
            error => self.wrong_key(&format!("invalid PEM: {error}")),
        })
    }

    fn wrong_cert(&self, reason: &dyn fmt::Display) -> Failure {
        wrong("tls-cert", &self.files.cert, reason)
    }

    fn wrong_key(&self, reason: &dyn fmt::Display) -> Failure {
        wrong("tls-key", &self.files.key, reason)
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("must be a file that can be read: {error}")
}

fn wrong(flag: &str, path: &Path, reason: &dyn fmt::Display) -> Failure {
    Failure::of_setting(flag, &format!("{}: {reason}", path.display()))
}

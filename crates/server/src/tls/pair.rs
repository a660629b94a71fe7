//! A certificate and its key, in two files.

use std::{
    fmt, fs,
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

use crate::{failure::Failure, input};

/// Where the two are.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) cert: PathBuf,
    pub(super) key: PathBuf,
}

/// What the two files hold, at about the same moment.
pub(super) struct Content<'a> {
    pair: &'a Pair,
    cert: io::Result<Vec<u8>>,
    key: io::Result<Vec<u8>>,
}

/// What tells contents apart, and is of no use to whoever wants the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print(u64);

impl Pair {
    pub(super) fn read(&self) -> Content<'_> {
        let read = |name, path: &Path| input::wait(name, path, || fs::read(path));
        Content {
            pair: self,
            cert: read("--tls-cert", &self.cert),
            key: read("--tls-key", &self.key),
        }
    }

    /// Whether both can be read again: a pipe gives what it has once.
    pub(super) fn can_be_read_again(&self) -> bool {
        input::is_on_disk(&self.cert) && input::is_on_disk(&self.key)
    }
}

impl Content<'_> {
    /// The certificate with its key, if the two belong together.
    pub(super) fn load(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, Failure> {
        let chain = self.chain()?;
        let certified = CertifiedKey::from_der(chain, self.private_key()?, provider);
        certified.map(Arc::new).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => self
                .wrong_key(&"must hold the key of the certificate in --tls-cert, not another one"),
            Error::InvalidCertificate(_) => {
                self.wrong_cert(&format!("holds a certificate that can't be read: {error}"))
            }
            _ => self.wrong_key(&format!("holds a key that can't be used: {error}")),
        })
    }

    /// What tells this content from another one.
    pub(super) fn print(&self) -> Print {
        static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        Print(HASHER.hash_one((self.cert.as_deref().ok(), self.key.as_deref().ok())))
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, Failure> {
        let text = self.cert.as_ref().map_err(|error| self.wrong_cert(&unreadable(error)))?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
        let chain = chain.map_err(|error| self.wrong_cert(&format!("must be PEM: {error}")))?;
        if chain.is_empty() {
            return Err(self.wrong_cert(&"must hold a certificate in PEM, and holds none"));
        }
        Ok(chain)
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, Failure> {
        let text = self.key.as_ref().map_err(|error| self.wrong_key(&unreadable(error)))?;
        // Either form says so in its first lines: of the key itself, or of the section that it is in.
        if text.windows(9).any(|window| window == b"ENCRYPTED") {
            let reason = "holds an encrypted key: give one without a passphrase, as `openssl pkey` writes it";
            return Err(self.wrong_key(&reason));
        }
        PrivateKeyDer::from_pem_slice(text).map_err(|error| match error {
            pem::Error::NoItemsFound => {
                self.wrong_key(&"must hold a private key in PEM, and holds none")
            }
            error => self.wrong_key(&format!("must be PEM: {error}")),
        })
    }

    fn wrong_cert(&self, reason: &dyn fmt::Display) -> Failure {
        wrong("tls-cert", &self.pair.cert, reason)
    }

    fn wrong_key(&self, reason: &dyn fmt::Display) -> Failure {
        wrong("tls-key", &self.pair.key, reason)
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("must be a file that can be read: {error}")
}

fn wrong(flag: &str, path: &Path, reason: &dyn fmt::Display) -> Failure {
    Failure::of_setting(flag, &format!("{}: {reason}", path.display()))
}

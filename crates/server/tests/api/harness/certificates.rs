//! Certificates for servers, made by the `openssl` command.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// An authority, and a certificate of 127.0.0.1 that it has signed.
pub(crate) struct Certificates {
    folder: TempDir,
}

impl Certificates {
    pub(crate) fn make() -> Self {
        let certificates = Self { folder: tempfile::tempdir().unwrap() };
        let authority =
            ["-subj", "/CN=an authority for tests", "-keyout", "ca.key", "-out", "ca.crt"];
        certificates.request(&authority);
        let server = ["-subj", "/CN=a server", "-addext", "subjectAltName=IP:127.0.0.1"];
        let server = [&server[..], &["-addext", "basicConstraints=critical,CA:FALSE"]].concat();
        let signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-keyout", "server.key"];
        certificates.request(&[&server[..], &signed, &["-out", "server.crt"]].concat());
        certificates
    }

    /// The certificate of the authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.crt")
    }

    /// Puts the server's certificate and key, `server.crt` and `server.key`, into `folder`.
    pub(crate) fn install(&self, folder: &Path) {
        for file in ["server.crt", "server.key"] {
            std::fs::copy(self.folder.path().join(file), folder.join(file)).unwrap();
        }
    }

    fn request(&self, arguments: &[&str]) {
        const NEW: [&str; 8] = [
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days=2",
        ];
        let mut command = Command::new("openssl");
        command.args(NEW).args(arguments).current_dir(self.folder.path());
        let output = command.output().expect("Debian's package openssl");
        assert!(output.status.success(), "{output:?}");
    }
}

//! TLS between clients and the server.

use std::{
    fs::{self, File},
    io,
    net::TcpStream,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

use crate::{
    harness::{Certificates, Raw, Server, rollcall, until},
    health::PROXY_VARIABLES,
};

type Secure = Raw<StreamOwned<ClientConnection, TcpStream>>;

/// A server with the certificate and the key in `folder`.
fn start(folder: &Path, arguments: &[&str]) -> Server {
    let cert = format!("--tls-cert={}", folder.join("server.crt").display());
    let key = format!("--tls-key={}", folder.join("server.key").display());
    Server::start_with(&[&[&*cert, &key], arguments].concat())
}

/// A connection to a server whose certificate the authority has signed.
fn connect(server: &Server, authority: &Certificates) -> io::Result<Secure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority.authority()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = Raw::connect(server.address()).0;
    client.complete_io(&mut socket)?;
    Ok(Raw(StreamOwned::new(client, socket)))
}

fn serves(server: &Server, authority: &Certificates) -> bool {
    connect(server, authority)
        .is_ok_and(|mut client| client.get("/health/live", "").ends_with("\r\n\r\nok\n"))
}

/// The output of OpenSSL about a handshake with these options.
fn openssl(server: &Server, options: &[&str]) -> (bool, String) {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", server.address(), "-cipher", "ALL:@SECLEVEL=0"]);
    let output = command.args(options).stdin(Stdio::null()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn only_tls_1_2_and_1_3_are_accepted() {
    let certificates = Certificates::make();
    let folder = tempfile::tempdir().unwrap();
    certificates.install(folder.path());
    let server = start(folder.path(), &[]);
    for (option, version) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let (is_spoken, said) = openssl(&server, &[option]);
        assert!(is_spoken && said.contains(version), "{said}");
    }
    for option in ["-tls1", "-tls1_1"] {
        let (is_spoken, said) = openssl(&server, &[option]);
        assert!(!is_spoken && said.contains("SSL alert number"), "{said}");
    }
    let client = connect(&server, &certificates).unwrap().0.conn;
    assert_eq!(client.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    assert_eq!(client.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[test]
fn the_healthcheck_command_finds_a_server_that_speaks_tls() {
    let certificates = Certificates::make();
    let folder = tempfile::tempdir().unwrap();
    certificates.install(folder.path());
    let server = start(folder.path(), &[]);
    let check = |cert: &str| {
        let mut command = rollcall(server.folder(), &["healthcheck"]);
        command.env("ROLLCALL_LISTEN", server.address());
        command.envs(PROXY_VARIABLES.map(|variable| (variable, "http://127.0.0.1:1")));
        if !cert.is_empty() {
            command.env("ROLLCALL_TLS_CERT", folder.path().join(cert));
        }
        command.output().unwrap().status.success()
    };
    assert!(check("server.crt"));
    assert!(!check(""));
}

#[test]
fn plaintext_clients_get_no_answer_and_do_not_disturb_others() {
    let certificates = Certificates::make();
    let folder = tempfile::tempdir().unwrap();
    certificates.install(folder.path());
    let server = start(folder.path(), &[]);
    for text in
        ["GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{1}x", "\0"]
    {
        let mut plain = Raw::connect(server.address());
        plain.try_send(text).unwrap();
        plain.0.shutdown(std::net::Shutdown::Write).unwrap();
        let said = plain.rest();
        assert!(!said.contains("HTTP") && !said.contains("ok"), "{said}");
    }
    assert!(serves(&server, &certificates));
}

#[test]
fn a_new_certificate_applies_only_to_new_connections() {
    let (first, second, third) = (Certificates::make(), Certificates::make(), Certificates::make());
    let folder = tempfile::tempdir().unwrap();
    let new = tempfile::tempdir_in(folder.path()).unwrap();
    first.install(folder.path());
    let mut server = start(folder.path(), &["--keep-alive=600"]);
    let mut old = connect(&server, &first).unwrap();
    assert!(old.get("/health/live", "").starts_with("HTTP/1.1 200"));
    second.install(new.path());
    for file in ["server.crt", "server.key"] {
        fs::rename(new.path().join(file), folder.path().join(file)).unwrap();
    }
    until("the second certificate is not used", || serves(&server, &second));
    assert!(!serves(&server, &first));
    third.install(folder.path());
    server.process().signal("HUP");
    until("the third certificate is not used", || serves(&server, &third));
    assert!(old.get("/health/live", "").starts_with("HTTP/1.1 200"));
    server.process().wait_for("reloaded the certificate ");
}

#[test]
fn a_certificate_behind_links_that_are_swapped_is_used() {
    let (first, second) = (Certificates::make(), Certificates::make());
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, certificates) in [("1", &first), ("2", &second)] {
        fs::create_dir(path(name)).unwrap();
        certificates.install(&path(name));
    }
    // As Kubernetes mounts a secret.
    symlink("1", path("..data")).unwrap();
    for file in ["server.crt", "server.key"] {
        symlink(Path::new("..data").join(file), path(file)).unwrap();
    }
    let server = start(folder.path(), &[]);
    assert!(serves(&server, &first));
    symlink("2", path("..data_tmp")).unwrap();
    fs::rename(path("..data_tmp"), path("..data")).unwrap();
    until("the second certificate is not used", || serves(&server, &second));
}

#[test]
fn an_invalid_new_certificate_is_ignored_and_reported_once() {
    let (first, second) = (Certificates::make(), Certificates::make());
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    first.install(folder.path());
    second.install(other.path());
    let mut server = start(folder.path(), &[]);
    let (cert, key) = (folder.path().join("server.crt"), folder.path().join("server.key"));
    fs::copy(other.path().join("server.crt"), &cert).unwrap();
    server.process().wait_for("the key does not match the certificate in --tls-cert");
    File::create(&key).unwrap();
    server.process().wait_for("no private key found; PEM is required");
    fs::remove_file(&cert).unwrap();
    server.process().wait_for("must be a file that can be read");
    assert!(serves(&server, &first));
    second.install(folder.path());
    until("the second certificate is not used", || serves(&server, &second));
    let said = server.process().said();
    assert_eq!(said.matches("the key does not match").count(), 1, "{said}");
    assert!(!said.contains("BEGIN"), "{said}");
}

#[test]
fn files_that_can_not_be_used_end_the_start_in_one_line() {
    let (first, second) = (Certificates::make(), Certificates::make());
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    second.install(folder.path());
    fs::rename(path("server.key"), path("other.key")).unwrap();
    first.install(folder.path());
    let encrypt = ["pkey", "-aes256", "-passout", "pass:secret", "-in", &path("server.key")];
    let encrypted = Command::new("openssl").args(encrypt).output().unwrap().stdout;
    fs::write(path("encrypted.key"), encrypted).unwrap();
    let der = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    fs::write(path("wrong.crt"), der).unwrap();
    for (cert, key, expected) in [
        ("server.crt", "", "--tls-key (ROLLCALL_TLS_KEY) is required with --tls-cert"),
        ("", "server.key", "--tls-cert (ROLLCALL_TLS_CERT) is required with --tls-key"),
        ("none.crt", "server.key", "none.crt: must be a file that can be read: No such file"),
        ("server.crt", "none.key", "none.key: must be a file that can be read: No such file"),
        ("server.key", "server.key", "no certificate found; PEM is required"),
        ("server.crt", "server.crt", "no private key found; PEM is required"),
        ("server.crt", "other.key", "the key does not match the certificate in --tls-cert"),
        ("server.crt", "encrypted.key", "the key is encrypted; remove the passphrase with"),
        ("wrong.crt", "server.key", "invalid certificate: "),
    ] {
        let flags = [("--tls-cert", cert), ("--tls-key", key)];
        let flags = flags.iter().filter(|(_, name)| !name.is_empty());
        let flags: Vec<_> = flags.map(|(flag, name)| format!("{flag}={}", path(name))).collect();
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        let output = rollcall(&folder, &flags).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with("error: --tls-") && said.contains(expected), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

#[test]
fn a_public_address_requires_tls_or_insecure_http() {
    let folder = tempfile::tempdir().unwrap();
    for flag in ["--listen=0.0.0.0:0", "--listen=[::]:0", "--docs-listen=0.0.0.0:0"] {
        let output = rollcall(&folder, &["--bcrypt-cost=4", flag]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let (name, _) = flag.split_once('=').unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with(&format!("error: {name} (ROLLCALL_")), "{said}");
        for accepted in ["--tls-cert and --tls-key", "--insecure-http (ROLLCALL_INSECURE_HTTP)"] {
            assert!(said.contains(accepted), "{said}");
        }
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let certificates = Certificates::make();
    certificates.install(folder.path());
    let cert = format!("--tls-cert={}", folder.path().join("server.crt").display());
    let key = format!("--tls-key={}", folder.path().join("server.key").display());
    let arguments = [&*cert, &key, "--metrics-listen=0.0.0.0:0"];
    let output = rollcall(&folder, &arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("error: --metrics-listen (ROLLCALL_METRICS_LISTEN) would expose"),
        "{said}"
    );
    let server = start(folder.path(), &["--docs-listen=0.0.0.0:0"]);
    assert!(serves(&server, &certificates));
    let open = Server::start_with(&["--insecure-http", "--docs-listen=0.0.0.0:0"]);
    assert_eq!(open.anonymous().get("/health/live").status, 200);
    let mut wrong = rollcall(&folder, &[]);
    let output = wrong.env("ROLLCALL_INSECURE_HTTP", "perhaps").output().unwrap();
    assert!(!output.status.success());
}

//! A small disk for one test: a tmpfs in a mount namespace, visible only to commands started in
//! that namespace. It disappears with the process that holds the namespace, however the test ends.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// How to create a namespace: as root, or as root of a user namespace.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--mount", "--map-root-user"]];

/// The path of the store on the disk, and the file that fills the disk.
const STORE: &str = "data/rollcall.db";
const BALLAST: &str = "ballast";

/// A disk.
pub(crate) struct Disk {
    holder: Child,
    place: TempDir,
    is_own_root: bool,
}

impl Disk {
    /// A disk of this size, such as `2m`.
    pub(crate) fn of(size: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let mut refusals = Vec::new();
        for way in WAYS {
            match hold(way, place.path(), size) {
                Ok(holder) => {
                    let is_own_root = way.len() > 1;
                    return Self { holder, place, is_own_root };
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        panic!(
            "this test needs a small disk: be root with the right to mount, or let users have \
             namespaces (kernel.unprivileged_userns_clone, user.max_user_namespaces): {refusals:?}"
        )
    }

    /// The path of the disk for the commands on it.
    pub(crate) fn path(&self) -> &Path {
        self.place.path()
    }

    /// A file of the disk, for this process.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let root = format!("/proc/{}/root{}", self.holder.id(), self.path().display());
        Path::new(&root).join(name)
    }

    /// The sorted names in a folder of the disk.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.file(folder)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A command that sees the disk.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(self.entrance()).arg("--").arg(program);
        command
    }

    /// The arguments of `nsenter` for the disk, before `--` and the command.
    pub(crate) fn entrance(&self) -> Vec<String> {
        let mut entrance = vec![format!("--target={}", self.holder.id()), "--mount".to_owned()];
        if self.is_own_root {
            entrance.extend(["--user", "--preserve-credentials"].map(str::to_owned));
        }
        entrance
    }

    /// Whether processes in the namespace are root there, but not outside.
    pub(crate) fn is_own_root(&self) -> bool {
        self.is_own_root
    }

    /// The binary with `arguments`, in an environment with only the search path and the URL of the
    /// store on the disk.
    pub(crate) fn rollcall(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_rollcall"));
        command.env_clear().env("PATH", std::env::var("PATH").unwrap()).args(arguments);
        command.env("ROLLCALL_DATABASE_URL", self.url());
        command
    }

    /// The URL of the store on the disk.
    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.path().join(STORE).display())
    }

    /// The output of `statement` on the store.
    pub(crate) fn sql(&self, statement: &str) -> String {
        let mut command = self.command("sqlite3");
        let output = command.arg(self.path().join(STORE)).arg(statement).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Fills the disk.
    pub(crate) fn fill(&self) {
        let mut file = fs::File::create(self.file(BALLAST)).unwrap();
        let full = std::io::copy(&mut std::io::repeat(7), &mut file).unwrap_err();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }

    /// Frees that space.
    pub(crate) fn empty(&self) {
        fs::remove_file(self.file(BALLAST)).unwrap();
    }

    /// Remounts the disk with `options`, such as `ro` or another size.
    pub(crate) fn remount(&self, options: &str) {
        let mut command = self.command("mount");
        // Without its type and source, `mount` adds options that only the host's root may use.
        command.args(["-t", "tmpfs", "-o", &format!("remount,{options}"), "tmpfs"]);
        assert!(command.arg(self.path()).status().unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Starts the process that holds the namespace until the other end of its pipe is closed.
fn hold(way: &[&str], place: &Path, size: &str) -> Result<Child, String> {
    let script = format!(
        "mount -t tmpfs -o size={size},mode=755 tmpfs '{}' && echo there && exec cat",
        place.display()
    );
    let mut command = Command::new("unshare");
    command.args(way).args(["--", "sh", "-c", &script]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut holder = command.spawn().map_err(|error| format!("unshare: {error}"))?;
    let mut line = String::new();
    let read = BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line);
    if read.is_ok() && line == "there\n" {
        return Ok(holder);
    }
    let output = holder.wait_with_output().map_err(|error| error.to_string())?;
    Err(format!("unshare {way:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

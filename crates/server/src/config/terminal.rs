//! Hides the letters of a password on a terminal.

use std::{fs::File, io, thread};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::{
    consts::signal::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    iterator::Signals,
    low_level::emulate_default_handler,
};

/// A terminal that shows no typed letter until this is dropped, or until a signal ends the
/// process. The prompt itself turns the echo off only once it is shown: too late for a password
/// that is pasted at once.
pub(super) struct Hidden {
    terminal: File,
    before: Termios,
}

impl Hidden {
    /// Turns the echo off.
    ///
    /// # Errors
    /// When there is no terminal, or no thread can be started.
    pub(super) fn start() -> io::Result<Self> {
        let terminal = File::open("/dev/tty")?;
        let before = tcgetattr(&terminal)?;
        restore_at_signals(terminal.try_clone()?, before.clone())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
        tcsetattr(&terminal, OptionalActions::Now, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that is gone needs no echo.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

/// From now on, a signal that ends the process first restores the terminal. At Ctrl-C the prompt
/// sends `SIGINT` to the process before it restores anything itself.
fn restore_at_signals(terminal: File, before: Termios) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    thread::Builder::new().name("terminal".to_owned()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // The process ends in either case.
            let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

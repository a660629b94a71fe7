//! `rollcall export`: writes all users.

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    path::Path,
};

use rollcall_persistence::Exporter;
use rollcall_user_file::{Format, Writer};

use crate::{
    commands::{
        files::{
            new_file::{Existing, NewFile},
            writing,
        },
        output::{
            self,
            pace::{Pace, Part},
            progress::ProgressLine,
            standard_output,
        },
    },
    config::export::ExportSettings,
    failure::Failure,
    telemetry,
    words::counted,
};

/// The reason why the export stopped.
enum Stop {
    Failure(Failure),
    Output(io::Error),
}

/// Writes the users to the file, or to standard output.
pub(crate) fn run(settings: &ExportSettings) -> Result<(), Failure> {
    telemetry::log::direct();
    let file = settings.file.as_deref().filter(|path| *path != Path::new("-"));
    let format = settings.format.or_else(|| Format::of(file?));
    let Some(path) = file else { return to_stdout(settings, format.unwrap_or(Format::Ndjson)) };
    let format = format
        .ok_or("--format is required (ndjson or csv) for names without .ndjson, .jsonl or .csv")?;
    let new =
        NewFile::begin(path, Existing::overwrite(settings.overwrite), &settings.database.files()?)?;
    let failed = |error: io::Error| writing(path, &error);
    let output = BufWriter::new(new.file().map_err(failed)?);
    let users = write(settings, format, output, true).map_err(|stop| match stop {
        Stop::Failure(failure) => failure,
        Stop::Output(error) => failed(error),
    })?;
    new.complete()?;
    output::print_done(&format!("exported {}\n", counted(users, "user")))
}

fn to_stdout(settings: &ExportSettings, format: Format) -> Result<(), Failure> {
    let stdout = io::stdout();
    if settings.with_hashes && stdout.is_terminal() {
        return Err("password hashes are not shown on a terminal; give a FILE".into());
    }
    standard_output::require_open().map_err(|error| writing_output(&error))?;
    let has_progress = !stdout.is_terminal();
    match write(settings, format, BufWriter::new(stdout.lock()), has_progress) {
        Err(Stop::Failure(failure)) => Err(failure),
        // A closed pipe is no error: its reader has read enough.
        Err(Stop::Output(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(writing_output(&error))
        }
        _ => Ok(()),
    }
}

fn writing_output(error: &io::Error) -> Failure {
    format!("writing to standard output: {error}").into()
}

/// Writes all users, and returns their number.
fn write(
    settings: &ExportSettings,
    format: Format,
    output: impl Write,
    has_progress: bool,
) -> Result<u64, Stop> {
    let failure = |reason: &dyn std::fmt::Display| Stop::Failure(settings.database.failure(reason));
    let url = settings.database.url().map_err(Stop::Failure)?;
    let mut users = Exporter::open(&url).map_err(|error| failure(&error))?;
    let mut writer = Writer::new(output, format, settings.with_hashes).map_err(Stop::Output)?;
    let (mut done, total) = (0, users.total() as u64);
    let mut line = ProgressLine::new(io::stderr(), io::stderr().is_terminal());
    let pace = Pace::start("exporting", "user");
    while let Some(page) = users.next_page().map_err(|error| failure(&error))? {
        done += page.len() as u64;
        for account in page {
            writer.write(account.into()).map_err(Stop::Output)?;
        }
        if has_progress {
            let text = |has_bar| pace.text(done, Some(Part { done, total }), has_bar);
            line.show(done == total, text);
        }
    }
    writer.finish().and_then(|mut output| output.flush()).map_err(Stop::Output)?;
    line.end();
    Ok(done)
}

//! `rollcall man-pages`: writes the manual pages.

use std::{fs, io, path::Path};

use clap::Command;
use clap_mangen::Man;

use crate::{cli::Cli, commands::files, failure::Failure};

/// Writes the page of each command to `folder`.
pub(crate) fn write(folder: &Path) -> Result<(), Failure> {
    let mut root = Cli::definition().disable_help_subcommand(true);
    // Gives each command its full name, such as `rollcall-user-add`.
    root.build();
    fs::create_dir_all(folder)
        .and_then(|()| write_pages(&root, folder))
        .map_err(|error| files::writing(folder, &error))
}

fn write_pages(command: &Command, folder: &Path) -> io::Result<()> {
    for command in command.get_subcommands() {
        write_pages(command, folder)?;
    }
    Man::new(command.clone())
        .source(concat!("rollcall ", env!("CARGO_PKG_VERSION")))
        .manual("Rollcall")
        .generate_to(folder)
        .map(drop)
}

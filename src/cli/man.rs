//! `kenpyo man`: the manual, a page a command.
//!
//! Invariants
//! - Made of the same definition as the command line itself, in the language of the call; no date and no host, so that
//!   the same program gives the same bytes.
//! - With `--out` each page appears whole or not at all.

use std::path::{Path, PathBuf};

use clap::Args;
use clap_mangen::Man;

use super::arguments;
use super::session::{Exit, Session, print};
use crate::error::Error;
use crate::source::sink::{Sink, make_folder};

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Write a page for each command into FOLDER (kenpyo.1, kenpyo-check.1, …) [default: the main page, to standard output]
    #[arg(long, short, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(session: &Session, asked: &ManArguments) -> Exit {
    let mut definition = arguments::definition(session.language);
    definition.build();
    let told = match &asked.out {
        None => page(&definition, "(standard output)".as_ref())
            .and_then(|(_, page)| print(&String::from_utf8_lossy(&page))),
        Some(folder) => make_folder(folder).and_then(|()| write(&definition, folder)),
    };
    super::printed(session, told)
}

/// The pages of `command` and of all below it; the depth is that of our commands.
fn write(command: &clap::Command, folder: &Path) -> Result<(), Error> {
    let (name, page) = page(command, folder)?;
    Sink::write_whole(&folder.join(format!("{name}.1")), &page)?;
    command.get_subcommands().filter(|below| !below.is_hide_set()).try_for_each(|below| write(below, folder))
}

/// The name of a command's page, such as `kenpyo-check`, and the page.
fn page(command: &clap::Command, place: &Path) -> Result<(String, Vec<u8>), Error> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let mut page = Vec::new();
    Man::new(command.clone())
        .source(concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .map_err(|source| Error::Write { path: place.to_path_buf(), source })?;
    Ok((name, page))
}

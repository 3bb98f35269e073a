//! How things are told, as the command line and the settings want it: known before anything of a command is understood.

use crate::cli::Colour;
use crate::cli::colour;
use crate::cli::json;
use crate::cli::output::wrapped;
use crate::core::settings::Settings;
use crate::core::text::printable;
use crate::env::Env;
use crate::failure::Failure;
use std::ffi::OsString;
use std::io;
use std::io::Write as _;

/// Says something on standard error. File names and texts of decks may be in it: nothing of it drives the terminal.
pub(super) fn complain(text: &str) {
    // Where even standard error is gone there is nobody left to tell.
    writeln!(io::stderr().lock(), "{}", printable(text)).ok();
}

/// A text for standard error: in a terminal that is looked at broken between words.
pub(super) fn to_stderr(text: &str, screen_reader: bool) -> String {
    let text = printable(text);
    if screen_reader || !Env::terminals().stderr { text } else { wrapped(&text, crate::ui::width()) }
}

/// How errors are told, as the command line wants it before anything of it is understood.
pub(super) struct Telling {
    pub(super) colour: Colour,
    pub(super) screen_reader: bool,
    json: bool,
    pub(super) all: bool,
}

impl Telling {
    pub(super) fn of(args: &[OsString], settings: Option<&Settings>) -> Self {
        let args: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
        let has = |flag: &str| args.iter().take_while(|arg| *arg != "--").any(|arg| arg == flag);
        let (json, all) = (has("--json"), has("--all"));
        let screen_reader = has("--screen-reader") || settings.is_some_and(|settings| settings.screen_reader);
        // A screen reader may read out what colours a text.
        let colour = if screen_reader { Colour::Never } else { Colour::said(&args) };
        Self { colour, screen_reader, json, all }
    }

    pub(super) fn tell(&self, failure: &Failure) {
        if self.json {
            // A program asked, and gets an object on one line.
            json::complain(failure);
            return;
        }
        let text = to_stderr(&failure.to_string(), self.screen_reader);
        let text = if self.colour.on(Env::terminals().stderr) { colour::failure(&text) } else { text };
        // Where even standard error is gone there is nobody left to tell.
        writeln!(io::stderr().lock(), "{text}").ok();
    }
}

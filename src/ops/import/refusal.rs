//! Why a file was not imported, in words.

use crate::core::text::counted;
use crate::failure::Failure;
use crate::formats::Diagnosis;
use crate::formats::FileFault;
use crate::formats::FormatError;
use crate::ops::import::diagnose::unclear;
use crate::ops::import::folder::Reason;
use crate::ops::import::most_bad::MostBad;
use crate::store::Fault;
use std::path::Path;

/// Why a file was not imported.
pub(super) enum Refusal {
    Store(Fault),
    Format(FormatError),
    BuiltinClash {
        deck: String,
        keys: Vec<String>,
    },
    Strict,
    /// All of its rows are bad.
    Unreadable,
    /// Most of its rows are bad: it is not what it was taken for.
    MostBad(MostBad),
    /// None of the files of a folder could be read.
    NoDecks,
    /// Which column is the question only a person can tell.
    Unclear(Box<Diagnosis>),
    /// A text file in a folder that has no table in it.
    NoTable,
    /// A file in a folder that is JSON, but of something else.
    OtherJson,
    /// A file in a folder that is TOML, but of something else.
    OtherToml,
    /// Somebody wrote to it while it was read.
    ChangedMeanwhile,
    /// It was taken in as if no prompt came twice, but one does: it has to be taken in anew.
    Repeated,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Store(fault)
    }
}

/// Draws the faults of a deck file, given its name and its text.
pub type Draw<'d> = &'d dyn Fn(&str, &str, &[FileFault]) -> Vec<String>;

/// The refusal of one file among many, whose faults are not drawn.
pub(super) fn in_short(refusal: Refusal, shown: &str) -> Failure {
    let lines = |_: &str, _: &str, faults: &[FileFault]| {
        faults.iter().map(|fault| format!("line {}: {}", fault.place, fault.what)).collect()
    };
    in_words(refusal, shown, Path::new(shown), &lines)
}

impl Refusal {
    /// Why a file is left alone among decks, where nothing speaks for its being one.
    pub(super) fn left_alone(&self) -> Option<Reason> {
        match self {
            Self::NoTable => Some(Reason::NoTable),
            Self::OtherJson => Some(Reason::OtherJson),
            Self::OtherToml => Some(Reason::OtherToml),
            _ => None,
        }
    }
}

/// The refusal in words. `shown` is the file's name, `path` the database's.
pub(super) fn in_words(refusal: Refusal, shown: &str, path: &Path, draw: Draw<'_>) -> Failure {
    match refusal {
        Refusal::Store(fault) => fault.at(path).into(),
        Refusal::Strict => Failure::data("not imported: there are bad rows, and --strict was given")
            .hint("nothing was changed; without --strict the good rows are imported"),
        Refusal::Unreadable => Failure::data("nothing in it could be read").hint("nothing was changed"),
        Refusal::Unclear(diagnosis) => unclear(shown, &diagnosis),
        Refusal::MostBad(bad) => bad.in_words(shown),
        Refusal::NoDecks => Failure::data("none of the files could be imported").hint("nothing was changed"),
        Refusal::NoTable => Failure::data(format!("`{shown}` has no table of cards in it")).hint("nothing was changed"),
        Refusal::OtherJson => Failure::data(format!("`{shown}` is JSON, but not a deck")).hint("nothing was changed"),
        Refusal::OtherToml => Failure::data(format!("`{shown}` is TOML, but not a deck")).hint("nothing was changed"),
        Refusal::ChangedMeanwhile => Failure::failed(format!("`{shown}` was changed while it was read"))
            .hint("nothing was changed; import it again once nothing writes to it"),
        Refusal::BuiltinClash { deck, keys } => {
            let mut failure = Failure::data(format!("`{shown}` can't be the deck `{deck}`: that one is built in"));
            for key in keys.iter().take(5) {
                failure = failure.at(format!("the built-in deck has no card `{key}`"));
            }
            if keys.is_empty() {
                return failure.hint(format!(
                    "nothing was changed; --deck NAME gives the cards a deck of their own, --deck {deck} adds them \
                     to the built-in one"
                ));
            }
            failure.hint("give your deck another `id`; to change a built-in card, keep its key")
        }
        Refusal::Format(FormatError::Faults { source_text, faults }) => {
            let mut failure =
                Failure::data(format!("`{shown}` was not imported: {}", counted(faults.len(), "fault", "faults")));
            failure.places = draw(shown, &source_text, &faults);
            failure.hint("correct them and import it again; nothing was changed")
        }
        Refusal::Format(FormatError::Io(error)) => {
            Failure::failed(format!("cannot read `{shown}`")).at(error.to_string()).hint("nothing was changed")
        }
        Refusal::Format(FormatError::NotThis(why)) => {
            Failure::data(format!("cannot read `{shown}`")).at(why.to_string()).hint("nothing was changed")
        }
        Refusal::Repeated => Failure::bug("a prompt came twice where none was to be expected"),
        Refusal::Format(FormatError::Stopped) => Failure::bug("an importer stopped without a reason"),
    }
}

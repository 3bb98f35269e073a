//! A text handed to the editor of its user, and back.

use crate::cli::ask::in_terminal;
use crate::cli::screen::Lent;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::copies::DRAFT;
use crate::ops::files;
use crate::store::folder_of;
use crate::ui::Editor;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

/// A text on the disk while it is edited. It stays there when it could not be used, so that it can be opened again.
pub(super) struct Draft {
    path: PathBuf,
    begun: String,
    /// The command that opens it again, without the file.
    again: String,
}

/// The longest text that is read from an editor: as long as a deck file may be.
const MOST_BYTES: u64 = 64 << 20;

/// The command that opens the text of a card again.
pub(super) const EDIT_AGAIN: &str = "lmq edit --resume";

/// The editor to use.
pub(super) fn named() -> Result<String, Failure> {
    // Through a pipe an editor that nobody chose would wait for keys for ever.
    let usual = || if in_terminal() { Env::usual_editor() } else { None };
    Env::editor().or_else(usual).ok_or_else(|| {
        Failure::failed("there is no editor: VISUAL and EDITOR are not set")
            .hint("set one, as in EDITOR=nano; or give the texts on the command line, see --help")
    })
}

/// The editor that the environment names, for front ends: texts lie beside the database.
pub(super) struct Named {
    pub(super) db: PathBuf,
}

impl Editor for Named {
    fn edit(&self, text: &str) -> Result<Option<String>, Failure> {
        let editor = named()?;
        let draft = Draft::new(&self.db, text, EDIT_AGAIN)?;
        let edited = draft.edit(&editor)?;
        draft.drop_file();
        Ok(edited)
    }

    fn keep(&self, text: &str) -> Result<String, Failure> {
        Ok(Draft::new(&self.db, text, EDIT_AGAIN)?.how_to_resume())
    }

    fn show(&self, target: &OsStr) -> Result<(), Failure> {
        let Some(program) = Env::viewer() else {
            return Err(Failure::failed("there is no desktop here to open it on"));
        };
        // No shell reads the name, and what the program says has no place on the screen. Nobody waits for it to end.
        let mut command = Command::new(program);
        command.arg(target).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(Failure::failed(format!("`{program}` is not here to open it")))
            }
            Err(error) => Err(Failure::failed(format!("`{program}` can't open it")).at(error.to_string())),
        }
    }
}

/// The text that another program sends, in the place of one from an editor.
pub(super) fn piped() -> Result<String, Failure> {
    let mut text = String::new();
    let cannot = |why: String| Failure::data("cannot read standard input").at(why).hint("send it as UTF-8");
    std::io::stdin()
        .lock()
        .take(MOST_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|error| cannot(error.to_string()))?;
    if u64::try_from(text.len()).is_ok_and(|length| length > MOST_BYTES) {
        return Err(cannot(format!("it is longer than {} MB", MOST_BYTES >> 20)));
    }
    Ok(text)
}

impl Draft {
    /// A file beside the database with `text` in it; only its owner may read it.
    pub(super) fn new(db: &Path, text: &str, again: &str) -> Result<Self, Failure> {
        let folder = folder_of(db);
        let made = || -> std::io::Result<PathBuf> {
            let mut file = tempfile::Builder::new().prefix(DRAFT.0).suffix(DRAFT.1).tempfile_in(folder)?;
            file.write_all(text.as_bytes())?;
            let (_, path) = file.keep().map_err(|error| error.error)?;
            Ok(path)
        };
        let path = made().map_err(|error| {
            Failure::failed(format!("cannot write the text to edit into `{}`", folder.display())).at(error.to_string())
        })?;
        Ok(Self { path, begun: text.to_owned(), again: again.to_owned() })
    }

    /// A text that was kept. It is new, whatever is done to it.
    pub(super) fn kept(path: &Path, again: &str) -> Result<(Self, String), Failure> {
        let draft = Self { path: path.to_owned(), begun: String::new(), again: again.to_owned() };
        let text = draft.read()?;
        Ok((draft, text))
    }

    /// Its file.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Puts another text there.
    pub(super) fn set(&self, text: &str) -> Result<(), Failure> {
        files::write_whole(&self.path, |out| out.write_all(text.as_bytes()))
    }

    fn read(&self) -> Result<String, Failure> {
        let bytes = files::read_up_to(&self.path, MOST_BYTES)
            .map_err(|error| Failure::failed(format!("cannot read `{}`", self.name())).at(error.to_string()))?;
        let text = crate::formats::deck_toml::decode(&bytes).map_err(|fault| {
            let place = format!("{}:{}: {}", self.name(), fault.1.place, fault.1.what);
            Failure::data("the text can't be read").at(place).hint(self.how_to_resume())
        })?;
        Ok(text)
    }

    /// Opens it in the editor and reads what that left; nothing where that is what was there, or empty.
    pub(super) fn edit(&self, editor: &str) -> Result<Option<String>, Failure> {
        if let Err(failure) = open(editor, &self.path) {
            let touched = self.read().is_ok_and(|text| text != self.begun);
            if !touched {
                self.drop_file();
                return Err(failure.hint("nothing was changed; VISUAL or EDITOR name the editor"));
            }
            return Err(failure.hint(format!("nothing was changed. {}", self.how_to_resume())));
        }
        let text = self.read()?;
        let says = |text: &str| text.lines().any(|line| !line.trim().is_empty() && !line.trim().starts_with('#'));
        Ok((text != self.begun && says(&text)).then_some(text))
    }

    /// What to say when the text could not be used.
    pub(super) fn how_to_resume(&self) -> String {
        format!("your text is kept: `{} {}` opens it again", self.again, self.name())
    }

    /// The text is used, or not wanted.
    pub(super) fn drop_file(&self) {
        // Where it can't be taken away it is in nobody's way.
        fs::remove_file(&self.path).ok();
    }
}

/// Runs the editor on a file and waits for it.
pub(super) fn open(editor: &str, file: &Path) -> Result<(), Failure> {
    let lent = Lent::new();
    let status = command(editor, file).status();
    drop(lent);
    let shown = one_line(editor);
    match status {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Failure::failed(format!("cannot run the editor `{shown}`")))
        }
        Err(error) => Err(Failure::failed(format!("cannot run the editor `{shown}`")).at(error.to_string())),
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::failed(format!("the editor `{shown}` ended with {status}"))),
    }
}

/// The editor as a process that opens a file. It is a program with its arguments, quoted as for a shell; but no shell reads
/// it, so that nothing in it or in the file's name is a command.
fn command(editor: &str, file: &Path) -> Command {
    let mut words = shlex::split(editor).unwrap_or_default().into_iter();
    let mut command = Command::new(words.next().unwrap_or_else(|| editor.to_owned()));
    command.args(words).arg(file);
    command
}

//! Where imports come from: files, folders, standard input; and which importer reads a source.

use crate::core::id::is_deck_id;
use crate::core::id::is_in_no_name;
use crate::failure::Failure;
use crate::formats;
use crate::formats::FormatError;
use crate::formats::IMPORTERS;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Stop;
use crate::formats::segment;
use crate::ops::import::folder::Folder;
use crate::ops::import::folder::Reason;
use crate::ops::import::folder::Skipped;
use crate::ops::import::folder::unreadable;
use crate::ops::import::names::compose;
use crate::ops::import::options::Options;
use crate::store;
use std::fs;
use std::fs::File;
use std::io;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Seek as _;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

/// The most that is read of one file.
const MOST_READ: u64 = 64 << 30;

/// What standard input is called.
const PIPED: &str = "-";

/// Something to import.
pub struct Source {
    /// Its name for messages.
    pub shown: String,
    /// Its file name, for guessing and for deck names.
    pub file_name: String,
    /// The path, where it is a file that can be followed.
    pub path: Option<PathBuf>,
    /// Its bytes.
    pub input: Box<dyn ReadSeek + Send>,
    /// Their number.
    pub size: u64,
    /// Whether it was found in a folder: if it can't be read it is left out, and the others go in.
    pub in_folder: bool,
    /// When it was changed last, where it is a file.
    modified: Option<SystemTime>,
    /// The folders that it lies in, the innermost last, as far as they may be part of its deck's name.
    pub(super) parents: Vec<String>,
    /// How many of them are within the folder that is imported; `None` where the file itself was named.
    pub(super) inside: Option<usize>,
    /// The word for its deck, where it was found out which one that is.
    pub(super) word: Option<String>,
    /// The id of the deck in which its cards lie, where they were found under its word.
    pub(super) home: Option<String>,
    /// Whether other files have the same name, so that the folders are part of the word.
    pub(super) is_apart: bool,
}

impl Source {
    /// Bytes as if they were a file of that name.
    #[must_use]
    pub fn of_bytes(name: &str, bytes: Vec<u8>) -> Self {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self::of(name, Box::new(io::Cursor::new(bytes)), size)
    }

    /// Something that is no file, by that name.
    fn of(name: &str, input: Box<dyn ReadSeek + Send>, size: u64) -> Self {
        Self {
            shown: name.to_owned(),
            file_name: name.to_owned(),
            path: None,
            input,
            size,
            in_folder: false,
            modified: None,
            parents: Vec::new(),
            inside: None,
            word: None,
            home: None,
            is_apart: false,
        }
    }

    /// Whether it came through a pipe, without a name.
    pub(super) fn is_piped(&self) -> bool {
        self.file_name == PIPED
    }

    /// The word for the deck that its notes are in where nothing in it names one.
    pub(super) fn deck_word(&self) -> String {
        self.word.clone().unwrap_or_else(|| stem(&self.file_name))
    }

    /// What a reader has to know to read it.
    pub(super) fn read_options(&self, options: &Options) -> ReadOptions {
        ReadOptions { file_name: self.file_name.clone(), table: options.table.clone(), in_folder: self.in_folder }
    }

    /// Lets go of the file until it is read again: a folder may have more of them than can be open.
    pub(super) fn close(&mut self) {
        if self.in_folder
            && let Some(path) = &self.path
        {
            self.input = Box::new(Later { path: path.clone(), file: None });
        }
    }

    /// Whether somebody wrote to the file since it was opened.
    pub(super) fn has_changed(&self) -> bool {
        let Some(path) = self.path.as_ref().filter(|_| self.modified.is_some()) else { return false };
        fs::metadata(path).is_ok_and(|meta| meta.len() != self.size || meta.modified().ok() != self.modified)
    }
}

/// A file that is opened when the first byte of it is wanted.
struct Later {
    path: PathBuf,
    file: Option<BufReader<File>>,
}

impl Later {
    fn open(&mut self) -> io::Result<&mut BufReader<File>> {
        if self.file.is_none() {
            let (file, _) = store::open_regular(&self.path)?;
            self.file = Some(BufReader::with_capacity(1 << 16, file));
        }
        self.file.as_mut().ok_or_else(|| io::Error::other("it can't be opened"))
    }
}

impl io::Read for Later {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.open()?.read(buffer)
    }
}

impl io::BufRead for Later {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.open()?.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Some(file) = &mut self.file {
            file.consume(amount);
        }
    }
}

impl io::Seek for Later {
    fn seek(&mut self, position: io::SeekFrom) -> io::Result<u64> {
        self.open()?.seek(position)
    }
}

/// Opens a file or a folder as sources. What in a folder can't be a deck is skipped and named.
///
/// # Errors
/// When something can't be read.
pub fn open(path: &Path) -> Result<(Vec<Source>, Folder), Failure> {
    if !path.is_dir() {
        return Ok((vec![open_file(path)?], Folder::default()));
    }
    let mut folder = Folder::look(path)?;
    let mut sources = Vec::new();
    for file in std::mem::take(&mut folder.files) {
        match open_file(&file) {
            Ok(mut source) => {
                source.in_folder = true;
                source.inside = file.strip_prefix(path).ok().map(|inner| inner.components().count().saturating_sub(1));
                source.close();
                sources.push(source);
            }
            Err(failure) => folder.skipped.push(Skipped { path: file, reason: Reason::of(&failure) }),
        }
    }
    Ok((sources, folder))
}

/// Opens one file.
pub(super) fn open_file(path: &Path) -> Result<Source, Failure> {
    let (file, size) = store::open_regular(path).map_err(|error| unreadable(path, &error))?;
    if size > MOST_READ {
        return Err(Failure::data(format!("`{}` is longer than {} GB", path.display(), MOST_READ >> 30))
            .hint("nothing was imported; split it"));
    }
    let modified = file.metadata().and_then(|meta| meta.modified()).ok();
    let input = Box::new(BufReader::with_capacity(1 << 16, file));
    Ok(Source {
        file_name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        path: fs::canonicalize(path).ok(),
        modified,
        parents: parents(path),
        ..Source::of(&path.display().to_string(), input, size)
    })
}

/// The folders that a file lies in, as words of a deck's name, the innermost last. A link is where it lies, not what it leads to.
fn parents(path: &Path) -> Vec<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(folder) = fs::canonicalize(folder) else { return Vec::new() };
    let name = |part: Component<'_>| match part {
        Component::Normal(name) => Some(name.to_string_lossy().replace('#', "-")),
        _ => None,
    };
    folder.components().filter_map(name).collect()
}

/// As much of a source as is looked at to tell what it is.
const HEAD: u64 = 1 << 16;

/// The most that is taken from standard input: it goes to the disk first.
const MOST_SPOOLED: u64 = 4 << 30;

/// Refuses what is no text, also where somebody named a format: rows of nonsense are worse than none.
fn is_text(shown: &str, head: &[u8]) -> Result<(), Failure> {
    match formats::binary(head) {
        Some(what) if !segment::sniff(head) && !formats::is_workbook(shown, head) => {
            let is_ankis = [".apkg", ".colpkg"].iter().any(|ending| shown.to_lowercase().ends_with(ending));
            Err(Failure::data(format!("`{shown}` is {what}, not a deck")).hint(if is_ankis {
                "nothing was imported; in Anki choose File, Export, `Notes in Plain Text`, and import that file"
            } else {
                "nothing was imported; unpack it, or export it as CSV or text from the program that it belongs to"
            }))
        }
        _ => Ok(()),
    }
}

/// Spools standard input into a private temporary file, since a reader must seek.
///
/// # Errors
/// When it can't be read or there is no room.
pub fn spool(mut input: impl io::Read) -> Result<Source, Failure> {
    let mut head = Vec::new();
    let failed = |error: io::Error| Failure::failed("cannot read standard input").at(error.to_string());
    input.by_ref().take(HEAD).read_to_end(&mut head).map_err(failed)?;
    // A device, or a picture by mistake, is known by its beginning, before the disk is full of it.
    is_text("-", &head)?;
    let spooled = || -> io::Result<(File, u64)> {
        let mut file = tempfile::tempfile()?;
        let size = io::copy(&mut head.chain(input.take(MOST_SPOOLED)), &mut file)?;
        file.rewind()?;
        Ok((file, size))
    };
    let (file, size) = spooled().map_err(failed)?;
    if size > MOST_SPOOLED {
        return Err(Failure::data(format!("standard input is longer than {} GB", MOST_SPOOLED >> 30))
            .hint("nothing was imported; import it as a file"));
    }
    Ok(Source::of(PIPED, Box::new(BufReader::with_capacity(1 << 16, file)), size))
}

/// The importer for a source: the one that was named, else by the file's name and beginning. `None`: it is a history.
pub(super) fn find_importer(source: &mut Source, options: &Options) -> Result<Option<&'static dyn Importer>, Failure> {
    let head = formats::head(&mut *source.input)
        .map_err(|error| Failure::failed(format!("cannot read `{}`", source.shown)).at(error.to_string()))?;
    is_text(&source.shown, &head)?;
    if let Some(name) = &options.format {
        let names = || IMPORTERS.iter().map(|importer| importer.name());
        return match formats::importer(name) {
            Some(importer) if !segment::sniff(&head) => Ok(Some(importer)),
            Some(_) => Ok(None),
            // A version of lmq that knows more formats may have followed the file.
            None => Err(Failure::usage(format!("there is no format `{name}`"))
                .hint(format!("there are {}", names().collect::<Vec<_>>().join(", ")))),
        };
    }
    if segment::sniff(&head) {
        return Ok(None);
    }
    if head.is_empty() {
        return Err(Failure::data(format!("`{}` is empty", source.shown)).hint("nothing was imported"));
    }
    match formats::sniff(&source.file_name, &head) {
        Some(importer) => Ok(Some(importer)),
        None => Err(Failure::data(format!("cannot tell what kind of file `{}` is", source.shown))
            .at("a list has a card on each line: `term - definition`, or `term: definition`")
            .at("a table has a tab, a comma, a semicolon or | between its columns, as in Markdown")
            .hint(format!(
                "`lmq help import` explains lists and tables, `lmq new NAME` writes a deck file to fill in; if it is one of \
                 these, name it with --format: {}",
                IMPORTERS.iter().map(|importer| importer.name()).collect::<Vec<_>>().join(", ")
            ))),
    }
}

/// Reads a source of notes without importing it. The outer error is one of opening it, the inner one the format's.
///
/// # Errors
/// When it can't be read, is empty, or nobody knows what kind of file it is.
pub fn read(
    mut source: Source,
    sink: &mut dyn FnMut(ImportItem) -> Result<(), Stop>,
) -> Result<Result<(), FormatError>, Failure> {
    let Some(importer) = find_importer(&mut source, &Options::default())? else {
        return Err(Failure::data(format!("`{}` is a history, not a deck", source.shown)));
    };
    let options = ReadOptions::named(&source.file_name);
    Ok(importer.read(&mut *source.input, &options, sink))
}

/// The name of the deck that a file's cards go into when nothing else names one.
pub(super) fn stem(file_name: &str) -> String {
    let stem = Path::new(file_name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    // A file may have a line break in its name, which nobody could type as that of a deck.
    let mut stem = stem.replace('#', "-").replace(is_in_no_name, " ");
    compose(&mut stem);
    if stem == PIPED || !is_deck_id(&stem) { "imported".to_owned() } else { stem }
}

/// Tells how far a reader is.
pub(super) struct Counting<'c> {
    pub(super) inner: &'c mut dyn ReadSeek,
    pub(super) read: u64,
    pub(super) heard: &'c mut dyn FnMut(u64),
}

impl io::Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read += u64::try_from(count).unwrap_or(0);
        (self.heard)(self.read);
        Ok(count)
    }
}

impl io::BufRead for Counting<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
        let before = self.read >> 20;
        self.read += u64::try_from(amount).unwrap_or(0);
        if self.read >> 20 != before {
            (self.heard)(self.read);
        }
    }
}

impl io::Seek for Counting<'_> {
    fn seek(&mut self, position: io::SeekFrom) -> io::Result<u64> {
        let place = self.inner.seek(position)?;
        self.read = place;
        Ok(place)
    }
}

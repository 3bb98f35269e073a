//! Where imports come from: files, folders, standard input; and which importer reads a source.

use crate::core::id::is_deck_id;
use crate::core::text::nearest;
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
use crate::ops::import::options::Options;
use crate::store;
use std::fs;
use std::fs::File;
use std::io;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Seek as _;
use std::path::Path;
use std::path::PathBuf;

/// Endings of files that a folder is searched for.
const ENDINGS: [&str; 6] = ["toml", "csv", "tsv", "txt", "json", "jsonl"];

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
}

/// Opens a file or a folder as sources. Files of a folder that are no decks are skipped and named.
///
/// # Errors
/// When something can't be read.
pub fn open(path: &Path) -> Result<(Vec<Source>, Vec<String>), Failure> {
    let mut skipped = Vec::new();
    let mut sources = Vec::new();
    for file in files_of(path, &mut skipped)? {
        sources.push(open_file(&file)?);
    }
    Ok((sources, skipped))
}

/// Opens one file.
pub(super) fn open_file(path: &Path) -> Result<Source, Failure> {
    let unreadable =
        |error: io::Error| Failure::failed(format!("cannot read `{}`", path.display())).at(error.to_string());
    let (file, size) = store::open_regular(path).map_err(unreadable)?;
    Ok(Source {
        shown: path.display().to_string(),
        file_name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        path: fs::canonicalize(path).ok(),
        input: Box::new(BufReader::with_capacity(1 << 16, file)),
        size,
    })
}

/// The files that a path means: itself, or those in a folder that may be decks, by name. The others are `skipped`.
pub(super) fn files_of(path: &Path, skipped: &mut Vec<String>) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: io::Error| {
        let failure = Failure::failed(format!("cannot read `{}`", path.display())).at(error.to_string());
        if error.kind() == io::ErrorKind::NotFound {
            failure.hint("check the name; `-` reads standard input")
        } else {
            failure
        }
    };
    let meta = fs::metadata(path).map_err(unreadable)?;
    if !meta.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let entries: Result<Vec<_>, _> = fs::read_dir(path).map_err(unreadable)?.collect();
    let mut paths: Vec<PathBuf> = entries.map_err(unreadable)?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for file in paths {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        if name.starts_with('.') {
            continue;
        }
        if file.is_file() && ENDINGS.contains(&ending.as_str()) {
            files.push(file);
        } else {
            skipped.push(file.display().to_string());
        }
    }
    Ok(files)
}

/// As much of a source as is looked at to tell what it is.
const HEAD: u64 = 1 << 16;

/// The most that is taken from standard input: it goes to the disk first.
const MOST_SPOOLED: u64 = 4 << 30;

/// Refuses what is no text, also where somebody named a format: rows of nonsense are worse than none.
fn is_text(shown: &str, head: &[u8]) -> Result<(), Failure> {
    match formats::binary(head) {
        Some(what) if !segment::sniff(head) => Err(Failure::data(format!("`{shown}` is {what}, not a deck"))
            .hint("nothing was imported; unpack it, or export it as CSV or text from the program that it belongs to")),
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
    Ok(Source {
        shown: "-".to_owned(),
        file_name: "-".to_owned(),
        path: None,
        input: Box::new(BufReader::with_capacity(1 << 16, file)),
        size,
    })
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
            None => Err(Failure::usage(format!("there is no format `{name}`")).hint(match nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
            })),
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
        None => Err(Failure::data(format!("cannot tell what kind of file `{}` is", source.shown)).hint(format!(
            "say it with --format: {}",
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
    let options = ReadOptions { file_name: source.file_name.clone(), delimiter: None };
    Ok(importer.read(&mut *source.input, &options, sink))
}

/// The name of the deck that a file's cards go into when nothing else names one.
pub(super) fn stem(file_name: &str) -> String {
    let stem = Path::new(file_name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = stem.replace('#', "-");
    if stem == "-" || !is_deck_id(&stem) { "imported".to_owned() } else { stem }
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

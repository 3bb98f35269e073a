//! Files in: decks, tables, notes, the log of another database; folders; files that are followed.

mod names;

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::id::NoteUid;
use crate::core::id::hash64;
use crate::core::id::is_deck_id;
use crate::core::text::counted;
use crate::core::text::nearest;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::formats;
use crate::formats::DeckHead;
use crate::formats::FileFault;
use crate::formats::FormatError;
use crate::formats::IMPORTERS;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::formats::Rejected;
use crate::formats::Stop;
use crate::formats::Topic;
use crate::formats::segment;
use crate::ops::batches;
use crate::ops::batches::Giver;
use crate::ops::batches::Gone;
use crate::ops::bulk::LEECH;
use crate::ops::decks::deck_name;
use crate::ops::failure;
use crate::ops::import::names::Namer;
use crate::ops::import::names::repeated_prompts;
use crate::ops::unite;
use crate::ops::unite::Taken;
use crate::ops::unite::unite;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::Finished;
use crate::store::Forgotten;
use crate::store::Kept;
use crate::store::MatchResult;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::Salts;
use crate::store::SourceFile;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Union;
use crate::store::Writer;
use std::cell::RefCell;
use std::fs;
use std::fs::File;
use std::io;
use std::io::BufReader;
use std::io::Seek as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::UNIX_EPOCH;

/// Endings of files that a folder is searched for.
const ENDINGS: [&str; 6] = ["toml", "csv", "tsv", "txt", "json", "jsonl"];

/// Rejected rows that are kept for the list; more are counted only.
const MOST_LISTED: usize = 1000;

/// Cards whose own text stays although the file has another one now: so many are shown, more are counted only.
const MOST_KEPT_SHOWN: usize = 3;

/// How to import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The deck that cards go into.
    pub deck: Option<String>,
    /// Name of the format; found out where there is none.
    pub format: Option<String>,
    /// Separator of columns.
    pub delimiter: Option<u8>,
    /// Say what would happen, change nothing.
    pub dry_run: bool,
    /// One bad row and nothing goes in.
    pub strict: bool,
    /// Follow the file from now on.
    pub link: bool,
    /// Folders to follow from now on: what comes into them will be imported.
    pub folders: Vec<PathBuf>,
    /// Where both the user and the file changed a card, the file's text wins.
    pub theirs: bool,
    /// Take a history from more than a year ahead of now, too.
    pub accept_future: bool,
}

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

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Notes that are new.
    pub added: u64,
    /// Notes whose text changed; their history stays.
    pub changed: u64,
    /// Notes that are as they were.
    pub same: u64,
    /// Notes that were retired and are back.
    pub restored: u64,
    /// Rows that said the same as one before them.
    pub duplicates: u64,
    /// Notes of the decks that are not in the files.
    pub missing: u64,
    /// Notes of followed or built-in decks that vanished from their file and were retired.
    pub retired: u64,
    /// Notes whose own text stays although the file has another one now.
    pub kept: u64,
    /// Entries of a log that are new here.
    pub entries_added: u64,
    /// Entries of a log that were here.
    pub entries_known: u64,
    /// What erasures in a history took; the copies are not cleaned of it yet.
    pub erased: Forgotten,
    /// Copies of the database from before a history was taken in.
    pub copies: Vec<PathBuf>,
    /// Bad rows: `file:line: reason`.
    pub rejected: Vec<String>,
    /// How many bad rows there were in all.
    pub rejections: u64,
    /// What the person should know.
    pub warnings: Vec<String>,
    /// The first notes, for a look before anything is written.
    pub first: Vec<(String, String)>,
    /// Files read.
    pub files: u64,
}

impl Report {
    /// Whether anything was changed, or would be.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.added + self.changed + self.restored + self.retired + self.entries_added > 0
    }

    fn place(&mut self, placed: MatchResult, shown: &str, place: Place) {
        match placed {
            MatchResult::Added => self.added += 1,
            MatchResult::Changed => self.changed += 1,
            MatchResult::Same => self.same += 1,
            MatchResult::Restored => self.restored += 1,
            MatchResult::Duplicate => self.duplicates += 1,
            MatchResult::Kept => self.kept += 1,
            MatchResult::Later => {}
            MatchResult::Contradicts => {
                let reason = "its key or id was used before in this file, for another text; give it one of its own";
                self.reject(shown, &Rejected { place, reason: reason.to_owned() });
            }
        }
    }

    fn reject(&mut self, shown: &str, rejected: &Rejected) {
        self.rejections += 1;
        if self.rejected.len() < MOST_LISTED {
            self.rejected.push(format!("{shown}:{}: {}", rejected.place, rejected.reason));
        }
    }

    /// In one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |count: u64, one: &str, many: &str| {
            if count > 0 {
                parts.push(counted(usize::try_from(count).unwrap_or(usize::MAX), one, many));
            }
        };
        part(self.added, "note added", "notes added");
        part(self.changed, "changed", "changed");
        part(self.restored, "brought back", "brought back");
        part(self.retired, "retired", "retired");
        part(self.same, "note as it was", "notes as they were");
        part(self.kept, "kept as you wrote it", "kept as you wrote them");
        part(self.duplicates, "row twice in the file", "rows twice in the file");
        part(self.entries_added, "entry of history added", "entries of history added");
        part(self.entries_known, "entry known already", "entries known already");
        part(self.rejections, "left out", "left out");
        if parts.is_empty() { "nothing to import".to_owned() } else { parts.join(", ") }
    }
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

fn open_file(path: &Path) -> Result<Source, Failure> {
    let unreadable =
        |error: io::Error| Failure::failed(format!("cannot read `{}`", path.display())).at(error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    Ok(Source {
        shown: path.display().to_string(),
        file_name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        path: fs::canonicalize(path).ok(),
        input: Box::new(BufReader::with_capacity(1 << 16, file)),
        size,
    })
}

fn files_of(path: &Path, skipped: &mut Vec<String>) -> Result<Vec<PathBuf>, Failure> {
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

/// Spools standard input into a private temporary file, since a reader must seek.
///
/// # Errors
/// When it can't be read or there is no room.
pub fn spool(mut input: impl io::Read) -> Result<Source, Failure> {
    let mut spooled = || -> io::Result<(File, u64)> {
        let mut file = tempfile::tempfile()?;
        let size = io::copy(&mut input, &mut file)?;
        file.rewind()?;
        Ok((file, size))
    };
    let (file, size) =
        spooled().map_err(|error| Failure::failed("cannot read standard input").at(error.to_string()))?;
    Ok(Source {
        shown: "-".to_owned(),
        file_name: "-".to_owned(),
        path: None,
        input: Box::new(BufReader::with_capacity(1 << 16, file)),
        size,
    })
}

fn find_importer(source: &mut Source, options: &Options) -> Result<Option<&'static dyn Importer>, Failure> {
    let head = formats::head(&mut *source.input)
        .map_err(|error| Failure::failed(format!("cannot read `{}`", source.shown)).at(error.to_string()))?;
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

fn stem(file_name: &str) -> String {
    let stem = Path::new(file_name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = stem.replace('#', "-");
    if stem == "-" || !is_deck_id(&stem) { "imported".to_owned() } else { stem }
}

enum Broken {
    Store(StoreError),
    Format(FormatError),
    BuiltinClash { deck: String, keys: Vec<String> },
    Strict,
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Draws where the faults of a deck file are: set by the command line, which has the library for it.
pub type Draw<'d> = &'d dyn Fn(&str, &str, &[FileFault]) -> Vec<String>;

/// Imports sources: histories one by one, then all others as one action in one transaction. `progress` hears how many bytes
/// of the whole were read.
///
/// # Errors
/// When a history is refused, a deck file has faults (it is refused whole, all faults listed), nothing was readable, one row
/// was bad under `strict`, or the database can't be written. Nothing is changed then but by the histories before it.
pub fn import(
    store: &mut Store,
    stamp: Stamp,
    sources: Vec<Source>,
    options: &Options,
    draw: Draw<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Report, Failure> {
    let mut report = Report::default();
    if let Some(deck) = &options.deck {
        deck_name(deck)?;
    }
    let path = store.path().to_owned();
    let mut histories = Vec::new();
    let mut jobs = Vec::new();
    for mut source in sources {
        match find_importer(&mut source, options)? {
            Some(importer) => jobs.push((source, importer)),
            None => histories.push(source),
        }
    }
    let mut before = 0;
    store.write_much(true).map_err(|error| failure(&error, &path))?;
    for mut source in histories {
        let done = one_log(store, stamp, &mut source, options, &mut report, &mut |read| progress(before + read));
        before += source.size;
        report.files += 1;
        if let Err(failed) = done {
            store.write_much(false).map_err(|error| failure(&error, &path))?;
            return Err(with_what_is_in(failed, &report));
        }
    }
    if jobs.is_empty() && options.folders.is_empty() {
        store.write_much(false).map_err(|error| failure(&error, &path))?;
        return Ok(report);
    }
    let mut refused: Option<Failure> = None;
    let written = store.write(stamp, ActionKind::Import, Subject::None, |writer| {
        for (mut source, importer) in jobs {
            let size = source.size;
            let mut heard = |read: u64| progress(before + read);
            let follow = match remember(writer, &source, options)? {
                Some(id) => Follow::FromNowOn(id),
                None => Follow::Not,
            };
            let done = one_file(writer, &mut source, importer, options, follow, &mut report, &mut heard);
            before += size;
            report.files += 1;
            if let Err(broken) = done {
                refused = Some(refusal(broken, &source.shown, &path, draw));
                return Err(StoreError::Abandoned);
            }
        }
        if options.strict && report.rejections > 0 {
            refused = Some(refusal(Broken::Strict, "", &path, draw));
            return Err(StoreError::Abandoned);
        }
        if report.rejections > 0
            && report.added + report.changed + report.same + report.restored + report.duplicates + report.kept == 0
        {
            refused = Some(Failure::data("nothing in it could be read").hint("nothing was changed"));
            return Err(StoreError::Abandoned);
        }
        if options.dry_run {
            return Err(StoreError::Abandoned);
        }
        for folder in &options.folders {
            follow_folder(writer, folder, options)?;
        }
        Ok(())
    });
    store.write_much(false).map_err(|error| failure(&error, &path))?;
    if let Some(mut failure) = refused {
        failure.places.append(&mut report.rejected);
        return Err(with_what_is_in(failure, &report));
    }
    match written {
        Err(StoreError::Abandoned) if options.dry_run => Ok(report),
        Err(error) => Err(failure(&error, &path)),
        Ok(_) => Ok(report),
    }
}

/// A failure with what was taken in before it, and stays.
fn with_what_is_in(mut failed: Failure, report: &Report) -> Failure {
    if report.entries_added > 0 {
        let entries = counted(usize::try_from(report.entries_added).unwrap_or(usize::MAX), "entry", "entries");
        failed.places.push(format!("the histories before it are in: {entries} added"));
    }
    failed
}

fn refusal(broken: Broken, shown: &str, path: &Path, draw: Draw<'_>) -> Failure {
    match broken {
        Broken::Store(error) => failure(&error, path),
        Broken::Strict => Failure::data("not imported: there are bad rows, and --strict was given")
            .hint("nothing was changed; without --strict the good rows go in"),
        Broken::BuiltinClash { deck, keys } => {
            let mut failure = Failure::data(format!("`{shown}` can't be the deck `{deck}`: that one is built in"));
            for key in keys.iter().take(5) {
                failure = failure.at(format!("the built-in deck has no card `{key}`"));
            }
            failure.hint("give your deck another `id`; to change a built-in card keep its key")
        }
        Broken::Format(FormatError::Faults { source_text, faults }) => {
            let mut failure =
                Failure::data(format!("`{shown}` was not imported: {}", counted(faults.len(), "fault", "faults")));
            failure.places = draw(shown, &source_text, &faults);
            failure.hint("mend them and import it again; nothing was changed")
        }
        Broken::Format(FormatError::Io(error)) => {
            Failure::failed(format!("cannot read `{shown}`")).at(error.to_string()).hint("nothing was changed")
        }
        Broken::Format(FormatError::NotThis(why)) => {
            Failure::data(format!("cannot read `{shown}`")).at(why).hint("nothing was changed")
        }
        Broken::Format(FormatError::Stopped) => Failure::bug("an importer stopped without a reason"),
    }
}

/// Whether a file is followed, and as which.
#[derive(Debug, Clone, Copy)]
enum Follow {
    /// It is read this once.
    Not,
    /// It is followed from this import on: what it lacks stays.
    FromNowOn(i64),
    /// It was followed before: notes that came from it and are not in it any more are retired.
    Again(i64),
}

fn one_file(
    writer: &mut Writer<'_>,
    source: &mut Source,
    importer: &dyn Importer,
    options: &Options,
    follow: Follow,
    report: &mut Report,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Broken> {
    let ordered = importer.name() == "toml";
    let bulk_options = BulkOptions {
        place_in: options.deck.clone(),
        reposition: ordered,
        retire_missing: matches!(follow, Follow::Again(_)),
        source: match follow {
            Follow::Not => None,
            Follow::FromNowOn(id) | Follow::Again(id) => Some(id),
        },
        theirs: options.theirs,
        ..BulkOptions::new(DeckOrigin::File)
    };
    let read_options = ReadOptions { file_name: source.file_name.clone(), delimiter: options.delimiter };
    let shown = source.shown.clone();
    let mut deck = options.deck.clone().unwrap_or_else(|| stem(&source.file_name));
    let namer = Namer::new(deck.clone());
    let builtins = builtin_keys(writer);
    // Another deck under a built-in one's name shares no card with it. One that does is an export of it, with the
    // user's own cards in it.
    let mut strangers: Vec<String> = Vec::new();
    let mut any_builtin = false;
    let mut seen_deck = String::new();
    let salts = writer.salts();
    let mut bulk = Bulk::new(writer, bulk_options)?;
    let mut rows = 0_u64;
    let mut put = |parsed: &Parsed| -> Result<(), StoreError> {
        match parsed {
            Parsed::Warning(text) => report.warnings.push(format!("{shown}: {text}")),
            Parsed::Rejected(rejected) => report.reject(&shown, rejected),
            Parsed::Deck(head) => {
                let details = [&head.title, &head.description, &head.language, &head.license, &head.version];
                bulk.deck(&head.id, &head.name, details.map(|text| text.as_deref()))?;
                deck.clone_from(&head.id);
            }
            Parsed::Topic(topic) => {
                bulk.topic(&deck, &topic.id, &topic.title, topic.primer.as_deref(), topic.try_line.as_deref())?;
            }
            Parsed::Note(row) => {
                let own_deck = row.deck.as_deref().unwrap_or(&deck);
                // Rows of one deck follow each other.
                if seen_deck != own_deck && !is_deck_id(own_deck) {
                    let reason =
                        format!("`{own_deck}` can't be the name of a deck: it is empty, or has a / or # in it");
                    report.reject(&shown, &Rejected { place: row.place, reason });
                    return Ok(());
                }
                if seen_deck != own_deck {
                    own_deck.clone_into(&mut seen_deck);
                }
                if let (true, Some(keys)) = (row.who.named, builtins.iter().find(|(id, _)| id == own_deck)) {
                    if keys.1.contains(&row.who.uid) {
                        any_builtin = true;
                    } else {
                        strangers.push(row.key.clone().unwrap_or_else(|| row.who.uid.to_string()));
                    }
                }
                if report.first.len() < 3 {
                    let text = row.note.text()?;
                    report.first.push((text.prompt(1), text.answer(1)));
                }
                let placed = bulk.note(own_deck, row.who, row.key.clone(), &row.note)?;
                report.place(placed, &shown, row.place);
                rows += 1;
            }
        }
        Ok(())
    };
    let reading = Reading { importer, options: &read_options, namer, salts, size: source.size };
    read_beside(reading, &mut *source.input, &mut put, progress)?;
    if !strangers.is_empty() && !any_builtin {
        return Err(Broken::BuiltinClash { deck, keys: strangers });
    }
    if rows == 0 && report.rejections == 0 {
        report.warnings.push(format!("{shown}: there are no cards in it"));
    }
    let Finished { late, missing, kept } = bulk.finish()?;
    for placed in late {
        report.place(placed, &shown, Place::default());
    }
    report.warnings.extend(kept.iter().take(MOST_KEPT_SHOWN).map(|kept| stays(&shown, kept)));
    if matches!(follow, Follow::Again(_)) {
        report.retired += missing;
    } else {
        report.missing += missing;
    }
    Ok(())
}

/// What was read of a file, on its way to the database.
enum Parsed {
    Warning(String),
    Rejected(Rejected),
    Deck(DeckHead),
    Topic(Topic),
    Note(NoteRow),
}

/// A note of a file: who it is, and its text packed.
struct NoteRow {
    place: Place,
    deck: Option<String>,
    who: NoteRef,
    key: Option<String>,
    note: PackedNote,
}

/// Why an outcome is not on its way.
enum Held {
    /// The row has no name of its own, and it is not known yet which prompts the file has more than once.
    Nameless,
    Store(StoreError),
}

impl Parsed {
    fn of(outcome: ImportItem, namer: &mut Namer, salts: &Salts) -> Result<Self, Held> {
        Ok(match outcome {
            ImportItem::Warning(text) => Self::Warning(text),
            ImportItem::Rejected(rejected) => Self::Rejected(rejected),
            ImportItem::Record(Record::Deck(head)) => {
                namer.deck_begins(&head.id);
                Self::Deck(head)
            }
            ImportItem::Record(Record::Topic(topic)) => Self::Topic(topic),
            ImportItem::Record(Record::Note(mut item)) => {
                let who = namer.who(&item).ok_or(Held::Nameless)?;
                item.text.tags.retain(|tag| !namer.is_derived(tag));
                let note = PackedNote::of(&item.text).map_err(Held::Store)?;
                let Item { place, deck, identity, key, .. } = *item;
                let key = key.or(match identity {
                    Identity::Key(key) => Some(key),
                    Identity::Uid(_) | Identity::Foreign { .. } | Identity::None => None,
                });
                // A note without a key goes out under its uid, and comes back as itself.
                let key = key.filter(|key| names::own_uid(key).is_none());
                let note = note.sealed(key.as_deref(), salts).map_err(Held::Store)?;
                Self::Note(NoteRow { place, deck, who, key, note })
            }
        })
    }
}

/// A file that is read on a thread of its own.
struct Reading<'r> {
    importer: &'r dyn Importer,
    options: &'r ReadOptions,
    namer: Namer,
    salts: Salts,
    size: u64,
}

/// Reads a file on a thread of its own: it is taken apart while what came before goes into the database.
fn read_beside(
    reading: Reading<'_>,
    input: &mut (dyn ReadSeek + Send),
    put: &mut dyn FnMut(&Parsed) -> Result<(), StoreError>,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Broken> {
    let read = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let (giver, taker) = batches::channel();
        let count = &read;
        let reading = scope.spawn(move || read_batches(reading, input, giver, count));
        // Where this fails the channel is closed, which ends the reading.
        let taken = taker.each(|| progress(read.load(Ordering::Relaxed)), put);
        let done = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken?;
        done
    })
}

fn read_batches(
    reading: Reading<'_>,
    input: &mut dyn ReadSeek,
    mut giver: Giver<Parsed>,
    read: &AtomicU64,
) -> Result<(), Broken> {
    let Reading { importer, options, mut namer, salts, size } = reading;
    let mut under_way = 0_u64;
    loop {
        // Up to the first row without a name nothing has to be known of the rest of the file, and many have no such row.
        let mut known = under_way;
        let mut held = None;
        let named = namer.knows_repeated();
        let mut heard = |now: u64| read.store(if named { (size + now) / 2 } else { now }, Ordering::Relaxed);
        let mut counting = Counting { inner: &mut *input, read: 0, heard: &mut heard };
        let done = importer.read(&mut counting, options, &mut |outcome| {
            if known > 0 {
                known -= 1;
                return Ok(());
            }
            let parsed = Parsed::of(outcome, &mut namer, &salts).map_err(|why| {
                held = Some(why);
                Stop
            })?;
            under_way += 1;
            let bytes = if let Parsed::Note(row) = &parsed { row.note.size() } else { 0 };
            giver.give(parsed, bytes).map_err(|Gone| Stop)
        });
        match held {
            Some(Held::Store(error)) => return Err(Broken::Store(error)),
            Some(Held::Nameless) => {
                let again = |error: io::Error| Broken::Format(FormatError::Io(error));
                input.rewind().map_err(again)?;
                let mut heard = |now: u64| read.store(now / 2, Ordering::Relaxed);
                let mut counting = Counting { inner: &mut *input, read: 0, heard: &mut heard };
                let repeated = repeated_prompts(importer, &mut counting, options, namer.first_deck());
                namer.tell_repeated(repeated);
                input.rewind().map_err(again)?;
            }
            None => {
                done.map_err(Broken::Format)?;
                break;
            }
        }
    }
    if namer.derived > 0 {
        let rows = counted(usize::try_from(namer.derived).unwrap_or(usize::MAX), "row", "rows");
        let warning = format!("the tag `{LEECH}` was left out of {rows}: lmq gives and takes it by itself");
        giver.give(Parsed::Warning(warning), 0).ok();
    }
    // Nobody takes it any more where the database failed, which is told already.
    giver.finish().ok();
    Ok(())
}

/// The user's own text stays, what the file says now is kept beside it, and both are said.
fn stays(shown: &str, kept: &Kept) -> String {
    let line = |text: &NoteText| format!("{} → {}", one_line(&text.prompt(1)), one_line(&text.answer(1)));
    format!(
        "{shown}: a card that you had edited was changed there too; yours stays, and `lmq import --theirs` takes the \
         file's\n  the file's: {}\n  yours: {}",
        line(&kept.theirs),
        line(&kept.mine)
    )
}

/// Ids of the built-in decks with the uids that they have.
fn builtin_keys(writer: &Writer<'_>) -> Vec<(String, std::collections::BTreeSet<NoteUid>)> {
    writer.builtin_uids().unwrap_or_default()
}

/// Takes a history in, whole or not at all.
fn one_log(
    store: &mut Store,
    stamp: Stamp,
    source: &mut Source,
    options: &Options,
    report: &mut Report,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Failure> {
    let how = unite::How { accept_future: options.accept_future, dry_run: options.dry_run };
    let (shown, path) = (source.shown.clone(), store.path().to_owned());
    let input = &mut *source.input;
    let told = RefCell::new(None);
    let feed = |union: &mut Union<'_, '_>| {
        let mut failed = None;
        let read = AtomicU64::new(0);
        let done = std::thread::scope(|scope| {
            let (mut giver, taker) = batches::channel();
            let count = &read;
            let reading = scope.spawn(move || {
                let mut heard = |now| count.store(now, Ordering::Relaxed);
                let mut counting = Counting { inner: input, read: 0, heard: &mut heard };
                let done = segment::read(&mut counting, &mut |line, record| {
                    let bytes = record.text_bytes();
                    giver.give((line, record), bytes).map_err(|Gone| Stop)
                });
                giver.finish().ok();
                done
            });
            // Where the database refuses it the rest is read all the same: a file that is damaged says nothing about the
            // device whose history it would be.
            let begins = || progress(read.load(Ordering::Relaxed));
            let taken = taker.each(begins, |(line, record)| {
                if failed.is_some() {
                    return Ok(());
                }
                match union.put(*line, record) {
                    Err(error @ StoreError::Refused(_)) => {
                        failed = Some(error);
                        Ok(())
                    }
                    done => done,
                }
            });
            failed = failed.take().or(taken.err());
            reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        match (done, failed) {
            (Ok(()), None) => Ok(()),
            (Ok(()) | Err(FormatError::Stopped), Some(error)) => Err(error),
            (Err(error), _) => {
                let nothing_drawn = |_: &str, _: &str, _: &[FileFault]| Vec::new();
                told.replace(Some(refusal(Broken::Format(error), &shown, &path, &nothing_drawn)));
                Err(StoreError::Abandoned)
            }
        }
    };
    let Taken { united, copy } =
        unite(store, stamp, how, feed, || told.take()).map_err(|failed| failed.at(source.shown.clone()))?;
    report.entries_added += united.added;
    report.entries_known += united.known;
    report.erased.texts += united.erased.texts;
    report.erased.notes += united.erased.notes;
    report.erased.followed.extend(united.erased.followed);
    report.copies.extend(copy);
    Ok(())
}

/// Tells how far a reader is.
struct Counting<'c> {
    inner: &'c mut dyn ReadSeek,
    read: u64,
    heard: &'c mut dyn FnMut(u64),
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

pub(super) fn look(path: &Path) -> Option<(i64, i64)> {
    let meta = fs::metadata(path).ok()?;
    let size = if meta.is_dir() { 0 } else { i64::try_from(meta.len()).ok()? };
    let mtime = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((size, i64::try_from(mtime.as_millis()).ok()?))
}

pub(super) fn hash_of(path: &Path) -> io::Result<i64> {
    Ok(hash64(&fs::read(path)?).cast_signed())
}

fn remember(writer: &mut Writer<'_>, source: &Source, options: &Options) -> Result<Option<i64>, StoreError> {
    let Some(path) = source.path.as_ref().filter(|_| options.link) else { return Ok(None) };
    let (size, mtime_ms) = look(path).unzip();
    let id = writer.follow(&SourceFile {
        options: options_text(options),
        size,
        mtime_ms,
        hash: hash_of(path).ok(),
        ..SourceFile::new(path.display().to_string())
    })?;
    Ok(Some(id))
}

fn follow_folder(writer: &mut Writer<'_>, folder: &Path, options: &Options) -> Result<(), StoreError> {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let (size, mtime_ms) = look(&folder).unzip();
    writer.follow(&SourceFile {
        is_folder: true,
        options: options_text(options),
        size,
        mtime_ms,
        ..SourceFile::new(folder.display().to_string())
    })?;
    Ok(())
}

fn options_text(options: &Options) -> String {
    serde_json::json!({
        "deck": options.deck,
        "format": options.format,
        "delimiter": options.delimiter,
    })
    .to_string()
}

pub(super) fn options_of(text: &str) -> Options {
    let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let word = |key: &str| value.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    Options {
        deck: word("deck"),
        format: word("format"),
        delimiter: value.get("delimiter").and_then(serde_json::Value::as_u64).and_then(|byte| u8::try_from(byte).ok()),
        link: true,
        ..Options::default()
    }
}

/// Brings followed files up to date: a stat each, and a read only where one changed. Gives what to tell.
///
/// A file that can't be read or has faults is said, and what was imported from it before stays.
///
/// # Errors
/// When the database can't be read or written.
pub fn follow(store: &mut Store, stamp: Stamp) -> Result<Vec<String>, Failure> {
    let path = store.path().to_owned();
    let sources = store.sources().map_err(|error| failure(&error, &path))?;
    let mut talk = Vec::new();
    let known: Vec<String> = sources.iter().map(|source| source.path.clone()).collect();
    for source in sources.into_iter().filter(|source| source.followed) {
        let place = PathBuf::from(&source.path);
        let Some((size, mtime_ms)) = look(&place) else {
            talk.push(format!("`{}` is followed but can't be read; its cards stay as they were", source.path));
            continue;
        };
        if source.size == Some(size) && source.mtime_ms == Some(mtime_ms) {
            continue;
        }
        let options = options_of(&source.options);
        if source.is_folder {
            let mut skipped = Vec::new();
            for file in files_of(&place, &mut skipped)? {
                let name = fs::canonicalize(&file).unwrap_or_else(|_| file.clone()).display().to_string();
                if !known.contains(&name) {
                    let new = SourceFile {
                        path: name,
                        folder: Some(source.id),
                        is_folder: false,
                        size: None,
                        mtime_ms: None,
                        hash: None,
                        id: 0,
                        ..source.clone()
                    };
                    follow_one(store, stamp, &new, &file, &options, &mut talk)?;
                }
            }
            let seen = SourceFile { size: Some(size), mtime_ms: Some(mtime_ms), ..source };
            store
                .write(stamp, ActionKind::Import, Subject::None, |writer| writer.follow(&seen))
                .map_err(|error| failure(&error, &path))?;
        } else {
            follow_one(store, stamp, &source, &place, &options, &mut talk)?;
        }
    }
    Ok(talk)
}

fn follow_one(
    store: &mut Store,
    stamp: Stamp,
    source: &SourceFile,
    place: &Path,
    options: &Options,
    talk: &mut Vec<String>,
) -> Result<(), Failure> {
    let path = store.path().to_owned();
    let (size, mtime_ms) = look(place).unzip();
    let hash = hash_of(place).ok();
    let seen = SourceFile { size, mtime_ms, hash, ..source.clone() };
    let mut report = Report::default();
    let mut refused = None;
    let mut file = match open_file(place) {
        Ok(file) => file,
        Err(error) => {
            talk.push(error.to_string());
            return Ok(());
        }
    };
    let importer = match find_importer(&mut file, options) {
        Ok(Some(importer)) if hash != source.hash => Some(importer),
        Ok(_) => None,
        Err(error) => {
            talk.push(error.to_string());
            None
        }
    };
    // A file that was only touched, or that can't be read, changes nothing but what is known of it, which is local.
    let written = store.write(stamp, ActionKind::Import, Subject::None, |writer| {
        let id = writer.follow(&seen)?;
        let Some(importer) = importer else { return Ok(()) };
        match one_file(writer, &mut file, importer, options, Follow::Again(id), &mut report, &mut |_| {}) {
            Err(Broken::Store(error)) => Err(error),
            Err(broken) => {
                let lines = |shown: &str, _: &str, faults: &[FileFault]| {
                    faults.iter().map(|fault| format!("{shown}:{}: {}", fault.place, fault.what)).collect()
                };
                refused = Some(refusal(broken, &source.path, &path, &lines));
                Err(StoreError::Abandoned)
            }
            Ok(()) => Ok(()),
        }
    });
    if let Some(refused) = refused {
        talk.push(format!("{refused}\nits cards stay as they were"));
        return Ok(());
    }
    written.map_err(|error| failure(&error, &path))?;
    if report.changes() || report.rejections > 0 || report.kept > 0 {
        talk.push(format!("`{}` changed: {}", source.path, report.sentence()));
        talk.extend(report.warnings);
        talk.extend(report.rejected);
    }
    Ok(())
}

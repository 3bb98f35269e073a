//! Files in: decks, tables, notes, the log of another database; folders; files that are followed.

mod conflict_copy;
mod deck_words;
mod diagnose;
mod folder;
mod follow;
mod history;
mod import_report;
mod look_over;
mod most_bad;
mod names;
mod one_file;
mod options;
mod reading;
mod refusal;
mod sources;
mod spill;
mod verdict;

pub use conflict_copy::is_named_so as is_conflict_copy;
pub use diagnose::diagnose;
pub use diagnose::is_two_sided;
pub use diagnose::unclear;
pub use folder::Folder;
pub use folder::Reason;
pub use folder::Skipped;
pub use follow::follow;
pub use follow::unfollow;
pub use import_report::KeptNote;
pub use import_report::Lost;
pub use import_report::Report;
pub use options::Options;
pub use refusal::Draw;
pub use sources::Source;
pub use sources::open;
pub use sources::read;
pub use sources::spool;
pub use spill::Spill;
pub use verdict::Verdict;
pub use verdict::verdict;

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::formats::FormatError;
use crate::formats::Importer;
use crate::ops::decks;
use crate::ops::decks::deck_name;
use crate::ops::followed;
use crate::ops::followed::HowToRead;
use crate::ops::import::deck_words::give_words;
use crate::ops::import::history::one_log;
use crate::ops::import::look_over::look_over;
use crate::ops::import::names::Prompts;
use crate::ops::import::one_file::Attempt;
use crate::ops::import::one_file::Builtins;
use crate::ops::import::one_file::Follow;
use crate::ops::import::one_file::one_file;
use crate::ops::import::refusal::Refusal;
use crate::ops::import::sources::find_importer;
use crate::store::EarlierFiles;
use crate::store::Fault;
use crate::store::SourceFile;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use std::collections::BTreeSet;
use std::fs;
use std::io::Seek as _;
use std::path::Path;

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
    let mut report = Report { lists_all: options.lists_all, ..Report::default() };
    if let Some(deck) = &options.deck {
        deck_name(deck)?;
    }
    let path = store.path().to_owned();
    let mut histories = Vec::new();
    let mut jobs = Vec::new();
    let mut known = BTreeSet::new();
    for mut source in sources {
        // A file that was named twice, or by itself and within its folder, is read once.
        if source.path.clone().is_some_and(|path| !known.insert(path)) {
            report.skip(&source, Reason::Again);
            continue;
        }
        let found = find_importer(&mut source, options);
        source.close();
        match found {
            Ok(Some(importer)) => {
                // What would be passed over in silence is wanted of this file.
                if let Some(option) = options.said_of_no_table(importer.name()).filter(|_| !source.in_folder) {
                    let shown = one_line(&source.shown);
                    return Err(Failure::usage(format!(
                        "{option} does not apply to `{shown}`, which is {}",
                        importer.name()
                    ))
                    .hint("leave it out, or name another --format"));
                }
                jobs.push((source, importer));
            }
            Ok(None) => histories.push(source),
            Err(failure) if source.in_folder => report.skip(&source, Reason::of(&failure)),
            Err(failure) => return Err(failure),
        }
    }
    let mut before = 0;
    let united = store.write_much(|store| {
        for mut source in histories {
            let heard = &mut |read: u64| progress(before + read);
            match one_log(store, stamp, &mut source, options, &mut report, heard) {
                Ok(()) => report.files += 1,
                Err(failure) if source.in_folder => report.skip(&source, Reason::of(&failure)),
                Err(failure) => return Err(failure),
            }
            before += source.size;
        }
        Ok(())
    })?;
    united.map_err(|failed| with_what_is_in(failed, &report))?;
    if jobs.is_empty() && report.files == 0 && report.has_bad_files() {
        let mut failure = refusal::in_words(Refusal::NoDecks, "", &path, draw);
        report.list_rejected(&mut failure.places);
        return Err(failure);
    }
    if jobs.is_empty() && options.folders.is_empty() {
        return Ok(report);
    }
    let followed = store.sources()?;
    let lost = followed::words_of_lost(&followed);
    // With --theirs the file takes over what another one brought.
    let others = if options.link && !options.theirs { followed::there(&followed) } else { BTreeSet::new() };
    let mut heard = |read: u64| progress(before + read);
    let mut attempt = |store: &mut Store, report: &mut Report, prompts: fn() -> Prompts| {
        let mut refused = None;
        let written = store.write(stamp, ActionKind::Import, Subject::None, |writer| {
            refused = all_notes(writer, &mut jobs, options, (prompts, &others, &lost), report, &mut heard).err();
            if refused.is_some() || options.dry_run {
                return Err(Fault::Abandoned);
            }
            options.folders.iter().try_for_each(|folder| follow_folder(writer, folder, options))
        });
        (written, refused)
    };
    let of_histories = report.clone();
    let (written, refused) = store.write_much(|store| match attempt(store, &mut report, Prompts::hoped) {
        (_, Some((_, Refusal::Repeated))) => {
            report = of_histories;
            attempt(store, &mut report, || Prompts::Unknown)
        }
        done => done,
    })?;
    if let Some((shown, refusal)) = refused {
        let mut failure = refusal::in_words(refusal, &shown, &path, draw);
        report.list_rejected(&mut failure.places);
        return Err(with_what_is_in(failure, &report));
    }
    match written {
        Err(error) if options.dry_run && matches!(error.fault, Fault::Abandoned) => {
            look_at_decks(store, options, &mut report)?;
            Ok(report)
        }
        Err(error) => Err(error.into()),
        Ok(_) => {
            look_at_decks(store, options, &mut report)?;
            warn_of_circles(store, &mut report);
            Ok(report)
        }
    }
}

/// Takes in the notes of all files. `progress` hears how many bytes of them were read. A refusal comes with the name of
/// the file that it is about.
fn all_notes(
    writer: &mut Writer<'_>,
    jobs: &mut [(Source, &'static dyn Importer)],
    options: &Options,
    (prompts, others, lost): (fn() -> Prompts, &BTreeSet<i64>, &[String]),
    report: &mut Report,
    progress: &mut dyn FnMut(u64),
) -> Result<(), (String, Refusal)> {
    let mut before = 0;
    let builtins = Builtins::new();
    let (is_several, mut earlier) = (jobs.len() > 1, EarlierFiles::default());
    give_words(writer, jobs, options, (&BTreeSet::new(), lost))
        .map_err(|fault| (String::new(), Refusal::Store(fault)))?;
    for (source, importer) in jobs.iter_mut() {
        // A file of a folder goes in whole or not at all, and the others with it: so it is looked over first.
        let looked = if source.in_folder { look_over(writer, source, *importer, options, &builtins) } else { Ok(()) };
        let named = |refusal| (source.shown.clone(), refusal);
        match looked {
            Err(Refusal::Store(fault)) => return Err(named(Refusal::Store(fault))),
            Err(refusal) => {
                let alone = refusal.left_alone();
                let reason = alone.unwrap_or_else(|| Reason::of(&refusal::in_short(refusal, &source.shown)));
                report.skip(source, reason);
            }
            Ok(()) => {
                let mut heard = |read: u64| progress(before + read);
                let earlier = is_several.then_some(&mut earlier);
                let attempt = Attempt { follow: Follow::Not, prompts: prompts(), builtins: &builtins, earlier, others };
                let done = one_job(writer, source, *importer, options, attempt, report, &mut heard);
                done.map_err(|refusal| (source.shown.clone(), refusal))?;
            }
        }
        before += source.size;
        source.close();
    }
    let missing = writer.missing_in(&earlier, options.dry_run);
    let (missing, notes) = missing.map_err(|fault| (String::new(), Refusal::Store(fault)))?;
    report.missing += missing;
    report.lacks(&notes);
    report.say_words();
    report.say_encodings();
    if options.strict && (report.rejections > 0 || report.has_bad_files()) {
        return Err((String::new(), Refusal::Strict));
    }
    let is_left_out = |skipped: &Skipped| {
        matches!(skipped.reason, Reason::Bad(_) | Reason::NoTable | Reason::OtherJson | Reason::OtherToml)
    };
    if report.files == 0 && report.skipped.iter().any(is_left_out) {
        return Err((String::new(), Refusal::NoDecks));
    }
    if report.rejections > 0
        && report.added
            + report.changed
            + report.moved
            + report.same
            + report.restored
            + report.duplicates
            + report.kept
            + report.deleted
            == 0
    {
        return Err((String::new(), Refusal::Unreadable));
    }
    Ok(())
}

fn one_job(
    writer: &mut Writer<'_>,
    source: &mut Source,
    importer: &dyn Importer,
    options: &Options,
    mut attempt: Attempt<'_>,
    report: &mut Report,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Refusal> {
    // It may have been read before, up to a prompt that comes twice.
    source.input.rewind().map_err(|error| Refusal::Format(FormatError::Io(error)))?;
    if let Some(id) = remember(writer, source, options, None)? {
        attempt.follow = Follow::FromNowOn(id);
    }
    one_file(writer, source, importer, options, attempt, report, progress)?;
    if let Some((encoding, ..)) = report.encodings.iter().find(|(_, shown, _)| *shown == source.shown) {
        remember(writer, source, options, Some(encoding))?;
    }
    report.files += 1;
    Ok(())
}

/// What was imported into decks that are out of sight: nobody would find it.
fn look_at_decks(store: &Store, options: &Options, report: &mut Report) -> Result<(), StoreError> {
    let (comes, stays_away) = (report.added + report.restored > 0, report.deleted > 0);
    let is_meant =
        |word: &String| options.deck.as_ref().map_or_else(|| report.decks.contains(word), |deck| deck == word);
    let (mut removed, mut hidden) = (Vec::new(), Vec::new());
    if stays_away {
        let meant = decks::removed(store)?.into_iter().filter(|(id, name)| is_meant(id) || is_meant(name));
        removed.extend(meant.map(|(_, name)| name));
    }
    if comes {
        let meant =
            store.bare_decks()?.into_iter().filter(|deck| deck.hidden && (is_meant(&deck.id) || is_meant(&deck.name)));
        hidden.extend(meant.map(|deck| one_line(&deck.name)));
    }
    for name in hidden {
        report.warnings.push(format!("the deck {name} is hidden: `lmq decks show {name}` shows it again"));
    }
    report.removed = removed;
    Ok(())
}

/// Circles of waiting cards that are named.
const MOST_CIRCLES: usize = 5;

/// What waits in a circle is never asked, and nothing else tells: no file alone has the fault where each is in another one.
fn warn_of_circles(store: &Store, report: &mut Report) {
    if report.waits {
        // What was imported is in: that this could not be looked at is no failure of it.
        for circle in store.waiting_circles().unwrap_or_default().into_iter().take(MOST_CIRCLES) {
            let names: Vec<String> =
                circle.iter().chain(circle.first()).map(|name| format!("`{}`", one_line(name))).collect();
            report.warnings.push(format!(
                "these wait for each other, so that none is ever asked: {}; remove one of them from the `after` of \
                 another",
                names.join(" after ")
            ));
        }
    }
}

/// A failure with what was taken in before it, and stays.
fn with_what_is_in(mut failed: Failure, report: &Report) -> Failure {
    if report.entries_added > 0 {
        let entries = counted(report.entries_added, "entry", "entries");
        failed.places.push(format!("the histories before it were imported: {entries} added"));
    }
    failed
}

/// Remembers a file that is to be followed, with its guessed encoding once that is told, and gives its number.
fn remember(
    writer: &mut Writer<'_>,
    source: &Source,
    options: &Options,
    told: Option<&str>,
) -> Result<Option<i64>, Fault> {
    let Some(path) = source.path.as_ref().filter(|_| options.link) else { return Ok(None) };
    let word = source.word.clone();
    let options = HowToRead { word, told: told.map(str::to_owned), ..options.how_to_read() }.to_text();
    let source_file = SourceFile { options, ..SourceFile::new(path.display().to_string()) };
    writer.follow(&followed::seen(&source_file, path)).map(Some)
}

fn follow_folder(writer: &mut Writer<'_>, folder: &Path, options: &Options) -> Result<(), Fault> {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let (size, mtime_ms) = followed::size_and_mtime(&folder).unzip();
    writer.follow(&SourceFile {
        is_folder: true,
        options: options.how_to_read().to_text(),
        size,
        mtime_ms,
        ..SourceFile::new(folder.display().to_string())
    })?;
    Ok(())
}

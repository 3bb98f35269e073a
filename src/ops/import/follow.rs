//! Followed files brought up to date: those that changed are imported again.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::failure::Failure;
use crate::formats::FileFault;
use crate::ops::followed;
use crate::ops::followed::HowToRead;
use crate::ops::import::deck_words::give_words;
use crate::ops::import::folder::Folder;
use crate::ops::import::folder::Reason;
use crate::ops::import::folder::Skipped;
use crate::ops::import::import_report::Report;
use crate::ops::import::look_over::look_over;
use crate::ops::import::names::Prompts;
use crate::ops::import::one_file::Attempt;
use crate::ops::import::one_file::Builtins;
use crate::ops::import::one_file::Follow;
use crate::ops::import::one_file::one_file;
use crate::ops::import::options::Options;
use crate::ops::import::refusal;
use crate::ops::import::refusal::Refusal;
use crate::ops::import::sources::find_importer;
use crate::ops::import::sources::open_file;
use crate::ops::import::sources::stem;
use crate::ops::import::warn_of_circles;
use crate::store::Fault;
use crate::store::SourceFile;
use crate::store::Stamp;
use crate::store::Store;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// Brings followed files up to date: a stat each, and a read only where one changed. Gives what to tell.
///
/// A file that can't be read or has faults is said, and what was imported from it before stays.
///
/// # Errors
/// When the database can't be read or written.
pub fn follow(store: &mut Store, stamp: Stamp) -> Result<Vec<String>, Failure> {
    let sources = store.sources()?;
    let mut talk = Vec::new();
    let mut known: BTreeSet<String> = sources.iter().map(|source| source.path.clone()).collect();
    let folders = sources.iter().filter(|source| source.is_folder && source.followed);
    // A folder comes before those in it.
    let known_folders: BTreeSet<PathBuf> = folders.map(|folder| PathBuf::from(&folder.path)).collect();
    let files = |path: &&String| !known_folders.contains(Path::new(path.as_str()));
    let (mut went, mut lost) = (false, Vec::new());
    let mut taken: BTreeSet<String> =
        known.iter().filter(files).map(|path| stem(&file_name(Path::new(path)))).collect();
    for source in sources.into_iter().filter(|source| source.followed) {
        let place = PathBuf::from(&source.path);
        let Some((size, mtime_ms)) = followed::size_and_mtime(&place) else {
            lost.push(source);
            continue;
        };
        if source.size == Some(size) && source.mtime_ms == Some(mtime_ms) {
            continue;
        }
        let options = Options::of_followed(HowToRead::of_text(&source.options));
        if source.is_folder {
            // A new file is called by its folders too where another one has its name.
            let root = known_folders.iter().find(|folder| place.starts_with(folder)).cloned().unwrap_or_default();
            let inside = match Folder::look(&place) {
                Ok(inside) => inside,
                Err(failure) => {
                    talk.push(failure.to_string());
                    continue;
                }
            };
            let name = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
            let of_folder = |path: String, is_folder: bool| SourceFile {
                path,
                folder: Some(source.id),
                is_folder,
                size: None,
                mtime_ms: None,
                hash: None,
                id: 0,
                ..source.clone()
            };
            for file in &inside.files {
                let path = name(file);
                if !known.contains(&path) {
                    let inside = Path::new(&path).strip_prefix(&root).map_or(0, |inner| inner.components().count() - 1);
                    known.insert(path.clone());
                    let new = Some(New { inside, taken: &taken });
                    let report = follow_one(store, stamp, (&of_folder(path, false), file), new, &options, &mut talk)?;
                    went |= report.lost > 0;
                    taken.insert(stem(&file_name(file)));
                }
            }
            let new: Vec<SourceFile> = inside
                .folders
                .iter()
                .map(|folder| name(folder))
                .filter(|path| known.insert(path.clone()))
                .map(|path| followed::seen(&of_folder(path.clone(), true), Path::new(&path)))
                .collect();
            let is_copy = |skipped: &&Skipped| matches!(skipped.reason, Reason::ConflictCopy | Reason::Copy);
            let copies = inside.skipped.iter().filter(is_copy);
            talk.extend(copies.map(|copy| format!("`{}` is not followed: {}", copy.path.display(), copy.reason)));
            let seen = SourceFile { size: Some(size), mtime_ms: Some(mtime_ms), ..source };
            store.write(stamp, ActionKind::Import, Subject::None, |writer| {
                new.iter().chain([&seen]).try_for_each(|folder| writer.follow(folder).map(drop))
            })?;
        } else {
            let report = follow_one(store, stamp, (&source, &place), None, &options, &mut talk)?;
            went |= report.lost > 0;
        }
    }
    if went {
        look_for_lost(store, stamp, &mut talk)?;
    }
    for source in lost {
        // Of one that got another name all cards are that one's now, and nothing is left to say.
        if source.is_folder || store.has_notes_of(source.id)? {
            talk.push(format!("`{}` is followed but can't be read; its cards stay as they were", source.path));
        }
    }
    Ok(talk)
}

/// Follows a file or folder no more. Its cards stay.
///
/// # Errors
/// When it is not followed, or only as a part of a folder.
pub fn unfollow(store: &Store, path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    // Of one that is gone only the words tell which one is meant.
    let whole = fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    let sources = store.sources()?;
    let Some(source) = sources.iter().find(|source| source.followed && Path::new(&source.path) == whole) else {
        return Err(Failure::usage(format!("`{shown}` is not followed")).hint(match &*followed_paths(&sources) {
            [] => "no file is followed; `lmq import FILE --link` follows one".to_owned(),
            paths => format!("followed are {}", paths.join(", ")),
        }));
    };
    let is_inside = |source: &SourceFile, folder: &SourceFile| {
        folder.is_folder && folder.id != source.id && Path::new(&source.path).starts_with(&folder.path)
    };
    if let Some(folder) = sources.iter().find(|folder| folder.followed && is_inside(source, folder)) {
        return Err(Failure::usage(format!("`{shown}` is followed as a part of `{}`", folder.path))
            .hint("name that folder, or move the file out of it"));
    }
    for inside in sources.iter().filter(|other| other.id == source.id || is_inside(other, source)) {
        store.unfollow(inside.id)?;
    }
    Ok(())
}

/// Paths that were named to be followed, quoted.
fn followed_paths(sources: &[SourceFile]) -> Vec<String> {
    let folders: Vec<&Path> =
        sources.iter().filter(|source| source.is_folder).map(|source| Path::new(&source.path)).collect();
    let is_inside = |path: &Path| folders.iter().any(|folder| path != *folder && path.starts_with(folder));
    let named = sources.iter().filter(|source| source.followed && !is_inside(Path::new(&source.path)));
    named.map(|source| format!("`{}`", source.path)).collect()
}

/// Cards went from a followed file. Another one may have them too, which had no say of them as long as the first one had them, and
/// did not change itself: so all are read once more.
fn look_for_lost(store: &mut Store, stamp: Stamp, talk: &mut Vec<String>) -> Result<(), Failure> {
    let files = store.sources()?.into_iter().filter(|source| source.followed && !source.is_folder);
    for source in files.filter(|source| followed::size_and_mtime(Path::new(&source.path)).is_some()) {
        let options = Options::of_followed(HowToRead::of_text(&source.options));
        let place = PathBuf::from(&source.path);
        let unread = SourceFile { hash: None, ..source };
        let mut said = Vec::new();
        // What it has beside them was told when it changed.
        if follow_one(store, stamp, (&unread, &place), None, &options, &mut said)?.changes() {
            talk.append(&mut said);
        }
    }
    Ok(())
}

/// A file that came into a followed folder.
struct New<'t> {
    /// How many of the folders that it lies in are within the one that was imported.
    inside: usize,
    /// Names of the files that are followed already.
    taken: &'t BTreeSet<String>,
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn follow_one(
    store: &mut Store,
    stamp: Stamp,
    (source, place): (&SourceFile, &Path),
    new: Option<New<'_>>,
    options: &Options,
    talk: &mut Vec<String>,
) -> Result<Report, Failure> {
    let path = store.path().to_owned();
    let mut seen = followed::seen(source, place);
    let mut report = Report::default();
    let mut refused = None;
    let mut is_left_alone = false;
    let mut file = match open_file(place) {
        Ok(file) => file,
        Err(error) => {
            talk.push(error.to_string());
            return Ok(report);
        }
    };
    let how = HowToRead::of_text(&source.options);
    let none = BTreeSet::new();
    let taken = match new {
        Some(New { inside, taken }) => {
            file.inside = Some(inside);
            taken
        }
        None => {
            file.word.clone_from(&how.word);
            &none
        }
    };
    let importer = match find_importer(&mut file, options) {
        Ok(Some(importer)) if seen.hash != source.hash => Some(importer),
        Ok(_) => None,
        Err(error) => {
            talk.push(error.to_string());
            None
        }
    };
    let followed = if importer.is_some() { store.sources()? } else { Vec::new() };
    let (others, lost) = (followed::there(&followed), followed::words_of_lost(&followed));
    let refused_by = |refusal: Refusal, refused: &mut Option<Failure>| {
        let lines = |shown: &str, _: &str, faults: &[FileFault]| {
            faults.iter().map(|fault| format!("{shown}:{}: {}", fault.place, fault.what)).collect()
        };
        match refusal {
            Refusal::Store(fault) => Err(fault),
            refusal => {
                *refused = Some(refusal::in_words(refusal, &source.path, &path, &lines));
                Err(Fault::Abandoned)
            }
        }
    };
    // A file that was only touched, or that can't be read, changes nothing but what is known of it, which is local.
    let written = store.write(stamp, ActionKind::Import, Subject::None, |writer| {
        let Some(importer) = importer else { return writer.follow(&seen).map(drop) };
        let mut jobs = [(file, importer)];
        give_words(writer, &mut jobs, options, (taken, &lost))?;
        let [(mut file, importer)] = jobs;
        seen.options = HowToRead { word: file.word.clone(), ..how }.to_text();
        let id = writer.follow(&seen)?;
        let builtins = Builtins::new();
        if source.folder.is_some() {
            // Nobody named it: it has to show that it is a deck.
            file.in_folder = true;
            match look_over(writer, &mut file, importer, options, &builtins) {
                Ok(()) => {}
                // Nothing of it is wrong, so nothing has to be said of it at every start.
                Err(Refusal::NoTable | Refusal::OtherJson | Refusal::OtherToml) => {
                    is_left_alone = true;
                    return Err(Fault::Abandoned);
                }
                Err(refusal) => return refused_by(refusal, &mut refused),
            }
        }
        let attempt = Attempt {
            follow: Follow::Again(id),
            prompts: Prompts::Unknown,
            builtins: &builtins,
            earlier: None,
            others: &others,
        };
        match one_file(writer, &mut file, importer, options, attempt, &mut report, &mut |_| {}) {
            Err(refusal) => refused_by(refusal, &mut refused),
            Ok(()) => match report.encodings.first() {
                Some((encoding, ..)) => {
                    let told = Some(encoding.clone());
                    seen.options = HowToRead { told, ..HowToRead::of_text(&seen.options) }.to_text();
                    writer.follow(&seen).map(drop)
                }
                None => Ok(()),
            },
        }
    });
    if is_left_alone {
        return Ok(Report::default());
    }
    if let Some(refused) = refused {
        talk.push(format!("{refused}\nits cards stay as they were"));
        return Ok(Report::default());
    }
    written?;
    warn_of_circles(store, &mut report);
    report.say_words();
    report.say_encodings();
    if report.changes() || report.rejections > 0 || !report.kept_notes.is_empty() {
        talk.push(format!("`{}` changed: {}", source.path, report.sentence()));
        talk.extend(report.missing_words());
        talk.extend(report.kept_words());
        talk.extend(report.warnings.iter().cloned());
        talk.extend(report.rejected.iter().cloned());
    }
    Ok(report)
}

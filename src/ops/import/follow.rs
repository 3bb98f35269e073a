//! Followed files brought up to date: those that changed are imported again.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::failure::Failure;
use crate::formats::FileFault;
use crate::ops::followed;
use crate::ops::followed::HowToRead;
use crate::ops::import::folder::Folder;
use crate::ops::import::folder::Reason;
use crate::ops::import::import_report::Report;
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
    for source in sources.into_iter().filter(|source| source.followed) {
        let place = PathBuf::from(&source.path);
        let Some((size, mtime_ms)) = followed::size_and_mtime(&place) else {
            talk.push(format!("`{}` is followed but can't be read; its cards stay as they were", source.path));
            continue;
        };
        if source.size == Some(size) && source.mtime_ms == Some(mtime_ms) {
            continue;
        }
        let options = Options::of_followed(HowToRead::of_text(&source.options));
        if source.is_folder {
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
                    known.insert(path.clone());
                    follow_one(store, stamp, &of_folder(path, false), file, &options, &mut talk)?;
                }
            }
            let new: Vec<SourceFile> = inside
                .folders
                .iter()
                .map(|folder| name(folder))
                .filter(|path| known.insert(path.clone()))
                .map(|path| followed::seen(&of_folder(path.clone(), true), Path::new(&path)))
                .collect();
            let copies = inside.skipped.iter().filter(|skipped| skipped.reason == Reason::ConflictCopy);
            talk.extend(copies.map(|copy| format!("`{}` is not followed: {}", copy.path.display(), copy.reason)));
            let seen = SourceFile { size: Some(size), mtime_ms: Some(mtime_ms), ..source };
            store.write(stamp, ActionKind::Import, Subject::None, |writer| {
                new.iter().chain([&seen]).try_for_each(|folder| writer.follow(folder).map(drop))
            })?;
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
    let seen = followed::seen(source, place);
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
        Ok(Some(importer)) if seen.hash != source.hash => Some(importer),
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
        let attempt = Attempt { follow: Follow::Again(id), prompts: Prompts::Unknown, builtins: &Builtins::new() };
        match one_file(writer, &mut file, importer, options, attempt, &mut report, &mut |_| {}) {
            Err(Refusal::Store(fault)) => Err(fault),
            Err(refusal) => {
                let lines = |shown: &str, _: &str, faults: &[FileFault]| {
                    faults.iter().map(|fault| format!("{shown}:{}: {}", fault.place, fault.what)).collect()
                };
                refused = Some(refusal::in_words(refusal, &source.path, &path, &lines));
                Err(Fault::Abandoned)
            }
            Ok(()) => Ok(()),
        }
    });
    if let Some(refused) = refused {
        talk.push(format!("{refused}\nits cards stay as they were"));
        return Ok(());
    }
    written?;
    warn_of_circles(store, &mut report);
    if report.changes() || report.rejections > 0 || report.kept > 0 {
        talk.push(format!("`{}` changed: {}", source.path, report.sentence()));
        talk.extend(report.kept_words());
        talk.extend(report.warnings);
        talk.extend(report.rejected);
    }
    Ok(())
}

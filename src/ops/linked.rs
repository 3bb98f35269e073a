//! Changes of notes carried into the followed deck files that they come from, so that file and database say the same.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::event::Draft;
use crate::core::id::NoteUid;
use crate::core::id::hash64;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::formats;
use crate::formats::deck_toml;
use crate::formats::deck_toml::patch::CardPatch;
use crate::formats::deck_toml::patch::PatchedFile;
use crate::formats::deck_toml::patch::Unfit;
use crate::formats::deck_toml::patch::patch;
use crate::ops::files;
use crate::ops::followed;
use crate::ops::followed::HowToRead;
use crate::ops::restarts;
use crate::store::Fault;
use crate::store::SourceFile;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Taken;
use crate::store::Undo;
use crate::store::Writer;
use crate::store::open_regular;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;

const LEAVE: &str = "nothing was changed. --leave-file changes only your own text, which then stays whatever the \
    file says";

/// A note that gets another text.
#[derive(Debug, Clone)]
pub struct FileEdit {
    /// The note, which still has its old text.
    pub note: NoteUid,
    /// Its key then, where that changes.
    pub new_key: Option<String>,
    /// The text that was changed. The file may have another one, where the learner's own is shown.
    pub opened: NoteText,
    /// What it was changed to.
    pub text: NoteText,
}

/// A deck file with the bytes that it gets.
struct Patched {
    source: SourceFile,
    /// The notes whose cards it has, with what it says of them then.
    notes: Vec<(NoteUid, NoteText)>,
    path: PathBuf,
    before: Vec<u8>,
    after: Vec<u8>,
}

/// Files to be changed with a change of notes.
#[derive(Default)]
pub struct FileEditPlan {
    patched: Vec<Patched>,
    talk: Vec<String>,
}

/// Why files were not written.
pub enum Broken {
    /// The database failed.
    Store(Fault),
    /// A file did.
    File(Failure),
}

/// What it takes to change the followed files of these notes. Nothing is written yet.
///
/// Deck files are changed in place. Tables and notes in JSON are not: the new text is then the user's own, beside the
/// one that the file has. With `leave` that is so for all of them.
///
/// # Errors
/// When a deck file is gone, has faults, can't be changed in place, or was changed since it was read last.
pub fn plan(store: &Store, changes: &[FileEdit], leave: bool) -> Result<FileEditPlan, Failure> {
    let mut plan = FileEditPlan::default();
    let mut per_file = Vec::new();
    for change in changes {
        let found = store.file_of_note(change.note)?;
        let Some((source, key)) = found else { continue };
        let is_deck = is_deck_file(&source);
        let (true, Some(key), false) = (is_deck, key, leave) else {
            let are_tags = NoteText { tags: change.text.tags.clone(), ..change.opened.clone() } == change.text;
            let said = format!(
                "`{}` is followed and was not changed: the {} yours, and stay{} whatever the file says",
                one_line(&source.path),
                if are_tags { "tags are" } else { "text is" },
                if are_tags { "" } else { "s" }
            );
            if !plan.talk.contains(&said) {
                plan.talk.push(said);
            }
            continue;
        };
        add(&mut per_file, source, key, change);
    }
    for of_file in per_file {
        plan.patched.push(patched(of_file)?);
    }
    Ok(plan)
}

/// Changes of one file, with the file, each with the key that the file has the card under.
struct OfFile<'t> {
    source: SourceFile,
    changes: Vec<(String, &'t FileEdit)>,
}

fn add<'t>(per_file: &mut Vec<OfFile<'t>>, source: SourceFile, key: String, change: &'t FileEdit) {
    match per_file.iter_mut().find(|known| known.source.id == source.id) {
        Some(known) => known.changes.push((key, change)),
        None => per_file.push(OfFile { source, changes: vec![(key, change)] }),
    }
}

/// Whether the source is a deck file, by what was said when it was imported, else by its name and beginning.
fn is_deck_file(source: &SourceFile) -> bool {
    let path = Path::new(&source.path);
    if let Some(format) = HowToRead::of_text(&source.options).format {
        return format == "toml";
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut head = Vec::new();
    // What can't be read is no deck file, and whoever wants to change it will say why.
    open_regular(path).and_then(|(file, _)| file.take(1 << 16).read_to_end(&mut head)).ok();
    formats::sniff(&name, &head).is_some_and(|format| format.name() == "toml")
}

fn patched(of_file: OfFile<'_>) -> Result<Patched, Failure> {
    let OfFile { source, changes } = of_file;
    let path = PathBuf::from(&source.path);
    let shown = one_line(&source.path);
    let before = files::read_up_to(&path, deck_toml::LARGEST).map_err(|error| {
        let what = if error.kind() == io::ErrorKind::NotFound {
            format!("the followed file `{shown}` is gone")
        } else {
            format!("cannot read the followed file `{shown}`: {error}")
        };
        Failure::failed(what).hint(LEAVE)
    })?;
    // Beside it and renamed over it, a file would be replaced whose owner said that it must not be written.
    if fs::metadata(&path).is_ok_and(|meta| meta.permissions().readonly()) {
        return Err(Failure::failed(format!("the followed file `{shown}` is read-only")).hint(LEAVE));
    }
    fs::OpenOptions::new().append(true).open(&path).map_err(|error| {
        Failure::failed(format!("cannot write the followed file `{shown}`")).at(error.to_string()).hint(LEAVE)
    })?;
    if source.hash != Some(hash64(&before).cast_signed()) {
        return Err(Failure::failed(format!("`{shown}` has changes that could not be imported"))
            .hint(format!("correct it, see `lmq check {shown}`, and edit again; {LEAVE}")));
    }
    let bom = before.starts_with(b"\xef\xbb\xbf");
    let text = deck_toml::decode(&before)
        .map_err(|fault| Failure::data(format!("`{shown}`: {}", fault.1.what)).hint(LEAVE))?;
    let unfit = |unfit| match unfit {
        Unfit::NoCard(key) => Failure::failed(format!("`{shown}` has no card `{}`", one_line(&key))).hint(LEAVE),
        Unfit::Faults(_, faults) => {
            let mut failure = Failure::data(format!("`{shown}` can't be changed like that"));
            failure.places =
                faults.iter().map(|fault| printable(&format!("{}: {}", fault.place, fault.what))).collect();
            failure.hint(LEAVE)
        }
        Unfit::Entangled => Failure::failed(format!("`{shown}` is written in a way that lmq can't change in place"))
            .hint(format!("change the card there by hand; {LEAVE}")),
    };
    let of_card = |(key, change): &(String, &FileEdit)| CardPatch {
        key: key.clone(),
        new_key: change.new_key.clone().unwrap_or_else(|| key.clone()),
        opened: change.opened.clone(),
        text: change.text.clone(),
    };
    let patches: Vec<CardPatch> = changes.iter().map(of_card).collect();
    let PatchedFile { file: after, texts } = patch(&text, &patches).map_err(unfit)?;
    let notes = changes.iter().map(|(_, change)| change.note).zip(texts).collect();
    let after = if bom { [b"\xef\xbb\xbf", after.as_bytes()].concat() } else { after.into_bytes() };
    Ok(Patched { source, notes, path, before, after })
}

impl FileEditPlan {
    /// What the followed files say of the notes then that they have.
    #[must_use]
    pub fn carried(&self) -> BTreeMap<NoteUid, &NoteText> {
        self.patched.iter().flat_map(|file| &file.notes).map(|(note, text)| (*note, text)).collect()
    }

    /// What begins again with each file: those of `restarts` whose cards it has.
    pub(super) fn with_restarts(&self, restarts: &[Draft]) -> Vec<restarts::OfFile> {
        let of_file = |file: &Patched| restarts::OfFile {
            path: file.source.path.clone(),
            hash: hash64(&file.after).cast_signed(),
            cards: restarts
                .iter()
                .filter(|draft| file.notes.iter().any(|(note, _)| *note == draft.card.note))
                .map(|draft| (draft.card.note.to_string(), draft.card.ordinal))
                .collect(),
        };
        self.patched.iter().map(of_file).filter(|file| !file.cards.is_empty()).collect()
    }

    /// Writes the files, and remembers that they were read as they are now. All of them or none.
    ///
    /// # Errors
    /// When a file can't be written, or somebody changed it since the plan was made.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<(), Broken> {
        for (place, file) in self.patched.iter().enumerate() {
            let done = write_one(file);
            let seen = done.map(|()| followed::seen(&file.source, &file.path));
            let remembered = match seen {
                Ok(seen) => writer.follow(&seen).map(drop).map_err(Broken::Store),
                Err(failure) => {
                    // This one too: it may have got its new bytes before the failure, and otherwise it is left alone.
                    put_back(self.patched.get(..=place).unwrap_or_default());
                    return Err(Broken::File(failure));
                }
            };
            remembered?;
        }
        Ok(())
    }

    /// Gives the files the bytes back that they had: the database did not take the change.
    pub fn put_back(&self) {
        put_back(&self.patched);
    }

    /// The files.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.patched.iter().map(|file| file.source.path.clone()).collect()
    }

    /// What the person should know.
    #[must_use]
    pub fn talk(&self) -> Vec<String> {
        self.talk.clone()
    }
}

fn write_one(file: &Patched) -> Result<(), Failure> {
    let shown = one_line(&file.source.path);
    if files::exchange(&file.path, &file.before, &file.after)? {
        return Ok(());
    }
    Err(Failure::failed(format!("`{shown}` was just changed by somebody else"))
        .hint("nothing was changed; try again, and their changes are imported first"))
}

fn put_back(files: &[Patched]) {
    for file in files {
        // Where this fails too, the file has the edit and the next start takes it in from there: nothing is lost.
        files::exchange(&file.path, &file.after, &file.before).ok();
    }
}

/// Carries into the followed files what an undo did to the texts of their notes. Gives what to tell.
///
/// The undo itself is done: a file that can't be changed is said, and the note's text is then the user's own.
///
/// # Errors
/// When the database can't be read or written.
pub fn after_undo(store: &mut Store, stamp: Stamp, undo: &Undo) -> Result<Vec<String>, Failure> {
    let mut talk = Vec::new();
    let mut edits = Vec::new();
    for Taken { note, key, text } in &undo.edited {
        if let Some(shown) = store.note_now(*note)?
            && let Some((source, key_now)) = store.file_of_note(*note)?
            && is_deck_file(&source)
            && let Some(key) = key.clone().or_else(|| key_now.clone())
        {
            let edit = FileEdit { note: *note, new_key: key_now, opened: text.clone(), text: shown.text };
            edits.push((source, key, edit));
        }
    }
    let mut per_file = Vec::new();
    for (source, key, edit) in &edits {
        add(&mut per_file, source.clone(), key.clone(), edit);
    }
    let mut plans: Vec<Patched> = Vec::new();
    for of_file in per_file {
        match patched(of_file) {
            Ok(plan) => plans.push(plan),
            Err(failure) => talk.push(format!("not changed back: {}", failure.what)),
        }
    }
    for plan in plans.iter().filter(|plan| plan.before != plan.after) {
        match write_one(plan) {
            Ok(()) => {
                let seen = followed::seen(&plan.source, &plan.path);
                // What is known of a file is local: no step comes of it.
                store.write(stamp, ActionKind::Import, Subject::None, |writer| writer.follow(&seen))?;
            }
            Err(failure) => talk.push(format!("not changed back: {}", failure.what)),
        }
    }
    Ok(talk)
}

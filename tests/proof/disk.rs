//! A disk that forgets what was not synced: what may be on it after a power cut, by what POSIX promises and no more.
//!
//! A write is safe once its file was synced, a name once its folder was. Of the rest any part may be there: single sectors of
//! a write, a later write without an earlier one, a rename without the file's content, a new name without the old one's end.

use crate::stage::Files;
use crate::tracer::Call;
use crate::trial::Chance;
use std::collections::BTreeMap;

/// What a disk writes at once.
const SECTOR: usize = 512;

/// A change of a file's content that may not be on the disk.
enum Change {
    Write(usize, Vec<u8>),
    Size(usize),
}

#[derive(Default)]
struct File {
    safe: Vec<u8>,
    unsafe_: Vec<Change>,
}

/// A change of a folder that may not be on the disk: a file gets a name, or a name goes, or both at once.
struct Naming {
    folder: String,
    gone: Option<String>,
    new: Option<(String, usize)>,
}

/// How much of what is not safe is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Nothing of it.
    Nothing,
    /// All: as after a kill.
    All,
    /// Parts, by chance.
    Parts,
}

/// The disk while a program runs.
pub(crate) struct Disk {
    files: Vec<File>,
    /// What the program sees.
    names: BTreeMap<String, usize>,
    safe: BTreeMap<String, usize>,
    namings: Vec<Naming>,
    folders: Vec<String>,
}

fn folder_of(path: &str) -> String {
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
}

fn write(bytes: &mut Vec<u8>, at: usize, data: &[u8]) {
    if bytes.len() < at + data.len() {
        bytes.resize(at + data.len(), 0);
    }
    if let Some(place) = bytes.get_mut(at..at + data.len()) {
        place.copy_from_slice(data);
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(at, data) => write(bytes, *at, data),
            Self::Size(length) => bytes.resize(*length, 0),
        }
    }

    /// The same, of which only parts reached the disk.
    fn tear(&self, bytes: &mut Vec<u8>, chance: &mut Chance) {
        let Self::Write(at, data) = self else { return self.apply(bytes) };
        // Often it is all there or nothing.
        if chance.percent(50) {
            return self.apply(bytes);
        }
        let mut from = 0;
        while from < data.len() {
            let to = data.len().min((*at + from) / SECTOR * SECTOR + SECTOR - at);
            if chance.percent(50) {
                write(bytes, at + from, data.get(from..to).unwrap_or_default());
            }
            from = to;
        }
    }
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        if let Some(gone) = &self.gone {
            names.remove(gone);
        }
        if let Some((name, file)) = &self.new {
            names.insert(name.clone(), *file);
        }
    }
}

impl Disk {
    /// A disk on which all of this is safe.
    pub(crate) fn of(files: &Files) -> Self {
        let mut disk = Self {
            files: Vec::new(),
            names: BTreeMap::new(),
            safe: BTreeMap::new(),
            namings: Vec::new(),
            folders: Vec::new(),
        };
        for (name, bytes) in files {
            if let Some(folder) = name.strip_suffix('/') {
                disk.folders.push(folder.to_owned());
            } else if !name.ends_with("-shm") {
                disk.safe.insert(name.clone(), disk.files.len());
                disk.files.push(File { safe: bytes.clone(), unsafe_: Vec::new() });
            }
        }
        disk.names.clone_from(&disk.safe);
        disk
    }

    fn change(&mut self, path: &str, change: Change) {
        if let Some(file) = self.names.get(path).and_then(|file| self.files.get_mut(*file)) {
            file.unsafe_.push(change);
        }
    }

    fn name(&mut self, gone: Option<&str>, new: Option<(&str, usize)>) {
        let own = |name: &str| name.to_owned();
        let folder = folder_of(gone.or(new.map(|(name, _)| name)).unwrap_or_default());
        let naming = Naming { folder, gone: gone.map(own), new: new.map(|(name, file)| (own(name), file)) };
        naming.apply(&mut self.names);
        self.namings.push(naming);
    }

    /// Does what a program did.
    pub(crate) fn does(&mut self, call: &Call) {
        if call.result < 0 {
            return;
        }
        let (path, second) = (call.path.as_str(), call.second.as_str());
        let length = usize::try_from(call.at).unwrap_or(0);
        match call.name.as_str() {
            "make" => {
                self.files.push(File::default());
                self.name(None, Some((path, self.files.len() - 1)));
            }
            "empty" => self.change(path, Change::Size(0)),
            "size" | "grow" => self.change(path, Change::Size(length)),
            "write" => self.change(path, Change::Write(length, call.data.clone())),
            "rename" | "link" => {
                if let Some(file) = self.names.get(path).copied() {
                    self.name(Some(path).filter(|_| call.name == "rename"), Some((second, file)));
                }
            }
            "unlink" => self.name(Some(path), None),
            // A folder that is lost with all that is in it is as if its files had never had names.
            "mkdir" => self.folders.push(path.to_owned()),
            "sync" => self.sync(path),
            _ => {}
        }
    }

    fn sync(&mut self, path: &str) {
        if let Some(file) = self.names.get(path).and_then(|file| self.files.get_mut(*file)) {
            for change in std::mem::take(&mut file.unsafe_) {
                change.apply(&mut file.safe);
            }
            return;
        }
        let (synced, rest) = std::mem::take(&mut self.namings).into_iter().partition(|naming| naming.folder == path);
        self.namings = rest;
        let synced: Vec<Naming> = synced;
        synced.iter().for_each(|naming| naming.apply(&mut self.safe));
    }

    /// What is on it after a power cut at this moment.
    pub(crate) fn after_a_cut(&self, kept: Kept, chance: &mut Chance) -> Files {
        let mut names = self.safe.clone();
        for naming in &self.namings {
            if kept == Kept::All || kept == Kept::Parts && chance.percent(50) {
                naming.apply(&mut names);
            }
        }
        let content = |file: &File, chance: &mut Chance| {
            let mut bytes = file.safe.clone();
            // In one of three files all of it is there: what is lost elsewhere has to be noticed then.
            let is_whole = kept == Kept::All || kept == Kept::Parts && chance.percent(33);
            for change in &file.unsafe_ {
                match kept {
                    Kept::Nothing => {}
                    _ if is_whole => change.apply(&mut bytes),
                    _ if chance.percent(30) => {}
                    _ => change.tear(&mut bytes, chance),
                }
            }
            bytes
        };
        let contents: Vec<Vec<u8>> = self.files.iter().map(|file| content(file, chance)).collect();
        let mut files: Files = self.folders.iter().map(|folder| (format!("{folder}/"), Vec::new())).collect();
        for (name, file) in names {
            files.insert(name, contents.get(file).cloned().unwrap_or_default());
        }
        files
    }
}

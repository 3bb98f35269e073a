//! The files of a folder that may be decks, in its sub-folders too, and why the others are none.

use crate::failure::Failure;
use crate::ops::import::conflict_copy::is_copy;
use crate::ops::import::conflict_copy::is_named_so;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

/// Endings of files that a folder is searched for.
const ENDINGS: [&str; 7] = ["toml", "csv", "tsv", "txt", "xlsx", "json", "jsonl"];

/// Folders that hold what programs make for themselves, never decks.
const NOISE: [&str; 4] = ["node_modules", "__pycache__", "venv", "__MACOSX"];

/// Files of these names are of programs, in every folder that has them.
const SETTINGS: [&str; 9] = [
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "composer.json",
    "Cargo.toml",
    "pyproject.toml",
    "requirements.txt",
    "robots.txt",
    "CMakeLists.txt",
];

/// So deep folders may lie in each other, and so many files are looked at: more is a whole disk by mistake.
const DEEPEST: usize = 32;
const MOST_FILES: usize = 100_000;

/// Why a file of a folder is not imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Its name ends in nothing that decks end in.
    #[error("not a deck")]
    NoDeck,
    /// A sync tool made it of another file.
    #[error(
        "a sync tool made this copy when two machines had changed the file; \
         compare it with the other one and delete it"
    )]
    ConflictCopy,
    /// It is called a copy of a file beside it, and mostly says what that says.
    #[error("a copy of a file beside it; delete the one that you don't want")]
    Copy,
    /// A folder in which programs keep their things.
    #[error("a folder of programs, skipped")]
    Noise,
    /// A link to a folder or file that is read under another name already.
    #[error("it leads to something that has been read already")]
    Again,
    /// So deep that it is no folder of decks.
    #[error("folders are nested more than {DEEPEST} deep")]
    TooDeep,
    /// A text in which nothing speaks for a table of cards.
    #[error("a text, not a table of cards; to import it after all, name it")]
    NoTable,
    /// JSON that no program wrote as a deck.
    #[error("JSON of something else, not a deck")]
    OtherJson,
    /// TOML that holds the settings of a program.
    #[error("TOML of something else, not a deck")]
    OtherToml,
    /// A pipe, a device, a socket.
    #[error("a pipe or a device, not a file")]
    NoFile,
    /// It can't be read or is no deck that could be read; why.
    #[error("{0}")]
    Bad(String),
}

impl Reason {
    /// A file that could not be imported; why, in one line.
    pub(super) fn of(failure: &Failure) -> Self {
        let first = failure.places.first().map(|place| place.lines().next().unwrap_or_default());
        Self::Bad(match first {
            Some(first) => format!("{}: {first}", failure.what),
            None => failure.what.clone(),
        })
    }

    /// In which order files are named that were left out: what is wrong with a deck comes before what never was one.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self {
            Self::Bad(_) => 0,
            Self::TooDeep | Self::NoFile => 1,
            Self::ConflictCopy | Self::Copy => 2,
            Self::NoTable | Self::OtherJson | Self::OtherToml => 3,
            Self::Noise | Self::Again => 4,
            Self::NoDeck => 5,
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoDeck => "no_deck",
            Self::ConflictCopy => "conflict_copy",
            Self::Copy => "copy",
            Self::Noise => "not_looked_into",
            Self::Again => "read_already",
            Self::TooDeep => "too_deep",
            Self::NoTable => "no_table",
            Self::OtherJson => "other_json",
            Self::OtherToml => "other_toml",
            Self::NoFile => "no_file",
            Self::Bad(_) => "bad",
        }
    }
}

/// A file or folder that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its path.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// What is in a folder.
#[derive(Debug, Default)]
pub struct Folder {
    /// Files that may be decks, each folder's by name, before those of its sub-folders.
    pub files: Vec<PathBuf>,
    /// The folder and its sub-folders.
    pub folders: Vec<PathBuf>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// The real places that were seen: a link may lead back.
    seen: BTreeSet<PathBuf>,
}

impl Folder {
    /// Looks through a folder and its sub-folders. Hidden ones are passed over without a word.
    ///
    /// # Errors
    /// When the folder itself can't be read, or holds more than anybody has decks.
    pub fn look(path: &Path) -> Result<Self, Failure> {
        let mut folder = Self::default();
        folder.seen.extend(fs::canonicalize(path));
        folder.enter(path, 0).map_err(|error| unreadable(path, &error))??;
        Ok(folder)
    }

    fn skip(&mut self, path: &Path, reason: Reason) {
        self.skipped.push(Skipped { path: path.to_owned(), reason });
    }

    fn enter(&mut self, path: &Path, depth: usize) -> io::Result<Result<(), Failure>> {
        let mut entries: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(path)? {
            entries.push(entry?.path());
        }
        // What a link leads to counts under its own name, where it lies in the folder itself.
        entries.sort_by_cached_key(|path| (path.is_symlink(), path.clone()));
        self.folders.push(path.to_owned());
        let mut inner = Vec::new();
        for entry in entries {
            let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with('.') {
                continue;
            }
            if self.files.len() + self.skipped.len() >= MOST_FILES {
                return Ok(Err(Failure::data(format!(
                    "there are more than {MOST_FILES} files in `{}`",
                    path.display()
                ))
                .hint("nothing was imported; name the folder that has your decks")));
            }
            // A link to nowhere is no file.
            let Ok(meta) = fs::metadata(&entry) else {
                self.skip(&entry, Reason::NoDeck);
                continue;
            };
            if meta.is_dir() {
                inner.push((entry, name));
            } else {
                self.file(entry, &name, meta.is_file());
            }
        }
        for (entry, name) in inner {
            if NOISE.contains(&name.as_str()) {
                self.skip(&entry, Reason::Noise);
            } else if depth >= DEEPEST {
                self.skip(&entry, Reason::TooDeep);
            } else if !self.is_first(&entry) {
                self.skip(&entry, Reason::Again);
            } else {
                match self.enter(&entry, depth + 1) {
                    Ok(done) => {
                        if done.is_err() {
                            return Ok(done);
                        }
                    }
                    Err(error) => self.skip(&entry, Reason::Bad(error.to_string())),
                }
            }
        }
        Ok(Ok(()))
    }

    /// Whether nothing led to this place before.
    fn is_first(&mut self, entry: &Path) -> bool {
        fs::canonicalize(entry).map_or(true, |real| self.seen.insert(real))
    }

    fn file(&mut self, path: PathBuf, name: &str, is_regular: bool) {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        if !is_regular {
            self.skip(&path, Reason::NoFile);
        } else if !ENDINGS.contains(&ending.as_str()) || SETTINGS.contains(&name) {
            self.skip(&path, Reason::NoDeck);
        } else if is_copy(&path) {
            self.skip(&path, if is_named_so(&path) { Reason::ConflictCopy } else { Reason::Copy });
        } else if !self.is_first(&path) {
            self.skip(&path, Reason::Again);
        } else {
            self.files.push(path);
        }
    }
}

/// What can't be read, in words.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::failed(format!("cannot read `{}`", path.display())).at(error.to_string());
    if error.kind() == io::ErrorKind::NotFound {
        failure.hint("check the name; `-` reads standard input")
    } else {
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn names(root: &Path, paths: &[PathBuf]) -> Vec<String> {
        paths.iter().map(|path| path.strip_prefix(root).unwrap().display().to_string()).collect()
    }

    #[test]
    fn decks_are_found_in_sub_folders_and_all_else_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["b.csv", "a.toml", "sub/deep/c.TSV", "sub/d.jsonl", "node_modules/x.csv", ".git/y.csv", ".z.csv"] {
            write(root, name, "q,a\n");
        }
        for name in ["README.md", "package.json", "a.sync-conflict-20240102-030405-ABC.toml"] {
            write(root, name, "q,a\n");
        }
        let found = Folder::look(root).unwrap();
        assert_eq!(names(root, &found.files), ["a.toml", "b.csv", "sub/d.jsonl", "sub/deep/c.TSV"]);
        let skipped: Vec<(String, &str)> = found
            .skipped
            .iter()
            .map(|one| (one.path.strip_prefix(root).unwrap().display().to_string(), one.reason.name()))
            .collect();
        assert_eq!(
            skipped,
            [
                ("README.md", "no_deck"),
                ("a.sync-conflict-20240102-030405-ABC.toml", "conflict_copy"),
                ("package.json", "no_deck"),
                ("node_modules", "not_looked_into"),
            ]
            .map(|(name, reason)| (name.to_owned(), reason))
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_in_circles_end_and_nothing_is_read_twice() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "one/a.csv", "q,a\n");
        std::os::unix::fs::symlink(root, root.join("one/up")).unwrap();
        std::os::unix::fs::symlink(root.join("one"), root.join("two")).unwrap();
        std::os::unix::fs::symlink("a.csv", root.join("one/b.csv")).unwrap();
        std::os::unix::fs::symlink("nowhere.csv", root.join("lost.csv")).unwrap();
        let found = Folder::look(root).unwrap();
        assert_eq!(names(root, &found.files), ["one/a.csv"]);
        let reasons: Vec<&str> = found.skipped.iter().map(|one| one.reason.name()).collect();
        assert_eq!(reasons, ["no_deck", "read_already", "read_already", "read_already"]);
    }
}

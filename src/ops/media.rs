//! Where the pictures and sounds of a card are, for whoever opens them.

use crate::core::card::NoteText;
use crate::core::document::Medium;
use crate::core::id::NoteUid;
use crate::failure::Failure;
use crate::store::Store;
use std::ffi::OsString;
use std::fs;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

/// How names of pictures and sounds end. Nothing else is handed to another program: a viewer shows these, and runs none.
const ENDS: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "avif", "tif", "tiff", "heic", "mp3", "ogg", "oga", "opus",
    "wav", "flac", "m4a", "aac", "3gp", "mp4", "webm", "mkv", "mov",
];

/// What there is to open, and the names of what is not there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Openable {
    /// Files and addresses.
    pub targets: Vec<OsString>,
    /// Names that nothing was found for.
    pub missing: Vec<String>,
    /// Whether these names may be said: a picture may be called what the card asks for.
    pub names_may_be_said: bool,
}

/// Finds the pictures and sounds of a note: those that lmq keeps, those beside the followed file that the note comes from, and
/// those of the web.
///
/// # Errors
/// When the database can't be read.
pub fn find(store: &Store, note: NoteUid, text: &NoteText, media: &[Medium]) -> Result<Openable, Failure> {
    let folder = store.file_of_note(note)?.and_then(|(source, _)| folder_of(Path::new(&source.path)));
    let mut found = Openable::default();
    for medium in media {
        let kept =
            || text.media.get(&medium.name).and_then(|hash| store.media_file(*hash)).map(PathBuf::into_os_string);
        let target = kept().or_else(|| target(&medium.name, folder.as_deref()));
        match target {
            Some(target) if found.targets.contains(&target) => {}
            Some(target) => found.targets.push(target),
            None => found.missing.push(medium.name.clone()),
        }
    }
    Ok(found)
}

fn folder_of(path: &Path) -> Option<PathBuf> {
    if path.is_dir() { Some(path.to_owned()) } else { path.parent().map(Path::to_owned) }
}

fn target(name: &str, folder: Option<&Path>) -> Option<OsString> {
    if name.starts_with("https://") || name.starts_with("http://") {
        let is_address = name.bytes().all(|byte| byte.is_ascii_graphic());
        return is_address.then(|| name.into());
    }
    let path = Path::new(name);
    let is_shown = path
        .extension()
        .and_then(|end| end.to_str())
        .is_some_and(|end| ENDS.contains(&end.to_ascii_lowercase().as_str()));
    // Only what lies with the deck: a name must not lead out of its folder.
    let is_inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let file = folder.filter(|_| is_shown && is_inside)?.join(path);
    let file = fs::canonicalize(file).ok()?;
    fs::metadata(&file).is_ok_and(|file| file.is_file()).then(|| file.into_os_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_and_sounds_within_the_folder_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let deck = folder.path().join("deck");
        fs::create_dir_all(deck.join("img")).unwrap();
        for name in ["deck/a.png", "deck/img/b.MP3", "deck/run.desktop", "c.png"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        for (name, is_found) in [
            ("a.png", true),
            ("img/b.MP3", true),
            ("./a.png", true),
            ("run.desktop", false),
            ("../c.png", false),
            ("none.png", false),
            ("img", false),
            ("/etc/passwd", false),
            ("", false),
            ("https://e.org/x.png", true),
            ("https://e.org/x y", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(target(name, Some(&deck)).is_some(), is_found, "{name}");
        }
        assert_eq!(target("a.png", None), None);
    }
}

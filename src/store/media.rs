//! Media: pictures and sounds by the hash of their bytes, as files in a folder beside the database. A note's text has the
//! names that it calls them by, and the hashes that these stand for.

use crate::core::id::MediaHash;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::files::io_at;
use crate::store::files::open_regular;
use crate::store::files::private;
use crate::store::files::sync_folder;
use sha2::Digest as _;
use sha2::Sha256;
use std::fs;
use std::io::Read;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

/// The folder of the media of the database at `path`.
fn folder(path: &Path) -> PathBuf {
    path.with_extension("media")
}

/// The file of a hash: two digits of folder, so that none gets too many files.
fn file(path: &Path, hash: MediaHash) -> PathBuf {
    let name = hash.to_string();
    let (front, _) = name.split_at_checked(2).unwrap_or_default();
    folder(path).join(front).join(&name)
}

/// What is wrong with the file of a hash, if anything.
pub(super) fn fault(path: &Path, hash: MediaHash) -> Option<String> {
    let file = file(path, hash);
    let mut input = match open_regular(&file) {
        Ok((input, _)) => input,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Some(format!("the media file {hash} is missing"));
        }
        Err(error) => return Some(format!("the media file {hash} can't be read: {error}")),
    };
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => hasher.update(buffer.get(..read).unwrap_or_default()),
            Err(error) => return Some(format!("the media file {hash} can't be read: {error}")),
        }
    }
    let found = MediaHash(hasher.finalize().into());
    (found != hash).then(|| format!("the media file {hash} has other bytes than its name says"))
}

/// Keeps bytes with the media of the database at `path`; gives their hash.
fn put(db: &Path, bytes: &[u8]) -> Result<MediaHash, Fault> {
    let hash = MediaHash(Sha256::digest(bytes).into());
    let path = file(db, hash);
    if fault(db, hash).is_none() {
        return Ok(hash);
    }
    let Some(into) = path.parent() else { return Ok(hash) };
    fs::create_dir_all(into).map_err(io_at(into))?;
    private(&folder(db), 0o700)?;
    private(into, 0o700)?;
    // A half-written file never has the name of the whole one.
    let mut beside = tempfile::NamedTempFile::new_in(into).map_err(io_at(into))?;
    beside.write_all(bytes).and_then(|()| beside.as_file().sync_all()).map_err(io_at(&path))?;
    beside.persist(&path).map_err(|error| Fault::Io { path: path.clone(), source: error.error })?;
    sync_folder(into).map_err(io_at(into))?;
    Ok(hash)
}

/// Copies a picture or sound of one database to the folder of another, if it is there and whole.
pub(super) fn copy(from: &Path, to: &Path, hash: MediaHash) -> Result<bool, Fault> {
    if fault(from, hash).is_some() {
        return Ok(false);
    }
    let source = file(from, hash);
    put(to, &fs::read(&source).map_err(io_at(&source))?).map(|kept| kept == hash)
}

impl Store {
    /// Keeps the bytes of a picture or sound; the same bytes are kept once. Gives the hash that texts name them by.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn put_media(&self, bytes: &[u8]) -> Result<MediaHash, StoreError> {
        self.attempt(|| put(self.path(), bytes))
    }

    /// The file of a picture or sound, where it is here.
    #[must_use]
    pub fn media_file(&self, hash: MediaHash) -> Option<PathBuf> {
        Some(file(self.path(), hash)).filter(|path| path.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::NoteUid;
    use crate::store::PackedNote;
    use crate::store::laws::Device;
    use crate::store::laws::basic;

    #[test]
    fn the_same_bytes_are_kept_once_and_doctor_sees_what_is_missing_or_changed() {
        let mut device = Device::new(1);
        let hash = device.store.put_media(b"a picture").unwrap();
        assert_eq!(device.store.put_media(b"a picture").unwrap(), hash);
        let mut text = basic("What is this?", "a bird", &[]);
        text.media.insert("bird.png".to_owned(), hash);
        assert_eq!(PackedNote::of(&text).unwrap().text().unwrap(), text);
        let stamp = device.stamp();
        device.add(NoteUid([7; 16]), &text);
        assert_eq!(device.store.doctor(stamp, false).unwrap(), []);
        let file = device.store.media_file(hash).unwrap();
        fs::write(&file, b"another picture").unwrap();
        let findings = device.store.doctor(stamp, false).unwrap();
        assert!(findings.len() == 1 && findings[0].what.contains("other bytes"), "{findings:?}");
        fs::remove_file(&file).unwrap();
        let findings = device.store.doctor(stamp, false).unwrap();
        assert!(findings.len() == 1 && findings[0].what.contains("missing"), "{findings:?}");
        device.store.put_media(b"a picture").unwrap();
        assert_eq!(device.store.doctor(stamp, false).unwrap(), []);
    }
}

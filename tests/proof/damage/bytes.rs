//! What a disk, a cable or another program makes of the bytes of a database.

use crate::trial::Chance;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// SQLite's pages here.
const PAGE: usize = 4096;

/// A page in the write-ahead log comes after a head of its own.
const FRAME: usize = PAGE + 24;

/// The head of the log.
const LOG_HEAD: usize = 32;

/// The bytes of a sound database, and of others that pages may come from.
pub(super) struct Sound {
    pub(super) file: Vec<u8>,
    /// The write-ahead log; empty where it was closed.
    pub(super) wal: Vec<u8>,
    /// The same database some time before.
    pub(super) older: Vec<u8>,
    /// Another learner's database.
    pub(super) foreign: Vec<u8>,
}

/// The bytes of a damaged database.
pub(super) struct Damaged {
    file: Vec<u8>,
    wal: Vec<u8>,
    /// What was done, in words.
    pub(super) what: String,
    /// About how many pages are not what they were.
    pub(super) pages_hit: u64,
    pub(super) hits_first_page: bool,
}

impl Damaged {
    /// Writes it into a folder.
    pub(super) fn put(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        for side in ["-wal", "-shm"] {
            fs::remove_file(folder.join(format!("{name}{side}"))).ok();
        }
        fs::write(&path, &self.file).unwrap();
        if !self.wal.is_empty() {
            fs::write(folder.join(format!("{name}-wal")), &self.wal).unwrap();
        }
        path
    }

    /// Whether these bytes are still there.
    pub(super) fn is_in(&self, path: &Path) -> bool {
        let wal = path.with_file_name(format!("{}-wal", path.file_name().unwrap().to_string_lossy()));
        fs::read(path).unwrap() == self.file && fs::read(wal).unwrap_or_default() == self.wal
    }

    fn note(&mut self, what: String, pages: impl IntoIterator<Item = usize>) {
        for page in pages {
            self.pages_hit += 1;
            self.hits_first_page |= page == 0;
        }
        self.what = if self.what.is_empty() { what } else { format!("{}, {what}", self.what) };
    }
}

impl Sound {
    /// As it is.
    pub(super) fn as_is(&self) -> Damaged {
        let (file, wal) = (self.file.clone(), self.wal.clone());
        Damaged { file, wal, what: String::new(), pages_hit: 0, hits_first_page: false }
    }

    /// With some damage.
    pub(super) fn damaged(&self, chance: &mut Chance) -> Damaged {
        let mut damaged = self.as_is();
        for _ in 0..1 + usize::from(chance.one_in(4)) {
            if !self.wal.is_empty() && chance.one_in(2) {
                self.hurt_log(&mut damaged, chance);
            } else {
                self.hurt_file(&mut damaged, chance);
            }
        }
        damaged
    }

    fn hurt_file(&self, damaged: &mut Damaged, chance: &mut Chance) {
        let length = damaged.file.len();
        let pages = length / PAGE;
        let page = chance.below(pages);
        let range = page * PAGE..(page + 1) * PAGE;
        match chance.below(12) {
            0..=2 => {
                let (at, bit) = (chance.below(length), chance.below(8));
                damaged.file[at] ^= 1 << bit;
                damaged.note(format!("bit {bit} of byte {at} flipped"), [at / PAGE]);
            }
            3 => {
                // Those that a failing cell or cable flips lie side by side.
                let at = chance.below(length - 16);
                for byte in &mut damaged.file[at..at + 16] {
                    *byte ^= u8::try_from(chance.below(256)).unwrap();
                }
                damaged.note(format!("16 bytes from {at} on flipped"), [at / PAGE, (at + 15) / PAGE]);
            }
            4 => {
                let with = *chance.pick(&[0, 0xa5, 0xff]);
                damaged.file[range].fill(with);
                damaged.note(format!("page {page} filled with {with}"), [page]);
            }
            5 => {
                damaged.file[range].fill_with(|| u8::try_from(chance.below(256)).unwrap());
                damaged.note(format!("page {page} filled with chance"), [page]);
            }
            6 => {
                let other = chance.below(pages);
                damaged.file.copy_within(other * PAGE..(other + 1) * PAGE, page * PAGE);
                damaged.note(format!("page {other} written over page {page}"), [page]);
            }
            7 => {
                let other = chance.below(pages);
                let kept = damaged.file[range.clone()].to_vec();
                damaged.file.copy_within(other * PAGE..(other + 1) * PAGE, page * PAGE);
                damaged.file[other * PAGE..(other + 1) * PAGE].copy_from_slice(&kept);
                damaged.note(format!("pages {page} and {other} swapped"), [page, other]);
            }
            8 => {
                let page = chance.below(pages.min(self.older.len() / PAGE));
                let range = page * PAGE..(page + 1) * PAGE;
                damaged.file[range.clone()].copy_from_slice(&self.older[range]);
                damaged.note(format!("page {page} as it was before"), [page]);
            }
            9 => {
                let other = chance.below(self.foreign.len() / PAGE);
                damaged.file[range].copy_from_slice(&self.foreign[other * PAGE..(other + 1) * PAGE]);
                damaged.note(format!("page {page} of another database: its page {other}"), [page]);
            }
            10 => {
                // An empty file is a new database; that there was another is not in it.
                let keep = 1 + chance.below(length - 1);
                damaged.file.truncate(keep);
                damaged.note(format!("cut after {keep} of {length} bytes"), keep / PAGE..pages);
            }
            _ => {
                let from = chance.below(PAGE);
                damaged.file[range][from..].fill(0);
                damaged.note(format!("page {page} written up to byte {from}"), [page]);
            }
        }
    }

    fn hurt_log(&self, damaged: &mut Damaged, chance: &mut Chance) {
        let length = damaged.wal.len();
        let frames = length.saturating_sub(LOG_HEAD) / FRAME;
        if frames == 0 {
            return;
        }
        let frame = chance.below(frames);
        let range = LOG_HEAD + frame * FRAME..LOG_HEAD + (frame + 1) * FRAME;
        // What comes behind a frame that is not whole is not taken in.
        let behind = |frame: usize| (frame..frames).map(|_| 1);
        match chance.below(6) {
            0 | 1 => {
                let (at, bit) = (chance.below(length), chance.below(8));
                damaged.wal[at] ^= 1 << bit;
                damaged.note(
                    format!("bit {bit} of byte {at} of the log flipped"),
                    behind(at.saturating_sub(LOG_HEAD) / FRAME),
                );
            }
            2 => {
                let keep = chance.below(length);
                damaged.wal.truncate(keep);
                damaged.note(
                    format!("the log cut after {keep} of {length} bytes"),
                    behind(keep.saturating_sub(LOG_HEAD) / FRAME),
                );
            }
            3 => {
                damaged.wal.drain(range);
                damaged.note(format!("frame {frame} of the log lost"), behind(frame));
            }
            4 => {
                let with = *chance.pick(&[0, 0xa5]);
                damaged.wal[range].fill(with);
                damaged.note(format!("frame {frame} of the log filled with {with}"), behind(frame));
            }
            _ => {
                damaged.wal.clear();
                damaged.note("the log is gone".to_owned(), behind(0));
            }
        }
    }
}

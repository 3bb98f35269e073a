//! The pages of a database file as they lie on the disk, without SQLite: it refuses whole tables for one bad page.
//!
//! What the write-ahead log has of a page comes before what the file has. Nothing is locked and nothing is written.

use crate::store::Fault;
use crate::store::files::io_at;
use crate::store::migrate::SQLITE_MAGIC;
use crate::store::wal_name;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::fs;
use std::fs::File;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::path::Path;

/// The size of the pages of a file whose header does not say it.
const USUAL_SIZE: usize = 4096;

/// Bytes of the header of a write-ahead log, and of each of its frames.
const WAL_HEADER: u64 = 32;
const FRAME_HEADER: usize = 24;

/// Four bytes as a number, the first one the highest; 0 behind the end.
pub(super) fn number_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |bytes| bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// Two bytes as a number, the first one the higher.
pub(super) fn short_at(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..at + 2).map_or(0, |bytes| bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// A database file with its write-ahead log.
pub(super) struct Pages {
    file: File,
    log: Option<File>,
    /// Where the write-ahead log has the newest version of a page.
    in_log: HashMap<u32, u64>,
    size: usize,
    /// Bytes of a page that SQLite uses.
    pub(super) usable: usize,
    pub(super) count: u32,
    free: BTreeSet<u32>,
    /// Pages that the disk did not give.
    pub(super) unread: u64,
}

impl Pages {
    /// Opens the file at `path` for reading alone.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let open = |path: &Path| -> Result<File, Fault> {
            let kind = fs::metadata(path).map_err(io_at(path))?;
            if !kind.is_file() {
                return Err(Fault::NotADatabase(path.to_owned()));
            }
            File::open(path).map_err(io_at(path))
        };
        let mut file = open(path)?;
        let beside = path.with_file_name(wal_name(path));
        let log = if beside.exists() { Some(open(&beside)?) } else { None };
        let length = file.metadata().map_err(io_at(path))?.len();
        let mut header = [0; 100];
        // A header that can't be read is one that says nothing.
        file.read_exact(&mut header).ok();
        let is_whole = header.starts_with(SQLITE_MAGIC);
        let size = match short_at(&header, 16) {
            1 if is_whole => 1 << 16,
            size if is_whole && size >= 512 && size.is_power_of_two() => size,
            _ => USUAL_SIZE,
        };
        let reserved = if is_whole { usize::from(header.get(20).copied().unwrap_or(0)) } else { 0 };
        let count = u32::try_from(length.div_ceil(size as u64)).unwrap_or(u32::MAX);
        let mut pages = Self {
            file,
            log,
            in_log: HashMap::new(),
            size,
            usable: size.saturating_sub(reserved).max(480),
            count,
            free: BTreeSet::new(),
            unread: 0,
        };
        pages.read_log();
        pages.read_free();
        Ok(pages)
    }

    /// The newest version of a page; `None` where it is not there or the disk does not give it.
    pub(super) fn page(&mut self, number: u32) -> Option<Vec<u8>> {
        if number == 0 || number > self.count {
            return None;
        }
        let mut page = vec![0; self.size];
        let read = match (self.in_log.get(&number), &mut self.log) {
            (Some(at), Some(log)) => log.seek(SeekFrom::Start(*at)).and_then(|_| log.read_exact(&mut page)),
            _ => {
                let at = u64::from(number - 1) * self.size as u64;
                self.file.seek(SeekFrom::Start(at)).and_then(|_| self.file.read_exact(&mut page))
            }
        };
        if read.is_err() {
            self.unread += 1;
            return None;
        }
        Some(page)
    }

    /// All pages in one piece, as a database without a write-ahead log.
    pub(super) fn image(&mut self) -> Result<Vec<u8>, Fault> {
        let mut image = Vec::with_capacity(self.size.saturating_mul(usize::try_from(self.count).unwrap_or(0)));
        for number in 1..=self.count {
            let unread = || Fault::Corrupt(format!("page {number} of the file can't be read"));
            image.extend_from_slice(&self.page(number).ok_or_else(unread)?);
        }
        // What says that there is such a log: in memory there can be none.
        if let Some(versions) = image.get_mut(18..20) {
            versions.fill(1);
        }
        Ok(image)
    }

    /// Whether a page is one that SQLite no longer uses: what lies there was deleted or has moved.
    pub(super) fn is_free(&self, number: u32) -> bool {
        self.free.contains(&number)
    }

    /// Notes where the write-ahead log has pages. A frame that is damaged is passed over: the next one's sum goes on from the
    /// one that stands in it. Frames of an earlier round of the log have another salt; those behind the last commit don't count.
    fn read_log(&mut self) {
        let Some(log) = &mut self.log else { return };
        let mut header = [0; 32];
        if log.read_exact(&mut header).is_err() {
            return;
        }
        let is_big = number_at(&header, 0) & 1 == 1;
        if number_at(&header, 0) & !1 != 0x377f_0682 || number_at(&header, 8) != u32::try_from(self.size).unwrap_or(0) {
            return;
        }
        let salt = (number_at(&header, 16), number_at(&header, 20));
        let mut sum = (number_at(&header, 24), number_at(&header, 28));
        let mut waiting: Vec<(u32, u64)> = Vec::new();
        let mut at = WAL_HEADER;
        let mut frame = vec![0; FRAME_HEADER + self.size];
        while log.read_exact(&mut frame).is_ok() {
            let page = at + FRAME_HEADER as u64;
            at += frame.len() as u64;
            if (number_at(&frame, 8), number_at(&frame, 12)) != salt {
                return;
            }
            let stands = (number_at(&frame, 16), number_at(&frame, 20));
            let words = [frame.get(..8), frame.get(FRAME_HEADER..)];
            let made = words.into_iter().flatten().fold(sum, |sum, bytes| checksum(sum, bytes, is_big));
            sum = stands;
            if made != stands {
                continue;
            }
            waiting.push((number_at(&frame, 0), page));
            let pages = number_at(&frame, 4);
            if pages > 0 {
                self.in_log.extend(waiting.drain(..));
                self.count = pages;
            }
        }
    }

    /// Notes which pages are free.
    fn read_free(&mut self) {
        let Some(header) = self.page(1) else { return };
        if !header.starts_with(SQLITE_MAGIC) {
            return;
        }
        let mut trunk = number_at(&header, 32);
        while trunk != 0 && self.free.insert(trunk) {
            let Some(page) = self.page(trunk) else { return };
            let leaves = usize::try_from(number_at(&page, 4)).unwrap_or(0).min(self.size / 4);
            self.free.extend((0..leaves).map(|leaf| number_at(&page, 8 + 4 * leaf)));
            trunk = number_at(&page, 0);
        }
    }
}

/// The sum that SQLite keeps of the frames of its write-ahead log.
fn checksum(before: (u32, u32), bytes: &[u8], is_big: bool) -> (u32, u32) {
    let word = |at: usize| {
        let word = number_at(bytes, at);
        if is_big { word } else { word.swap_bytes() }
    };
    (0..bytes.len() / 8).fold(before, |(one, two), pair| {
        let one = one.wrapping_add(word(8 * pair)).wrapping_add(two);
        (one, two.wrapping_add(word(8 * pair + 4)).wrapping_add(one))
    })
}

//! The copies of a database that lie beside it.

use crate::failure::Failure;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

/// What lies beside a database that lmq made by itself.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// Copies of it, and databases that it took the place of.
    pub(super) copies: Vec<PathBuf>,
    /// What is left of copies that were never finished.
    pub(super) remains: Vec<PathBuf>,
}

/// Why lmq makes copies by itself, and what follows in their names.
const REASONS: [&str; 6] =
    ["before-schema-", "before-fix.", "before-rebuild.", "before-fork.", "before-union.", "set-aside."];

/// The copies of a database that lmq made by itself. Links, and what a person named, are theirs.
///
/// # Errors
/// When the folder can't be read.
pub(super) fn copies_beside(db: &Path) -> Result<Copies, Failure> {
    find_copies(db)
        .map_err(|error| Failure::failed("the copies beside the database can't be found").at(error.to_string()))
}

fn find_copies(db: &Path) -> io::Result<Copies> {
    let folder = db.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = db.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut found = Copies::default();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some(ending) = file.strip_prefix(&name).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let is_side = ["-wal", "-shm", "-journal"].iter().any(|side| file.ends_with(side));
        if is_side || !entry.file_type()?.is_file() {
            continue;
        }
        let is_begun = ending.rsplit_once(".part").is_some_and(|(_, number)| {
            number.is_empty() || number.strip_prefix('-').is_some_and(|number| number.parse::<u32>().is_ok())
        });
        if ending == "restoring" || is_begun && REASONS.iter().any(|reason| ending.starts_with(reason)) {
            found.remains.push(entry.path());
        } else if REASONS.iter().any(|reason| is_copy(ending, reason)) {
            found.copies.push(entry.path());
        }
    }
    found.copies.sort();
    found.remains.sort();
    Ok(found)
}

/// Whether a name ends with a reason and a date: a copy's own copy has two of each.
fn is_copy(ending: &str, reason: &str) -> bool {
    let of_ours = REASONS.iter().any(|reason| ending.starts_with(reason));
    of_ours && ending.rsplit_once(reason).is_some_and(|(_, date)| has_date(date))
}

/// Whether the end of a copy's name says when it was made, as RFC 3339 without colons: `2026-01-15T090000.234Z`, after a
/// schema's number where there is one, and before the number of a copy made in the same moment.
fn has_date(ending: &str) -> bool {
    const DATE: &str = "dddd-dd-ddTdddddd";
    let number = ending.bytes().take_while(u8::is_ascii_digit).count();
    let ending = ending.get(number..).and_then(|rest| rest.strip_prefix('.')).unwrap_or(ending);
    let fits = |(letter, wanted): (u8, u8)| if wanted == b'd' { letter.is_ascii_digit() } else { letter == wanted };
    let is_of_rest = |letter: u8| letter.is_ascii_digit() || b".+-Z".contains(&letter);
    ending.len() > DATE.len()
        && ending.bytes().zip(DATE.bytes()).all(fits)
        && ending.bytes().skip(DATE.len()).all(is_of_rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::study_day::Timestamp;

    #[test]
    fn a_copy_is_told_by_its_date_whatever_the_moment_and_the_zone() {
        for unix_ms in [1_764_354_149_234, 1_764_354_149_000, 0, 250_000_000_000_001] {
            for offset_min in [0, 60, -570, 840] {
                let date = Timestamp { unix_ms, offset_min }.to_rfc3339().replace(':', "");
                for ending in [date.clone(), format!("{date}-2"), format!("12.{date}")] {
                    assert!(has_date(&ending), "{ending}");
                }
            }
        }
        assert!(is_copy("before-union.2026-01-15T090000Z.before-schema-1.2027-01-15T090000Z", "before-schema-"));
        assert!(!is_copy("mine.before-union.2026-01-15T090000Z", "before-union."));
        for other in [
            "",
            "mine",
            "2026",
            "2026-01-15",
            "2026-01-15T090000",
            "2026-01-15T090000Z of mine",
            "a.2026-01-15T090000Z",
        ] {
            assert!(!has_date(other), "{other}");
        }
    }
}

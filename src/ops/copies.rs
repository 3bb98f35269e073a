//! The copies of a database that lie beside it, and which of them are kept.

use crate::core::id::NoteUid;
use crate::core::study_day::Rollover;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::failure::Failure;
use crate::ops::files;
use crate::ops::swap::is_chance;
use crate::ops::swap::is_fresh;
use crate::store::SIDES;
use crate::store::folder_of;
use crate::store::open_regular;
use crate::store::with_ending;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

/// Why lmq makes copies by itself, and what follows in their names.
const REASONS: [&str; 7] =
    [DAILY, "before-schema-", "before-fix.", "before-rebuild.", "before-fork.", "before-union.", ASIDE];
const DAILY: &str = "daily.";
const ASIDE: &str = "set-aside.";

/// Backups that are kept: of so many days, and before those of so many weeks the last one.
const DAYS: usize = 5;
const WEEKS: usize = 3;

/// Of the copies that were made before a step: so many for each reason, and all that are younger than so many days.
const STEPS: usize = 3;
const STEP_DAYS: i64 = 8;

const DAY_MS: i64 = 86_400_000;
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A copy of a database, beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Where it is.
    pub path: PathBuf,
    /// How long it is.
    pub bytes: u64,
    /// When it was made, by its name.
    pub made: Option<Timestamp>,
    reason: &'static str,
}

impl Copy {
    /// Why it was made: `daily`, `before-union`, `set-aside` and so on.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason.trim_end_matches(['.', '-'])
    }

    /// Whether it is the backup of a day.
    #[must_use]
    pub fn is_daily(&self) -> bool {
        self.reason == DAILY
    }

    /// Whether it was made before a step that can't be undone. What was set aside is none of these: it may be the only
    /// place that has some answers.
    fn is_of_a_step(&self) -> bool {
        self.reason != DAILY && self.reason != ASIDE
    }
}

/// What lies beside a database that lmq made by itself.
#[derive(Debug, Default)]
struct Found {
    /// Copies of it, and databases that it took the place of.
    copies: Vec<Copy>,
    /// What is left of copies that were never finished.
    remains: Vec<PathBuf>,
}

/// The copies of a database that lmq made by itself. Links, and what a person named, are theirs.
///
/// # Errors
/// When the folder can't be read.
pub fn copies_of(db: &Path) -> Result<Vec<Copy>, Failure> {
    found_beside(db).map(|found| found.copies)
}

/// What a person should know who is about to get a new database where copies of an earlier one lie.
#[must_use]
pub fn of_a_lost_one(db: &Path) -> Option<String> {
    if db.symlink_metadata().is_ok() || find(db).ok()?.copies.is_empty() {
        return None;
    }
    Some(format!(
        "there is no database at {}, but there are copies of an earlier one: `lmq restore` lists them",
        db.display()
    ))
}

/// What is left beside a database of copies that were never finished.
///
/// # Errors
/// When the folder can't be read.
pub(super) fn remains_of(db: &Path) -> Result<Vec<PathBuf>, Failure> {
    found_beside(db).map(|found| found.remains)
}

/// What the name of a text begins and ends with that lies beside a database while an editor has it.
pub const DRAFT: (&str, &str) = ("edit-", ".toml");

/// How the file is called that holds what was typed into a form and not saved: begin and end of its name.
pub(super) const FORM_DRAFT: (&str, &str) = ("form-", ".json");

/// Bytes of a draft that are looked at: what is longer is no text of cards.
pub(super) const LONGEST_DRAFT: u64 = 64 << 20;

/// Texts beside a database that an editor has, or left with faults, and that name one of those notes in a line `id`.
///
/// # Errors
/// When the folder can't be read.
pub(super) fn drafts_of<'n>(db: &Path, notes: impl Iterator<Item = &'n NoteUid>) -> Result<Vec<PathBuf>, Failure> {
    let notes: Vec<String> = notes.map(NoteUid::to_string).collect();
    let names = |entry: &fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let chance = name.strip_prefix(DRAFT.0).and_then(|rest| rest.strip_suffix(DRAFT.1));
        let of_form = name.starts_with(FORM_DRAFT.0) && name.ends_with(FORM_DRAFT.1);
        of_form || chance.is_some_and(|chance| is_chance(chance, 6))
    };
    let is_about_one = |path: &PathBuf| {
        let mut text = Vec::new();
        let read = open_regular(path).and_then(|(file, _)| file.take(LONGEST_DRAFT).read_to_end(&mut text));
        let text = String::from_utf8_lossy(&text);
        read.is_ok() && notes.iter().any(|note| text.contains(note.as_str()))
    };
    let drafts = || -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(folder_of(db))?.collect::<Result<Vec<_>, _>>()?;
        Ok(entries.iter().filter(|entry| names(entry)).map(fs::DirEntry::path).filter(is_about_one).collect())
    };
    drafts().map_err(|error| Failure::failed("the texts beside the database can't be found").at(error.to_string()))
}

fn found_beside(db: &Path) -> Result<Found, Failure> {
    find(db).map_err(|error| Failure::failed("the copies beside the database can't be found").at(error.to_string()))
}

fn find(db: &Path) -> io::Result<Found> {
    let folder = folder_of(db);
    let name = db.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut found = Found::default();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some(ending) = file.strip_prefix(&name).and_then(|rest| rest.strip_prefix('.')) else { continue };
        if !entry.file_type()?.is_file() {
            continue;
        }
        let side = SIDES.iter().find_map(|side| ending.strip_suffix(side));
        if is_begun(side.unwrap_or(ending)) {
            found.remains.push(entry.path());
        } else if let (None, Some((reason, date))) = (side, reason_and_date(ending)) {
            // One that is gone by now was taken away by another lmq.
            let Ok(meta) = entry.metadata() else { continue };
            found.copies.push(Copy { path: entry.path(), bytes: meta.len(), made: date_of(date), reason });
        }
    }
    found.copies.sort_by(|one, other| one.path.cmp(&other.path));
    found.remains.sort();
    Ok(found)
}

/// Whether a name is that of a copy that is being made, or never was finished.
fn is_begun(ending: &str) -> bool {
    if is_fresh(ending) {
        return true;
    }
    let is_ours = REASONS.iter().any(|reason| ending.starts_with(reason));
    is_ours
        && ending.rsplit_once(".part").is_some_and(|(_, rest)| {
            // Those without chance are of the first version.
            rest.is_empty()
                || rest.strip_prefix('-').is_some_and(|rest| is_chance(rest, 10) || rest.parse::<u32>().is_ok())
        })
}

/// Why a copy was made, and what its name has after that, if it is one: a copy's own copy has two of each.
fn reason_and_date(ending: &str) -> Option<(&'static str, &str)> {
    let is_ours = REASONS.iter().any(|reason| ending.starts_with(reason));
    REASONS.iter().filter(|_| is_ours).find_map(|reason| {
        let (_, date) = ending.rsplit_once(reason)?;
        has_date(date).then_some((*reason, date))
    })
}

/// What a copy's date is behind: the number of the schema before a migration.
fn without_schema(ending: &str) -> &str {
    let number = ending.bytes().take_while(u8::is_ascii_digit).count();
    ending.get(number..).and_then(|rest| rest.strip_prefix('.')).unwrap_or(ending)
}

/// Whether the end of a copy's name says when it was made, as RFC 3339 without colons: `2026-01-15T090000.234Z`, after a
/// schema's number where there is one, and before the number of a copy made in the same moment.
fn has_date(ending: &str) -> bool {
    const DATE: &str = "dddd-dd-ddTdddddd";
    let ending = without_schema(ending);
    let fits = |(letter, wanted): (u8, u8)| if wanted == b'd' { letter.is_ascii_digit() } else { letter == wanted };
    let is_of_rest = |letter: u8| letter.is_ascii_digit() || b".+-Z".contains(&letter);
    ending.len() > DATE.len()
        && ending.bytes().zip(DATE.bytes()).all(fits)
        && ending.bytes().skip(DATE.len()).all(is_of_rest)
}

/// The moment that the end of a copy's name says.
fn date_of(ending: &str) -> Option<Timestamp> {
    let ending = without_schema(ending);
    let (date, rest) = ending.split_at_checked(11)?;
    let (time, rest) = rest.split_at_checked(6)?;
    let fraction = rest.bytes().take_while(|letter| letter.is_ascii_digit() || *letter == b'.').count();
    let (fraction, zone) = rest.split_at_checked(fraction)?;
    let zone = match zone.strip_prefix('Z') {
        Some(_) => "Z".to_owned(),
        None => format!("{}:{}", zone.get(..3)?, zone.get(3..5)?),
    };
    let part = |from: usize| time.get(from..from + 2);
    Timestamp::from_rfc3339(&format!("{date}{}:{}:{}{fraction}{zone}", part(0)?, part(2)?, part(4)?))
}

/// Where the backup of a day is to be.
pub(super) fn daily_name(db: &Path, now: Timestamp) -> PathBuf {
    files::free(&with_ending(db, &format!(".{DAILY}{}", now.to_rfc3339().replace(':', ""))))
}

/// What bounds the backups of days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    /// Of all of them together. The newest one is kept even if it alone is larger.
    pub(super) bytes: u64,
    pub(super) rollover: Rollover,
}

/// Takes away the backups of days that are not kept any more.
pub(super) fn prune_daily(db: &Path, now: Timestamp, most: Most) {
    let Ok(found) = find(db) else { return };
    remove(too_many_days(&found.copies, now, most));
}

/// Takes away the copies from before steps that are not kept any more, and old remains of copies that never were finished.
pub(super) fn prune_steps(db: &Path, now: Timestamp) {
    let Ok(found) = find(db) else { return };
    remove(too_many_steps(&found.copies, now));
    // Whoever makes one is done with it within a day.
    let is_old = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let made = name.rsplit_once(".part-").and_then(|(whole, _)| {
            let ending = whole.strip_prefix(&*db.file_name()?.to_string_lossy())?.strip_prefix('.')?;
            date_of(reason_and_date(ending)?.1)
        });
        made.is_some_and(|made| now.unix_ms - made.unix_ms > DAY_MS)
    };
    remove(found.remains.iter().filter(|path| is_old(path)).map(PathBuf::as_path));
}

/// Takes away what is left of backups to that file that were killed. Nobody is at one for a day.
pub(super) fn sweep_begun(file: &Path) {
    let folder = folder_of(file);
    let begins = format!("{}.part-", file.file_name().unwrap_or_default().to_string_lossy());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(chance) = name.strip_prefix(&begins) else { continue };
        let chance = SIDES.iter().find_map(|side| chance.strip_suffix(side)).unwrap_or(chance);
        let age =
            entry.metadata().ok().filter(fs::Metadata::is_file).and_then(|meta| meta.modified().ok()?.elapsed().ok());
        if is_chance(chance, 10) && age.is_some_and(|age| age > A_DAY) {
            remove([entry.path().as_path()]);
        }
    }
}

fn remove<'p>(paths: impl IntoIterator<Item = &'p Path>) {
    for path in paths {
        // What can't be taken away now is in the way of nothing.
        if fs::remove_file(path).is_ok() {
            // A program that was killed over a copy left its log: it may have words that are erased by now.
            SIDES.iter().for_each(|side| drop(fs::remove_file(with_ending(path, side))));
        }
    }
}

/// The newest first; those from a future that a wrong clock wrote come last, or they would push out all others.
fn newest_first<'c>(copies: impl Iterator<Item = &'c Copy>, now: Timestamp) -> Vec<(&'c Copy, Timestamp)> {
    let mut dated: Vec<(&Copy, Timestamp)> = copies.filter_map(|copy| Some((copy, copy.made?))).collect();
    dated.sort_by_key(|(copy, made)| {
        (made.unix_ms > now.unix_ms + DAY_MS, std::cmp::Reverse(made.unix_ms), std::cmp::Reverse(&copy.path))
    });
    dated
}

fn too_many_days(copies: &[Copy], now: Timestamp, most: Most) -> Vec<&Path> {
    let (mut days, mut weeks_of_days, mut weeks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut bytes, mut is_full) = (0_u64, false);
    let mut too_many = Vec::new();
    for (copy, made) in newest_first(copies.iter().filter(|copy| copy.is_daily()), now) {
        let day = StudyDay::of(made, most.rollover);
        // The first day of 1970 was a Thursday, and weeks begin on Mondays.
        let week = (day.0 + 3).div_euclid(7);
        let is_first = days.is_empty();
        let is_wanted = if days.len() < DAYS {
            weeks_of_days.insert(week);
            days.insert(day)
        } else {
            !weeks_of_days.contains(&week) && weeks.len() < WEEKS && weeks.insert(week)
        };
        is_full |= is_wanted && bytes + copy.bytes > most.bytes;
        if is_wanted && (is_first || !is_full) {
            bytes += copy.bytes;
        } else {
            too_many.push(copy.path.as_path());
        }
    }
    too_many
}

fn too_many_steps(copies: &[Copy], now: Timestamp) -> Vec<&Path> {
    let mut too_many = Vec::new();
    for reason in REASONS {
        let of_it = copies.iter().filter(|copy| copy.reason == reason && copy.is_of_a_step());
        let old = newest_first(of_it, now).into_iter().skip(STEPS);
        too_many.extend(
            old.filter(|(_, made)| now.unix_ms - made.unix_ms > STEP_DAYS * DAY_MS)
                .map(|(copy, _)| copy.path.as_path()),
        );
    }
    too_many
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_page_names_each_kind_of_copy() {
        let page = include_str!("../lib.rs");
        let missing: Vec<&str> =
            REASONS.into_iter().filter(|reason| !page.contains(reason.trim_end_matches(['.', '-']))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_copy_is_told_by_its_date_whatever_the_moment_and_the_zone() {
        for unix_ms in [1_764_354_149_234, 1_764_354_149_000, 0, 250_000_000_000_001] {
            for offset_min in [0, 60, -570, 840] {
                let made = Timestamp { unix_ms, offset_min };
                let date = made.to_rfc3339().replace(':', "");
                for ending in [date.clone(), format!("{date}-2"), format!("12.{date}")] {
                    assert!(has_date(&ending), "{ending}");
                    assert_eq!(date_of(&ending).map(|made| made.unix_ms), Some(unix_ms), "{ending}");
                }
            }
        }
        let copy_of_copy = "before-union.2026-01-15T090000Z.before-schema-1.2027-01-15T090000Z";
        assert_eq!(reason_and_date(copy_of_copy), Some(("before-schema-", "1.2027-01-15T090000Z")));
        assert_eq!(reason_and_date("mine.before-union.2026-01-15T090000Z"), None);
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

    #[test]
    fn what_was_begun_is_told_from_what_is_somebodys() {
        for begun in [
            "restoring-a1B2c3D4e5",
            "daily.2026-01-15T090000Z.part-a1B2c3D4e5",
            "before-fix.2026-01-15T090000Z.part",
            "before-union.2026-01-15T090000+0100.part-2",
        ] {
            assert!(is_begun(begun), "{begun}");
        }
        for other in ["part", "part-a1B2c3D4e5", "restoring", "restoring-mine", "daily.part-of-it", "x.part"] {
            assert!(!is_begun(other), "{other}");
        }
    }

    #[test]
    fn what_killed_backups_left_is_taken_away_a_day_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        let old = ["b.db.part-a1B2c3D4e5", "b.db.part-a1B2c3D4e5-journal"];
        let kept = ["b.db", "b.db.part-mine", "c.db.part-a1B2c3D4e5"];
        for name in old.iter().chain(&kept) {
            fs::File::create(path(name)).unwrap().set_modified(long_ago).unwrap();
        }
        fs::write(path("b.db.part-Z1B2c3D4e5"), "of now").unwrap();
        sweep_begun(&path("b.db"));
        assert!(old.iter().all(|name| !path(name).exists()));
        assert!(kept.iter().all(|name| path(name).exists()) && path("b.db.part-Z1B2c3D4e5").exists());
    }

    /// Days after a Thursday at noon in UTC, and the copies of them.
    fn at(day: i64) -> Timestamp {
        Timestamp { unix_ms: 1_768_478_400_000 + day * DAY_MS, offset_min: 0 }
    }

    fn copy(reason: &'static str, day: i64, bytes: u64) -> Copy {
        let made = at(day);
        let path = PathBuf::from(format!("lmq.db.{reason}{}", made.to_rfc3339().replace(':', "")));
        Copy { path, bytes, made: Some(made), reason }
    }

    /// The days whose backups are kept when one is made on each of `days` days.
    fn kept(days: impl Iterator<Item = i64>, bytes: u64, most: u64) -> Vec<i64> {
        let most = Most { bytes: most, rollover: Rollover::DEFAULT };
        let mut all: Vec<(i64, Copy)> = Vec::new();
        for day in days {
            all.push((day, copy(DAILY, day, bytes)));
            let copies: Vec<Copy> = all.iter().map(|(_, copy)| copy.clone()).collect();
            let gone = too_many_days(&copies, at(day), most);
            all.retain(|(_, copy)| !gone.contains(&copy.path.as_path()));
        }
        all.into_iter().map(|(day, _)| day).collect()
    }

    #[test]
    fn five_days_and_the_last_day_of_three_weeks_before_them_are_kept() {
        assert_eq!(kept(0..5, 1, 100), [0, 1, 2, 3, 4]);
        // Days 17, 24 and 31 are Sundays.
        assert_eq!(kept(0..40, 1, 100), [17, 24, 31, 35, 36, 37, 38, 39]);
    }

    #[test]
    fn fewer_are_kept_where_they_are_long_and_never_none() {
        assert_eq!(kept(0..40, 30, 100), [37, 38, 39]);
        assert_eq!(kept(0..40, 300, 100), [39]);
    }

    #[test]
    fn backups_from_a_future_that_was_none_push_out_no_others() {
        let most = Most { bytes: 1000, rollover: Rollover::DEFAULT };
        let mut copies: Vec<Copy> = (900..920).map(|day| copy(DAILY, day, 1)).collect();
        copies.extend((0..5).map(|day| copy(DAILY, day, 1)));
        let gone = too_many_days(&copies, at(4), most);
        assert!(copies[20..].iter().all(|copy| !gone.contains(&copy.path.as_path())), "{gone:?}");
    }

    #[test]
    fn of_the_copies_before_steps_the_young_and_three_of_each_kind_are_kept() {
        let mut copies: Vec<Copy> = (0..6).map(|day| copy("before-union.", day, 1)).collect();
        copies.extend((0..3).map(|day| copy("before-fix.", day, 1)));
        copies.extend((0..9).map(|day| copy(ASIDE, day, 1)));
        assert_eq!(too_many_steps(&copies, at(7)), Vec::<&Path>::new());
        let gone = too_many_steps(&copies, at(10));
        assert_eq!(gone, [copies[1].path.as_path(), copies[0].path.as_path()]);
    }
}

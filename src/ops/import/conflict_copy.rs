//! Copies that a sync tool made of a file which two machines had changed. Each holds an older text of the same cards, so a
//! folder is read without them.

use std::fs::File;
use std::io;
use std::io::Read as _;
use std::path::Path;

/// What sync tools put into the name of such a copy, in any case.
const MARKS: &[&str] = &[
    // Syncthing
    ".sync-conflict-",
    // Dropbox and Nextcloud, in the languages that they say it in
    "conflicted copy",
    "case conflict",
    "konfliktkopie",
    "in konflikt stehende kopie",
    "copie en conflit",
    "copia en conflicto",
    "copia in conflitto",
    "cópia em conflito",
    "конфликтующая копия",
    "競合コピー",
    "冲突副本",
    // Seafile
    "(sfconflict ",
    // Google Drive, pCloud, Resilio
    "[conflict]",
    "(conflict)",
    "(conflict ",
    "[conflicted]",
    "(conflicted)",
];

/// The start of the files that is compared.
const COMPARED: u64 = 1 << 16;

/// Whether the name alone says that a file is a copy which a sync tool made.
#[must_use]
pub fn is_named_so(path: &Path) -> bool {
    let stem = stem(path).to_lowercase();
    MARKS.iter().any(|mark| stem.contains(mark))
        || stem.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with(".conflict")
        || is_owncloud(&stem)
        || is_pcloud(&stem)
}

/// `name_ann-pc_jan-02-030405-2024_conflict`
fn is_pcloud(stem: &str) -> bool {
    let date = stem.strip_suffix("_conflict").and_then(|stem| stem.rsplit_once('_')).map(|(_, date)| date);
    date.is_some_and(|date| {
        let mut parts = date.split('-');
        let is_month =
            parts.next().is_some_and(|month| month.len() == 3 && month.bytes().all(|b| b.is_ascii_lowercase()));
        let numbers: Vec<&str> = parts.collect();
        is_month && numbers.len() == 3 && numbers.iter().all(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// `name_conflict-20240102-030405`
fn is_owncloud(stem: &str) -> bool {
    let date = stem.rsplit_once("_conflict-").map(|(_, date)| date);
    date.is_some_and(|date| {
        date.len() >= 8 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && date.starts_with("20")
    })
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What file managers put behind the name of a copy that a person made, and before it; a number may follow.
const COPIES: &[&str] = &[
    " - copy",
    " - kopie",
    " - copie",
    " - copia",
    " - cópia",
    " - kopia",
    " - копия",
    " - コピー",
    " - 副本",
    " copy",
    " kopie",
    " copie",
    " copia",
    " (copy)",
    " (kopie)",
    " (copie)",
    " (copia)",
    "のコピー",
    "的副本",
];
const COPIES_OF: &[&str] = &["copy of ", "kopie von ", "copie de ", "copia de ", "copia di ", "cópia de "];

/// The name of the file that `path` may be a copy of, by a name which also means other things: `deck (1)` (Google Drive, a
/// second download), `deck 2` (iCloud), `deck - Copy (2)`, `Copy of deck`, `deck-LAPTOP` and `deck-DESKTOP-4F2K` (OneDrive).
fn original(stem: &str) -> Option<&str> {
    let first = numbered(stem).unwrap_or(stem);
    let small = first.to_lowercase();
    // Where a small letter is longer than its capital a place in one is none in the other.
    if small.len() == first.len() {
        if let Some(mark) = COPIES.iter().find(|mark| small.ends_with(**mark)) {
            return first.get(..first.len() - mark.len());
        }
        if let Some(mark) = COPIES_OF.iter().find(|mark| small.starts_with(**mark)) {
            return first.get(mark.len()..);
        }
    }
    numbered(stem).or_else(|| before_machine(stem))
}

/// The name before a small number, in brackets or not.
fn numbered(stem: &str) -> Option<&str> {
    let is_number = |text: &str| !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((name, number)) = stem.strip_suffix(')').and_then(|stem| stem.rsplit_once(" ("))
        && is_number(number)
    {
        return Some(name);
    }
    if let Some((name, number)) = stem.rsplit_once(' ')
        && is_number(number)
    {
        return Some(name);
    }
    None
}

/// The name before that of a machine.
fn before_machine(stem: &str) -> Option<&str> {
    let machine = stem.match_indices('-').map(|(at, _)| stem.split_at(at)).find(|(_, machine)| {
        let word = machine.trim_start_matches('-').split('-').next().unwrap_or_default();
        ["LAPTOP", "DESKTOP", "PC", "WIN", "MACBOOK", "SURFACE"].contains(&word)
            && machine.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
    });
    machine.map(|(name, _)| name)
}

/// Whether a file is a copy of another one beside it that a sync tool made. A name that could mean something else, such as
/// `lesson 2`, is one only where more than half of its lines stand in the file that it would be a copy of.
pub(super) fn is_copy(path: &Path) -> bool {
    if is_named_so(path) {
        return true;
    }
    let stem = stem(path);
    let Some(name) = original(&stem).filter(|name| !name.is_empty()) else { return false };
    let mut beside = path.with_file_name(name);
    if let Some(ending) = path.extension() {
        beside.as_mut_os_string().push(".");
        beside.as_mut_os_string().push(ending);
    }
    matches!((lines(path), lines(&beside)), (Ok(copy), Ok(first)) if shares_most(&copy, &first))
}

fn lines(path: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut head = Vec::new();
    File::open(path)?.take(COMPARED).read_to_end(&mut head)?;
    let mut lines: Vec<&[u8]> =
        head.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty()).collect();
    // Where a line was cut nobody knows what it says.
    if u64::try_from(head.len()).unwrap_or(u64::MAX) == COMPARED {
        lines.pop();
    }
    let mut asked: Vec<Vec<u8>> = lines.into_iter().map(question).collect();
    asked.sort_unstable();
    asked.dedup();
    Ok(asked)
}

/// What a line asks: up to its first separator that has a letter before it, since a copy has other answers to the same
/// questions. A number or sign at first tells rows apart and says nothing of their cards; the line of an object is compared
/// whole.
fn question(line: &[u8]) -> Vec<u8> {
    if line.trim_ascii_start().starts_with(b"{") {
        return line.to_vec();
    }
    let ends = line.iter().enumerate().filter(|(_, byte)| matches!(byte, b',' | b';' | b'\t' | b'|'));
    let mut cells = ends.map(|(at, _)| line.get(..at).unwrap_or_default());
    let says = |cell: &&[u8]| cell.iter().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    cells.find(says).unwrap_or(line).to_vec()
}

/// Whether most lines of `copy` are lines of `first` too.
fn shares_most(copy: &[Vec<u8>], first: &[Vec<u8>]) -> bool {
    let shared = copy.iter().filter(|line| first.binary_search(line).is_ok()).count();
    shared * 2 > copy.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn names_that_only_sync_tools_give_are_known() {
        for name in [
            "team.sync-conflict-20240102-030405-ABC1234.toml",
            "team (Ann's conflicted copy 2024-01-02).csv",
            "team (conflicted copy 2024-01-02 030405).toml",
            "team (Case Conflict).csv",
            "team (In Konflikt stehende Kopie von Ann 2024-01-02).csv",
            "team_conflict-20240102-030405.toml",
            "team (SFConflict ann@example.org 2024-01-02).csv",
            "team [Conflict].csv",
            "team.Conflict.csv",
            "team_ann-pc_Jan-02-030405-2024_Conflict.csv",
            "team (conflict 2024-01-02-03-04-05).csv",
            "team.conflict1.csv",
        ] {
            assert!(is_named_so(Path::new(name)), "{name}");
        }
        for name in [
            "team.toml",
            "conflict.csv",
            "work conflict.csv",
            "conflict-2024.csv",
            "team-conflicts.toml",
            "ww2_conflict.csv",
        ] {
            assert!(!is_named_so(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn names_that_may_mean_something_else_are_copies_where_they_say_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        write("deck.csv", "a,1\nb,2\nc,3\n");
        for name in [
            "deck (1).csv",
            "deck 2.csv",
            "deck-LAPTOP.csv",
            "deck-DESKTOP-4F2K.csv",
            "deck - Copy.csv",
            "deck - Copy (2).csv",
            "Copy of deck.csv",
            "Kopie von deck.csv",
            "deck copy 2.csv",
            "deckのコピー.csv",
        ] {
            assert!(is_copy(&write(name, "a,1\nb,2\nc,changed\n")), "{name}");
            assert!(!is_copy(&write(name, "x,1\ny,2\nc,3\n")), "{name} with other cards");
        }
        for name in ["other (1).csv", "deck-JLPT.csv", "deck 1999.csv", "deck-copy.csv"] {
            assert!(!is_copy(&write(name, "a,1\nb,2\nc,3\n")), "{name}");
        }
    }

    #[test]
    fn tables_that_share_their_numbers_or_kinds_alone_are_no_copies() {
        let folder = tempfile::tempdir().unwrap();
        for (name, first, second) in [
            ("words.csv", "1,Haus,house\n2,Baum,tree\n", "1,Hund,dog\n2,Katze,cat\n"),
            ("n.tsv", "#1\tHaus\n#2\tBaum\n", "#1\tHund\n#2\tKatze\n"),
            ("o.jsonl", "{\"kind\":\"basic\",\"front\":\"a\"}\n", "{\"kind\":\"basic\",\"front\":\"b\"}\n"),
        ] {
            fs::write(folder.path().join(name), first).unwrap();
            let (stem, ending) = name.split_once('.').unwrap();
            let other = folder.path().join(format!("{stem} 2.{ending}"));
            fs::write(&other, second).unwrap();
            assert!(!is_copy(&other), "{name}");
        }
    }
}

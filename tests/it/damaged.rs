//! Databases that can't be used, and disks that can't be written: section F of the main job.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::home::left_out;
use std::fs;

fn used() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    lmq
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let lmq = Lmq::new();
    lmq.write("lmq.db", "dear diary");
    for command in ["cards", "doctor", "next"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(lmq.run([command]).err(3), @r"
            lmq: `$T/lmq.db` is not a database
            hint: name another file with --db; this one was not changed
            ");
        }
    }
    assert_eq!(lmq.read("lmq.db"), "dear diary");
    assert_eq!(lmq.files(), ["lmq.db"]);
}

#[test]
fn another_programs_database_is_left_as_it_is() {
    let lmq = Lmq::new();
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    db.execute_batch("CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x')").unwrap();
    drop(db);
    let before = fs::read(lmq.db()).unwrap();
    insta::assert_snapshot!(lmq.run(["cards"]).err(3), @r"
    lmq: `$T/lmq.db` is the database of another program
    hint: name another file with --db; this one was not changed
    ");
    assert_eq!(fs::read(lmq.db()).unwrap(), before);
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    db.execute_batch("PRAGMA application_id = 252006674; PRAGMA user_version = 3").unwrap();
    drop(db);
    lmq.run(["cards"]).err(3);
}

#[test]
fn a_database_of_a_newer_program_is_refused_untouched() {
    let lmq = used();
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    db.execute_batch("PRAGMA user_version = 9; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(db);
    let before = fs::read(lmq.db()).unwrap();
    for command in ["cards", "doctor"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(lmq.run([command]).err(3), @r"
            lmq: `$T/lmq.db` was written by a newer lmq
              its schema is 9, this program knows 1
            hint: update lmq; the file was not changed
            ");
        }
    }
    assert_eq!(fs::read(lmq.db()).unwrap(), before);
}

#[test]
fn a_cut_database_is_said_to_be_damaged() {
    let lmq = used();
    lmq.run(["backup", "whole.db"]).ok().out();
    let whole = fs::read(lmq.path("whole.db")).unwrap();
    for length in [0, 16, 99, 100, 4096, whole.len() / 2, whole.len() - 4096, whole.len() - 2000] {
        lmq.write("cut.db", &whole[..length]);
        let run = lmq.run(["--db", "cut.db", "doctor"]);
        if length == 0 {
            // An empty file is a new database.
            assert_eq!(run.code, 0, "{run:?}");
        } else {
            assert_eq!(run.code, 3, "cut to {length} of {}: {run:?}", whole.len());
            assert!(run.stderr.contains("damaged") || run.stderr.contains("not"), "{length}: {}", run.stderr);
        }
        let run = lmq.run(["--db", "cut.db", "cards", "deck:team"]);
        assert!(run.code == 3 || run.code == 0 || run.code == 2, "cut to {length}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "{run:?}");
    }
}

#[test]
fn a_corrupt_page_in_the_middle_is_found_by_doctor() {
    let lmq = used();
    lmq.run(["backup", "whole.db"]).ok().out();
    let whole = fs::read(lmq.path("whole.db")).unwrap();
    let pages = whole.len() / 4096;
    for page in (2..pages).step_by(7) {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xa5);
        lmq.write("bad.db", &bytes);
        let run = lmq.run(["--db", "bad.db", "doctor"]).code(3);
        assert!(!run.stderr.contains("panicked"), "page {page}: {run:?}");
        assert!(run.stdout.contains("damage: ") || run.stderr.contains("damaged"), "page {page}: {run:?}");
        for command in ["cards", "next", "history", "decks"] {
            let run = lmq.run(["--db", "bad.db", command]);
            assert!([0, 3].contains(&run.code), "page {page}, {command}: {run:?}");
            assert!(!run.stderr.contains("panicked"), "page {page}, {command}: {run:?}");
        }
    }
}

#[test]
fn a_folder_that_can_not_be_made_is_named() {
    let lmq = Lmq::new();
    lmq.write("file", "x");
    let run = lmq.run(["--db", "file/x/lmq.db", "cards"]).err(1);
    assert!(run.starts_with("lmq: cannot use `file/x"), "{run}");
    assert!(run.contains("hint: choose another place with --db, or change the permissions of the folder"), "{run}");
    let run = lmq.run(["--db", ".", "cards"]).code(1);
    assert!(run.stderr.contains("folder") || run.stderr.contains("directory"), "{}", run.stderr);
    assert!(lmq.run(["--db", "new/folder/lmq.db", "decks"]).err(2).contains("the folder `new/folder` is not there"));
    fs::create_dir_all(lmq.path("new/folder")).unwrap();
    let none = lmq.run(["--db", "new/folder/lmq.db", "decks"]).err(2);
    assert!(none.contains("there is no database at `new/folder/lmq.db`"), "{none}");
    lmq.run(["--db", "new/folder/lmq.db", "decks", "add", "a"]).ok().out();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |lmq: &Lmq, name: &str| fs::metadata(lmq.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&lmq, "new/folder/lmq.db"), 0o600);
        let home = Lmq::at_home();
        home.run(["decks"]).done();
        assert_eq!(mode(&home, ".local/share/lmq"), 0o700, "the folder that lmq makes is its owner's alone");
    }
}

/// Runs `lmq` with a limit on the size of files, in blocks of 1024 bytes: writes beyond it fail.
fn on_full_disk(lmq: &Lmq, blocks: u64, args: &str) -> crate::home::Run {
    lmq.shell(&format!("trap '' XFSZ; ulimit -f {blocks}; exec lmq {args}"))
}

#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    let lmq = used();
    let before = lmq.cards("deck:team");
    lmq.write("big.csv", (0..3000).map(|n| format!("question number {n},answer {n}\n")).collect::<String>());
    let blocks = fs::metadata(lmq.db()).unwrap().len() / 1024 + 8;
    let run = on_full_disk(&lmq, blocks, "import big.csv");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.starts_with("lmq: not saved: the disk "), "{}", run.stderr);
    assert!(run.stderr.contains("everything answered before is safe"), "{}", run.stderr);
    assert_eq!(lmq.cards("deck:team"), before);
    assert!(lmq.cards("number 2999").is_empty());
    lmq.assert_sound();
    let run = on_full_disk(&lmq, 8, "answer team/pair#1 good");
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(lmq.cards("deck:team"), before);
    let run = on_full_disk(&lmq, 8, "export team --out out.csv --format csv");
    assert!(run.code == 0 || run.code == 1, "{run:?}");
    let run = on_full_disk(&lmq, 8, "backup b.db");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(!lmq.files().iter().any(|name| name.starts_with("b.db")), "{:?}", lmq.files());
    lmq.assert_sound();
    lmq.run(["answer", "team/pair#1", "good"]).ok().out();
}

#[test]
fn a_full_disk_at_a_rebuild_or_in_the_middle_of_a_union_leaves_everything_as_it_was() {
    let lmq = used();
    lmq.write("big.csv", (0..3000).map(|n| format!("question number {n},answer {n}\n")).collect::<String>());
    lmq.run(["import", "big.csv"]).ok().out();
    drop(lmq.run(["export", "--what", "history", "--out", "log.jsonl"]).code(0));
    let before = lmq.cards("deck:*");
    for blocks in [8, fs::metadata(lmq.db()).unwrap().len() / 2048] {
        let run = on_full_disk(&lmq, blocks, "doctor --rebuild");
        assert_eq!(run.code, 1, "{run:?}");
        assert_eq!(lmq.cards("deck:*"), before);
        lmq.assert_sound();
    }
    drop(lmq.run(["doctor", "--rebuild"]).code(0));
    assert_eq!(lmq.cards("deck:*"), before);
    let other = Lmq::new();
    other.run(["decks"]).ok().out();
    other.write("log.jsonl", fs::read_to_string(lmq.path("log.jsonl")).unwrap());
    let blocks = fs::metadata(other.db()).unwrap().len() / 1024 + 64;
    let run = on_full_disk(&other, blocks, "import log.jsonl");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(other.cards("number 2999").is_empty());
    other.assert_sound();
    drop(other.run(["import", "log.jsonl"]).code(0));
    assert_eq!(other.cards("number 2999").len(), 1);
}

#[test]
fn a_first_start_on_a_full_disk_fails_and_the_next_one_works() {
    let lmq = Lmq::new();
    for blocks in [0, 4, 40, 100] {
        let run = on_full_disk(&lmq, blocks, "decks");
        assert_eq!(run.code, 1, "{blocks}: {run:?}");
        assert!(run.stderr.starts_with("lmq: "), "{blocks}: {}", run.stderr);
    }
    lmq.run(["decks"]).ok().out();
    lmq.assert_sound();
}

/// What a disk, or somebody with another program, can make of the words of a note.
const UNREADABLE: [&str; 3] = ["CAST(x'7bffff' AS TEXT)", "'{\"kind\":\"basic\",\"fields\":{\"fro'", "'[]'"];

#[test]
fn one_unreadable_note_keeps_nobody_from_the_others() {
    for body in UNREADABLE {
        let lmq = used();
        let db = rusqlite::Connection::open(lmq.db()).unwrap();
        db.execute_batch(&format!(
            "DROP TRIGGER text_is_append_only_u; UPDATE text SET body = {body} WHERE body LIKE '%Mentor%'"
        ))
        .unwrap();
        drop(db);
        let run = lmq.run(["cards", "deck:team"]).ok();
        assert!(run.stdout.contains("[unreadable]") && run.stdout.contains("second"), "{body}: {run:?}");
        lmq.run(["cards", "retro"]).done();
        lmq.run(["decks"]).done();
        lmq.run(["stats"]).done();
        lmq.run(["show", "team/pair#1"]).done();
        let run = lmq.run(["next", "team"]).ok();
        assert_eq!(run.stdout.lines().next(), Some("team/retro#1"), "{body}: {run:?}");
        assert_eq!(
            run.stderr, "1 note is left out, because the text can't be read; `lmq doctor` says more\n",
            "{body}"
        );
        let run = lmq.run_with("\n\n\n\n\n\n\n\n", ["review", "team"]).ok();
        assert!(run.stderr.contains("1 note is left out"), "{body}: {run:?}");
        assert!(run.stdout.contains("The retro is every"), "{body}: {run:?}");
        lmq.run(["answer", "team/retro#2", "good"]).done();
        let doctor = lmq.run(["doctor"]).code(3);
        let is_of_texts = |line: &str| line.starts_with("texts: ") || line.starts_with("log: ");
        assert!(
            doctor.stdout.lines().filter(|line| !line.starts_with("triggers: ")).all(is_of_texts),
            "{body}: {doctor:?}"
        );
        // Its deck can be deleted, and what was deleted brought back.
        lmq.run(["delete", "deck:team", "-y"]).done();
        assert!(lmq.cards("deck:team").is_empty(), "{body}");
        lmq.run(["undo", "-y"]).done();
        assert!(lmq.run(["cards", "deck:team"]).ok().stdout.contains("second"), "{body}");
        // The file that it came from has the words still: with these the note is itself again.
        lmq.run(["import", "team.toml", "--theirs"]).done();
    }
}

const TO_SEE: [&[&str]; 11] = [
    &["cards", "deck:team"],
    &["stats"],
    &["show", "team/owner"],
    &["history"],
    &["decks"],
    &["next", "team"],
    &["export", "team", "--format", "csv"],
    &["import", "team.toml", "--theirs", "--dry-run"],
    &["delete", "deck:team", "--dry-run"],
    &["forget", "team/owner", "--dry-run"],
    &["rename", "team", "other", "--dry-run"],
];

/// Runs all that only looks in a shell that begins with `before`, and gives what each says.
fn looks(lmq: &Lmq, before: &str) -> Vec<crate::home::Run> {
    TO_SEE.iter().map(|args| lmq.shell(&format!("{before} exec lmq {}", args.join(" ")))).collect()
}

/// A database as a killed program leaves it: the last answer is in the write-ahead log alone, and not in the caches.
fn left_by_a_kill(lmq: &Lmq) {
    lmq.run(["backup", "whole.db"]).done();
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    // Held open, so that the log's pages stay in the log.
    let _: i64 = db.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    lmq.run(["answer", "team/pair#1", "good"]).done();
    let names = ["lmq.db", "lmq.db-wal"];
    let kept = names.map(|name| fs::read(lmq.path(name)).unwrap());
    drop(db);
    assert!(!kept[1].is_empty());
    for (name, bytes) in names.iter().zip(kept) {
        lmq.write(name, bytes);
    }
    fs::remove_file(lmq.path("lmq.db-shm")).ok();
}

#[test]
fn a_full_disk_still_lets_one_look() {
    for killed in [false, true] {
        let lmq = used();
        if killed {
            left_by_a_kill(&lmq);
        }
        let files = || ["lmq.db", "lmq.db-wal"].map(|name| fs::read(lmq.path(name)).unwrap_or_default());
        let before = files();
        let seen = looks(&lmq, "trap '' XFSZ; ulimit -f 0;");
        assert!(files() == before, "nothing is written");
        for (run, args) in seen.iter().zip(TO_SEE) {
            assert_eq!(run.code, 0, "{args:?}: {run:?}");
            assert!(run.stderr.starts_with("the disk is full: this is what was saved before\n"), "{args:?}: {run:?}");
        }
        let wanted = looks(&lmq, "");
        for (seen, wanted) in seen.iter().zip(wanted) {
            assert_eq!(seen.stdout, wanted.stdout);
        }
        let run = lmq.shell("trap '' XFSZ; ulimit -f 0; exec lmq answer team/retro#1 good");
        assert_eq!(run.code, 1, "{run:?}");
    }
}

/// Root may write everywhere but where the kernel says no: on a file system that is mounted for reading alone. Where nothing may be
/// mounted this proves nothing.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_still_lets_one_look() {
    for killed in [false, true] {
        let lmq = used();
        if killed {
            left_by_a_kill(&lmq);
        }
        let mounted = "mount --bind . . && mount -o remount,bind,ro . && cd .";
        let try_it = lmq.shell(&format!("unshare -m bash -c '{mounted}'"));
        if try_it.code != 0 {
            left_out("a read-only folder is not tried: nothing may be mounted here");
            return;
        }
        let root = lmq.root().display().to_string();
        let mounted = format!("mount --bind {root} {root} && mount -o remount,bind,ro {root} && cd {root} &&");
        let seen: Vec<crate::home::Run> = TO_SEE
            .iter()
            .map(|args| lmq.shell(&format!("exec unshare -m bash -c '{mounted} exec lmq {}'", args.join(" "))))
            .collect();
        let refused = lmq.shell(&format!("exec unshare -m bash -c '{mounted} exec lmq answer team/retro#1 good'"));
        assert_eq!(refused.code, 1, "{refused:?}");
        for ((seen, wanted), args) in seen.iter().zip(looks(&lmq, "")).zip(TO_SEE) {
            assert_eq!(seen.code, 0, "{args:?}: {seen:?}");
            assert_eq!(seen.stdout, wanted.stdout, "{args:?}");
            assert!(
                seen.stderr.starts_with("nothing can be written here: this is what was saved before\n"),
                "{args:?}: {seen:?}"
            );
        }
    }
}

/// A disk that fails once, at each reading that a command does of the database.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fails_to_read_once_is_not_called_damage() {
    let lmq = used();
    lmq.run(["doctor"]).done();
    let strace = "strace -f -qq -o trace -e signal=none -e trace=pread64,read -P $PWD/lmq.db";
    if lmq.shell(&format!("{strace} true")).code != 0 {
        left_out("a failing disk is not tried: strace can't be used here");
        return;
    }
    let before = lmq.cards("deck:team");
    for command in ["decks", "cards deck:team", "doctor", "answer team/pair#1 good", "backup copy.db --force"] {
        let mut failed = 0;
        for call in ["read", "pread64"] {
            for turn in 1.. {
                let run = lmq.shell(&format!("exec {strace} -e inject={call}:error=EIO:when={turn} lmq {command}"));
                // Each thread has a count of its own: with two of them it fails twice.
                let injected = lmq.read("trace").matches("(INJECTED)").count();
                if command.starts_with("answer") {
                    let is_saved = lmq.run(["show", "team/pair#1", "--json"]).json()["repetitions"] == 1;
                    assert!(is_saved || run.code != 0, "{call} {turn}: {run:?}");
                    if is_saved {
                        lmq.run(["undo", "--yes"]).done();
                    }
                }
                match injected {
                    0 => break,
                    1 => {}
                    _ => continue,
                }
                failed += usize::from(run.code != 0);
                assert!([0, 1].contains(&run.code), "{command}: {call} {turn}: {run:?}");
                assert!(!run.stderr.contains("damaged"), "{command}: {call} {turn}: {run:?}");
            }
        }
        assert!(failed > 0, "{command} reads nothing");
    }
    lmq.assert_sound();
    assert_eq!(lmq.cards("deck:team"), before);
}

#[test]
fn a_bit_of_the_header_is_damage_and_no_bug() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara"]).done();
    let whole = std::fs::read(lmq.db()).unwrap();
    // The schema's version, and SQLite's own of the file.
    for (byte, bit) in [(63, 0), (60, 0), (61, 3), (60, 7), (47, 0), (47, 6)] {
        let mut bytes = whole.clone();
        bytes[byte] ^= 1 << bit;
        lmq.write("lmq.db", bytes);
        for command in [&["decks"][..], &["answer", "team/who", "good"]] {
            let error = lmq.run(command).err(3);
            assert!(error.contains("damaged"), "byte {byte}, bit {bit}, {command:?}: {error}");
        }
        std::fs::remove_file(lmq.path("saved.db")).ok();
        lmq.run(["doctor", "--salvage", "saved.db"]).done();
        assert_eq!(lmq.run(["--db", "saved.db", "cards", "deck:team", "--json"]).json()[0]["prompt"], "Who?");
        assert_eq!(lmq.files(), ["lmq.db", "saved.db"], "byte {byte}, bit {bit}");
    }
}

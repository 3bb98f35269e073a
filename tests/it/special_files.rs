//! Files that are none, files that are there already, and the one file that nothing may take the place of.

use crate::every_command;
use crate::home::Lmq;
use crate::home::TEAM;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;

/// An installation with a deck and an answer, and something to make a team report of.
fn used() -> Lmq {
    let lmq = Lmq::new();
    lmq.import("team.toml", TEAM);
    lmq.run(["answer", "team/owner", "good"]).done();
    for person in ["a", "b", "c"] {
        let other = Lmq::new();
        other.import("team.toml", TEAM);
        other.run(["answer", "team/owner", "good"]).done();
        other.run(["report", "--share", "share.json", "--yes"]).done();
        lmq.write(&format!("{person}.json"), other.read("share.json"));
    }
    lmq
}

/// Every command that writes a file that a person named, without the name.
const WRITERS: &[&str] = &[
    "export --format csv --out",
    "export --format json --out",
    "export --format jsonl --out",
    "export team --format toml --out",
    "export --what history --out",
    "report --format text --out",
    "report --format html --out",
    "report --yes --share",
    "team a.json b.json c.json --format text --out",
    "new other --out",
    "backup",
    "doctor --salvage",
];

/// Whether the command has a `--force`.
fn can_force(writer: &str) -> bool {
    !writer.starts_with("new") && !writer.starts_with("doctor")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_that_is_there_stays_unless_it_is_forced() {
    let lmq = used();
    for writer in WRITERS {
        lmq.write("there", "mine");
        let run = lmq.shell(&format!("lmq {writer} there"));
        assert_eq!(run.code, 1, "{writer}: {run:?}");
        assert!(run.stderr.contains("already exists"), "{writer}: {}", run.stderr);
        assert_eq!(lmq.read("there"), "mine", "{writer}");
        if can_force(writer) {
            lmq.shell(&format!("lmq {writer} there --force")).done();
            assert_ne!(fs::read(lmq.path("there")).unwrap(), b"mine", "{writer}");
        }
        let run = lmq.shell(&format!("ln -sfn elsewhere link; lmq {writer} link"));
        assert_eq!(run.code, 1, "{writer}: {run:?}");
        assert!(!lmq.path("elsewhere").exists(), "{writer} makes a file where a link leads");
    }
    let left: Vec<String> =
        lmq.files().into_iter().filter(|name| name.starts_with('.') || name.contains("part")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_database_is_never_written_over_whatever_it_is_called() {
    let lmq = used();
    fs::create_dir(lmq.path("sub")).unwrap();
    // Somebody has it open, so that both side files are there.
    let open = rusqlite_open(&lmq);
    std::os::unix::fs::symlink("lmq.db", lmq.path("soft")).unwrap();
    std::os::unix::fs::symlink(lmq.root(), lmq.path("folder")).unwrap();
    std::os::unix::fs::symlink("lmq.db-wal", lmq.path("softwal")).unwrap();
    for (from, to) in [("lmq.db", "hard"), ("lmq.db-wal", "hardwal"), ("lmq.db-shm", "hardshm")] {
        fs::hard_link(lmq.path(from), lmq.path(to)).unwrap();
    }
    let names = [
        "lmq.db",
        "./lmq.db",
        "sub/../lmq.db",
        "folder/lmq.db",
        "soft",
        "hard",
        "lmq.db-wal",
        "./lmq.db-shm",
        "softwal",
        "hardwal",
        "hardshm",
        "folder/lmq.db-wal",
        "lmq.db-journal",
    ];
    for writer in WRITERS {
        for name in names {
            for force in ["", "--force"] {
                if !force.is_empty() && !can_force(writer) {
                    continue;
                }
                let run = lmq.shell(&format!("lmq {writer} {name} {force}"));
                assert!(matches!(run.code, 1 | 2), "{writer} {name} {force}: {run:?}");
                assert!(lmq.path("hard").exists() && !lmq.path("lmq.db-journal").exists(), "{writer} {name}");
            }
        }
    }
    for (one, other) in [("lmq.db", "hard"), ("lmq.db-wal", "hardwal"), ("lmq.db-shm", "hardshm")] {
        let inode = |name: &str| std::os::unix::fs::MetadataExt::ino(&fs::metadata(lmq.path(name)).unwrap());
        assert_eq!(inode(one), inode(other), "{one} is another file now");
    }
    drop(open);
    lmq.assert_sound();
    assert_eq!(lmq.run(["show", "team/owner", "--json"]).json()["repetitions"], 1);
}

/// Holds the database open as another program does, and has something in its log.
fn rusqlite_open(lmq: &Lmq) -> std::process::Child {
    let mut session = lmq.command();
    session.args(["review"]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = session.spawn().unwrap();
    // The first card is shown when the database is open.
    let mut first = [0; 1];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    child
}

#[test]
fn new_files_have_the_rights_that_the_umask_leaves_and_private_ones_are_private() {
    let lmq = used();
    for (umask, usual) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        for writer in WRITERS {
            let path = lmq.path("new");
            lmq.shell(&format!("umask {umask}; lmq {writer} new")).done();
            let private = writer.contains("history") || writer.starts_with("backup") || writer.starts_with("doctor");
            assert_eq!(mode(&path), if private { 0o600 } else { usual }, "{writer} under {umask}");
            if can_force(writer) {
                // Rights that somebody gave a file stay, but nobody else gets to read what is private.
                fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
                lmq.shell(&format!("umask {umask}; lmq {writer} new --force")).done();
                assert_eq!(mode(&path), if private { 0o600 } else { 0o640 }, "{writer} again under {umask}");
            }
            fs::remove_file(&path).unwrap();
        }
        let lmq = Lmq::new();
        lmq.shell(&format!("umask {umask}; lmq config set new_per_day 3")).done();
        lmq.shell(&format!("umask {umask}; lmq next")).done();
        assert_eq!((mode(&lmq.path("config.toml")), mode(&lmq.db())), (usual, 0o600), "under {umask}");
    }
}

/// A pipe, a socket and links to them and to devices, in a folder of their own.
fn irregular(lmq: &Lmq) -> (Vec<String>, UnixListener) {
    lmq.write("odd/sub/x", "");
    lmq.shell("mkfifo odd/pipe.csv odd/pipe.toml").done();
    let socket = UnixListener::bind(lmq.path("odd/socket.csv")).unwrap();
    for (to, name) in [("/dev/zero", "zero.csv"), ("/dev/full", "full.csv"), ("pipe.csv", "link.csv")] {
        std::os::unix::fs::symlink(to, lmq.path(&format!("odd/{name}"))).unwrap();
    }
    let names = ["pipe.csv", "pipe.toml", "socket.csv", "zero.csv", "full.csv", "link.csv", "sub"];
    let mut all: Vec<String> = names.iter().map(|name| format!("odd/{name}")).collect();
    all.extend(["/dev/zero", "/dev/random", "/dev/tty"].map(str::to_owned));
    (all, socket)
}

/// Runs a line of shell that must come to its end by itself.
#[track_caller]
fn ends(lmq: &Lmq, line: &str) -> crate::home::Run {
    let run = lmq.shell(&format!("ulimit -v 4000000; timeout -s KILL 30 {line}"));
    assert_ne!(run.code, 137, "{line} waits, or reads without an end");
    run
}

#[test]
fn what_is_no_file_is_refused_at_once_by_whoever_reads_a_file() {
    let lmq = used();
    let (odd, _socket) = irregular(&lmq);
    for name in &odd {
        for line in [
            "lmq import ODD",
            "lmq import --format jsonl ODD",
            "lmq import --format csv --dry-run ODD",
            "lmq check ODD",
            "lmq --db ODD decks",
            "lmq --db ODD remind",
            "lmq --db ODD doctor",
            "env LMQ_CONFIG=ODD lmq decks",
            "env LMQ_CONFIG=ODD lmq config list",
            "env LMQ_CONFIG=ODD lmq config set new_per_day 3",
            "lmq report --compare ODD --since 30d",
            "lmq team ODD a.json b.json c.json --strict",
            "lmq edit team/owner --resume ODD",
            "lmq restore ODD",
        ] {
            // A folder of nothing is no error to look at.
            if name.ends_with("sub") && line.starts_with("lmq check") {
                continue;
            }
            let line = line.replace("ODD", name);
            let run = ends(&lmq, &line);
            let wanted = if line.contains("remind") { run.code == 0 } else { matches!(run.code, 1..=3) };
            assert!(wanted, "{line}: {run:?}");
            assert!(run.stderr.len() < 1000, "{line}: {}", run.stderr);
        }
        for writer in WRITERS {
            let force = if can_force(writer) { "--force" } else { "" };
            let run = ends(&lmq, &format!("lmq {writer} {name} {force}"));
            assert!(matches!(run.code, 1 | 2), "{writer} {name}: {run:?}");
        }
    }
    // In a folder they are passed over, and what is beside them is taken.
    lmq.write("odd/good.csv", "one,1\n");
    assert!(ends(&lmq, "lmq import odd").ok().stdout.contains('1'));
    lmq.assert_sound();
}

#[test]
fn a_followed_file_that_became_something_else_stops_nothing() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "one,1\n");
    lmq.write("folder/b.toml", TEAM);
    lmq.run(["import", "--link", "a.csv", "folder"]).done();
    fs::remove_file(lmq.path("a.csv")).unwrap();
    fs::remove_file(lmq.path("folder/b.toml")).unwrap();
    lmq.shell("mkfifo a.csv folder/b.toml folder/c.csv").done();
    for line in ["lmq decks", "lmq next", "lmq cards", "lmq edit team/owner --back x"] {
        let run = ends(&lmq, line);
        assert!(run.stderr.contains("a.csv"), "{line}: {run:?}");
        assert!(matches!(run.code, 0 | 1), "{line}: {run:?}");
    }
    assert_eq!(lmq.cards("").iter().filter(|card| card["deck"] == "team").count(), 5);
    fs::remove_dir_all(lmq.path("folder")).unwrap();
    fs::remove_file(lmq.path("a.csv")).unwrap();
    fs::create_dir(lmq.path("a.csv")).unwrap();
    lmq.shell("mkfifo folder").done();
    assert!(ends(&lmq, "lmq decks").ok().stderr.contains("folder"));
    std::os::unix::fs::symlink("/dev/zero", lmq.path("zero")).unwrap();
    fs::remove_dir(lmq.path("a.csv")).unwrap();
    fs::rename(lmq.path("zero"), lmq.path("a.csv")).unwrap();
    assert!(ends(&lmq, "lmq decks").ok().stderr.contains("a.csv"));
}

#[test]
fn what_is_read_has_an_end() {
    let lmq = used();
    for name in ["big.toml", "big.csv", "big.jsonl", "big.json", "config.toml"] {
        fs::File::create(lmq.path(name)).unwrap().set_len(40 << 30).unwrap();
    }
    for name in ["big.toml", "big.csv", "big.jsonl", "big.json"] {
        for line in ["lmq import", "lmq import --format jsonl", "lmq import --format csv", "lmq check"] {
            let run = ends(&lmq, &format!("env LMQ_CONFIG= {line} {name}"));
            assert!(matches!(run.code, 1..=3), "{line} {name}: {run:?}");
        }
    }
    assert!(ends(&lmq, "lmq decks").err(1).contains("longer than"));
    fs::remove_file(lmq.path("config.toml")).unwrap();
    for line in ["lmq import - < /dev/zero", "lmq import --format csv - < /dev/zero", "lmq import - < /dev/urandom"] {
        assert!(matches!(ends(&lmq, line).code, 1..=3), "{line}");
    }
    for line in ["lmq edit team/owner - < /dev/zero", "lmq add team - < /dev/zero", "lmq review < /dev/zero"] {
        assert!(matches!(ends(&lmq, line).code, 1..=3), "{line}");
    }
}

#[test]
fn what_is_no_text_is_no_deck_whatever_it_is_called() {
    let lmq = Lmq::new();
    for (start, what) in [
        (&b"PK\x03\x04\x14\0\x08\0,a\nb,c\n"[..], "zip"),
        (b"PK\x03\x04a,b\nc,d\n", "zip"),
        (b"\x1f\x8b\x08\x08a,b\nc,d\n", "gzip"),
        (b"%PDF-1.7\na,b\nc,d\n", "PDF"),
        (b"\x89PNG\r\n\x1a\na,b\n", "picture"),
        (b"\xd0\xcf\x11\xe0a,b\nc,d\n", "Office"),
        (b"SQLite format 3\0a,b\nc,d\n", "database"),
        (b"\x28\xb5\x2f\xfda,b\nc,d\n", "zstd"),
        (b"a\x01,\x02b\x03\n\x04", "control characters"),
    ] {
        for name in ["x.csv", "x.tsv", "x.txt", "x.toml", "x.json", "x.jsonl"] {
            lmq.write(name, start);
            for line in ["lmq import", "lmq import --format csv", "lmq check", "lmq import --format json"] {
                let run = lmq.shell(&format!("{line} {name}"));
                assert!(matches!(run.code, 1..=3), "{line} {name} {what}: {run:?}");
            }
        }
        let error = lmq.run(["import", "x.csv"]).err(3);
        assert!(error.contains(what) && error.contains("not a deck"), "{what}: {error}");
        lmq.write("y.csv", start);
        assert_eq!(lmq.shell("lmq import --format csv - < y.csv").code, 3, "{what}");
    }
    assert!(lmq.cards("").iter().all(|card| card["deck"] != "x"));
    lmq.write(
        "utf16.csv",
        [b"\xff\xfe".to_vec(), "a,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
    );
    lmq.run(["import", "utf16.csv"]).done();
}

/// All files below a folder.
fn below(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

#[test]
fn whatever_a_command_leaves_is_for_its_owner_unless_it_is_for_others() {
    // What a person hands on, or wrote.
    let for_others = ["config.toml", "fresh.toml", "report.html", "share.json", "team.toml", "table.csv"];
    for (umask, usual) in [("000", 0o666), ("022", 0o644), ("077", 0o600)] {
        let lmq = every_command::ready();
        for name in ["team.toml", "table.csv"] {
            fs::set_permissions(lmq.path(name), fs::Permissions::from_mode(usual)).unwrap();
        }
        for line in every_command::COMMANDS {
            drop(every_command::run(&lmq, &format!("umask {umask};"), line));
        }
        let files = below(lmq.root());
        for file in &files {
            let name = file.file_name().unwrap().to_str().unwrap();
            let wanted = if for_others.contains(&name) { usual } else { 0o600 };
            assert_eq!(mode(file), wanted, "{} under {umask}", file.display());
        }
        let has = |what: &str| files.iter().any(|file| file.to_str().unwrap().contains(what));
        let kinds = ["lmq.db", ".set-aside.", ".before-fix.", "copy.db", "history.jsonl", ".chain", "report.html"];
        assert_eq!(kinds.iter().filter(|kind| !has(kind)).collect::<Vec<_>>(), [&""; 0], "{files:?}");
        assert_eq!(mode(&lmq.path("xdg/lmq")), 0o700, "under {umask}");
    }
}

#[test]
fn a_zone_that_is_no_file_is_utc() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.shell("mkfifo zone").done();
    for zone in ["/dev/zero", ":/dev/zero", "../../../dev/zero", ":$PWD/zone"] {
        let lmq_there = format!("env -u LMQ_NOW TZ={zone} lmq");
        ends(&lmq, &format!("{lmq_there} import team.toml")).done();
        ends(&lmq, &format!("{lmq_there} answer team/owner good")).done();
        ends(&lmq, &format!("{lmq_there} --now 2026-01-15T09:00 decks")).done();
    }
    let rows = lmq.shell("env -u LMQ_NOW lmq history team/owner --json").json();
    assert!(rows.as_array().unwrap().last().unwrap().to_string().contains("Z\""), "{rows}");
}

/// A database whose newest answers are in the log beside it alone, as a killed session leaves it.
fn killed_database(lmq: &Lmq, name: &str) {
    lmq.run(["backup", name]).done();
    let db = rusqlite::Connection::open(lmq.path(name)).unwrap();
    db.pragma_update(None, "journal_mode", "wal").unwrap();
    let _: i64 = db.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    lmq.run(["--db", name, "answer", "team/pair#1", "good"]).done();
    let log = format!("{name}-wal");
    let kept = [name, &log].map(|name| (name, fs::read(lmq.path(name)).unwrap()));
    drop(db);
    for (name, bytes) in &kept {
        lmq.write(name, bytes);
    }
    assert!(!kept[1].1.is_empty());
}

#[test]
fn no_database_is_put_beside_the_log_of_another_one() {
    let lmq = used();
    killed_database(&lmq, "b.db");
    let log = fs::read(lmq.path("b.db-wal")).unwrap();
    lmq.run(["answer", "team/pair#1", "again"]).done();
    lmq.run(["answer", "team/retro#1", "easy"]).done();
    let refused = |line: &str| {
        let run = lmq.shell(line);
        assert_eq!(run.code, 1, "{line}: {run:?}");
        assert!(run.stderr.contains("-wal` is the log of another database"), "{line}: {run:?}");
    };
    refused("lmq backup b.db --force");
    assert!(fs::read(lmq.path("b.db-wal")).unwrap() == log);
    // Where only the log is left.
    lmq.write("c.db-wal", &log);
    for line in ["lmq backup c.db", "lmq backup c.db --force", "lmq doctor --salvage c.db"] {
        refused(line);
        assert!(!lmq.path("c.db").exists(), "{line}");
    }
    lmq.write("d.db-journal", "a journal");
    assert_eq!(lmq.run(["backup", "d.db"]).code, 1);
    // As the message says: the other one takes its log in, and is replaced then.
    lmq.run(["--db", "b.db", "doctor"]).done();
    lmq.run(["backup", "b.db", "--force"]).done();
    assert_eq!(lmq.run(["--db", "b.db", "doctor"]).out(), "everything is in order\n");
    let grades = |args: &[&str]| lmq.run([args, &["history", "--json"]].concat()).json();
    assert_eq!(grades(&["--db", "b.db"]), grades(&[]));
    // What lmq copies by itself gets another name.
    lmq.write("lmq.db.before-fix.2026-01-15T090000+0100-wal", &log);
    let run = lmq.run(["doctor", "--fix"]).ok();
    assert!(run.stderr.contains("before-fix.2026-01-15T090000+0100-2"), "{run:?}");
    lmq.assert_sound();
}

#[test]
fn pipes_in_the_place_of_lmqs_own_files_stop_nothing() {
    let lmq = used();
    lmq.run(["backup", "b.db"]).done();
    let state =
        below(&lmq.path("xdg")).into_iter().find(|file| file.extension().is_some_and(|e| e == "chain")).unwrap();
    fs::remove_file(&state).unwrap();
    let state = state.display();
    let copy = "lmq.db.daily.2026-01-14T090000+0100";
    lmq.shell(&format!("mkfifo {state} {copy} lmq.db.restore-note config.draft.toml lmq.db.part")).done();
    for line in [
        "lmq decks",
        "lmq answer team/pair#1 good",
        "lmq undo --yes",
        "lmq doctor",
        "lmq backup --list",
        "lmq backup c.db",
        "lmq restore",
        "lmq export --what history --out h.jsonl",
        "lmq add own secret word --key k",
        "lmq forget own/k --yes",
    ] {
        ends(&lmq, line).done();
    }
    for line in ["lmq restore b.db --yes", "env EDITOR=true lmq config edit"] {
        assert!(matches!(ends(&lmq, line).code, 0 | 1), "{line}");
    }
    lmq.assert_sound();
}

#[test]
fn pipes_and_folders_in_the_place_of_a_database_s_own_files_are_refused() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara"]).done();
    for side in ["lmq.db-journal", "lmq.db-wal", "lmq.db-shm"] {
        for odd in [format!("mkfifo {side}"), format!("mkdir {side}")] {
            lmq.shell(&odd).done();
            for command in [&["decks"][..], &["doctor"], &["add", "team", "b", "c"], &["backup", "b.db"]] {
                let error = lmq.run(command).err(1);
                assert!(error.contains(side), "{odd}, {command:?}: {error}");
            }
            lmq.shell(&format!("rm -r {side}")).done();
        }
    }
    lmq.assert_sound();
}

#[test]
fn a_name_that_leads_to_no_file_is_told_for_what_it_is() {
    let lmq = used();
    lmq.run(["backup", "backup.db"]).done();
    lmq.shell("mkfifo pipe; ln -s nowhere lost; mkdir folder").done();
    let before = fs::read(lmq.path("lmq.db")).unwrap();
    for command in ["restore", "import", "import --format jsonl", "import --link", "check"] {
        for (name, why) in
            [("pipe", "a pipe, a device or a socket"), ("lost", "it is a link to `nowhere`, which does not exist")]
        {
            let run = lmq.shell(&format!("lmq {command} {name}"));
            assert_eq!(run.code, 1, "{command} {name}: {run:?}");
            assert!(run.stderr.contains(&format!("cannot read `{name}`")), "{command} {name}: {}", run.stderr);
            assert!(run.stderr.contains(why), "{command} {name}: {}", run.stderr);
        }
    }
    let folder = lmq.run(["restore", "folder"]).err(1);
    assert!(folder.contains("cannot read `folder`") && folder.contains("it is a folder"), "{folder}");
    let nothing = lmq.run(["restore", "nothing.db"]).err(1);
    assert!(nothing.contains("there is no file `nothing.db`"), "{nothing}");
    for (name, why) in
        [("pipe", "a pipe, a device or a socket"), ("lost", "it is a link to `nowhere`, which does not exist")]
    {
        for command in ["stats", "answer team/owner good", "backup new.db"] {
            let run = lmq.shell(&format!("lmq --db {name} {command}"));
            assert_eq!(run.code, 1, "{command} {name}: {run:?}");
            assert!(run.stderr.contains(&format!("cannot use `{name}`")), "{command} {name}: {}", run.stderr);
            assert!(
                run.stderr.contains(why) && run.stderr.contains("choose another file"),
                "{command}: {}",
                run.stderr
            );
        }
    }
    let pipe = lmq.run(["--db", "pipe", "doctor", "--salvage", "saved.db"]).err(1);
    assert!(pipe.contains("cannot read `pipe`") && pipe.contains("a pipe, a device or a socket"), "{pipe}");
    let lost = lmq.run(["--db", "lost", "restore", "backup.db"]).err(1);
    assert!(lost.contains("cannot use `lost`") && lost.contains("it is a link to `nowhere`"), "{lost}");
    assert!(!lmq.path("nowhere").exists() && fs::read(lmq.path("lmq.db")).unwrap() == before);
}

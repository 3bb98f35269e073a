//! `lmq backup`.

use crate::home::Lmq;
use crate::world::damage_an_index;
use std::fs;
use std::process::Stdio;

#[test]
fn a_backup_is_one_private_file_that_holds_everything() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).ok().out();
    lmq.run(["answer", "team/who", "good"]).ok().out();
    insta::assert_snapshot!(lmq.run(["backup", "copies/b.db"]).err(1), @r"
    lmq: cannot write `copies/b.db`
      there is no folder `copies`
    hint: create it first, or name another
    ");
    std::fs::create_dir(lmq.path("copies")).unwrap();
    assert_eq!(lmq.run(["backup", "copies/b.db"]).out(), "wrote copies/b.db\n");
    let names: Vec<_> =
        std::fs::read_dir(lmq.path("copies")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["b.db"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| std::fs::metadata(lmq.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("copies/b.db"), mode("lmq.db")), (0o600, 0o600));
    }
    let there = lmq.run(["--db", "copies/b.db", "show", "team/who", "--json"]).json();
    assert_eq!(there, lmq.run(["show", "team/who", "--json"]).json());
}

#[test]
fn a_file_that_is_there_is_not_replaced_unasked() {
    let lmq = Lmq::new();
    lmq.write("b.db", "precious");
    insta::assert_snapshot!(lmq.run(["backup", "b.db"]).err(1), @r"
    lmq: `b.db` already exists
    hint: use --force to replace it, or give another name
    ");
    assert_eq!(lmq.read("b.db"), "precious");
    assert_eq!(lmq.run(["backup", "b.db", "--force"]).out(), "wrote b.db\n");
    lmq.write("folder/x", "");
    insta::assert_snapshot!(lmq.run(["backup", "folder"]).err(1), @r"
    lmq: cannot write `folder`: it is a folder
    hint: name a file in it
    ");
    let error = lmq.run(["backup", "b.db/x.db"]).err(1);
    assert!(error.starts_with("lmq: cannot use `b.db"), "{error}");
    assert_eq!(lmq.run(["backup", "lmq.db", "--force"]).code, 2, "never onto itself");
    lmq.assert_sound();
}

#[test]
fn a_damaged_database_takes_no_good_backups_place() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).done();
    lmq.run(["backup", "b.db"]).done();
    let good = fs::read(lmq.path("b.db")).unwrap();
    damage_an_index(&lmq.db());
    let error = lmq.run(["backup", "b.db", "--force"]).err(3);
    assert!(error.starts_with("lmq: the database `$T/lmq.db` is damaged: no backup was made"), "{error}");
    assert!(fs::read(lmq.path("b.db")).unwrap() == good);
    lmq.run(["backup", "new.db"]).err(3);
    assert_eq!(lmq.files(), ["b.db", "lmq.db"]);
}

#[test]
fn a_log_that_is_not_what_its_hashes_say_is_no_good_backup() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).done();
    lmq.run(["backup", "b.db"]).done();
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    // Every page and index is whole.
    db.execute_batch("DROP TRIGGER text_is_append_only_u; UPDATE text SET body = 'forged' WHERE body IS NOT NULL")
        .unwrap();
    drop(db);
    lmq.run(["backup", "b.db", "--force"]).err(3);
    assert_eq!(lmq.run(["--db", "b.db", "cards", "deck:team"]).ok().stdout, "team/who  [new]  Who?\n");
}

#[test]
fn several_backups_onto_one_name_do_not_disturb_each_other() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).done();
    let all = |args: &[&str]| -> Vec<(bool, String)> {
        let spawn = |_| {
            let mut command = lmq.command();
            command.args(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children: Vec<_> = (0..3).map(spawn).collect();
        let ended = children.into_iter().map(|child| child.wait_with_output().unwrap());
        ended.map(|output| (output.status.success(), String::from_utf8(output.stderr).unwrap())).collect()
    };
    let once = all(&["backup", "b.db"]);
    assert_eq!(once.iter().filter(|(done, _)| *done).count(), 1, "{once:?}");
    assert!(once.iter().all(|(done, said)| *done || said.contains("`b.db` already exists")), "{once:?}");
    let forced = all(&["backup", "b.db", "--force"]);
    assert!(forced.iter().all(|(done, _)| *done), "{forced:?}");
    assert_eq!(lmq.files(), ["b.db", "lmq.db"]);
    assert_eq!(lmq.run(["--db", "b.db", "doctor"]).out(), "everything is in order\n");
}

#[cfg(unix)]
#[test]
fn what_is_called_like_a_part_of_a_backup_is_somebodys() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).done();
    lmq.write("b.db.part", "mine");
    lmq.write("victim", "mine too");
    std::os::unix::fs::symlink(lmq.path("victim"), lmq.path("c.db.part")).unwrap();
    for name in ["b.db", "c.db"] {
        lmq.run(["backup", name]).done();
    }
    assert_eq!((lmq.read("b.db.part"), lmq.read("victim")), ("mine".to_owned(), "mine too".to_owned()));
    assert_eq!(lmq.files(), ["b.db", "b.db.part", "c.db", "c.db.part", "lmq.db", "victim"]);
}

//! `lmq backup`.

use crate::home::Lmq;

#[test]
fn a_backup_is_one_private_file_that_holds_everything() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).ok().out();
    lmq.run(["answer", "team/who", "good"]).ok().out();
    insta::assert_snapshot!(lmq.run(["backup", "copies/b.db"]).err(1), @r"
    lmq: cannot write `copies/b.db`
      there is no folder `copies`
    hint: make it first, or name another
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
    lmq: `b.db` is there already
    hint: choose another name, or say --force to replace it
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

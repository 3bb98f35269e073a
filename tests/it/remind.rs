//! `lmq remind`.

use crate::home::Lmq;
use std::fs;

const NEXT: &str = "2026-01-16T09:00:00+01:00";

fn with_one_card() -> Lmq {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).done();
    lmq.run(["answer", "team/who", "good"]).done();
    lmq
}

#[test]
fn one_line_when_something_is_due_and_nothing_else() {
    let lmq = with_one_card();
    assert_eq!(lmq.run(["remind"]).out(), "", "nothing is due on the day itself");
    assert_eq!(lmq.run_at(NEXT, ["remind"]).out(), "1 card is due\n");
    assert_eq!(lmq.run_at(NEXT, ["remind", "--format", "[{due}] "]).out(), "[1] \n");
    lmq.run_at(NEXT, ["answer", "team/who", "again"]).done();
    assert_eq!(
        lmq.run_at(NEXT, ["remind", "--format", "{due}={reviews}+{repeats}\u{1b}[2J"]).out(),
        "1=0+1␛[2J\n",
        "a repeat waits too; nothing drives the terminal"
    );
    lmq.run(["config", "set", "reviews_per_day", "0"]).done();
    assert_eq!(lmq.run_at("2026-01-20T09:00:00+01:00", ["remind"]).out(), "", "the day's limit counts");
}

#[test]
fn a_prompt_never_hears_of_trouble_and_never_changes_anything() {
    let lmq = Lmq::new();
    assert_eq!(lmq.run(["remind"]).out(), "");
    assert!(lmq.files().is_empty(), "it makes no database");
    lmq.write(
        "no.db",
        "not a database, and long enough to have a header of a hundred and eight bytes; so this goes on",
    );
    lmq.write("broken.toml", "new_per_day = [");
    lmq.write("folder/x", "");
    for line in [
        "lmq remind --db no.db",
        "lmq remind --db folder",
        "lmq remind --db no/such/place.db",
        "LMQ_CONFIG=broken.toml lmq remind",
        "env -u LMQ_DB -u HOME -u XDG_DATA_HOME lmq remind",
    ] {
        assert_eq!(lmq.shell(line).out(), "", "{line}");
    }
    let lmq = with_one_card();
    lmq.write("broken.toml", "new_per_day = [");
    lmq.write("followed.csv", "front,back\na,b\n");
    lmq.run(["import", "followed.csv", "--link"]).done();
    lmq.write("followed.csv", "front,back\na,b\nc,d\n");
    let before = fs::read(lmq.db()).unwrap();
    assert_eq!(lmq.shell(&format!("LMQ_CONFIG=broken.toml lmq remind --now {NEXT}")).out(), "1 card is due\n");
    assert!(fs::read(lmq.db()).unwrap() == before, "followed files are not read");
    let side_files = fs::read_dir(lmq.path(".")).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
        name.ends_with("-wal") || name.ends_with("-shm")
    });
    assert_eq!(side_files.count(), 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(lmq.db(), fs::Permissions::from_mode(0o400)).unwrap();
        assert_eq!(lmq.run_at(NEXT, ["remind"]).out(), "1 card is due\n", "a file that may only be read is enough");
    }
}

#[test]
fn a_break_is_a_break() {
    let lmq = with_one_card();
    lmq.run(["pause", "--until", "7d"]).done();
    assert_eq!(lmq.run_at(NEXT, ["remind"]).out(), "");
    assert_eq!(lmq.run_at("2026-01-23T09:00:00+01:00", ["remind"]).out(), "1 card is due\n");
}

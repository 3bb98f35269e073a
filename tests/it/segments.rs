//! Histories that go out as segments and come in elsewhere: what becomes of them, and what is refused.

use crate::home::Lmq;
use crate::home::Run;
use crate::home::TEAM;
use std::fs;

/// An evening later than all that happens on the first day.
const NEXT_DAY: &str = "2026-01-16T09:00:00+01:00";

/// A home with answers, a mark that was undone, an edited tag and a deck of its own.
fn used() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good", "--ms", "4000"]).ok().out();
    lmq.run(["answer", "team/retro#1", "again", "--ms", "2500"]).ok().out();
    lmq.run(["tag", "people", "team/pair"]).done();
    lmq.run(["mark", "team/owner"]).done();
    lmq.run(["undo"]).done();
    lmq.run_at(NEXT_DAY, ["answer", "team/owner", "easy", "--ms", "1500"]).ok().out();
    lmq
}

/// The history as lines.
fn history(lmq: &Lmq) -> Vec<String> {
    let text = lmq.run(["export", "--what", "history", "-q"]).out();
    text.lines().map(str::to_owned).collect()
}

fn file_of(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// Where the first line that has `what` stands.
fn place(lines: &[String], what: &str) -> usize {
    lines.iter().position(|line| line.contains(what)).unwrap_or_else(|| panic!("no {what}"))
}

/// A number that a line has under a name.
fn number(line: &str, name: &str) -> i64 {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    value[name].as_i64().unwrap_or_else(|| panic!("no {name} in {line}"))
}

fn hex<'l>(line: &'l str, name: &str) -> &'l str {
    let from = line.find(&format!("\"{name}\":\"")).unwrap() + name.len() + 4;
    line.get(from..from + 32).unwrap()
}

/// The grades of a card, in the order of the log.
fn grades(lmq: &Lmq, card: &str) -> Vec<u64> {
    let rows = lmq.run_at(NEXT_DAY, ["history", card, "--json"]).json();
    rows.as_array().unwrap().iter().filter_map(|row| row["quality"].as_u64()).collect()
}

/// All that a refused file could have changed.
fn seen(lmq: &Lmq) -> (Vec<String>, serde_json::Value, Vec<String>) {
    (history(lmq), lmq.run(["cards", "--json"]).json(), lmq.files())
}

/// What the program says about a file that it refuses, which leaves everything as it was.
#[track_caller]
fn refused(lmq: &Lmq, content: impl AsRef<[u8]>) -> String {
    lmq.write("faulty.jsonl", content);
    let before = seen(lmq);
    let error = lmq.run_at(NEXT_DAY, ["import", "faulty.jsonl"]).err(3);
    assert!(before == seen(lmq), "it changed something: {error}");
    assert!(error.contains("\n  line ") && error.contains("nothing was changed"), "{error}");
    lmq.run_at(NEXT_DAY, ["doctor"]).done();
    error
}

#[track_caller]
fn refused_with(lmq: &Lmq, content: impl AsRef<[u8]>, line: usize, why: &str) {
    let error = refused(lmq, content);
    assert!(error.contains(&format!("\n  line {line}: ")) && error.contains(why), "line {line}, {why}: {error}");
}

#[test]
fn a_history_makes_another_database_equal() {
    let lmq = used();
    for file in ["x.jsonl", "x.jsonl.zst"] {
        let run = lmq.run(["export", "--what", "history", "--out", file]).ok();
        assert!(run.stderr.starts_with("wrote ") && run.stderr.ends_with(" entries of the log\n"), "{}", run.stderr);
        let other = Lmq::new();
        fs::copy(lmq.path(file), other.path(file)).unwrap();
        let run = other.run_at(NEXT_DAY, ["import", file]).ok();
        assert!(run.stdout.contains(" entries of history added"), "{}", run.stdout);
        assert_eq!(
            run.stderr,
            "uniting can't be undone; the database from before is at $T/lmq.db.before-union.2026-01-16T090000+0100\n"
        );
        let now = |lmq: &Lmq| lmq.run_at(NEXT_DAY, ["cards", "--json"]).out();
        assert_eq!(now(&lmq), now(&other), "{file}");
        for query in ["team/owner", "team/retro#1", "team/pair#2"] {
            let shown = |lmq: &Lmq| lmq.run_at(NEXT_DAY, ["show", query, "--json"]).json();
            assert_eq!(shown(&lmq), shown(&other), "{file} {query}");
        }
        other.run_at(NEXT_DAY, ["doctor"]).done();
        let copy = "lmq.db.before-union.2026-01-16T090000+0100";
        let there = other.run(["cards", "deck:work::team", "--db", copy]);
        assert!(
            there.code != 0 && there.stderr.contains("there is no deck `work::team`"),
            "it is from before: {there:?}"
        );

        // Again nothing is new, and no copy is made.
        let (before, files) = (now(&other), other.files());
        let again = other.run_at(NEXT_DAY, ["import", file]).out();
        assert!(again.ends_with("entries known already\n") && !again.contains("added"), "{again}");
        assert_eq!((now(&other), other.files()), (before, files));

        // It is no step of this device's: there is nothing that undo would take back.
        let undo = other.run_at(NEXT_DAY, ["undo", "--yes"]);
        assert!(undo.code != 0 && undo.stderr.contains("nothing to undo"), "{undo:?}");
        assert_eq!(now(&other), now(&lmq));
    }
    let [plain, packed] = ["x.jsonl", "x.jsonl.zst"].map(|file| fs::metadata(lmq.path(file)).unwrap().len());
    assert!(packed * 2 < plain, "{packed} of {plain} bytes");
}

#[test]
fn two_devices_that_both_went_on_become_equal() {
    let [one, two] = [used(), Lmq::new()];
    two.write("team.toml", TEAM);
    two.run(["import", "team.toml"]).done();
    two.run(["answer", "team/pair#1", "easy", "--ms", "3000"]).done();
    two.run(["answer", "team/owner", "again", "--ms", "3000"]).done();
    for (file, from, to) in [("a.zst", &one, &two), ("b.zst", &two, &one), ("c.zst", &one, &two)] {
        from.run(["export", "--what", "history", "--out", file, "-q"]).done();
        fs::copy(from.path(file), to.path(file)).unwrap();
        to.run_at(NEXT_DAY, ["import", file]).done();
    }
    for args in [["cards", "--json"], ["history", "--json"], ["decks", "--json"]] {
        let [ours, theirs] = [&one, &two].map(|lmq| lmq.run_at(NEXT_DAY, args).out());
        assert_eq!(ours, theirs, "{args:?}");
    }
    for lmq in [&one, &two] {
        assert_eq!(lmq.run_at(NEXT_DAY, ["doctor"]).out(), "everything is in order\n");
    }
}

#[test]
fn files_may_be_joined_and_looked_at_first() {
    let [one, two, third] = [used(), Lmq::new(), Lmq::new()];
    two.run(["add", "own", "Who?", "Amara", "--key", "who"]).done();
    let mut joined = Vec::new();
    for lmq in [&one, &two] {
        lmq.run(["export", "--what", "history", "--out", "h.zst", "-q"]).done();
        joined.extend(fs::read(lmq.path("h.zst")).unwrap());
    }
    third.write("both.jsonl.zst", joined);
    let before = seen(&third).1;
    let looked = third.run_at(NEXT_DAY, ["import", "both.jsonl.zst", "--dry-run"]).ok();
    assert!(looked.stdout.contains("entries of history"), "{looked:?}");
    assert_eq!((third.run(["cards", "--json"]).json(), third.files().len()), (before, 2), "nothing but the two files");
    third.run_at(NEXT_DAY, ["import", "both.jsonl.zst"]).done();
    assert_eq!(third.listed("deck:own"), ["Who? → Amara [new]"]);
    assert_eq!(third.everything("deck:work::team"), one.everything("deck:work::team"));
}

#[test]
fn a_file_may_say_the_same_twice_and_more_of_it() {
    let one = used();
    let export = || {
        one.run(["export", "--what", "history", "--out", "h.jsonl", "-q", "--force"]).done();
        one.read("h.jsonl")
    };
    let old = export();
    one.run_at(NEXT_DAY, ["answer", "quotes/q01-balance", "good"]).done();
    let new = export();
    for joined in [format!("{old}{old}"), format!("{old}{new}"), format!("{new}{old}"), format!("{new}{new}")] {
        let other = Lmq::new();
        other.write("joined.jsonl", &joined);
        other.run_at(NEXT_DAY, ["import", "joined.jsonl"]).done();
        other.run_at(NEXT_DAY, ["import", "joined.jsonl"]).done();
        other.run_at(NEXT_DAY, ["doctor"]).done();
        assert_eq!(other.everything("deck:work::team"), one.everything("deck:work::team"));
    }
}

#[test]
fn a_file_of_any_length_is_read_in_the_same_memory() {
    let one = used();
    one.run(["export", "--what", "history", "--out", "h.jsonl", "-q"]).done();
    let history = one.read("h.jsonl");
    let lmq = Lmq::new();
    let times = |times: usize| lmq.write("long.jsonl", history.repeat(times));
    let within = |kilobytes: u64| {
        // One arena: what the C library reserves for a second thread, and never touches, would count.
        let limits = format!("ulimit -c 0; ulimit -v {kilobytes}; export MALLOC_ARENA_MAX=1");
        lmq.shell(&format!("{limits}; lmq import long.jsonl --dry-run --now {NEXT_DAY}")).code == 0
    };
    times(1);
    let enough = (1..200).map(|step| 40_000 + 2000 * step).find(|kilobytes| within(*kilobytes)).unwrap();
    times(40_000_000 / history.len());
    assert!(within(enough + 8000), "{enough} kB were enough for one");
    times(1);
    lmq.run_at(NEXT_DAY, ["import", "long.jsonl"]).done();
    assert_eq!(lmq.everything("deck:work::team"), one.everything("deck:work::team"));
}

#[test]
fn a_file_that_was_damaged_changes_nothing() {
    let lmq = used();
    let lines = history(&lmq);
    let last = lines.len();
    let other = Lmq::new();
    other.run(["answer", "differences/d01-name", "good"]).done();

    // Cut in a line, after a line, after the head.
    let whole = file_of(&lines);
    refused_with(&other, &whole.as_bytes()[..whole.len() - 9], last, "cut off");
    refused_with(&other, file_of(&lines[..last - 1]), last, "should be");
    refused_with(&other, file_of(&lines[..1]), 2, "should be");
    other.write("empty.jsonl", "");
    assert!(other.run(["import", "empty.jsonl"]).err(3).contains("`empty.jsonl` is empty"));
    // A line is not there, there twice, in another place, or does not belong there.
    let answer = place(&lines, "\"answers\"");
    let mut without = lines.clone();
    without.remove(answer);
    refused(&other, file_of(&without));
    let mut doubled = lines.clone();
    doubled.insert(answer, lines[answer].clone());
    refused_with(&other, file_of(&doubled), answer + 2, "");
    let mut turned = lines.clone();
    turned.swap(answer, answer + 1);
    refused_with(&other, file_of(&turned), answer + 2, "");
    let mut more = lines.clone();
    more.push(lines[answer].clone());
    refused_with(&other, file_of(&more), last + 1, "no segment begins here");
    let mut nested = lines.clone();
    nested.insert(answer, lines[0].clone());
    refused_with(&other, file_of(&nested), answer + 1, "");
    let mut torn = lines.clone();
    torn[answer] = "{\"answers\":{\"hlc\":".to_owned();
    refused_with(&other, file_of(&torn), answer + 1, "");
    // Compressed: cut, and with other bytes in it.
    lmq.run(["export", "--what", "history", "--out", "h.zst", "-q"]).done();
    let packed = fs::read(lmq.path("h.zst")).unwrap();
    refused(&other, &packed[..packed.len() / 2]);
    let mut other_bytes = packed.clone();
    for byte in other_bytes.iter_mut().skip(packed.len() / 2).take(40) {
        *byte ^= 0x55;
    }
    refused(&other, &other_bytes);
    // What was not damaged is still taken.
    other.write("whole.jsonl", whole);
    other.run_at(NEXT_DAY, ["import", "whole.jsonl"]).done();
    assert_eq!(other.everything("deck:work::team"), lmq.everything("deck:work::team"));
}

#[test]
fn a_file_that_was_forged_changes_nothing() {
    let lmq = used();
    let lines = history(&lmq);
    let other = Lmq::new();
    other.run(["answer", "differences/d01-name", "good"]).done();
    let answer = place(&lines, "\"answers\"");
    let with = |at: usize, old: &str, new: &str| {
        let mut forged = lines.clone();
        assert!(lines[at].contains(old), "{old}: {}", lines[at]);
        forged[at] = lines[at].replacen(old, new, 1);
        file_of(&forged)
    };
    // A grade that could be, one that could not, and words that are not those that were hashed.
    refused_with(&other, with(answer, "\"quality\":\"4\"", "\"quality\":\"5\""), lines.len(), "changed or damaged");
    refused_with(&other, with(answer, "\"quality\":\"4\"", "\"quality\":\"9\""), answer + 1, "");
    let text = place(&lines, "Who owns the roadmap?");
    refused_with(&other, with(text, "roadmap?", "roadmap!"), text + 1, "");
    // Numbers and stamps at the ends of their ranges.
    let hlc =
        format!("\"hlc\":{}", serde_json::from_str::<serde_json::Value>(&lines[answer]).unwrap()["answers"]["hlc"]);
    for end in [i64::MAX, i64::MIN, -1, 864_000_000_000_001] {
        refused_with(&other, with(answer, &hlc, &format!("\"hlc\":{end}")), answer + 1, "");
    }
    refused_with(&other, with(answer, &hlc, "\"hlc\":1e400"), answer + 1, "");
    let to = format!("\"to\":{}", number(&lines[0], "to"));
    for end in ["4294967296", "18446744073709551615", "0", "-1"] {
        refused_with(&other, with(0, &to, &format!("\"to\":{end}")), 1, "");
    }
    refused(&other, with(0, "\"from\":1,", "\"from\":2,"));
    refused_with(&other, with(0, "\"from\":1,", "\"from\":0,"), 1, "");
    // Of a newer version, or with what this one does not know.
    refused_with(&other, with(0, "\"version\":1", "\"version\":2"), 1, "update this one");
    refused_with(&other, with(0, "\"knows\"", "\"colour\""), 1, "");
    let mark = place(&lines, "\"marked\"");
    refused_with(&other, with(mark, "\"marked\"", "\"dreamed\""), mark + 1, "update this one");
    let theirs = file_of(&lines) + &lines[0].replacen("lmq-segment", "their-segment", 1) + "\n";
    refused_with(&other, theirs, lines.len() + 1, "the format is `their-segment`");
}

/// Cuts the last action off a history that `all` is, into a segment of its own: `before` is the history without it.
fn last_action(before: &[String], all: &[String]) -> Vec<String> {
    let head = all[0]
        .replace("\"from\":1,", &format!("\"from\":{},", number(&before[0], "to") + 1))
        .replace(hex(&all[0], "before"), hex(&before[0], "after"));
    [head].into_iter().chain(all[before.len()..].iter().cloned()).collect()
}

#[test]
fn a_segment_goes_on_where_the_history_ends_and_a_hole_is_refused() {
    let lmq = used();
    let first = history(&lmq);
    lmq.run_at(NEXT_DAY, ["pause", "--until", "2026-01-20"]).done();
    let second = history(&lmq);
    lmq.run_at(NEXT_DAY, ["pause", "--until", "2026-01-25"]).done();
    let third = history(&lmq);
    let (two, three) = (file_of(&last_action(&first, &second)), file_of(&last_action(&second, &third)));

    let other = Lmq::new();
    let known = number(&second[0], "to");
    refused_with(&other, &three, 1, &format!("have 0, comes {}", known + 1));
    other.write("first.jsonl", file_of(&first));
    other.run_at(NEXT_DAY, ["import", "first.jsonl"]).done();
    refused_with(&other, &three, 1, &format!("have {}, comes {}", known - 1, known + 1));
    for part in [two, three] {
        other.write("part.jsonl", part);
        let run = other.run_at(NEXT_DAY, ["import", "part.jsonl"]).ok();
        assert!(run.stdout.starts_with("1 entry of history added"), "{}", run.stdout);
    }
    let paused = |lmq: &Lmq| lmq.run_at(NEXT_DAY, ["pause"]).ok().stdout;
    assert_eq!(paused(&lmq), paused(&other));
    assert!(paused(&other).contains("2026-01-25"), "{}", paused(&other));
}

#[test]
fn what_is_more_than_a_year_ahead_is_taken_on_demand_only() {
    let lmq = used();
    lmq.run_at("2028-03-01T09:00:00+01:00", ["answer", "team/pair#1", "good"]).done();
    let lines = history(&lmq);
    let other = Lmq::new();
    let error = refused(&other, file_of(&lines));
    assert!(error.contains("2028-03-01") && error.contains("--accept-future"), "{error}");
    let run = other.run_at(NEXT_DAY, ["import", "faulty.jsonl", "--accept-future"]).ok();
    assert!(run.stdout.contains("entries of history added"), "{}", run.stdout);
    assert_eq!(other.everything("deck:work::team"), lmq.everything("deck:work::team"));
    // Whatever is done here from now on comes after it.
    other.run_at(NEXT_DAY, ["answer", "team/pair#1", "again"]).done();
    assert_eq!(grades(&other, "team/pair#1"), [4, 2]);
}

/// A database in the place of `lmq`'s that knows nothing of what was written since, nor does anything else there.
fn put_back(lmq: &Lmq, copy: &str) {
    for side in ["-wal", "-shm"] {
        fs::remove_file(lmq.path(&format!("lmq.db{side}"))).ok();
    }
    fs::copy(lmq.path(copy), lmq.db()).unwrap();
    fs::remove_dir_all(lmq.path("xdg")).unwrap();
}

#[test]
fn numbers_of_this_device_that_it_does_not_know_are_taken_where_they_go_on_from_its_own() {
    let lmq = used();
    fs::copy(lmq.db(), lmq.path("older")).unwrap();
    lmq.run_at(NEXT_DAY, ["answer", "team/pair#2", "good"]).done();
    let (after, newer) = (lmq.everything("deck:work::team"), history(&lmq));
    put_back(&lmq, "older");
    // With a chain that is not its own they are a forgery.
    let wrong = file_of(&newer).replacen(hex(&newer[0], "after"), "00112233445566778899aabbccddeeff", 1);
    refused_with(&lmq, wrong, newer.len(), "changed or damaged");
    lmq.write("newer.jsonl", file_of(&newer));
    let run = lmq.run_at(NEXT_DAY, ["import", "newer.jsonl"]).ok();
    assert!(run.stdout.starts_with("1 entry of history added"), "{}", run.stdout);
    assert_eq!(lmq.everything("deck:work::team"), after);
    // Another copy may still go on under the old name: this one does not.
    lmq.run_at(NEXT_DAY, ["answer", "team/pair#1", "good"]).done();
    let heads: Vec<String> = history(&lmq).into_iter().filter(|line| line.starts_with("{\"format\"")).collect();
    assert_eq!(heads.len(), 2, "{heads:?}");
    assert!(heads.iter().any(|head| head.contains("\"parent\"")), "{heads:?}");
    assert_eq!(lmq.run_at(NEXT_DAY, ["doctor"]).out(), "everything is in order\n");
}

#[test]
fn two_copies_that_went_on_under_one_name_are_refused_until_they_are_told_apart() {
    let lmq = used();
    fs::copy(lmq.db(), lmq.path("older")).unwrap();
    lmq.run_at(NEXT_DAY, ["answer", "team/pair#2", "good"]).done();
    let theirs = history(&lmq);
    put_back(&lmq, "older");
    lmq.run_at(NEXT_DAY, ["answer", "team/pair#1", "again"]).done();
    let error = refused(&lmq, file_of(&theirs));
    assert!(
        error.contains("two copies of its database both went on") && error.contains("lmq doctor --fork"),
        "{error}"
    );
    let told = lmq.run_at(NEXT_DAY, ["doctor", "--fork"]);
    assert_eq!(told.code, 0, "{told:?}");
    let run: Run = lmq.run_at(NEXT_DAY, ["import", "faulty.jsonl"]).ok();
    assert!(run.stdout.starts_with("1 entry of history added"), "{}", run.stdout);
    assert_eq!(
        (grades(&lmq, "team/pair#1"), grades(&lmq, "team/pair#2")),
        (vec![2], vec![4]),
        "nothing is lost or doubled"
    );
    assert_eq!(lmq.run_at(NEXT_DAY, ["doctor"]).out(), "everything is in order\n");
}

#[test]
fn doctor_tells_what_is_awaited_of_other_devices_until_it_is_there() {
    let (a, b, c) = (Lmq::new(), Lmq::new(), Lmq::new());
    a.run(["add", "team", "Who?", "Ann", "--key", "k"]).done();
    b.write("a.jsonl", a.run(["export", "--what", "history", "-q"]).out());
    b.run(["import", "a.jsonl"]).done();
    b.run_at("2026-01-15T10:00:00+01:00", ["answer", "team/k", "good"]).done();
    let whole = b.run(["export", "--what", "history", "-q"]).out();
    let mut segments: Vec<String> = Vec::new();
    for line in whole.lines() {
        if line.starts_with("{\"format\":") {
            segments.push(String::new());
        }
        segments.last_mut().unwrap().push_str(&format!("{line}\n"));
    }
    let of_b = segments.iter().find(|segment| segment.contains("\"answer")).unwrap();
    c.write("b.jsonl", of_b);
    c.run(["import", "b.jsonl"]).done();
    let run = c.run(["doctor"]).ok();
    assert_eq!(run.stdout, "everything is in order\n", "it blocks nothing");
    assert!(
        run.stderr.contains("has written more than is here") && run.stderr.contains("import its history"),
        "{run:?}"
    );
    c.write("whole.jsonl", whole);
    c.run(["import", "whole.jsonl"]).done();
    assert_eq!(c.run(["doctor"]).ok().stderr, "");
}

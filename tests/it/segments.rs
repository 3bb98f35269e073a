//! Histories that go out as segments and come in elsewhere: what becomes of them, and what is refused.

use crate::home::Lmq;
use crate::home::Run;
use crate::home::TEAM;
use crate::world::PACKED;
use crate::world::World;
use crate::world::all_history_of;
use crate::world::assert_same;
use crate::world::time;
use lmq::failure::Kind;
use lmq::ops;
use lmq::ops::bulk::BulkChange;
use lmq::ops::import::Options;
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

/// The same in-process.
fn used_world() -> World {
    let mut world = World::with_built_in_decks();
    world.import("team.toml", TEAM);
    world.answer_named("team/owner", 4);
    world.answer_named("team/retro#1", 2);
    world.change(&["team/pair"], BulkChange::Tag(vec!["people".to_owned()]));
    world.change(&["team/owner"], BulkChange::Mark);
    world.undo_newest();
    world.set_now(time(NEXT_DAY));
    world.answer_named("team/owner", 5);
    world
}

/// Another device, with an answer of its own, on the next day.
fn another_world() -> World {
    let mut world = World::with_built_in_decks();
    world.answer_named("differences/d01-name", 4);
    world.set_now(time(NEXT_DAY));
    world
}

/// The history as lines.
fn lines_of(world: &World) -> Vec<String> {
    world.log_text().lines().map(str::to_owned).collect()
}

/// The files beside the database, and it itself.
fn files(world: &World) -> Vec<String> {
    let files = fs::read_dir(world.folder.path()).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What is said about a file that is refused, which leaves everything as it was.
#[track_caller]
fn refused_by(world: &mut World, content: impl AsRef<[u8]>) -> String {
    let before = (world.log_text(), world.seen(true), files(world));
    let refused = world.try_import("faulty.jsonl", content).unwrap_err();
    let error = refused.to_string();
    assert_eq!(refused.kind, Kind::Data, "{error}");
    assert!(before == (world.log_text(), world.seen(true), files(world)), "it changed something: {error}");
    assert!(error.contains("\n  line ") && error.contains("nothing was changed"), "{error}");
    world.assert_sound();
    error
}

#[track_caller]
fn refused_by_with(world: &mut World, content: impl AsRef<[u8]>, line: usize, why: &str) {
    let error = refused_by(world, content);
    assert!(error.contains(&format!("\n  line {line}: ")) && error.contains(why), "line {line}, {why}: {error}");
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
        assert!(again.ends_with("entries already known\n") && !again.contains("added"), "{again}");
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
    let (mut one, mut two) = (used_world(), World::with_built_in_decks());
    two.import("team.toml", TEAM);
    two.answer_named("team/pair#1", 5);
    two.answer_named("team/owner", 2);
    two.set_now(time(NEXT_DAY));
    two.import("a.jsonl", one.log_text());
    one.import("b.jsonl", two.log_text());
    two.import("c.jsonl", one.log_text());
    assert_same(&one.seen(false), &two.seen(false), "two devices that heard of each other");
    let told = |world: &World| -> Vec<String> {
        let rows = all_history_of(&world.store);
        rows.iter()
            .map(|row| format!("{} {} {:?}", row.name, row.voided, row.after.as_ref().map(|s| &s.memory)))
            .collect()
    };
    assert_eq!(told(&one), told(&two), "in the same order, with what was undone");
    let names = |world: &World| -> Vec<String> { world.decks().into_iter().map(|deck| deck.name).collect() };
    assert_eq!(names(&one), names(&two));
    one.assert_sound();
    two.assert_sound();
}

#[test]
fn files_may_be_joined_and_looked_at_first() {
    let (one, mut two, mut third) = (used_world(), World::with_built_in_decks(), World::with_built_in_decks());
    two.add("own", Some("who"), "Who?", "Amara");
    let mut joined = Vec::new();
    for world in [&one, &two] {
        ops::export::log(&world.store, PACKED, &mut joined).unwrap().unwrap();
    }
    third.set_now(time(NEXT_DAY));
    let before = (third.seen(true), files(&third));
    let looks = Options { dry_run: true, ..Options::default() };
    let looked = third.try_import_with("both.jsonl.zst", &joined, &looks).unwrap().sentence();
    assert!(looked.contains("entries of history"), "{looked}");
    assert!(before == (third.seen(true), files(&third)), "nothing was changed, and no copy made");
    third.import("both.jsonl.zst", &joined);
    assert_eq!(third.listed("deck:own"), ["Who? → Amara [new]"]);
    assert_eq!(third.found("deck:work::team"), one.found("deck:work::team"));
}

#[test]
fn a_file_may_say_the_same_twice_and_more_of_it() {
    let mut one = used_world();
    let old = one.log_text();
    one.answer_named("quotes/q01-balance", 4);
    let new = one.log_text();
    for joined in [format!("{old}{old}"), format!("{old}{new}"), format!("{new}{old}"), format!("{new}{new}")] {
        let mut other = World::with_built_in_decks();
        other.set_now(time(NEXT_DAY));
        other.import("joined.jsonl", &joined);
        other.import("joined.jsonl", &joined);
        other.assert_sound();
        assert_eq!(other.found("deck:work::team"), one.found("deck:work::team"));
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
    assert_eq!(lmq.cards("deck:work::team"), one.cards("deck:work::team"));
}

#[test]
fn a_file_that_was_damaged_changes_nothing() {
    let world = used_world();
    let lines = lines_of(&world);
    let last = lines.len();
    let mut other = another_world();

    // Cut in a line, after a line, after the head.
    let whole = file_of(&lines);
    refused_by_with(&mut other, &whole.as_bytes()[..whole.len() - 9], last, "cut off");
    refused_by_with(&mut other, file_of(&lines[..last - 1]), last, "should be");
    refused_by_with(&mut other, file_of(&lines[..1]), 2, "should be");
    let empty = other.try_import("empty.jsonl", "").unwrap_err();
    assert_eq!((empty.kind, empty.what.as_str()), (Kind::Data, "`empty.jsonl` is empty"));
    // A line is not there, there twice, in another place, or does not belong there.
    let answer = place(&lines, "\"answers\"");
    let mut without = lines.clone();
    without.remove(answer);
    refused_by(&mut other, file_of(&without));
    let mut doubled = lines.clone();
    doubled.insert(answer, lines[answer].clone());
    refused_by_with(&mut other, file_of(&doubled), answer + 2, "");
    let mut turned = lines.clone();
    turned.swap(answer, answer + 1);
    refused_by_with(&mut other, file_of(&turned), answer + 2, "");
    let mut more = lines.clone();
    more.push(lines[answer].clone());
    refused_by_with(&mut other, file_of(&more), last + 1, "no segment begins here");
    let mut nested = lines.clone();
    nested.insert(answer, lines[0].clone());
    refused_by_with(&mut other, file_of(&nested), answer + 1, "");
    let mut torn = lines.clone();
    torn[answer] = "{\"answers\":{\"hlc\":".to_owned();
    refused_by_with(&mut other, file_of(&torn), answer + 1, "");
    // Compressed: cut, and with other bytes in it.
    let mut packed = Vec::new();
    ops::export::log(&world.store, PACKED, &mut packed).unwrap().unwrap();
    refused_by(&mut other, &packed[..packed.len() / 2]);
    let mut other_bytes = packed.clone();
    for byte in other_bytes.iter_mut().skip(packed.len() / 2).take(40) {
        *byte ^= 0x55;
    }
    refused_by(&mut other, &other_bytes);
    // What was not damaged is still taken.
    other.import("whole.jsonl", whole);
    assert_eq!(other.found("deck:work::team"), world.found("deck:work::team"));
}

#[test]
fn a_file_that_was_forged_changes_nothing() {
    let lines = lines_of(&used_world());
    let mut other = another_world();
    let answer = place(&lines, "\"answers\"");
    let with = |at: usize, old: &str, new: &str| {
        let mut forged = lines.clone();
        assert!(lines[at].contains(old), "{old}: {}", lines[at]);
        forged[at] = lines[at].replacen(old, new, 1);
        file_of(&forged)
    };
    // A grade that could be, one that could not, and words that are not those that were hashed.
    refused_by_with(
        &mut other,
        with(answer, "\"quality\":\"4\"", "\"quality\":\"5\""),
        lines.len(),
        "changed or damaged",
    );
    refused_by_with(&mut other, with(answer, "\"quality\":\"4\"", "\"quality\":\"9\""), answer + 1, "");
    let text = place(&lines, "Who owns the roadmap?");
    refused_by_with(&mut other, with(text, "roadmap?", "roadmap!"), text + 1, "");
    // Numbers and stamps at the ends of their ranges.
    let hlc =
        format!("\"hlc\":{}", serde_json::from_str::<serde_json::Value>(&lines[answer]).unwrap()["answers"]["hlc"]);
    for end in [i64::MAX, i64::MIN, -1, 864_000_000_000_001] {
        refused_by_with(&mut other, with(answer, &hlc, &format!("\"hlc\":{end}")), answer + 1, "");
    }
    refused_by_with(&mut other, with(answer, &hlc, "\"hlc\":1e400"), answer + 1, "");
    let to = format!("\"to\":{}", number(&lines[0], "to"));
    for end in ["4294967296", "18446744073709551615", "0", "-1"] {
        refused_by_with(&mut other, with(0, &to, &format!("\"to\":{end}")), 1, "");
    }
    refused_by(&mut other, with(0, "\"from\":1,", "\"from\":2,"));
    refused_by_with(&mut other, with(0, "\"from\":1,", "\"from\":0,"), 1, "");
    // Of a newer version, or with what this one does not know.
    refused_by_with(&mut other, with(0, "\"version\":1", "\"version\":2"), 1, "update this one");
    refused_by_with(&mut other, with(0, "\"knows\"", "\"colour\""), 1, "");
    let mark = place(&lines, "\"marked\"");
    refused_by_with(&mut other, with(mark, "\"marked\"", "\"dreamed\""), mark + 1, "update this one");
    let theirs = file_of(&lines) + &lines[0].replacen("lmq-segment", "their-segment", 1) + "\n";
    refused_by_with(&mut other, theirs, lines.len() + 1, "the format is `their-segment`");
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
    let mut world = used_world();
    let first = lines_of(&world);
    let mut pause = |days: i64| {
        let stamp = world.stamp();
        ops::pause::pause(&mut world.store, stamp, stamp.today.plus(days)).unwrap();
        lines_of(&world)
    };
    let (second, third) = (pause(4), pause(9));
    let (two, three) = (file_of(&last_action(&first, &second)), file_of(&last_action(&second, &third)));

    let mut other = World::with_built_in_decks();
    other.set_now(time(NEXT_DAY));
    let known = number(&second[0], "to");
    refused_by_with(&mut other, &three, 1, &format!("here it ends at 0, and the file goes on at {}", known + 1));
    other.import("first.jsonl", file_of(&first));
    let gap = format!("here it ends at {}, and the file goes on at {}", known - 1, known + 1);
    refused_by_with(&mut other, &three, 1, &gap);
    for part in [two, three] {
        let said = other.import("part.jsonl", part).sentence();
        assert!(said.starts_with("1 entry of history added"), "{said}");
    }
    let paused = |world: &World| ops::pause::current(&world.store, world.today()).unwrap().map(|pause| pause.until);
    assert_eq!(paused(&world), paused(&other));
    assert_eq!(paused(&other).unwrap().iso(), "2026-01-25");
}

#[test]
fn what_is_more_than_a_year_ahead_is_taken_on_demand_only() {
    let mut world = used_world();
    world.set_now(time("2028-03-01T09:00:00+01:00"));
    world.answer_named("team/pair#1", 4);
    let log = world.log_text();
    let mut other = World::with_built_in_decks();
    other.set_now(time(NEXT_DAY));
    let error = refused_by(&mut other, &log);
    assert!(error.contains("2028-03-01") && error.contains("--accept-future"), "{error}");
    let options = Options { accept_future: true, ..Options::default() };
    let said = other.try_import_with("faulty.jsonl", &log, &options).unwrap().sentence();
    assert!(said.contains("entries of history added"), "{said}");
    assert_eq!(other.found("deck:work::team"), world.found("deck:work::team"));
    // Whatever is done here from now on comes after it.
    other.answer_named("team/pair#1", 2);
    let events = other.events(other.card("team/pair#1").card);
    let grades: Vec<u8> = events.iter().map(|event| event.kind.answer().unwrap().0.into()).collect();
    assert_eq!(grades, [4, 2]);
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
    let (after, newer) = (lmq.cards("deck:work::team"), history(&lmq));
    put_back(&lmq, "older");
    // With a chain that is not its own they are a forgery.
    let wrong = file_of(&newer).replacen(hex(&newer[0], "after"), "00112233445566778899aabbccddeeff", 1);
    refused_with(&lmq, wrong, newer.len(), "changed or damaged");
    lmq.write("newer.jsonl", file_of(&newer));
    let run = lmq.run_at(NEXT_DAY, ["import", "newer.jsonl"]).ok();
    assert!(run.stdout.starts_with("1 entry of history added"), "{}", run.stdout);
    assert_eq!(lmq.cards("deck:work::team"), after);
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
    let said = lmq.run_at(NEXT_DAY, ["doctor", "--fork"]).ok().stderr;
    assert!(said.contains("does not know of another copy") && said.contains("import its history here once"), "{said}");
    let error = refused(&lmq, file_of(&theirs));
    assert!(
        error.contains("two copies of its database were both used") && error.contains("lmq doctor --fork"),
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
        run.stderr.contains("has written entries that are not here") && run.stderr.contains("import its history"),
        "{run:?}"
    );
    c.write("whole.jsonl", whole);
    c.run(["import", "whole.jsonl"]).done();
    assert_eq!(c.run(["doctor"]).ok().stderr, "");
}

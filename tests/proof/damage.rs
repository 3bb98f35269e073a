//! Damage is seen: databases and write-ahead logs with other bytes than were written. Nothing panics or hangs, `lmq doctor` sees
//! whatever changes a text, a state or a sum, and `lmq doctor --salvage` saves the rest.

mod bytes;

use crate::Row;
use crate::learner::Learner;
use crate::trial::Chance;
use crate::trial::Trial;
use crate::watch::Watch;
use crate::world::World;
use bytes::Damaged;
use bytes::Sound;
use lmq::core::id::DeviceId;
use lmq::core::log::LogRecord;
use lmq::core::settings::Settings;
use lmq::env::Env;
use lmq::ops::export;
use lmq::ops::export::LogOptions;
use lmq::store::CardLine;
use lmq::store::DeckSet;
use lmq::store::Here;
use lmq::store::Rule;
use lmq::store::Salvaged;
use lmq::store::Stamp;
use lmq::store::Store;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use tempfile::TempDir;

/// Entries that lie on one page at most, and those that name them.
const ENTRIES_ON_A_PAGE: u64 = 260;

/// Everything that is shown of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
struct View {
    /// Cards with their texts, sources and states, without the names of events.
    cards: BTreeSet<String>,
    /// The history, the sums, and the log itself.
    rest: Vec<String>,
}

/// A database in use, and what is shown of it.
struct Used {
    sound: Sound,
    view: View,
    entries: u64,
    stamp: Stamp,
    /// Where its device keeps the end of its log.
    states: PathBuf,
    /// Where it was used. Elsewhere it would be a copy, and a copy may be older.
    place: Mutex<PathBuf>,
    _folder: TempDir,
}

pub(crate) const ROW: Row = Row { name: "damage", promise: "damage is seen", run };

fn run(trial: &mut Trial) {
    let seed = trial.seed();
    let used: Vec<Used> = ["closed", "killed"].iter().map(|how| Used::new(*how == "killed", seed)).collect();
    for (used, part) in used.iter().zip(["closed", "killed"]) {
        let watch = Watch::over(format!("damage {part}"));
        trial.cases(part, trial.size(90, 9_000), |number| {
            let mut chance = Chance::of(seed, &format!("damage {part}"), number);
            watch.case(number, || used.library(&mut chance))
        });
        let watch = Watch::over(format!("damage {part}, the program"));
        trial.cases(&format!("{part}, the program"), trial.size(10, 1_000), |number| {
            let mut chance = Chance::of(seed, &format!("damage {part} program"), number);
            watch.case(number, || used.program(&mut chance))
        });
    }
}

fn here(states: &Path) -> Here {
    let (machine, device_name) = Env::machine();
    Here {
        machine,
        device_name,
        fresh_device: DeviceId([7; 16]),
        chance: [7; 16],
        state_folder: Some(states.to_owned()),
    }
}

/// What is shown of the database at a path.
fn view(path: &Path, stamp: Stamp, states: &Path) -> Result<View, String> {
    let store = Store::open(path, here(states), stamp.now).map_err(|error| error.to_string())?;
    let told = |error: lmq::store::StoreError| error.to_string();
    let mut cards = BTreeSet::new();
    let mut add = |mut line: CardLine| {
        line.state.last_event = None;
        cards.insert(format!("{line:?}"));
        Ok(())
    };
    store.cards(&DeckSet::All, &[], &mut add).map_err(told)?;
    let mut rest = Vec::new();
    let mut add = |row| {
        rest.push(format!("{row:?}"));
        Ok(())
    };
    store.history(None, &mut add).map_err(told)?;
    let rules = Settings::default().rules([]);
    rest.push(format!("{:?}", store.day_totals(&DeckSet::All).map_err(told)?));
    rest.push(format!("{:?}", store.totals(&DeckSet::All, stamp.today, None, None, &rules).map_err(told)?));
    rest.push(format!("{:?}", store.counts(&DeckSet::All, stamp.today, &rules).map_err(told)?));
    rest.push(format!(
        "{:?}",
        store.bare_decks().map_err(told)?.iter().map(|deck| (&deck.id, &deck.name)).collect::<Vec<_>>()
    ));
    let mut log = Vec::new();
    export::log(&store, LogOptions { compressed: false, with_typed: true }, &mut log)
        .map_err(|failure| failure.to_string())?
        .map_err(|error| error.to_string())?;
    rest.extend(String::from_utf8_lossy(&log).lines().map(str::to_owned));
    Ok(View { cards, rest })
}

/// The first line that one view has and the other has not.
fn difference(one: &View, other: &View) -> String {
    let of = |view: &View| view.cards.iter().chain(&view.rest).cloned().collect::<BTreeSet<String>>();
    let (one, other) = (of(one), of(other));
    let (gone, new): (Vec<_>, Vec<_>) =
        (one.difference(&other).take(2).collect(), other.difference(&one).take(2).collect());
    {
        let cut = |lines: Vec<&String>| {
            lines.iter().map(|line| line.chars().take(400).collect::<String>()).collect::<Vec<_>>()
        };
        format!("gone {:#?}, new {:#?}", cut(gone), cut(new))
    }
}

impl Used {
    /// A database that was used for a while, and closed; or one whose program was killed, with what only the log has.
    fn new(killed: bool, seed: u64) -> Self {
        let mut chance = Chance::of(seed, "damage base", u64::from(killed));
        let use_it = |learner: &mut Learner, chance: &mut Chance| (0..60).for_each(|_| learner.act(chance));
        let mut learner = Learner::new();
        learner.world.import("kinds.toml", include_str!("corpus/toml/kinds.toml"));
        let rows: String = (0..150).map(|row| format!("question number {row},answer {row}\n")).collect();
        learner.world.import("many.csv", &rows);
        use_it(&mut learner, &mut chance);
        let older = closed(&mut learner.world);
        use_it(&mut learner, &mut chance);
        learner.world.store.while_idle();
        let now = learner.world.now();
        let foreign = closed(&mut Learner::new().world);
        let (file, wal) = if killed {
            let read = |name: &str| fs::read(learner.world.folder.path().join(name)).unwrap();
            (read("lmq.db"), read("lmq.db-wal"))
        } else {
            (closed(&mut learner.world), Vec::new())
        };
        assert_eq!(killed, !wal.is_empty(), "a program that was killed leaves a log");
        let World { folder, store, .. } = learner.world;
        store.close().unwrap();
        let states = crate::world::states(&folder);
        let stamp =
            Stamp { now, today: lmq::core::study_day::StudyDay::of(now, lmq::core::study_day::Rollover::DEFAULT) };
        let sound = Sound { file, wal, older, foreign };
        let copy = tempfile::tempdir().unwrap();
        let path = sound.as_is().put(copy.path(), "sound.db");
        let view = view(&path, stamp, &states).unwrap();
        let mut entries = 0;
        let count = &mut |record: LogRecord| {
            entries += u64::from(matches!(record, LogRecord::Entry(..)));
            Ok(())
        };
        Store::open(&path, here(&states), now).unwrap().log(count).unwrap();
        let place = Mutex::new(folder.path().join("lmq.db"));
        let used = Self { sound, view, entries, stamp, states, place, _folder: folder };
        assert_eq!(used.doctor(&used.sound.as_is()), Ok(Vec::new()), "a database that nobody damaged is in order");
        used
    }

    /// What doctor finds; an error where it can't read the database.
    fn doctor(&self, damaged: &Damaged) -> Result<Vec<String>, String> {
        let place = self.place.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        damaged.put(place.parent().unwrap(), "lmq.db");
        let mut store = Store::open(&place, here(&self.states), self.stamp.now).map_err(|error| error.to_string())?;
        let found = store.doctor(self.stamp, false).map_err(|error| error.to_string())?;
        Ok(found.into_iter().map(|finding| format!("{}: {}", finding.rule.name(), finding.what)).collect())
    }

    /// One damage, looked at by the library.
    fn library(&self, chance: &mut Chance) -> Result<(), String> {
        let damaged = self.sound.damaged(chance);
        let folder = tempfile::tempdir().unwrap();
        let tell = |why: String| format!("{}: {why}", damaged.what);
        let seen = view(&damaged.put(folder.path(), "seen.db"), self.stamp, &self.states);
        let found = self.doctor(&damaged);
        self.judge(&seen, &found).map_err(tell)?;
        let from = damaged.put(folder.path(), "saved-from.db");
        let to = folder.path().join("saved.db");
        match Store::salvage(&from, &to, here(&self.states), self.stamp) {
            Ok(saved) => self.is_saved(&damaged, &saved, &to).map_err(tell)?,
            // Nothing of ours is left where the first page says that it is another file.
            Err(_) if damaged.hits_first_page || damaged.pages_hit * ENTRIES_ON_A_PAGE > self.entries => {}
            Err(error) => return Err(tell(format!("nothing is saved: {error}"))),
        }
        if damaged.is_in(&from) {
            Ok(())
        } else {
            Err(tell("the damaged file was changed by saving from it".to_owned()))
        }
    }

    /// Doctor has to see what changes anything that is shown.
    fn judge(&self, seen: &Result<View, String>, found: &Result<Vec<String>, String>) -> Result<(), String> {
        let is_content = found.as_ref().is_ok_and(Vec::is_empty);
        match seen {
            Ok(seen) if *seen != self.view && is_content => {
                Err(format!("doctor says that all is in order, but {}", difference(&self.view, seen)))
            }
            Err(why) if is_content => Err(format!("doctor says that all is in order, but: {why}")),
            _ => Ok(()),
        }
    }

    /// What is saved is in order, invents nothing, and lacks no more than lay where the damage is.
    fn is_saved(&self, damaged: &Damaged, saved: &Salvaged, path: &Path) -> Result<(), String> {
        let states = path.with_file_name("no-states");
        let mut store = Store::open(path, here(&states), self.stamp.now)
            .map_err(|error| format!("opening what was saved: {error}"))?;
        let findings = store.doctor(self.stamp, false).map_err(|error| format!("doctor on what was saved: {error}"))?;
        drop(store);
        if let Some(finding) = findings.iter().find(|finding| !matches!(finding.rule, Rule::Texts | Rule::Future)) {
            return Err(format!("what was saved is not in order: {}: {}", finding.rule.name(), finding.what));
        }
        let view = view(path, self.stamp, &states).map_err(|why| format!("looking at what was saved: {why}"))?;
        let there = saved.events + saved.facts;
        if saved.is_all() && saved.renamed == 0 && view.cards != self.view.cards {
            return Err(format!("nothing is said to be missing, but {}", difference(&self.view, &view)));
        }
        let most = damaged.pages_hit * ENTRIES_ON_A_PAGE;
        if there + most < self.entries {
            return Err(format!(
                "{there} of {} entries are saved, from {} bad pages: {saved:?}",
                self.entries, damaged.pages_hit
            ));
        }
        Ok(())
    }

    /// One damage, looked at by the program itself.
    fn program(&self, chance: &mut Chance) -> Result<(), String> {
        let damaged = self.sound.damaged(chance);
        let folder = tempfile::tempdir().unwrap();
        let run = |db: &Path, args: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_lmq"));
            command
                .env_clear()
                .current_dir(folder.path())
                .env("HOME", folder.path())
                .env("LMQ_NOW", self.stamp.now.to_rfc3339());
            command
                .env("XDG_STATE_HOME", self.states.parent().unwrap())
                .env("LMQ_CONFIG", folder.path().join("config.toml"));
            let output = command.arg("--db").arg(db).args(args).output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            let code = output.status.code();
            let told = || format!("{}: lmq {args:?}: {code:?}, {stderr}", damaged.what);
            if !matches!(code, Some(0..=3)) || stderr.contains("panicked") {
                Err(told())
            } else {
                Ok((code, output.stdout))
            }
        };
        let seen = view(&damaged.put(folder.path(), "seen.db"), self.stamp, &self.states);
        let place = self.place.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let db = damaged.put(place.parent().unwrap(), "lmq.db");
        let (code, said) = run(&db, &["doctor"])?;
        if seen.as_ref() != Ok(&self.view) && code == Some(0) {
            return Err(format!("{}: {}", damaged.what, String::from_utf8_lossy(&said)));
        }
        drop(place);
        let from = damaged.put(folder.path(), "from.db");
        let (code, said) = run(&from, &["doctor", "--salvage", "saved.db"])?;
        if !damaged.hits_first_page {
            let saved = folder.path().join("saved.db");
            if !matches!(code, Some(0 | 3)) || !saved.exists() {
                return Err(format!("{}: nothing is saved: {}", damaged.what, String::from_utf8_lossy(&said)));
            }
            for args in [&["cards"][..], &["stats"], &["next"], &["decks"], &["history"]] {
                if let (Some(1..), said) = run(&saved, args)? {
                    let said = String::from_utf8_lossy(&said);
                    return Err(format!("{}: lmq {args:?} fails on what was saved: {said}", damaged.what));
                }
            }
        }
        for args in
            [&["cards"][..], &["history"], &["next"], &["export", "--what", "history"], &["answer", "t/k0", "good"]]
        {
            run(&from, args)?;
        }
        Ok(())
    }
}

/// Closes the database of a world, gives the file's bytes, and opens it again.
fn closed(world: &mut World) -> Vec<u8> {
    let path = world.path();
    let reopened = world.another();
    std::mem::replace(&mut world.store, reopened).close().unwrap();
    let opened = world.another();
    std::mem::replace(&mut world.store, opened).close().unwrap();
    let db = rusqlite::Connection::open(&path).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    fs::read(path).unwrap()
}

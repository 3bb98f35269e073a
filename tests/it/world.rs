//! A database in a folder of its own, with the clock held still: what tests of the store and of ops stand on.

use lmq::core::fact::Fact;
use lmq::core::grade::Quality;
use lmq::core::id::ActionId;
use lmq::core::id::CardId;
use lmq::core::queue::DueOrder;
use lmq::core::queue::Queue;
use lmq::core::settings::Settings;
use lmq::core::state::CardState;
use lmq::core::study_day::StudyDay;
use lmq::core::study_day::Timestamp;
use lmq::core::units::Millis;
use lmq::env::Env;
use lmq::failure::Failure;
use lmq::ops;
use lmq::ops::import;
use lmq::ops::import::Report;
use lmq::store::CardLine;
use lmq::store::DeckSet;
use lmq::store::Finding;
use lmq::store::Happened;
use lmq::store::Here;
use lmq::store::HistoryRow;
use lmq::store::Limits;
use lmq::store::Stamp;
use lmq::store::Store;
use std::io::Cursor;
use std::path::PathBuf;

/// Thursday, nine in the morning, in Berlin: when most tests begin.
pub(crate) const MORNING: &str = "2026-01-15T09:00:00+01:00";

/// A database, its clock and its settings.
pub(crate) struct World {
    /// Its folder; gone with it.
    pub(crate) folder: tempfile::TempDir,
    /// The clock.
    pub(crate) env: Env,
    /// The settings in force.
    pub(crate) settings: Settings,
    /// The database.
    pub(crate) store: Store,
    now: Timestamp,
}

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(text).unwrap_or_else(|| panic!("{text}"))
}

/// Where the devices of a world keep the ends of their logs: in its folder, so that nothing is left in somebody's home.
pub(crate) fn states(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("states/lmq")
}

fn open(folder: &tempfile::TempDir, env: &Env) -> Store {
    let (machine, device_name) = Env::machine();
    let here = Here {
        machine,
        device_name,
        fresh_device: Env::fresh_device(),
        chance: Env::chance(),
        state_folder: Some(states(folder)),
    };
    Store::open(&folder.path().join("lmq.db"), here, env.now()).unwrap()
}

fn env_at(now: Timestamp) -> Env {
    let mut env = Env::from_process();
    env.fix_now(now);
    env
}

/// Takes a row out of an index, which only a look at everything in the file finds: all pages are whole.
pub(crate) fn damage_an_index(db: &std::path::Path) {
    let open = || rusqlite::Connection::open(db).unwrap();
    let columns = "type, name, tbl_name, rootpage, sql";
    open()
        .execute_batch(&format!(
            "PRAGMA writable_schema = ON;
             CREATE TABLE hidden AS SELECT {columns} FROM sqlite_schema WHERE name = 'note_held_out';
             DELETE FROM sqlite_schema WHERE name = 'note_held_out';"
        ))
        .unwrap();
    open().execute_batch("UPDATE note SET held_out = 1 WHERE id = (SELECT min(id) FROM note)").unwrap();
    open()
        .execute_batch(&format!(
            "PRAGMA writable_schema = ON;
             INSERT INTO sqlite_schema ({columns}) SELECT {columns} FROM hidden;
             DROP TABLE hidden;"
        ))
        .unwrap();
}

/// Everything that a person or a script can see of a database, a line a fact.
pub(crate) type Seen = Vec<String>;

impl World {
    /// An empty database, without the built-in decks.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = time(MORNING);
        let env = env_at(now);
        let store = open(&folder, &env);
        Self { folder, env, settings: Settings::default(), store, now }
    }

    /// The same database opened anew.
    pub(crate) fn reopened(folder: tempfile::TempDir, settings: Settings, now: Timestamp) -> Self {
        let env = env_at(now);
        let store = open(&folder, &env);
        Self { folder, env, settings, store, now }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("lmq.db")
    }

    /// A second connection to the same file, as another window has it.
    pub(crate) fn another(&self) -> Store {
        open(&self.folder, &self.env)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn set_now(&mut self, now: Timestamp) {
        self.now = now;
        self.env.fix_now(now);
    }

    /// Lets time pass, or sets the clock back.
    pub(crate) fn pass(&mut self, minutes: i64) {
        self.set_now(Timestamp { unix_ms: self.now.unix_ms + minutes * 60_000, ..self.now });
    }

    pub(crate) fn stamp(&self) -> Stamp {
        ops::stamp(&self.env, &self.settings)
    }

    pub(crate) fn today(&self) -> StudyDay {
        self.stamp().today
    }

    /// Imports `text` as if it were the file `name`.
    pub(crate) fn try_import(&mut self, name: &str, text: &str) -> Result<Report, Failure> {
        let source = import::Source {
            shown: name.to_owned(),
            file_name: name.to_owned(),
            path: None,
            input: Box::new(Cursor::new(text.as_bytes().to_vec())),
            size: u64::try_from(text.len()).unwrap(),
        };
        let stamp = self.stamp();
        let draw = |shown: &str, _: &str, faults: &[lmq::formats::FileFault]| {
            faults.iter().map(|fault| format!("{shown}:{}: {}", fault.place, fault.what)).collect()
        };
        import::import(&mut self.store, stamp, vec![source], &import::Options::default(), &draw, &mut |_| {})
    }

    pub(crate) fn import(&mut self, name: &str, text: &str) -> Report {
        self.try_import(name, text).unwrap_or_else(|failure| panic!("{failure}\n{text}"))
    }

    /// The log as `lmq export --what history` writes it.
    pub(crate) fn log_text(&self) -> String {
        let mut out = Vec::new();
        ops::export::log(&self.store, false, &mut out).unwrap().unwrap();
        String::from_utf8(out).unwrap()
    }

    pub(crate) fn try_answer(&mut self, card: CardId, quality: Quality, took: u32) -> Result<Option<u32>, Failure> {
        ops::review::answer(&mut self.store, &self.env, &self.settings, card, quality, Millis(took))
    }

    pub(crate) fn answer(&mut self, card: CardId, quality: u8) {
        self.try_answer(card, Quality::try_from(quality).unwrap(), 1000).unwrap();
    }

    pub(crate) fn undo(&mut self, action: ActionId) {
        let stamp = self.stamp();
        ops::undo::undo(&mut self.store, stamp, action).unwrap();
    }

    /// `lmq undo`: gives the action that was taken back.
    pub(crate) fn undo_newest(&mut self) -> Option<ActionId> {
        let action = self.store.newest_action(&[]).unwrap()?;
        self.undo(action.id);
        Some(action.id)
    }

    pub(crate) fn bring_back(&mut self, action: ActionId) {
        let stamp = self.stamp();
        ops::undo::redo(&mut self.store, stamp, action).unwrap();
    }

    /// `lmq undo --redo`.
    pub(crate) fn redo(&mut self) -> bool {
        let Some(action) = self.store.newest_undone().unwrap() else { return false };
        self.bring_back(action.id);
        true
    }

    pub(crate) fn cards(&self) -> Vec<CardLine> {
        let mut cards = Vec::new();
        self.store
            .cards(&DeckSet::All, &[], |line| {
                cards.push(line);
                Ok(())
            })
            .unwrap();
        cards
    }

    pub(crate) fn card(&self, key: &str) -> CardLine {
        self.cards().into_iter().find(|line| line.name() == key).unwrap_or_else(|| panic!("no card {key}"))
    }

    pub(crate) fn state(&self, card: CardId) -> CardState {
        self.store.card(card).unwrap().unwrap().state
    }

    pub(crate) fn doctor(&mut self) -> Vec<Finding> {
        let stamp = self.stamp();
        self.store.doctor(stamp, false).unwrap()
    }

    /// What waits today, in the order in which it would be asked.
    pub(crate) fn queue(&self) -> Vec<String> {
        let limits = Limits {
            reviews: 200.into(),
            new: 20.into(),
            until: self.today(),
            due_order: DueOrder::Day,
            rules: self.settings.rules([]),
            keep_siblings_apart: self.settings.bury_siblings,
            first_only: false,
        };
        let supply = self.store.supply(&DeckSet::All, self.today(), &limits).unwrap();
        let mut queue = Queue::new(supply, &limits.reviews, limits.new, true);
        let mut asked = Vec::new();
        while let Some((candidate, origin)) = queue.pop() {
            asked.push(format!("{origin:?} {}", candidate.card));
            queue.count(origin);
        }
        asked
    }

    /// Everything that can be seen. `ids`: with the names of events, which two databases never share.
    pub(crate) fn seen(&self, ids: bool) -> Seen {
        let mut seen = Seen::new();
        for mut line in self.cards() {
            if !ids {
                line.state.last_event = None;
            }
            seen.push(format!("{line:?}"));
        }
        for row in all_history_of(&self.store) {
            let event = match &row.what {
                _ if row.voided => continue,
                Happened::Fact { fact: Fact::Undone { .. }, .. } => continue,
                Happened::Fact { id, at, study_day, fact, words } => {
                    let name = if ids { id.to_string() } else { String::new() };
                    seen.push(format!("{name} {at:?} {} {fact:?} {words:?}", study_day.0));
                    continue;
                }
                Happened::Event(event) => event,
            };
            let [mut before, mut after] = [row.before.unwrap_or_default(), row.after.unwrap_or_default()];
            if !ids {
                (before.last_event, after.last_event) = (None, None);
            }
            let name = if ids { format!("{} {:?}", event.id, event.prev) } else { String::new() };
            seen.push(format!(
                "{name} {:?} {:?} {} {:?} {before:?} {after:?}",
                event.card, event.at, event.study_day.0, event.kind
            ));
        }
        let today = self.today();
        let rules = self.settings.rules([]);
        seen.push(format!("{:?}", self.store.totals(&DeckSet::All, today, None, None, &rules).unwrap()));
        let since = Some(today.plus(-3));
        seen.push(format!("{:?}", self.store.totals(&DeckSet::All, today, since, None, &rules).unwrap()));
        seen.push(format!("{:?}", self.store.day_totals(&DeckSet::All).unwrap()));
        seen.push(format!("{:?}", self.store.counts(&DeckSet::All, today, &rules).unwrap()));
        seen.extend(self.queue());
        let checkups = ops::checkup::all(&self.store).unwrap();
        seen.extend(checkups.iter().map(|one| format!("checkup: {:?} {} {:?}", one.cards, one.finished, one.score)));
        seen
    }
}

/// What happened to cards, and what was said about no note and no deck.
pub(crate) fn history_of(store: &Store) -> Vec<HistoryRow> {
    let mut rows = all_history_of(store);
    rows.retain(|row| match &row.what {
        Happened::Event(_) => true,
        Happened::Fact { fact, .. } => fact.note().is_none() && fact.deck().is_none(),
    });
    rows
}

pub(crate) fn all_history_of(store: &Store) -> Vec<HistoryRow> {
    let mut rows = Vec::new();
    store
        .history(None, |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
    rows
}

/// Fails with just the lines in which two views differ.
#[track_caller]
pub(crate) fn assert_same(one: &Seen, other: &Seen, what: &str) {
    if one == other {
        return;
    }
    let only = |a: &Seen, b: &Seen| {
        let lines = a.iter().filter(|line| !b.contains(line)).take(4);
        lines.map(|line| format!("\n  {}", line.chars().take(900).collect::<String>())).collect::<String>()
    };
    let differ = format!("only in the first:{}\nonly in the second:{}", only(one, other), only(other, one));
    panic!("{what}\n{differ}\n(or the same in another order)");
}

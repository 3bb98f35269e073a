//! A database in a folder of its own, with the clock held still: what tests of the store and of ops stand on.

use lmq::core::card::NoteText;
use lmq::core::card::Value;
use lmq::core::event::Event;
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
use lmq::formats::exporter;
use lmq::ops;
use lmq::ops::add::Added;
use lmq::ops::bulk::BulkChange;
use lmq::ops::bulk::BulkPlan;
use lmq::ops::day::Day;
use lmq::ops::edit;
use lmq::ops::export::LogOptions;
use lmq::ops::import;
use lmq::ops::import::Report;
use lmq::ops::weekly_scene::basic;
use lmq::report::renderer;
use lmq::store::CardLine;
use lmq::store::DeckLine;
use lmq::store::DeckSet;
use lmq::store::Edited;
use lmq::store::Finding;
use lmq::store::Found;
use lmq::store::Happened;
use lmq::store::Here;
use lmq::store::HistoryRow;
use lmq::store::Limits;
use lmq::store::Stamp;
use lmq::store::Store;
use std::path::Path;
use std::path::PathBuf;

/// A history with all that is in the log, as lines.
pub(crate) const WHOLE: LogOptions = LogOptions { compressed: false, with_typed: true };
/// The same, compressed.
pub(crate) const PACKED: LogOptions = LogOptions { compressed: true, with_typed: true };

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
pub(crate) fn damage_an_index(db: &Path) {
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

/// An edit that writes a text into a field.
pub(crate) fn field(name: &str, value: &str) -> impl FnOnce(&mut NoteText) {
    let (name, value) = (name.to_owned(), Value::Text(value.to_owned()));
    move |text| drop(text.fields.insert(name, value))
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

    /// A database with the built-in decks, as a first start leaves it.
    pub(crate) fn with_built_in_decks() -> Self {
        let mut world = Self::bare();
        let stamp = world.stamp();
        ops::decks::install(&mut world.store, stamp).unwrap();
        world
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

    /// Imports `content` as if it were the file `name`.
    pub(crate) fn try_import(&mut self, name: &str, content: impl AsRef<[u8]>) -> Result<Report, Failure> {
        self.try_import_with(name, content, &import::Options::default())
    }

    pub(crate) fn try_import_with(
        &mut self,
        name: &str,
        content: impl AsRef<[u8]>,
        options: &import::Options,
    ) -> Result<Report, Failure> {
        let source = import::Source::of_bytes(name, content.as_ref().to_vec());
        let stamp = self.stamp();
        let draw = |shown: &str, _: &str, faults: &[lmq::formats::FileFault]| {
            let line = |fault: &lmq::formats::FileFault| {
                format!("{shown}:{}: {}: {}; {}", fault.place, fault.what.rule(), fault.what, fault.what.help())
            };
            faults.iter().map(line).collect()
        };
        import::import(&mut self.store, stamp, vec![source], options, &draw, &mut |_| {})
    }

    #[track_caller]
    pub(crate) fn import(&mut self, name: &str, content: impl AsRef<[u8]>) -> Report {
        let content = content.as_ref();
        let shown = || String::from_utf8_lossy(content).into_owned();
        self.try_import(name, content).unwrap_or_else(|failure| panic!("{failure}\n{}", shown()))
    }

    /// `lmq import --deck`: what it says.
    #[track_caller]
    pub(crate) fn import_into(&mut self, deck: &str, name: &str, content: impl AsRef<[u8]>) -> String {
        let options = import::Options { deck: Some(deck.to_owned()), ..import::Options::default() };
        self.try_import_with(name, content, &options).unwrap().sentence()
    }

    /// `lmq import --theirs`: what it says.
    #[track_caller]
    pub(crate) fn import_theirs(&mut self, name: &str, content: impl AsRef<[u8]>) -> String {
        let options = import::Options { theirs: true, ..import::Options::default() };
        self.try_import_with(name, content, &options).unwrap().sentence()
    }

    /// The notes of a deck as `lmq export` writes them.
    pub(crate) fn export(&self, deck: &str, format: &str) -> String {
        let decks = ops::decks::named(&self.store, &[deck.to_owned()]).unwrap();
        let mut out = Vec::new();
        ops::export::notes(&self.store, &decks, None, exporter(format).unwrap(), &mut out).unwrap().unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The log as `lmq export --what history` writes it.
    pub(crate) fn log_text(&self) -> String {
        let mut out = Vec::new();
        ops::export::log(&self.store, WHOLE, &mut out).unwrap().unwrap();
        String::from_utf8(out).unwrap()
    }

    pub(crate) fn try_answer(&mut self, card: CardId, quality: Quality, took: u32) -> Result<Option<u32>, Failure> {
        ops::review::answer(&mut self.store, &self.env, &self.settings, card, quality, Millis(took), "")
            .map(|answered| answered.leech)
    }

    pub(crate) fn answer(&mut self, card: CardId, quality: u8) {
        self.try_answer(card, Quality::try_from(quality).unwrap(), 1000).unwrap();
    }

    /// Answers a card that is named as a person names it.
    #[track_caller]
    pub(crate) fn answer_named(&mut self, name: &str, quality: u8) {
        let card = self.card(name).card;
        self.answer(card, quality);
    }

    /// What the named or found cards would be changed to, and are then.
    #[track_caller]
    pub(crate) fn change(&mut self, query: &[&str], change: BulkChange) -> BulkPlan {
        let query: Vec<String> = query.iter().copied().map(str::to_owned).collect();
        let stamp = self.stamp();
        let cards = ops::bulk::meant(&self.store, &self.settings, stamp.today, &query).unwrap();
        let plan = ops::bulk::plan(&self.store, stamp.today, &cards, change).unwrap();
        if plan.count() > 0 {
            ops::bulk::apply(&mut self.store, &self.settings, stamp, &plan).unwrap();
        }
        plan
    }

    /// `lmq add DECK FRONT BACK`, with a key where there is one.
    pub(crate) fn try_add(&mut self, deck: &str, key: Option<&str>, text: &NoteText) -> Result<Added, Failure> {
        let stamp = self.stamp();
        ops::add::add(&mut self.store, &self.env, stamp, deck, key, text)
    }

    pub(crate) fn add(&mut self, deck: &str, key: Option<&str>, front: &str, back: &str) -> Added {
        self.try_add(deck, key, &basic(front, back)).unwrap()
    }

    /// `lmq edit`: another text, and another key where one is given.
    #[track_caller]
    pub(crate) fn edit(
        &mut self,
        name: &str,
        key: Option<&str>,
        how: edit::How,
        rewrite: impl FnOnce(&mut NoteText),
    ) -> edit::Done {
        let card = self.card(name).card;
        let opened = edit::open(&self.store, &[card]).unwrap().remove(0);
        let mut text = opened.text.clone();
        rewrite(&mut text);
        let rewrite = edit::rewrite(&self.store, opened, key.map(str::to_owned), &text).unwrap();
        edit::make(&mut self.store, &self.env, &self.settings, vec![rewrite], how).unwrap()
    }

    /// Settings as the settings file has them.
    pub(crate) fn set(&mut self, config: &str) {
        self.settings = ops::settings::read(Path::new("config.toml"), config).unwrap().settings;
    }

    /// What this device did, newest first, in words.
    pub(crate) fn steps(&self) -> Vec<String> {
        self.store.actions(100).unwrap().iter().map(ops::action_words::words).collect()
    }

    /// What `lmq undo` would take back.
    pub(crate) fn newest_step(&self) -> Option<String> {
        self.store.newest_action(&[]).unwrap().as_ref().map(ops::action_words::words)
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

    /// The card that a person means by this name, a former one too.
    #[track_caller]
    pub(crate) fn card(&self, name: &str) -> CardLine {
        match self.store.find(name).unwrap() {
            Found::One(card) => self.store.card(card).unwrap().unwrap(),
            found => panic!("{name}: {found:?}"),
        }
    }

    /// The cards that a search means, as `lmq cards` finds them. Without the names of events, which two databases never share.
    #[track_caller]
    pub(crate) fn found(&self, query: &str) -> Vec<CardLine> {
        let cards = ops::search::cards(&self.store, &self.settings, self.today(), query);
        let cards = cards.unwrap_or_else(|failure| panic!("{failure}"));
        let mut lines: Vec<CardLine> = cards.iter().map(|card| self.store.card(*card).unwrap().unwrap()).collect();
        lines.iter_mut().for_each(|line| line.state.last_event = None);
        lines
    }

    /// What people call these cards.
    #[track_caller]
    pub(crate) fn names(&self, query: &str) -> Vec<String> {
        self.found(query).iter().map(CardLine::name).collect()
    }

    /// The id of the one card of a query.
    #[track_caller]
    pub(crate) fn id(&self, query: &str) -> CardId {
        let found = self.found(query);
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        found[0].card
    }

    /// The one word for how a card stands.
    pub(crate) fn word(&self, line: &CardLine) -> &'static str {
        line.word(self.today(), self.settings.of_deck(&line.deck_name).drill())
    }

    /// The cards of a query: prompt → answer [state].
    #[track_caller]
    pub(crate) fn listed(&self, query: &str) -> Vec<String> {
        let shown = |line: &CardLine| {
            let ordinal = line.card.ordinal;
            format!("{} → {} [{}]", line.text.prompt(ordinal), line.text.answer(ordinal), self.word(line))
        };
        self.found(query).iter().map(shown).collect()
    }

    /// What happened to a card, oldest first, and what was said of its note.
    pub(crate) fn history(&self, card: CardId) -> Vec<HistoryRow> {
        let mut rows = Vec::new();
        self.store
            .history(Some(card), |row| {
                rows.push(row);
                Ok(())
            })
            .unwrap();
        rows
    }

    /// What happened to a card, oldest first.
    pub(crate) fn events(&self, card: CardId) -> Vec<Event> {
        let event = |row: HistoryRow| match row.what {
            Happened::Event(event) => Some(*event),
            Happened::Fact { .. } => None,
        };
        self.history(card).into_iter().filter_map(event).collect()
    }

    pub(crate) fn decks(&self) -> Vec<DeckLine> {
        self.store.decks(self.today(), true).unwrap()
    }

    /// The notes whose text is the learner's own.
    pub(crate) fn edited(&self) -> Vec<Edited> {
        self.store.edited().unwrap()
    }

    /// The card that `lmq next` names.
    pub(crate) fn next(&self, options: &ops::queue::Options) -> Option<CardLine> {
        let when = ops::stamp_of_sitting(&self.store, &self.env, &self.settings).unwrap();
        let next = ops::queue::next(&self.store, &self.settings, options, when.today).unwrap();
        next.map(|(loaded, _)| self.store.card(loaded.card).unwrap().unwrap())
    }

    /// A report on everything, as a renderer writes it.
    pub(crate) fn report(&self, form: &str) -> String {
        self.report_of(&ops::report::Wanted::default(), form)
    }

    fn report_of(&self, wanted: &ops::report::Wanted<'_>, form: &str) -> String {
        let report = ops::report::build_report(&self.store, &self.settings, self.stamp(), wanted).unwrap();
        let mut out = Vec::new();
        renderer(form).unwrap().render(&report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The same as JSON.
    pub(crate) fn report_json(&self) -> serde_json::Value {
        self.report_json_of(&ops::report::Wanted::default())
    }

    /// A report on what is wanted, as JSON.
    pub(crate) fn report_json_of(&self, wanted: &ops::report::Wanted<'_>) -> serde_json::Value {
        serde_json::from_str(&self.report_of(wanted, "json")).unwrap()
    }

    /// The day at a glance.
    pub(crate) fn day(&self) -> Day {
        ops::day::day(&self.store, &self.settings, self.stamp()).unwrap()
    }

    pub(crate) fn state(&self, card: CardId) -> CardState {
        self.store.card(card).unwrap().unwrap().state
    }

    pub(crate) fn doctor(&mut self) -> Vec<Finding> {
        let stamp = self.stamp();
        self.store.doctor(stamp, false).unwrap()
    }

    #[track_caller]
    pub(crate) fn assert_sound(&mut self) {
        assert_eq!(self.doctor(), []);
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

//! The law: two databases that hold the same actions are equal in everything that has a global name, whatever the order
//! in which the actions came, and `doctor` finds both in order.

mod commands;
mod dump;
mod take;

pub(super) use commands::Command;
pub(super) use commands::command;

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::fact::ChainHash;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::log::Chain;
use crate::core::log::EntryRef;
use crate::core::log::LogRecord;
use crate::core::log::SegmentHead;
use crate::core::scheduler::Scheduler;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::store::Fault;
use crate::store::Here;
use crate::store::PackedNote;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Writer;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tempfile::TempDir;

const DAY_MS: i64 = 86_400_000;

/// One device in a test: its database in a folder of its own, and its clock.
pub(super) struct Device {
    pub(super) store: Store,
    pub(super) now_ms: i64,
    pub(super) scheduler: Scheduler,
    _folder: TempDir,
}

impl Device {
    pub(super) fn new(number: u8) -> Self {
        Self::with_scheduler(number, Scheduler::default())
    }

    pub(super) fn with_scheduler(number: u8, scheduler: Scheduler) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp { unix_ms: 0, offset_min: 0 };
        let store = Store::open(&folder.path().join("lmq.db"), Self::here(number), now).unwrap();
        // The law says nothing of power cuts, and thousands of actions are to be quick.
        store.db().pragma_update(None, "synchronous", "off").unwrap();
        Self { store, now_ms: 20_000 * DAY_MS + i64::from(number), scheduler, _folder: folder }
    }

    /// One whose database is there already, in that folder.
    pub(super) fn over(store: Store, now_ms: i64, folder: TempDir) -> Self {
        store.db().pragma_update(None, "synchronous", "off").unwrap();
        Self { store, now_ms, scheduler: Scheduler::default(), _folder: folder }
    }

    /// What another machine has once this database was copied to it.
    pub(super) fn copied(&self, number: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lmq.db");
        self.store.copy_to(&path).unwrap();
        let store = Store::open(&path, Self::here(number), self.stamp().now).unwrap();
        // Two that do the same at the same millisecond would have done one and the same.
        Self::over(store, self.now_ms + i64::from(number), folder)
    }

    pub(super) fn here(number: u8) -> Here {
        Here {
            machine: format!("machine {number}"),
            device_name: format!("device {number}"),
            fresh_device: DeviceId([number; 16]),
            chance: [number; 16],
            state_folder: None,
        }
    }

    pub(super) fn stamp(&self) -> Stamp {
        let day = i32::try_from(self.now_ms / DAY_MS).unwrap();
        Stamp { now: Timestamp { unix_ms: self.now_ms, offset_min: 60 }, today: StudyDay(day) }
    }

    /// Adds a note by hand.
    pub(super) fn add(&mut self, note: NoteUid, text: &NoteText) {
        let packed = PackedNote::of(text).unwrap();
        let work = |writer: &mut Writer<'_>| writer.add("birds", "birds", note, None, &packed).map(drop);
        self.store.write(self.stamp(), ActionKind::Add, Subject::None, work).unwrap();
    }

    /// Its whole log.
    pub(super) fn log(&self) -> Vec<LogRecord> {
        let mut records = Vec::new();
        self.store
            .log(&mut |record| {
                records.push(record);
                Ok(())
            })
            .unwrap();
        records
    }

    pub(super) fn unite(&mut self, segment: &[LogRecord]) -> Result<(), Fault> {
        let stamp = self.stamp();
        self.store.unite(stamp, false, |union| segment.iter().try_for_each(|record| union.put(0, record)))?;
        Ok(())
    }
}

pub(super) fn basic(front: &str, back: &str, tags: &[&str]) -> NoteText {
    let field = |name: &str, text: &str| (name.to_owned(), Value::Text(text.to_owned()));
    NoteText {
        kind: "basic".to_owned(),
        fields: [field("front", front), field("back", back)].into(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..NoteText::default()
    }
}

/// A log cut into segments of at most so many actions, each of which stands for itself.
pub(super) fn cut(log: &[LogRecord], most: usize) -> Vec<Vec<LogRecord>> {
    let mut segments = Vec::new();
    let mut records = log.iter().peekable();
    while let Some(LogRecord::Head(head)) = records.next() {
        let mut configs = Vec::new();
        while let Some(config) = records.next_if(|record| matches!(record, LogRecord::Config { .. })) {
            configs.push(config.clone());
        }
        let mut chain = Chain::after(head.before);
        let (mut before, mut from, mut to) = (head.before, head.from, head.from);
        let (mut part, mut actions): (Vec<LogRecord>, usize) = (Vec::new(), 0);
        let mut close = |part: &mut Vec<LogRecord>, before: ChainHash, after: ChainHash, from: u64, to: u64| {
            let head = SegmentHead { from, to, before, after, ..(**head).clone() };
            let mut segment = vec![LogRecord::Head(Box::new(head))];
            segment.extend(configs.iter().cloned());
            segment.append(part);
            segment.push(LogRecord::End);
            segments.push(segment);
        };
        let mut current = None;
        let mut left = 0;
        for record in records.by_ref() {
            match record {
                LogRecord::End => break,
                LogRecord::Action(action) => {
                    left = action.span.entries;
                    current = Some(action.clone());
                }
                LogRecord::Entry(entry, text) => {
                    chain.entry(EntryRef::from(entry), text.as_ref().map(|text| text.hash));
                    left -= 1;
                    to = entry.id().sequence;
                }
                LogRecord::Head(_) | LogRecord::Config { .. } => unreachable!(),
            }
            part.push(record.clone());
            if left == 0
                && let Some(action) = current.take()
            {
                chain.finish(&action);
                actions += 1;
                if actions == most {
                    close(&mut part, before, chain.hash(), from, to);
                    (before, from, actions) = (chain.hash(), to + 1, 0);
                }
            }
        }
        if !part.is_empty() {
            close(&mut part, before, chain.hash(), from, to);
        }
    }
    segments
}

/// Gives segments in an order that a seed tells, each twice; those with a gap before them wait their turn.
pub(super) fn deliver(device: &mut Device, segments: &[Vec<LogRecord>], seed: u64) {
    let mut order: Vec<usize> = (0..segments.len()).chain(0..segments.len()).collect();
    let key = |index: usize, place: usize| {
        crate::core::scheduler::splitmix64(seed ^ crate::core::scheduler::splitmix64((index * 1000 + place) as u64))
    };
    let mut keyed: Vec<(u64, usize)> =
        order.iter().enumerate().map(|(place, index)| (key(*index, place), *index)).collect();
    keyed.sort_unstable();
    order = keyed.into_iter().map(|(_, index)| index).collect();
    while !order.is_empty() {
        let before = order.len();
        order.retain(|index| match device.unite(&segments[*index]) {
            Ok(()) => false,
            Err(Fault::Refused(what)) if what.contains("gap") => true,
            Err(error) => panic!("{error}"),
        });
        assert!(order.len() < before, "what is left has gaps that nothing closes");
    }
}

/// Compares two dumps and names the first line in which they differ.
pub(super) fn assert_equal(one: &Store, other: &Store, what: &str) {
    let (one, other) = (one.dump(), other.dump());
    let differs = |a: &[String], b: &[String]| -> Vec<String> {
        a.iter().filter(|line| !b.contains(line)).take(3).cloned().collect()
    };
    let (here, there) = (differs(&one, &other), differs(&other, &one));
    assert!(here.is_empty() && there.is_empty(), "{what}\nonly here:  {here:#?}\nonly there: {there:#?}");
}

pub(super) fn assert_in_order(device: &mut Device) {
    let mut stamp = device.stamp();
    // A clock that was set back makes entries from the future, which is said and right.
    stamp.now.unix_ms += 400 * DAY_MS;
    // Bytes of what was erased are no matter of this law.
    device.store.traces_are_gone().unwrap();
    let findings = device.store.doctor(stamp, false).unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
}

/// The three devices begin with some exchange, go on by themselves, and then all take all segments.
fn the_law(scheduler: &dyn Fn(u8) -> Scheduler, commands: &[Vec<Command>; 6], most: usize, seed: u64) {
    let mut devices: Vec<Device> = (1..4).map(|number| Device::with_scheduler(number, scheduler(number))).collect();
    for (device, commands) in devices.iter_mut().zip(&commands[..3]) {
        commands.iter().for_each(|command| device.take(command));
    }
    // The second one hears of the first in the middle. The third may be given up for a copy of the first.
    let first = cut(&devices[0].log(), most);
    deliver(&mut devices[1], &first, seed);
    if seed % 2 == 1 {
        devices[2] = Device { scheduler: scheduler(3), ..devices[0].copied(3) };
    }
    for (device, commands) in devices.iter_mut().zip(&commands[3..]) {
        commands.iter().for_each(|command| device.take(command));
    }
    for device in &mut devices {
        assert_in_order(device);
    }
    let mut segments: Vec<Vec<LogRecord>> = Vec::new();
    for (place, device) in devices.iter().enumerate() {
        segments.extend(cut(&device.log(), most + place));
    }
    for (place, device) in devices.iter_mut().enumerate() {
        deliver(device, &segments, seed.wrapping_add(place as u64));
        assert_in_order(device);
    }
    assert_equal(&devices[0].store, &devices[1].store, "devices 1 and 2");
    assert_equal(&devices[0].store, &devices[2].store, "devices 1 and 3");
    // A new device that only ever heard of the others.
    let mut fourth = Device::with_scheduler(9, scheduler(9));
    fourth.now_ms = devices.iter().map(|device| device.now_ms).max().unwrap();
    deliver(&mut fourth, &segments, seed ^ 0xabcd);
    assert_in_order(&mut fourth);
    assert_equal(&devices[0].store, &fourth.store, "devices 1 and 4");
    // A session of the day after all that happened is the same on each of them, card by card.
    let today = devices.iter().map(|device| device.stamp().today).max().unwrap().plus(1);
    let offered = fourth.store.offered_on(today);
    for device in &devices {
        assert_eq!(device.store.offered_on(today), offered);
    }
    // And one whose caches were all emptied.
    let stamp = fourth.stamp();
    let caches = ["card_state", "day_sum", "topic_sum", "side_sum", "asked", "alias", "note", "topic", "deck"];
    for table in caches {
        fourth.store.db().execute(&format!("DELETE FROM {table}"), []).unwrap();
    }
    fourth.store.rebuild(stamp).unwrap();
    assert_in_order(&mut fourth);
    assert_equal(&devices[0].store, &fourth.store, "device 4, made again from its log");
}

fn commands() -> impl Strategy<Value = [Vec<Command>; 6]> {
    let some = || proptest::collection::vec(command(), 0..14);
    [some(), some(), some(), some(), some(), some()]
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, ..crate::store::laws::config() })]

    #[test]
    fn databases_that_hold_the_same_actions_are_equal(commands in commands(), most in 1usize..9, seed in any::<u64>()) {
        the_law(&|_| Scheduler::default(), &commands, most, seed);
    }

    #[test]
    fn the_law_holds_for_a_second_scheduler_and_for_both_beside_each_other(
        commands in commands(), most in 1usize..9, seed in any::<u64>(),
    ) {
        the_law(
            &|number| if number == 2 { Scheduler::default() } else { Scheduler::Second(crate::core::scheduler::Second::default()) },
            &commands, most, seed,
        );
    }
}

/// The same cases every time, more by `PROPTEST_CASES`, others by `PROPTEST_RNG_SEED`.
pub(super) fn config() -> ProptestConfig {
    // clippy.toml forbids the environment: proptest has read it already. Its default is 256 cases.
    let mut config = ProptestConfig::default();
    if config.cases == 256 {
        config.cases = 24;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config.failure_persistence = None;
    config
}

//! Histories: segments that are read, and taken in.

use super::Target;
use crate::mutate::Seeds;
use crate::trial::Chance;
use lmq::core::fact::ChainHash;
use lmq::core::id::DeviceId;
use lmq::core::log::Chain;
use lmq::core::log::EntryRef;
use lmq::core::log::LogRecord;
use lmq::core::study_day::StudyDay;
use lmq::core::study_day::Timestamp;
use lmq::formats::FormatError;
use lmq::formats::segment;
use lmq::store::Fault;
use lmq::store::Here;
use lmq::store::Rule;
use lmq::store::Stamp;
use lmq::store::Store;
use lmq::store::StoreError;
use std::hint::black_box;
use std::io::Cursor;

pub(super) fn targets() -> Vec<Target> {
    vec![
        Target::new("segments", Seeds::of(&["segment"]), read_back),
        Target { rarer: 100, ..Target::new("unions", Seeds::of(&["segment"]), united) },
    ]
}

fn read(bytes: &[u8]) -> (Vec<LogRecord>, Result<(), FormatError>) {
    let mut records = Vec::new();
    let outcome = segment::read(&mut Cursor::new(bytes), &mut |_, record| {
        records.push(record);
        Ok(())
    });
    (records, outcome)
}

/// The hash that the head of the last segment says, and the one that its entries have.
fn hashes(records: &[LogRecord]) -> Option<(ChainHash, ChainHash)> {
    let start = records.iter().rposition(|record| matches!(record, LogRecord::Head(_)))?;
    let LogRecord::Head(head) = &records[start] else { return None };
    let mut chain = Chain::after(head.before);
    let mut current = None;
    for record in &records[start..] {
        match record {
            LogRecord::Action(action) => current = Some((action, action.span.entries)),
            LogRecord::Entry(entry, text) => {
                let (action, left) = current.as_mut()?;
                chain.entry(EntryRef::from(entry), text.as_ref().map(|text| text.hash));
                *left = left.checked_sub(1)?;
                if *left == 0 {
                    chain.finish(action);
                }
            }
            LogRecord::Head(_) | LogRecord::Config { .. } | LogRecord::End => {}
        }
    }
    Some((head.after, chain.hash()))
}

/// The same file with the hashes that its entries have: as somebody makes it who wants to be believed.
fn with_its_hashes(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..4 {
        let (records, outcome) = read(&bytes);
        let Some((said, right)) = hashes(&records).filter(|(said, right)| outcome.is_err() && said != right) else {
            break;
        };
        let hex = |hash: ChainHash| hash.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let text = String::from_utf8_lossy(&bytes);
        let mended = text.replace(&format!("\"after\":\"{}\"", hex(said)), &format!("\"after\":\"{}\"", hex(right)));
        if mended.as_bytes() == bytes {
            break;
        }
        bytes = mended.into_bytes();
    }
    bytes
}

fn read_back(bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
    black_box(segment::sniff(bytes));
    let mended = if chance.one_in(3) { bytes.to_vec() } else { with_its_hashes(bytes) };
    let (records, outcome) = read(&mended);
    match outcome {
        Ok(()) => {}
        Err(FormatError::NotThis(why)) if why.to_string().trim().is_empty() => {
            return Err("refused without a word".to_owned());
        }
        Err(_) => return Ok(()),
    }
    let mut out = Vec::new();
    let mut writer = segment::Writer::new(&mut out);
    for record in &records {
        writer.write(record).map_err(|error| format!("{error}: {record:?}"))?;
    }
    match read(&out) {
        (again, Ok(())) if again == records => Ok(()),
        (_, outcome) => Err(format!("it came back different: {outcome:?}\n{}", String::from_utf8_lossy(&out))),
    }
}

fn stamp() -> Stamp {
    Stamp { now: Timestamp { unix_ms: 1_772_000_000_000, offset_min: 60 }, today: StudyDay(20_509) }
}

fn unite(store: &mut Store, records: &[LogRecord]) -> Result<u64, StoreError> {
    let done = store.unite(stamp(), false, |union| records.iter().try_for_each(|record| union.put(1, record)));
    done.map(|((), united)| united.added)
}

/// A forged history beside one that is known already: it is refused, or the database is in order after it and goes on.
fn united(bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
    let (records, outcome) = read(&with_its_hashes(bytes));
    if outcome.is_err() {
        return Ok(());
    }
    let seeds = crate::mutate::files_in("segment");
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let said = |error: StoreError| format!("{error}: {error:?}");
    let mut store =
        Store::open(&folder.path().join("lmq.db"), Here::nameless(DeviceId([1; 16])), stamp().now).map_err(said)?;
    if chance.one_in(2) {
        let (known, outcome) = read(chance.pick::<Vec<u8>>(&seeds));
        if outcome.is_ok() {
            unite(&mut store, &known).map_err(said)?;
        }
    }
    match unite(&mut store, &records) {
        Err(error) => match &error.fault {
            Fault::Refused(why) if !why.trim().is_empty() => {}
            _ => return Err(said(error)),
        },
        Ok(_) => {
            let again = unite(&mut store, &records).map_err(said)?;
            if again != 0 {
                return Err(format!("the same once more added {again} entries"));
            }
        }
    }
    let findings = store.doctor(stamp(), false).map_err(said)?;
    if let Some(found) = findings.iter().find(|finding| !matches!(finding.rule, Rule::Future | Rule::Texts)) {
        return Err(format!("doctor finds {}: {}", found.rule.name(), found.what));
    }
    // Reports come to an end on it.
    let rules = lmq::core::settings::Settings::default().rules([]);
    store.totals(&lmq::store::DeckSet::All, stamp().today, None, None, &rules).map_err(said)?;
    // Its own log goes on, and what it writes another one takes.
    let written =
        store.write(stamp(), lmq::core::action::ActionKind::Pause, lmq::core::action::Subject::None, |writer| {
            let fact = lmq::core::fact::Fact::Paused { until: StudyDay(20_600) };
            writer.append_fact(&fact, None).map(drop)
        });
    if let Err(error) = written {
        return Err(format!("nothing can be written any more: {}", said(error)));
    }
    let mut other =
        Store::open(&folder.path().join("other.db"), Here::nameless(DeviceId([2; 16])), stamp().now).map_err(said)?;
    let mut log = Vec::new();
    let gathered = store.log(&mut |record| {
        log.push(record);
        Ok(())
    });
    gathered.map_err(said)?;
    unite(&mut other, &log).map(drop).map_err(|error| format!("another database refuses it: {}", said(error)))
}

//! The log of another database, read from a file and united with this one's.

use crate::failure::Failure;
use crate::formats::FileFault;
use crate::formats::FormatError;
use crate::formats::Stop;
use crate::formats::segment;
use crate::ops::batches;
use crate::ops::batches::Gone;
use crate::ops::import::import_report::Report;
use crate::ops::import::options::Options;
use crate::ops::import::refusal;
use crate::ops::import::refusal::Refusal;
use crate::ops::import::sources::Counting;
use crate::ops::import::sources::Source;
use crate::ops::unite;
use crate::ops::unite::Taken;
use crate::ops::unite::unite;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Union;
use std::cell::RefCell;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

/// Takes a history in, whole or not at all.
pub(super) fn one_log(
    store: &mut Store,
    stamp: Stamp,
    source: &mut Source,
    options: &Options,
    report: &mut Report,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Failure> {
    let how = unite::How { accept_future: options.accept_future, dry_run: options.dry_run };
    let (shown, path) = (source.shown.clone(), store.path().to_owned());
    let input = &mut *source.input;
    let told = RefCell::new(None);
    let feed = |union: &mut Union<'_, '_>| {
        let mut failed = None;
        let read = AtomicU64::new(0);
        let done = std::thread::scope(|scope| {
            let (mut giver, taker) = batches::channel();
            let count = &read;
            let reading = scope.spawn(move || {
                let mut heard = |now| count.store(now, Ordering::Relaxed);
                let mut counting = Counting { inner: input, read: 0, heard: &mut heard };
                let done = segment::read(&mut counting, &mut |line, record| {
                    let bytes = record.text_bytes();
                    giver.give((line, record), bytes).map_err(|Gone| Stop)
                });
                giver.finish().ok();
                done
            });
            // Where the database refuses it the rest is read all the same: a file that is damaged says nothing about the
            // device whose history it would be.
            let begins = || progress(read.load(Ordering::Relaxed));
            let taken = taker.each(begins, |(line, record)| {
                if failed.is_some() {
                    return Ok(());
                }
                match union.put(*line, record) {
                    Err(fault @ Fault::Refused(_)) => {
                        failed = Some(fault);
                        Ok(())
                    }
                    done => done,
                }
            });
            failed = failed.take().or(taken.err());
            reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        match (done, failed) {
            (Ok(()), None) => Ok(()),
            (Ok(()) | Err(FormatError::Stopped), Some(error)) => Err(error),
            (Err(error), _) => {
                let nothing_drawn = |_: &str, _: &str, _: &[FileFault]| Vec::new();
                told.replace(Some(refusal::in_words(Refusal::Format(error), &shown, &path, &nothing_drawn)));
                Err(Fault::Abandoned)
            }
        }
    };
    let Taken { united, copy } =
        unite(store, stamp, how, feed, || told.take()).map_err(|failed| failed.at(source.shown.clone()))?;
    report.entries_added += united.added;
    report.entries_known += united.known;
    report.erased.texts += united.erased.texts;
    report.erased.notes += united.erased.notes;
    report.erased.followed.extend(united.erased.followed);
    report.rewritten.extend(united.rewritten);
    report.copies.extend(copy);
    Ok(())
}

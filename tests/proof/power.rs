//! A power cut after each call: the disk as it may be then is opened again.

use crate::Row;
use crate::disk::Disk;
use crate::disk::Kept;
use crate::home::Lmq;
use crate::log::Log;
use crate::log::has_answers;
use crate::log::log_of;
use crate::scenes::ANSWERS;
use crate::scenes::BACKUP;
use crate::scenes::EXPORT;
use crate::scenes::IMPORT;
use crate::scenes::MANY_ANSWERS;
use crate::scenes::MIGRATION;
use crate::scenes::RESTORE;
use crate::scenes::UNITE;
use crate::stage::Files;
use crate::stage::Scene;
use crate::stage::Stage;
use crate::stage::Stages;
use crate::stage::put_all;
use crate::stage::read_all;
use crate::tracer::Call;
use crate::tracer::TRACER;
use crate::tracer::Tracer;
use crate::trial::Chance;
use crate::trial::Trial;
use lmq::core::id::hash64;
use std::collections::BTreeSet;
use std::sync::Mutex;

pub(crate) const ROW: Row = Row { name: "power", promise: "nor by a power cut", run };

fn run(trial: &mut Trial) {
    let tracer = match &*TRACER {
        Ok(tracer) => tracer,
        Err(why) => return trial.remark(format!("not tried here: {why}")),
    };
    cut(trial, tracer, trial.size(&ANSWERS, &MANY_ANSWERS));
    for scene in [&IMPORT, &RESTORE] {
        cut(trial, tracer, scene);
    }
    for scene in trial.size::<&[&Scene]>(&[], &[&UNITE, &MIGRATION, &BACKUP, &EXPORT]) {
        cut(trial, tracer, scene);
    }
}

/// One run, call by call, and what has to be there after it.
struct Recorded {
    before: Files,
    calls: Vec<Call>,
    log_before: Log,
    log_after: Log,
    /// For each number of calls: what had been acknowledged when these were done.
    acknowledged: Vec<usize>,
    /// All steps: the answers of a session, or one.
    steps: usize,
}

/// What the log has to be after so many steps.
enum Wanted {
    Prefix,
    BeforeOrAfter,
}

fn record(tracer: &Tracer, stage: &Stage) -> Recorded {
    let scene = stage.scene;
    let traced = tracer.run(&stage.lmq, "record", scene.args, scene.stdin().as_bytes());
    assert_eq!(traced.run.code, 0, "{}: {:?}", scene.name, traced.run);
    let log_after = log_of(&stage.lmq.db()).unwrap();
    let log_before = if stage.files().contains_key("lmq.db") {
        stage.reset();
        log_of(&stage.lmq.db()).unwrap()
    } else {
        Log::new()
    };
    let steps = |said: &str| match scene.steps {
        Some(_) => scene.acknowledged_in(said),
        None => usize::from(!said.is_empty() && said == traced.said()),
    };
    let mut said = String::new();
    let mut acknowledged = vec![0];
    for call in &traced.calls {
        if call.name == "said" {
            said.push_str(&String::from_utf8_lossy(&call.data));
        }
        acknowledged.push(steps(&said));
    }
    Recorded {
        before: stage.files().clone(),
        calls: traced.calls,
        log_before,
        log_after,
        steps: *acknowledged.last().unwrap(),
        acknowledged,
    }
}

fn cut(trial: &mut Trial, tracer: &Tracer, scene: &'static Scene) {
    if !trial.wants(scene.name) {
        return;
    }
    let recorded = Stages::of(scene).with(|stage| record(tracer, stage));
    let wanted = if scene.steps.is_some() { Wanted::Prefix } else { Wanted::BeforeOrAfter };
    assert!(recorded.steps > 0, "{}: nothing was said", scene.name);
    let variants = trial.size(1, 6);
    let seed = trial.chance(scene.name, 0).next();
    let disks: Mutex<Vec<(usize, Disk)>> = Mutex::default();
    let folders: Mutex<Vec<Lmq>> = Mutex::default();
    let known: Mutex<BTreeSet<(u64, usize)>> = Mutex::default();
    let count = u64::try_from(recorded.calls.len()).unwrap() + 1;
    trial.cases(scene.name, count, |number| {
        let calls = usize::try_from(number).unwrap();
        let disk = disk_after(&disks, &recorded, calls);
        let lmq = folders.lock().unwrap().pop().unwrap_or_else(Lmq::new);
        let mut chance = Chance::of(seed, scene.name, number);
        let all = [Kept::Nothing, Kept::All].into_iter().chain(std::iter::repeat_n(Kept::Parts, variants));
        let mut done = Ok(());
        for kept in all {
            let files = disk.after_a_cut(kept, &mut chance);
            let acknowledged = recorded.acknowledged.get(calls).copied().unwrap_or_default();
            // Most cuts find a disk that an earlier one has left as well.
            if !known.lock().unwrap().insert((hash_of(&files), acknowledged)) {
                continue;
            }
            done = opened(&lmq, &files, &recorded, acknowledged, &wanted);
            if let Err(why) = &done {
                let last = recorded.calls.get(calls.wrapping_sub(1));
                let last = last.map(|call| format!("{} {} {}", call.name, call.path, call.second)).unwrap_or_default();
                let names: Vec<_> = files.iter().map(|(name, bytes)| format!("{name} {}", bytes.len())).collect();
                done =
                    Err(format!("cut after call {calls} ({last}), {kept:?} of what was not synced: {why}; {names:?}"));
                break;
            }
        }
        folders.lock().unwrap().push(lmq);
        disks.lock().unwrap().push((calls, disk));
        done
    });
}

/// A disk on which the first calls were done: one that another case left, gone on with.
fn disk_after(disks: &Mutex<Vec<(usize, Disk)>>, recorded: &Recorded, calls: usize) -> Disk {
    let mut idle = disks.lock().unwrap();
    let nearest = idle.iter().enumerate().filter(|(_, (done, _))| *done <= calls).max_by_key(|(_, (done, _))| *done);
    let (done, mut disk) = match nearest.map(|(index, _)| index) {
        Some(index) => idle.swap_remove(index),
        None => (0, Disk::of(&recorded.before)),
    };
    drop(idle);
    recorded.calls.iter().take(calls).skip(done).for_each(|call| disk.does(call));
    disk
}

fn hash_of(files: &Files) -> u64 {
    files.iter().fold(0, |hash, (name, bytes)| hash64(format!("{hash} {name} {:x}", hash64(bytes)).as_bytes()))
}

/// Starts on such a disk: there is one database, it is whole, and holds what was acknowledged and at most one step more.
fn opened(lmq: &Lmq, files: &Files, recorded: &Recorded, acknowledged: usize, wanted: &Wanted) -> Result<(), String> {
    put_all(lmq.root(), files);
    if !lmq.db().exists() && recorded.before.contains_key("lmq.db") {
        return Err("there is no database".to_owned());
    }
    let log = log_of(&lmq.db())?;
    match wanted {
        Wanted::Prefix => {
            has_answers(&log, recorded.log_before.len(), acknowledged)?;
            if !recorded.log_after.starts_with(&log) {
                return Err("the log is none that the sitting had".to_owned());
            }
        }
        Wanted::BeforeOrAfter if log == recorded.log_after || acknowledged == 0 && log == recorded.log_before => {}
        Wanted::BeforeOrAfter => {
            let lengths = [&recorded.log_before, &recorded.log_after, &log].map(Vec::len);
            return Err(format!("neither before nor after: {acknowledged} acknowledged, logs of {lengths:?} entries"));
        }
    }
    let left: Vec<String> = read_all(lmq.root()).into_keys().filter(|name| name.contains("restor")).collect();
    if left.is_empty() { Ok(()) } else { Err(format!("left of the restore: {left:?}")) }
}

//! A disk that refuses: the n-th call fails, or all from the n-th on, or a write is cut short.

use crate::Row;
use crate::kills::is_unfinished;
use crate::scenes::ANSWER;
use crate::scenes::BACKUP;
use crate::scenes::EDIT;
use crate::scenes::EXPORT;
use crate::scenes::IMPORT;
use crate::scenes::MIGRATION;
use crate::scenes::RESTORE;
use crate::scenes::UNDO;
use crate::scenes::UNION;
use crate::scenes::UNITE;
use crate::stage::Scene;
use crate::stage::Stage;
use crate::stage::Stages;
use crate::tracer::Call;
use crate::tracer::TRACER;
use crate::tracer::Tracer;
use crate::trial::Trial;

pub(crate) const ROW: Row = Row { name: "faults", promise: "nor by the disk", run };

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

fn run(trial: &mut Trial) {
    let tracer = match &*TRACER {
        Ok(tracer) => tracer,
        Err(why) => return trial.remark(format!("not tried here: {why}")),
    };
    let all: &[&Scene] = &[&ANSWER, &IMPORT, &MIGRATION, &RESTORE, &UNITE, &EXPORT, &BACKUP, &UNDO, &EDIT, &UNION];
    for scene in trial.size::<&[&Scene]>(&[&ANSWER], all) {
        refuse(trial, tracer, scene);
    }
}

/// A fault in the tracer's words, and whether the program can still tidy up behind it.
struct Fault {
    how: String,
    can_tidy: bool,
    /// Whether something could not be read.
    is_unread: bool,
}

/// Every fault that there can be at a call; those that go on to the end only where there is time for it.
fn faults_at(number: usize, call: &Call, is_long: bool) -> Vec<Fault> {
    let fault = |how: String| Fault {
        can_tidy: !how.starts_with("from") && call.name != "unlink",
        is_unread: how.ends_with(&EIO.to_string()) && (call.name == "read" || how.starts_with("from")),
        how,
    };
    let writes = matches!(call.name.as_str(), "write" | "make" | "grow" | "size" | "mkdir" | "link");
    let mut faults = vec![fault(format!("fail:{number}:{EIO}")), fault(format!("from:{number}:{EIO}"))];
    if writes {
        faults.push(fault(format!("fail:{number}:{ENOSPC}")));
        faults.push(fault(format!("from:{number}:{ENOSPC}")));
    }
    faults.retain(|fault| is_long || !fault.how.starts_with("from"));
    if call.name == "write" && call.data.len() > 1 {
        faults.push(fault(format!("short:{number}")));
    }
    faults
}

fn refuse(trial: &mut Trial, tracer: &Tracer, scene: &'static Scene) {
    if !trial.wants(scene.name) {
        return;
    }
    let stages = Stages::of(scene);
    // All calls, those that read as well: none is numbered so high that it fails.
    let never = format!("fail:{}:{EIO}", u32::MAX);
    let traced = stages.with(|stage| tracer.run(&stage.lmq, &never, scene.args, b""));
    let is_long = trial.size(false, true);
    let faults: Vec<(Fault, Call)> = traced
        .calls
        .iter()
        .enumerate()
        .flat_map(|(index, call)| faults_at(index + 1, call, is_long).into_iter().map(|fault| (fault, call.clone())))
        .collect();
    let count = u64::try_from(faults.len()).unwrap();
    trial.cases(scene.name, count, |number| {
        let (fault, call) = &faults[usize::try_from(number).unwrap()];
        stages
            .with(|stage| one(tracer, stage, fault))
            .map_err(|why| format!("{} at {} {} {}: {why}", fault.how, call.name, call.path, call.second))
    });
}

fn one(tracer: &Tracer, stage: &Stage, fault: &Fault) -> Result<(), String> {
    let run = tracer.run(&stage.lmq, &fault.how, stage.scene.args, b"").run;
    let is_said = match run.code {
        0 => true,
        1 => !run.stderr.is_empty(),
        // SQLite says of a disk that does not give what is on it that the database is damaged. Nobody can tell the two apart
        // without reading it again, so the message says to try that first.
        3 => fault.is_unread && run.stderr.contains("try again"),
        _ => false,
    };
    if !is_said {
        return Err(format!("it ended with {run:?}"));
    }
    stage
        .judge(run.code == 0, |name| !fault.can_tidy && is_unfinished(name))
        .map_err(|why| format!("{why}\nit had said {run:?}"))
}

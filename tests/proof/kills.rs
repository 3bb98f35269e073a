//! SIGKILL before each call that changes a file, and at moments of chance.

use crate::Row;
use crate::scenes::ANSWER;
use crate::scenes::BACKUP;
use crate::scenes::EDIT;
use crate::scenes::EXPORT;
use crate::scenes::IMPORT;
use crate::scenes::MIGRATION;
use crate::scenes::REBUILD;
use crate::scenes::RESTORE;
use crate::scenes::UNDO;
use crate::scenes::UNION;
use crate::scenes::UNITE;
use crate::sittings;
use crate::stage::Scene;
use crate::stage::Stage;
use crate::stage::Stages;
use crate::tracer::KILLED;
use crate::tracer::TRACER;
use crate::tracer::Tracer;
use crate::trial::Chance;
use crate::trial::Trial;
use lmq::store::SIDES;
use std::process::Stdio;
use std::time::Duration;

pub(crate) const ROW: Row = Row { name: "kills", promise: "no acknowledged answer is lost by a kill", run };

/// What a killed program may leave, and docs/backups.md says until when.
pub(crate) fn is_unfinished(name: &str) -> bool {
    let is_copy = || {
        let (_, chance) = name.rsplit_once(".part-")?;
        let chance = SIDES.iter().find_map(|side| chance.strip_suffix(side)).unwrap_or(chance);
        Some(chance.len() == 10 && chance.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    name.starts_with(".lmq-") && name.ends_with(".tmp") || is_copy() == Some(true)
}

const SCENES: [&Scene; 11] =
    [&ANSWER, &IMPORT, &UNDO, &EDIT, &RESTORE, &UNITE, &BACKUP, &EXPORT, &UNION, &REBUILD, &MIGRATION];

fn run(trial: &mut Trial) {
    for scene in SCENES {
        kill(trial, scene);
    }
    if let Ok(tracer) = &*TRACER {
        sittings::lines(trial, tracer);
        sittings::screen(trial, tracer);
    }
}

/// Kills a command: before each call, each call being tried in turn, and every fourth time at any moment.
fn kill(trial: &mut Trial, scene: &'static Scene) {
    if !trial.wants(scene.name) {
        return;
    }
    let stages = Stages::of(scene);
    let tracer = match &*TRACER {
        Ok(tracer) => Some(tracer),
        Err(why) => {
            trial.remark(format!("kills at chosen calls are not tried here: {why}"));
            None
        }
    };
    let calls = tracer.map(|tracer| stages.with(|stage| calls_of(tracer, stage)));
    let count = trial.size(16, 900);
    let seed = trial.chance(scene.name, u64::MAX).next();
    trial.cases(scene.name, count, |number| {
        let mut chance = Chance::of(seed, scene.name, number);
        stages.with(|stage| match (tracer, calls) {
            (Some(tracer), Some(calls)) if number % 4 != 3 => {
                // All in turn; where there are fewer cases than calls, they are spread.
                let nth = number - number / 4;
                let step = if count * 3 / 4 < calls { chance.next() } else { nth };
                at_call(tracer, stage, 1 + step % calls)
            }
            _ => at_any_moment(stage, &mut chance),
        })
    });
}

/// How many calls a command makes when nobody kills it.
fn calls_of(tracer: &Tracer, stage: &Stage) -> u64 {
    let traced = tracer.run(&stage.lmq, "record", stage.scene.args, stage.scene.stdin().as_bytes());
    assert_eq!(traced.run.code, 0, "{}: {:?}", stage.scene.name, traced.run);
    u64::try_from(traced.calls.len()).unwrap()
}

fn at_call(tracer: &Tracer, stage: &Stage, call: u64) -> Result<(), String> {
    let scene = stage.scene;
    let traced = tracer.run(&stage.lmq, &format!("kill:{call}"), scene.args, scene.stdin().as_bytes());
    if traced.run.code != KILLED && traced.run.code != 0 {
        return Err(format!("call {call}: {:?}", traced.run));
    }
    let is_acknowledged = traced.run.code == 0 || has_said(stage, &traced.run.stdout);
    let last = traced.calls.last().map(|call| format!("{} {} {}", call.name, call.path, call.second));
    stage
        .judge(is_acknowledged, is_unfinished)
        .map_err(|why| format!("killed before call {call}, the last one was {}: {why}", last.unwrap_or_default()))
}

fn has_said(stage: &Stage, said: &str) -> bool {
    !said.is_empty() && said == stage.said
}

fn at_any_moment(stage: &Stage, chance: &mut Chance) -> Result<(), String> {
    let scene = stage.scene;
    let mut command = stage.lmq.command();
    command.args(scene.args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let most = usize::try_from(stage.took.max(1) * 1300).unwrap();
    let patience = Duration::from_micros(u64::try_from(chance.below(most)).unwrap());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(patience);
    child.kill().ok();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).replace(&stage.lmq.root().display().to_string(), "$T");
    let is_acknowledged = output.status.success() || has_said(stage, &said);
    stage.judge(is_acknowledged, is_unfinished).map_err(|why| format!("killed after {patience:?}: {why}"))
}

//! Sittings that are killed, through a pipe and on a screen.

use crate::kills::is_unfinished;
use crate::log::has_answers;
use crate::log::log_of;
use crate::scenes::LINES;
use crate::stage::Stage;
use crate::stage::Stages;
use crate::stage::read_all;
use crate::terminal::Terminal;
use crate::terminal::started;
use crate::tracer::KILLED;
use crate::tracer::Tracer;
use crate::tracer::read;
use crate::trial::Trial;
use lmq::store::Store;
use std::time::Duration;

/// Cards that are answered on a screen, unless a kill comes in between.
const TURNS: usize = 3;

/// A sitting that nobody kills: how many calls it makes, and how long the log was before it.
struct Course {
    calls: u64,
    before: usize,
}

impl Course {
    /// What came of a sitting that was killed.
    fn judge(&self, stage: &Stage, acknowledged: usize) -> Result<(), String> {
        if !stage.lmq.db().exists() {
            return Err("there is no database".to_owned());
        }
        let log = log_of(&stage.lmq.db())?;
        has_answers(&log, self.before, acknowledged)?;
        for name in read_all(stage.lmq.root()).into_keys() {
            let is_daily = name.starts_with("lmq.db.daily.") && !name.contains(".part-");
            if is_daily {
                let whole = Store::look(&stage.lmq.path(&name)).map(|store| store.map(|store| store.check_whole()));
                if !matches!(whole, Ok(Some(Ok(())))) {
                    return Err(format!("the backup `{name}` is not whole"));
                }
            }
            let is_known = stage.files().contains_key(&name) || name.starts_with("xdg/") || name.starts_with("lmq.db-");
            if !is_daily && !is_known && !is_unfinished(&name) {
                return Err(format!("`{name}` is left"));
            }
        }
        let again = stage.lmq.run(stage.scene.again);
        if again.code == 0 { Ok(()) } else { Err(format!("the next start: {again:?}")) }
    }
}

/// Kills sittings through a pipe.
pub(crate) fn lines(trial: &mut Trial, tracer: &Tracer) {
    if !trial.wants("lines") {
        return;
    }
    let stages = Stages::of(&LINES);
    let stdin = LINES.stdin();
    let course = stages.with(|stage| {
        let before = log_of(&stage.lmq.db()).unwrap().len();
        stage.reset();
        let traced = tracer.run(&stage.lmq, "record", LINES.args, stdin.as_bytes());
        assert_eq!(LINES.acknowledged_in(&traced.run.stdout), LINES.answers, "{:?}", traced.run);
        Course { calls: u64::try_from(traced.calls.len()).unwrap(), before }
    });
    let (count, seed) = (trial.size(24, 900), trial.chance("lines", 0).next());
    trial.cases("lines", count, |number| {
        let call = 1 + (seed + number * spread(course.calls, count)) % course.calls;
        stages.with(|stage| {
            let traced = tracer.run(&stage.lmq, &format!("kill:{call}"), LINES.args, stdin.as_bytes());
            if traced.run.code != KILLED {
                return Err(format!("it was not killed before call {call}: {:?}", traced.run));
            }
            let acknowledged = LINES.acknowledged_in(&traced.run.stdout);
            course.judge(stage, acknowledged).map_err(|why| format!("killed before call {call}: {why}"))
        })
    });
}

/// The step by which so many cases reach all calls, or as many of them as they can in equal distances.
fn spread(calls: u64, cases: u64) -> u64 {
    (calls / cases).max(1)
}

/// Kills sittings on a screen. What is acknowledged there is the card that was asked before the one on the screen.
pub(crate) fn screen(trial: &mut Trial, tracer: &Tracer) {
    if !trial.wants("screen") {
        return;
    }
    let stages = Stages::of(&LINES);
    let course = stages.with(|stage| {
        let before = log_of(&stage.lmq.db()).unwrap().len();
        stage.reset();
        let (answered, calls) = on_screen(tracer, stage, "record");
        assert_eq!(answered, TURNS, "the screen");
        Course { calls, before }
    });
    let (count, seed) = (trial.size(12, 400), trial.chance("screen", 0).next());
    // They wait for a screen most of the time.
    trial.cases_on(12, "screen", count, |number| {
        let call = 1 + (seed + number * spread(course.calls, count)) % course.calls;
        stages.with(|stage| {
            let (acknowledged, _) = on_screen(tracer, stage, &format!("kill:{call}"));
            course.judge(stage, acknowledged).map_err(|why| format!("killed before call {call}: {why}"))
        })
    });
}

/// Answers cards on a screen until the program is killed. Gives how many answers it acknowledged, and how many calls it made.
fn on_screen(tracer: &Tracer, stage: &Stage, how: &str) -> (usize, u64) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let root = stage.lmq.root().to_str().unwrap().to_owned();
    let words = tracer.words(how, &root, log.to_str().unwrap(), LINES.args);
    let (db, config, state) = (format!("{root}/lmq.db"), format!("{root}/config.toml"), format!("{root}/xdg"));
    let extra = [("LMQ_DB", db.as_str()), ("LMQ_CONFIG", config.as_str()), ("XDG_STATE_HOME", state.as_str())];
    let mut terminal = Terminal::start_program(tracer.program(), &stage.lmq, &words, 80, 24, &extra);
    let mut acknowledged = 0;
    if shows(&mut terminal, "Space shows") {
        for _ in 0..TURNS {
            terminal.types(" ");
            if !shows(&mut terminal, "3 Good") {
                break;
            }
            terminal.types("3");
            if !shows(&mut terminal, "Space shows") {
                break;
            }
            acknowledged += 1;
        }
    }
    // With its tracer goes the program.
    terminal.child.kill().ok();
    terminal.child.wait().unwrap();
    (acknowledged, u64::try_from(read(&log, &root).len()).unwrap())
}

/// Waits until the screen shows a text; false where the program ends before.
fn shows(terminal: &mut Terminal, text: &str) -> bool {
    let since = started();
    loop {
        if terminal.text().contains(text) {
            return true;
        }
        if terminal.child.try_wait().unwrap().is_some() {
            return false;
        }
        assert!(since.elapsed() < Duration::from_secs(30), "no `{text}` in:\n{}", terminal.text());
        std::thread::sleep(Duration::from_millis(10));
    }
}

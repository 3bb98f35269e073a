//! An installation that is put back to where it was before each case.

use crate::home::Lmq;
use crate::home::Run;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

/// All files beneath a folder, by their paths in it; folders end in a slash.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// What is done to a prepared installation.
pub(crate) struct Scene {
    /// One word.
    pub(crate) name: &'static str,
    /// What is done, as command line.
    pub(crate) args: &'static [&'static str],
    /// How many cards are answered, through a pipe.
    pub(crate) answers: usize,
    /// How a line begins that acknowledges one step of several; of a command with one step it is all that it says.
    pub(crate) steps: Option<&'static str>,
    /// What is done after the next start, and has to work.
    pub(crate) again: &'static [&'static str],
    /// Makes all that is there before.
    pub(crate) prepare: fn(&Lmq),
}

impl Scene {
    /// What it reads from standard input.
    pub(crate) fn stdin(&self) -> String {
        "\n3\n".repeat(self.answers)
    }

    /// How many steps of a sitting were acknowledged by what was said so far. A line without its end was not said.
    pub(crate) fn acknowledged_in(&self, said: &str) -> usize {
        let Some(begin) = self.steps else { return 0 };
        said.split_inclusive('\n').filter(|line| line.starts_with(begin) && line.ends_with('\n')).count()
    }
}

/// What a person sees of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// What happened to cards, without the names of the entries: an edit that was cut short is finished by other steps than
    /// the one that would have been.
    events: Vec<String>,
    cards: String,
    /// Files that are somebody's and not the program's: a followed deck, an export, a backup.
    files: Files,
}

/// A scene in a folder of its own, and what is to be seen before and after it.
pub(crate) struct Stage {
    pub(crate) scene: &'static Scene,
    pub(crate) lmq: Lmq,
    files: Files,
    pub(crate) before: Seen,
    pub(crate) after: Seen,
    names_after: Vec<String>,
    /// What is said when nothing comes in between.
    pub(crate) said: String,
    /// How long that takes, in milliseconds.
    pub(crate) took: u64,
}

/// Files by which the program remembers things: they differ from run to run.
fn is_inner(name: &str) -> bool {
    name.starts_with("lmq.db") || name.starts_with("xdg/") || name.contains(".part-") || name.starts_with(".lmq-")
}

impl Stage {
    fn new(scene: &'static Scene) -> Self {
        let lmq = Lmq::new();
        (scene.prepare)(&lmq);
        let files = read_all(lmq.root());
        let before = seen(&lmq).unwrap_or_else(|why| panic!("{}: {why}", scene.name));
        put_all(lmq.root(), &files);
        let mut command = lmq.command();
        command.args(scene.args);
        let env = lmq::env::Env::from_process();
        let started = env.ticks_ms();
        let run = lmq.finish(command, scene.stdin().as_bytes());
        let took = env.ticks_ms() - started;
        assert_eq!(run.code, 0, "{}: {run:?}", scene.name);
        let after = seen(&lmq).unwrap_or_else(|why| panic!("{}: {why}", scene.name));
        let names_after = read_all(lmq.root()).into_keys().collect();
        Self { scene, lmq, files, before, after, names_after, said: run.stdout, took }
    }

    /// Puts everything back to where it was before.
    pub(crate) fn reset(&self) {
        put_all(self.lmq.root(), &self.files);
    }

    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// After whatever came in between: a start finds one whole database, which holds what was acknowledged and at most one
    /// step more, and nothing is left lying about.
    pub(crate) fn judge(&self, is_acknowledged: bool, may_leave: impl Fn(&str) -> bool) -> Result<(), String> {
        let db_is_there = self.lmq.db().exists();
        if !db_is_there && self.files.contains_key("lmq.db") {
            return Err(format!("there is no database: {:?}", read_all(self.lmq.root()).keys()));
        }
        let now = seen(&self.lmq)?;
        if now != self.after {
            if now != self.before {
                return Err(format!("neither before nor after:\n{}", difference(&now, &self.before)));
            }
            if is_acknowledged {
                return Err("it was acknowledged and is lost".to_owned());
            }
        }
        is_sound(&self.lmq)?;
        for name in read_all(self.lmq.root()).keys() {
            if !self.files.contains_key(name)
                && !self.names_after.contains(name)
                && !is_passing(name)
                && !may_leave(name)
            {
                return Err(format!("`{name}` is left"));
            }
        }
        let again = self.lmq.run(self.scene.again);
        if again.code != 0 {
            return Err(format!("{:?} does not work any more: {again:?}", self.scene.again));
        }
        Ok(())
    }
}

/// What SQLite keeps beside a database as long as somebody has it open, and what the program keeps of each device.
fn is_passing(name: &str) -> bool {
    let is_side = name.strip_prefix("lmq.db").is_some_and(|end| matches!(end, "-wal" | "-shm"));
    is_side || name.starts_with("xdg/")
}

/// Whether doctor has nothing to say.
pub(crate) fn is_sound(lmq: &Lmq) -> Result<(), String> {
    let doctor = lmq.run(["doctor"]);
    if doctor.code == 0 && doctor.stdout == "everything is in order\n" {
        Ok(())
    } else {
        Err(format!("doctor: {doctor:?}"))
    }
}

/// What is to be seen after a start.
pub(crate) fn seen(lmq: &Lmq) -> Result<Seen, String> {
    let look = |args: &[&str]| match lmq.run(args) {
        Run { stdout, code: 0, .. } => Ok(stdout),
        run => Err(format!("{args:?}: {run:?}")),
    };
    let history: Value = serde_json::from_str(&look(&["history", "--json"])?).unwrap();
    let event = |row: &Value| {
        let fields = ["card", "kind", "at", "quality", "took_ms", "response", "voided", "after"];
        (!row["card"].is_null()).then(|| fields.map(|field| row[field].to_string()).join(" "))
    };
    let events = history.as_array().unwrap().iter().filter_map(event).collect();
    let cards = look(&["cards", "--json"])?;
    let mut files = read_all(lmq.root());
    files.retain(|name, _| !is_inner(name));
    // The bytes of a backup are chance; that it is whole was looked at when it was made.
    files.values_mut().filter(|bytes| bytes.starts_with(b"SQLite format 3\0")).for_each(|bytes| bytes.truncate(16));
    Ok(Seen { events, cards, files })
}

fn difference(one: &Seen, other: &Seen) -> String {
    let lines = |text: &str, than: &str| -> Vec<String> {
        text.lines().filter(|line| !than.contains(line)).take(5).map(|line| line.chars().take(300).collect()).collect()
    };
    let (now, then) = (one.events.join("\n"), other.events.join("\n"));
    format!(
        "new events {:#?}, lost {:#?}\ncards {:#?}\nfiles {:?} {:?}",
        lines(&now, &then),
        lines(&then, &now),
        lines(&one.cards, &other.cards),
        one.files.keys(),
        other.files.keys()
    )
}

pub(crate) fn read_all(root: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                files.insert(format!("{name}/"), Vec::new());
                folders.push(path);
            } else {
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Makes a folder hold these files and no others.
pub(crate) fn put_all(root: &Path, files: &Files) {
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.unwrap();
    }
    // In the order of the names a folder comes before what is in it.
    for (name, bytes) in files {
        match name.strip_suffix('/') {
            Some(folder) => fs::create_dir_all(root.join(folder)),
            None => fs::write(root.join(name), bytes),
        }
        .unwrap();
    }
}

/// Stages of one scene, each used by one thread at a time.
pub(crate) struct Stages {
    scene: &'static Scene,
    idle: Mutex<Vec<Stage>>,
}

impl Stages {
    pub(crate) fn of(scene: &'static Scene) -> Self {
        Self { scene, idle: Mutex::default() }
    }

    /// Lends a stage that was put back to where it was before.
    pub(crate) fn with<T>(&self, case: impl FnOnce(&Stage) -> T) -> T {
        let idle = self.idle.lock().unwrap().pop();
        let stage = idle.unwrap_or_else(|| Stage::new(self.scene));
        stage.reset();
        let done = case(&stage);
        self.idle.lock().unwrap().push(stage);
        done
    }
}

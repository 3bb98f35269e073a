//! What two front ends share, or one transaction spans.

pub mod action_words;
pub mod add;
pub mod backup;
mod batches;
pub mod browse;
pub mod bulk;
pub mod card_details;
pub mod checkup;
pub mod clock;
pub mod copies;
mod daily;
pub mod day;
pub mod deck_acts;
pub mod decks;
pub mod edit;
pub mod export;
pub mod files;
mod followed;
pub mod forget;
pub mod import;
pub mod linked;
pub mod media;
pub mod mine;
pub mod note_form;
pub mod pause;
pub mod queue;
pub mod report;
mod restarts;
pub mod restore;
pub mod review;
pub mod salvage;
pub mod search;
pub mod settings;
pub mod share;
mod swap;
pub mod tried;
pub mod undo;
pub mod unite;
pub mod weekly_scene;
pub mod workspace;

use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::env::Env;
use crate::failure::Failure;
use crate::failure::Kind;
use crate::store::Fault;
use crate::store::Here;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Trouble;
use std::path::Path;

pub use swap::settle;

/// Now, and the study day that it belongs to.
#[must_use]
pub fn stamp(env: &Env, settings: &Settings) -> Stamp {
    let now = env.now();
    Stamp { now, today: StudyDay::of(now, settings.rollover) }
}

/// The same for whoever asks and answers cards: a sitting stays on the study day on which it began.
///
/// # Errors
/// When the log can't be read.
pub fn stamp_of_sitting(store: &Store, env: &Env, settings: &Settings) -> Result<Stamp, StoreError> {
    Ok(in_sitting(env, settings, store.newest_own_answer()?))
}

/// The same where it is known when this device gave its newest answer, and on which study day.
fn in_sitting(env: &Env, settings: &Settings, last: Option<(i64, StudyDay)>) -> Stamp {
    let now = env.now();
    Stamp { now, today: StudyDay::of_sitting(now, settings.rollover, last) }
}

/// Opens the database and brings the built-in decks and the followed files up to date. Gives what the person should
/// know of that.
///
/// # Errors
/// When the database can't be opened or written.
pub fn open(path: &Path, env: &Env, settings: &Settings) -> Result<(Store, Vec<String>), Failure> {
    let Opened { store, talk, .. } = open_with_clock(path, env, settings)?;
    Ok((store, talk))
}

/// A database that was opened.
pub struct Opened {
    /// The database.
    pub store: Store,
    /// What the person should know.
    pub talk: Vec<String>,
    /// What is to be said, and asked, about the clock before anything is answered.
    pub clock: Option<String>,
}

/// As [`open`], with a look at the clock before anything is written: what is written with it would hide that it is wrong.
///
/// # Errors
/// As [`open`].
pub fn open_with_clock(path: &Path, env: &Env, settings: &Settings) -> Result<Opened, Failure> {
    let mut store = open_as_is(path, env)?;
    let clock = clock::clock_warning(&store, env)?;
    let talk = bring_up_to_date(&mut store, stamp(env, settings), settings)?;
    Ok(Opened { store, talk, clock })
}

/// What a program's update, followed files and an edit that was cut short have brought since. Gives what to tell.
fn bring_up_to_date(store: &mut Store, stamp: Stamp, settings: &Settings) -> Result<Vec<String>, Failure> {
    let mut talk: Vec<String> = decks::install(store, stamp)?.into_iter().collect();
    talk.extend(import::follow(store, stamp)?);
    let finished = restarts::finish(store, stamp, &settings.scheduler());
    talk.extend(finished?);
    Ok(talk)
}

/// Opens the database without a look at decks and files: for doctor, backup and restore.
///
/// # Errors
/// When the database can't be opened.
pub fn open_as_is(path: &Path, env: &Env) -> Result<Store, Failure> {
    settle(path)?;
    Ok(Store::open(path, here(), env.now())?)
}

/// The same for who only wants to look: also where nothing may be written.
///
/// # Errors
/// When the database can't be opened.
pub fn open_as_is_or_read_only(path: &Path, env: &Env) -> Result<Store, Failure> {
    settle(path)?;
    match Store::open(path, here(), env.now()) {
        Err(error) if error.fault.trouble().is_of_writing() => Store::look(path)?.ok_or_else(|| error.into()),
        opened => Ok(opened?),
    }
}

/// As [`open`], for who only wants to look at cards, or sums: where nothing can be written, they are shown as they are. Nothing is
/// answered then, so nothing is said of the clock.
///
/// # Errors
/// When the database can't be read.
pub fn open_or_read_only(path: &Path, env: &Env, settings: &Settings) -> Result<Opened, Failure> {
    let mut store = match Store::open(path, here(), env.now()) {
        Err(error) if error.fault.trouble().is_of_writing() => {
            let Some(store) = Store::look(path)? else { return Err(error.into()) };
            return Ok(Opened { store, talk: vec![as_it_was(unwritten(&error))], clock: None });
        }
        opened => opened?,
    };
    let talk = match bring_up_to_date(&mut store, stamp(env, settings), settings) {
        Err(failed) if failed.kind == Kind::Failed => vec![as_it_was(&failed.what)],
        brought => brought?,
    };
    Ok(Opened { store, talk, clock: None })
}

/// As [`open`], to try what a step would do: where nothing can be written, in memory.
///
/// # Errors
/// As [`open`].
pub fn open_to_try(path: &Path, env: &Env, settings: &Settings) -> Result<Opened, Failure> {
    let (failed, why) = match Store::open(path, here(), env.now()) {
        Ok(mut store) => match bring_up_to_date(&mut store, stamp(env, settings), settings) {
            Err(failed) if failed.kind == Kind::Failed => {
                let why = as_it_was(&failed.what);
                (failed, why)
            }
            brought => return Ok(Opened { store, talk: brought?, clock: None }),
        },
        Err(error) if error.fault.trouble().is_of_writing() => {
            let why = as_it_was(unwritten(&error));
            (error.into(), why)
        }
        Err(error) => return Err(error.into()),
    };
    let Some(store) = Store::in_memory(path, here())? else { return Err(failed) };
    Ok(Opened { store, talk: vec![why], clock: None })
}

/// Why nothing can be written.
fn unwritten(error: &StoreError) -> &'static str {
    match error.fault.trouble() {
        Trouble::Full | Trouble::Disk => "the disk is full",
        _ => "nothing can be written here",
    }
}

/// Why what is shown may not be up to date.
fn as_it_was(why: &str) -> String {
    format!("{}: this is what was saved before", why.trim_start_matches("not saved: "))
}

fn here() -> Here {
    let (machine, device_name) = Env::machine();
    Here {
        machine,
        device_name,
        fresh_device: Env::fresh_device(),
        chance: Env::chance(),
        state_folder: Env::state_folder(),
    }
}

/// A database error in words, with what to do.
impl From<StoreError> for Failure {
    fn from(StoreError { path, fault }: StoreError) -> Self {
        let db = path.display();
        match &fault {
            Fault::NotADatabase(file) => Self::data(format!("`{}` is not a database", file.display()))
                .hint("name another file with --db; this one was not changed"),
            Fault::OtherProgram(file) => {
                Self::data(format!("`{}` is the database of another program", file.display()))
                    .hint("name another file with --db; this one was not changed")
            }
            Fault::Newer { path, found, known } => {
                Self::data(format!("`{}` was written by a newer lmq", path.display()))
                    .at(format!("its schema is {found}, this program knows {known}"))
                    .hint("update lmq; the file was not changed")
            }
            Fault::Io { path, source } => Self::failed(format!("cannot use `{}`", path.display()))
                .at(source.to_string())
                .hint(match source.kind() {
                    // What is there is no file that could be a database.
                    std::io::ErrorKind::Other => "choose another file with --db, or put a database there",
                    _ => "choose another place with --db, or change the permissions of the folder",
                }),
            Fault::Stale => Self::failed("not saved: the card was answered elsewhere in the meantime")
                .hint("look at it with `lmq show` and answer again"),
            Fault::Replaced => Self::failed("not saved: another file has taken the place of the database")
                .at(db.to_string())
                .hint("it was moved or restored in the meantime; start lmq again"),
            Fault::LoneLog(log) => Self::failed(format!("the database `{db}` is not there"))
                .at(format!("its write-ahead log `{}` is, with what was answered last", log.display()))
                .hint("put the database back beside it, or restore a backup with `lmq restore FILE`; that sets the log aside \
                     first"),
            Fault::Beside(log) => Self::failed("a database can't be put there")
                .at(format!("`{}` is the log of another database, and SQLite would add it to the new one", log.display()))
                .hint("nothing was changed; give another name. `lmq --db FILE doctor` opens the other database, which takes the log in"),
            Fault::Abandoned => Self::bug("something was given up without a reason"),
            Fault::NoCard => Self::failed("there is no such card").hint("`lmq cards` lists all cards"),
            Fault::Clock(now) => Self::failed(format!("not saved: the clock says {}", now.to_rfc3339()))
                .hint("set the clock; it is so far ahead that no other device would take what is written now"),
            Fault::Suspended => Self::failed("the card is suspended"),
            Fault::Refused(why) => Self::data("this history can't be imported")
                .at(why.clone())
                .hint("nothing was changed; export it again on the device that it comes from"),
            Fault::Unreleased(file) => {
                Self::data(format!("`{}` was made by lmq before its first release", file.display()))
                    .at("this version can't read it")
                    .hint("export its notes with the program that made it, then import them into a new database")
            }
            Fault::Corrupt(what) => damaged(&path).at(what.clone()),
            Fault::Sqlite(source) => match fault.trouble() {
                Trouble::Busy => Self::failed("another lmq is writing to the database")
                    .at(db.to_string())
                    .hint("wait until it is done and try again"),
                Trouble::Full => Self::failed("not saved: the disk is full")
                    .at(db.to_string())
                    .hint("free some space and try again; everything answered before is safe"),
                Trouble::ReadOnly => Self::failed("not saved: the database is read-only")
                    .at(db.to_string())
                    .hint("change the permissions of the file and its folder, or choose another with --db"),
                Trouble::CannotOpen => Self::failed("cannot open the database")
                    .at(format!("{db}: {source}"))
                    .hint("check that the folder exists and is writable, or choose another with --db"),
                Trouble::Damaged if !fault.has_passed(&path) => damaged(&path).at(source.to_string()),
                Trouble::Damaged | Trouble::Unread => Self::failed("the disk could not be read").at(format!("{db}: {source}")).hint(
                    "try again; if it fails again, copy the file to another disk before you do anything else with it",
                ),
                Trouble::Disk => Self::failed("not saved: the disk refused to write")
                    .at(format!("{db}: {source}"))
                    .hint("check the disk; everything answered before is safe"),
                Trouble::Other => Self::bug(format!("the database did not do what was expected: {source}"))
                    .at(db.to_string())
                    .hint("please report this, with what you did; `lmq doctor` checks whether anything is wrong"),
            },
        }
    }
}

fn damaged(path: &Path) -> Failure {
    Failure::data(format!("the database `{}` is damaged", path.display()))
        .hint(
            "try again: a disk that can't be read for a moment looks the same. Then restore a backup with `lmq restore FILE`; it \
             sets this file aside first. `lmq doctor` says more, and `lmq doctor --salvage FILE` saves what can still be read",
        )
}

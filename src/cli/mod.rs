//! The command line: a file for each command, its arguments (whose comments are the help) and `run`.

mod add;
mod answer;
mod ask;
mod backup;
mod bulk;
mod bury;
mod busy;
mod cards;
mod check;
mod checkup;
mod completions;
mod config;
mod decks;
mod delete;
mod doctor;
mod edit;
mod editor;
mod export;
mod faults;
mod forget;
mod glance;
mod history;
mod import;
mod import_question;
mod json;
mod lint_words;
mod man;
mod mark;
mod move_cards;
mod new;
mod next;
mod output;
mod parse;
mod pause;
mod remind;
mod rename;
mod report;
mod reset;
mod restore;
mod review;
mod screen;
mod set_due;
mod share;
mod show;
mod stats;
mod suspend;
mod tag;
mod team;
mod unbury;
mod undo;
mod unmark;
mod unsuspend;
mod untag;

use crate::core::settings::Settings;
use crate::core::study_day::Timestamp;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops;
use crate::ops::Opened;
use crate::store::Found;
use crate::store::Store;
use clap::CommandFactory as _;
use clap::FromArgMatches as _;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;
use std::ffi::OsString;
use std::io;
use std::io::BufWriter;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    /// In a terminal that has it, unless NO_COLOR is set
    Auto,
    /// Also through a pipe
    Always,
    /// Never
    Never,
}

/// Remember what you read: spaced repetition for the terminal
///
/// Decks on leadership and management are built in; every answer is kept in a local SQLite database and scheduled
/// with SM-2. Without a command, lmq shows the day at a glance.
#[derive(Debug, Parser)]
#[command(
    name = "lmq",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  lmq review                      ten minutes before stand-up
  lmq import capitals.csv         your own cards
  lmq report --out report.html    what you know, without any card texts

Exit codes: 0 done, 1 failed, 2 asked wrongly, 3 bad data, 4 a bug in lmq."
)]
struct Cli {
    /// The database file [default: lmq/lmq.db in the platform's data folder]
    #[arg(long, global = true, value_name = "PATH", env = "LMQ_DB", hide_env_values = true)]
    db: Option<PathBuf>,

    /// Act as if it were this moment: 2026-01-15T09:00:00+01:00; without an offset it is local time
    #[arg(long, global = true, value_name = "TIME", env = "LMQ_NOW", hide_env_values = true, value_parser = parse::now)]
    now: Option<Timestamp>,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Colour,

    /// Say nothing but what was asked for, and errors
    #[arg(long, short, global = true)]
    quiet: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

macro_rules! commands {
    ($($name:ident => $module:ident,)*) => {
        // The comment on each command's `Args` is its help: one here would take its place, and drop all but one line.
        #[derive(Debug, Subcommand)]
        enum Command {
            $($name($module::Args),)*
        }

        impl Command {
            fn run(&self, ctx: &mut Ctx) -> Result<(), Failure> {
                match self {
                    $(Self::$name(args) => $module::run(args, ctx),)*
                }
            }
        }
    };
}

commands! {
    Review => review,
    Checkup => checkup,
    Next => next,
    Answer => answer,
    Add => add,
    Edit => edit,
    Decks => decks,
    Cards => cards,
    Show => show,
    Suspend => suspend,
    Unsuspend => unsuspend,
    Bury => bury,
    Unbury => unbury,
    Mark => mark,
    Unmark => unmark,
    Tag => tag,
    Untag => untag,
    Move => move_cards,
    Rename => rename,
    Reset => reset,
    SetDue => set_due,
    Delete => delete,
    Forget => forget,
    Pause => pause,
    History => history,
    Undo => undo,
    Stats => stats,
    New => new,
    Check => check,
    Import => import,
    Export => export,
    Report => report,
    Team => team,
    Remind => remind,
    Backup => backup,
    Restore => restore,
    Doctor => doctor,
    Config => config,
    Completions => completions,
    Man => man,
}

/// What a command works with.
struct Ctx {
    env: Env,
    db: PathBuf,
    settings: Settings,
    out: BufWriter<Box<dyn Write>>,
    quiet: bool,
    colour: bool,
    /// What is to be said of the clock before anything is answered.
    clock: Option<String>,
    /// Whether the command changes nothing, so that it also works where nothing can be written.
    only_looks: bool,
}

impl Ctx {
    /// Opens the database with decks and followed files brought up to date.
    fn store(&mut self) -> Result<Store, Failure> {
        let open = if self.only_looks { ops::open_or_read_only } else { ops::open_with_clock };
        let Opened { store, talk, clock } = open(&self.db, &self.env, &self.settings)?;
        for line in talk {
            self.say(&line);
        }
        self.clock = clock;
        Ok(store)
    }

    /// Before anything is answered: asks about a clock that is far from what this device wrote last. Whoever named the
    /// moment with `--now` knows what they do, and is only told.
    fn ask_about_clock(&mut self, sure: bool) -> Result<(), Failure> {
        let Some(doubt) = self.clock.take() else { return Ok(()) };
        if sure || self.env.is_now_fixed() {
            self.say(&doubt);
            return Ok(());
        }
        if ask::in_terminal() {
            return if bulk::confirmed(self, &doubt)? {
                Ok(())
            } else {
                Err(Failure::failed("nothing was answered").hint("set the clock, then start again"))
            };
        }
        Err(Failure::usage("nothing was answered: the clock may be wrong")
            .at(doubt)
            .hint("set the clock, or say --yes where it is right"))
    }

    fn stamp(&self) -> crate::store::Stamp {
        ops::stamp(&self.env, &self.settings)
    }

    /// Something to know that was not asked for: to standard error, unless it is to be quiet.
    fn say(&self, text: &str) {
        if !self.quiet {
            complain(text);
        }
    }

    /// Says how many notes were not asked because they are damaged.
    fn say_left_out(&self, store: &Store) {
        let count = store.left_out();
        if count > 0 {
            let notes = crate::core::text::counted(count, "note is", "notes are");
            self.say(&format!("{notes} left out: what is written there can't be read; `lmq doctor` says more"));
        }
    }

    /// Writes a line of what was asked for.
    fn line(&mut self, text: impl std::fmt::Display) -> Result<(), Failure> {
        writeln!(self.out, "{text}").map_err(|error| Failure::output(&error))
    }

    /// Writes a sentence of what was asked for: in a terminal with its lines broken between words.
    fn sentence(&mut self, text: &str) -> Result<(), Failure> {
        let text = crate::core::text::one_line(text);
        if !Env::terminals().stdout {
            return self.line(text);
        }
        textwrap::wrap(&text, crate::ui::width()).into_iter().try_for_each(|line| self.line(line))
    }

    /// The card that a person named.
    fn card(&self, store: &Store, name: &str) -> Result<crate::core::id::CardId, Failure> {
        self.card_found(store, name, store.find(name)?)
    }

    /// The card that a person named, be it one that they deleted or that its file dropped: to look at.
    fn card_ever(&self, store: &Store, name: &str) -> Result<crate::core::id::CardId, Failure> {
        let found = store.find(name)?;
        if found == Found::Nothing
            && let Found::One(card) = store.find_ever(name)?
            && store.is_gone(card)?
        {
            return Ok(card);
        }
        self.card_found(store, name, found)
    }

    fn card_found(&self, store: &Store, name: &str, found: Found) -> Result<crate::core::id::CardId, Failure> {
        match found {
            Found::One(card) => Ok(card),
            Found::Many(names) => {
                let mut failure = Failure::usage(format!("`{name}` could be several cards"));
                for name in names {
                    failure = failure.at(name);
                }
                Err(failure.hint("name one of them"))
            }
            Found::Nothing => {
                let near = store.nearest_name(name)?;
                Err(Failure::usage(format!("there is no card `{name}`")).hint(match near {
                    Some(near) => format!("did you mean `{near}`? `lmq cards` lists all"),
                    None => "name it deck/key, deck/key#number, or by the beginning of its id; `lmq cards` lists all"
                        .to_owned(),
                }))
            }
        }
    }
}

impl Command {
    /// Whether it changes nothing in the database, whatever is asked of it.
    fn only_looks(&self) -> bool {
        matches!(
            self,
            Self::Next(_)
                | Self::Decks(_)
                | Self::Cards(_)
                | Self::Show(_)
                | Self::History(_)
                | Self::Stats(_)
                | Self::Export(_)
                | Self::Report(_)
        )
    }
}

/// Says something on standard error. File names and texts of decks may be in it: nothing of it drives the terminal.
fn complain(text: &str) {
    let mut err = io::stderr().lock();
    // Where even standard error is gone there is nobody left to tell.
    writeln!(err, "{}", crate::core::text::printable(text)).ok();
}

fn database(given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    given.filter(|path| !path.as_os_str().is_empty()).or_else(Env::data_file).ok_or_else(|| {
        Failure::failed("cannot tell where your data folder is: there is no home folder")
            .hint("name the database file with --db, or set LMQ_DB")
    })
}

/// The command line as clap has it: for completions, the manual and docs/cli.md.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// From now on a panic ends the program: the open transaction is rolled back, the terminal given back, and the exit code says
/// whose fault it was. Nothing unwinds: the release is built without what that takes, a tenth of its size.
#[expect(clippy::exit, reason = "there is nothing left that could return")]
pub fn end_at_a_panic() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        crate::ui::give_back();
        usual(panic);
        let failure = Failure::bug("something happened that must not happen")
            .hint("nothing that was saved is lost. Please report this, with the lines above and what you did");
        complain(&failure.to_string());
        std::process::exit(failure.kind.code().into());
    }));
}

/// Runs the command line `args`, the program's name first.
#[must_use]
pub fn run(env: Env, args: Vec<OsString>) -> ExitCode {
    end_at_a_panic();
    let code = match try_run(env, args) {
        Ok(code) => code,
        Err(failure) => {
            if failure.kind != crate::failure::Kind::Closed {
                complain(&failure.to_string());
            }
            failure.kind.code()
        }
    };
    ExitCode::from(code)
}

/// `lmq` without a command: the interface in a terminal, the day at a glance elsewhere.
fn alone(mut ctx: Ctx) -> Result<u8, Failure> {
    let terminals = Env::terminals();
    if !terminals.stdin || !terminals.stdout || Env::dumb_terminal() {
        glance::run(&mut ctx)?;
        ctx.out.flush().map_err(|error| Failure::output(&error))?;
        return Ok(0);
    }
    ctx.only_looks = false;
    let store = ctx.store()?;
    if !ctx.env.is_now_fixed() {
        ctx.ask_about_clock(false)?;
    }
    config::warn_of_decks(&ctx, &store)?;
    let look = screen::look(&ctx);
    let (keys, stop) = (screen::keys(&ctx.settings)?, screen::stops()?);
    let editor = editor::Named { db: ctx.db.clone() };
    let mut workspace = ops::workspace::Workspace::new(store, ctx.env, ctx.settings);
    crate::ui::today(&mut workspace, look, &keys, &|| stop.load(std::sync::atomic::Ordering::Relaxed), &editor)?;
    Ok(0)
}

fn try_run(mut env: Env, args: Vec<OsString>) -> Result<u8, Failure> {
    let parsed = Cli::command().try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // What clap was given stands in its messages as it is. The help was asked for, and has no word of anybody else.
            if error.use_stderr() {
                complain(error.to_string().trim_end());
            } else {
                error.print().map_err(|error| Failure::output(&error))?;
            }
            return Ok(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    if let Some(now) = cli.now {
        env.fix_now(now);
    }
    let colour = match cli.color {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => Env::terminals().stdout && !Env::plain_terminal(),
    };
    // `config` has to work on a file with faults, or it could not be mended with it.
    let settings = match &cli.command {
        Some(Command::Config(_) | Command::Completions(_) | Command::Man(_)) => Settings::default(),
        // A prompt is no place for complaints: the next command will have them.
        Some(Command::Remind(_)) => ops::settings::load(Env::config_file().as_deref()).unwrap_or_default(),
        _ => ops::settings::load(Env::config_file().as_deref())?,
    };
    let db = match &cli.command {
        Some(Command::Remind(_)) => database(cli.db).unwrap_or_default(),
        _ => database(cli.db)?,
    };
    // A restore that was killed is put in order by whoever comes next; a prompt leaves that to the next command.
    if !matches!(&cli.command, Some(Command::Remind(_) | Command::Completions(_) | Command::Man(_))) {
        ops::settle(&db)?.iter().for_each(|said| complain(said));
        if !matches!(&cli.command, Some(Command::Restore(_))) {
            ops::copies::of_a_lost_one(&db).iter().for_each(|said| complain(said));
        }
    }
    // A session draws in colours, and takes care of the words in it. Of all others nothing drives a terminal.
    let draws = matches!(&cli.command, None | Some(Command::Review(_) | Command::Checkup(_)));
    let out: Box<dyn Write> = if Env::terminals().stdout && !draws {
        Box::new(output::Printable::new(io::stdout()))
    } else {
        Box::new(io::stdout())
    };
    let only_looks = cli.command.as_ref().is_none_or(Command::only_looks);
    let out = BufWriter::new(out);
    let mut ctx = Ctx { env, db, settings, out, quiet: cli.quiet, colour, clock: None, only_looks };
    match &cli.command {
        Some(command) => command.run(&mut ctx)?,
        None => return alone(ctx),
    }
    ctx.out.flush().map_err(|error| Failure::output(&error))?;
    Ok(0)
}

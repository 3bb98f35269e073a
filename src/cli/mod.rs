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
mod colour;
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
mod help;
mod history;
mod home;
mod import;
mod import_json;
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
mod place;
mod remind;
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
mod telling;
mod undo;
mod usage;

use crate::cli::place::database;
use crate::cli::place::in_a_folder;
use crate::cli::place::is_there;
use crate::cli::telling::Telling;
use crate::cli::telling::complain;
use crate::cli::telling::to_stderr;
use crate::core::settings::Settings;
use crate::core::study_day::Timestamp;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops;
use crate::ops::Opened;
use crate::report::Report;
use crate::report::render_text;
use crate::report::render_words;
use crate::store::Found;
use crate::store::Store;
use clap::CommandFactory as _;
use clap::FromArgMatches as _;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;
use std::ffi::OsString;
use std::io;
use std::io::Write;
use std::path::Path;
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
/// Decks on leadership and management are built in. Every answer is kept in a local SQLite database and scheduled with SM-2.
/// Without a command, lmq shows your day.
#[derive(Debug, Parser)]
#[command(
    name = "lmq",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    styles = colour::HELP,
    after_help = "\
Examples:
  lmq review                      ten minutes before stand-up
  lmq import capitals.csv         your own cards
  lmq report --out report.html    what you know, without any card texts

`lmq help --all` lists every command, `lmq help topics` the pages of the manual.

Exit codes: 0 done, 1 failed, 2 usage error, 3 bad data, 4 a bug in lmq."
)]
struct Cli {
    /// The database file [default: lmq/lmq.db in the platform's data folder] [env: LMQ_DB]
    #[arg(long, global = true, value_name = "PATH")]
    db: Option<PathBuf>,

    /// Act as if it were this moment: 2026-01-15T09:00:00+01:00, or local time without an offset [env: LMQ_NOW]
    #[arg(long, global = true, value_name = "TIME", value_parser = parse::now)]
    now: Option<Timestamp>,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Colour,

    /// Print only results and errors
    #[arg(long, short, global = true)]
    quiet: bool,

    /// Say everything line by line and in words: for screen readers
    #[arg(long, global = true)]
    screen_reader: bool,

    /// With --help: list every command
    #[arg(long)]
    all: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

/// A group of commands: its name, and of each member whether the front page of the help has it.
type Group = (&'static str, &'static [bool]);

macro_rules! commands {
    (@is_common) => { false };
    (@is_common common) => { true };
    ($($group:literal { $($name:ident => $module:ident $($common:ident)?,)* })*) => {
        // The comment on each command's `Args` is its help: one here would take its place, and drop all but one line.
        #[derive(Debug, Subcommand)]
        enum Command {
            $($($name($module::Args),)*)*
        }

        /// The groups of the help, in the order of the commands.
        const GROUPS: &[Group] = &[$(($group, &[$(commands!(@is_common $($common)?),)*]),)*];

        impl Command {
            fn run(&self, ctx: &mut Ctx) -> Result<(), Failure> {
                match self {
                    $($(Self::$name(args) => $module::run(args, ctx),)*)*
                }
            }
        }
    };
}

// Ten are `common`: who adds one to the front page of the help takes one away.
commands! {
    "Every day" {
        Review => review common,
        Checkup => checkup,
        Next => next,
        Answer => answer,
        Pause => pause,
        Undo => undo common,
        Remind => remind,
    }
    "Cards" {
        Add => add common,
        Edit => edit common,
        Cards => cards common,
        Show => show,
        History => history,
        Suspend => suspend,
        Bury => bury,
        Mark => mark,
        Tag => tag,
        Move => move_cards,
        SetDue => set_due,
        Reset => reset,
        Delete => delete,
    }
    "Decks" {
        Decks => decks common,
        New => new,
        Check => check,
    }
    "In and out" {
        Import => import common,
        Export => export,
    }
    "Reports" {
        Stats => stats common,
        Report => report common,
        Team => team,
    }
    "Data" {
        Backup => backup,
        Restore => restore,
        Doctor => doctor,
        Forget => forget,
    }
    "Set-up" {
        Config => config common,
        Completions => completions,
        Man => man,
        Help => help,
    }
}

/// What a command works with.
struct Ctx {
    env: Env,
    db: PathBuf,
    settings: Settings,
    out: output::Out,
    in_terminal: bool,
    quiet: bool,
    colour: bool,
    /// Whether all is said line by line and in words: nothing is drawn, and no line is cut.
    screen_reader: bool,
    /// What is to be said of the clock before anything is answered.
    clock: Option<String>,
    /// Whether the command changes nothing, so that it also works where nothing can be written.
    only_looks: bool,
}

impl Ctx {
    /// Opens the database with decks and followed files brought up to date.
    fn store(&mut self) -> Result<Store, Failure> {
        let open = if self.only_looks { ops::open_or_read_only } else { ops::open_with_clock };
        self.store_by(open)
    }

    /// The same for a step that is only tried.
    fn store_to_try(&mut self) -> Result<Store, Failure> {
        self.store_by(ops::open_to_try)
    }

    fn store_by(&mut self, open: fn(&Path, &Env, &Settings) -> Result<Opened, Failure>) -> Result<Store, Failure> {
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
            .hint("set the clock, or use --yes if it is right"))
    }

    fn stamp(&self) -> crate::store::Stamp {
        ops::stamp(&self.env, &self.settings)
    }

    /// Something to know that was not asked for: to standard error, unless it is to be quiet.
    fn say(&self, text: &str) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// Says how many notes were not asked because they are damaged.
    fn say_left_out(&self, store: &Store) {
        let count = store.left_out();
        if count > 0 {
            let notes = crate::core::text::counted(count, "note is", "notes are");
            self.say(&format!("{notes} left out, because the text can't be read; `lmq doctor` says more"));
        }
    }

    /// Says it even where it is to be quiet: what is wrong.
    fn complain(&self, text: &str) {
        complain(&to_stderr(text, self.screen_reader));
    }

    /// Writes a line for programs: as it is.
    fn exactly(&mut self, text: impl std::fmt::Display) -> Result<(), Failure> {
        writeln!(self.out, "{text}").map_err(|error| Failure::output(&error))
    }

    /// Writes a line of what was asked for: in a terminal broken between words.
    fn line(&mut self, text: impl std::fmt::Display) -> Result<(), Failure> {
        self.exactly(self.broken(text.to_string()))
    }

    /// A text as the terminal shows it, if there is one. A line that lmq breaks is heard as two.
    fn broken(&self, text: String) -> String {
        if self.in_terminal && !self.screen_reader { output::wrapped(&text, crate::ui::width()) } else { text }
    }

    /// Writes a line whose parts have roles: coloured where colour is on.
    fn painted(&mut self, parts: &[(Option<colour::Role>, &str)]) -> Result<(), Failure> {
        if !self.colour {
            return self.line(parts.iter().map(|(_, text)| *text).collect::<String>().trim_end());
        }
        let mut line = String::new();
        for (role, text) in parts {
            let text = crate::core::text::printable(text);
            match role {
                Some(role) => line.push_str(&role.paint(&text)),
                None => line.push_str(&text),
            }
        }
        self.plainly(&format!("{}\n", line.trim_end()))
    }

    /// Writes a text of our own as it is, with what colours it.
    fn plainly(&mut self, text: &str) -> Result<(), Failure> {
        self.out.plainly(text.as_bytes()).map_err(|error| Failure::output(&error))
    }

    /// A sentence with counts of cards in it, each coloured by what it counts.
    fn counts(&mut self, text: &str) -> Result<(), Failure> {
        if !self.colour {
            return self.sentence(text);
        }
        let text = crate::core::text::printable(&crate::core::text::one_line(text));
        self.broken(text).lines().try_for_each(|line| self.plainly(&format!("{}\n", colour::counts(line))))
    }

    fn sentence(&mut self, text: &str) -> Result<(), Failure> {
        self.line(crate::core::text::one_line(text))
    }

    /// Writes a report as it is looked at: drawn, or in words where it is heard.
    fn report(&mut self, report: &Report) -> Result<(), Failure> {
        let done = if self.screen_reader {
            render_words(report, &mut self.out)
        } else {
            render_text(report, width(), &mut self.out)
        };
        done.map_err(|error| Failure::output(&error))
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
            Found::Many(names) => Err(ops::bulk::several(name, names)),
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
    /// Whether it works where there is no database, and none that could be found.
    fn is_apart(&self) -> bool {
        matches!(self, Self::Remind(_) | Self::Completions(_) | Self::Man(_) | Self::Help(_))
    }

    /// Whether it changes nothing in the database, whatever is asked of it.
    fn only_looks(&self) -> bool {
        match self {
            Self::Decks(args) => args.only_looks(),
            _ => matches!(
                self,
                Self::Next(_)
                    | Self::Cards(_)
                    | Self::Show(_)
                    | Self::History(_)
                    | Self::Stats(_)
                    | Self::Export(_)
                    | Self::Report(_)
            ),
        }
    }
}

/// Columns of what is drawn: 80 through a pipe.
fn width() -> usize {
    if Env::terminals().stdout { crate::ui::width() } else { 80 }
}

/// The moment that the environment fixes.
fn fixed_moment() -> Result<Option<Timestamp>, Failure> {
    let Some(text) = Env::variable("LMQ_NOW") else { return Ok(None) };
    let text = text.to_string_lossy();
    parse::now(&text).map(Some).map_err(|why| {
        let name = crate::core::text::one_line(&text);
        Failure::usage(format!("`LMQ_NOW` can't be `{name}`")).at(why).hint("correct the variable, or unset it")
    })
}

/// The command line as clap has it: for completions, the manual and docs/cli.md.
#[must_use]
pub fn command() -> clap::Command {
    command_with(false, clap::ColorChoice::Never)
}

/// The same with the ten common commands on its front page, or `all` of them.
fn command_with(all: bool, colour: clap::ColorChoice) -> clap::Command {
    let root = Cli::command();
    let commands = help::listing(&root, all);
    root.color(colour).help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{commands}\n{}\n{{options}}{{after-help}}",
        colour::Role::Heading.paint("Options:")
    ))
}

/// From now on a panic ends the program: the open transaction is rolled back, the terminal given back, and the exit code says
/// whose fault it was. Nothing unwinds: the release is built without what that takes, a tenth of its size.
#[expect(clippy::exit, reason = "there is nothing left that could return")]
pub fn end_at_a_panic() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        crate::ui::give_back();
        usual(panic);
        let failure = Failure::bug("something happened that should never happen")
            .hint("nothing that was saved is lost. Please report this, with the lines above and what you did");
        complain(&failure.to_string());
        std::process::exit(failure.kind.code().into());
    }));
}

/// Runs the command line `args`, the program's name first.
#[must_use]
pub fn run(env: Env, args: Vec<OsString>) -> ExitCode {
    end_at_a_panic();
    ExitCode::from(run_once(env, args))
}

/// Runs one command line, and says why where it fails. Gives the exit code.
fn run_once(env: Env, args: Vec<OsString>) -> u8 {
    let settings = ops::settings::load(Env::config_file().as_deref());
    let telling = Telling::of(&args, settings.as_ref().ok());
    match try_run(env, args, &telling, settings) {
        Ok(code) => code,
        Err(failure) => {
            if failure.kind != crate::failure::Kind::Closed {
                telling.tell(&failure);
            }
            failure.kind.code()
        }
    }
}

/// What the command line says; `None` where it asked for the help or the version, which are printed.
fn read(mut args: Vec<OsString>, telling: &Telling) -> Result<Option<Cli>, Failure> {
    let command = || command_with(telling.all, telling.colour.of_help());
    let words = |args: &[OsString]| args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>();
    let mut parsed = command().try_get_matches_from(&args);
    if let Err(error) = &parsed
        && let Some((place, now)) = usage::renamed(error, &words(&args))
    {
        args.splice(place..=place, now.iter().map(OsString::from));
        parsed = command().try_get_matches_from(&args);
    }
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => return Err(usage::failure(&error, &words(&args))),
        Err(error) => {
            error.print().map_err(|error| Failure::output(&error))?;
            return Ok(None);
        }
    };
    if cli.all && cli.command.is_none() {
        command().print_help().map_err(|error| Failure::output(&error))?;
        return Ok(None);
    }
    Ok(Some(cli))
}

/// `lmq` without a command: the interface in a terminal, the day at a glance elsewhere.
fn alone(mut ctx: Ctx) -> Result<u8, Failure> {
    let terminals = Env::terminals();
    if ctx.screen_reader && terminals.stdin && terminals.stdout {
        return home::run(&mut ctx);
    }
    if !terminals.stdin || !terminals.stdout || Env::dumb_terminal() {
        glance::run(&mut ctx, "Type `lmq review` to begin", checkup::COMMAND)?;
        ctx.out.flush().map_err(|error| Failure::output(&error))?;
        return Ok(0);
    }
    ctx.only_looks = false;
    let mut store = ctx.store()?;
    if !ctx.env.is_now_fixed() {
        ctx.ask_about_clock(false)?;
    }
    config::warn_of_decks(&ctx, &store)?;
    let look = screen::look(&ctx);
    let (keys, stop) = (screen::keys(&ctx.settings)?, screen::stops()?);
    let editor = editor::Named { db: ctx.db.clone() };
    let mut workspace = ops::workspace::Workspace::new(&mut store, &ctx.env, &mut ctx.settings);
    crate::ui::today(&mut workspace, look, &keys, &|| stop.load(std::sync::atomic::Ordering::Relaxed), &editor)?;
    Ok(0)
}

fn try_run(
    mut env: Env,
    args: Vec<OsString>,
    telling: &Telling,
    settings: Result<Settings, Failure>,
) -> Result<u8, Failure> {
    let Some(cli) = read(args, telling)? else { return Ok(0) };
    if let Some(now) = cli.now.map_or_else(fixed_moment, |now| Ok(Some(now)))? {
        env.fix_now(now);
    }
    let screen_reader = telling.screen_reader;
    let colour = telling.colour.on(Env::terminals().stdout);
    let is_apart = cli.command.as_ref().is_some_and(Command::is_apart);
    let settings = match &cli.command {
        // A prompt is no place for complaints: the next command will have them.
        Some(Command::Remind(_)) => settings.unwrap_or_default(),
        // It has to work on a file with faults, or it could not be mended with it.
        Some(Command::Config(_)) => Settings::default(),
        _ if is_apart => Settings::default(),
        _ => {
            let settings = settings?;
            // Bindings that clash are faults of the file like any other.
            if !settings.keys.is_empty() {
                screen::keys(&settings)?;
            }
            settings
        }
    };
    let only_looks = cli.command.as_ref().is_none_or(Command::only_looks);
    let is_named = cli.db.is_some() && cli.command.is_some();
    let db = if is_apart { database(cli.db).unwrap_or_default() } else { in_a_folder(database(cli.db)?)? };
    // A restore that was killed is put in order by whoever comes next; a prompt leaves that to the next command.
    if !is_apart {
        ops::settle(&db)?.iter().for_each(|said| complain(said));
        if !matches!(&cli.command, Some(Command::Restore(_))) {
            ops::copies::of_a_lost_one(&db).iter().for_each(|said| complain(said));
        }
    }
    // The next card of a new database is one of the built-in ones.
    if is_named && only_looks && !matches!(&cli.command, Some(Command::Next(_))) {
        is_there(&db)?;
    }
    // A session draws in colours, and takes care of the words in it. Of all others nothing drives a terminal.
    let draws = matches!(&cli.command, None | Some(Command::Review(_) | Command::Checkup(_)));
    let (in_terminal, quiet) = (Env::terminals().stdout, cli.quiet);
    let out = output::Out::new(Box::new(io::stdout()), in_terminal && !draws);
    let mut ctx = Ctx { env, db, settings, out, in_terminal, quiet, colour, screen_reader, clock: None, only_looks };
    match &cli.command {
        Some(command) => command.run(&mut ctx)?,
        None => return alone(ctx),
    }
    ctx.out.flush().map_err(|error| Failure::output(&error))?;
    Ok(0)
}

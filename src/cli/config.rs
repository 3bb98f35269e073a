use crate::cli::Ctx;
use crate::cli::colour::Role;
use crate::cli::editor;
use crate::cli::json;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::files;
use crate::ops::settings;
use crate::ops::settings::Loaded;
use crate::ops::settings::SETTINGS;
use crate::ops::settings::SHORT_LIST;
use crate::ops::settings::Setting;
use crate::ops::settings::searches;
use serde::Serialize;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Read and change settings
///
/// They live in a TOML file, which you may also edit by hand; `lmq help settings` explains each of them. A deck can have its
/// own, which apply to the decks inside it too. A change applies from now on and moves no due date. Keys are bound in a table
/// [keys]: undo = "z". `?` in a session shows their names.
#[derive(Debug, clap::Args)]
#[command(
    disable_help_subcommand = true,
    after_help = "\
Examples:
  lmq config list
  lmq config set new_per_day 5
  lmq config set new_per_day 2 --deck work::team
  lmq config set key_preset anki
  lmq config set searches.weak 'rated:7d:again OR is:leech'
  lmq config unset scale
  lmq config edit"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print one setting
    #[command(after_help = "\
Examples:
  lmq config get new_per_day
  lmq config get new_per_day --deck work::team
  lmq config get scale --json")]
    Get {
        /// Its name
        key: String,
        /// The value in this deck
        #[arg(long, value_name = "DECK")]
        deck: Option<String>,
        /// Print an object as JSON
        #[arg(long)]
        json: bool,
    },
    /// Change one setting
    #[command(after_help = "\
Examples:
  lmq config set new_per_day 5
  lmq config set new_per_day 2 --deck work::team
  lmq config set scale sm2")]
    Set {
        /// Its name
        key: String,
        /// Its new value
        value: String,
        /// For this deck, and those inside it
        #[arg(long, value_name = "DECK")]
        deck: Option<String>,
    },
    /// Reset one setting to its default
    #[command(after_help = "\
Examples:
  lmq config unset scale
  lmq config unset new_per_day --deck work::team")]
    Unset {
        /// Its name
        key: String,
        /// For this deck: it inherits the value again
        #[arg(long, value_name = "DECK")]
        deck: Option<String>,
    },
    /// Edit the file in your editor; it is saved only if it has no faults
    #[command(after_help = "\
Examples:
  lmq config edit
  EDITOR=nano lmq config edit")]
    Edit,
    /// Print the settings that people change first, and those that you changed
    #[command(
        alias = "ls",
        after_help = "\
Examples:
  lmq config list
  lmq config list --all
  lmq config list --deck work::team
  lmq config list --json"
    )]
    List {
        /// The values in this deck
        #[arg(long, value_name = "DECK")]
        deck: Option<String>,
        /// Print every setting
        #[arg(long)]
        all: bool,
        /// Print an array of all settings as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print where the file is
    #[command(after_help = "\
Examples:
  lmq config path
  cp \"$(lmq config path)\" elsewhere.toml")]
    Path,
}

/// A setting with what holds, and why.
#[derive(Serialize)]
struct Held {
    key: String,
    value: String,
    default: String,
    table: Option<String>,
    line: Option<usize>,
    what: &'static str,
    allowed: String,
}

impl Held {
    fn of(setting: &Setting, loaded: &Loaded, deck: Option<&str>) -> Self {
        let origin = loaded.origin(deck, setting.key);
        Self {
            key: setting.key.to_owned(),
            value: setting.get(loaded.of(deck)),
            default: setting.get(&crate::core::settings::Settings::default()),
            table: origin.and_then(|origin| origin.table.clone()),
            line: origin.map(|origin| origin.line),
            what: setting.what,
            allowed: setting.allowed(),
        }
    }

    /// A saved search.
    fn saved(name: &str, query: &str) -> Self {
        Self {
            key: settings::dotted_search(name),
            value: query.to_owned(),
            default: String::new(),
            table: Some("searches".to_owned()),
            line: None,
            what: "a saved search; `saved:NAME` in a search stands for it",
            allowed: "a search".to_owned(),
        }
    }

    /// Where the value comes from, and the default where that is something else.
    fn origin(&self) -> String {
        let Some(line) = self.line else { return "default".to_owned() };
        let place = match &self.table {
            Some(table) => format!("line {line}, [{table}]"),
            None => format!("line {line}"),
        };
        if self.value == self.default { place } else { format!("{place}; default: {}", self.default) }
    }
}

fn load() -> Result<Loaded, Failure> {
    let path = settings::path()?;
    settings::read(&path, &settings::read_text(&path)?)
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    match &args.what {
        What::Get { key, deck, json } => {
            let held = match settings::saved_search(key) {
                Some(search) => {
                    let settings = load()?.settings;
                    let name = searches::known(&settings, &search)?;
                    Held::saved(&name, settings.searches.get(&name).map_or("", String::as_str))
                }
                None => Held::of(settings::setting(key)?, &load()?, deck.as_deref()),
            };
            if *json { json::print(ctx, &held) } else { ctx.exactly(held.value) }
        }
        What::List { deck, all, json } => list(ctx, deck.as_deref(), *all, *json),
        What::Path => {
            let path = settings::path()?;
            ctx.exactly(path.display())
        }
        What::Set { key, value, deck } => change(ctx, deck.as_deref(), key, Some(value)),
        What::Unset { key, deck } => change(ctx, deck.as_deref(), key, None),
        What::Edit => edit(ctx),
    }
}

fn list(ctx: &mut Ctx, deck: Option<&str>, whole: bool, json: bool) -> Result<(), Failure> {
    let loaded = load()?;
    let all: Vec<Held> = SETTINGS.iter().map(|setting| Held::of(setting, &loaded, deck)).collect();
    if json {
        let searches = loaded.settings.searches.iter().map(|(name, query)| Held::saved(name, query));
        return json::print(ctx, &all.into_iter().chain(searches).collect::<Vec<_>>());
    }
    let is_shown = |held: &&Held| whole || SHORT_LIST.contains(&held.key.as_str()) || held.line.is_some();
    let shown: Vec<&Held> = all.iter().filter(is_shown).collect();
    for held in &shown {
        let value = format!(" = {}", held.value);
        let origin = format!("    ({})", held.origin());
        ctx.painted(&[(Some(Role::Heading), held.key.as_str()), (None, &value), (Some(Role::Muted), &origin)])?;
        ctx.line(format!("    {}: {}", held.what, held.allowed))?;
    }
    if shown.len() < all.len() {
        let more = counted(all.len() - shown.len(), "more setting", "more settings");
        ctx.line(format!("\n{more}: `lmq config list --all`"))?;
    }
    if deck.is_some() {
        return Ok(());
    }
    for (name, _) in &loaded.decks {
        ctx.line(format!("\nin the deck {}:", one_line(name)))?;
        for setting in SETTINGS.iter().filter(|setting| loaded.is_own(name, setting.key)) {
            let held = Held::of(setting, &loaded, Some(name));
            ctx.line(format!("{} = {}    ({})", held.key, held.value, held.origin()))?;
        }
    }
    if !loaded.settings.keys.is_empty() {
        ctx.line("")?;
    }
    for (command, keys) in &loaded.settings.keys {
        ctx.line(format!("keys.{} = {}", one_line(command), one_line(keys)))?;
    }
    if !loaded.settings.searches.is_empty() {
        ctx.line("")?;
    }
    for (name, query) in &loaded.settings.searches {
        ctx.line(format!("{} = {}", one_line(&settings::dotted_search(name)), one_line(query)))?;
    }
    warn_of_keys(ctx, &loaded);
    Ok(())
}

/// Saves a search, or removes it.
fn change_search(ctx: &mut Ctx, name: &str, query: Option<&str>) -> Result<(), Failure> {
    let path = settings::path()?;
    let mut store = ctx.store()?;
    // The search may hold others, and what a number of a grade means is a setting.
    ctx.settings = load()?.settings;
    let stamp = ctx.stamp();
    let shown = one_line(name);
    match query {
        Some(query) => {
            searches::save(&mut store, &mut ctx.settings, stamp, &path, name, query)?;
            ctx.line(format!("saved the search `{shown}`: {}", one_line(query)))
        }
        None => {
            searches::remove(&mut store, &mut ctx.settings, stamp, &path, name)?;
            ctx.line(format!("removed the saved search `{shown}`"))
        }
    }
}

/// A change is a step like any other: it can be undone.
fn change(ctx: &mut Ctx, deck: Option<&str>, key: &str, value: Option<&str>) -> Result<(), Failure> {
    if let (Some(name), None) = (settings::saved_search(key), deck) {
        return change_search(ctx, &name, value);
    }
    let path = settings::path()?;
    settings::setting(key)?;
    // First of all: where the log can't be written, nothing is changed that nobody could take back.
    let mut store = ctx.store()?;
    let deck = match deck {
        Some(given) => {
            // People may name a deck by its id; the file has its name.
            let found = store.deck_named(given)?;
            Some(found.map_or_else(|| given.to_owned(), |(_, name)| name))
        }
        None => None,
    };
    let deck = deck.as_deref();
    let dotted = settings::dotted(deck, key);
    settings::set(&mut store, &path, &[(dotted, value)], || {
        ctx.settings = load()?.settings;
        Ok(ctx.stamp())
    })?;
    let loaded = load()?;
    let shown = settings::setting(key)?.get(loaded.of(deck));
    let of_deck = deck.map_or_else(String::new, |deck| format!(" in {}", one_line(deck)));
    if deck.is_some() {
        warn(ctx, &store, &loaded)?;
    }
    ctx.line(format!("{key}{of_deck} = {shown}"))?;
    warn_of_keys(ctx, &loaded);
    Ok(())
}

/// Says what is wrong with bindings: a setting can be read and changed all the same.
fn warn_of_keys(ctx: &Ctx, loaded: &Loaded) {
    if let Err(failure) = crate::cli::screen::keys(&loaded.settings) {
        ctx.say(&failure.to_string());
    }
}

/// Says which tables belong to no deck: the deck may come yet, or its name is a slip.
fn warn(ctx: &Ctx, store: &crate::store::Store, loaded: &Loaded) -> Result<(), Failure> {
    let decks = store.deck_names()?;
    for warning in settings::without_deck(loaded, &decks) {
        ctx.say(&warning);
    }
    Ok(())
}

/// The same for the settings in force, where they have tables of decks at all.
pub(super) fn warn_of_decks(ctx: &Ctx, store: &crate::store::Store) -> Result<(), Failure> {
    if ctx.settings.decks.is_empty() { Ok(()) } else { warn(ctx, store, &load()?) }
}

fn edit(ctx: &mut Ctx) -> Result<(), Failure> {
    let path = settings::path()?;
    let by_hand = format!("set one, as in EDITOR=nano; or edit `{}` by hand", path.display());
    let named = editor::named().map_err(|failure| failure.hint(by_hand))?;
    let now = settings::read_text(&path)?;
    let begun = if now.trim().is_empty() { settings::template() } else { now };
    // The copy lies where the file does. One that is there is what could not be used last time.
    let draft = path.with_extension("draft.toml");
    if is_draft(&draft)? {
        ctx.say(&format!("this is what you wrote last time, from `{}`", draft.display()));
    } else {
        files::make_folder_of(&draft)?;
        let made = fs::File::create_new(&draft).and_then(|mut file| file.write_all(begun.as_bytes()));
        made.map_err(|error| Failure::failed(format!("cannot write `{}`", draft.display())).at(error.to_string()))?;
    }
    let resume = format!("your text is kept in `{}`: `lmq config edit` opens it again", draft.display());
    if let Err(failure) = editor::open(&named, &draft) {
        let untouched = settings::read_text(&draft).is_ok_and(|text| text == begun);
        if untouched {
            forget(&draft);
            return Err(failure.hint("nothing was changed; VISUAL or EDITOR name the editor"));
        }
        return Err(failure.hint(format!("nothing was changed; {resume}")));
    }
    let text = settings::read_text(&draft).map_err(|failure| failure.hint(resume.clone()))?;
    if text == begun {
        forget(&draft);
        return ctx.line("nothing changed");
    }
    let checked = settings::read(&path, &text).and_then(|loaded| {
        crate::cli::screen::keys(&loaded.settings)?;
        Ok(loaded)
    });
    let loaded = match checked {
        Ok(loaded) => loaded,
        Err(mut failure) => {
            for place in &mut failure.places {
                *place = place.replace(&path.display().to_string(), &draft.display().to_string());
            }
            failure.what = "the settings were not changed: what you wrote has faults".to_owned();
            return Err(failure.hint(resume));
        }
    };
    files::write_whole(&path, |out| out.write_all(text.as_bytes()))?;
    forget(&draft);
    if !loaded.decks.is_empty() {
        ctx.settings = loaded.settings.clone();
        let store = ctx.store()?;
        warn(ctx, &store, &loaded)?;
    }
    ctx.line(format!("wrote {}", path.display()))
}

/// Whether there is a copy from last time. The editor gets no link to another file, and nothing that is no settings text: who
/// sends a folder with settings could put there what they want to be written over.
fn is_draft(draft: &Path) -> Result<bool, Failure> {
    let away = "nothing was changed; move it away: `lmq config edit` writes its copy there";
    match fs::symlink_metadata(draft) {
        Ok(meta) if meta.is_file() => settings::read_text(draft).map(|_| true).map_err(|failure| failure.hint(away)),
        Ok(_) => Err(Failure::failed(format!(
            "`{}` is not a file but a link, a folder, a pipe or a device",
            draft.display()
        ))
        .hint(away)),
        Err(_) => Ok(false),
    }
}

/// Takes the copy away. Where that fails it is in nobody's way: the next edit says that it is there.
fn forget(draft: &Path) {
    fs::remove_file(draft).ok();
}

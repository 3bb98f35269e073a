//! The settings file: read with all its faults, and changed without losing its comments.

use crate::core::grade::Scale;
use crate::core::lines::Lines;
use crate::core::settings::KeyPreset;
use crate::core::settings::Settings;
use crate::core::settings::name_and_above;
use crate::core::text::nearest;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::files;
use crate::ops::settings::registry::SETTINGS;
use crate::ops::settings::registry::Setting;
use crate::ops::settings::registry::plain;
use crate::ops::settings::registry::setting;
use std::collections::BTreeMap;
use std::path::Path;

/// What stands where something else should.
fn found(item: &toml_edit::Item) -> String {
    match item.as_value() {
        Some(toml_edit::Value::String(text)) => format!("the text `{}`", one_line(text.value())),
        Some(toml_edit::Value::Array(_)) => "a list".to_owned(),
        Some(toml_edit::Value::Datetime(_)) => "a date".to_owned(),
        Some(toml_edit::Value::InlineTable(_)) | None => "a table".to_owned(),
        Some(value) => format!("`{}`", one_line(&plain(value))),
    }
}

/// The table of the searches that were saved.
const SEARCHES: &str = "searches";

/// The longest settings file that is read: thousands of decks have room in it.
const MOST_BYTES: u64 = 1 << 20;

/// The text of the file; none where there is no file.
///
/// # Errors
/// When it can't be read.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    match files::read_up_to(path, MOST_BYTES) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
            let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let good = String::from_utf8_lossy(good);
            Failure::data("cannot read the settings")
                .at(format!("{}: this is not UTF-8", place(path, &Lines::of(&good), good.len())))
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => {
            Err(Failure::failed(format!("cannot read the settings `{}`", path.display())).at(error.to_string()))
        }
    }
}

fn place(path: &Path, lines: &Lines<'_>, at: usize) -> String {
    let (line, column) = lines.place(at);
    format!("{}:{line}:{column}", path.display())
}

fn parse(path: &Path, text: &str) -> Result<toml_edit::Document<String>, Failure> {
    toml_edit::Document::parse(text.to_owned()).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Failure::data("cannot read the settings").at(format!(
            "{}: {}",
            place(path, &Lines::of(text), at),
            error.message()
        ))
    })
}

/// Where a value stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The table that it stands in, as `deck."team"` or `preset.exam`; none for what holds everywhere.
    pub table: Option<String>,
    /// Its line.
    pub line: usize,
}

/// The settings with where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The decks that have tables, as the file writes them, each with its place.
    pub decks: Vec<(String, String)>,
    /// By deck (in lower case; none for what holds everywhere), what the file says.
    origins: BTreeMap<Option<String>, BTreeMap<&'static str, Origin>>,
}

impl Loaded {
    /// What holds in a deck, or everywhere.
    #[must_use]
    pub fn of(&self, deck: Option<&str>) -> &Settings {
        deck.map_or(&self.settings, |deck| self.settings.of_deck(deck))
    }

    /// Where the value that holds in a deck (or everywhere) stands; none where it is the usual one.
    #[must_use]
    pub fn origin(&self, deck: Option<&str>, key: &str) -> Option<&Origin> {
        let table = deck.into_iter().flat_map(name_and_above).map(str::to_lowercase);
        let tables = table.map(Some).find(|table| self.origins.contains_key(table)).unwrap_or(None);
        self.origins.get(&tables)?.get(key)
    }

    /// The table of this deck has this key (or its preset), and no table above it.
    #[must_use]
    pub fn is_own(&self, deck: &str, key: &str) -> bool {
        let own = self.origins.get(&Some(deck.to_lowercase())).and_then(|table| table.get(key));
        let above = deck.rsplit_once("::").map(|(above, _)| above);
        own.is_some() && own != self.origin(above, key)
    }
}

/// A file while it is read: every fault with its place.
struct Reading<'r> {
    path: &'r Path,
    lines: Lines<'r>,
    faults: Vec<(usize, String)>,
}

/// What a table says: values by setting, each with its line.
type Said = Vec<(&'static Setting, String, usize)>;

impl Reading<'_> {
    fn fault(&mut self, at: usize, what: String) {
        self.faults.push((at, what));
    }

    /// Where a key stands, or its value.
    fn at(table: &dyn toml_edit::TableLike, key: &str, item: &toml_edit::Item) -> usize {
        table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span()).map_or(0, |span| span.start)
    }

    fn value(&mut self, key: &str, item: &toml_edit::Item, at: usize, of_deck: bool, said: &mut Said) {
        match setting(key) {
            Err(unknown) => {
                self.fault(at, format!("{}; {}", unknown.what, unknown.hint.unwrap_or_default()));
            }
            Ok(setting) if of_deck && !setting.per_deck => {
                self.fault(at, format!("`{key}` applies to all decks; write it above the first table"));
            }
            Ok(setting) => match setting.text_of(item) {
                Some(text) => said.push((setting, text, self.lines.line(at))),
                None => self.fault(at, format!("`{key}` has to be {}, not {}", setting.allowed(), found(item))),
            },
        }
    }

    /// A table of texts: `[keys]`, what the learner bound, or `[searches]`, what they saved. Whether the commands and keys are ones,
    /// the interface says, which knows them; whether a search means something, who searches.
    fn texts(
        &mut self,
        (whole, item): (&str, &toml_edit::Item),
        at: usize,
        (example, text): (&str, &str),
    ) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        let Some(table) = item.as_table_like() else {
            let what = found(item);
            self.fault(at, format!("`{whole}` has to be a table of texts, as {example} = \"{text}\", not {what}"));
            return texts;
        };
        for (name, item) in table.iter() {
            match item.as_str() {
                Some(text) => drop(texts.insert(name.to_owned(), text.to_owned())),
                None => {
                    let (at, what) = (Self::at(table, name, item), found(item));
                    self.fault(at, format!("`{}` has to be a text, as \"{text}\", not {what}", one_line(name)));
                }
            }
        }
        texts
    }

    /// The tables inside `[deck]` or `[preset]`.
    fn tables<'t>(
        &mut self,
        name: &str,
        item: &'t toml_edit::Item,
        at: usize,
    ) -> Vec<(&'t str, usize, &'t dyn toml_edit::TableLike)> {
        let mut tables = Vec::new();
        let Some(table) = item.as_table_like() else {
            self.fault(at, format!("`{name}` has to be a table, as [{name}.\"NAME\"], not {}", found(item)));
            return tables;
        };
        for (inner, item) in table.iter() {
            let at = Self::at(table, inner, item);
            match item.as_table_like() {
                Some(inside) => tables.push((inner, at, inside)),
                None => {
                    let shown = one_line(inner);
                    self.fault(at, format!("write `{shown}` into a table of its deck, as [{name}.\"NAME\"]"));
                }
            }
        }
        tables
    }
}

/// As a table's head has it: `deck."work::team"`, or `preset.exam` where no quotes are needed.
fn head(kind: &str, name: &str) -> String {
    format!("{kind}.{}", toml_edit::Key::new(name).display_repr())
}

/// The settings of a text, and all its faults at once.
///
/// # Errors
/// When it is no TOML, or has faults.
pub fn read(path: &Path, text: &str) -> Result<Loaded, Failure> {
    let document = parse(path, text)?;
    let mut reading = Reading { path, lines: Lines::of(text), faults: Vec::new() };
    let mut loaded = Loaded::default();
    let (mut everywhere, mut presets, mut decks) = (Said::new(), BTreeMap::new(), BTreeMap::new());
    for (key, item) in document.iter() {
        let at = Reading::at(document.as_table(), key, item);
        match key {
            "keys" => loaded.settings.keys = reading.texts((key, item), at, ("undo", "u")),
            SEARCHES => loaded.settings.searches = reading.texts((key, item), at, ("weak", "rated:7d:again")),
            "preset" => {
                for (name, _, table) in reading.tables(key, item, at) {
                    let mut said = Said::new();
                    for (key, item) in table.iter() {
                        reading.value(key, item, Reading::at(table, key, item), true, &mut said);
                    }
                    presets.insert(name, said);
                }
            }
            "deck" => {
                for (name, at, table) in reading.tables(key, item, at) {
                    let (mut said, mut preset) = (Said::new(), None);
                    for (key, item) in table.iter() {
                        let at = Reading::at(table, key, item);
                        match (key, item.as_str()) {
                            ("preset", Some(name)) => preset = Some((name, at)),
                            ("preset", None) => {
                                let what = found(item);
                                reading.fault(at, format!("`preset` has to be the name of a preset, not {what}"));
                            }
                            _ => reading.value(key, item, at, true, &mut said),
                        }
                    }
                    loaded.decks.push((name.to_owned(), place(path, &reading.lines, at)));
                    if decks.insert(name.to_lowercase(), (name, preset, said)).is_some() {
                        reading.fault(at, format!("the deck `{}` has two tables", one_line(name)));
                    }
                }
            }
            _ => reading.value(key, item, at, false, &mut everywhere),
        }
    }
    let mut origins = BTreeMap::new();
    for (setting, text, line) in everywhere {
        (setting.write)(&mut loaded.settings, &text);
        origins.insert(setting.key, Origin { table: None, line });
    }
    if loaded.settings.key_preset == KeyPreset::Sm2
        && let (false, Some(origin)) = (origins.contains_key("scale"), origins.get("key_preset").cloned())
    {
        loaded.settings.scale = Scale::Sm2;
        origins.insert("scale", origin);
    }
    loaded.origins.insert(None, origins);
    // Those above come first, so that a deck inside begins with what holds in the one that it lies in.
    let mut in_order: Vec<_> = decks.into_iter().collect();
    in_order.sort_by_key(|(name, _)| name.matches("::").count());
    for (lower, (name, preset, said)) in in_order {
        let above = name_and_above(&lower).skip(1).find(|above| loaded.settings.decks.contains_key(*above));
        let begin = loaded.settings.of_deck(above.unwrap_or_default());
        let mut settings =
            Settings { decks: BTreeMap::new(), keys: BTreeMap::new(), searches: BTreeMap::new(), ..begin.clone() };
        let mut origins = loaded.origins.get(&above.map(str::to_owned)).cloned().unwrap_or_default();
        let of_preset = preset.map(|(preset, at)| match presets.get(preset) {
            Some(said) => (head("preset", preset), said.clone()),
            None => {
                let near = nearest(preset, presets.keys().copied());
                let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                reading.fault(at, format!("there is no [{}]{help}", one_line(&head("preset", preset))));
                (String::new(), Said::new())
            }
        });
        for (table, said) in of_preset.into_iter().chain([(head("deck", name), said)]) {
            for (setting, text, line) in said {
                (setting.write)(&mut settings, &text);
                origins.insert(setting.key, Origin { table: Some(table.clone()), line });
            }
        }
        loaded.settings.decks.insert(lower.clone(), settings);
        loaded.origins.insert(Some(lower), origins);
    }
    if reading.faults.is_empty() {
        return Ok(loaded);
    }
    let mut failure = Failure::data(format!("the settings `{}` have faults", path.display()));
    reading.faults.sort_by_key(|(at, _)| *at);
    for (at, what) in &reading.faults {
        failure = failure.at(format!("{}: {what}", place(reading.path, &reading.lines, *at)));
    }
    Err(failure.hint("correct the file, or remove the lines"))
}

/// The settings of the file at `path`; the usual ones where there is none. All faults of the file at once.
///
/// # Errors
/// When the file can't be read, or has faults.
pub fn load(path: Option<&Path>) -> Result<Settings, Failure> {
    match path {
        Some(path) => Ok(read(path, &read_text(path)?)?.settings),
        None => Ok(Settings::default()),
    }
}

/// A word for each table of the settings that no deck answers to.
#[must_use]
pub fn without_deck(loaded: &Loaded, decks: &[(i64, String, String)]) -> Vec<String> {
    let is_there = |table: &str| {
        decks.iter().any(|(_, _, name)| name_and_above(&name.to_lowercase()).any(|name| name == table.to_lowercase()))
    };
    let mut warnings = Vec::new();
    for (table, place) in loaded.decks.iter().filter(|(table, _)| !is_there(table)) {
        let by_id = decks.iter().find(|(_, id, _)| id == table).map(|(_, _, name)| name.as_str());
        let near = by_id.or_else(|| nearest(table, decks.iter().map(|(_, _, name)| name.as_str())));
        let help = near.map_or_else(String::new, |near| format!("; did you mean `{}`?", one_line(near)));
        warnings.push(format!("{place}: there is no deck `{}`{help}", one_line(table)));
    }
    warnings
}

/// The name under which a change of a deck's setting is kept: `deck."work::team".scale`.
#[must_use]
pub fn dotted(deck: Option<&str>, key: &str) -> String {
    deck.map_or_else(|| key.to_owned(), |deck| format!("{}.{key}", head("deck", deck)))
}

/// The deck and the key behind a name that [`dotted`] made, or a person wrote.
fn undotted(name: &str) -> (Option<String>, String) {
    match toml_edit::Key::parse(name).as_deref() {
        Ok([kind, deck, key]) if kind.get() == "deck" => (Some(deck.get().to_owned()), key.get().to_owned()),
        _ => (None, name.to_owned()),
    }
}

/// The name under which a change of a saved search is kept: `searches.weak`.
#[must_use]
pub fn dotted_search(name: &str) -> String {
    head(SEARCHES, name)
}

/// The saved search behind a name that [`dotted_search`] made, or a person wrote.
#[must_use]
pub fn saved_search(name: &str) -> Option<String> {
    match toml_edit::Key::parse(name).as_deref() {
        Ok([table, search]) if table.get() == SEARCHES => Some(search.get().to_owned()),
        // Nobody has to know which names TOML wants in quotes.
        _ => name.strip_prefix("searches.").map(str::to_owned),
    }
}

/// A name that [`dotted`] made, for people: `scale in work::team`.
#[must_use]
pub fn in_words(name: &str) -> String {
    match undotted(name) {
        (Some(deck), key) => format!("{key} in {}", one_line(&deck)),
        (None, key) => one_line(&key),
    }
}

/// The table of a deck in a file, made where it is missing and `make` says so.
fn table_of<'d>(
    document: &'d mut toml_edit::DocumentMut,
    deck: &str,
    make: bool,
) -> Result<Option<&'d mut dyn toml_edit::TableLike>, Failure> {
    let no_table = || Failure::data("`deck` in the settings is not a table").hint("`lmq config edit` opens them");
    if document.get("deck").is_none() {
        if !make {
            return Ok(None);
        }
        let mut tables = toml_edit::Table::new();
        tables.set_implicit(true);
        document.insert("deck", toml_edit::Item::Table(tables));
    }
    let tables = document.get_mut("deck").and_then(toml_edit::Item::as_table_like_mut).ok_or_else(no_table)?;
    let there = tables.iter().map(|(name, _)| name.to_owned()).find(|name| name.to_lowercase() == deck.to_lowercase());
    let name = match there {
        Some(name) => name,
        None if make => {
            tables.insert(deck, toml_edit::Item::Table(toml_edit::Table::new()));
            deck.to_owned()
        }
        None => return Ok(None),
    };
    tables.get_mut(&name).and_then(toml_edit::Item::as_table_like_mut).ok_or_else(no_table).map(Some)
}

/// The table of saved searches in a file, made where it is missing and `make` says so.
fn searches_of(
    document: &mut toml_edit::DocumentMut,
    make: bool,
) -> Result<Option<&mut dyn toml_edit::TableLike>, Failure> {
    if document.get(SEARCHES).is_none() {
        if !make {
            return Ok(None);
        }
        document.insert(SEARCHES, toml_edit::Item::Table(toml_edit::Table::new()));
    }
    let table = document.get_mut(SEARCHES).and_then(toml_edit::Item::as_table_like_mut);
    table.map(Some).ok_or_else(|| {
        Failure::data(format!("`{SEARCHES}` in the settings has to be a table")).hint("`lmq config edit` opens them")
    })
}

/// Sets or, with `None`, takes out a setting in the file at `path`; comments and order stay. A setting of a deck is
/// named as [`dotted`] does, a saved search as [`dotted_search`]. Gives the old value.
///
/// # Errors
/// When the value may not be, or the file can't be written.
pub fn change(path: &Path, name: &str, value: Option<&str>) -> Result<Option<String>, Failure> {
    let search = saved_search(name);
    let (deck, key) = search.clone().map_or_else(|| undotted(name), |search| (None, search));
    let new = match (&search, value) {
        (Some(_), text) => text.map(Into::into),
        (None, None) => setting(&key).map(|_| None)?,
        (None, Some(text)) => {
            let setting = setting(&key)?;
            Some(setting.toml_value(text).ok_or_else(|| {
                Failure::usage(format!("`{key}` can't be `{text}`")).hint(format!("it has to be {}", setting.allowed()))
            })?)
        }
    };
    if deck.is_some() && !setting(&key)?.per_deck {
        return Err(Failure::usage(format!("`{key}` applies to all decks")).hint("set it without --deck"));
    }
    let text = read_text(path)?;
    let mut document = parse(path, &text)?.into_mut();
    let table: Option<&mut dyn toml_edit::TableLike> = match (&deck, &search) {
        (Some(deck), _) => table_of(&mut document, deck, new.is_some())?,
        (None, Some(_)) => searches_of(&mut document, new.is_some())?,
        (None, None) => Some(document.as_table_mut()),
    };
    let Some(table) = table else { return Ok(None) };
    let old = table.get(&key).and_then(toml_edit::Item::as_value).map(plain);
    match new {
        Some(mut new) => {
            // Comments belong to the key and to the value's decor: what is there is changed in its place.
            match table.get_mut(&key) {
                Some(there) => {
                    if let Some(old) = there.as_value() {
                        *new.decor_mut() = old.decor().clone();
                    }
                    *there = toml_edit::Item::Value(new);
                }
                None => drop(table.insert(&key, toml_edit::Item::Value(new))),
            }
        }
        None => drop(table.remove(&key)),
    }
    let is_empty = table.is_empty();
    if let (Some(deck), true) = (&deck, is_empty)
        && let Some(tables) = document.get_mut("deck").and_then(toml_edit::Item::as_table_like_mut)
    {
        let mut names = tables.iter().map(|(name, _)| name.to_owned());
        let there = names.find(|name| name.to_lowercase() == deck.to_lowercase());
        drop(names);
        if let Some(name) = there {
            tables.remove(&name);
        }
        if tables.is_empty() {
            document.remove("deck");
        }
    }
    if search.is_some() && is_empty {
        document.remove(SEARCHES);
    }
    files::make_folder_of(path)?;
    files::write_whole(path, |out| out.write_all(document.to_string().as_bytes()))?;
    Ok(old)
}

/// What an empty file is opened with in an editor: every setting as a comment, with what it is.
#[must_use]
pub fn template() -> String {
    let usual = Settings::default();
    let mut text = "# Settings of lmq. Remove the # from a line to change it; `lmq config list` shows the values in \
         force.\n"
        .to_owned();
    for setting in SETTINGS {
        let value = setting.get(&usual);
        let value = setting.toml_value(&value).map_or(value, |value| value.to_string());
        text.push_str(&format!("\n# {}: {}\n# {} = {}\n", setting.what, setting.allowed(), setting.key, value.trim()));
    }
    text.push_str(
        "\n# Keys: a command and its keys. `?` in a session shows all commands.\n# [keys]\n# undo = \"z\"\n\
         \n# Searches: `saved:weak` finds the cards of this one.\n# [searches]\n# weak = \"rated:7d:again\"\n\
         \n# For one deck, and those inside it:\n# [deck.\"work::team\"]\n# new_per_day = 3\n",
    );
    text
}

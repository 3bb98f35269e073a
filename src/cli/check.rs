use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::cli::json;
use crate::cli::lint_words;
use crate::core::card::NoteText;
use crate::core::lint::About;
use crate::core::lint::Flaw;
use crate::core::lint::RULES;
use crate::core::lint::cues::Guess;
use crate::core::lint::cues::Measured;
use crate::core::lint::cues::measure;
use crate::core::lint::links::Linked;
use crate::core::lint::links::LinkedDeck;
use crate::core::lint::links::LinkedNote;
use crate::core::lint::links::links;
use crate::core::lint::lint;
use crate::core::lint::surface::Look;
use crate::core::text::counted;
use crate::core::text::meant;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::formats::DeckHead;
use crate::formats::FormatError;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::Record;
use crate::formats::Topic;
use crate::formats::card_words::Syntax;
use crate::formats::deck_toml;
use crate::formats::deck_toml::HeadPlaces;
use crate::ops::decks::BUILTIN;
use crate::ops::import::Reason;
use crate::ops::import::Source;
use crate::ops::import::open;
use crate::ops::import::read;
use crate::ops::import::verdict;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

/// How many of the cues that were tried are shown.
const SHOWN: usize = 8;

/// Check deck files as an author: errors, and cards that could be better
///
/// Reads what `lmq import` reads and changes nothing. Errors would keep a file from being imported; warnings are about rows that
/// an import would leave out, and about cards that teach poorly. `lmq help authoring` explains each rule. Decks that refer to
/// each other are checked together; the built-in ones are always known.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq check team.toml
  lmq check decks/ --allow missing-source
  lmq check team.toml --figures
  lmq check team.toml --json

Exit code: 0 if there are no errors (with --strict: and no warnings), otherwise 3.")]
pub(super) struct Args {
    /// Files or folders
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Don't warn about this rule; may be given several times
    #[arg(long, value_name = "RULE")]
    allow: Vec<String>,

    /// Count warnings as errors
    #[arg(long)]
    strict: bool,

    /// Show how often each answer occurs, and how far guessing by the wording gets
    #[arg(long)]
    figures: bool,

    /// Print the findings as JSON, with --figures the figures too
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct FaultJson {
    file: String,
    line: u64,
    column: u64,
    /// Of a table whose rows have several lines: the number that a spreadsheet shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    rule: &'static str,
    severity: &'static str,
    message: String,
    help: String,
}

impl FaultJson {
    fn new(
        file: &str,
        place: Place,
        rule: &'static str,
        severity: &'static str,
        message: String,
        help: String,
    ) -> Self {
        let row = Some(place.row).filter(|row| *row > 0);
        Self {
            file: file.to_owned(),
            line: place.line,
            column: place.column.max(1),
            row,
            rule,
            severity,
            message,
            help,
        }
    }

    /// Whether it is about the same place.
    fn is_beside(&self, other: &Self) -> bool {
        (&self.file, self.line, self.column) == (&other.file, other.line, other.column)
    }
}

/// The findings with the figures, for scripts.
#[derive(Serialize)]
struct AllJson<'f> {
    findings: &'f [FaultJson],
    figures: Vec<FiguresJson<'f>>,
}

/// What was measured of one kind of scenes in one file.
#[derive(Serialize)]
struct FiguresJson<'f> {
    file: &'f str,
    kind: &'static str,
    held_out: bool,
    sides: &'f [String],
    notes: usize,
    answers: &'f BTreeMap<String, usize>,
    topics: &'f BTreeMap<String, BTreeMap<String, usize>>,
    positions: &'f [usize],
    tried: Vec<TriedJson<'f>>,
}

/// A rule that was tried.
#[derive(Serialize)]
struct TriedJson<'f> {
    look: &'static str,
    value: &'f str,
    answer: &'f str,
    right: usize,
    of: usize,
    chance: f64,
    doubt: f64,
    is_cue: bool,
}

impl<'f> FiguresJson<'f> {
    fn new(file: &'f str, measured: &'f Measured) -> Self {
        let tried = measured.tried.iter().map(|tried| TriedJson {
            look: tried.look.map_or("pick", Look::name),
            value: &tried.value,
            answer: &tried.answer,
            right: tried.right,
            of: tried.of,
            chance: tried.chance,
            doubt: tried.doubt,
            is_cue: tried.is_cue,
        });
        Self {
            file,
            kind: kind_of(measured),
            held_out: measured.held_out,
            sides: &measured.sides,
            notes: measured.notes,
            answers: &measured.answers,
            topics: &measured.topics,
            positions: &measured.positions,
            tried: tried.collect(),
        }
    }
}

fn kind_of(measured: &Measured) -> &'static str {
    if measured.sides.is_empty() { "choice" } else { "sort" }
}

/// A file, read.
#[derive(Default)]
struct Looked {
    shown: String,
    syntax: Syntax,
    heads: Vec<DeckHead>,
    /// Where a deck file has its topics and the words of its sequence.
    places: HeadPlaces,
    /// Topics, each with the id of its deck.
    topics: Vec<(String, Topic)>,
    /// Notes, each with the id of its deck.
    notes: Vec<(String, Item)>,
}

impl Looked {
    /// A built-in deck, which the files may name.
    fn builtin(text: &str) -> Option<Self> {
        let deck = deck_toml::parse(text).ok()?;
        let id = deck.head.id.clone();
        Some(Self {
            places: HeadPlaces::default(),
            shown: String::new(),
            syntax: Syntax::Toml,
            topics: deck.topics.into_iter().map(|topic| (id.clone(), topic)).collect(),
            notes: deck.notes.into_iter().map(|note| (id.clone(), note)).collect(),
            heads: vec![deck.head],
        })
    }

    fn texts(&self) -> Vec<&NoteText> {
        self.notes.iter().map(|(_, item)| &item.text).collect()
    }

    fn linked(&self) -> Linked<'_> {
        Linked {
            decks: self
                .heads
                .iter()
                .map(|head| LinkedDeck { id: &head.id, sequence: head.sequence.as_deref().unwrap_or_default() })
                .collect(),
            topics: self.topics.iter().map(|(deck, topic)| (deck.as_str(), topic.id.as_str())).collect(),
            notes: self
                .notes
                .iter()
                .map(|(deck, item)| LinkedNote { deck, key: key_of(item), text: &item.text })
                .collect(),
        }
    }

    /// Where the word of the sequence stands that a finding is about.
    fn place_in_sequence(&self, flaw: &Flaw) -> Option<Place> {
        let (Flaw::LostSequence { word, .. } | Flaw::IdleSequence { word, .. }) = flaw else { return None };
        let words = self.heads.first()?.sequence.as_ref()?;
        self.places.sequence.get(words.iter().position(|one| one == word)?).copied()
    }

    /// A finding of this file as a row.
    fn row(&self, about: About, flaw: &Flaw) -> FaultJson {
        let note_name = |index: usize| self.notes.get(index).map_or_else(String::new, |(_, item)| name_of(item));
        let start = Place::at(1, 1);
        let (place, about) = match about {
            About::Deck => (self.place_in_sequence(flaw).unwrap_or(start), String::new()),
            About::Topic(index) => {
                let id = self.topics.get(index).map_or("", |(_, topic)| topic.id.as_str());
                (self.places.topics.get(index).copied().unwrap_or(start), format!("topic `{id}`: "))
            }
            About::Note(index) => self.notes.get(index).map_or_else(
                || (Place::default(), String::new()),
                |(_, item)| (item.place, format!("{}: ", name_of(item))),
            ),
        };
        let message = format!("{about}{}", lint_words::what(flaw, &note_name));
        FaultJson::new(&self.shown, place, flaw.rule(), "warning", message, lint_words::help(flaw, self.syntax))
    }
}

/// The key by which other cards can name it; lines of JSON have it as their identity.
fn key_of(item: &Item) -> Option<&str> {
    match (&item.key, &item.identity) {
        (Some(key), _) | (None, Identity::Key(key)) => Some(key),
        (None, Identity::Uid(_) | Identity::Foreign { .. } | Identity::None) => None,
    }
}

fn name_of(item: &Item) -> String {
    key_of(item).map_or_else(|| format!("line {}", item.place), |key| format!("`{key}`"))
}

/// Reads a file, with its faults and the findings in it alone.
/// The reason where it lies among decks and is none, so that an import leaves it alone.
fn look(mut source: Source, rows: &mut Vec<FaultJson>) -> Result<Result<Looked, Reason>, Failure> {
    let mut looked = Looked { shown: source.shown.clone(), ..Looked::default() };
    let shown = source.shown.clone();
    if source.file_name.to_lowercase().ends_with(".toml")
        && let Some(text) = source.path.as_ref().and_then(|path| std::fs::read(path).ok())
    {
        // Only for places: what is wrong with the text is found when it is read.
        looked.places = deck_toml::decode(&text).map(|text| deck_toml::places(&text)).unwrap_or_default();
    }
    // What an import makes of the file is what there is to say of it as a whole.
    let verdict = verdict(&mut source)?;
    looked.syntax = verdict.syntax;
    if let Some(reason) = verdict.left_alone {
        return Ok(Err(reason));
    }
    let left_out = if verdict.refusal.is_some() { "error" } else { "warning" };
    let stem = Path::new(&source.file_name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut deck = stem.unwrap_or_default();
    let mut bad: Vec<FaultJson> = Vec::new();
    let done = read(source, &mut |outcome| {
        match outcome {
            ImportItem::Record(Record::Topic(topic)) => looked.topics.push((deck.clone(), topic)),
            ImportItem::Record(Record::Note(item)) => {
                looked.notes.push((item.deck.clone().unwrap_or_else(|| deck.clone()), *item));
            }
            ImportItem::Record(Record::Deck(head)) => {
                deck.clone_from(&head.id);
                looked.heads.push(head);
            }
            ImportItem::Rejected(rejected) => {
                bad.push(FaultJson::new(
                    &shown,
                    rejected.place,
                    "row",
                    left_out,
                    rejected.fault.to_string(),
                    "correct the row".to_owned(),
                ));
            }
            // Nothing that a deck's author could mend.
            ImportItem::Loss(_) => {}
            ImportItem::Warning(warning) => {
                let (start, text) = (Place::at(1, 1), warning.to_string());
                bad.push(FaultJson::new(&shown, start, "file", "warning", text, String::new()));
            }
        }
        Ok(())
    })?;
    match done {
        Ok(()) => {}
        Err(FormatError::Faults { faults, .. }) => {
            bad.extend(faults.into_iter().map(|fault| {
                let (place, what) = (fault.place, fault.what);
                FaultJson::new(&shown, place, what.rule(), "error", what.to_string(), what.help())
            }));
        }
        Err(error @ (FormatError::Io(_) | FormatError::NotThis(_) | FormatError::Stopped)) => {
            let start = Place::at(1, 1);
            bad.push(FaultJson::new(
                &shown,
                start,
                "unreadable",
                "error",
                error.to_string(),
                "check what kind of file it is".to_owned(),
            ));
        }
    }
    for (place, why) in verdict.left_out {
        bad.push(FaultJson::new(&shown, place, "row", left_out, why, "correct the row".to_owned()));
    }
    if let Some(refusal) = verdict.refusal.filter(|_| !bad.iter().any(|row| row.severity == "error")) {
        let what = std::iter::once(refusal.what).chain(refusal.places).collect::<Vec<_>>().join("; ");
        let (start, help) = (Place::at(1, 1), refusal.hint.unwrap_or_default());
        bad.push(FaultJson::new(&shown, start, "file", "error", what, help));
    }
    rows.append(&mut bad);
    let primers: Vec<Option<&str>> = looked.topics.iter().map(|(_, topic)| topic.primer.as_deref()).collect();
    rows.extend(lint(&primers, &looked.texts()).iter().map(|finding| looked.row(finding.about, &finding.flaw)));
    Ok(Ok(looked))
}

/// What the files say of each other and of the built-in decks. Where one could not be read, nothing: what it holds is not known.
fn look_at_links(files: &[Looked], rows: &mut Vec<FaultJson>) {
    if rows.iter().any(|row| row.severity == "error") {
        return;
    }
    let is_checked = |id: &str| files.iter().any(|file| file.heads.iter().any(|head| head.id == id));
    let builtins: Vec<Looked> =
        BUILTIN.iter().filter(|(id, _)| !is_checked(id)).filter_map(|(_, text)| Looked::builtin(text)).collect();
    let linked: Vec<Linked<'_>> = files.iter().chain(&builtins).map(Looked::linked).collect();
    for (place, about, flaw) in links(&linked) {
        // What is found in a built-in deck is not for who checks another.
        rows.extend(files.get(place).map(|file| file.row(about, &flaw)));
    }
}

/// A figure of a hundred.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Counts by name, with their shares.
fn shares(counts: impl IntoIterator<Item = (String, usize)>) -> String {
    let counts: Vec<(String, usize)> = counts.into_iter().collect();
    let all = counts.iter().map(|(_, count)| count).sum::<usize>().max(1);
    let one = |(name, count): &(String, usize)| format!("{name} {count} ({})", percent(*count as f64 / all as f64));
    counts.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The figures of a file, for people.
fn figures(file: &str, measured: &Measured) -> Vec<String> {
    let which = match (kind_of(measured), measured.held_out) {
        ("choice", false) => "choices",
        ("choice", true) => "held-out choices",
        (_, false) => "sorts",
        (_, true) => "held-out sorts",
    };
    let by_name = |counts: &BTreeMap<String, usize>| shares(counts.iter().map(|(name, count)| (name.clone(), *count)));
    let mut lines = vec![format!("{file}: {} {which}", measured.notes)];
    if !measured.sides.is_empty() {
        lines.push(format!("    answers: {}", by_name(&measured.answers)));
        lines.extend(measured.topics.iter().map(|(topic, answers)| format!("    in {topic}: {}", by_name(answers))));
    }
    let places = measured.positions.iter().enumerate().map(|(place, count)| (format!("{}.", place + 1), *count));
    lines.push(format!("    position of the right one: {}", shares(places)));
    let line = |guess: &Guess| {
        let look = guess.look.map_or("pick", Look::name);
        let answer = if guess.answer.is_empty() { String::new() } else { format!(" → {}", guess.answer) };
        let verdict = if guess.is_cue { "a cue" } else { "within chance" };
        format!(
            "      {look}: {}{answer}: {} of {}, by chance {}; {verdict}",
            guess.value,
            guess.right,
            guess.of,
            percent(guess.chance)
        )
    };
    let (together, rules): (Vec<&Guess>, Vec<&Guess>) =
        measured.tried.iter().partition(|guess| guess.look == Some(Look::Together));
    lines.push(format!("    {} tried; the strongest:", counted(rules.len(), "cue", "cues")));
    lines.extend(rules.into_iter().take(SHOWN).map(line));
    lines.extend(together.into_iter().map(line));
    lines
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    for rule in &args.allow {
        if !RULES.contains(&rule.as_str()) {
            let hint = meant(rule, RULES.iter().copied());
            return Err(Failure::usage(format!("there is no rule `{rule}`")).hint(hint));
        }
    }
    let mut rows = Vec::new();
    let mut looked = Vec::new();
    let mut unread = None;
    for file in &args.files {
        let (sources, folder) = open(file)?;
        for skipped in folder.skipped {
            ctx.say(&format!("skipped {}: {}", skipped.path.display(), skipped.reason));
        }
        for source in sources {
            let _busy = Busy::new(ctx, "reading");
            let (path, in_folder) = (source.shown.clone(), source.in_folder);
            match look(source, &mut rows) {
                Ok(Ok(found)) => looked.push(found),
                Ok(Err(reason)) => ctx.say(&format!("skipped {path}: {reason}")),
                // One file that can't be read keeps no other one from being looked at.
                Err(failure) if in_folder => ctx.say(&format!("skipped {path}: {}", failure.what)),
                Err(failure) => unread = unread.or(Some(failure)),
            }
        }
    }
    if let Some(failure) = unread.take_if(|_| looked.is_empty() && rows.is_empty()) {
        return Err(failure);
    }
    look_at_links(&looked, &mut rows);
    rows.retain(|row| row.severity == "error" || !args.allow.iter().any(|rule| rule == row.rule));
    rows.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    let errors = rows.iter().filter(|row| row.severity == "error").count();
    let warnings = rows.len() - errors;
    let measured: Vec<(&str, Measured)> = if args.figures {
        let of_file = |file: &'_ Looked| measure(&file.texts());
        looked.iter().flat_map(|file| of_file(file).into_iter().map(|one| (file.shown.as_str(), one))).collect()
    } else {
        Vec::new()
    };
    if args.json && !args.figures {
        json::print(ctx, &rows)?;
    } else if args.json {
        let figures = measured.iter().map(|(file, one)| FiguresJson::new(file, one)).collect();
        json::print(ctx, &AllJson { findings: &rows, figures })?;
    } else {
        let mut shown = rows.iter().peekable();
        while let Some(row) = shown.next() {
            let number = row.row.map_or_else(String::new, |number| format!(" (row {number})"));
            let place = format!("{}:{}:{}{number}", row.file, row.line, row.column);
            // A card of one's own has neither, and that is one thing to know about it.
            let has_neither = row.rule == "missing-source"
                && shown.next_if(|next| next.rule == "missing-topic" && next.is_beside(row)).is_some();
            if has_neither {
                ctx.line(printable(&format!("{place}: {}, missing-topic: {} and no topic", row.rule, row.message)))?;
            } else {
                ctx.line(printable(&format!("{place}: {}: {}", row.rule, row.message)))?;
            }
            if !row.help.is_empty() && !has_neither {
                ctx.line(printable(&format!("    {}", row.help)))?;
            }
        }
        for line in measured.iter().flat_map(|(file, one)| figures(file, one)) {
            ctx.line(printable(&line))?;
        }
        let notes: usize = looked.iter().map(|file| file.notes.len()).sum();
        ctx.line(format!(
            "{} in {}: {}, {}",
            counted(notes, "note", "notes"),
            counted(looked.len(), "file", "files"),
            counted(errors, "error", "errors"),
            counted(warnings, "warning", "warnings"),
        ))?;
    }
    if let Some(failure) = unread {
        return Err(failure);
    }
    if errors > 0 || (args.strict && warnings > 0) {
        return Err(Failure::data("some cards need changes").hint("`lmq help authoring` explains each rule"));
    }
    Ok(())
}

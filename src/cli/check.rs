use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::cli::json;
use crate::cli::lint_words;
use crate::core::card::NoteText;
use crate::core::lint::About;
use crate::core::lint::RULES;
use crate::core::lint::lint;
use crate::core::text::counted;
use crate::core::text::meant;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::formats::FormatError;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::Record;
use crate::formats::Topic;
use crate::ops::import::Source;
use crate::ops::import::open;
use crate::ops::import::read;
use serde::Serialize;
use std::path::PathBuf;

/// Look at deck files as an author: faults, and cards that could be better
///
/// Reads what `lmq import` reads and changes nothing. Errors keep a deck from being imported; warnings are about cards
/// that teach poorly. docs/authoring.md has each rule with a bad and a good example.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq check team.toml
  lmq check decks/ --allow missing-source
  lmq check team.toml --json

Exit code: 0 without errors (with --strict: without warnings too), else 3.")]
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

    /// Print an array as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct FaultJson {
    file: String,
    line: u64,
    column: u64,
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
        Self { file: file.to_owned(), line: place.line, column: place.column.max(1), rule, severity, message, help }
    }
}

#[derive(Default)]
struct Deck {
    topics: Vec<Topic>,
    notes: Vec<Item>,
}

fn name_of(item: &Item) -> String {
    match (&item.key, &item.identity) {
        (Some(key), _) | (None, Identity::Key(key)) => format!("`{key}`"),
        (None, Identity::Uid(_) | Identity::Foreign { .. } | Identity::None) => format!("line {}", item.place.line),
    }
}

fn look(source: Source, rows: &mut Vec<FaultJson>) -> Result<usize, Failure> {
    let shown = source.shown.clone();
    let mut deck = Deck::default();
    let mut bad: Vec<FaultJson> = Vec::new();
    let done = read(source, &mut |outcome| {
        match outcome {
            ImportItem::Record(Record::Topic(topic)) => deck.topics.push(topic),
            ImportItem::Record(Record::Note(item)) => deck.notes.push(*item),
            ImportItem::Record(Record::Deck(_)) => {}
            ImportItem::Rejected(rejected) => {
                bad.push(FaultJson::new(
                    &shown,
                    rejected.place,
                    "row",
                    "error",
                    rejected.fault.to_string(),
                    "mend the row".to_owned(),
                ));
            }
            ImportItem::Warning(warning) => {
                let (start, text) = (Place { line: 1, column: 1 }, warning.to_string());
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
            let start = Place { line: 1, column: 1 };
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
    rows.append(&mut bad);
    let texts: Vec<&NoteText> = deck.notes.iter().map(|item| &item.text).collect();
    let primers: Vec<Option<&str>> = deck.topics.iter().map(|topic| topic.primer.as_deref()).collect();
    let note_name = |index: usize| deck.notes.get(index).map_or_else(String::new, name_of);
    for finding in lint(&primers, &texts) {
        let (place, about) = match finding.about {
            About::Deck => (Place { line: 1, column: 1 }, String::new()),
            About::Topic(index) => {
                let id = deck.topics.get(index).map_or("", |topic| topic.id.as_str());
                (Place { line: 1, column: 1 }, format!("topic `{id}`: "))
            }
            About::Note(index) => deck
                .notes
                .get(index)
                .map_or_else(|| (Place::default(), String::new()), |item| (item.place, format!("{}: ", name_of(item)))),
        };
        let flaw = finding.flaw;
        let message = format!("{about}{}", lint_words::what(&flaw, &note_name));
        rows.push(FaultJson::new(&shown, place, flaw.rule(), "warning", message, lint_words::help(&flaw)));
    }
    Ok(deck.notes.len())
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    for rule in &args.allow {
        if !RULES.contains(&rule.as_str()) {
            let hint = meant(rule, RULES.iter().copied());
            return Err(Failure::usage(format!("there is no rule `{rule}`")).hint(hint));
        }
    }
    let mut rows = Vec::new();
    let (mut notes, mut files) = (0, 0);
    for file in &args.files {
        let (sources, skipped) = open(file)?;
        for path in skipped {
            ctx.say(&format!("skipped {path}: no deck"));
        }
        for source in sources {
            files += 1;
            let _busy = Busy::new(ctx, "reading");
            notes += look(source, &mut rows)?;
        }
    }
    rows.retain(|row| row.severity == "error" || !args.allow.iter().any(|rule| rule == row.rule));
    rows.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    let errors = rows.iter().filter(|row| row.severity == "error").count();
    let warnings = rows.len() - errors;
    if args.json {
        json::print(ctx, &rows)?;
    } else {
        for row in &rows {
            let place = format!("{}:{}:{}", row.file, row.line, row.column);
            ctx.line(printable(&format!("{place}: {}: {}", row.rule, row.message)))?;
            if !row.help.is_empty() {
                ctx.line(printable(&format!("    {}", row.help)))?;
            }
        }
        ctx.line(format!(
            "{} in {}: {}, {}",
            counted(notes, "note", "notes"),
            counted(files, "file", "files"),
            counted(errors, "error", "errors"),
            counted(warnings, "warning", "warnings"),
        ))?;
    }
    if errors > 0 || (args.strict && warnings > 0) {
        return Err(Failure::data("there is something to mend").hint("docs/authoring.md explains each rule"));
    }
    Ok(())
}

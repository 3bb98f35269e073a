use crate::cli::Ctx;
use crate::cli::ask::asked;
use crate::cli::ask::asked_again;
use crate::cli::ask::in_terminal;
use crate::cli::editor;
use crate::cli::editor::Draft;
use crate::cli::editor::EDIT_AGAIN;
use crate::cli::faults::draw;
use crate::cli::json;
use crate::core::card::CardKind;
use crate::core::card::Form;
use crate::core::card::NoteText;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::text::counted;
use crate::core::text::meant;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::formats::FileFault;
use crate::ops;
use crate::ops::add::key_given;
use crate::ops::edit::Conflict;
use crate::ops::edit::Done;
use crate::ops::edit::How;
use crate::ops::edit::Meaning;
use crate::ops::edit::Refusal;
use crate::ops::edit::Rewrite;
use crate::ops::edit::Side;
use crate::store::NoteNow;
use crate::store::Store;
use clap::ValueEnum;
use serde::Serialize;
use std::path::PathBuf;

/// Change the text of cards
///
/// Opens them in your editor ($VISUAL, $EDITOR, or one that is installed) as the [[card]] of a deck file; what you save is
/// checked like one. A text with faults is kept, so that you can reopen it. The history stays; a card that now asks something
/// else may start again gently. A followed deck file is changed in place. `lmq help editing` explains more.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq edit team/who-owns-the-roadmap        in your editor
  lmq edit team/who-owns-the-roadmap --back \"Amara Diallo\"
  lmq edit team/who-owns-the-roadmap --set hint=\"Not Bela\" --set tags=people --set tags=team
  lmq edit tag:draft                        several at once, a [[card]] each
  lmq edit team/who-owns-the-roadmap --meaning changed     and let it start again
  cat card.toml | lmq edit team/who-owns-the-roadmap -")]
pub(super) struct Args {
    /// Cards by name, or a search as for `lmq cards`; `-` at the end reads the text from standard input
    #[arg(value_name = "CARD", required_unless_present = "resume")]
    cards: Vec<String>,

    /// The question: the front, prompt or text
    #[arg(long, value_name = "TEXT")]
    front: Option<String>,

    /// The answer
    #[arg(long, value_name = "TEXT")]
    back: Option<String>,

    /// A field, by its name in a deck file; give it several times for several values, empty to remove it
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    set: Vec<String>,

    /// What the edit does to the schedule [default: typo; asked in a terminal]
    #[arg(long, value_name = "WHAT")]
    meaning: Option<What>,

    /// If a card was changed elsewhere in the meantime: keep your text
    #[arg(long, conflicts_with = "theirs")]
    mine: bool,

    /// If a card was changed elsewhere in the meantime: keep the other text
    #[arg(long)]
    theirs: bool,

    /// Leave a followed deck file as it is; your text stays, whatever the file says
    #[arg(long)]
    leave_file: bool,

    /// Reopen a saved draft
    #[arg(long, value_name = "FILE", conflicts_with_all = ["front", "back", "set"])]
    resume: Option<PathBuf>,

    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// What an edit does to the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The schedule stays
    Typo,
    /// The card now asks something else: it is asked today and learned again, with its present ease
    Changed,
}

#[derive(Serialize)]
struct Edited {
    changed: usize,
    label: Option<String>,
    files: Vec<String>,
    cards: Vec<json::Card>,
}

const HEAD: &str = "\
# Change it, save, and leave the editor. If you leave it as it is, or empty it, nothing changes.
# The line `id` identifies the card; you may change all others, key and kind too.

";

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let mut store = ctx.store()?;
    let (names, from_stdin) = match args.cards.split_last() {
        Some((last, names)) if last == "-" => (names, true),
        _ => (args.cards.as_slice(), false),
    };
    let by_flags = args.front.is_some() || args.back.is_some() || !args.set.is_empty();
    if from_stdin && by_flags {
        return Err(Failure::usage(
            "the text comes from standard input or from --front, --back and --set, not from both",
        ));
    }
    if let Some(path) = &args.resume {
        let (draft, text) = Draft::kept(path, EDIT_AGAIN)?;
        let notes = if names.is_empty() { named_in(&store, &text)? } else { notes(&store, ctx, names)? };
        return in_editor(args, ctx, &mut store, &notes, &draft);
    }
    let notes = notes(&store, ctx, names)?;
    if from_stdin {
        let text = editor::piped()?;
        let rewrites = ops::edit::read(&store, &notes, &text)?.map_err(|faults| refused("-", &text, &faults))?;
        let done = apply(ctx, &mut store, rewrites, how(args)).map_err(|refusal| told(refusal, None))?;
        return tell(args, ctx, &store, &done);
    }
    if by_flags {
        let [note] = notes.as_slice() else {
            let what = counted(notes.len(), "note", "notes");
            return Err(Failure::usage(format!("--front, --back and --set change one note, not {what}"))
                .hint("name one card; several can be edited in an editor"));
        };
        let (key, text) = by_hand(args, note)?;
        let rewrite = ops::edit::rewrite(&store, note.clone(), key, &text)?;
        let done = apply(ctx, &mut store, vec![rewrite], how(args)).map_err(|refusal| told(refusal, None))?;
        return tell(args, ctx, &store, &done);
    }
    editor::named()?;
    let draft = Draft::new(&ctx.db, &format!("{HEAD}{}", ops::edit::write(&notes)), EDIT_AGAIN)?;
    in_editor(args, ctx, &mut store, &notes, &draft)
}

fn notes(store: &Store, ctx: &Ctx, names: &[String]) -> Result<Vec<NoteNow>, Failure> {
    let cards = ops::bulk::meant(store, &ctx.settings, ctx.stamp().today, names)?;
    ops::edit::open(store, &cards)
}

/// The notes that a kept text is about: those of its lines `id`.
fn named_in(store: &Store, text: &str) -> Result<Vec<NoteNow>, Failure> {
    let ids = text.lines().filter_map(|line| line.trim().strip_prefix("id")?.trim().strip_prefix('='));
    let uids = ids.filter_map(|id| NoteUid::from_hex(id.trim().trim_matches(['"', '\''])));
    let cards: Vec<CardId> = uids.map(|note| CardId { note, ordinal: 1 }).collect();
    if cards.is_empty() {
        return Err(Failure::usage("the text does not say which card it is: its line `id` is gone")
            .hint("name the card too: lmq edit CARD --resume FILE"));
    }
    ops::edit::open(store, &cards)
}

fn how(args: &Args) -> How {
    How {
        meaning: match args.meaning {
            Some(What::Changed) => Meaning::Changed,
            Some(What::Typo) | None => Meaning::Typo,
        },
        side: match (args.mine, args.theirs) {
            (true, _) => Some(Side::Mine),
            (_, true) => Some(Side::Theirs),
            _ => None,
        },
        leave_files: args.leave_file,
    }
}

fn apply(ctx: &Ctx, store: &mut Store, rewrites: Vec<Rewrite>, how: How) -> Result<Done, Refusal> {
    ops::edit::make(store, &ctx.env, &ctx.settings, rewrites, how)
}

/// The round of editor, check and question, until the text is used or its user has had enough.
fn in_editor(args: &Args, ctx: &mut Ctx, store: &mut Store, notes: &[NoteNow], draft: &Draft) -> Result<(), Failure> {
    let editor = editor::named()?;
    let mut how = how(args);
    let mut meaning_known = args.meaning.is_some();
    loop {
        let Some(text) = draft.edit(&editor)? else {
            draft.drop_file();
            return tell(args, ctx, store, &Done::default());
        };
        let failure = match ops::edit::read(store, notes, &text)? {
            Err(faults) => refused(&draft.name(), &text, &faults),
            Ok(rewrites) => {
                if !meaning_known && rewrites.iter().any(|rewrite| rewrite.text != rewrite.opened.text) {
                    how.meaning = ask_meaning(ctx)?;
                    meaning_known = true;
                }
                match apply(ctx, store, rewrites, how) {
                    Ok(done) => {
                        draft.drop_file();
                        return tell(args, ctx, store, &done);
                    }
                    Err(Refusal::Conflict(conflicts)) => match ask_side(ctx, &conflicts)? {
                        Some(side) => {
                            let rewrites = ops::edit::read(store, notes, &text)?.unwrap_or_default();
                            let decided = How { side: Some(side), ..how };
                            let done = apply(ctx, store, rewrites, decided).map_err(|r| told(r, Some(draft)))?;
                            draft.drop_file();
                            return tell(args, ctx, store, &done);
                        }
                        None => {
                            draft.set(&with_theirs(&text, &conflicts))?;
                            told(Refusal::Conflict(conflicts), Some(draft))
                        }
                    },
                    Err(refusal) => told(refusal, Some(draft)),
                }
            }
        };
        if !in_terminal() {
            return Err(failure.hint(draft.how_to_resume()));
        }
        ctx.complain(&failure.to_string());
        if !asked_again(ctx)? {
            return Err(Failure::failed("nothing was changed").hint(draft.how_to_resume()));
        }
    }
}

/// The text with the one that is there now as a comment above it, so that opening it again is a choice between both.
fn with_theirs(text: &str, conflicts: &[Conflict]) -> String {
    let mut out = String::new();
    for conflict in conflicts {
        out.push_str("# The card as it is now; what you save below replaces it:\n");
        for line in conflict.theirs.lines() {
            out.push_str(&format!("#   {line}\n"));
        }
    }
    format!("{out}\n{text}")
}

fn ask_meaning(ctx: &mut Ctx) -> Result<Meaning, Failure> {
    if !in_terminal() {
        return Ok(Meaning::Typo);
    }
    loop {
        let question = "A typo (the schedule stays) or another meaning (it starts again, gently)? [T/m] ";
        match asked(ctx, question)?.as_deref() {
            None | Some("" | "t" | "typo") => return Ok(Meaning::Typo),
            Some("m" | "meaning") => return Ok(Meaning::Changed),
            Some(_) => {}
        }
    }
}

fn ask_side(ctx: &mut Ctx, conflicts: &[Conflict]) -> Result<Option<Side>, Failure> {
    if !in_terminal() {
        return Ok(None);
    }
    for line in both(conflicts) {
        ctx.line(line)?;
    }
    loop {
        match asked(ctx, "Take yours, theirs, or edit again? [y/t/E] ")?.as_deref() {
            Some("y" | "yours" | "mine") => return Ok(Some(Side::Mine)),
            Some("t" | "theirs") => return Ok(Some(Side::Theirs)),
            None | Some("" | "e" | "edit") => return Ok(None),
            Some(_) => {}
        }
    }
}

fn both(conflicts: &[Conflict]) -> Vec<String> {
    let mut lines = Vec::new();
    for conflict in conflicts {
        lines.push(format!("{} was changed elsewhere while you edited it. It is now:", one_line(&conflict.name)));
        lines.extend(printable(&conflict.theirs).lines().map(|line| format!("  {line}")));
        lines.push("Yours:".to_owned());
        lines.extend(printable(&conflict.mine).lines().map(|line| format!("  {line}")));
    }
    lines
}

pub(super) fn refused(name: &str, text: &str, faults: &[FileFault]) -> Failure {
    let mut failure = Failure::data(format!("nothing was changed: {}", counted(faults.len(), "fault", "faults")));
    failure.places = draw(name, text, faults);
    failure.hint("correct it and try again")
}

fn told(refusal: Refusal, draft: Option<&Draft>) -> Failure {
    match (refusal, draft) {
        (Refusal::Conflict(conflicts), draft) => {
            let mut failure = Failure::failed("nothing was changed: a card was changed elsewhere in the meantime");
            failure.places = both(&conflicts);
            let sides = || "--mine keeps yours, --theirs keeps the other one".to_owned();
            failure.hint(draft.map_or_else(sides, Draft::how_to_resume))
        }
        (Refusal::Failure(failure), None) => failure,
        (Refusal::Failure(failure), Some(draft)) => {
            let hint = failure.hint.clone().map_or_else(String::new, |hint| format!("{hint}. "));
            failure.hint(format!("{hint}{}", draft.how_to_resume()))
        }
    }
}

/// The text that --front, --back and --set make of a note.
fn by_hand(args: &Args, note: &NoteNow) -> Result<(Option<String>, NoteText), Failure> {
    let mut sets: Vec<(String, Vec<String>)> = Vec::new();
    let new_kind = args.set.iter().rev().find_map(|set| set.strip_prefix("kind="));
    let known = kind(new_kind.unwrap_or(&note.text.kind));
    let Some(known) = known else {
        return Err(Failure::usage(format!("`{}` is not a kind of card", one_line(new_kind.unwrap_or_default()))));
    };
    for (given, names) in [(&args.front, ["front", "prompt", "text"]), (&args.back, ["back", "answer", "answer"])] {
        let Some(given) = given else { continue };
        let field = known.fields().iter().find(|field| names.contains(&field.name)).ok_or_else(|| {
            let fields: Vec<&str> = known.fields().iter().map(|field| field.name).collect();
            Failure::usage(format!("a `{}` card has no {}", known.name(), names.first().unwrap_or(&"")))
                .hint(format!("name the field with --set; it has {}", fields.join(", ")))
        })?;
        sets.push((field.name.to_owned(), vec![given.clone()]));
    }
    for set in &args.set {
        let Some((field, value)) = set.split_once('=') else {
            return Err(Failure::usage(format!("`{}` sets nothing", one_line(set))).hint("write --set FIELD=VALUE"));
        };
        match sets.iter_mut().find(|(name, _)| name == field.trim()) {
            Some((_, values)) => values.push(value.to_owned()),
            None => sets.push((field.trim().to_owned(), vec![value.to_owned()])),
        }
    }
    let mut text = note.text.clone();
    let mut key = None;
    for (field, mut values) in sets {
        values.retain(|value| !value.trim().is_empty());
        set(&mut text, &mut key, known, &field, values)?;
    }
    Ok((key, text))
}

fn set(
    text: &mut NoteText,
    key: &mut Option<String>,
    known: &dyn CardKind,
    field: &str,
    values: Vec<String>,
) -> Result<(), Failure> {
    let one = || values.last().cloned();
    if let Some(own) = known.fields().iter().find(|own| own.name == field) {
        match (own.shape, values.as_slice()) {
            (_, []) => drop(text.fields.remove(field)),
            (Shape::Texts | Shape::Days, _) => drop(text.fields.insert(field.to_owned(), Value::Texts(values))),
            (Shape::Variants | Shape::Text, [value]) => {
                text.fields.insert(field.to_owned(), Value::Text(value.clone()));
            }
            (Shape::Variants | Shape::Text, _) => drop(text.fields.insert(field.to_owned(), Value::Texts(values))),
        }
        return Ok(());
    }
    match field {
        "key" => *key = one().map(|key| key_given(&key).map(str::to_owned)).transpose()?,
        "kind" => text.kind = one().unwrap_or_default(),
        "tags" => text.tags = values.iter().map(|tag| ops::bulk::tag(tag)).collect::<Result<_, _>>()?,
        "source" => text.source = values,
        "after" => text.after = values,
        "topic" => text.topic = one(),
        "speaker" => text.speaker = one(),
        "hint" => text.hint = one(),
        "extra" => text.extra = one(),
        "group" => text.group = one(),
        "form" => text.form = form_of(one().as_deref())?,
        "held_out" => text.held_out = is_true(field, one().as_deref())?,
        _ => {
            let shared = [
                "key", "kind", "tags", "source", "topic", "speaker", "hint", "extra", "group", "after", "held_out",
                "form",
            ];
            let own = known.fields().iter().map(|field| field.name);
            let fields: Vec<&str> = own.chain(shared).collect();
            let help = meant(field, fields.iter().copied());
            return Err(
                Failure::usage(format!("a `{}` card has no field `{}`", known.name(), one_line(field))).hint(help)
            );
        }
    }
    Ok(())
}

/// What a field that is true or false is to be; false where it is taken away.
fn is_true(field: &str, value: Option<&str>) -> Result<bool, Failure> {
    match value.map(str::trim) {
        Some("true") => Ok(true),
        None | Some("" | "false") => Ok(false),
        Some(other) => {
            Err(Failure::usage(format!("`{field}` can't be `{}`", one_line(other))).hint("give true or false"))
        }
    }
}

/// The form of that name; none where it is taken away.
fn form_of(name: Option<&str>) -> Result<Option<Form>, Failure> {
    let Some(name) = name.map(str::trim) else { return Ok(None) };
    let no_form =
        || Failure::usage(format!("`{}` is not a form of a check-up", one_line(name))).hint("give a, b or reserve");
    Form::of_name(name).map(Some).ok_or_else(no_form)
}

fn tell(args: &Args, ctx: &mut Ctx, store: &Store, done: &Done) -> Result<(), Failure> {
    for line in &done.talk {
        ctx.say(line);
    }
    if args.json {
        let today = ctx.stamp().today;
        let mut cards = Vec::new();
        for note in &done.notes {
            for card in store.cards_of_note(*note)? {
                let line = store.card(card)?;
                cards.extend(line.map(|line| json::Card::of(&line, today, &ctx.settings)));
            }
        }
        let label = (!done.notes.is_empty()).then(|| done.label.clone());
        return json::print(ctx, &Edited { changed: done.notes.len(), label, files: done.files.clone(), cards });
    }
    if done.notes.is_empty() {
        return ctx.line("nothing was changed");
    }
    ctx.line(&done.label)?;
    for file in &done.files {
        ctx.line(format!("changed {} with it", one_line(file)))?;
    }
    Ok(())
}

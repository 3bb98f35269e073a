use crate::cli::Ctx;
use crate::cli::history::words;
use crate::cli::json;
use crate::core::fact::Fact;
use crate::core::state::Memory;
use crate::core::text::one_line;
use crate::core::units::Ease;
use crate::failure::Failure;
use crate::ops::card_details::is_of_source;
use crate::store::Happened;
use crate::store::HistoryRow;
use serde::Serialize;

/// Show everything about one card
///
/// Its text, its schedule and its history; and if it had several texts, all of them: yours and those of its file, even those
/// that are not shown.
#[derive(Debug, clap::Args)]
#[command(
    alias = "view",
    after_help = "\
Examples:
  lmq show quotes/q14-ladder#1
  lmq show 35a38e85 --json"
)]
pub(super) struct Args {
    /// The card: deck/key, deck/key#number, the key alone, or the beginning of its id
    card: String,

    /// Print the card as JSON, with its events
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    card: json::Card,
    events: Vec<json::History>,
    texts: Vec<json::History>,
}

/// Whether a row gave the card's note a text.
fn is_text(row: &HistoryRow) -> bool {
    matches!(&row.what, Happened::Fact { fact: Fact::Brought { .. } | Fact::Edited { .. }, .. })
}

/// The ease factor; a new card has the one that it would begin with.
fn ease(memory: Option<&Memory>) -> String {
    let ease = memory.map_or(Some(Ease::START), Memory::ease);
    ease.map_or_else(|| "–".to_owned(), |ease| format!("{:.2}", ease.decimal()))
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let card = ctx.card_ever(&store, &args.card)?;
    let today = ctx.stamp().today;
    let line = store.card(card)?.ok_or_else(|| {
        Failure::failed("there is no text for this card yet").hint("import the deck that it belongs to")
    })?;
    let (mut rows, mut texts) = (Vec::new(), Vec::new());
    store.history(Some(card), |row| {
        if is_text(&row) {
            texts.push(row);
        } else if !is_of_source(&row) {
            rows.push(row);
        }
        Ok(())
    })?;
    if args.json {
        let whole = Whole {
            card: json::Card::of(&line, today, &ctx.settings),
            events: rows.iter().map(json::History::of).collect(),
            texts: texts.iter().map(json::History::of).collect(),
        };
        return json::print(ctx, &whole);
    }
    ctx.line(one_line(&line.name()))?;
    ctx.line("")?;
    let text = &line.text;
    let mut parts = vec![text.prompt_document(card.ordinal), text.answer_document(card.ordinal)];
    parts.extend(text.extra.as_ref().map(|extra| text.document(extra)));
    // Of what was erased there is none.
    parts.retain(|part| !part.blocks.is_empty());
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            ctx.line("")?;
        }
        for line in crate::ui::shown_lines(part) {
            let is_prompt = place == 0 && ctx.screen_reader;
            let line = if is_prompt { crate::ui::spoken::prompt(&line, text) } else { line };
            ctx.line(if line.is_empty() { line } else { format!("  {line}") })?;
        }
    }
    ctx.line("")?;
    let memory = line.state.memory.as_ref();
    let mut facts = vec![
        ("id", line.card.to_string()),
        ("deck", line.deck_name.clone()),
        ("kind", line.text.kind.clone()),
        ("state", line.word(today, ctx.settings.of_deck(&line.deck_name).drill()).to_owned()),
        (
            "due",
            match memory {
                _ if line.retired && !line.erased => "–".to_owned(),
                Some(memory) => memory.due.iso(),
                None => "not yet asked".to_owned(),
            },
        ),
        ("interval", memory.map_or_else(|| "–".to_owned(), |m| m.interval.short())),
        ("ease", ease(memory)),
        ("repetitions", memory.map_or(0, |m| m.repetitions).to_string()),
        ("lapses", line.state.lapses().to_string()),
    ];
    facts.extend(line.topic.clone().map(|topic| ("topic", topic)));
    facts.extend(line.text.speaker.as_ref().map(|speaker| ("speaker", line.text.line(speaker))));
    if !line.text.markup.is_usual() {
        facts.push(("markup", line.text.markup.name().to_owned()));
    }
    if !line.text.tags.is_empty() {
        facts.push(("tags", line.text.tags.join(", ")));
    }
    if !line.text.source.is_empty() {
        facts.push(("source", line.text.source.join(", ")));
    }
    for (label, value) in facts {
        ctx.line(format!("{label:<12} {}", one_line(&value)))?;
    }
    let several = if texts.len() > 1 { texts.as_slice() } else { &[] };
    for rows in [several, &rows].into_iter().filter(|rows| !rows.is_empty()) {
        ctx.line("")?;
        for row in rows {
            ctx.line(words(&store, row)?)?;
        }
    }
    Ok(())
}

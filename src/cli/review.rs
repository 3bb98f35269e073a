use crate::cli::Ctx;
use crate::cli::checkup::COMMAND;
use crate::cli::checkup::offered;
use crate::cli::editor::Named;
use crate::cli::parse;
use crate::cli::screen;
use crate::cli::screen::keys;
use crate::cli::screen::stops;
use crate::core::grade::Scale;
use crate::core::id::CardId;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops;
use crate::ops::checkup::Offer;
use crate::ops::queue::Options;
use crate::ops::review::Review;
use crate::store::Store;
use crate::ui;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// Review what is due and meet new cards
///
/// In a terminal single keys answer and grade; `?` lists them. Through a pipe, or with --plain, the same session works line by
/// line, and leaves out the question whether you did what the last session suggested. Each answer is saved before the next
/// card shows, so you can leave at any moment.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq review                       all decks, within the day's limits
  lmq review skills --minutes 5    one deck, five minutes
  lmq review -n 20                 twenty reviews at most
  lmq review --new 0               reviews only
  lmq review --ahead 3             also what falls due within three days
  lmq review --cram quotes         ask without changing any schedule
  lmq review --search 'tag:team lapses>2'")]
pub(super) struct Args {
    /// Decks, by id or name; `a` means `a::b` too [default: all]
    decks: Vec<String>,

    /// Reviews at most in this session, instead of what is left of the day's limit
    #[arg(long, short = 'n', value_name = "N", value_parser = parse::count)]
    limit: Option<usize>,

    /// New cards at most in this session, instead of what is left of the day's limit
    #[arg(long, value_name = "N", value_parser = parse::count)]
    new: Option<usize>,

    /// Stop after M minutes, once the current card is answered; 0 for no limit [default: the setting `session_minutes` where a
    /// person answers, no limit through a pipe]
    #[arg(long, value_name = "M", value_parser = |text: &str| parse::number(text, 0, 1440))]
    minutes: Option<u32>,

    /// Also ask what falls due within so many days
    #[arg(long, value_name = "DAYS", value_parser = |text: &str| parse::number(text, 0, 36_500), default_value = "0", hide_default_value = true)]
    ahead: u32,

    /// Ask all cards of the decks without changing any schedule
    #[arg(long, conflicts_with = "ahead")]
    cram: bool,

    /// Only cards that match this search, written as for `lmq cards`
    #[arg(long, value_name = "QUERY")]
    search: Option<String>,

    /// Work line by line, without single keys or escape codes: for screen readers and scripts
    #[arg(long)]
    plain: bool,

    /// Don't ask about a clock that seems wrong
    #[arg(long, short)]
    yes: bool,

    /// Grade with four buttons or with SM-2's 0 to 5
    #[arg(long, value_name = "SCALE", value_parser = ["four", "sm2"])]
    scale: Option<String>,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let mut store = ctx.store()?;
    let mut settings = ctx.settings.clone();
    if let Some(scale) = args.scale.as_deref() {
        let scale = if scale == "sm2" { Scale::Sm2 } else { Scale::Four };
        for settings in settings.decks.values_mut() {
            settings.scale = scale;
        }
        settings.scale = scale;
    }
    crate::cli::config::warn_of_decks(ctx, &store)?;
    let among: Option<BTreeSet<CardId>> = match &args.search {
        Some(query) => {
            let today = ops::stamp(&ctx.env, &settings).today;
            let found: BTreeSet<CardId> = ops::search::cards(&store, &settings, today, query)?.into_iter().collect();
            if found.is_empty() {
                return ctx.line(format!("no card matches `{}`", one_line(query)));
            }
            Some(found)
        }
        None => None,
    };
    let matching = among.as_ref().map(BTreeSet::len);
    let terminals = Env::terminals();
    let over_lines = screen::is_over_lines(ctx, args.plain);
    let options = Options {
        // A search names its cards, wherever they are.
        decks: match &among {
            Some(_) => ops::decks::named(&store, &args.decks)?,
            None => ops::decks::asked(&store, &settings, &args.decks)?,
        },
        limit: args.limit,
        new: args.new,
        // A script has no ten minutes: what it asks for may not depend on how fast a machine is.
        minutes: args.minutes.or_else(|| terminals.stdin.then_some(settings.session_minutes)),
        ahead: args.ahead,
        cram: args.cram,
        among,
    };
    ctx.ask_about_clock(args.yes)?;
    let when = ops::stamp_of_sitting(&store, &ctx.env, &settings)?;
    if let Some(comeback) = &ops::day::comeback(&store, &settings, when)? {
        ctx.say(&ui::words::comeback(comeback));
    }
    // The first screen offers it by itself, and a program is not asked.
    if over_lines && terminals.stdin {
        offer_baseline(&store, ctx)?;
    }
    let mut review = Review::new(&mut store, &ctx.env, settings, &options)?;
    if let (Some(matching), 0) = (matching, review.session().waiting().all())
        && !review.waits()?.nothing.is_some_and(|why| why.is_held_back() || why.paused_until.is_some())
    {
        let cards = counted(matching, "card matches, but it is not", "cards match, but none of them is");
        return ctx.line(format!("{cards} due now; with --cram you are asked without changing any schedule"));
    }
    let editor = Named { db: ctx.db.clone() };
    let look = screen::look(ctx);
    if over_lines {
        let mut input = crate::cli::screen::lines(terminals.stdin)?;
        ui::plain(&mut review, &mut *input, &mut ctx.out, look, terminals.stdin, &editor)?;
        let answered = review.session().answers() > 0;
        tell_of_backup(&mut review, ctx);
        return offer_checkup(&store, ctx, answered);
    }
    let keys = keys(&ctx.settings)?;
    let stop = stops()?;
    let summary = ui::review(&mut review, look, &keys, &|| stop.load(Ordering::Relaxed), &editor)?;
    let answered = review.session().answers() > 0;
    tell_of_backup(&mut review, ctx);
    for line in summary {
        ctx.sentence(&line)?;
    }
    offer_checkup(&store, ctx, answered)
}

/// Says so where the day's backup could not be made.
fn tell_of_backup(review: &mut Review<'_>, ctx: &Ctx) {
    if let Some(said) = review.end_backup() {
        ctx.say(&said);
    }
}

/// Before a sitting: the check-up that can still be a baseline, if any.
fn offer_baseline(store: &Store, ctx: &Ctx) -> Result<(), Failure> {
    let is_start = |offer: &Offer| matches!(offer, Offer::Due { is_start: true, .. });
    if let Some(offer) = offered(store, ctx, COMMAND, is_start)? {
        ctx.say(&offer);
    }
    Ok(())
}

/// After a sitting in which something was answered: the check-up that is due, if any.
fn offer_checkup(store: &Store, ctx: &mut Ctx, answered: bool) -> Result<(), Failure> {
    ctx.say_left_out(store);
    match offered(store, ctx, COMMAND, |_| true)? {
        Some(offer) if answered && !ctx.quiet => ctx.sentence(&offer),
        _ => Ok(()),
    }
}

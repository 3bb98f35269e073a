use crate::cli::Ctx;
use crate::cli::json;
use crate::cli::output::wrapped;
use crate::cli::parse;
use crate::cli::screen;
use crate::cli::screen::keys;
use crate::cli::screen::stops;
use crate::core::card::Form;
use crate::core::checkup::Taken;
use crate::core::checkup::change::baseline;
use crate::core::checkup::change::before_and_after;
use crate::core::checkup::change::change;
use crate::core::checkup::change::conclusion;
use crate::core::text::one_line;
use crate::core::totals::wilson;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::checkup::CheckupEnd;
use crate::ops::checkup::CheckupSession;
use crate::ops::checkup::MissedScene;
use crate::ops::checkup::Offer;
use crate::ops::checkup::offer;
use crate::store::Store;
use crate::ui;
use serde::Serialize;
use std::io;
use std::sync::atomic::Ordering;

/// Test yourself on scenes that you have never practised
///
/// A check-up asks scenes that no review asks: sixteen in about six minutes if a deck has two sets of them, as the built-in one
/// has, otherwise eight in three. You learn at the end what you missed, and why. Schedules stay as they are. lmq offers a
/// check-up on your first day, then after 30, 180 and 365 days; you may take one at any time. One that you finish before your
/// tenth card is the baseline that later ones are compared with. Each answer is saved before the next scene shows, so that you
/// can leave and continue on the same day.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq checkup                  a whole set of scenes
  lmq checkup --minutes 3      fewer scenes, so a less precise result
  lmq checkup --plain --yes    line by line, without a question first
  lmq stats --all              all check-ups, before and after")]
pub(super) struct Args {
    /// Stop after M minutes; a scene takes about 22 seconds [default: a whole set, or 3]
    #[arg(long, value_name = "M", value_parser = |text: &str| parse::number(text, 1, 120))]
    minutes: Option<u32>,

    /// Work line by line, without single keys or escape codes: for screen readers and scripts
    #[arg(long)]
    plain: bool,

    /// Begin without asking
    #[arg(long)]
    yes: bool,

    /// Print the result as JSON; the scenes go to standard error
    #[arg(long)]
    json: bool,
}

/// A range of shares.
#[derive(Serialize)]
struct Range {
    low: f64,
    high: f64,
}

/// Right of asked in a topic.
#[derive(Serialize)]
struct Topic {
    topic: String,
    right: u64,
    asked: u64,
}

/// A check-up as JSON has it; while it can still go on nothing is said about right or wrong.
#[derive(Serialize)]
struct Line {
    checkup: usize,
    day: String,
    finished: bool,
    form: Option<&'static str>,
    baseline: bool,
    asked: u64,
    right: Option<u64>,
    range: Option<Range>,
    topics: Vec<Topic>,
}

/// A change as JSON has it.
#[derive(Serialize)]
struct ScoreChange {
    baseline: usize,
    latest: usize,
    difference: f64,
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct CheckupResult {
    this: Option<Line>,
    planned: usize,
    all: Vec<Line>,
    missed: Vec<Wrong>,
    change: Option<ScoreChange>,
    conclusion: String,
}

/// A scene that was answered wrong.
#[derive(Serialize)]
struct Wrong {
    card: String,
    topic: Option<String>,
    prompt: String,
    response: Option<String>,
    answer: String,
    extra: Option<String>,
}

impl Wrong {
    fn of(scene: &MissedScene) -> Self {
        Self {
            card: scene.card.to_string(),
            topic: scene.topic.clone(),
            prompt: scene.prompt.clone(),
            response: scene.response.clone(),
            answer: scene.answer.clone(),
            extra: scene.extra.clone(),
        }
    }
}

fn rounded(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

fn line(place: usize, one: &Taken, is_baseline: bool, open: bool) -> Line {
    let range = wilson(one.score.passed, one.score.all).filter(|_| !open);
    let topics = one.topics.iter().filter(|_| !open);
    Line {
        checkup: place + 1,
        day: one.day.iso(),
        finished: one.finished,
        form: one.form.map(Form::name),
        baseline: is_baseline,
        asked: one.score.all,
        right: (!open).then_some(one.score.passed),
        range: range.map(|(low, high)| Range { low: rounded(low), high: rounded(high) }),
        topics: topics
            .map(|(topic, score)| Topic { topic: one_line(topic), right: score.passed, asked: score.all })
            .collect(),
    }
}

fn to_json(outcome: &CheckupEnd, today: crate::core::study_day::StudyDay) -> CheckupResult {
    let lines = |all: &[Taken]| -> Vec<Line> {
        let start = baseline(all);
        let line = |(place, one)| line(place, one, Some(one) == start, !one.finished && one.day == today);
        all.iter().enumerate().map(line).collect()
    };
    let place = |wanted: &Taken| outcome.all.iter().position(|one| one == wanted).unwrap_or(0);
    let change = before_and_after(&outcome.all).and_then(|(before, latest)| {
        let (difference, low, high) = change(before.score, latest.score)?;
        let [difference, low, high] = [difference, low, high].map(rounded);
        Some(ScoreChange { baseline: place(before) + 1, latest: place(latest) + 1, difference, low, high })
    });
    CheckupResult {
        this: outcome.this.as_ref().and_then(|this| lines(&outcome.all).into_iter().nth(place(this))),
        planned: outcome.planned,
        all: lines(&outcome.all),
        missed: outcome.missed.iter().map(Wrong::of).collect(),
        change,
        conclusion: conclusion(&outcome.all),
    }
}

/// How a check-up begins.
pub(super) const COMMAND: &str = "`lmq checkup`";

/// The offer of a check-up, where one is due that is `wanted`; `begin` says how it begins here.
pub(super) fn offered(
    store: &Store,
    ctx: &Ctx,
    begin: &str,
    wanted: fn(&Offer) -> bool,
) -> Result<Option<String>, Failure> {
    let offer: Option<Offer> = offer(store, &ctx.settings, ctx.stamp().today)?;
    Ok(offer.filter(wanted).map(|offer| ui::checkup::offer(offer, begin)))
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let mut store = ctx.store()?;
    ctx.ask_about_clock(args.yes)?;
    let settings = ctx.settings.clone();
    let mut sitting = CheckupSession::new(&mut store, &ctx.env, settings, args.minutes)?;
    let terminals = Env::terminals();
    let look = screen::look(ctx);
    if screen::is_over_lines(ctx, args.plain) {
        let mut input = crate::cli::screen::lines(terminals.stdin)?;
        let mut err = io::stderr().lock();
        let out: &mut dyn io::Write = if args.json { &mut err } else { &mut ctx.out };
        ui::checkup::plain(&mut sitting, &mut *input, out, look, terminals.stdin, !args.yes)?;
    } else {
        let keys = keys(&ctx.settings)?;
        let stop = stops()?;
        let editor = crate::cli::editor::Named { db: ctx.db.clone() };
        ui::checkup_screen(&mut sitting, look, &keys, &|| stop.load(Ordering::Relaxed), &editor, !args.yes)?;
    }
    let outcome = sitting.outcome()?;
    let today = sitting.today();
    if args.json {
        return json::print(ctx, &to_json(&outcome, today));
    }
    for line in ui::checkup::result(&outcome) {
        let line = crate::core::text::printable(&line);
        if look.spoken {
            ctx.line(line.trim_start())?;
        } else {
            ctx.exactly(wrapped(&line, look.width.clamp(20, 100)))?;
        }
    }
    Ok(())
}

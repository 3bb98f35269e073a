//! What every full screen needs of the command line: the keys in force, and word of the signals that end it.

use crate::cli::Ctx;
use crate::core::settings::Settings;
use crate::core::settings::Theme;
use crate::env::Env;
use crate::failure::Failure;
use crate::ui;
use crate::ui::keymap::Keymap;
use signal_hook::consts::SIGINT;
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

/// How things are shown in this terminal.
pub(super) fn look(ctx: &Ctx) -> ui::Look {
    let [term, colorterm, colorfgbg] = Env::terminal_colours();
    let terminal = ui::Terminal { term: &term, colorterm: &colorterm, colorfgbg: &colorfgbg };
    ui::Look {
        colour: ctx.colour && ctx.settings.theme != Theme::Mono,
        width: ui::width(),
        links: Env::shows_links(),
        palette: ui::Palette::of(ctx.settings.theme, terminal),
        spoken: ctx.screen_reader,
    }
}

/// Whether a sitting goes line by line: that was asked for, or no screen can be drawn here.
pub(super) fn is_over_lines(ctx: &Ctx, plain: bool) -> bool {
    let terminals = Env::terminals();
    plain || ctx.screen_reader || !terminals.stdin || !terminals.stdout || Env::dumb_terminal()
}

/// The bindings in force.
pub(super) fn keys(settings: &Settings) -> Result<Keymap, Failure> {
    Keymap::new(settings.key_preset, &settings.keys).map_err(|error| {
        Failure::data("the keys in the settings can't be bound")
            .at(error.to_string())
            .hint("`lmq config path` says where the settings are; remove the line or choose another key")
    })
}

/// The lines of a session over lines; `typed` where a person types them.
pub(super) fn lines(typed: bool) -> Result<Box<dyn ui::Lines>, Failure> {
    if typed {
        // No thread may wait for what is typed: an editor that is opened meanwhile has to get it.
        return Ok(Box::new(ui::Typed(std::io::stdin().lock())));
    }
    let input = Env::input();
    let input = input.map_err(|error| Failure::failed("cannot read standard input").at(error.to_string()))?;
    Ok(Box::new(ui::Piped::new(input)))
}

/// How long a front end gets to leave by itself, and Ctrl-C is still an editor's that has closed.
const GRACE: std::time::Duration = std::time::Duration::from_secs(1);

/// Programs that have the terminal now, or had it a moment ago.
static LENT: AtomicUsize = AtomicUsize::new(0);

/// Whether a full screen hears the signals.
static SCREEN: AtomicBool = AtomicBool::new(false);

/// The terminal in the hands of another program. Ctrl-C is meant for that, also where it was pressed once too often as it closed.
pub(super) struct Lent;

impl Lent {
    pub(super) fn new() -> Self {
        static OVER_LINES: Once = Once::new();
        LENT.fetch_add(1, Ordering::Relaxed);
        if !SCREEN.load(Ordering::Relaxed) {
            OVER_LINES.call_once(|| {
                let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT]) else { return };
                std::thread::spawn(move || {
                    // Who listens once has to do what the signal does otherwise: nobody else will.
                    for _ in signals.forever().filter(|_| LENT.load(Ordering::Relaxed) == 0) {
                        signal_hook::low_level::emulate_default_handler(SIGINT).ok();
                    }
                });
            });
        }
        Self
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        std::thread::spawn(|| {
            std::thread::sleep(GRACE);
            LENT.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// Set when the program is told to end; the terminal is given back before it does.
///
/// A terminal that is gone reads as an endless empty input, in which the library below loops for ever without asking
/// anybody. Every answer is on the disk already, so whoever has not left after a moment is ended.
#[expect(clippy::exit, reason = "the thread that could return is stuck in a terminal that is gone")]
pub(super) fn stops() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    SCREEN.store(true, Ordering::Relaxed);
    let wanted = [signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP, SIGINT];
    let mut signals = signal_hook::iterator::Signals::new(wanted)
        .map_err(|error| Failure::failed("cannot listen to signals").at(error.to_string()))?;
    let told = Arc::clone(&stop);
    std::thread::spawn(move || {
        let is_ours = |signal: &i32| *signal != SIGINT || LENT.load(Ordering::Relaxed) == 0;
        if let Some(signal) = signals.forever().find(is_ours) {
            told.store(true, Ordering::Relaxed);
            std::thread::sleep(GRACE);
            ui::give_back();
            std::process::exit(128 + signal);
        }
    });
    Ok(stop)
}

//! The terminal: taken over for a while, and given back as it was, whatever happens.

use crate::failure::Failure;
use crate::ui::tui::canvas::Canvas;
use crossterm::cursor::Show;
use crossterm::event;
use crossterm::event::DisableBracketedPaste;
use crossterm::event::DisableMouseCapture;
use crossterm::event::EnableBracketedPaste;
use crossterm::event::EnableMouseCapture;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyEventKind;
use crossterm::event::KeyModifiers;
use crossterm::event::MouseEventKind;
use crossterm::execute;
use crossterm::style::force_color_output;
use crossterm::terminal::DisableLineWrap;
use crossterm::terminal::EnableLineWrap;
use crossterm::terminal::EndSynchronizedUpdate;
use crossterm::terminal::EnterAlternateScreen;
use crossterm::terminal::LeaveAlternateScreen;
use crossterm::terminal::disable_raw_mode;
use crossterm::terminal::enable_raw_mode;
use crossterm::terminal::is_raw_mode_enabled;
use ratatui::Frame;
use ratatui::layout::Size;
use std::io;
use std::io::Stdout;
use std::time::Duration;

/// How often a waiting program looks whether it should stop.
const TICK: Duration = Duration::from_millis(250);

/// How long to wait whether a key is held: keyboards repeat 15 to 40 times a second.
const REPEAT: Duration = Duration::from_millis(80);

/// For so long after an editor closed, or until another key comes, Ctrl-C was meant for it.
const CLOSED: Duration = Duration::from_secs(1);

/// A key that comes sooner than this after the last one, or after the screen changed, was not meant for what is shown.
pub(super) const LOOK_MS: u64 = 150;

/// The same key again within so many milliseconds may be one that is held.
pub(super) const HELD_MS: u64 = 1000;

/// Silence and a look, before a key may act: a held key or type-ahead never grades or moves an unseen card.
#[derive(Debug)]
pub(super) struct Guard {
    shown_at: u64,
    last_key: u64,
    look_ms: u64,
    /// Whether a key of its own has come since the screen changed: what follows it, however fast, is meant for it.
    settled: bool,
}

/// What a key that has come may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Came {
    /// It stands for itself: no key came just before it.
    pub(super) alone: bool,
    /// What is shown has been there for the least look.
    pub(super) looked: bool,
    /// It is meant for what is shown: it, or a key before it, came alone after the screen changed.
    pub(super) meant: bool,
}

impl Came {
    /// Whether it may reveal, grade, or move the card.
    pub(super) fn acts(self) -> bool {
        self.alone && self.looked
    }
}

impl Guard {
    /// With the learner's own least look, which can only be a longer one.
    pub(super) fn new(look_ms: u32) -> Self {
        Self { shown_at: 0, last_key: 0, look_ms: u64::from(look_ms).max(LOOK_MS), settled: false }
    }

    /// Another deck may want another look.
    pub(super) fn look(&mut self, look_ms: u32) {
        self.look_ms = u64::from(look_ms).max(LOOK_MS);
    }

    /// Something new is on the screen.
    pub(super) fn shown(&mut self, now: u64) {
        self.shown_at = now;
        self.settled = false;
    }

    /// A key came; what it may do.
    pub(super) fn came(&mut self, now: u64) -> Came {
        let alone = now.saturating_sub(self.last_key) >= LOOK_MS;
        let since = now.saturating_sub(self.shown_at);
        self.last_key = now;
        self.settled |= alone && since >= LOOK_MS;
        Came { alone, looked: since >= self.look_ms, meant: self.settled }
    }

    /// A key came; whether it may act on what is shown.
    pub(super) fn admits(&mut self, now: u64) -> bool {
        self.came(now).acts()
    }
}

/// Whether a key leaves whatever it is pressed in: Ctrl-C and Ctrl-D, which nobody can bind.
pub(super) fn leaves(key: &KeyEvent) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && matches!(key.code, KeyCode::Char('c' | 'd'))
}

pub(super) fn broken(error: &io::Error) -> Failure {
    Failure::output(error)
}

/// The terminal in our hands. Dropping it gives it back, also on an error.
pub(super) struct Term {
    canvas: Canvas<Stdout>,
    /// Whether a new size came among what was dropped.
    was_resized: bool,
    /// What came while somebody waited for what follows a key.
    ahead: Option<Event>,
    /// Whether an editor had the terminal just before: who closes it may press Ctrl-C once too often.
    was_lent: bool,
    /// Whether the mouse is ours too. Where it is not, the terminal selects text with it.
    has_mouse: bool,
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    // What a terminal draws wider than it was counted stays in its row.
    execute!(io::stdout(), EnterAlternateScreen, DisableLineWrap, EnableBracketedPaste)
}

/// Gives the terminal back as it was, if it was taken, and as far as it is still there.
pub fn give_back() {
    if !is_raw_mode_enabled().unwrap_or(true) {
        return;
    }
    let out = &mut io::stdout();
    execute!(out, EndSynchronizedUpdate, DisableMouseCapture, DisableBracketedPaste, EnableLineWrap).ok();
    execute!(out, LeaveAlternateScreen, Show).ok();
    disable_raw_mode().ok();
}

impl Drop for Term {
    fn drop(&mut self) {
        give_back();
    }
}

impl Term {
    pub(super) fn new() -> Result<Self, Failure> {
        // Whether there are colours was decided before (`Look`): `--color always` outdoes NO_COLOR, which crossterm would obey.
        force_color_output(true);
        take().map_err(|error| broken(&error))?;
        match Canvas::new(io::stdout()) {
            Ok(canvas) => Ok(Self { canvas, was_resized: false, ahead: None, was_lent: false, has_mouse: false }),
            Err(error) => {
                give_back();
                Err(broken(&error))
            }
        }
    }

    pub(super) fn draw(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> Result<(), Failure> {
        self.canvas.draw(paint).map_err(|error| broken(&error))
    }

    /// Takes the mouse for this screen, or leaves it to the terminal.
    pub(super) fn mouse(&mut self, has_mouse: bool) -> Result<(), Failure> {
        let told = match has_mouse {
            true => execute!(io::stdout(), EnableMouseCapture),
            false => execute!(io::stdout(), DisableMouseCapture),
        };
        self.has_mouse = has_mouse;
        told.map_err(|error| broken(&error))
    }

    /// The terminal again, after somebody else had it.
    fn retake(&mut self) -> Result<(), Failure> {
        take().map_err(|error| broken(&error))?;
        if self.has_mouse {
            self.mouse(true)?;
        }
        self.canvas.clear().map_err(|error| broken(&error))
    }

    /// Columns and rows of the screen.
    pub(super) fn size(&self) -> Result<Size, Failure> {
        self.canvas.size().map_err(|error| broken(&error))
    }

    /// Whether something has come or comes within so long.
    pub(super) fn has_event(&self, patience: Duration) -> Result<bool, Failure> {
        Ok(self.ahead.is_some() || event::poll(patience).map_err(|error| broken(&error))?)
    }

    /// The next key or paste; `None` when the screen has to be drawn again (a new size), or `stop` says so.
    pub(super) fn next(&mut self, stop: &dyn Fn() -> bool) -> Result<Option<Event>, Failure> {
        if std::mem::take(&mut self.was_lent) {
            while self.ahead.is_none() && event::poll(CLOSED).map_err(|error| broken(&error))? {
                self.ahead = Some(event::read().map_err(|error| broken(&error))?)
                    .filter(|event| !event.as_key_press_event().is_some_and(|key| leaves(&key)));
            }
        }
        loop {
            if stop() || std::mem::take(&mut self.was_resized) {
                return Ok(None);
            }
            if self.ahead.is_none() && !event::poll(TICK).map_err(|error| broken(&error))? {
                continue;
            }
            let event = match self.ahead.take() {
                Some(event) => event,
                None => event::read().map_err(|error| broken(&error))?,
            };
            match event {
                Event::Key(key) if key.kind == KeyEventKind::Press => {
                    if key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL) {
                        self.suspend()?;
                        return Ok(None);
                    }
                    return Ok(Some(Event::Key(key)));
                }
                Event::Paste(text) => return Ok(Some(Event::Paste(text))),
                Event::Resize(_, _) => return Ok(None),
                // Where it only moves nothing happens.
                Event::Mouse(mouse) if !matches!(mouse.kind, MouseEventKind::Moved | MouseEventKind::Drag(_)) => {
                    return Ok(Some(Event::Mouse(mouse)));
                }
                Event::Key(_) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => {}
            }
        }
    }

    /// The key that follows within so long, if one does; it stays to be read.
    pub(super) fn follows(&mut self, patience: Duration) -> Result<Option<KeyEvent>, Failure> {
        if self.ahead.is_none() && event::poll(patience).map_err(|error| broken(&error))? {
            self.ahead = Some(event::read().map_err(|error| broken(&error))?);
        }
        Ok(self.ahead.as_ref().and_then(Event::as_key_press_event))
    }

    /// Whether another key follows at once, as it does while one is held. What follows is dropped.
    pub(super) fn repeats(&mut self) -> Result<bool, Failure> {
        let held = event::poll(REPEAT).map_err(|error| broken(&error))?;
        if held {
            self.drain()?;
        }
        Ok(held)
    }

    /// Drops what was typed before the screen changed; a new size is drawn all the same.
    pub(super) fn drain(&mut self) -> Result<(), Failure> {
        self.was_resized |= matches!(self.ahead.take(), Some(Event::Resize(..)));
        while event::poll(Duration::ZERO).map_err(|error| broken(&error))? {
            let dropped = event::read().map_err(|error| broken(&error))?;
            self.was_resized |= matches!(dropped, Event::Resize(..));
        }
        Ok(())
    }

    /// Gives the terminal to somebody else (an editor) and takes it again, also where that failed. What was typed
    /// meanwhile was theirs.
    pub(super) fn lend<T>(&mut self, work: impl FnOnce() -> T) -> Result<T, Failure> {
        give_back();
        let done = work();
        self.retake()?;
        self.drain()?;
        self.was_lent = true;
        Ok(done)
    }

    /// Ctrl-Z: the terminal is given back, and taken again when the shell says `fg`.
    #[cfg(unix)]
    fn suspend(&mut self) -> Result<(), Failure> {
        give_back();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)
            .map_err(|error| broken(&error))?;
        self.retake()
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_key_acts_once_and_then_not_before_it_is_released() {
        let mut guard = Guard::new(0);
        guard.shown(1000);
        assert!(!guard.admits(1020), "nobody saw the card yet");
        assert!(guard.admits(1200));
        guard.shown(1201);
        let repeats: Vec<bool> = (0..50).map(|i| guard.admits(1700 + i * 30)).collect();
        assert_eq!(repeats.iter().filter(|acts| **acts).count(), 1, "the first repeat comes after a look of 500 ms");
        guard.shown(1701);
        assert!(!repeats[1..].contains(&true));
        assert!(guard.admits(5000));
    }

    #[test]
    fn a_least_look_makes_a_key_wait_longer() {
        let mut guard = Guard::new(2000);
        guard.shown(1000);
        assert!(!guard.admits(2900));
        assert!(guard.admits(3100));
    }
}

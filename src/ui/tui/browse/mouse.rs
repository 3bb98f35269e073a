//! The mouse in the list: the wheel scrolls what is under it, and what is clicked does what its key does.

use crate::failure::Failure;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::browse::Browser;
use crate::ui::tui::pages::WHEEL;
use crate::ui::tui::paint::piece_at;
use crate::ui::tui::term::Term;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use crossterm::event::MouseButton;
use crossterm::event::MouseEvent;
use crossterm::event::MouseEventKind;
use ratatui::layout::Position;
use ratatui::layout::Rect;

/// Two clicks within so many milliseconds are one double click.
const DOUBLE_MS: u64 = 400;

/// What the mouse does, for the help.
pub(super) const MOUSE: &str = "A click chooses a card, a double click opens it, the wheel scrolls the list or the card. A click on \
     the top line filters, one on the head of a column sorts, one on a key below presses it. With Shift the terminal selects text, as \
     elsewhere; the setting `mouse` leaves the mouse to it altogether.";

impl Browser<'_, '_> {
    /// Does what the mouse asks for; whether the screen is left.
    pub(super) fn mouse(
        &mut self,
        mouse: MouseEvent,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<bool, Failure> {
        let screen = Rect::from((Position::ORIGIN, term.size()?));
        let places = self.places(screen, with.look).0;
        let at = Position { x: mouse.column, y: mouse.row };
        let down = match mouse.kind {
            MouseEventKind::ScrollDown => true,
            MouseEventKind::ScrollUp => false,
            MouseEventKind::Down(MouseButton::Left) => {
                let foot = places.foot;
                if places.head.contains(at) {
                    self.typing = true;
                } else if places.heads.contains(at) {
                    self.sort_at(at.x - places.heads.x)?;
                } else if at.y + 1 == foot.y + foot.height && !self.typing {
                    let hints = self.hints(with);
                    let key = KeyEvent::new(KeyCode::Null, KeyModifiers::NONE);
                    let pressed = piece_at(&hints, usize::from(at.x.saturating_sub(foot.x)));
                    if let Some(command) = pressed.and_then(|place| self.hinted(with).get(place).map(|hint| hint.0)) {
                        return self.obey(command, &key, term, with);
                    }
                } else {
                    self.click(at, term, with)?;
                }
                return Ok(false);
            }
            _ => return Ok(false),
        };
        if places.preview.is_some_and(|preview| preview.contains(at)) {
            let scroll = self.preview_scroll();
            let to = if down { scroll.saturating_add(WHEEL) } else { scroll.saturating_sub(WHEEL) };
            self.preview.set((self.row(), to));
        } else {
            let last = self.rows.len().saturating_sub(1);
            let wheel = usize::from(WHEEL);
            self.go_to(if down { (self.chosen + wheel).min(last) } else { self.chosen.saturating_sub(wheel) });
        }
        Ok(false)
    }

    /// A click chooses a card, a second one on it opens its page.
    fn click(&mut self, at: Position, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let place = self.top + usize::from(at.y.saturating_sub(self.list.y));
        if !self.list.contains(at) || place >= self.rows.len() {
            return Ok(());
        }
        let now = self.workspace.ticks_ms();
        let again = self.clicked.is_some_and(|(row, then)| row == place && now.saturating_sub(then) < DOUBLE_MS);
        (self.typing, self.clicked) = (false, Some((place, now)));
        self.go_to(place);
        if again {
            self.clicked = None;
            self.open_page(term, with)?;
        }
        Ok(())
    }
}

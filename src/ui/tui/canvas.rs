//! What frames are drawn on: the screen of a terminal, of which only what changed is written.

use crate::ui::tui::links;
use crossterm::execute;
use crossterm::queue;
use crossterm::terminal::BeginSynchronizedUpdate;
use crossterm::terminal::EndSynchronizedUpdate;
use ratatui::Frame;
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::backend::ClearType;
use ratatui::backend::CrosstermBackend;
use ratatui::backend::WindowSize;
use ratatui::buffer::Buffer;
use ratatui::buffer::Cell;
use ratatui::buffer::CellDiffOption;
use ratatui::layout::Position;
use ratatui::layout::Size;
use ratatui::style::Color;
use std::collections::BTreeSet;
use std::io;
use std::io::Write;
use unicode_width::UnicodeWidthStr as _;

/// Whether terminals disagree on the columns of a character: one that is made of several, as families, flags and letters
/// with marks are, and any emoji, which older ones do not know.
fn is_odd(symbol: &str) -> bool {
    symbol.len() > 1 && symbol.chars().enumerate().any(|(place, c)| place > 0 || matches!(c, '\u{1f000}'..='\u{1faff}'))
}

/// The rows with such a character. Nobody knows where the terminal puts what follows there.
fn odd_rows(buffer: &Buffer) -> BTreeSet<u16> {
    let odd = buffer.content.iter().enumerate().filter(|(_, cell)| is_odd(cell.symbol()));
    odd.map(|(at, _)| buffer.pos_of(at).1).collect()
}

/// The terminal as ratatui sees it, but for two things. It is never asked where its cursor is: not every terminal answers, and
/// waiting for one that does not would cost the start two seconds; a full screen has no use for the answer. And the cursor is put
/// in its place after each character whose columns are in doubt.
struct Screen<W: Write>(CrosstermBackend<W>);

impl<W: Write> Backend for Screen<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut plain: Vec<(u16, u16, &Cell)> = Vec::new();
        // Where the last odd character ends.
        let mut covered = Position::ORIGIN;
        for (x, y, cell) in content {
            // These blanks are there to clear its other columns, and would take it away where it reaches into them.
            if y == covered.y && x < covered.x {
                continue;
            }
            let address = links::address(cell.underline_color);
            let odd = is_odd(cell.symbol());
            if address.is_none() && !odd {
                plain.push((x, y, cell));
                continue;
            }
            self.0.draw(plain.drain(..))?;
            let mut bare = cell.clone();
            bare.underline_color = Color::Reset;
            if odd {
                // A terminal that draws it narrower leaves in its other columns what was there.
                let mut blank = bare.clone();
                blank.set_symbol(" ");
                let columns = u16::try_from(cell.symbol().width()).unwrap_or(1);
                covered = Position { x: x.saturating_add(columns), y };
                self.0.draw((x..covered.x).map(|x| (x, y, &blank)))?;
            }
            // Each cell of a link is one by itself: nothing that is drawn after it becomes part of one.
            if let Some(address) = &address {
                write!(self.0, "\x1b]8;;{address}\x1b\\")?;
            }
            self.0.draw(std::iter::once((x, y, &bare)))?;
            if address.is_some() {
                write!(self.0, "\x1b]8;;\x1b\\")?;
            }
        }
        self.0.draw(plain.into_iter())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.0.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.0.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.0.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.0)
    }
}

/// A screen, and what of it has to be drawn anew.
pub(super) struct Canvas<W: Write> {
    terminal: Terminal<Screen<W>>,
    /// Rows of the last frame in which the terminal may show something else than was meant.
    odd_rows: BTreeSet<u16>,
}

impl<W: Write> Canvas<W> {
    /// The whole screen, empty.
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut terminal = Terminal::new(Screen(CrosstermBackend::new(out)))?;
        terminal.clear()?;
        Ok(Self { terminal, odd_rows: BTreeSet::new() })
    }

    /// Draws a frame. A terminal that can shows it at once, without the steps that lead to it; the others ignore the request.
    pub(super) fn draw(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let before = &mut self.odd_rows;
        let paint = |frame: &mut Frame<'_>| {
            paint(frame);
            let buffer = frame.buffer_mut();
            let now = odd_rows(buffer);
            for row in before.union(&now) {
                for x in buffer.area.left()..buffer.area.right() {
                    if let Some(cell) = buffer.cell_mut(Position { x, y: *row }) {
                        cell.set_diff_option(CellDiffOption::AlwaysUpdate);
                    }
                }
            }
            *before = now;
        };
        queue!(self.terminal.backend_mut().0, BeginSynchronizedUpdate)?;
        let drawn = self.terminal.draw(paint).map(drop);
        execute!(self.terminal.backend_mut().0, EndSynchronizedUpdate)?;
        drawn
    }

    /// Forgets what is there: somebody else drew on it.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::TerminalOptions;
    use ratatui::Viewport;
    use ratatui::layout::Rect;
    use ratatui::widgets::Paragraph;
    use std::cell::RefCell;
    use std::rc::Rc;

    const COLUMNS: u16 = 20;

    /// A terminal that reckons the columns of each part of a character by itself, as many do, and what was written to it.
    #[derive(Clone)]
    struct Emulator(Rc<RefCell<(vt100::Parser, Vec<u8>)>>);

    impl Emulator {
        fn new() -> Self {
            let size = |count: u16| count.try_into().unwrap();
            Self(Rc::new(RefCell::new((vt100::Parser::new(size(3), size(COLUMNS), 0), Vec::new()))))
        }

        /// What each column shows.
        fn rows(&self) -> Vec<Vec<String>> {
            let emulator = self.0.borrow();
            let cell = |row, column| emulator.0.screen().cell(row, column).unwrap().contents().trim_end().to_owned();
            (0..3).map(|row| (0..COLUMNS).map(|column| cell(row, column)).collect()).collect()
        }
    }

    impl Write for Emulator {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut emulator = self.0.borrow_mut();
            emulator.0.process(bytes);
            emulator.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn canvas(emulator: &Emulator) -> Canvas<Emulator> {
        let area = Rect { x: 0, y: 0, width: COLUMNS, height: 3 };
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let terminal = Terminal::with_options(Screen(CrosstermBackend::new(emulator.clone())), options).unwrap();
        Canvas { terminal, odd_rows: BTreeSet::new() }
    }

    fn draw(canvas: &mut Canvas<Emulator>, text: &str) {
        canvas.draw(|frame| frame.render_widget(Paragraph::new(text.to_owned()), frame.area())).unwrap();
    }

    /// Frames with characters that a terminal draws wider than they are counted, and narrower. None is at the edge: the emulator
    /// wraps there whatever it is told.
    const FRAMES: [&str; 9] = [
        "abcdefghijklmnopqrs\nabcdefghijklmnopqrs\nabcdefghijklmnopqrs",
        "a\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}b",
        "xyz",
        "\u{263a}\u{fe0f}!\n\u{1f44d}\u{1f3fd} good\nabcdefghij",
        "",
        "1\u{fe0f}\u{20e3} one\n\u{1f1eb}\u{1f1f7} two\n\u{e19}\u{e49}\u{e33} three",
        "\u{1f1eb}\u{1f1f7}\u{1f1e9}\u{1f1ea} flags\nabcdefghijklmnopqrs",
        "in the middle \u{2764}\u{fe0f} of\n\u{d55c} \u{6f22} e\u{301}",
        "the end",
    ];

    #[test]
    fn nothing_of_an_earlier_frame_stays_whatever_a_terminal_makes_of_an_emoji() {
        let emulator = Emulator::new();
        let mut kept = canvas(&emulator);
        for (one, first) in FRAMES.into_iter().enumerate() {
            for second in FRAMES.into_iter().skip(one) {
                for frame in [first, second] {
                    draw(&mut kept, frame);
                    let fresh = Emulator::new();
                    draw(&mut canvas(&fresh), frame);
                    assert_eq!(emulator.rows(), fresh.rows(), "{frame:?}");
                }
            }
        }
    }

    #[test]
    fn what_follows_an_odd_character_stands_in_its_column() {
        for frame in FRAMES {
            let emulator = Emulator::new();
            draw(&mut canvas(&emulator), frame);
            for (row, line) in frame.lines().enumerate() {
                let end = line.chars().last().filter(char::is_ascii);
                let Some((end, column)) = end.zip(line.width().checked_sub(1)) else { continue };
                assert_eq!(emulator.rows()[row][column], end.to_string(), "{line:?}");
            }
        }
    }

    #[test]
    fn a_frame_is_shown_at_once() {
        let emulator = Emulator::new();
        let mut canvas = canvas(&emulator);
        for frame in ["one", "two"] {
            emulator.0.borrow_mut().1.clear();
            draw(&mut canvas, frame);
            let written = String::from_utf8(emulator.0.borrow().1.clone()).unwrap();
            assert!(written.starts_with("\u{1b}[?2026h") && written.ends_with("\u{1b}[?2026l"), "{written:?}");
        }
    }
}

//! One question on one line of a terminal, that Esc and Ctrl-C leave.

use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEventKind;
use crossterm::event::KeyModifiers;
use crossterm::terminal;
use std::io;
use std::io::Write as _;

/// The longest answer, in characters.
const LONGEST: usize = 200;

/// A terminal that hands over each key; as it was before once this is gone.
struct Keys;

impl Keys {
    fn on() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // There is nobody to tell, and the shell puts a terminal in order by itself.
        terminal::disable_raw_mode().ok();
    }
}

/// Asks; gives what was typed, or nothing where it was left.
///
/// # Errors
/// When the terminal fails.
pub fn ask_line(question: &str) -> io::Result<Option<String>> {
    // What steps back over a letter has to reach the terminal as it is; all else here is ours or was typed just now.
    let mut out = io::stdout().lock();
    write!(out, "{question}")?;
    out.flush()?;
    let keys = Keys::on()?;
    let mut line = String::new();
    let answer = loop {
        let Event::Key(key) = crossterm::event::read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        let with_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => break Some(line),
            KeyCode::Esc => break None,
            KeyCode::Char('c' | 'd' | 'C' | 'D') if with_control => break None,
            KeyCode::Char('j' | 'm') if with_control => break Some(line),
            KeyCode::Backspace if line.pop().is_some() => write!(out, "\u{8} \u{8}")?,
            KeyCode::Char(letter) if !with_control && !letter.is_control() && line.chars().count() < LONGEST => {
                line.push(letter);
                write!(out, "{letter}")?;
            }
            _ => {}
        }
        out.flush()?;
    };
    drop(keys);
    writeln!(out)?;
    out.flush()?;
    Ok(answer)
}

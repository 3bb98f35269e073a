//! Links on the screen, by the escape code OSC 8, which ratatui has no room for: a cell that belongs to one carries its number
//! as the colour of its underline, and the terminal is told the address before the cell and its end behind it.

use ratatui::style::Color;
use ratatui::style::Style;
use std::cell::RefCell;
use std::rc::Rc;

/// Addresses that are remembered; what comes after them leads nowhere.
const MOST: usize = 10_000;

thread_local! {
    // The screen is drawn by one thread.
    static KNOWN: RefCell<Vec<Rc<str>>> = const { RefCell::new(Vec::new()) };
}

/// The style of text that leads to an address.
pub(super) fn mark(style: Style, address: &Rc<str>) -> Style {
    let place = KNOWN.with_borrow_mut(|known| {
        let place = known.iter().position(|other| other == address);
        place.or_else(|| {
            (known.len() < MOST).then(|| {
                known.push(Rc::clone(address));
                known.len() - 1
            })
        })
    });
    match place.and_then(|place| u32::try_from(place).ok()) {
        Some(place) => {
            let [_, high, middle, low] = place.to_be_bytes();
            style.underline_color(Color::Rgb(high, middle, low))
        }
        None => style,
    }
}

/// Where a cell with an underline of this colour leads.
pub(super) fn address(underline: Color) -> Option<Rc<str>> {
    let Color::Rgb(high, middle, low) = underline else { return None };
    let place = usize::try_from(u32::from_be_bytes([0, high, middle, low])).ok()?;
    KNOWN.with_borrow(|known| known.get(place).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_finds_its_address_again() {
        let (one, other): (Rc<str>, Rc<str>) = ("https://e.org/1".into(), "https://e.org/2".into());
        for link in [&one, &other, &one] {
            let colour = mark(Style::new(), link).underline_color.unwrap();
            assert_eq!(address(colour).as_ref(), Some(link));
        }
        assert_eq!((address(Color::Reset), address(Color::Rgb(255, 0, 0))), (None, None));
    }
}

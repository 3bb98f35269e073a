//! The parts of a formula in one line of plain characters, so that it reads as no other formula.
//!
//! What TeX shows by its place, above a line or beneath a root, keeps together by brackets here, wherever something beside it could
//! be taken in. Where braces hold together what would come apart without them, there is no such line.

use crate::core::document::formula::read::Item;
use crate::core::document::formula::signs::Class;
use crate::core::document::formula::signs::moved;

/// A part where it stands: with what it is to its neighbours, and whether its author wrote a space before it.
struct Placed<'i> {
    item: &'i Item,
    class: Class,
    space: bool,
    /// The items among which it was written.
    among: &'i [Item],
}

/// A formula in one line, where there is one.
pub(super) fn set(items: &[Item]) -> Option<String> {
    let row = row(items)?;
    let mut out = String::new();
    for (at, placed) in row.iter().enumerate() {
        let text = text(&row, at)?;
        if at > 0 && gap(&row, at) {
            out.push(' ');
        } else if at > 0 && is_without_base(placed.item) && row.get(at - 1).is_some_and(|before| before.class.ends()) {
            // It would be taken for one at what stands before it.
            return None;
        } else if out.ends_with(is_digit) && text.starts_with(is_digit) && !is_one_number(&row, at) {
            // Two numbers would be one.
            return None;
        }
        out.push_str(&text);
    }
    Some(out)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Whether a digit belongs to the number of the one before it.
fn is_one_number(row: &[Placed<'_>], at: usize) -> bool {
    let both = at.checked_sub(1).and_then(|before| row.get(before..=at)).unwrap_or_default();
    let [before, here] = both else { return false };
    let is_sign = |placed: &Placed<'_>| matches!(placed.item, Item::Sign(..));
    is_sign(before) && is_sign(here) && std::ptr::eq(before.among, here.among)
}

/// The parts of a row without its spaces, and without the braces that hold nothing together.
fn row(items: &[Item]) -> Option<Vec<Placed<'_>>> {
    let mut row = Vec::new();
    place(items, &mut row)?;
    // A comma or a point within a number.
    for at in 1..row.len().saturating_sub(1) {
        let is_digit = |at: usize| row.get(at).is_some_and(|placed: &Placed<'_>| placed.class == Class::Digit);
        let is_point =
            matches!(row.get(at).map(|placed| placed.item), Some(Item::Sign(sign, _)) if sign == "." || sign == ",");
        let is_tight = row.get(at..at + 2).is_some_and(|both| both.iter().all(|placed| !placed.space));
        if is_point
            && is_tight
            && is_digit(at - 1)
            && is_digit(at + 1)
            && let Some(point) = row.get_mut(at)
        {
            point.class = Class::Digit;
        }
    }
    // A bar opens where nothing has ended before it, and closes what is open.
    let mut bars = row.iter().filter(|placed| placed.class == Class::Bar).count();
    let mut is_open = false;
    for at in 0..row.len() {
        let ended = at > 0 && row.get(at - 1).is_some_and(|before| before.class.ends());
        let Some(bar) = row.get_mut(at).filter(|placed| placed.class == Class::Bar) else { continue };
        bars -= 1;
        (bar.class, is_open) = match (ended, is_open) {
            (true, true) => (Class::Close, false),
            (true, false) if bars == 0 => (Class::Relation, false),
            (_, _) => (Class::Open, true),
        };
    }
    Some(row)
}

fn place<'i>(items: &'i [Item], row: &mut Vec<Placed<'i>>) -> Option<()> {
    let solid: Vec<usize> = (0..items.len()).filter(|at| !matches!(items.get(*at), Some(Item::Space))).collect();
    for (nth, at) in solid.iter().copied().enumerate() {
        let item = items.get(at)?;
        let space = at > 0 && matches!(items.get(at - 1), Some(Item::Space));
        let Item::Group(inside) = item else {
            row.push(Placed { item, class: class(item), space, among: items });
            continue;
        };
        let neighbour =
            |nth: Option<usize>| nth.and_then(|nth| solid.get(nth)).and_then(|at| items.get(*at)).map(class);
        if !may_come_apart(inside, neighbour(nth.checked_sub(1)), neighbour(Some(nth + 1)))? {
            return None;
        }
        let first = row.len();
        place(inside, row)?;
        if let Some(first) = row.get_mut(first) {
            first.space |= space;
        }
    }
    Some(())
}

/// Whether what stands in braces reads the same without them between such neighbours.
fn may_come_apart(inside: &[Item], before: Option<Class>, behind: Option<Class>) -> Option<bool> {
    let inside = row(inside)?;
    let weakest = |at: usize| {
        let is_between = at > 0 && at + 1 < inside.len();
        inside.get(at).map(|placed| placed.class).filter(|class| is_between && class.is_operator())
    };
    let operators: Vec<Class> = (0..inside.len()).filter_map(weakest).collect();
    let is_weak = |class: Option<Class>| {
        matches!(class, None | Some(Class::Comma | Class::Open | Class::Close))
            || (class == Some(Class::Relation) && !operators.contains(&Class::Relation))
    };
    Some(operators.is_empty() || (is_weak(before) && is_weak(behind)))
}

/// What a part is to its neighbours.
fn class(item: &Item) -> Class {
    match item {
        Item::Sign(_, class) => *class,
        Item::Space => Class::Comma,
        Item::Group(inside) => match inside.as_slice() {
            [one] => class(one),
            _ => Class::Thing,
        },
        Item::Scripts { base, .. } => match base.as_slice() {
            [Item::Sign(_, class @ (Class::Function | Class::Large | Class::Close | Class::Words))] => *class,
            _ => Class::Thing,
        },
        Item::Fraction(..) => Class::Fraction,
        Item::Root(..) => Class::Root,
    }
}

fn is_without_base(item: &Item) -> bool {
    matches!(item, Item::Scripts { base, .. } if is_empty(base))
}

fn is_empty(items: &[Item]) -> bool {
    items.iter().all(|item| match item {
        Item::Space => true,
        Item::Group(inside) => is_empty(inside),
        Item::Sign(..) | Item::Scripts { .. } | Item::Fraction(..) | Item::Root(..) => false,
    })
}

/// Whether an operator stands between two things, so that it is no sign of what follows.
fn is_between(row: &[Placed<'_>], at: usize) -> bool {
    at > 0 && row.get(at - 1).is_some_and(|before| before.class.ends()) && at + 1 < row.len()
}

/// Whether a space stands before a part.
fn gap(row: &[Placed<'_>], at: usize) -> bool {
    let (Some(before), Some(here)) = (at.checked_sub(1).and_then(|at| row.get(at)), row.get(at)) else { return false };
    // Around an operator there is one on both sides or on none.
    let around = |at: usize| row.get(at..at + 2).is_some_and(|both| both.iter().any(|placed| placed.space));
    if here.class.is_operator() && is_between(row, at) {
        return around(at);
    }
    if before.class.is_operator() {
        return if is_between(row, at - 1) { around(at - 1) } else { here.space && before.class != Class::Plus };
    }
    let is_name = |placed: &Placed<'_>| {
        matches!(placed.item, Item::Sign(words, Class::Words) if words.chars().count() > 1)
            || placed.class == Class::Function
    };
    match (before.class, here.class) {
        (Class::Open, _) | (_, Class::Close | Class::Comma | Class::Behind) => false,
        (Class::Function, Class::Open | Class::Fraction) => false,
        (Class::Function, class) => class.begins(),
        (Class::Large, class) => class.begins() || here.space,
        (class, Class::Function) if class.ends() => true,
        (Class::Digit, Class::Fraction) if is_mixed(row, at) => true,
        (Class::Letter, Class::Words) if is_name(here) => true,
        (Class::Words, Class::Letter) if is_name(before) => true,
        _ => here.space,
    }
}

/// Whether nothing that stands before a place binds as strongly as a fraction does.
fn is_free_before(row: &[Placed<'_>], at: usize) -> bool {
    match at.checked_sub(1).and_then(|at| row.get(at)).map(|placed| placed.class) {
        None | Some(Class::Plus | Class::Relation | Class::Comma | Class::Open) => true,
        Some(_) => false,
    }
}

fn is_free_behind(row: &[Placed<'_>], at: usize) -> bool {
    match row.get(at + 1).map(|placed| placed.class) {
        None | Some(Class::Plus | Class::Relation | Class::Comma | Class::Close) => true,
        Some(_) => false,
    }
}

/// Whether something stands behind a place that would be multiplied with it, or belongs to it.
fn is_followed(row: &[Placed<'_>], at: usize) -> bool {
    row.get(at + 1).is_some_and(|behind| behind.class.begins() || behind.class == Class::Behind)
}

/// Whether a fraction of numbers stands behind a number, as in `2 1/2`.
fn is_mixed(row: &[Placed<'_>], at: usize) -> bool {
    let Some(Item::Fraction(above, below)) = row.get(at).map(|placed| placed.item) else { return false };
    let is_number =
        |items: &[Item]| !items.is_empty() && items.iter().all(|item| matches!(item, Item::Sign(_, Class::Digit)));
    let digits =
        row.get(..at).unwrap_or_default().iter().rev().take_while(|placed| placed.class == Class::Digit).count();
    is_number(above) && is_number(below) && digits > 0 && is_free_before(row, at - digits) && is_free_behind(row, at)
}

/// A part in plain characters.
fn text(row: &[Placed<'_>], at: usize) -> Option<String> {
    match row.get(at)?.item {
        Item::Sign(sign, _) => Some(sign.clone()),
        Item::Space => Some(String::new()),
        Item::Group(inside) => set(inside),
        Item::Fraction(above, below) => {
            let text = format!("{}/{}", numerator(above)?, denominator(below, above)?);
            let is_bare = is_mixed(row, at) || (is_free_before(row, at) && is_free_behind(row, at));
            Some(if is_bare { text } else { format!("({text})") })
        }
        Item::Root(sign, inside) => {
            let is_one = is_sign(inside) || is_number(inside);
            let under = if is_one && !is_followed(row, at) { set(inside)? } else { bracketed(inside)? };
            let root = format!("{sign}{under}");
            // The degree would be taken for a power of what stands before it.
            let is_power =
                sign.chars().count() > 1 && at > 0 && row.get(at - 1).is_some_and(|before| before.class.ends());
            Some(if is_power { format!("({root})") } else { root })
        }
        Item::Scripts { base, below, above } => {
            let (mut base, mut below) = (base, below);
            // What has an index and then a power is what has both.
            if let ([Item::Group(inside)], None) = (base.as_slice(), &below)
                && let [Item::Scripts { base: inner, below: index @ Some(_), above: None }] = inside.as_slice()
            {
                (base, below) = (inner, index);
            }
            let mut out = base_text(base)?;
            let is_last = !is_followed(row, at);
            if let Some(below) = below {
                out.push_str(&script(below, false, is_last && above.is_none())?);
            }
            if let Some(above) = above {
                out.push_str(&script(above, true, is_last)?);
            }
            Some(out)
        }
    }
}

/// What stands before its scripts.
fn base_text(base: &[Item]) -> Option<String> {
    let inside = match base {
        [Item::Group(inside)] => inside,
        _ => base,
    };
    match inside {
        [Item::Sign(sign, _)] => Some(sign.clone()),
        _ if is_empty(inside) => Some(String::new()),
        _ if is_number(inside) => set(inside),
        _ => bracketed(inside),
    }
}

/// What is raised or lowered: in characters of its own where Unicode has them all, else behind `^` or `_`, in brackets unless it
/// is one sign that stands last.
fn script(inside: &[Item], is_raised: bool, is_last: bool) -> Option<String> {
    let text = set(inside)?;
    if text.is_empty() {
        return None;
    }
    let tight = ["=", "+", "−", "→"].iter().fold(text.clone(), |text, sign| text.replace(&format!(" {sign} "), sign));
    let has_name = row(inside)?.iter().any(|placed| placed.class == Class::Function);
    if let Some(moved) = moved(&tight, is_raised).filter(|_| !has_name) {
        return Some(moved);
    }
    let mark = if is_raised { '^' } else { '_' };
    Some(if is_last && is_sign(inside) { format!("{mark}{text}") } else { format!("{mark}({text})") })
}

/// The part above the line of a fraction: brackets unless it is a product.
fn numerator(items: &[Item]) -> Option<String> {
    let row = row(items)?;
    let is_factor = |placed: &Placed<'_>| match (placed.item, placed.class) {
        (Item::Sign(words, Class::Words), _) => words.chars().all(char::is_alphanumeric),
        (_, class) => matches!(class, Class::Digit | Class::Letter | Class::Thing | Class::Root | Class::Behind),
    };
    if !row.is_empty() && row.iter().all(is_factor) && row.iter().skip(1).all(|placed| !placed.space) {
        set(items)
    } else {
        bracketed(items)
    }
}

/// The part below the line of a fraction: brackets unless it is one thing.
fn denominator(items: &[Item], above: &[Item]) -> Option<String> {
    let row = row(items)?;
    let is_one = match row.as_slice() {
        [one] => match (one.item, one.class) {
            (Item::Sign(words, Class::Words), _) => words.chars().all(char::is_alphanumeric),
            (Item::Scripts { .. }, class) => class == Class::Thing,
            (_, class) => matches!(class, Class::Digit | Class::Letter | Class::Thing | Class::Root),
        },
        _ => is_number(items) || is_differential(&row, above),
    };
    if is_one { set(items) } else { bracketed(items) }
}

/// Whether it is the `dx` of `dy/dx`, which everybody reads as one thing.
fn is_differential(below: &[Placed<'_>], above: &[Item]) -> bool {
    fn letter(item: &Item) -> Option<&str> {
        match item {
            Item::Sign(sign, Class::Letter) => Some(sign),
            Item::Scripts { base, .. } => base.first().and_then(letter),
            Item::Sign(..) | Item::Space | Item::Group(_) | Item::Fraction(..) | Item::Root(..) => None,
        }
    }
    let [Placed { item: Item::Sign(sign, _), .. }, Placed { item: by, space: false, .. }] = below else { return false };
    matches!(sign.as_str(), "d" | "∂" | "δ" | "Δ")
        && letter(by).is_some()
        && above.first().and_then(letter) == Some(sign)
}

/// Whether it is one sign.
fn is_sign(items: &[Item]) -> bool {
    match items {
        [Item::Sign(sign, class)] => {
            let is_part = matches!(class, Class::Open | Class::Close | Class::Bar | Class::Comma);
            sign.chars().count() == 1 && !is_part
        }
        [Item::Group(inside)] => is_sign(inside),
        _ => false,
    }
}

fn is_number(items: &[Item]) -> bool {
    row(items)
        .is_some_and(|row| !row.is_empty() && row.iter().all(|placed| placed.class == Class::Digit && !placed.space))
}

/// In brackets, unless it stands in some already.
fn bracketed(items: &[Item]) -> Option<String> {
    let (text, row) = (set(items)?, row(items)?);
    let mut depth = 0_usize;
    let ends = row.iter().position(|placed| {
        if placed.class == Class::Open {
            depth += 1;
        } else if placed.class == Class::Close {
            depth = depth.saturating_sub(1);
        }
        depth == 0
    });
    let is_plain = matches!(row.last().map(|placed| placed.item), Some(Item::Sign(..)));
    let is_whole = row.len() > 1 && ends == Some(row.len() - 1) && is_plain;
    Some(if is_whole { text } else { format!("({text})") })
}

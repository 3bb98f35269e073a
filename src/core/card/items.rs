//! Several values that somebody wrote into one cell.

/// The items of a list that is all on one line, with semicolons or commas between them. One item where nothing separates
/// them: a comma between digits or in brackets is a part of an item.
#[must_use]
pub fn items_of_line(line: &str) -> Vec<String> {
    let is_any = |mark: char| matches!(mark, ';' | '；');
    let is_comma = |mark: char| matches!(mark, ',' | '，' | '、');
    let items = cut(line, is_any);
    if items.len() > 1 { items } else { cut(line, is_comma) }
}

/// The values of a cell that has bars without blanks between them, as in `a|b|c`. `None` where a bar may belong to a text: in
/// formulas, code and brackets, and where one is doubled or at an end.
#[must_use]
pub fn between_bars(cell: &str) -> Option<Vec<String>> {
    let may_be_text = cell.contains(['\n', '`', '\\', '$']) || cell.contains(" | ") || cell.trim_end().ends_with('|');
    if !cell.contains('|') || may_be_text {
        return None;
    }
    let values = cut(cell, |mark| mark == '|');
    (values.len() > 1).then_some(values)
}

/// The parts of a text between the marks that stand outside of brackets; the whole text where one would be empty.
fn cut(text: &str, is_mark: impl Fn(char) -> bool) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0_u32);
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_in_number = c == ',' && before.is_ascii_digit() && chars.peek().is_some_and(char::is_ascii_digit);
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && is_mark(c) && !is_in_number {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
        before = c;
    }
    parts.push(part);
    let mut parts: Vec<String> = parts.iter().map(|part| part.trim().to_owned()).collect();
    if parts.len() > 2 && parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    if parts.iter().any(String::is_empty) { vec![text.trim().to_owned()] } else { parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_on_one_line_has_semicolons_or_commas_between_its_items() {
        for (line, items) in [
            ("Responsible, Accountable, Consulted, Informed", "Responsible|Accountable|Consulted|Informed"),
            ("a, b; c", "a, b|c"),
            ("1,000 metres, 2,000 metres", "1,000 metres|2,000 metres"),
            ("red (or pink, at dusk), blue", "red (or pink, at dusk)|blue"),
            ("a, b, c,", "a|b|c"),
            ("赤、青", "赤|青"),
            ("only one", "only one"),
            (", a", ", a"),
        ] {
            assert_eq!(items_of_line(line).join("|"), items, "{line}");
        }
    }

    #[test]
    fn bars_without_blanks_stand_between_values_unless_they_may_be_a_part_of_one() {
        let several = |values: &[&str]| Some(values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>());
        assert_eq!(between_bars("motivator|need|drive"), several(&["motivator", "need", "drive"]));
        assert_eq!(between_bars("the PO| product owner"), several(&["the PO", "product owner"]));
        for cell in [
            "a || b", "a||b", "|x|", "P(A|B)", "`a|b`", "$a|b$", r"\|a|b", "a", "a|", "a|b|", "a|b| ", "a | b",
            "a|b\nc",
        ] {
            assert_eq!(between_bars(cell), None, "{cell}");
        }
    }
}

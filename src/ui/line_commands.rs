//! What can be said over lines beside answers: a colon with a mark, or with a word for those who know no marks.

use crate::core::text::nearest;
use crate::core::text::one_line;

/// A command: its mark, its words, and what it does.
pub(super) type LineCommand = (&'static str, &'static [&'static str], &'static str);

/// The mark of the command that a line is, said with its colon.
pub(super) fn mark_of(commands: &[LineCommand], line: &str) -> Option<&'static str> {
    let said = line.strip_prefix(':')?.to_lowercase();
    let is_it = |(mark, words, _): &&LineCommand| mark.get(1..) == Some(&said) || words.contains(&said.as_str());
    commands.iter().find(is_it).map(|(mark, ..)| *mark)
}

/// A command as a list has it.
pub(super) fn listed((mark, words, what): &LineCommand) -> String {
    let names = std::iter::once((*mark).to_owned()).chain(words.iter().map(|word| format!(":{word}")));
    format!("{}  {what}", names.collect::<Vec<_>>().join(", "))
}

/// Said to a line with a colon that is no command.
pub(super) fn unknown(commands: &[LineCommand], line: &str) -> String {
    let names: Vec<String> = commands
        .iter()
        .flat_map(|(mark, words, _)| words.iter().map(|word| format!(":{word}")).chain([(*mark).to_owned()]))
        .collect();
    let near = nearest(line, names.iter().map(String::as_str));
    let hint = near.map_or_else(String::new, |near| format!(", did you mean {near}"));
    format!("There is no command {}{hint}; :? lists all", one_line(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_says_the_same_as_its_mark() {
        let commands: &[LineCommand] =
            &[(":-", &["bury"], "hold it back"), (":q", &["quit", "leave"], "leave"), (":redo", &[], "bring back")];
        for (line, mark) in [
            (":-", Some(":-")),
            (":bury", Some(":-")),
            (":Bury", Some(":-")),
            (":leave", Some(":q")),
            (":redo", Some(":redo")),
            ("bury", None),
            (":", None),
            (":b", None),
        ] {
            assert_eq!(mark_of(commands, line), mark, "{line}");
        }
        assert_eq!(listed(&commands[1]), ":q, :quit, :leave  leave");
        assert_eq!(unknown(commands, ":burry"), "There is no command :burry, did you mean :bury; :? lists all");
    }
}

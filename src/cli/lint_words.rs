//! What makes a card poor, in words.

use crate::core::lint::ANSWER_WORDS;
use crate::core::lint::CRITERION_WORDS;
use crate::core::lint::Flaw;
use crate::core::lint::MODEL_WORDS;
use crate::core::lint::PRIMER_WORDS;
use crate::core::lint::PROMPT_WORDS;
use crate::core::lint::QUOTED_WORDS;

/// What is the matter: a sentence without a full stop. `note_name` names a note by its index.
pub(super) fn what(flaw: &Flaw, note_name: &dyn Fn(usize) -> String) -> String {
    match flaw {
        Flaw::AnswerInPrompt => "the answer can be read in the prompt".to_owned(),
        Flaw::EqualPrompts { other, same: true } => format!("the same prompt as {}", note_name(*other)),
        Flaw::EqualPrompts { other, same: false } => format!("nearly the same prompt as {}", note_name(*other)),
        Flaw::YesNo => "the answer is a mere yes or no".to_owned(),
        Flaw::TwoWay => "it is a guess between two".to_owned(),
        Flaw::LongList(items) => format!("{items} items in one list"),
        Flaw::LongPrompt(words) => format!("a prompt has {words} words"),
        Flaw::LongAnswer(words) => format!("the answer has {words} words"),
        Flaw::LongModel(words) => format!("the model has {words} words"),
        Flaw::LongCriterion(words) => format!("a criterion has {words} words"),
        Flaw::LongestChoice => "the right choice is the longest".to_owned(),
        Flaw::UnbalancedSorts { held_out, counts } => {
            let numbers: Vec<String> = counts.iter().map(|(side, count)| format!("{side} {count}")).collect();
            let which = if *held_out { "held-out sorts" } else { "sorts" };
            format!("the {which} are not balanced: {}", numbers.join(", "))
        }
        Flaw::UnjudgedScene(kind) => format!("no check-up asks a held-out card of the kind `{kind}`"),
        Flaw::MissingSource => "the card names no source".to_owned(),
        Flaw::MissingTopic => "the card belongs to no topic".to_owned(),
        Flaw::LongQuotation(words) => format!("a quotation has {words} words"),
        Flaw::MissingSpeaker => "a quotation without its speaker".to_owned(),
        Flaw::LongPrimer(words) => format!("the primer has {words} words"),
    }
}

/// What to do.
pub(super) fn help(flaw: &Flaw) -> String {
    let help = match flaw {
        Flaw::AnswerInPrompt => "ask in other words, so that it has to be recalled",
        Flaw::EqualPrompts { .. } => {
            "who sees it can't know which answer is meant: ask about something else, or in other words"
        }
        Flaw::YesNo => "ask what, which or why: a coin gets half of the others right",
        Flaw::TwoWay => "ask for the thing itself, or show a scene in which judging is the skill",
        Flaw::LongList(_) => "long lists are leeches: make groups of three or four",
        Flaw::LongPrompt(_) => {
            return format!("cut it to what is needed to answer: at most {PROMPT_WORDS} words");
        }
        Flaw::LongAnswer(_) => {
            return format!("keep what must be recalled, at most {ANSWER_WORDS} words; the rest is for `extra`");
        }
        Flaw::LongModel(_) => {
            return format!(
                "say it as you would say it to somebody: at most {MODEL_WORDS} words; the rest is for `extra`"
            );
        }
        Flaw::LongCriterion(_) => {
            return format!("name one thing that one's own words have or have not: at most {CRITERION_WORDS} words");
        }
        Flaw::LongestChoice => "make a wrong one as long: length gives away what knowledge should",
        Flaw::UnbalancedSorts { .. } => {
            "write scenes for the rarer side: always answering the commoner one must not pay"
        }
        Flaw::UnjudgedScene(_) => {
            "make it a sort, choice, typed, cloze, list or order: a check-up has to judge the answer by itself"
        }
        Flaw::MissingSource => "add source = [\"…\"], so that the fact can be checked",
        Flaw::MissingTopic => "add topic = \"…\", so that it is taught before it is asked",
        Flaw::LongQuotation(_) => {
            return format!("cut it, with […] where something is left out: at most {QUOTED_WORDS} words");
        }
        Flaw::MissingSpeaker => "add speaker = \"name, role\"; it is shown with the answer",
        Flaw::LongPrimer(_) => return format!("say the one idea in at most {PRIMER_WORDS}"),
    };
    help.to_owned()
}

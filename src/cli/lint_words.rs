//! What makes a card poor, in words.

use crate::core::id::in_deck;
use crate::core::lint::ANSWER_WORDS;
use crate::core::lint::CRITERION_WORDS;
use crate::core::lint::Flaw;
use crate::core::lint::MODEL_WORDS;
use crate::core::lint::PRIMER_WORDS;
use crate::core::lint::PROMPT_WORDS;
use crate::core::lint::QUOTED_WORDS;
use crate::core::lint::cues::OneSided;
use crate::core::lint::surface::Look;
use crate::formats::card_words;
use crate::formats::card_words::Syntax;

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
        Flaw::SeveralInOne(option) => card_words::several_in_one(option),
        Flaw::UnbalancedSorts { held_out, counts } => {
            let numbers: Vec<String> = counts.iter().map(|(side, count)| format!("{side} {count}")).collect();
            let which = if *held_out { "held-out sorts" } else { "sorts" };
            format!("the {which} are not balanced: {}", numbers.join(", "))
        }
        Flaw::OneSidedTopic(OneSided { topic, answer, count, scenes, .. }) => {
            format!("the topic gives it away: in `{topic}` {count} of {scenes} answers are `{answer}`")
        }
        Flaw::SurfaceCue { held_out, look, value, answer, right, of, chance_percent } => {
            let which = if *held_out { "held-out " } else { "" };
            let Some(look) = look else {
                return format!(
                    "{value} is right in {right} of {of} {which}choices; a blind pick in {chance_percent} %"
                );
            };
            let (what, unit) = match look {
                Look::Topic => (format!("the topic `{value}`"), "scenes"),
                Look::Length => (format!("length ({value})"), "scenes"),
                Look::Sentences => (format!("the number of sentences ({value})"), "scenes"),
                Look::Actions => (format!("the number of actions ({value})"), "scenes"),
                Look::Tense => (format!("the tense ({value})"), "scenes"),
                Look::FirstWord => (format!("the first word (`{value}`)"), "scenes"),
                Look::Connecting => (format!("the number of connecting words ({value})"), "scenes"),
                Look::Figure => (format!("whether there is a figure ({value})"), "scenes"),
                Look::Quotation => (format!("whether somebody is quoted ({value})"), "scenes"),
                Look::Marks => (format!("its marks ({value})"), "scenes"),
                Look::Together => {
                    return format!(
                        "weighed together, {value} give the answer away: right in {right} of {of} {which}scenes not \
                         seen before; the commonest answer in {chance_percent} %"
                    );
                }
                Look::Word => (format!("the word `{value}`"), "sorts"),
                Look::Place => (format!("the place in its topic ({value}.)"), "sorts"),
                Look::Before => (format!("that the one before is `{value}`"), "sorts"),
            };
            format!(
                "{what} gives `{answer}` away: right in {right} of {of} {which}{unit}; the commonest answer in {chance_percent} %"
            )
        }
        Flaw::UnjudgedScene(kind) => format!("no check-up asks a held-out card of the kind `{kind}`"),
        Flaw::FormOfTrained(form) => {
            format!("the card has `form = \"{}\"` and is not held out", form.name())
        }
        Flaw::MissingSource => "the card names no source".to_owned(),
        Flaw::MissingTopic => "the card belongs to no topic".to_owned(),
        Flaw::LongQuotation(words) => format!("a quotation has {words} words"),
        Flaw::MissingSpeaker => "a quotation without its speaker".to_owned(),
        Flaw::LongPrimer(words) => format!("the primer has {words} words"),
        Flaw::TwoAnswers { answer, others, first_others, .. } => {
            let places: Vec<String> = first_others.iter().map(|other| note_name(*other)).collect();
            card_words::two_answers(answer, *others, &places)
        }
        Flaw::LostAfter { word, has_deck, .. } => {
            format!("`after` names `{word}`, and {}: nothing holds the card back", not_there(*has_deck, "card"))
        }
        Flaw::WaitingCircle { members } => {
            let names: Vec<String> = members.iter().chain(members.first()).map(|name| format!("`{name}`")).collect();
            format!("these wait for each other, so that none is ever asked: {}", names.join(" after "))
        }
        Flaw::AfterHeldOut(word) => {
            format!("`after` names `{word}`, which only check-ups ask: nothing holds the card back")
        }
        Flaw::IdleSequence { word, of } => match in_deck(of, word) {
            (deck, _) if deck == of => {
                format!("`sequence` names `{word}`, and `{deck}` has a sequence of its own: the word has no effect")
            }
            (deck, _) => {
                format!("`sequence` names `{word}`, and `{deck}` is in the sequence of `{of}`: the word has no effect")
            }
        },
        Flaw::LostSequence { word, has_deck, .. } => {
            format!("`sequence` names `{word}`, and {}", not_there(*has_deck, "topic"))
        }
    }
}

/// What is missing of a name with a deck in it.
fn not_there(has_deck: bool, what: &str) -> String {
    if has_deck { format!("its deck has no such {what}") } else { "there is no such deck among these files".to_owned() }
}

/// What to do.
pub(super) fn help(flaw: &Flaw, syntax: Syntax) -> String {
    let help = match flaw {
        Flaw::AnswerInPrompt => "ask in other words, so that it has to be recalled",
        Flaw::EqualPrompts { .. } => {
            "nobody can know which answer is meant: ask about something else, or in other words"
        }
        Flaw::YesNo => "ask what, which or why: a coin gets half of the others right",
        Flaw::TwoWay => "ask for the thing itself, or show a scene in which judging is the skill",
        Flaw::LongList(_) => "long lists become leeches: make groups of three or four",
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
            return format!("name one thing to look for in one's own words: at most {CRITERION_WORDS} words");
        }
        Flaw::SeveralInOne(_) => return card_words::help_several_in_one(syntax).to_owned(),
        Flaw::LongestChoice => "make a wrong one as long, so that the length gives nothing away",
        Flaw::UnbalancedSorts { .. } => {
            "write scenes for the rarer side, so that it does not pay to answer always the commoner one"
        }
        Flaw::OneSidedTopic(_) => {
            "write scenes with the other answers for this topic: people who know the topic must still have to read \
             the scene"
        }
        Flaw::SurfaceCue { look: None, .. } => {
            "make the choices alike in length and words; let distractors be right elsewhere"
        }
        Flaw::SurfaceCue { .. } => {
            "give scenes with other answers the same feature, or remove it from some of these; `lmq help cues` says \
             how it is measured"
        }
        Flaw::UnjudgedScene(_) => {
            "make it a sort, choice, typed, cloze, list or order: a check-up has to judge the answer by itself"
        }
        Flaw::FormOfTrained(_) => {
            let held_out = match syntax {
                Syntax::Table => "write yes in a column `held_out`".to_owned(),
                Syntax::Toml | Syntax::Json => syntax.adding("held_out", "true"),
            };
            return format!("{held_out}, so that only check-ups ask it, or take the form out");
        }
        Flaw::MissingSource => {
            return format!("{}, so that the fact can be checked", syntax.adding("source", "[\"…\"]"));
        }
        Flaw::MissingTopic => {
            return format!("{}, so that it is taught before it is asked", syntax.adding("topic", "\"…\""));
        }
        Flaw::LongQuotation(_) => {
            return format!("cut it, with […] where something is left out: at most {QUOTED_WORDS} words");
        }
        Flaw::MissingSpeaker => {
            return format!("{}; it is shown with the answer", syntax.adding("speaker", "\"name, role\""));
        }
        Flaw::TwoAnswers { each, .. } => return card_words::help_two_answers(each, syntax),
        Flaw::LostAfter { near: Some(near), .. } | Flaw::LostSequence { near: Some(near), .. } => {
            return format!("did you mean `{near}`? check decks that name each other together");
        }
        Flaw::LostAfter { near: None, .. } => {
            "name a card as `key`, of another deck as `deck/key`; check decks that name each other together"
        }
        Flaw::LostSequence { near: None, .. } => {
            "name a topic by its id, of another deck as `deck/topic`; check decks that name each other together"
        }
        Flaw::AfterHeldOut(_) => "name a card that reviews ask",
        Flaw::IdleSequence { .. } => {
            "a deck is in one sequence: its own, else that of the first deck by id that names it; `after` reaches single cards of any deck"
        }
        Flaw::WaitingCircle { .. } => "remove one of them from the `after` of another",
        Flaw::LongPrimer(_) => return format!("say the one idea in at most {PRIMER_WORDS}"),
    };
    help.to_owned()
}

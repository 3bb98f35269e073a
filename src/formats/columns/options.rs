//! Questions with options: what these are called, and which one is meant. The right one is said by its text, its letter or its number.

use crate::core::compare::identity::is_same;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::names::is_in;
use crate::formats::columns::names::without_blanks;

/// What an option is called, before its letter or number, and what a list of them is, as [`bare`] has both.
const OPTIONS: &[(&str, &str)] = &[
    ("option", "options"),
    ("choice", "choices"),
    ("answer", "answers"),
    ("answeroption", "answeroptions"),
    ("answerchoice", "answerchoices"),
    ("alternative", "alternatives"),
    ("possibleanswer", "possibleanswers"),
    ("variant", "variants"),
    ("option", "optionen"),
    ("antwort", "antworten"),
    ("antwortmöglichkeit", "antwortmöglichkeiten"),
    ("antwortoption", "antwortoptionen"),
    ("auswahlmöglichkeit", "auswahlmöglichkeiten"),
    ("auswahl", "auswahlantworten"),
    ("auswahl", "auswahl"),
    ("réponse", "réponses"),
    ("choix", "choix"),
    ("réponsepossible", "réponsespossibles"),
    ("proposition", "propositions"),
    ("opción", "opciones"),
    ("opcion", "opciones"),
    ("respuesta", "respuestas"),
    ("respuestaposible", "respuestasposibles"),
    ("alternativa", "alternativas"),
    ("alternativa", "alternativas"),
    ("alternativa", "alternative"),
    ("opzione", "opzioni"),
    ("scelta", "scelte"),
    ("risposta", "risposte"),
    ("opção", "opções"),
    ("resposta", "respostas"),
    ("escolha", "escolhas"),
    ("optie", "opties"),
    ("antwoord", "antwoorden"),
    ("antwoordoptie", "antwoordopties"),
    ("keuze", "keuzes"),
    ("odpowiedź", "odpowiedzi"),
    ("opcja", "opcje"),
    ("wariant", "warianty"),
    ("вариант", "варианты"),
    ("ответ", "ответы"),
    ("seçenek", "seçenekler"),
    ("选项", "选项"),
    ("選項", "選項"),
    ("選択肢", "選択肢"),
    ("보기", "보기"),
    ("선택지", "선택지"),
];

/// The same of wrong ones.
const WRONG: &[(&str, &str)] = &[
    ("wronganswer", "wronganswers"),
    ("wrongoption", "wrongoptions"),
    ("wrongchoice", "wrongchoices"),
    ("wrong", "wrong"),
    ("incorrectanswer", "incorrectanswers"),
    ("incorrectoption", "incorrectoptions"),
    ("incorrectchoice", "incorrectchoices"),
    ("incorrect", "incorrect"),
    ("distractor", "distractors"),
    ("falseanswer", "falseanswers"),
    ("falscheantwort", "falscheantworten"),
    ("falsch", "falsch"),
    ("distraktor", "distraktoren"),
    ("mauvaiseréponse", "mauvaisesréponses"),
    ("réponsefausse", "réponsesfausses"),
    ("distracteur", "distracteurs"),
    ("respuestaincorrecta", "respuestasincorrectas"),
    ("incorrecta", "incorrectas"),
    ("distractor", "distractores"),
    ("rispostaerrata", "risposteerrate"),
    ("rispostasbagliata", "rispostesbagliate"),
    ("distrattore", "distrattori"),
    ("respostaerrada", "respostaserradas"),
    ("respostaincorreta", "respostasincorretas"),
    ("distrator", "distratores"),
    ("foutantwoord", "fouteantwoorden"),
    ("afleider", "afleiders"),
    ("błędnaodpowiedź", "błędneodpowiedzi"),
    ("złaodpowiedź", "złeodpowiedzi"),
    ("неправильныйответ", "неправильныеответы"),
];

/// Names of what is right, beside the usual ones of an answer, as [`bare`] has them.
const RIGHT: &str = "\
    correct|correctanswer|correctanswers|correctoption|correctchoice|correctresponse|right|rightanswer|rightoption|\
    richtig|richtigeantwort|richtigeoption|richtigelösung|richtigeauswahl|korrekt|korrekteantwort|\
    bonneréponse|bonnesréponses|réponsecorrecte|réponsejuste|correcte|juste|\
    respuestacorrecta|opcióncorrecta|correcta|correcto|rispostacorretta|rispostagiusta|opzionecorretta|corretta|giusta|\
    respostacorreta|respostacerta|opçãocorreta|correta|certa|gabarito|\
    juisteantwoord|juistantwoord|goedeantwoord|goedantwoord|correctantwoord|juist|\
    prawidłowaodpowiedź|poprawnaodpowiedź|dobraodpowiedź|prawidłowa|poprawna|\
    правильныйответ|正确答案|正解|정답";

/// Ends of names of what says where the right option stands, and never what it is.
const PLACES: &[&str] = &["index", "idx", "letter", "key", "number", "position"];

/// Whether a name is that of a list of options.
pub(in crate::formats) fn is_list(name: &str) -> bool {
    let bare = bare(name);
    OPTIONS.iter().any(|(_, list)| *list == bare)
}

/// Whether a name is that of a list of wrong options.
pub(in crate::formats) fn is_list_of_wrong(name: &str) -> bool {
    let bare = bare(name);
    WRONG.iter().any(|(_, list)| *list == bare)
}

/// Which of several names are those of one option each, or of one wrong one, and whether they are wrong ones.
pub(in crate::formats) fn single<'n>(names: impl Iterator<Item = &'n str>) -> Option<(Vec<usize>, bool)> {
    let names: Vec<String> = names.map(bare).collect();
    let called = |list: &[(&str, &str)]| -> Vec<usize> {
        let is = |(at, name): (usize, &String)| is_numbered(name, list).then_some(at);
        names.iter().enumerate().filter_map(is).collect()
    };
    let (wrong, any) = (called(WRONG), called(OPTIONS));
    // Columns that are `A`, `B`, `C` and so on, three of them at least.
    let letters = || {
        let at = |letter: char| names.iter().position(|name| name.chars().eq([letter]));
        ('a'..='h').map_while(at).collect::<Vec<usize>>()
    };
    match (wrong.as_slice(), any.as_slice()) {
        ([_, ..], _) => Some((wrong, true)),
        (_, [_, _, ..]) => Some((any, false)),
        _ => Some((letters(), false)).filter(|(found, _)| found.len() > 2),
    }
}

/// Whether a name is one of a list with a letter or number behind it: `optiona`, `answer1`.
fn is_numbered(bare: &str, list: &[(&str, &str)]) -> bool {
    let end = bare.char_indices().next_back().map_or(0, |(at, _)| at);
    let (stem, mark) = bare.split_at_checked(end).unwrap_or_default();
    matches!(mark.as_bytes(), [b'a'..=b'h' | b'1'..=b'8']) && list.iter().any(|(one, _)| *one == stem)
}

/// A name in small letters without blanks: `correct_answer`, `correctAnswer`, `Correct answer(s)`.
pub(in crate::formats) fn bare(name: &str) -> String {
    without_blanks(name).replace('(', "")
}

/// How surely a name is that of the right option, the surest first: what says `correct` comes before an `answer`, and both before an
/// `explanation`.
pub(in crate::formats) fn rank_of_right(name: &str) -> Option<u8> {
    match columns::named(name) {
        _ if is_in(RIGHT, &bare(name)) || is_of_place(name) => Some(0),
        Column::Field("answer" | "back") => Some(1),
        column => column.tells().then_some(2),
    }
}

/// Whether a name says that its values are places among the options: `correctIndex`, `Answer key`.
pub(in crate::formats) fn is_of_place(name: &str) -> bool {
    let bare = bare(name);
    let mut stems = PLACES.iter().filter_map(|end| bare.strip_suffix(end));
    stems.any(|stem| is_in(RIGHT, stem) || columns::named(stem).tells())
}

/// Number of the first option of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::formats) enum FirstNumber {
    /// Programs count from 0, people from 1.
    #[default]
    Zero,
    One,
}

impl FirstNumber {
    /// It itself.
    pub(in crate::formats) fn number(self) -> u8 {
        u8::from(self == Self::One)
    }
}

/// How the right options of a file are said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::formats) struct HowSaid {
    /// Numbers and letters are places, although an option may be called so.
    pub(in crate::formats) by_place: bool,
    /// Where the numbers begin.
    pub(in crate::formats) first: FirstNumber,
    /// Whether each of them may as well be said in the other way, which would be another option.
    pub(in crate::formats) is_unsure: bool,
}

/// A question's options and what is said of the right one.
pub(in crate::formats) struct Asked<'a> {
    pub(in crate::formats) texts: &'a [String],
    /// What stands for each, where a file says it.
    pub(in crate::formats) letters: &'a [String],
    /// What is said to be right.
    pub(in crate::formats) said: &'a str,
    /// Whether it is said under a name that only a place has.
    pub(in crate::formats) is_place: bool,
    /// Whether it is a number and the options are texts.
    pub(in crate::formats) is_number: bool,
}

/// What may say where an option stands.
enum Mark {
    Number(usize),
    Letter(usize),
}

impl Asked<'_> {
    /// The option that is meant, and whether a number says so.
    pub(in crate::formats) fn meant(&self, how: HowSaid) -> Option<(usize, bool)> {
        let by_text = || self.by_text().map(|at| (at, false));
        let by_place = || self.by_place(how.first);
        if self.is_place && self.mark().is_some() {
            by_place()
        } else if self.is_place || how.by_place {
            by_place().or_else(by_text)
        } else {
            by_text().or_else(by_place)
        }
    }

    fn by_text(&self) -> Option<usize> {
        let texts = || self.texts.iter();
        let said = self.said.trim().to_lowercase();
        texts()
            .position(|text| is_same(text, self.said))
            .or_else(|| texts().position(|text| text.trim().to_lowercase() == said))
            // `B) the second`.
            .or_else(|| texts().enumerate().position(|(at, text)| without_letter(at, self.said).as_ref() == Some(text)))
    }

    /// The option at the place that is said, and whether its number says so.
    fn by_place(&self, first: FirstNumber) -> Option<(usize, bool)> {
        let said = self.said.trim().to_lowercase();
        let (at, is_number) = match self.letters.iter().position(|letter| letter.trim().to_lowercase() == said) {
            Some(at) => (at, false),
            None => match self.mark()? {
                Mark::Number(number) => (number.checked_sub(usize::from(first.number()))?, true),
                Mark::Letter(at) => (at, false),
            },
        };
        self.texts.get(at).is_some_and(|text| !text.is_empty()).then_some((at, is_number))
    }

    fn mark(&self) -> Option<Mark> {
        let word = self.said.trim().trim_matches(['(', ')', '.', ':']);
        let is_option = |before: &str| OPTIONS.iter().any(|(one, _)| *one == bare(before));
        let word = word.rsplit_once(' ').map_or(word, |(before, last)| if is_option(before) { last } else { word });
        match (word.parse::<usize>(), word.as_bytes()) {
            (Ok(number), _) => Some(Mark::Number(number)),
            (_, [letter]) if letter.is_ascii_alphabetic() => {
                Some(Mark::Letter(usize::from(letter.to_ascii_lowercase() - b'a')))
            }
            _ => None,
        }
    }
}

/// Whether a text is a letter alone, which is no answer but the place of one: `B`, `(b)`, `B)`.
pub(in crate::formats) fn is_letter(said: &str) -> bool {
    let word = said.trim().trim_matches(['(', ')', '.', ':']);
    matches!(word.as_bytes(), [letter] if letter.is_ascii_alphabetic())
}

/// What the right options of a file tell of how they are said: an option may be called `3` or `C` too, so one row can't tell.
#[derive(Debug, Default)]
pub(in crate::formats) struct Answers {
    /// Those that are the text of an option and no place, and the other way round.
    only_texts: u64,
    only_places: u64,
    /// Those that may be both and then are different options, where numbers begin at 0 and at 1.
    differ: [u64; 2],
    /// Whether one is a number where the options are texts.
    has_numbers: bool,
    /// What numbers tell of where they begin: all of them, and those that are no option's text.
    all: Ends,
    sure: Ends,
}

/// Numbers that are in range only where these begin at 0, or only where they begin at 1.
#[derive(Debug, Default)]
struct Ends {
    from_zero: u64,
    from_one: u64,
}

impl Answers {
    /// Looks at a question; `false` where what is said means nothing.
    pub(in crate::formats) fn see(&mut self, asked: &Asked<'_>) -> bool {
        let by_text = asked.by_text().filter(|at| asked.texts.get(*at).is_some_and(|text| !text.is_empty()));
        let by_text = by_text.filter(|_| !asked.is_place || asked.mark().is_none());
        let (zero, one) = (asked.by_place(FirstNumber::Zero), asked.by_place(FirstNumber::One));
        let add = |ends: &mut Ends| match (zero, one) {
            (Some((_, true)), None) => ends.from_zero += 1,
            (None, Some((_, true))) => ends.from_one += 1,
            _ => {}
        };
        add(&mut self.all);
        if by_text.is_none() {
            add(&mut self.sure);
        }
        match (by_text, zero.or(one).is_some()) {
            (None, false) => return false,
            (Some(_), false) => self.only_texts += 1,
            (None, true) => self.only_places += u64::from(!asked.is_place),
            (Some(at), true) => {
                self.has_numbers |= asked.is_number;
                for (count, place) in self.differ.iter_mut().zip([zero, one]) {
                    *count += u64::from(place.is_none_or(|(place, _)| place != at));
                }
            }
        }
        true
    }

    /// How they are said; `usual` is where the numbers begin where nothing tells.
    pub(in crate::formats) fn how(&self, usual: FirstNumber) -> HowSaid {
        let is_open = self.only_places == self.only_texts;
        let by_place = self.only_places > self.only_texts || (is_open && self.has_numbers);
        let ends = if by_place { &self.all } else { &self.sure };
        let first = match (ends.from_zero, ends.from_one) {
            (0, 0) => usual,
            (zero, one) if zero >= one => FirstNumber::Zero,
            _ => FirstNumber::One,
        };
        let [zero, one] = self.differ;
        let differ = if first == FirstNumber::Zero { zero } else { one };
        let is_unsure = is_open && self.only_texts == 0 && !by_place && differ > 0;
        HowSaid { by_place, first, is_unsure }
    }
}

/// The options without the letters or numbers before them, where each that is none of the empty ones has its own.
pub(in crate::formats) fn without_letters(texts: &[String]) -> Option<Vec<String>> {
    let bare = |(at, text): (usize, &String)| {
        if text.is_empty() { Some(String::new()) } else { without_letter(at, text) }
    };
    texts.iter().enumerate().map(bare).collect()
}

/// An option without the letter or number that stands before it in its place: `B) the second`, `2. the second`.
fn without_letter(at: usize, text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('(');
    let (mark, rest) = text.split_once([')', '.', ':'])?;
    let letter = u8::try_from(at).ok().filter(|at| *at < 26).map(|at| char::from(b'a' + at).to_string())?;
    let is_its = mark.to_lowercase() == letter || mark == (at + 1).to_string();
    let bare = rest.trim();
    (is_its && rest.starts_with(' ') && !bare.is_empty()).then(|| bare.to_owned())
}

/// The other options than the answer, each once; nothing where only the answer is left.
pub(in crate::formats) fn distractors(answer: &str, others: Vec<String>) -> Option<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for text in others {
        if !is_same(&text, answer) && !kept.iter().any(|known| is_same(known, &text)) {
            kept.push(text);
        }
    }
    (!kept.is_empty()).then_some(kept)
}

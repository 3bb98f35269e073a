//! Anki's note types: what becomes of their notes. The stock ones are called differently in each language.

use crate::core::card::CARD_KINDS;
use crate::core::card::CardKind;
use crate::core::card::kind;
use crate::formats::columns::names::is_in;
use crate::formats::columns::names::plain;

/// What a note type means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum NoteType {
    /// A kind of card.
    Kind(&'static str),
    /// A reversed card where a field says so, else a basic one.
    OptionalReverse,
    /// Parts of a picture are covered: nothing that text could show.
    Occlusion,
}

/// `Basic`, as Anki calls it in each language.
const BASIC: &str = "\
    basic|einfach|basique|básico|basico|básica|base|basis|eenvoudig|podstawowy|podstawowa|простой|простая|базовая|\
    базовый|основная|основний|базовий|enkel|grundläggande|základní|temel|基本|基础|基本型|問答題|问答题|기본|alap|\
    basis (mit umkehrung)";

/// `Cloze`, in the same way.
const CLOZE: &str = "\
    cloze|lückentext|texte à trous|texte a trous|hueco|huecos|respuesta anidada|rellenar huecos|testo da completare|\
    cancellazione|omissão de palavras|omissão|invuloefening|invultekst|luka|luki|с пропусками|задание с пропусками|\
    пропуски|пропуск|lucktext|doplňovačka|boşluk doldurma|填空题|填空|填充題|克漏字|穴埋め|穴埋め問題|빈칸 채우기|빈칸|lyukas szöveg";

/// Parts of words in the brackets behind `Basic`.
const OPTIONAL: &str = "\
    option|optio|opcional|opzional|facoltativ|opcjonal|необяз|dobrovol|volitel|可选|任意|선택|isteğe|valfri";
const TYPED: &str = "\
    type|eingabe|eintipp|eintippen|saisi|tap|escrib|escrev|digit|scriv|wpis|ввод|skriv|psan|yazma|输入|輸入|入力|입력";
const REVERSED: &str = "\
    revers|umgekehrt|umkehr|beide richtungen|invers|invert|invertida|odwró|odwroc|обрат|зворот|omvänd|omgekeerd|\
    obrácen|ters|反|逆|反向|역|뒤집";

/// What a column of kinds is called, beside lmq's own `kind`. Each may be something else: only its cells tell.
const KIND_COLUMNS: &str = "\
    type|card type|question type|kind of card|typ|art|kartentyp|kartenart|fragetyp|fragentyp|frageart|aufgabentyp|type de carte|type de question|\
    tipo|tipo de tarjeta|tipo de pregunta|tipo di carta|tipo di scheda|tipo di domanda|tipo de cartão|tipo de pergunta|tipo de questão|\
    soort|kaarttype|kaartsoort|vraagtype|rodzaj|typ karty|typ pytania|rodzaj karty|rodzaj pytania|тип|тип карточки|тип вопроса";

/// What people call the kinds in English, German, French, Spanish, Italian, Portuguese, Dutch and Polish.
const KINDS: &[(&str, &str)] = &[
    (
        "basic",
        "standard|normal|karteikarte|flashcard|frage und antwort|grundkarte|simple|question et réponse|sencilla|sencillo|semplice|simples|\
         prosta|prosty|zwykła|pytanie i odpowiedź",
    ),
    (
        "reversed",
        "reverse|both ways|two-way|both directions|beidseitig|doppelseitig|beide richtungen|in beide richtungen|umgekehrt|\
         inversée|bidirectionnelle|dans les deux sens|recto verso|bidireccional|invertida|ambos sentidos|en ambos sentidos|bidirezionale|\
         inversa|in entrambe le direzioni|bidirecional|nos dois sentidos|tweezijdig|omgekeerd|beide kanten|dwustronna|odwrócona|w obie strony",
    ),
    (
        "cloze",
        "gap|gap fill|gap text|fill in the blank|fill in the blanks|fill-in-the-blank|lücke|lücken|lückensatz|lückenkarte|trou|trous|à trous|\
         phrase à trous|completar|rellenar|completar huecos|frase con huecos|a buchi|testo a buchi|lacune|completamento|lacuna|\
         lacunas|preencher lacunas|gatentekst|gaten|invullen|invulzin|z luką|z lukami|tekst z lukami|uzupełnianka",
    ),
    (
        "choice",
        "multiple choice|multiple-choice|multiplechoice|single choice|single-choice|mc|mcq|quiz|auswahl|mehrfachauswahl|einfachauswahl|\
         auswahlfrage|ankreuzen|choix|choix multiple|choix multiples|à choix multiples|choix unique|qcm|qcu|selección|selección múltiple|\
         opción múltiple|opcion multiple|elección|elección múltiple|tipo test|scelta|scelta multipla|a scelta multipla|risposta multipla|\
         escolha|escolha múltipla|múltipla escolha|multipla escolha|meerkeuze|meerkeuzevraag|keuze|wybór|test wyboru|wielokrotny wybór|\
         wielokrotnego wyboru|jednokrotnego wyboru|jednokrotny wybór",
    ),
    (
        "sort",
        "categorize|categorise|classify|einordnen|kategorisieren|classer|catégoriser|clasificar|classificare|classificar|indelen|\
         klasyfikacja|klasyfikowanie",
    ),
    ("list", "enumeration|liste|aufzählung|énumération|lista|enumeración|elenco|enumeração|lijst|opsomming|wyliczenie"),
    (
        "order",
        "ordering|sequence|reihenfolge|ordnen|sequenz|ordre|mettre en ordre|séquence|orden|ordenar|secuencia|ordine|ordinare|\
         sequenza|ordem|sequência|volgorde|kolejność|porządkowanie",
    ),
    (
        "typed",
        "type in|type-in|type the answer|free text|short answer|eingabe|eintippen|tippen|freitext|freie eingabe|texteingabe|kurzantwort|\
         saisie|saisir|à saisir|texte libre|réponse courte|escribir|respuesta escrita|texto libre|respuesta corta|scrivere|digitare|\
         testo libero|risposta breve|escrever|digitar|texto livre|resposta curta|invoer|intypen|typen|vrije tekst|kort antwoord|\
         wpisz|wpisywanie|do wpisania|krótka odpowiedź",
    ),
    ("say", "speak|sprechen|sagen|dire|parler|decir|hablar|parlare|dizer|falar|zeggen|spreken|mówienie|powiedz"),
];

/// Whether a column of that plain name may say of which kind each row is.
pub(in crate::formats) fn may_be_kinds(plain: &str) -> bool {
    is_in(KIND_COLUMNS, plain)
}

/// What the note type of that name means; nothing where it is not a stock one.
pub(in crate::formats) fn note_type(name: &str) -> Option<NoteType> {
    let name = name.trim().to_lowercase();
    if name.contains("image occlusion") || name.contains("occlusion") || name.contains("bildabdeckung") {
        return Some(NoteType::Occlusion);
    }
    if is_in(CLOZE, &name) {
        return Some(NoteType::Kind("cloze"));
    }
    if is_in(BASIC, &name) {
        return Some(NoteType::Kind("basic"));
    }
    let (stem, rest) = name.split_once(['(', '（'])?;
    if !is_in(BASIC, stem.trim()) {
        return None;
    }
    let has = |parts: &str| parts.split('|').any(|part| rest.contains(part));
    if has(OPTIONAL) {
        Some(NoteType::OptionalReverse)
    } else if has(REVERSED) {
        Some(NoteType::Kind("reversed"))
    } else {
        has(TYPED).then_some(NoteType::Kind("typed"))
    }
}

/// The kind that a row names: one of ours, or one of Anki's stock note types.
pub(in crate::formats) fn kind_called(name: &str) -> Option<&'static dyn CardKind> {
    let lower = name.to_lowercase();
    let ours = CARD_KINDS.iter().copied().find(|kind| kind.name() == lower);
    ours.or_else(|| match note_type(name) {
        Some(NoteType::Kind(name)) => kind(name),
        Some(NoteType::OptionalReverse) => kind("reversed"),
        Some(NoteType::Occlusion) => None,
        None => KINDS.iter().find(|(_, words)| is_in(words, &plain(name))).and_then(|(name, _)| kind(name)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_note_types_are_known_in_other_languages() {
        for (name, meant) in [
            ("Basic", NoteType::Kind("basic")),
            ("Einfach", NoteType::Kind("basic")),
            ("Basic (and reversed card)", NoteType::Kind("reversed")),
            ("Einfach (beide Richtungen)", NoteType::Kind("reversed")),
            ("Basic (optional reversed card)", NoteType::OptionalReverse),
            ("Basique (carte inversée optionnelle)", NoteType::OptionalReverse),
            ("Basic (type in the answer)", NoteType::Kind("typed")),
            ("Lückentext", NoteType::Kind("cloze")),
            ("Image Occlusion Enhanced", NoteType::Occlusion),
        ] {
            assert_eq!(note_type(name), Some(meant), "{name}");
        }
        assert_eq!(note_type("Basic-4f2c1"), None);
        assert_eq!(kind_called("Typed").map(CardKind::name), Some("typed"));
    }

    #[test]
    fn kinds_are_known_in_other_languages() {
        for (names, meant) in [
            (
                ["Auswahl", "QCM", "Opción múltiple", "scelta multipla", "Múltipla escolha", "meerkeuze", "Wybór"],
                "choice",
            ),
            (["Lücke", "texte à trous", "huecos", "a buchi", "Lacunas", "gatentekst", "luki"], "cloze"),
            (["Einfach", "Basique", "Básico", "base", "Simples", "basis", "podstawowy"], "basic"),
            (["Eingabe", "saisie", "escribir", "scrivere", "escrever", "invoer", "wpisz"], "typed"),
            (["Liste", "énumération", "lista", "elenco", "enumeração", "lijst", "lista"], "list"),
            (["Reihenfolge", "ordre", "orden", "ordine", "ordem", "volgorde", "kolejność"], "order"),
            (
                ["beidseitig", "inversée", "bidireccional", "inversa", "bidirecional", "omgekeerd", "odwrócona"],
                "reversed",
            ),
        ] {
            for name in names {
                assert_eq!(kind_called(name).map(CardKind::name), Some(meant), "{name}");
            }
        }
        assert_eq!(kind_called("Nomen").map(CardKind::name), None);
        assert!(may_be_kinds("typ") && may_be_kinds("art") && !may_be_kinds("wort"));
    }
}

//! Anki's note types: what becomes of their notes. The stock ones are called differently in each language.

use crate::core::card::CARD_KINDS;
use crate::core::card::CardKind;
use crate::core::card::kind;
use crate::formats::columns::names::is_in;

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
    ours.or_else(|| match note_type(name)? {
        NoteType::Kind(name) => kind(name),
        NoteType::OptionalReverse => kind("reversed"),
        NoteType::Occlusion => None,
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
}

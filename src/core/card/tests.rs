//! What holds for every kind.

use super::*;
use proptest::prelude::*;

fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["", "[ ,.:{}c1-9|/a-zß漢]{0,12}", "\\{\\{c[0-9]{1,5}::[a-z]{0,3}(::[a-z]{0,2})?\\}\\}"];
    prop_oneof![text.clone().prop_map(Value::Text), prop::collection::vec(text, 0..4).prop_map(Value::Texts)]
}

/// A note as a history may bring it: its text can be read, but nobody checked it against its kind.
fn note() -> impl Strategy<Value = NoteText> {
    (0..CARD_KINDS.len(), prop::collection::vec(prop::option::of(value()), 8)).prop_map(|(kind, values)| {
        let kind = CARD_KINDS[kind];
        let fields = kind.fields().iter().zip(values);
        let fields = fields.filter_map(|(field, value)| Some((field.name.to_owned(), value?))).collect();
        NoteText { kind: kind.name().to_owned(), fields, ..NoteText::default() }
    })
}

proptest! {
    #[test]
    fn no_kind_panics_whatever_its_fields_say(
        note in note(),
        ordinal in 0_u16..600,
        showing in (0_usize..5, any::<u64>()).prop_map(|(variant, seed)| Showing { variant, seed }),
        response in "[ ,0-9a-z]{0,9}",
    ) {
        let kind = kind(&note.kind).unwrap();
        kind.check(&note.fields);
        let ordinals = kind.ordinals(&note);
        prop_assert!(ordinals.is_sorted());
        for ordinal in ordinals.into_iter().chain([ordinal]) {
            let question = kind.question(&note, ordinal, showing);
            kind.answer(&note, ordinal);
            kind.ticks(&note, std::slice::from_ref(&response));
            kind.judge(&note, ordinal, &question, &response).ok();
        }
    }
}

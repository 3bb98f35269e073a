//! What the tests of all formats share.

use crate::core::card::Ask;
use crate::core::card::CARD_KINDS;
use crate::core::card::CardKind;
use crate::core::card::Fault;
use crate::core::card::Field;
use crate::core::card::Fields;
use crate::core::card::Form;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Question;
use crate::core::card::Said;
use crate::core::card::Shape;
use crate::core::card::Showing;
use crate::core::card::Unreadable;
use crate::core::card::Value;
use crate::core::card::Verdict;
use crate::core::compare::answer::Weights;
use crate::core::id::NoteUid;
use crate::formats::DeckHead;
use crate::formats::Exporter;
use crate::formats::FormatError;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::Record;
use crate::formats::RecordFault;
use crate::formats::Topic;
use crate::formats::Warning;
use crate::formats::columns;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::io::Cursor;

/// The same cases in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` give others.
pub(super) fn config() -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

/// A kind with fields and nothing else.
pub(super) struct Fake(pub(super) &'static [Field]);

impl CardKind for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn fields(&self) -> &'static [Field] {
        self.0
    }

    fn check(&self, _: &Fields) -> Vec<Fault> {
        Vec::new()
    }

    fn ordinals(&self, _: &NoteText) -> Vec<u16> {
        vec![1]
    }

    fn question(&self, _: &NoteText, _: u16, _: Showing) -> Question {
        Question { prompt: String::new(), options: Vec::new(), from: Vec::new(), ask: Ask::Recall }
    }

    fn answer(&self, _: &NoteText, _: u16) -> String {
        String::new()
    }

    fn judge(&self, _: &NoteText, _: u16, _: &Question, _: &str, _: Weights) -> Result<Option<Verdict>, Unreadable> {
        Ok(None)
    }
}

/// Everything that an importer makes of `bytes`.
pub(super) fn read(
    importer: &dyn Importer,
    file_name: &str,
    bytes: &[u8],
) -> (Vec<ImportItem>, Result<(), FormatError>) {
    let options = ReadOptions::named(file_name);
    read_with(importer, &options, bytes)
}

/// The same with options.
pub(super) fn read_with(
    importer: &dyn Importer,
    options: &ReadOptions,
    bytes: &[u8],
) -> (Vec<ImportItem>, Result<(), FormatError>) {
    let mut outcomes = Vec::new();
    let result = importer.read(&mut Cursor::new(bytes), options, &mut |outcome| {
        outcomes.push(outcome);
        Ok(())
    });
    (outcomes, result)
}

/// The notes among the outcomes.
pub(super) fn notes(outcomes: &[ImportItem]) -> Vec<&Item> {
    let mut found = Vec::new();
    for outcome in outcomes {
        if let ImportItem::Record(Record::Note(item)) = outcome {
            found.push(&**item);
        }
    }
    found
}

/// The records among the outcomes, which must be all of them, without their places.
pub(super) fn records(outcomes: Vec<ImportItem>) -> Vec<Record> {
    let record = |outcome| match outcome {
        ImportItem::Record(Record::Note(item)) => {
            Record::Note(Box::new(Item { place: Place::default(), says: Said::ALL, ..*item }))
        }
        ImportItem::Record(record) => record,
        other => panic!("{other:?}"),
    };
    outcomes.into_iter().map(record).collect()
}

/// What was left out: where, and why.
pub(super) fn rejected(outcomes: &[ImportItem]) -> Vec<(Place, RecordFault)> {
    let mut found = Vec::new();
    for outcome in outcomes {
        if let ImportItem::Rejected(rejected) = outcome {
            found.push((rejected.place, rejected.fault.clone()));
        }
    }
    found
}

/// The warnings among the outcomes.
pub(super) fn warnings(outcomes: &[ImportItem]) -> Vec<Warning> {
    let mut found = Vec::new();
    for outcome in outcomes {
        if let ImportItem::Warning(warning) = outcome {
            found.push(warning.clone());
        }
    }
    found
}

/// The file that an exporter makes of records.
pub(super) fn written(exporter: &dyn Exporter, records: &[Record]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = exporter.begin(&mut bytes).unwrap();
    records.iter().for_each(|record| writer.write(record).unwrap());
    writer.finish().unwrap();
    bytes
}

/// Text that is not blank, with all that makes tables difficult; `table` leaves out what a table can't hold.
fn any_text(table: bool) -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[a-z ]{0,8}",
        "[=+\\-@'|#]{1,3}[a-z \\n|,\";\t\\\\]{0,6}",
        "[a-z\\n|,\"; \t\\\\]{0,8}",
        "[|\\\\\\n]{1,5}",
        any::<String>(),
    ];
    text.prop_map(move |text| if table { text.replace(['\r', '\0'], "") } else { text })
        .prop_filter("not blank", |text| !text.trim().is_empty())
}

fn any_texts(table: bool) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(any_text(table), 1..4)
}

/// A value of that shape.
pub(super) fn any_value(shape: Shape, table: bool) -> BoxedStrategy<Value> {
    match shape {
        Shape::Text => any_text(table).prop_map(Value::Text).boxed(),
        Shape::Texts => any_texts(table).prop_map(Value::Texts).boxed(),
        Shape::Days => {
            let days = prop::collection::btree_set(1_u16..=3650, 1..4);
            days.prop_map(|days| Value::Texts(days.iter().map(u16::to_string).collect())).boxed()
        }
        Shape::Variants => {
            prop_oneof![any_text(table).prop_map(Value::Text), any_texts(table).prop_map(Value::Texts)].boxed()
        }
    }
}

/// Makes random fields into ones that the kind takes, where it is particular.
fn agreeable(kind: &'static dyn CardKind, text: &mut NoteText) {
    let first = |name: &str| text.texts(name).first().cloned();
    match kind.name() {
        "cloze" => {
            let rest = first("text").unwrap_or_default().replace(['{', '}', ':'], "");
            text.fields.insert("text".to_owned(), Value::Text(format!("{{{{c1::word}}}} {rest}")));
        }
        "sort" => {
            let sides = vec!["leader".to_owned(), first("answer").unwrap_or_default()];
            text.fields.insert("categories".to_owned(), Value::Texts(sides));
        }
        _ => {}
    }
}

fn any_note_text(table: bool) -> impl Strategy<Value = NoteText> {
    let kinds: Vec<BoxedStrategy<NoteText>> = CARD_KINDS
        .iter()
        .map(|kind| {
            let fields: Vec<_> = kind
                .fields()
                .iter()
                .map(|field| {
                    let value = any_value(field.shape, table);
                    let value = if field.required { value.prop_map(Some).boxed() } else { option::of(value).boxed() };
                    (Just(field.name.to_owned()), value)
                })
                .collect();
            fields
                .prop_map(move |fields| {
                    let fields = fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
                    let mut text = NoteText { kind: kind.name().to_owned(), fields, ..NoteText::default() };
                    agreeable(*kind, &mut text);
                    text
                })
                .prop_filter("the kind takes it", |text| columns::check(*kind, text).is_ok())
                .boxed()
        })
        .collect();
    let beside = (
        prop::collection::vec(any_text(table), 0..3),
        prop::collection::vec(any_text(table), 0..3),
        prop::collection::vec(any_text(table), 0..2),
        option::of(any_text(table)),
        option::of(any_text(table)),
        option::of(any_text(table)),
        option::of(any_text(table)),
        option::of(any_text(table)),
        (any::<bool>(), option::of(prop::sample::select(&Form::ALL[..])), prop::sample::select(&Markup::ALL[..])),
    );
    (prop::strategy::Union::new(kinds), beside).prop_map(|(text, beside)| {
        let (tags, source, after, topic, speaker, hint, extra, group, (held_out, form, markup)) = beside;
        NoteText { tags, source, after, topic, speaker, hint, extra, group, held_out, form, markup, ..text }
    })
}

fn any_item(table: bool) -> impl Strategy<Value = Item> {
    let identity = prop_oneof![
        any::<[u8; 16]>().prop_map(|uid| Identity::Uid(NoteUid(uid))),
        any_text(table).prop_map(Identity::Key),
        Just(Identity::None),
    ];
    (option::of(any_text(table)), identity, option::of(any_text(table)), any_note_text(table)).prop_map(
        |(deck, identity, key, text)| {
            let key = key.filter(|_| matches!(identity, Identity::Uid(_)));
            Item { place: Place::default(), deck, identity, key, text, says: Said::ALL }
        },
    )
}

/// Notes of any kind.
pub(super) fn any_notes(table: bool) -> impl Strategy<Value = Vec<Item>> {
    prop::collection::vec(any_item(table), 1..4)
}

/// Decks with topics and notes of any kind.
pub(super) fn any_records(table: bool) -> impl Strategy<Value = Vec<Record>> {
    let head = (any_text(table), any_text(table), option::of(any_text(table)), option::of(any_text(table)));
    let deck = head.prop_map(|(id, name, title, version)| {
        Record::Deck(DeckHead { id, name, title, version, ..DeckHead::default() })
    });
    let topic = (any_text(table), any_text(table), option::of(any_text(table)), option::of(any_text(table)))
        .prop_map(|(id, title, primer, try_line)| Record::Topic(Topic { id, title, primer, try_line }));
    let notes = any_notes(table).prop_map(|items| items.into_iter().map(|item| Record::Note(Box::new(item))));
    let block = (deck, prop::collection::vec(topic, 0..3), notes)
        .prop_map(|(deck, topics, notes)| std::iter::once(deck).chain(topics).chain(notes).collect::<Vec<Record>>());
    prop::collection::vec(block, 0..3).prop_map(|blocks| blocks.concat())
}

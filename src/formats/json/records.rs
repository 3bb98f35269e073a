//! Decks, topics and notes as the files have them.

use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::compare::answer::Weight;
use crate::core::compare::answer::Weights;
use crate::core::id::NoteUid;
use crate::formats::DeckHead;
use crate::formats::Identity;
use crate::formats::Item;
use crate::formats::Record;
use crate::formats::Topic;
use serde::Deserialize;
use serde::Serialize;
use std::borrow::Cow;

/// A deck's head as the files have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(expecting = "a deck, which is an object")]
pub(in crate::formats) struct DeckJson<'a> {
    #[serde(default)]
    id: Cow<'a, str>,
    #[serde(default)]
    name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    license: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sequence: Option<Cow<'a, [String]>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accents: Option<Weight>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<Weight>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    punctuation: Option<Weight>,
    /// Read with the head; written after it, one by one.
    #[serde(default, skip_serializing)]
    topics: Vec<TopicJson<'a>>,
}

impl<'a> From<&'a DeckHead> for DeckJson<'a> {
    fn from(head: &'a DeckHead) -> Self {
        let optional = |text: &'a Option<String>| text.as_deref().map(Cow::from);
        Self {
            id: head.id.as_str().into(),
            name: head.name.as_str().into(),
            title: optional(&head.title),
            description: optional(&head.description),
            language: optional(&head.language),
            license: optional(&head.license),
            version: optional(&head.version),
            sequence: head.sequence.as_deref().map(Cow::from),
            accents: head.weights.accents,
            case: head.weights.case,
            punctuation: head.weights.punctuation,
            topics: Vec::new(),
        }
    }
}

impl DeckJson<'_> {
    /// The head, if it gives an id or a name, and the topics. Each of the two stands for the other where that is missing.
    pub(in crate::formats) fn into_records(self) -> impl Iterator<Item = Record> {
        let or =
            |one: &Cow<'_, str>, other: &Cow<'_, str>| if one.is_empty() { other.to_string() } else { one.to_string() };
        let (id, name) = (or(&self.id, &self.name), or(&self.name, &self.id));
        let head = (!id.is_empty()).then(|| DeckHead {
            id,
            name,
            title: any(self.title),
            description: any(self.description),
            language: any(self.language),
            license: any(self.license),
            version: any(self.version),
            sequence: self.sequence.map(Cow::into_owned),
            weights: Weights { accents: self.accents, case: self.case, punctuation: self.punctuation },
        });
        let topics: Vec<Topic> = self.topics.into_iter().map(TopicJson::into_topic).collect();
        head.map(Record::Deck).into_iter().chain(topics.into_iter().map(Record::Topic))
    }
}

/// A text; an empty one is as good as none.
fn any(text: Option<Cow<'_, str>>) -> Option<String> {
    text.map(Cow::into_owned).filter(|text| !text.is_empty())
}

/// A topic as the files have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(expecting = "a topic, which is an object")]
pub(in crate::formats) struct TopicJson<'a> {
    id: Cow<'a, str>,
    #[serde(default)]
    title: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    primer: Option<Cow<'a, str>>,
    #[serde(default, rename = "try", skip_serializing_if = "Option::is_none")]
    try_line: Option<Cow<'a, str>>,
}

impl<'a> From<&'a Topic> for TopicJson<'a> {
    fn from(topic: &'a Topic) -> Self {
        Self {
            id: topic.id.as_str().into(),
            title: topic.title.as_str().into(),
            primer: topic.primer.as_deref().map(Cow::from),
            try_line: topic.try_line.as_deref().map(Cow::from),
        }
    }
}

impl TopicJson<'_> {
    /// The topic.
    pub(in crate::formats) fn into_topic(self) -> Topic {
        Topic {
            id: self.id.into_owned(),
            title: self.title.into_owned(),
            primer: any(self.primer),
            try_line: any(self.try_line),
        }
    }
}

/// A note as the files have it.
#[derive(Debug, Serialize)]
pub(in crate::formats) struct NoteJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deck: Option<&'a str>,
    #[serde(flatten)]
    text: &'a NoteText,
    /// Written always: a note that does not name it is plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    markup: Option<Markup>,
}

impl<'a> From<&'a Item> for NoteJson<'a> {
    fn from(item: &'a Item) -> Self {
        // The text writes any other itself.
        let markup = item.text.markup.is_usual().then_some(item.text.markup);
        let (id, key) = match &item.identity {
            Identity::Uid(uid) => (Some(uid.to_string()), item.key.as_deref()),
            Identity::Foreign { namespace, id } => {
                (Some(NoteUid::of_foreign(namespace, id).to_string()), item.key.as_deref())
            }
            Identity::Key(key) => (None, Some(key.as_str())),
            Identity::None => (None, item.key.as_deref()),
        };
        Self { id, key, deck: item.deck.as_deref(), text: &item.text, markup }
    }
}

//! What is looked at before the notes of another program are read: under which key they stand, which keys they have, and how they say
//! which option is right.

use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::json::Keys;
use crate::formats::json::any::Any;
use crate::formats::json::any::Of;
use crate::formats::json::held::Object;
use crate::formats::json::seen::Look;
use crate::formats::json::stream::Again;
use crate::formats::json::stream::Meter;
use crate::formats::json::stream::Under;
use crate::formats::json::stream::parse;
use crate::formats::json::strict::Strict;
use serde::Deserialize;
use serde::de::DeserializeSeed;
use serde::de::Error as _;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// The one key of another program's object under which a list of notes stands: its first one has a question and an answer.
pub(super) fn key_of_notes(input: &mut dyn ReadSeek, options: &ReadOptions) -> Option<String> {
    /// The first object of each list.
    struct Lists(Vec<(String, Object)>);
    impl<'de> Visitor<'de> for &mut Lists {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<String>()? {
                if let Some(first) = map.next_value::<First>()?.0 {
                    self.0.push((key, first));
                }
            }
            Ok(())
        }
    }
    let mut lists = Lists(Vec::new());
    // What is wrong with the file is told when it is read.
    parse(input, &Rc::default(), |json| serde::Deserializer::deserialize_map(json, &mut lists)).ok()?;
    let is_note = |object: &Object| {
        let mut look = Look::new(options);
        look.see(object);
        Keys::new(&look).is_note(object)
    };
    let mut found = lists.0.into_iter().filter(|(_, first)| is_note(first));
    found.next().filter(|_| found.next().is_none()).map(|(key, _)| key)
}

/// The first object of a list, and nothing of any other value.
struct First(Option<Object>);

impl<'de> Deserialize<'de> for First {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Of<'de> for List {
            type Value = Option<Object>;

            fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Object>, A::Error> {
                let (twice, kept) = (RefCell::default(), RefCell::default());
                let first = list.next_element_seed(Strict::keeping(&twice, &kept))?;
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(first.map(|_| kept.into_inner()))
            }
        }
        deserializer.deserialize_any(Any(List)).map(First)
    }
}

/// Looks at the objects of a list.
pub(super) fn look<'o>(
    input: &mut dyn ReadSeek,
    meter: &Rc<Meter>,
    key: Option<&str>,
    options: &'o ReadOptions,
) -> Look<'o> {
    struct Seen<'o>(Look<'o>);
    impl<'de> DeserializeSeed<'de> for &mut Seen<'_> {
        type Value = ();

        fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_seq(self)
        }
    }
    impl<'de> Visitor<'de> for &mut Seen<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of notes")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
            loop {
                let (twice, kept) = (RefCell::default(), RefCell::default());
                let next = list.next_element_seed(Strict::keeping(&twice, &kept))?;
                if next.is_none() || !self.0.see(&kept.into_inner()) {
                    return Err(A::Error::custom("enough"));
                }
            }
        }
    }
    impl<'de> Again<'de> for &mut Seen<'_> {
        fn again<A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
            map.next_value_seed(&mut **self)
        }
    }
    let mut seen = Seen(Look::new(options));
    // What is wrong with the file is told when it is read.
    parse(input, meter, |json| match key {
        Some(key) => Under { key, seed: &mut seen }.deserialize(json),
        None => (&mut seen).deserialize(json),
    })
    .ok();
    seen.0
}

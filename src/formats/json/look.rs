//! What is looked at before the notes of another program are read: under which key they stand, and where the numbers of options begin.

use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::json::Keys;
use crate::formats::json::Numbers;
use crate::formats::json::held::Object;
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
    let is_note = |object: &Object| Keys::new(&options.table, &Numbers::default()).is_note(object);
    let mut found = lists.0.into_iter().filter(|(_, first)| is_note(first));
    found.next().filter(|_| found.next().is_none()).map(|(key, _)| key)
}

/// The first object of a list, and nothing of any other value.
struct First(Option<Object>);

impl<'de> Deserialize<'de> for First {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = First;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_bool<E>(self, _: bool) -> Result<First, E> {
                Ok(First(None))
            }

            fn visit_i64<E>(self, _: i64) -> Result<First, E> {
                Ok(First(None))
            }

            fn visit_u64<E>(self, _: u64) -> Result<First, E> {
                Ok(First(None))
            }

            fn visit_f64<E>(self, _: f64) -> Result<First, E> {
                Ok(First(None))
            }

            fn visit_unit<E>(self) -> Result<First, E> {
                Ok(First(None))
            }

            fn visit_str<E>(self, _: &str) -> Result<First, E> {
                Ok(First(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<First, A::Error> {
                let (twice, kept) = (RefCell::default(), RefCell::default());
                let first = list.next_element_seed(Strict::keeping(&twice, &kept))?;
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(First(first.map(|_| kept.into_inner())))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<First, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(First(None))
            }
        }
        deserializer.deserialize_any(Values)
    }
}

/// What the objects of a list tell of the numbers of their options. Most lists have none, which the first object tells.
pub(super) fn numbers(input: &mut dyn ReadSeek, meter: &Rc<Meter>, key: Option<&str>) -> Numbers {
    struct Seen(Numbers);
    impl<'de> DeserializeSeed<'de> for &mut Seen {
        type Value = ();

        fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_seq(self)
        }
    }
    impl<'de> Visitor<'de> for &mut Seen {
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
    impl<'de> Again<'de> for &mut Seen {
        fn again<A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
            map.next_value_seed(&mut **self)
        }
    }
    let mut seen = Seen(Numbers::default());
    // What is wrong with the file is told when it is read.
    parse(input, meter, |json| match key {
        Some(key) => Under { key, seed: &mut seen }.deserialize(json),
        None => (&mut seen).deserialize(json),
    })
    .ok();
    seen.0
}

//! Values of which only some matter: all others are passed over, however large they are.

use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use std::fmt;

/// What is made of the values that matter. Of any other one it is the default.
pub(super) trait Of<'de>: Sized {
    /// What is made of them.
    type Value: Default;

    /// Of a text.
    fn text(self) -> Self::Value {
        Self::Value::default()
    }

    /// Of a list.
    ///
    /// # Errors
    /// Where the list is broken.
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::Value::default())
    }
}

/// Takes any value.
pub(super) struct Any<T>(pub(super) T);

impl<'de, T: Of<'de>> Visitor<'de> for Any<T> {
    type Value = T::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_unit<E>(self) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<T::Value, E> {
        Ok(self.0.text())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T::Value, A::Error> {
        self.0.list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(T::Value::default())
    }
}

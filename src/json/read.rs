//! Reads what the server sends.

use std::fmt;

use js_sys::{Array, JSON, Reflect};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, SeqAccess,
    VariantAccess, Visitor,
};
use wasm_bindgen::{JsCast, JsValue};

/// Reads a value; `None` when the text is not what the protocol says.
#[must_use]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    read_value(JSON::parse(text).ok()?)
}

/// Reads a value that the browser has parsed already.
#[must_use]
pub fn read_value<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    T::deserialize(Value(value)).ok()
}

/// The value is not one of those that the protocol knows.
#[derive(Debug)]
struct Foreign;

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("foreign value")
    }
}

impl std::error::Error for Foreign {}

impl serde::de::Error for Foreign {
    fn custom<T: fmt::Display>(_sentence: T) -> Foreign {
        Foreign
    }
}

struct Value(JsValue);

impl Value {
    /// Whole numbers only: the protocol has no others, and money must never pass through a float.
    fn integer(&self) -> Option<i64> {
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            reason = "a safe integer of JavaScript is below 2^53"
        )]
        let whole = |number: f64| number as i64;
        let number = self.0.as_f64()?;
        js_sys::Number::is_safe_integer(&self.0).then(|| whole(number))
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Foreign;

    /// The protocol's types all say what they are; nothing asks the answer what it might be.
    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Foreign> {
        Err(Foreign)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        visitor.visit_bool(self.0.as_bool().ok_or(Foreign)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        visitor.visit_i64(self.integer().ok_or(Foreign)?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        visitor.visit_string(self.0.as_string().ok_or(Foreign)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Foreign> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        let items = self.0.dyn_into().map_err(|_| Foreign)?;
        visitor.visit_seq(Items { items, next: 0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Foreign> {
        if !self.0.is_object() {
            return Err(Foreign);
        }
        visitor.visit_seq(Fields {
            object: self.0,
            names,
            next: 0,
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Foreign> {
        visitor.visit_enum(Word(self.0.as_string().ok_or(Foreign)?))
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 u8 f32 f64 char str bytes byte_buf unit unit_struct tuple tuple_struct map
        identifier ignored_any
    }
}

/// An enum without contents travels as its name.
struct Word(String);

impl<'de> EnumAccess<'de> for Word {
    type Error = Foreign;
    type Variant = Bare;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Bare), Foreign> {
        Ok((seed.deserialize(self.0.into_deserializer())?, Bare))
    }
}

struct Bare;

impl<'de> VariantAccess<'de> for Bare {
    type Error = Foreign;

    fn unit_variant(self) -> Result<(), Foreign> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _seed: S) -> Result<S::Value, Foreign> {
        Err(Foreign)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        _visitor: V,
    ) -> Result<V::Value, Foreign> {
        Err(Foreign)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Foreign> {
        Err(Foreign)
    }
}

struct Items {
    items: Array,
    next: u32,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Foreign;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Foreign> {
        if self.next >= self.items.length() {
            return Ok(None);
        }
        let item = self.items.get(self.next);
        self.next += 1;
        seed.deserialize(Value(item)).map(Some)
    }
}

/// The known fields of an object, in the order of the type: its code for finding names and noticing
/// repetitions, half of what serde derives, is then never needed. Unknown fields are not looked at.
struct Fields {
    object: JsValue,
    names: &'static [&'static str],
    next: usize,
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Foreign;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Foreign> {
        let name = self.names.get(self.next).ok_or(Foreign)?;
        self.next += 1;
        let value = Reflect::get(&self.object, &JsValue::from_str(name));
        let value = value.map_err(|_| Foreign)?;
        if value.is_undefined() {
            // Left out: serde takes the type's default, or refuses where the type names none.
            return Ok(None);
        }
        seed.deserialize(Value(value)).map(Some)
    }
}

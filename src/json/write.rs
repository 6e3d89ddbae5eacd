//! Writes what the page sends: flat objects of words and whole numbers, and nothing else.

use js_sys::{JSON, Object, Reflect};
use serde::{
    Serialize,
    ser::{Impossible, SerializeStruct, Serializer},
};
use wasm_bindgen::JsValue;

use super::Foreign;

/// Writes a value as text; `None` when it is not flat, which no request of the protocol is.
pub(crate) fn write<T: Serialize>(value: &T) -> Option<String> {
    JSON::stringify(&to_js(value)?).ok().map(String::from)
}

/// Makes a JavaScript object of a value.
pub(crate) fn to_js<T: Serialize>(value: &T) -> Option<JsValue> {
    value.serialize(Flat).ok()
}

struct Flat;

type Never = Impossible<JsValue, Foreign>;

/// Refuses a kind of value that no request contains.
macro_rules! refuse {
    ($($method:ident($($type:ty),*) -> $answer:ty;)+) => {
        $(fn $method(self, $(_: $type),*) -> Result<$answer, Foreign> { Err(Foreign) })+
    };
}

impl Serializer for Flat {
    type Ok = JsValue;
    type Error = Foreign;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Never;

    fn serialize_u32(self, number: u32) -> Result<JsValue, Foreign> {
        Ok(JsValue::from(number))
    }

    fn serialize_str(self, text: &str) -> Result<JsValue, Foreign> {
        Ok(JsValue::from_str(text))
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<JsValue, Foreign> {
        Ok(JsValue::from_str(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<JsValue, Foreign> {
        value.serialize(self)
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Fields, Foreign> {
        Ok(Fields(Object::new()))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _value: &T) -> Result<JsValue, Foreign> {
        Err(Foreign)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<JsValue, Foreign> {
        Err(Foreign)
    }

    refuse! {
        serialize_bool(bool) -> JsValue;
        serialize_i8(i8) -> JsValue;
        serialize_i16(i16) -> JsValue;
        serialize_i32(i32) -> JsValue;
        serialize_i64(i64) -> JsValue;
        serialize_u8(u8) -> JsValue;
        serialize_u16(u16) -> JsValue;
        serialize_u64(u64) -> JsValue;
        serialize_f32(f32) -> JsValue;
        serialize_f64(f64) -> JsValue;
        serialize_char(char) -> JsValue;
        serialize_bytes(&[u8]) -> JsValue;
        serialize_none() -> JsValue;
        serialize_unit() -> JsValue;
        serialize_unit_struct(&'static str) -> JsValue;
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

struct Fields(Object);

impl SerializeStruct for Fields {
    type Ok = JsValue;
    type Error = Foreign;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Foreign> {
        let value = value.serialize(Flat)?;
        Reflect::set(&self.0, &JsValue::from_str(name), &value).map_err(|_| Foreign)?;
        Ok(())
    }

    fn end(self) -> Result<JsValue, Foreign> {
        Ok(self.0.into())
    }
}

//! Turns a filter struct into query pairs, in the order of its fields.

use serde::ser::{Error as _, Impossible, Serialize, SerializeMap, SerializeStruct, Serializer};
use serde_json::Value;

type Pairs = Vec<(String, String)>;
type Failure = serde_json::Error;
type Never = Impossible<Pairs, Failure>;

/// Pairs of `filter`: absent values are left out, lists are joined by commas, deeper shapes are errors.
pub(crate) fn pairs<T: Serialize + ?Sized>(filter: &T) -> Result<Pairs, Failure> {
    filter.serialize(Top)
}

fn text(value: &Value) -> Result<Option<String>, Failure> {
    Ok(match value {
        Value::Null => None,
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(values) if values.is_empty() => None,
        Value::Array(values) => {
            let mut parts = Vec::with_capacity(values.len());
            for value in values {
                match value {
                    Value::Array(_) | Value::Object(_) => return Err(nested()),
                    scalar => parts.extend(text(scalar)?),
                }
            }
            Some(parts.join(","))
        }
        Value::Object(_) => return Err(nested()),
    })
}

fn nested() -> Failure {
    Failure::custom("a query value cannot be an object or a list of lists")
}

fn flat() -> Failure {
    Failure::custom("a query is built from a struct or a map")
}

struct Top;

#[derive(Default)]
struct Fields {
    pairs: Pairs,
    key: Option<String>,
}

impl Fields {
    fn push<T: Serialize + ?Sized>(&mut self, key: String, value: &T) -> Result<(), Failure> {
        if let Some(text) = text(&serde_json::to_value(value)?)? {
            self.pairs.push((key, text));
        }
        Ok(())
    }
}

impl SerializeStruct for Fields {
    type Ok = Pairs;
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Failure> {
        self.push(key.to_owned(), value)
    }

    fn end(self) -> Result<Pairs, Failure> {
        Ok(self.pairs)
    }
}

impl SerializeMap for Fields {
    type Ok = Pairs;
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        self.key = text(&serde_json::to_value(key)?)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let key = self.key.take().ok_or_else(flat)?;
        self.push(key, value)
    }

    fn end(self) -> Result<Pairs, Failure> {
        Ok(self.pairs)
    }
}

macro_rules! refuse {
    ($($method:ident($($kind:ty),*);)*) => {
        $(fn $method(self, $(_: $kind),*) -> Result<Pairs, Failure> { Err(flat()) })*
    };
}

impl Serializer for Top {
    type Ok = Pairs;
    type Error = Failure;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Never;

    refuse! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_none(self) -> Result<Pairs, Failure> {
        Ok(Pairs::new())
    }

    fn serialize_unit(self) -> Result<Pairs, Failure> {
        Ok(Pairs::new())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Pairs, Failure> {
        Ok(Pairs::new())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Pairs, Failure> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Pairs, Failure> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Pairs, Failure> {
        Err(flat())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Never, Failure> {
        Err(flat())
    }

    fn serialize_tuple(self, _: usize) -> Result<Never, Failure> {
        Err(flat())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, Failure> {
        Err(flat())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, Failure> {
        Err(flat())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields, Failure> {
        Ok(Fields::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Failure> {
        Ok(Fields::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, Failure> {
        Err(flat())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::pairs;

    #[derive(Serialize, Default)]
    struct Filter {
        #[serde(rename = "siteName")]
        site: Option<String>,
        max: Option<u32>,
        muted: Option<bool>,
        ids: Vec<i64>,
    }

    #[test]
    fn fields_come_in_order_and_absent_ones_are_left_out() {
        let filter = Filter {
            site: Some("A&B".into()),
            max: Some(250),
            muted: None,
            ids: vec![3, 1],
        };
        let pairs = pairs(&filter).unwrap();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(pairs, [("siteName", "A&B"), ("max", "250"), ("ids", "3,1")]);
    }

    #[test]
    fn shapes_that_no_query_has_are_errors() {
        assert!(pairs("text").is_err());
        assert!(pairs(&[1, 2]).is_err());
        assert!(pairs(&serde_json::json!({"a": {"b": 1}})).is_err());
        assert_eq!(pairs(&()).unwrap(), []);
    }
}

//! Typed ids.

use std::fmt;

use serde::de::{Deserializer, Visitor};

pub use crate::open_enum::integer_from_wire as number_from_wire;

/// Reads an id that is text, or a number on some days.
#[doc(hidden)]
pub fn text_from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    struct Text;

    impl Visitor<'_> for Text {
        type Value = Box<str>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an id as text or number")
        }

        fn visit_str<E>(self, text: &str) -> Result<Box<str>, E> {
            Ok(text.into())
        }

        fn visit_i64<E>(self, number: i64) -> Result<Box<str>, E> {
            Ok(number.to_string().into())
        }

        fn visit_u64<E>(self, number: u64) -> Result<Box<str>, E> {
            Ok(number.to_string().into())
        }
    }

    deserializer.deserialize_any(Text)
}

/// Makes an id type: `id!(/** doc */ SiteId)` for text, `id!(/** doc */ number DeviceId)` for a whole number.
///
/// The content is private; there is no `Deref`. Text ids have `new`, `as_str`, `From<&str>` and `From<String>`, number
/// ids `new`, `get` and `From<i64>`. Both serialise as they are, and read both wire forms.
///
/// ```
/// client_core::id!(
///     /// Identifies a site.
///     SiteUid
/// );
/// client_core::id!(
///     /// Identifies a variable.
///     number VariableId
/// );
///
/// let uid: SiteUid = serde_json::from_str("\"8b0c\"")?;
/// assert_eq!((uid.as_str(), uid.to_string()), ("8b0c", "8b0c".to_owned()));
/// let id: VariableId = serde_json::from_str("\"17\"")?;
/// assert_eq!((id, id.get()), (VariableId::new(17), 17));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! id {
    ($(#[$meta:meta])* number $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(unreachable_pub, reason = "the type may live in a private module")]
        pub struct $name(i64);

        #[allow(unreachable_pub, reason = "the type may live in a private module")]
        impl $name {
            /// The id with this number.
            #[must_use]
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// The number.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(number)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::num::ParseIntError;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                text.trim().parse().map(Self)
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.0)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::number_from_wire(deserializer).map(Self)
            }
        }
    };
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(unreachable_pub, reason = "the type may live in a private module")]
        pub struct $name(::std::boxed::Box<str>);

        #[allow(unreachable_pub, reason = "the type may live in a private module")]
        impl $name {
            /// The id with this text.
            #[must_use]
            pub fn new(text: impl Into<::std::boxed::Box<str>>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self(text.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                Ok(Self(text.into()))
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::text_from_wire(deserializer).map(Self)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::{from_str, json, to_value};

    id!(
        /// For tests.
        SiteUid
    );
    id!(
        /// For tests.
        number DeviceId
    );

    #[test]
    fn text_ids_round_trip_and_read_numbers() {
        for (wire, text) in [
            ("\"8b0c\"", "8b0c"),
            ("12", "12"),
            ("-1", "-1"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            let uid: SiteUid = from_str(wire).unwrap();
            assert_eq!(uid.as_str(), text);
            assert_eq!(to_value(&uid).unwrap(), json!(text));
            assert_eq!(uid.to_string().parse(), Ok(uid));
        }
        for wire in ["1.5", "null", "true", "[]"] {
            assert!(from_str::<SiteUid>(wire).is_err(), "{wire}");
        }
        let map: HashMap<SiteUid, u8> = from_str(r#"{"a":1}"#).unwrap();
        assert_eq!(map[&SiteUid::new("a")], 1);
    }

    #[test]
    fn number_ids_read_both_forms() {
        for (wire, number) in [("17", 17), ("\" 17 \"", 17), ("17.0", 17), ("-1", -1)] {
            let id: DeviceId = from_str(wire).unwrap();
            assert_eq!(id.get(), number);
            assert_eq!(to_value(id).unwrap(), json!(number));
        }
        assert_eq!("17".parse(), Ok(DeviceId::new(17)));
        assert!("x".parse::<DeviceId>().is_err() && from_str::<DeviceId>("\"\"").is_err());
    }
}

//! Enums that survive values that nobody knows yet.

use std::fmt;

use serde::de::{Deserializer, Error as _, Visitor};

/// A value that this version does not know, kept word for word.
///
/// Opaque on purpose: compare the enum's `as_str()`, and the code survives the day the value gets a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownText(Box<str>);

/// A number that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownNumber(i64);

impl UnknownText {
    #[doc(hidden)]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    #[doc(hidden)]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl UnknownNumber {
    #[doc(hidden)]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    #[doc(hidden)]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// Reads a whole number, as a number, as a float without fraction, or as text.
#[doc(hidden)]
pub fn integer_from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct Integer;

    impl Visitor<'_> for Integer {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number, or text of one")
        }

        fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<i64, E> {
            Ok(number)
        }

        fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<i64, E> {
            i64::try_from(number).map_err(|_| E::custom("a whole number that is too large"))
        }

        fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<i64, E> {
            crate::serde::whole(number).ok_or_else(|| E::custom("a number that is not whole"))
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<i64, E> {
            text.trim()
                .parse()
                .map_err(|_| E::custom("a text that is no whole number"))
        }
    }

    deserializer
        .deserialize_any(Integer)
        .map_err(D::Error::custom)
}

/// Makes an enum of known texts or numbers that keeps unknown ones.
///
/// Both forms are `#[non_exhaustive]`, have a variant `Unknown` with an opaque payload, and round-trip through serde,
/// `Display` and `FromStr` (which never fails for texts). Known texts compare with their exact case.
///
/// ```
/// client_core::open_enum!(
///     /// Whether a site takes traffic.
///     SiteState { Planned = "planned", Live = "live" }
/// );
/// client_core::open_enum!(
///     /// What a company is; also read from text.
///     CompanyType: i64 { Partner = 0, Customer = 1 }
/// );
///
/// let state: SiteState = serde_json::from_str("\"moved\"")?;
/// assert_eq!(state.as_str(), "moved");
/// assert!(state.is_unknown());
/// assert_eq!(SiteState::from("live"), SiteState::Live);
///
/// let kind: CompanyType = serde_json::from_str("\"1\"")?;
/// assert_eq!((kind, kind.get()), (CompanyType::Customer, 1));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        $name:ident: i64 { $($(#[$variant_meta:meta])* $variant:ident = $number:literal),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[allow(missing_docs, unreachable_pub, reason = "named as the vendor names them, wherever the type lives")]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A value that this version does not know.
            Unknown($crate::__private::UnknownNumber),
        }

        #[allow(unreachable_pub, reason = "the type may live in a private module")]
        impl $name {
            /// The values that this version knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The vendor's number.
            pub const fn get(self) -> i64 {
                match self {
                    $(Self::$variant => $number,)+
                    Self::Unknown(number) => number.get(),
                }
            }

            /// True if this version does not know the value.
            pub const fn is_unknown(self) -> bool {
                matches!(self, Self::Unknown(_))
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                match number {
                    $($number => Self::$variant,)+
                    other => Self::Unknown($crate::__private::UnknownNumber::new(other)),
                }
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::num::ParseIntError;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                text.trim().parse::<i64>().map(Self::from)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.get(), f)
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.get())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::integer_from_wire(deserializer).map(Self::from)
            }
        }
    };
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[allow(missing_docs, unreachable_pub, reason = "named as the vendor names them, wherever the type lives")]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A value that this version does not know.
            Unknown($crate::UnknownText),
        }

        #[allow(unreachable_pub, reason = "the type may live in a private module")]
        impl $name {
            /// The values that this version knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The vendor's text.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text.as_str(),
                }
            }

            /// True if this version does not know the value.
            pub const fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    other => Self::Unknown($crate::UnknownText::new(other)),
                }
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                struct Text;

                impl $crate::__private::serde::de::Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str("a text")
                    }

                    fn visit_str<E: $crate::__private::serde::de::Error>(
                        self,
                        text: &str,
                    ) -> ::core::result::Result<$name, E> {
                        Ok($name::from(text))
                    }
                }

                deserializer.deserialize_str(Text)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{from_str, json, to_value};

    open_enum!(
        /// For tests.
        State { Planned = "planned", Live = "live" }
    );
    open_enum!(
        /// For tests.
        Kind: i64 { Partner = 0, Customer = 1, Odd = -5 }
    );

    #[test]
    fn known_and_unknown_texts_round_trip() {
        for text in ["planned", "live", "LIVE", "", "ünknown \"x\""] {
            let state: State = serde_json::from_value(json!(text)).unwrap();
            assert_eq!(state.as_str(), text);
            assert_eq!(to_value(&state).unwrap(), json!(text));
            assert_eq!(state.to_string().parse(), Ok(state.clone()));
            assert_eq!(state.is_unknown(), !["planned", "live"].contains(&text));
        }
        assert!(from_str::<State>("1").is_err());
        let set: BTreeSet<State> = ["b", "live", "a"].into_iter().map(State::from).collect();
        assert_eq!(set.first(), Some(&State::Live));
        assert_eq!(format!("[{:>8}]", State::Live), "[    live]");
    }

    #[test]
    fn numbers_are_read_in_both_forms() {
        for (text, kind, number) in [
            ("0", Kind::Partner, 0),
            ("\"1\"", Kind::Customer, 1),
            ("1.0", Kind::Customer, 1),
            ("-5", Kind::Odd, -5),
            ("77", Kind::from(77), 77),
        ] {
            let read: Kind = from_str(text).unwrap();
            assert_eq!((read, read.get()), (kind, number));
            assert_eq!(to_value(read).unwrap(), json!(number));
        }
        assert!(Kind::from(77).is_unknown());
        assert_eq!("1".parse(), Ok(Kind::Customer));
        for text in ["\"x\"", "1.5", "null", "18446744073709551615"] {
            assert!(from_str::<Kind>(text).is_err(), "{text}");
        }
        assert_eq!(State::KNOWN.len() + Kind::KNOWN.len(), 5);
    }
}

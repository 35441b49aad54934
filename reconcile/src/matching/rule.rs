//! What rules are made of.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One kind of value by which devices are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[non_exhaustive]
pub enum Evidence {
    /// A MAC address of an interface.
    Mac,
    /// An IP address of an interface.
    Ip,
    /// The serial number.
    Serial,
    /// The device's name.
    Name,
    /// A field of the host's own, by number from 0 to [`Evidence::LAST_FIELD`].
    Field(u8),
}

impl Evidence {
    /// The highest number of an own field.
    pub const LAST_FIELD: u8 = 7;

    /// The kinds that every device row has.
    pub(super) const BUILT_IN: [Evidence; 4] = [
        Evidence::Mac,
        Evidence::Ip,
        Evidence::Serial,
        Evidence::Name,
    ];

    const fn bit(self) -> u16 {
        match self {
            Evidence::Mac => 1,
            Evidence::Ip => 1 << 1,
            Evidence::Serial => 1 << 2,
            Evidence::Name => 1 << 3,
            Evidence::Field(number) if number <= Evidence::LAST_FIELD => 1 << (4 + number),
            Evidence::Field(_) => 0,
        }
    }

    fn all() -> impl Iterator<Item = Evidence> {
        Evidence::BUILT_IN
            .into_iter()
            .chain((0..=Evidence::LAST_FIELD).map(Evidence::Field))
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Mac => f.write_str("mac"),
            Evidence::Ip => f.write_str("ip"),
            Evidence::Serial => f.write_str("serial"),
            Evidence::Name => f.write_str("name"),
            Evidence::Field(number) => write!(f, "field{number}"),
        }
    }
}

impl FromStr for Evidence {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        Evidence::all()
            .find(|evidence| evidence.to_string() == text)
            .ok_or(RuleError::Unknown)
    }
}

impl From<Evidence> for String {
    fn from(evidence: Evidence) -> String {
        evidence.to_string()
    }
}

impl TryFrom<String> for Evidence {
    type Error = RuleError;

    fn try_from(text: String) -> Result<Self, RuleError> {
        text.parse()
    }
}

/// A step of the cascade: kinds of evidence that must agree together.
///
/// Written as text, the kinds are joined by `+`.
///
/// ```
/// use reconcile::matching::{Evidence, Rule, RuleError};
///
/// let rule = Rule::all_of(&[Evidence::Serial, Evidence::Mac])?;
/// assert_eq!(rule.to_string(), "mac+serial");
/// assert_eq!("mac+ip".parse(), Ok(Rule::MAC_AND_IP));
/// // An address is handed on from device to device, and every customer uses the same ones.
/// assert_eq!(Rule::all_of(&[Evidence::Ip]), Err(RuleError::IpAlone));
/// # Ok::<(), RuleError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Rule(u16);

impl Rule {
    /// A MAC and an IP address of the device agree.
    pub const MAC_AND_IP: Rule = Rule(Evidence::Mac.bit() | Evidence::Ip.bit());
    /// A MAC address agrees.
    pub const MAC: Rule = Rule(Evidence::Mac.bit());
    /// The name agrees.
    pub const NAME: Rule = Rule(Evidence::Name.bit());
    /// The serial number agrees.
    pub const SERIAL: Rule = Rule(Evidence::Serial.bit());

    /// A rule under which all of `kinds` must agree. Their order does not matter.
    ///
    /// # Errors
    ///
    /// No kind at all, the IP address alone, or an own field whose number is too high.
    pub fn all_of(kinds: &[Evidence]) -> Result<Rule, RuleError> {
        if kinds.iter().any(|kind| kind.bit() == 0) {
            return Err(RuleError::Unknown);
        }
        let rule = kinds.iter().fold(Rule(0), |rule, kind| rule.and(*kind));
        if rule.0 == 0 {
            Err(RuleError::Empty)
        } else if rule.0 == Evidence::Ip.bit() {
            Err(RuleError::IpAlone)
        } else {
            Ok(rule)
        }
    }

    /// Whether the rule asks for this kind of evidence.
    pub const fn asks(self, kind: Evidence) -> bool {
        self.0 & kind.bit() != 0
    }

    /// The kinds of evidence that must agree.
    pub fn kinds(self) -> impl Iterator<Item = Evidence> {
        Evidence::all().filter(move |kind| self.asks(*kind))
    }

    /// The same rule asking for one kind more.
    pub(super) const fn and(self, kind: Evidence) -> Rule {
        Rule(self.0 | kind.bit())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, kind) in self.kinds().enumerate() {
            if place > 0 {
                f.write_str("+")?;
            }
            fmt::Display::fmt(&kind, f)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        if text.is_empty() {
            return Err(RuleError::Empty);
        }
        let kinds: Vec<Evidence> = text.split('+').map(str::parse).collect::<Result<_, _>>()?;
        Rule::all_of(&kinds)
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> String {
        rule.to_string()
    }
}

impl TryFrom<String> for Rule {
    type Error = RuleError;

    fn try_from(text: String) -> Result<Self, RuleError> {
        text.parse()
    }
}

/// Why kinds of evidence make no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// A rule asks for something.
    #[error("a rule needs at least one kind of evidence")]
    Empty,
    /// An IP address says nothing without another kind of evidence.
    #[error("an IP address alone never identifies a device")]
    IpAlone,
    /// Not one of `mac`, `ip`, `serial`, `name` and `field0` to `field7`.
    #[error("not one of `mac`, `ip`, `serial`, `name` and `field0` to `field7`")]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Rule, RuleError};

    #[test]
    fn u05_rules_are_read_and_written() {
        for text in [
            "mac+ip",
            "mac",
            "name",
            "serial",
            "mac+serial",
            "ip+name",
            "field0",
            "name+field7",
        ] {
            let rule: Rule = text.parse().unwrap();
            assert_eq!(rule.to_string(), text);
            let json = serde_json::to_string(&rule).unwrap();
            assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), rule);
        }
        assert_eq!("ip+mac".parse(), Ok(Rule::MAC_AND_IP));
        assert_eq!("ip".parse::<Rule>(), Err(RuleError::IpAlone));
        assert_eq!("".parse::<Rule>(), Err(RuleError::Empty));
        assert_eq!("mac+".parse::<Rule>(), Err(RuleError::Unknown));
        assert_eq!("field8".parse::<Rule>(), Err(RuleError::Unknown));
        assert_eq!(Rule::all_of(&[Evidence::Field(8)]), Err(RuleError::Unknown));
        assert_eq!(Rule::all_of(&[]), Err(RuleError::Empty));
        assert_eq!(
            Rule::MAC_AND_IP.kinds().collect::<Vec<_>>(),
            [Evidence::Mac, Evidence::Ip]
        );
    }
}

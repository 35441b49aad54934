//! What a host can choose about matching.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::rule::{Evidence, Rule};
use crate::identity::{MacPolicy, Placeholder, Placeholders, device_name, host_part};

/// What speaks against a pair that a rule would match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Conflict {
    /// Both devices have usable MAC addresses, and none in common.
    Mac,
    /// Both devices have usable serial numbers, and they differ.
    Serial,
    /// A person has said that the two are not the same device.
    Rejected,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Conflict::Mac => "their MAC addresses have none in common",
            Conflict::Serial => "their serial numbers differ",
            Conflict::Rejected => "a person has said that they are different devices",
        })
    }
}

/// How devices are matched.
///
/// The default is MAC+IP, then MAC, then name; the built-in lists of [`MacPolicy`] and [`Placeholders`]; and nothing
/// else: no rule is held, no conflict vetoes, no address is dropped for being common, ties stay ties.
///
/// ```
/// use reconcile::matching::{Conflict, Evidence, MatchPolicy, Rule};
///
/// let policy = MatchPolicy::default()
///     .rules([Rule::SERIAL, Rule::MAC, Rule::NAME])
///     .hold(Rule::NAME)
///     .veto(Conflict::Serial)
///     .common_mac_from(5)
///     .break_ties_by([Evidence::Name]);
/// assert!(policy.holds(Rule::NAME) && !policy.holds(Rule::MAC));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchPolicy {
    rules: Vec<Rule>,
    held: Vec<Rule>,
    vetoes: Vec<Conflict>,
    tie_breakers: Vec<Evidence>,
    common_mac_from: Option<u32>,
    cut_domains: bool,
    macs: MacPolicy,
    placeholders: Placeholders,
}

impl Default for MatchPolicy {
    fn default() -> Self {
        MatchPolicy {
            rules: vec![Rule::MAC_AND_IP, Rule::MAC, Rule::NAME],
            held: Vec::new(),
            vetoes: Vec::new(),
            tie_breakers: Vec::new(),
            common_mac_from: None,
            cut_domains: false,
            macs: MacPolicy::default(),
            placeholders: Placeholders::default(),
        }
    }
}

impl MatchPolicy {
    /// The default rules with the short list of [`MacPolicy::reference`] and no placeholder lists: for comparing
    /// with other tools.
    pub fn reference() -> Self {
        MatchPolicy {
            macs: MacPolicy::reference(),
            placeholders: Placeholders::none(),
            ..MatchPolicy::default()
        }
    }

    /// The default with every hit of the name rule held as a suggestion, since a name says little. A suggestion
    /// states whether MAC addresses or serial numbers conflict.
    pub fn it_glue() -> Self {
        MatchPolicy::default().hold(Rule::NAME)
    }

    /// Sets the rules, strongest first. A rule that is repeated counts once; without any rule nothing matches.
    #[must_use]
    pub fn rules(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.rules.clear();
        for rule in rules {
            if !self.rules.contains(&rule) {
                self.rules.push(rule);
            }
        }
        self
    }

    /// Makes the hits of a rule suggestions until a person accepts them.
    #[must_use]
    pub fn hold(mut self, rule: Rule) -> Self {
        if !self.held.contains(&rule) {
            self.held.push(rule);
        }
        self
    }

    /// Lets a conflict of stronger evidence undo a match: both devices are then unmatched, and the verdict names the
    /// candidate and the conflict.
    ///
    /// The evidence of a conflict is stronger than a rule if no rule rests on it, or if one before that rule does.
    /// What a person has rejected is always undone.
    #[must_use]
    pub fn veto(mut self, conflict: Conflict) -> Self {
        if !self.vetoes.contains(&conflict) {
            self.vetoes.push(conflict);
        }
        self
    }

    /// Lets further evidence decide among devices that a rule finds ambiguous, one kind after the other. A tie is
    /// broken only where the rule and the further evidence together name exactly one device of each side.
    #[must_use]
    pub fn break_ties_by(mut self, kinds: impl IntoIterator<Item = Evidence>) -> Self {
        self.tie_breakers = kinds.into_iter().collect();
        self
    }

    /// Takes a MAC address that this many devices of one side and organisation hold for junk: it is no key there,
    /// neither alone nor with an IP address, and it is reported. Fewer than two mean two.
    #[must_use]
    pub fn common_mac_from(mut self, rows: u32) -> Self {
        self.common_mac_from = Some(rows.max(2));
        self
    }

    /// Compares the host part of names only, see [`host_part`]. For endpoints; off by default.
    #[must_use]
    pub fn cut_domains(mut self, cut: bool) -> Self {
        self.cut_domains = cut;
        self
    }

    /// Sets which MAC addresses are keys.
    #[must_use]
    pub fn macs(mut self, macs: MacPolicy) -> Self {
        self.macs = macs;
        self
    }

    /// Sets which serial numbers and names are keys.
    #[must_use]
    pub fn placeholders(mut self, placeholders: Placeholders) -> Self {
        self.placeholders = placeholders;
        self
    }

    /// Whether hits of `rule` wait for a person.
    pub fn holds(&self, rule: Rule) -> bool {
        self.held.contains(&rule)
    }

    /// The rules, strongest first.
    pub fn rule_order(&self) -> &[Rule] {
        &self.rules
    }

    pub(super) fn tie_breakers(&self) -> &[Evidence] {
        &self.tie_breakers
    }

    pub(super) fn common_from(&self) -> Option<u32> {
        self.common_mac_from
    }

    pub(crate) fn mac_policy(&self) -> &MacPolicy {
        &self.macs
    }

    /// Whether a conflict of this kind undoes a match by `rule`.
    pub(super) fn vetoes(&self, conflict: Conflict, rule: Rule) -> bool {
        let kind = match conflict {
            Conflict::Mac => Evidence::Mac,
            Conflict::Serial => Evidence::Serial,
            Conflict::Rejected => return true,
        };
        if !self.vetoes.contains(&conflict) {
            return false;
        }
        let resting = self.rules.iter().position(|other| other.asks(kind));
        let here = self.rules.iter().position(|other| *other == rule);
        resting.is_none_or(|resting| here.is_none_or(|here| resting < here))
    }

    /// Every kind of evidence that this policy looks at, apart from the built-in kinds the fields it names.
    pub(super) fn kinds(&self) -> Vec<Evidence> {
        let named = |kind: &Evidence| {
            self.rules.iter().any(|rule| rule.asks(*kind)) || self.tie_breakers.contains(kind)
        };
        let fields = (0..=Evidence::LAST_FIELD)
            .map(Evidence::Field)
            .filter(named);
        Evidence::BUILT_IN.into_iter().chain(fields).collect()
    }

    /// Whether any rule or tie-breaker asks for IP addresses.
    pub(super) fn needs_ips(&self) -> bool {
        self.rules.iter().any(|rule| rule.asks(Evidence::Ip))
            || self.tie_breakers.contains(&Evidence::Ip)
    }

    /// The form of a text that is compared.
    ///
    /// # Errors
    ///
    /// Why the text is no key.
    pub(super) fn text_key<'t>(
        &self,
        kind: Evidence,
        text: &'t str,
    ) -> Result<Cow<'t, str>, Placeholder<'_>> {
        let text = match kind {
            Evidence::Name if self.cut_domains => host_part(text),
            _ => text,
        };
        match kind {
            Evidence::Name => self.placeholders.name(text)?,
            Evidence::Serial => self.placeholders.serial(text)?,
            Evidence::Mac | Evidence::Ip | Evidence::Field(_) => {}
        }
        device_name(text).ok_or(Placeholder::Blank)
    }
}

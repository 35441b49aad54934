//! Suggestions and the evidence that they rest on.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identity::{EntityRef, Likeness, NameLevel, Similarity};
use crate::inventory::SharedId;
use crate::state::{Decision, Target};

/// Sorts of evidence that two organisations are one, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EvidenceKind {
    /// A variable of the one holds the installation link of a package of the other.
    InstallationLink,
    /// Both carry the same id of a third system.
    SharedId,
    /// Most of the devices that both sides know are in both.
    DeviceOverlap,
    /// Equal names.
    ExactName,
    /// Names that are equal but for letter case and spacing.
    FoldedName,
    /// Names that are equal but for legal form, punctuation and accents.
    NormalizedName,
    /// A part of the one name is the other name.
    PatternName,
    /// Names that look alike.
    FuzzyName,
}

/// One piece of evidence that two organisations are one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Evidence {
    /// A variable of the one holds the installation link of this package of the other.
    InstallationLink {
        /// The package.
        package: EntityRef,
        /// Its name.
        name: String,
    },
    /// Both carry this id.
    SharedId(SharedId),
    /// Devices that are in both.
    Devices {
        /// How many.
        count: u32,
        /// How many devices of the source organisation are anywhere at the destination.
        of: u32,
    },
    /// Their names are equal at this level.
    Name(NameLevel),
    /// This part of the one name is the other name.
    Pattern(String),
    /// Their names look alike.
    Fuzzy(Similarity),
}

impl Evidence {
    /// The sort of evidence.
    pub fn kind(&self) -> EvidenceKind {
        match self {
            Self::InstallationLink { .. } => EvidenceKind::InstallationLink,
            Self::SharedId(_) => EvidenceKind::SharedId,
            Self::Devices { .. } => EvidenceKind::DeviceOverlap,
            Self::Name(NameLevel::Exact) => EvidenceKind::ExactName,
            Self::Name(NameLevel::Folded) => EvidenceKind::FoldedName,
            Self::Name(NameLevel::Normalized) => EvidenceKind::NormalizedName,
            Self::Pattern(_) => EvidenceKind::PatternName,
            Self::Fuzzy(_) => EvidenceKind::FuzzyName,
        }
    }

    /// Likeness from 0 to 1000; anything but likeness is 1000.
    pub(super) fn likeness(&self) -> u16 {
        match self {
            Self::Fuzzy(similarity) => similarity.per_mille,
            _ => 1000,
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InstallationLink { name, .. } => {
                write!(
                    f,
                    "the variable holds the installation link of package {name:?}"
                )
            }
            Self::SharedId(id) => write!(f, "both carry {} {:?}", id.scheme, id.value),
            Self::Devices { count, of } => {
                write!(f, "{count} of {of} devices known to both sides are in both")
            }
            Self::Name(NameLevel::Exact) => f.write_str("same name"),
            Self::Name(NameLevel::Folded) => {
                f.write_str("same name but for letter case or spacing")
            }
            Self::Name(NameLevel::Normalized) => {
                f.write_str("same name but for legal form, punctuation or accents")
            }
            Self::Pattern(part) => write!(f, "the names share the part {part:?}"),
            Self::Fuzzy(similarity) => {
                write!(f, "names alike by {} of 1000", similarity.per_mille)?;
                match similarity.likeness {
                    Likeness::Equal => Ok(()),
                    Likeness::Typing { edits: 1 } => f.write_str(", one character apart"),
                    Likeness::Typing { edits } => write!(f, ", {edits} characters apart"),
                    Likeness::Spelling => f.write_str(", by spelling"),
                    Likeness::WordOrder => f.write_str(", by words in another order"),
                    Likeness::SharedWords { shared: 1 } => f.write_str(", by one shared word"),
                    Likeness::SharedWords { shared } => write!(f, ", by {shared} shared words"),
                }
            }
        }
    }
}

/// A destination organisation that something speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The destination organisation.
    pub destination: EntityRef,
    /// Its name.
    pub name: String,
    /// What speaks for it, strongest first; never empty.
    pub evidence: Vec<Evidence>,
    /// Whether a person once dropped or refused this very pair.
    pub parted: bool,
}

impl Candidate {
    /// The sort of its strongest evidence.
    pub fn strength(&self) -> EvidenceKind {
        self.evidence
            .first()
            .map_or(EvidenceKind::FuzzyName, Evidence::kind)
    }

    pub(super) fn likeness(&self) -> u16 {
        self.evidence.first().map_or(0, Evidence::likeness)
    }
}

/// What is suggested for one source organisation. It never decides by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one candidate or a choice")]
pub enum Suggestion {
    /// One candidate stands out.
    One(Proposal),
    /// Several are equally likely: a person has to choose.
    Tie(Tie),
}

impl Suggestion {
    /// The source organisation.
    pub fn source(&self) -> &EntityRef {
        match self {
            Self::One(proposal) => &proposal.source,
            Self::Tie(tie) => &tie.source,
        }
    }

    /// The candidates that nothing surpasses: one, or those of the tie.
    pub fn best(&self) -> &[Candidate] {
        match self {
            Self::One(proposal) => std::slice::from_ref(&proposal.candidate),
            Self::Tie(tie) => &tie.candidates,
        }
    }

    /// The candidates for which there is weaker evidence, strongest first.
    pub fn weaker(&self) -> &[Candidate] {
        match self {
            Self::One(proposal) => &proposal.weaker,
            Self::Tie(tie) => &tie.weaker,
        }
    }
}

/// A suggestion with one candidate that stands out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proposal {
    /// The source organisation.
    pub source: EntityRef,
    /// Its name.
    pub source_name: String,
    /// The candidate.
    pub candidate: Candidate,
    /// Others for which there is weaker evidence, strongest first.
    pub weaker: Vec<Candidate>,
}

impl Proposal {
    /// The decision that takes it.
    pub fn decision(&self) -> Decision {
        Decision::Associate {
            source: self.source.clone(),
            target: Target::Existing(self.candidate.destination.clone()),
        }
    }
}

/// A suggestion that only a person can make a choice of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tie {
    /// The source organisation.
    pub source: EntityRef,
    /// Its name.
    pub source_name: String,
    /// The candidates that are equally likely; one only if the tie is with `rivals`.
    pub candidates: Vec<Candidate>,
    /// How many further candidates of the same strength are not listed.
    pub more: usize,
    /// Other source organisations that have as good a claim, or a better one, to a candidate. Only under one to one.
    pub rivals: Vec<EntityRef>,
    /// Others for which there is weaker evidence, strongest first.
    pub weaker: Vec<Candidate>,
}

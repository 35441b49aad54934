//! Explanations as text for a person.

use std::fmt;

use super::{Explanation, Fate, Holders};
use crate::matching::Side;
use crate::matching::verdict::{Basis, Exclusion, Flags, Unmatched, Verdict};

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fate::Partner => f.write_str("the partner"),
            Fate::Taken => f.write_str("not free any more"),
            Fate::KeyShared => f.write_str("no key belongs to the two alone"),
            Fate::SeveralPartners => {
                f.write_str("keys of their own connect them with more than one device")
            }
            Fate::Vetoed(conflict) => write!(f, "undone, because {conflict}"),
        }
    }
}

impl fmt::Display for Holders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, row) in self.rows.iter().enumerate() {
            write!(f, "{}{row}", if place > 0 { ", " } else { "" })?;
        }
        if self.total > self.rows.len() {
            write!(f, " and {} more", self.total - self.rows.len())?;
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    /// Several lines for a person; rows are named by number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Left => "left",
            Side::Right => "right",
        };
        write!(f, "{side} row {}: ", self.row)?;
        match self.verdict {
            Verdict::Matched {
                basis: Basis::Confirmed,
                partner,
                ..
            } => {
                write!(f, "matched with {partner}, confirmed by a person")?;
            }
            Verdict::Matched {
                basis: Basis::Rule(rule),
                partner,
                ..
            } => {
                write!(f, "matched with {partner} by {rule}")?;
            }
            Verdict::Suggested { rule, partner, .. } => write!(f, "perhaps {partner}, by {rule}")?,
            Verdict::Ambiguous { rule } => write!(f, "ambiguous at {rule}")?,
            Verdict::Unmatched {
                cause: Unmatched::NothingShared,
            } => f.write_str("unmatched")?,
            Verdict::Unmatched {
                cause:
                    Unmatched::Vetoed {
                        rule,
                        candidate,
                        conflict,
                    },
            } => {
                write!(f, "unmatched: {rule} found {candidate}, but {conflict}")?;
            }
            Verdict::Excluded {
                cause: Exclusion::OrganizationNotMapped,
            } => {
                f.write_str("excluded, its organisation is not mapped")?;
            }
            Verdict::Excluded {
                cause: Exclusion::ByHost,
            } => {
                write!(
                    f,
                    "excluded: {}",
                    self.excluded.as_deref().unwrap_or("no reason is given")
                )?;
            }
        }
        let flags = self.verdict.flags();
        for (flag, text) in [
            (
                Flags::LOCAL_MAC,
                "only locally administered MAC addresses are shared",
            ),
            (Flags::TIE_BROKEN, "further evidence broke a tie"),
            (
                Flags::EVIDENCE_GONE,
                "nothing that a rule asks for is shared any more",
            ),
        ] {
            if flags.contains(flag) {
                write!(f, "\n  note: {text}")?;
            }
        }
        for key in &self.evidence {
            write!(
                f,
                "\n  {} {}: held by {} here and {} there",
                key.rule, key.key, key.own, key.other
            )?;
        }
        for candidate in &self.candidates {
            write!(f, "\n  candidate {}: {}", candidate.row, candidate.fate)?;
            for conflict in &candidate.conflicts {
                if candidate.fate != Fate::Vetoed(*conflict) {
                    write!(f, "; {conflict}")?;
                }
            }
        }
        if self.more_candidates > 0 {
            write!(f, "\n  and {} more candidates", self.more_candidates)?;
        }
        if self.rivals.total > 0 {
            write!(f, "\n  rivals on its own side: {}", self.rivals)?;
        }
        for tie in &self.would_break {
            write!(f, "\n  {} would decide for {}", tie.by, tie.partner)?;
        }
        for kind in &self.absent {
            write!(f, "\n  it has no {kind} that could decide")?;
        }
        for found in &self.elsewhere {
            write!(
                f,
                "\n  {} is on row {} of organisation {}",
                found.mac, found.row, found.organization
            )?;
        }
        for ignored in &self.ignored {
            write!(
                f,
                "\n  not used: {} {:?}, {}",
                ignored.kind, ignored.value, ignored.reason
            )?;
        }
        Ok(())
    }
}

//! Explanations in words, with devices named in place of row numbers.

use reconcile::devices::{DeviceLine, Devices};
use reconcile::matching::{
    Evidence, Explanation, Flags, Rule, SharedKey, Side, Unmatched, Verdict,
};
use serde::Serialize;

use super::Candidate;
use crate::desk::Desk;
use crate::lookup::label;

/// The devices of both sides by row.
pub(crate) struct Lines<'d> {
    pub(super) source: Vec<DeviceLine<'d>>,
    pub(super) destination: Vec<DeviceLine<'d>>,
}

impl<'d> Lines<'d> {
    pub(crate) fn of_devices(devices: &'d Devices<'_>) -> Self {
        Self {
            source: devices.source(),
            destination: devices.destination(),
        }
    }

    pub(super) fn of(&self, side: Side) -> &[DeviceLine<'d>] {
        match side {
            Side::Left => &self.source,
            Side::Right => &self.destination,
        }
    }
}

/// A rule as people say it.
fn spoken(rule: Rule) -> String {
    let kinds: Vec<_> = rule.kinds().map(kind).collect();
    kinds.join(" and ")
}

fn kind(kind: Evidence) -> &'static str {
    match kind {
        Evidence::Mac => "MAC address",
        Evidence::Ip => "IP address",
        Evidence::Serial => "serial number",
        Evidence::Name => "name",
        _ => "a field",
    }
}

fn keys(evidence: &[SharedKey]) -> String {
    let keys: Vec<_> = evidence.iter().map(|key| key.key.as_str()).collect();
    keys.join(", ")
}

/// Why a device got its verdict, in one sentence.
pub(super) fn reason(told: &Explanation, lines: &Lines<'_>) -> String {
    let shared = keys(&told.evidence);
    let mut text = match told.verdict {
        Verdict::Matched { .. } => match told.verdict.rule() {
            Some(rule) => format!("same {} ({shared})", spoken(rule)),
            None if shared.is_empty() => "a person said so".to_owned(),
            None => format!("a person said so; both have {shared}"),
        },
        Verdict::Suggested { rule, .. } => format!(
            "same {} ({shared}), which a person should confirm",
            spoken(rule)
        ),
        Verdict::Ambiguous { rule } => {
            let would = told.would_break.iter().filter_map(|tie| {
                let name = candidate(lines, told.side.other(), tie.partner)?;
                Some(format!(
                    "the {} would speak for {} {:?}",
                    kind(tie.by),
                    name.id,
                    name.name
                ))
            });
            let mut text = format!(
                "the {} ({shared}) belongs to more than one device",
                spoken(rule)
            );
            for would in would {
                text.push_str("; ");
                text.push_str(&would);
            }
            text
        }
        Verdict::Unmatched {
            cause: Unmatched::Vetoed { rule, conflict, .. },
        } => format!("same {} ({shared}), but {conflict}", spoken(rule)),
        Verdict::Unmatched { .. } => {
            let taken = if told.candidates.is_empty() {
                ""
            } else {
                " that is free"
            };
            format!("no configuration{taken} shares an address or the name")
        }
        _ => told
            .excluded
            .clone()
            .unwrap_or_else(|| "it takes no part".to_owned()),
    };
    let flags = told.verdict.flags();
    for (flag, remark) in [
        (
            Flags::MAC_CONFLICT,
            "their MAC addresses have none in common",
        ),
        (Flags::SERIAL_CONFLICT, "their serial numbers differ"),
        (Flags::LOCAL_MAC, "the address was chosen by software"),
        (
            Flags::EVIDENCE_GONE,
            "nothing that a rule asks for is shared any more",
        ),
    ] {
        if flags.contains(flag) {
            text.push_str("; ");
            text.push_str(remark);
        }
    }
    text
}

/// The configurations that may be meant, with what became of each.
pub(super) fn candidates(told: &Explanation, lines: &Lines<'_>) -> Vec<Candidate> {
    let mut candidates: Vec<_> = told
        .candidates
        .iter()
        .filter_map(|found| {
            let mut candidate = candidate(lines, told.side.other(), found.row)?;
            let agrees: Vec<_> = found
                .agrees
                .iter()
                .map(|evidence| kind(*evidence))
                .collect();
            candidate.why = format!("same {}; {}", agrees.join(", "), found.fate);
            for conflict in &found.conflicts {
                candidate.why.push_str("; ");
                candidate.why.push_str(&conflict.to_string());
            }
            Some(candidate)
        })
        .collect();
    if told.more_candidates > 0 {
        candidates.push(Candidate {
            id: String::new(),
            name: format!("and {} more", told.more_candidates),
            why: String::new(),
        });
    }
    candidates
}

fn candidate(lines: &Lines<'_>, side: Side, row: u32) -> Option<Candidate> {
    let line = lines.of(side).get(row as usize)?;
    let id = match side {
        Side::Left => label(&line.device.entity),
        Side::Right => line.device.entity.id.clone(),
    };
    Some(Candidate {
        id,
        name: line.device.name.clone(),
        why: String::new(),
    })
}

/// All that `explain` tells of a device.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Explained {
    pub(crate) why: String,
    pub(crate) candidates: Vec<Candidate>,
    /// Devices of its own side that hold the same keys.
    pub(crate) rivals: Vec<Candidate>,
    /// Values that were no keys.
    pub(crate) ignored: Vec<String>,
    /// What might decide, but is not known of the device.
    pub(crate) absent: Vec<String>,
    /// Who else has one of its addresses, in other organisations.
    pub(crate) elsewhere: Vec<String>,
}

/// Explains the verdict of a device.
pub(crate) fn explained(desk: &Desk, devices: &Devices<'_>, told: &Explanation) -> Explained {
    let lines = &Lines::of_devices(devices);
    let elsewhere = told.elsewhere.iter().filter_map(|found| {
        let line = lines.destination.get(found.row as usize)?;
        Some(if desk.view.sees(line.organization) {
            format!(
                "{} {:?} of {:?} has the address {}",
                line.device.entity.id,
                line.device.name,
                desk.name_of(line.organization),
                found.mac
            )
        } else {
            format!(
                "a device of an organisation that you do not see has the address {}",
                found.mac
            )
        })
    });
    let rivals = told.rivals.rows.iter();
    Explained {
        why: reason(told, lines),
        candidates: candidates(told, lines),
        rivals: rivals
            .filter_map(|row| candidate(lines, told.side, *row))
            .collect(),
        ignored: told
            .ignored
            .iter()
            .map(|value| format!("{} {:?}: {}", kind(value.kind), value.value, value.reason))
            .collect(),
        absent: told
            .absent
            .iter()
            .map(|absent| kind(*absent).to_owned())
            .collect(),
        elsewhere: elsewhere.collect(),
    }
}

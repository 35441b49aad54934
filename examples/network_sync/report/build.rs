//! The report of what was read and decided.

use std::collections::BTreeMap;

use datto_networking::reconcile::KindReport;
use examples::exit::Failure;
use reconcile::devices::{DeviceLine, Devices, Hold};
use reconcile::fields::{Values, values, values_beside};
use reconcile::identity::EntityRef;
use reconcile::inventory::{self, Coverage, Rows};
use reconcile::mapping::{SiteState, Suggestion};
use reconcile::matching::{Explainer, Side, Unmatched, Verdict};
use reconcile::state::{DecisionRecord, EntryId, Target};
use reconcile::view::View;

use super::why::{Lines, candidates, reason};
use super::{
    Candidate, Configuration, Counts, Device, Kind, Mapped, Network, NetworkState, Organization,
    Report, Shown, State, Unsupported,
};
use crate::desk::Desk;
use crate::lookup::label;

/// How many candidates of a network are told beside the likeliest.
const CANDIDATES: usize = 5;

/// Makes the report that the desk's view allows.
pub(crate) fn build(desk: &Desk) -> Result<Report, Failure> {
    let devices = desk.devices()?;
    let explainer = devices.explainer()?;
    let holds = holds(desk, &devices);
    let lines = Lines::of_devices(&devices);
    let mut organizations = Vec::new();
    for line in devices.organizations() {
        if !desk.view.sees(line.destination) {
            continue;
        }
        let unmatched = line.open();
        let own = (0_u32..)
            .zip(&lines.source)
            .filter(|(_, device)| line.sources.contains(&device.organization));
        let own: Vec<_> = own
            .map(|(row, device)| one(desk, &lines, &explainer, row, device, &holds))
            .collect();
        let mut counts = Counts::default();
        for device in &own {
            counts.add(device.state);
        }
        let without_device = lines.destination.iter().filter(|record| {
            record.organization == line.destination
                && matches!(record.verdict, Verdict::Unmatched { .. })
        });
        organizations.push(Organization {
            id: line.destination.id.clone(),
            name: desk.name_of(line.destination),
            networks: line
                .sources
                .iter()
                .map(|network| mapped(desk, network))
                .collect(),
            counts,
            unmatched,
            without_device: without_device
                .map(|record| configuration(record.device))
                .collect(),
            devices: own,
        });
    }
    Ok(Report {
        taken_at: desk.networks.observation.taken_at,
        as_manager_of: desk.seen_as.clone(),
        kinds: kinds(desk),
        unsupported: unsupported(desk),
        remarks: remarks(desk, &devices, &lines),
        networks: networks(desk)?,
        organizations,
    })
}

/// Why nothing is created for a device, by device; what is not shown to the person is not named.
fn holds(desk: &Desk, devices: &Devices<'_>) -> BTreeMap<EntityRef, String> {
    let creation = devices.creation();
    creation
        .held
        .iter()
        .map(|held| {
            let why = match &held.hold {
                Hold::AddressHeld {
                    organization, mac, ..
                } if !desk.view.sees(organization) => {
                    format!("a device of an organisation that you do not see has the address {mac}")
                }
                Hold::AddressHeld {
                    device,
                    organization,
                    mac,
                } => format!(
                    "{:?} of {:?} has the address {mac}",
                    device.name,
                    desk.name_of(organization)
                ),
                other => other.to_string(),
            };
            (held.line.device.entity.clone(), why)
        })
        .collect()
}

fn one(
    desk: &Desk,
    lines: &Lines<'_>,
    explainer: &Explainer<'_>,
    row: u32,
    line: &DeviceLine<'_>,
    holds: &BTreeMap<EntityRef, String>,
) -> Device {
    let entity = &line.device.entity;
    let ignored = desk.state.devices().ignored().contains(entity);
    let state = match line.verdict {
        Verdict::Matched { .. } => State::Matched,
        Verdict::Suggested { .. } => State::Suggested,
        Verdict::Ambiguous { .. } => State::Ambiguous,
        Verdict::Unmatched { .. } if holds.contains_key(entity) => State::Held,
        Verdict::Unmatched { .. } => State::New,
        _ if ignored => State::Ignored,
        _ => State::LeftOut,
    };
    let explanation = explainer.explain(Side::Left, row);
    let why = match (state, holds.get(entity), line.excluded) {
        (State::Held, Some(hold), _) => hold.clone(),
        (State::Ignored | State::LeftOut, _, Some(excluded)) => excluded.to_owned(),
        _ => explanation
            .as_ref()
            .map_or_else(String::new, |told| reason(told, lines)),
    };
    let candidates = match line.verdict {
        Verdict::Ambiguous { .. }
        | Verdict::Suggested { .. }
        | Verdict::Unmatched {
            cause: Unmatched::Vetoed { .. },
        } => explanation
            .as_ref()
            .map_or_else(Vec::new, |told| candidates(told, lines)),
        _ => Vec::new(),
    };
    let kind = line.device.fields.get("kind").cloned().unwrap_or_default();
    let seen = values(line.device);
    let overlay = desk.fields.overlay(Some(&kind), &seen);
    let shown = overlay.into_iter().map(|(label, value)| Shown {
        label: label.to_owned(),
        value: value.to_owned(),
    });
    let changes = match (state, line.partner) {
        (State::Matched, Some(record)) => {
            let seen = values_beside(line.device, record);
            desk.fields
                .changes(Some(&kind), &seen, &held(record, line.device))
        }
        _ => Vec::new(),
    };
    Device {
        id: label(entity),
        name: line.device.name.clone(),
        network: line.organization.id.clone(),
        state,
        rule: line.verdict.rule().map(|rule| rule.to_string()),
        why,
        configuration: line.partner.map(configuration),
        candidates,
        live: shown.collect(),
        changes,
        record: desk.fields.record(Some(&kind), &seen),
        kind,
        entity: entity.clone(),
    }
}

/// What a configuration holds. Of several addresses in one cell, the one that the device has stands for all.
fn held(record: &inventory::Device, device: &inventory::Device) -> Values {
    let mut held = record.fields.clone();
    if let Some(mac) = record.macs.iter().find(|mac| device.macs.contains(mac)) {
        held.insert("mac_address".to_owned(), mac.to_string());
    }
    if let Some(ip) = record.ips.iter().find(|ip| device.ips.contains(ip)) {
        held.insert("ip_address".to_owned(), ip.to_string());
    }
    held
}

fn configuration(record: &inventory::Device) -> Configuration {
    Configuration {
        id: record.entity.id.clone(),
        name: record.name.clone(),
    }
}

/// A network of an organisation, with the evidence of the decision that counts.
fn mapped(desk: &Desk, network: &EntityRef) -> Mapped {
    let association = desk
        .state
        .associations_of(network)
        .find(|known| !known.is_leaving());
    let is_it = |record: &&DecisionRecord| {
        use reconcile::state::Decision;

        let id = association.map(|known| known.id);
        match &record.decision {
            Decision::Associate { .. } => id.map(|id| EntryId(id.0)) == Some(record.id),
            Decision::Change { association, .. } => Some(*association) == id,
            _ => false,
        }
    };
    let decision = desk.state.decisions().iter().rev().find(is_it);
    let why = decision.map_or_else(String::new, |record| {
        let evidence: Vec<_> = record
            .evidence
            .iter()
            .flatten()
            .map(ToString::to_string)
            .collect();
        let evidence = if evidence.is_empty() {
            "by hand".to_owned()
        } else {
            evidence.join("; ")
        };
        format!("{evidence} (decision {} by {})", record.id.0, record.by)
    });
    Mapped {
        id: network.id.clone(),
        name: desk.name_of(network),
        why,
    }
}

/// Networks without an organisation. Whose they are is not known yet, so only an administrator sees them.
fn networks(desk: &Desk) -> Result<Vec<Network>, Failure> {
    if desk.view != View::Everything {
        return Ok(Vec::new());
    }
    let suggestions = desk.suggestions()?;
    let mut counts: BTreeMap<&EntityRef, usize> = BTreeMap::new();
    for segment in &desk.networks.observation.segments {
        if let Rows::Devices(devices) = &segment.rows {
            *counts.entry(&segment.of).or_default() += devices.len();
        }
    }
    desk.with_mapping(|mapping| {
        let arrivals = mapping.arrivals();
        let row = |row: reconcile::mapping::SiteRow<'_>| {
            let entity = &row.site.entity;
            let suggestion = suggestions.iter().find(|known| known.source() == entity);
            let (mut new_name, mut told) = (None, Vec::new());
            let state = match row.state {
                SiteState::Associated(association) => match &association.target {
                    Target::Existing(_) => return None,
                    Target::New { name, .. } => {
                        new_name = Some(name.clone());
                        let seen = arrivals
                            .iter()
                            .filter(|known| known.association.id == association.id);
                        told.extend(seen.flat_map(|known| &known.seen).map(|named| Candidate {
                            id: named.entity().id.clone(),
                            name: named.name().unwrap_or_default().to_owned(),
                            why: "may be what was created".to_owned(),
                        }));
                        NetworkState::New
                    }
                },
                SiteState::Ignored => NetworkState::Ignored,
                SiteState::Unmapped => match suggestion {
                    None => NetworkState::Unmatched,
                    Some(Suggestion::One(_)) => NetworkState::Suggested,
                    Some(Suggestion::Tie(_)) => NetworkState::Tied,
                },
            };
            let known = suggestion.filter(|_| matches!(row.state, SiteState::Unmapped));
            told.extend(known.into_iter().flat_map(|known| {
                let all = known
                    .best()
                    .iter()
                    .chain(known.weaker().iter().take(CANDIDATES));
                all.map(|candidate| {
                    let evidence: Vec<_> =
                        candidate.evidence.iter().map(ToString::to_string).collect();
                    Candidate {
                        id: candidate.destination.id.clone(),
                        name: candidate.name.clone(),
                        why: evidence.join("; "),
                    }
                })
            }));
            Some(Network {
                id: entity.id.clone(),
                name: row.site.name.clone(),
                state,
                new_name,
                candidates: told,
                devices: counts.get(entity).copied().unwrap_or_default(),
            })
        };
        mapping.sites().into_iter().filter_map(row).collect()
    })
}

fn kinds(desk: &Desk) -> Vec<Kind> {
    // How many there are in all networks is not for everybody.
    let sees_all = desk.view == View::Everything;
    let became = |became: &KindReport| match became {
        KindReport::Read(count) if sees_all => format!("{count} read"),
        KindReport::Read(_) => "read".to_owned(),
        KindReport::Incomplete { read, reason } if sees_all => {
            format!("{read} read, not all: {reason}")
        }
        KindReport::Incomplete { .. } => "not all could be read".to_owned(),
        KindReport::NotAsked => "not asked for".to_owned(),
        KindReport::NoEndpoint => {
            "not read: no public source tells where they are listed; --routers names a place"
                .to_owned()
        }
        KindReport::Unsupported(0) => "not supported".to_owned(),
        KindReport::Unsupported(count) if sees_all => format!("not supported; {count} met"),
        _ => "not supported".to_owned(),
    };
    let kinds = desk.networks.kinds.iter();
    kinds
        .map(|(kind, report)| Kind {
            kind: kind.to_string(),
            became: became(report),
        })
        .collect()
}

fn unsupported(desk: &Desk) -> Vec<Unsupported> {
    let account = &desk.networks.observation.scope.instance;
    let rows = desk.networks.unsupported.iter().filter_map(|met| {
        let network = datto_networking::reconcile::network_ref(account, met.network);
        desk.view.sees(&network).then(|| Unsupported {
            network: desk.name_of(&network),
            id: met.device.id.clone(),
            name: met.device.name.clone().unwrap_or_default(),
            kind: met.device.kind.to_string(),
            why: "devices of this kind belong to another API and cannot be synced".to_owned(),
        })
    });
    rows.collect()
}

fn remarks(desk: &Desk, devices: &Devices<'_>, lines: &Lines<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    // Files and listings as a whole are the administrator's.
    if desk.view == View::Everything {
        remarks.extend(desk.records.remarks.iter().cloned());
    }
    for segment in &desk.networks.observation.segments {
        let of_all =
            matches!(segment.rows, Rows::Organizations(_)) && desk.view == View::Everything;
        if let Coverage::Partial(why) = &segment.coverage
            && (of_all || desk.view.sees(&segment.of))
        {
            let what = match segment.rows {
                Rows::Organizations(_) => "the list of networks".to_owned(),
                _ => format!("network {:?}", desk.name_of(&segment.of)),
            };
            remarks.push(format!("{what} was read in part: {why}"));
        }
    }
    for unseen in devices.unseen() {
        let (side, gone) = match unseen.missing {
            Side::Left => ("device", unseen.source),
            Side::Right => ("configuration", unseen.destination),
        };
        if desk.view == View::Everything {
            remarks.push(format!(
                "{} is confirmed as configuration {}, but the {side} {} is not listed now",
                label(unseen.source),
                unseen.destination.id,
                gone.id
            ));
        }
    }
    for pair in devices.reopened() {
        if let (Some(ours), Some(theirs)) = (
            lines.source.get(pair.left as usize),
            lines.destination.get(pair.right as usize),
        ) && desk.view.sees(ours.organization)
        {
            remarks.push(format!(
                "{} was confirmed as configuration {}, which no longer holds: their organisations changed",
                label(&ours.device.entity),
                theirs.device.entity.id
            ));
        }
    }
    remarks
}

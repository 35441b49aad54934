//! What an argument means: an id, or a name if exactly one has it.

use reconcile::drift::{Event, EventId};
use reconcile::identity::{EntityRef, Fingerprint, Kind};
use reconcile::inventory::Index;
use reconcile::state::State;

use super::exit::Failure;
use super::session::Estate;

/// The site that an argument means.
pub(crate) fn site(estate: &Estate, text: &str) -> Result<EntityRef, Failure> {
    organization(&Index::new(&estate.sites), &Kind::SITE, text)
}

/// The company that an argument means.
pub(crate) fn company(estate: &Estate, text: &str) -> Result<EntityRef, Failure> {
    organization(&Index::new(&estate.companies), &Kind::COMPANY, text)
}

fn organization(index: &Index<'_>, kind: &Kind, text: &str) -> Result<EntityRef, Failure> {
    let of_kind = || {
        index
            .organizations()
            .filter(|organization| organization.entity.kind == *kind)
    };
    if let Some(by_id) = of_kind().find(|organization| organization.entity.id == text) {
        return Ok(by_id.entity.clone());
    }
    let named: Vec<_> = of_kind()
        .filter(|organization| organization.name == text)
        .collect();
    match named.as_slice() {
        [one] => Ok(one.entity.clone()),
        [] => Err(Failure::usage(format!(
            "no {kind} has the id or exact name {text:?}"
        ))),
        several => {
            let candidates: Vec<_> = several
                .iter()
                .map(|organization| match &organization.parent {
                    Some(parent) => format!("{} (under {})", organization.entity.id, parent.id),
                    None => organization.entity.id.clone(),
                })
                .collect();
            Err(Failure::usage(format!(
                "{} of kind {kind} have the name {text:?}: {}",
                several.len(),
                candidates.join(", ")
            ))
            .with_advice("give the id instead"))
        }
    }
}

/// The short id of an occurrence of an event, the same in every run.
pub(crate) fn event_id(id: &EventId) -> String {
    // Plain data with text keys only: there is nothing in it that could fail to serialise.
    Fingerprint::of(serde_json::to_vec(id).unwrap_or_default()).short()
}

/// The listed event that an argument means: its id, the start of it, or the exact name of its kind.
pub(crate) fn event<'s>(state: &'s State, text: &str) -> Result<&'s Event, Failure> {
    let listed: Vec<_> = state.events().filter(|event| event.is_listed()).collect();
    let lower = text.to_ascii_lowercase();
    let by_id = listed
        .iter()
        .copied()
        .filter(|event| text.len() >= 4 && event_id(&event.id).starts_with(&lower));
    let mut found: Vec<&Event> = by_id.collect();
    if found.is_empty() {
        let by_kind = listed
            .iter()
            .copied()
            .filter(|event| event.id.key.kind.label() == text);
        found.extend(by_kind);
    }
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(Failure::usage(format!("no open event is called {text:?}"))
            .with_advice("`companion events` lists them with their ids")),
        several => {
            let candidates: Vec<_> = several
                .iter()
                .map(|event| format!("{} ({})", event_id(&event.id), event.id.key))
                .collect();
            Err(Failure::usage(format!(
                "{text:?} means {} events: {}",
                several.len(),
                candidates.join("; ")
            ))
            .with_advice("give the id instead"))
        }
    }
}

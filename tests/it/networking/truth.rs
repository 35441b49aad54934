//! F086: networks' devices beside a host's records, against the truth.

use std::collections::{BTreeMap, BTreeSet};

use datto_networking::networks::NetworkId;
use datto_networking::reconcile::network_ref;
use reconcile::devices::{DevicePolicy, Devices};
use reconcile::identity::{EntityRef, Instance, Kind, Vendor, read_ip};
use reconcile::inventory::{Coverage, Device, Observation, Rows, Scope, Segment};
use reconcile::matching::{Fate, MatchPolicy, Rule, Side, Verdict};
use reconcile::state::{Body, Decision, State, Target};
use simulator::records::{Evidence, Expected, HostRecords, RecordsSpec};

use super::builder;
use super::observe::{estate, kind_of, observe, router_listing};
use crate::world::start;

fn host() -> Instance {
    Instance::new(Vendor::new("host"), "records")
}

fn organisation(id: &str) -> EntityRef {
    host().entity(Kind::new("organisation"), id)
}

/// The host's records as facts.
fn observation(records: &HostRecords, taken_at: jiff::Timestamp) -> Observation {
    let instance = host();
    let mut by_organisation: BTreeMap<&str, Vec<Device>> = BTreeMap::new();
    for organisation in &records.organisations {
        by_organisation.entry(&organisation.id).or_default();
    }
    for record in &records.configurations {
        let macs = record.mac.iter().map(|mac| mac.parse().expect("is one"));
        let ips = record.ip.iter().map(|ip| read_ip(ip).expect("is one"));
        by_organisation
            .entry(&record.organisation)
            .or_default()
            .push(Device {
                entity: instance.entity(Kind::new("configuration"), record.id.as_str()),
                name: record.name.clone(),
                macs: macs.collect(),
                ips: ips.collect(),
                serial: record.serial.clone(),
                fields: BTreeMap::new(),
            });
    }
    let segments = by_organisation.into_iter().map(|(id, devices)| Segment {
        of: organisation(id),
        coverage: Coverage::Complete,
        rows: Rows::Devices(devices),
    });
    Observation {
        scope: Scope {
            root: instance.root(),
            rights: None,
            instance: instance.clone(),
        },
        taken_at,
        segments: segments.collect(),
    }
}

/// A state in which each network belongs to the organisation that it truly is of.
fn mapped(records: &HostRecords, networking: &Instance, at: jiff::Timestamp) -> State {
    let mut state = State::new();
    let bound = Body::Bound {
        source: networking.clone(),
        destination: host(),
    };
    state
        .absorb(&state.entry(bound, "test", at))
        .expect("binds");
    for (network, id) in &records.truth.networks {
        let Some(id) = id else { continue };
        let decision = Decision::Associate {
            source: network_ref(networking, NetworkId::new(*network)),
            target: Target::Existing(organisation(id)),
        };
        let entry = state.entry(Body::Decided(decision.into()), "test", at);
        state.absorb(&entry).expect("fits");
    }
    state
}

fn rule(evidence: Evidence) -> Rule {
    match evidence {
        Evidence::MacAndIp => Rule::MAC_AND_IP,
        Evidence::Mac => Rule::MAC,
        Evidence::Name => Rule::NAME,
        other => panic!("{other:?}"),
    }
}

/// How often each answer came.
#[derive(Debug, Default)]
struct Tally {
    matched: usize,
    suggested: usize,
    ambiguous: usize,
    unmatched: usize,
    unmapped: usize,
}

/// Holds every device of the truth against what became of it.
fn hold_against_truth(
    records: &HostRecords,
    devices: &Devices<'_>,
    policy: &MatchPolicy,
    networking: &Instance,
    tally: &mut Tally,
) {
    let (ours, theirs) = (devices.source(), devices.destination());
    assert_eq!(
        ours.len(),
        records.truth.devices.len(),
        "each device has one row"
    );
    let explainer = devices.explainer().expect("explains");
    for truth in &records.truth.devices {
        let entity = networking.entity(Kind::new(kind_of(truth.kind)), truth.id.to_string());
        let row = devices.row(Side::Left, &entity).expect("is listed");
        let line = &ours[row as usize];
        let what = format!("{entity}: {truth:?}: {:?}", line.verdict);
        match &truth.expected {
            Expected::Match { configuration, by } => {
                let partner = line.partner.map(|partner| partner.entity.id.as_ref());
                assert_eq!(partner, Some(configuration.as_str()), "{what}");
                assert_eq!(line.verdict.rule(), Some(rule(*by)), "{what}");
                let held = policy.holds(rule(*by));
                assert_eq!(
                    matches!(line.verdict, Verdict::Suggested { .. }),
                    held,
                    "{what}"
                );
                if held {
                    tally.suggested += 1;
                } else {
                    tally.matched += 1;
                }
            }
            Expected::Ambiguous { configurations, by } => {
                assert_eq!(
                    line.verdict,
                    Verdict::Ambiguous { rule: rule(*by) },
                    "{what}"
                );
                // A person is told between which ones to choose.
                let why = explainer.explain(Side::Left, row).expect("is a row");
                assert_eq!(why.more_candidates, 0, "{what}");
                let named: BTreeSet<_> = why
                    .candidates
                    .iter()
                    .filter(|candidate| {
                        let mut kinds = rule(*by).kinds();
                        candidate.fate != Fate::Taken
                            && kinds.all(|kind| candidate.agrees.contains(&kind))
                    })
                    .map(|candidate| theirs[candidate.row as usize].device.entity.id.clone())
                    .collect();
                let expected: BTreeSet<_> = configurations.iter().cloned().collect();
                assert_eq!(named, expected, "{what}");
                tally.ambiguous += 1;
            }
            Expected::None if records.truth.networks[&truth.network].is_none() => {
                assert!(matches!(line.verdict, Verdict::Excluded { .. }), "{what}");
                tally.unmapped += 1;
            }
            Expected::None => {
                assert!(matches!(line.verdict, Verdict::Unmatched { .. }), "{what}");
                tally.unmatched += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    // Nothing but these: no record got two devices.
    let partners: Vec<_> = ours.iter().filter_map(|line| line.partner).collect();
    let distinct: BTreeSet<_> = partners.iter().map(|partner| &partner.entity).collect();
    assert_eq!(partners.len(), distinct.len());
}

#[tokio::test]
async fn f086_devices_are_matched_as_the_rules_say_and_no_further() {
    let mut default = Tally::default();
    let mut it_glue = Tally::default();
    for seed in 1..=5 {
        let world = estate(seed, 12);
        let records = world.host_records(&RecordsSpec::new(seed * 7));
        let simulator = start(world).await;
        simulator.update_settings(|settings| settings.networking.routers = true);
        let client = builder(&simulator).build().expect("builds");
        let observed = observe().routers(router_listing()).run(&client).await;
        let observed = observed.expect("reads");
        let networking = observed.scope.instance.clone();
        let theirs = observation(&records, observed.taken_at);
        let state = mapped(&records, &networking, observed.taken_at);
        for (matching, tally) in [
            (MatchPolicy::default(), &mut default),
            (MatchPolicy::it_glue(), &mut it_glue),
        ] {
            let policy = DevicePolicy {
                matching,
                ..DevicePolicy::default()
            };
            let devices = Devices::new(&state, &observed, &theirs, &policy).expect("fits");
            hold_against_truth(&records, &devices, &policy.matching, &networking, tally);
        }
    }
    // Every answer came, so that each was put to the test.
    for tally in [&default, &it_glue] {
        assert!(tally.matched > 100 && tally.ambiguous > 5, "{tally:?}");
        assert!(tally.unmatched > 20 && tally.unmapped > 5, "{tally:?}");
    }
    assert_eq!(default.suggested, 0);
    assert!(it_glue.suggested > 20, "{it_glue:?}");
    assert_eq!(default.matched, it_glue.matched + it_glue.suggested);
}

/// Without errors of people every device finds its record.
#[tokio::test]
async fn f086_exact_records_leave_nothing_open() {
    let world = estate(9, 6);
    let records = world.host_records(&RecordsSpec::exact());
    let simulator = start(world).await;
    simulator.update_settings(|settings| settings.networking.routers = true);
    let client = builder(&simulator).build().expect("builds");
    let observed = observe().routers(router_listing()).run(&client).await;
    let observed = observed.expect("reads");
    let networking = observed.scope.instance.clone();
    let theirs = observation(&records, observed.taken_at);
    let state = mapped(&records, &networking, observed.taken_at);
    let policy = DevicePolicy::default();
    let devices = Devices::new(&state, &observed, &theirs, &policy).expect("fits");
    for truth in &records.truth.devices {
        let entity = networking.entity(Kind::new(kind_of(truth.kind)), truth.id.to_string());
        let row = devices.row(Side::Left, &entity).expect("is listed");
        let partner = devices.source()[row as usize].partner;
        let partner = partner.map(|partner| partner.entity.id.clone());
        assert_eq!(partner, truth.configuration, "{entity}");
    }
}

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;

use super::{DeviceError, DevicePolicy, Devices, Hold};
use crate::identity::{EntityRef, Instance, Kind, Vendor};
use crate::inventory::{Coverage, Device, Observation, Rows, Scope, Segment};
use crate::matching::{Basis, MatchPolicy, Rule, Side, Verdict};
use crate::state::{Body, Decision, DeviceDecision, EntryId, State, Target};

fn networking() -> Instance {
    Instance::new(Vendor::new("datto-networking"), "t1")
}

fn records() -> Instance {
    Instance::new(Vendor::new("records"), "t1")
}

fn network(id: &str) -> EntityRef {
    networking().entity(Kind::NETWORK, id)
}

fn customer(id: &str) -> EntityRef {
    records().entity(Kind::COMPANY, id)
}

fn ours(id: &str) -> EntityRef {
    networking().entity(Kind::DEVICE, id)
}

fn theirs(id: &str) -> EntityRef {
    records().entity(Kind::DEVICE, id)
}

/// A MAC address of a real vendor.
fn mac(number: u8) -> String {
    format!("00:1b:21:00:00:{number:02x}")
}

fn device(entity: EntityRef, name: &str, mac: &str) -> Device {
    Device {
        entity,
        name: name.to_owned(),
        macs: mac.parse().into_iter().collect(),
        ips: Vec::new(),
        serial: None,
        fields: BTreeMap::new(),
    }
}

struct World {
    state: State,
    source: Observation,
    destination: Observation,
    policy: DevicePolicy,
}

impl World {
    fn new() -> Self {
        let read = |instance: Instance| Observation {
            scope: Scope {
                root: instance.root(),
                instance,
                rights: None,
            },
            taken_at: Timestamp::UNIX_EPOCH,
            segments: Vec::new(),
        };
        let mut world = Self {
            state: State::new(),
            source: read(networking()),
            destination: read(records()),
            policy: DevicePolicy::default(),
        };
        world.log(Body::Bound {
            source: networking(),
            destination: records(),
        });
        world
    }

    /// The network `n1` belongs to the customer `c1`.
    fn mapped() -> Self {
        let mut world = Self::new();
        world.map("n1", "c1");
        world.list(&network("n1"), Vec::new());
        world.list(&customer("c1"), Vec::new());
        world
    }

    fn log(&mut self, body: Body) -> EntryId {
        let entry = self.state.entry(body, "alex", Timestamp::UNIX_EPOCH);
        assert!(self.state.absorb(&entry).unwrap());
        entry.id
    }

    fn map(&mut self, from: &str, to: &str) -> EntryId {
        self.log(Body::Decided(
            Decision::Associate {
                source: network(from),
                target: Target::Existing(customer(to)),
            }
            .into(),
        ))
    }

    fn side(&mut self, of: &EntityRef) -> &mut Observation {
        if of.instance == networking() {
            &mut self.source
        } else {
            &mut self.destination
        }
    }

    fn list(&mut self, of: &EntityRef, devices: Vec<Device>) {
        let segment = Segment {
            of: of.clone(),
            coverage: Coverage::Complete,
            rows: Rows::Devices(devices),
        };
        self.side(of).segments.push(segment);
    }

    fn add(&mut self, of: &EntityRef, device: Device) {
        let mut segments = self.side(of).segments.iter_mut();
        let segment = segments.find(|segment| segment.of == *of).unwrap();
        let Rows::Devices(devices) = &mut segment.rows else {
            unreachable!("only devices are listed here")
        };
        devices.push(device);
    }

    /// A device of `n1`.
    fn ours(&mut self, id: &str, name: &str, mac: &str) {
        self.add(&network("n1"), device(ours(id), name, mac));
    }

    /// A record of `c1`.
    fn theirs(&mut self, id: &str, name: &str, mac: &str) {
        self.add(&customer("c1"), device(theirs(id), name, mac));
    }

    fn cut(&mut self, of: &EntityRef) {
        let mut segments = self.side(of).segments.iter_mut();
        let segment = segments.find(|segment| segment.of == *of).unwrap();
        segment.coverage = Coverage::Partial("page 2 failed".to_owned());
    }

    fn devices(&self) -> Devices<'_> {
        Devices::new(&self.state, &self.source, &self.destination, &self.policy).unwrap()
    }

    fn decide(&mut self, decision: &DeviceDecision) -> Result<EntryId, DeviceError> {
        let decision = self.devices().check(decision)?;
        Ok(self.log(Body::Decided(decision)))
    }

    fn verdict(&self, id: &str) -> Verdict {
        let devices = self.devices();
        let row = devices.row(Side::Left, &ours(id)).unwrap();
        devices.matching().left[row as usize]
    }

    fn partner(&self, id: &str) -> Option<String> {
        let devices = self.devices();
        let row = devices.row(Side::Left, &ours(id)).unwrap();
        let line = devices.source()[row as usize];
        line.partner.map(|partner| partner.entity.id.clone())
    }

    /// Ids of what may be created.
    fn ready(&self) -> Vec<String> {
        let devices = self.devices();
        let ready = devices.creation().ready;
        ready
            .iter()
            .map(|line| line.device.entity.id.clone())
            .collect()
    }

    /// Ids of what is held back, with the reason.
    fn held(&self) -> BTreeMap<String, String> {
        let devices = self.devices();
        let held = devices.creation().held;
        held.iter()
            .map(|held| (held.line.device.entity.id.clone(), held.hold.to_string()))
            .collect()
    }
}

fn matched(source: &str, destination: &str) -> DeviceDecision {
    DeviceDecision::Match {
        source: ours(source),
        destination: theirs(destination),
    }
}

fn create(source: &str) -> DeviceDecision {
    DeviceDecision::Create {
        source: ours(source),
    }
}

fn ignore(source: &str) -> DeviceDecision {
    DeviceDecision::Ignore {
        source: ours(source),
    }
}

fn separate(source: &str, destination: &str) -> DeviceDecision {
    DeviceDecision::KeepSeparate {
        source: ours(source),
        destination: theirs(destination),
    }
}

#[test]
fn f091_f092_devices_wait_for_their_organization_and_stay_inside_it() {
    let mut world = World::new();
    world.list(&network("n1"), vec![device(ours("1"), "ap", &mac(1))]);
    world.list(&customer("c1"), vec![device(theirs("1"), "ap", &mac(1))]);
    world.list(&customer("c2"), vec![device(theirs("2"), "ap", &mac(1))]);
    assert!(matches!(world.verdict("1"), Verdict::Excluded { .. }));
    assert!(
        world.ready().is_empty(),
        "nothing is created before organisations are mapped"
    );
    world.map("n1", "c2");
    assert_eq!(world.partner("1").as_deref(), Some("2"));
}

#[test]
fn f097_many_networks_of_one_organization_are_matched_together() {
    let mut world = World::mapped();
    world.map("n2", "c1");
    world.list(&network("n2"), vec![device(ours("2"), "sw", &mac(2))]);
    world.ours("1", "ap", &mac(1));
    world.theirs("1", "a", &mac(1));
    world.theirs("2", "b", &mac(2));
    assert_eq!(world.partner("1").as_deref(), Some("1"));
    assert_eq!(world.partner("2").as_deref(), Some("2"));
    let devices = world.devices();
    let [line] = &devices.organizations()[..] else {
        panic!("one organisation")
    };
    assert_eq!(line.sources, [&network("n1"), &network("n2")]);
    assert_eq!(
        (line.source.matched, line.devices.matched, line.open()),
        (2, 2, 0)
    );
}

#[test]
fn f087_f093_a_suggestion_is_accepted_refused_or_replaced_and_remembered() {
    let mut world = World::mapped();
    world.policy.matching = MatchPolicy::it_glue();
    world.ours("1", "ap-hall", "");
    world.theirs("1", "AP-Hall", "");
    world.theirs("2", "other", "");
    assert!(matches!(
        world.verdict("1"),
        Verdict::Suggested {
            rule: Rule::NAME,
            ..
        }
    ));
    // Accepted, on evidence that is kept.
    let accepted = world.decide(&matched("1", "1")).unwrap();
    let record = world.state.decisions().last().unwrap();
    let evidence = record.evidence.as_deref().unwrap();
    assert_eq!(evidence[0].to_string(), "shared by name", "N14");
    assert_eq!(record.names[&theirs("1")], "AP-Hall");
    assert!(matches!(
        world.verdict("1"),
        Verdict::Matched {
            basis: Basis::Confirmed,
            ..
        }
    ));
    // F090: changed later.
    world.decide(&matched("1", "2")).unwrap();
    assert_eq!(world.partner("1").as_deref(), Some("2"));
    let by_hand = world.state.decisions().last().unwrap();
    assert_eq!(by_hand.evidence.as_deref(), Some(&[][..]));
    // Undone, and what was said before counts again.
    let change = world.state.decisions().last().unwrap().id;
    world.log(Body::Decided(Decision::Undo { decision: change }.into()));
    assert_eq!(world.partner("1").as_deref(), Some("1"));
    world.log(Body::Decided(Decision::Undo { decision: accepted }.into()));
    assert!(matches!(world.verdict("1"), Verdict::Suggested { .. }));
    // Refused.
    world.decide(&separate("1", "1")).unwrap();
    assert!(matches!(world.verdict("1"), Verdict::Unmatched { .. }));
    assert_eq!(
        world.held()["1"],
        "it looks like \"AP-Hall\", but a person has said that they are different devices"
    );
}

#[test]
fn f088_ignored_devices_no_longer_count_as_unmatched_and_can_come_back() {
    let mut world = World::mapped();
    world.ours("1", "ap", &mac(1));
    assert_eq!(world.devices().organizations()[0].open(), 1);
    let ignored = world.decide(&ignore("1")).unwrap();
    assert_eq!(world.devices().organizations()[0].open(), 0);
    assert!(world.ready().is_empty() && world.held().is_empty());
    let devices = world.devices();
    let lines = devices.source();
    assert_eq!(
        lines[0].excluded,
        Some("a person said that it is not to be matched")
    );
    drop(lines);
    world.log(Body::Decided(Decision::Undo { decision: ignored }.into()));
    assert_eq!(world.ready(), ["1"]);
}

#[test]
fn f090_changing_an_organization_reopens_its_devices() {
    let mut world = World::mapped();
    world.ours("1", "ap", "");
    world.theirs("1", "hall", "");
    world.list(&customer("c2"), vec![device(theirs("2"), "ap", "")]);
    world.decide(&matched("1", "1")).unwrap();
    let association = world.state.associations().next().unwrap().id;
    world.log(Body::Decided(
        Decision::Change {
            association,
            target: Target::Existing(customer("c2")),
        }
        .into(),
    ));
    assert_eq!(world.partner("1").as_deref(), Some("2"), "matched anew");
    assert_eq!(world.devices().reopened().len(), 1);
}

#[test]
fn f094_f095_only_what_surely_does_not_exist_is_created_in_bulk() {
    let mut world = World::mapped();
    world.policy.matching = MatchPolicy::it_glue();
    world.ours("matched", "m", &mac(1));
    world.theirs("1", "m", &mac(1));
    world.ours("suggested", "s", &mac(2));
    world.theirs("2", "s", "");
    world.ours("ambiguous", "a", &mac(3));
    world.theirs("3", "x", &mac(3));
    world.theirs("4", "y", &mac(3));
    world.ours("new", "n", &mac(4));
    world.ours("nameless", "", "");
    world.ours("twin-1", "t", &mac(5));
    world.ours("twin-2", "u", &mac(5));
    world.list(&customer("c9"), vec![device(theirs("9"), "z", &mac(6))]);
    world.ours("elsewhere", "e", &mac(6));
    assert_eq!(world.ready(), ["new"]);
    let held = world.held();
    assert_eq!(held["suggested"], "it is suggested to be \"s\"");
    assert_eq!(held["ambiguous"], "several devices may be the same one");
    assert_eq!(
        held["nameless"],
        "it has neither an address nor a name to recognise it by"
    );
    assert_eq!(held["twin-1"], "\"u\" has the same address or name");
    assert_eq!(held["twin-2"], "\"t\" has the same address or name");
    assert!(held["elsewhere"].starts_with("\"z\" in company c9 has the address"));
    assert_eq!(held.len(), 6);

    // F095: one by one, where a person knows better; never where the counterpart may be there.
    world.decide(&create("twin-1")).unwrap();
    world.decide(&create("elsewhere")).unwrap();
    assert_eq!(world.ready(), ["elsewhere", "new", "twin-1"]);
    for (id, why) in [
        ("suggested", "nothing can be created for"),
        ("ambiguous", "nothing can be created for"),
        ("nameless", "nothing can be created for"),
        ("matched", "already"),
    ] {
        let error = world.decide(&create(id)).unwrap_err();
        assert!(error.to_string().contains(why), "{id}: {error}");
    }
}

#[test]
fn f089_u02_nothing_is_created_where_a_listing_was_cut() {
    for cut in [network("n1"), network("n2"), customer("c1")] {
        let mut world = World::mapped();
        world.map("n2", "c1");
        world.list(&network("n2"), Vec::new());
        world.ours("1", "ap", &mac(1));
        assert_eq!(world.ready(), ["1"]);
        world.cut(&cut);
        assert!(world.ready().is_empty());
        assert!(world.held()["1"].ends_with("was read in part: page 2 failed"));
        assert!(matches!(
            world.decide(&create("1")),
            Err(DeviceError::NotCreatable { .. })
        ));
        assert_eq!(
            world.devices().organizations()[0].partial,
            [(&cut, "page 2 failed")]
        );
    }
    // Not read at all is no better.
    let mut world = World::new();
    world.map("n1", "c1");
    world.list(&network("n1"), vec![device(ours("1"), "ap", &mac(1))]);
    assert!(world.ready().is_empty());
    assert!(world.held()["1"].ends_with("its devices were not read"));
}

#[test]
fn u01_what_was_created_is_matched_the_next_time_and_not_created_again() {
    let mut world = World::mapped();
    world.ours("1", "ap", &mac(1));
    world.decide(&create("1")).unwrap();
    assert_eq!(world.ready(), ["1"]);
    world.theirs("77", "ap", &mac(1));
    assert_eq!(world.partner("1").as_deref(), Some("77"));
    assert!(world.ready().is_empty());
}

#[test]
fn confirmed_pairs_hold_while_one_of_them_is_out_of_sight() {
    let mut world = World::mapped();
    world.ours("1", "ap", &mac(1));
    world.theirs("1", "hall", "");
    world.theirs("2", "ap", &mac(1));
    world.decide(&matched("1", "1")).unwrap();
    let Rows::Devices(records) = &mut world.destination.segments[0].rows else {
        unreachable!("devices")
    };
    records.retain(|record| record.entity != theirs("1"));
    // Neither matched with the next best one nor created.
    assert_eq!(world.partner("1"), None);
    assert!(world.ready().is_empty() && world.held().is_empty());
    let devices = world.devices();
    let [unseen] = &devices.unseen()[..] else {
        panic!("one pair")
    };
    assert_eq!(
        (unseen.destination, unseen.missing),
        (&theirs("1"), Side::Right)
    );
    // A person may choose another.
    world.decide(&matched("1", "2")).unwrap();
    assert_eq!(world.partner("1").as_deref(), Some("2"));
}

#[test]
fn f075_unsupported_kinds_are_listed_and_take_no_part() {
    let mut world = World::mapped();
    let kind = Kind::new("dna-router");
    world.policy.unsupported.insert(
        kind.clone(),
        "routers of this kind cannot be synced".to_owned(),
    );
    let router = networking().entity(kind, "r1");
    world.add(&network("n1"), device(router.clone(), "router", &mac(1)));
    world.theirs("1", "router", &mac(1));
    let devices = world.devices();
    let lines = devices.source();
    assert_eq!(
        lines[0].excluded,
        Some("routers of this kind cannot be synced")
    );
    assert!(devices.creation().ready.is_empty());
    drop(lines);
    let by_hand = DeviceDecision::Match {
        source: router,
        destination: theirs("1"),
    };
    assert!(matches!(
        world.decide(&by_hand),
        Err(DeviceError::LeftOut { .. })
    ));
}

#[test]
fn decisions_that_cannot_be_taken_name_the_device_and_why() {
    let mut world = World::mapped();
    world.ours("1", "a", "");
    world.ours("2", "b", "");
    world.theirs("1", "x", "");
    world.list(&customer("c2"), vec![device(theirs("9"), "y", "")]);
    world.decide(&matched("1", "1")).unwrap();
    for (decision, why) in [
        (matched("3", "1"), "is not listed at the source"),
        (matched("2", "7"), "is not listed at the destination"),
        (
            matched("2", "9"),
            "are not in organisations that belong together",
        ),
        (matched("2", "1"), "is confirmed as"),
        (create("1"), "already"),
        (ignore("3"), "is not listed at the source"),
        (separate("1", "7"), "is not listed at the destination"),
    ] {
        let error = world.decide(&decision).unwrap_err();
        assert!(error.to_string().contains(why), "{decision:?}: {error}");
    }
}

#[test]
fn a_device_that_was_listed_twice_with_different_content_takes_no_part() {
    let mut world = World::mapped();
    world.ours("1", "ap", &mac(1));
    world.ours("1", "ap", &mac(1));
    world.theirs("1", "ap", &mac(1));
    assert_eq!(
        world.partner("1").as_deref(),
        Some("1"),
        "an equal repeat is none"
    );
    world.ours("1", "ap", &mac(2));
    assert!(matches!(world.verdict("1"), Verdict::Excluded { .. }));
    assert!(world.ready().is_empty());
}

#[test]
fn f093_records_are_searched_by_name() {
    let mut world = World::mapped();
    world.theirs("1", "Reception AP", "");
    world.theirs("2", "Server", "");
    let devices = world.devices();
    let found = devices.search(&customer("c1"), " reception");
    assert_eq!(found.len(), 1);
    assert!(devices.search(&customer("c2"), "reception").is_empty());
}

#[test]
fn a_snapshot_keeps_what_was_said_and_an_older_one_reads_as_nothing_said() {
    let mut world = World::mapped();
    world.ours("1", "ap", "");
    world.ours("2", "sw", "");
    world.theirs("1", "x", "");
    world.decide(&matched("1", "1")).unwrap();
    world.decide(&ignore("2")).unwrap();
    let snapshot = world.state.snapshot("alex", Timestamp::UNIX_EPOCH);
    let mut json = serde_json::to_value(&snapshot).unwrap();
    let read: crate::state::Entry = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(
        State::replay([&read]).unwrap().devices(),
        world.state.devices()
    );
    json["body"]["snapshot"]
        .as_object_mut()
        .unwrap()
        .remove("devices")
        .unwrap();
    let older: crate::state::Entry = serde_json::from_value(json).unwrap();
    assert!(
        State::replay([&older])
            .unwrap()
            .devices()
            .matched()
            .is_empty()
    );
}

/// A small world in which everything collides with everything.
fn any_device(side: fn(&str) -> EntityRef) -> impl Strategy<Value = (u8, Device)> {
    (0_u8..3, 0_u8..8, 0_u8..4, 0_u8..5).prop_map(move |(of, id, name, address)| {
        let name = ["", "a", "b", "c"][name as usize];
        let address = if address == 0 {
            String::new()
        } else {
            mac(address)
        };
        (of, device(side(&id.to_string()), name, &address))
    })
}

fn any_decision() -> impl Strategy<Value = DeviceDecision> {
    (0_u8..4, 0_u8..8, 0_u8..8).prop_map(|(sort, a, b)| {
        let (a, b) = (a.to_string(), b.to_string());
        match sort {
            0 => matched(&a, &b),
            1 => create(&a),
            2 => ignore(&a),
            _ => separate(&a, &b),
        }
    })
}

proptest! {
    #[test]
    fn n03_every_device_has_one_verdict_the_counts_add_up_and_order_never_shows(
        left in proptest::collection::vec(any_device(ours), 0..12),
        right in proptest::collection::vec(any_device(theirs), 0..12),
        decisions in proptest::collection::vec(any_decision(), 0..6),
        cut in any::<bool>(),
    ) {
        let build = |reversed: bool| {
            let mut world = World::new();
            world.policy.matching = MatchPolicy::it_glue();
            world.map("0", "0");
            world.map("1", "0");
            for of in ["0", "1", "2"] {
                world.list(&network(of), Vec::new());
                world.list(&customer(of), Vec::new());
            }
            let (mut left, mut right) = (left.clone(), right.clone());
            if reversed {
                left.reverse();
                right.reverse();
                world.source.segments.reverse();
                world.destination.segments.reverse();
            }
            for (of, device) in left {
                world.add(&network(&of.to_string()), device);
            }
            for (of, device) in right {
                world.add(&customer(&of.to_string()), device);
            }
            if cut {
                world.cut(&customer("0"));
            }
            world
        };
        let (mut world, mut mirror) = (build(false), build(true));
        for decision in &decisions {
            let taken = world.decide(decision).map_err(|error| error.to_string());
            prop_assert_eq!(&taken, &mirror.decide(decision).map_err(|error| error.to_string()));
        }
        let (devices, other) = (world.devices(), mirror.devices());
        for side in [Side::Left, Side::Right] {
            prop_assert_eq!(devices.matching().side(side), other.matching().side(side));
        }
        let counts = devices.matching().counts();
        let (source, destination) = (devices.source(), devices.destination());
        prop_assert_eq!(counts.left.total(), source.len());
        prop_assert_eq!(counts.right.total(), destination.len());
        // Partners name each other.
        for line in &source {
            if let Some(partner) = line.partner {
                let back = destination.iter().find(|line| std::ptr::eq(line.device, partner)).unwrap();
                prop_assert!(back.partner.is_some_and(|back| std::ptr::eq(back, line.device)));
            }
        }
        // Per organisation they add up to the devices of mapped organisations.
        let lines = devices.organizations();
        let mapped = |lines: &[super::DeviceLine<'_>], of: &BTreeSet<&EntityRef>| {
            lines.iter().filter(|line| of.contains(line.organization)).count()
        };
        let sources: BTreeSet<_> = lines.iter().flat_map(|line| line.sources.clone()).collect();
        let destinations: BTreeSet<_> = lines.iter().map(|line| line.destination).collect();
        prop_assert_eq!(
            lines.iter().map(|line| line.source.total()).sum::<usize>(),
            mapped(&source, &sources)
        );
        prop_assert_eq!(
            lines.iter().map(|line| line.devices.total()).sum::<usize>(),
            mapped(&destination, &destinations)
        );
        // Whatever is open is either created or held, once.
        let creation = devices.creation();
        let open: usize = lines.iter().map(super::OrganizationLine::open).sum();
        prop_assert_eq!(creation.ready.len() + creation.held.len(), open);
        for line in &creation.ready {
            let is_unmatched = matches!(line.verdict, Verdict::Unmatched { .. });
            prop_assert!(is_unmatched, "{:?}", line);
            prop_assert!(!cut, "nothing is created where a listing was cut");
        }
        for held in &creation.held {
            if let Hold::SameAs(device) = held.hold {
                prop_assert_ne!(&device.entity, &held.line.device.entity);
            }
        }
    }
}

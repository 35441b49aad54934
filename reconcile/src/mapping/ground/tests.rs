use super::Ground;
use crate::drift::{Action, EventId, EventKey, EventKind};
use crate::identity::NameLevel;
use crate::inventory::Index;
use crate::mapping::world::{VARIABLE, World};
use crate::mapping::{
    Evidence, EvidenceKind, Mapping, MappingPolicy, Named, Suggestion, Vote, VoteRules,
};
use crate::state::{Body, Decided, Decision, Target};

fn policy() -> MappingPolicy {
    MappingPolicy {
        variable: Some(VARIABLE.into()),
        ..MappingPolicy::default()
    }
}

fn with<T>(world: &World, look: impl FnOnce(&Mapping<'_>) -> T) -> T {
    let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
    look(&Mapping::new(&world.state, &source, &destination, &policy()).unwrap())
}

fn checked(world: &World, decision: &Decision) -> Decided {
    with(world, |mapping| mapping.check(decision)).unwrap()
}

fn kinds(grounds: &[Ground]) -> Vec<EvidenceKind> {
    let kind = |ground: &Ground| match ground {
        Ground::Pair(evidence) => evidence.kind(),
        other => panic!("{other}"),
    };
    grounds.iter().map(kind).collect()
}

#[test]
fn n14_a_checked_decision_carries_what_speaks_for_the_pair_and_the_names() {
    let mut world = World::new();
    let (site, company) = (world.site("s1", "Acme Ltd"), world.company("c1", "ACME"));
    world.deploy(&site, &company);
    for entity in [&site, &company] {
        world.shared_id(entity, "4711");
    }
    let target = Target::Existing(company.clone());
    let associate = Decision::Associate {
        source: site.clone(),
        target: target.clone(),
    };
    let decided = checked(&world, &associate);
    assert_eq!(decided.decision, associate);
    assert_eq!(
        kinds(decided.evidence.as_deref().unwrap()),
        [
            EvidenceKind::InstallationLink,
            EvidenceKind::SharedId,
            EvidenceKind::NormalizedName
        ]
    );
    let names: Vec<_> = decided.names.values().map(String::as_str).collect();
    assert_eq!(names, ["Acme Ltd", "ACME"]);

    // A mapped site or company is still compared.
    let other = world.company("c2", "Acme Group");
    let association = world.associate(&site, &other);
    let change = Decision::Change {
        association,
        target,
    };
    let decided = checked(&world, &change);
    assert_eq!(kinds(decided.evidence.as_deref().unwrap()).len(), 3);
    assert_eq!(decided.names[&other], "Acme Group", "what it was before");
}

#[test]
fn n14_what_nothing_speaks_for_is_made_by_hand() {
    let mut world = World::new();
    let (site, company) = (world.site("s1", "Acme"), world.company("c1", "Fabrikam"));
    let target = Target::Existing(company);
    for decision in [
        Decision::Associate {
            source: site.clone(),
            target,
        },
        Decision::Ignore { source: site },
    ] {
        assert_eq!(checked(&world, &decision).evidence, Some(Vec::new()));
    }
}

#[test]
fn n14_u04_what_was_as_good_is_kept_with_the_choice() {
    let mut world = World::new();
    let (site, rival) = (world.site("s1", "Acme"), world.site("s2", "Acme"));
    let (c1, c2) = (world.company("c1", "Acme"), world.company("c2", "Acme"));
    let c3 = world.company("c3", "Fabrikam");
    let grounds = |target: Target| {
        let decision = Decision::Associate {
            source: site.clone(),
            target,
        };
        with(&world, |mapping| {
            mapping.grounds(&decision, &mapping.suggestions(&[]))
        })
    };
    let acme = |entity| Named::new(entity, Some("Acme".to_owned()));
    let others = vec![acme(c2.clone()), acme(rival)];
    assert_eq!(
        grounds(Target::Existing(c1.clone())),
        [
            Ground::Pair(Evidence::Name(NameLevel::Exact)),
            Ground::AsGood { others, more: 0 }
        ]
    );
    // Nothing speaks for what was chosen, and much for others.
    let others = vec![acme(c1), acme(c2)];
    let passed_over = [Ground::AsGood { others, more: 0 }];
    assert_eq!(grounds(Target::Existing(c3)), passed_over);
    let parent = crate::mapping::world::company("p1");
    let name = "Acme Two".to_owned();
    assert_eq!(grounds(Target::New { name, parent }), passed_over);
}

#[test]
fn n14_devices_are_known_from_the_suggestion() {
    let mut world = World::new();
    let (site, company) = (world.site("s1", "Acme"), world.company("c1", "Fabrikam"));
    let vote = Vote {
        source: site.clone(),
        destination: company.clone(),
        count: 5,
        of: 6,
    };
    assert!(
        VoteRules {
            at_least: 2,
            percent: 50
        }
        .carry(vote.count, vote.of)
    );
    let taken = with(&world, |mapping| {
        let suggestions = mapping.suggestions(&[vote]);
        let [Suggestion::One(proposal)] = suggestions.as_slice() else {
            panic!("{suggestions:?}")
        };
        mapping.grounds(&proposal.decision(), &suggestions)
    });
    assert_eq!(taken, [Ground::Pair(Evidence::Devices { count: 5, of: 6 })]);
    assert_eq!(
        taken[0].to_string(),
        "5 of 6 devices known to both sides are in both"
    );
}

#[test]
fn n14_an_answer_rests_on_what_was_seen() {
    let mut world = World::new();
    let (site, company, _) = world.established("1");
    let key = EventKey {
        kind: EventKind::CompanySuspended,
        entities: vec![site, company],
    };
    world.log(Body::Raised {
        key: key.clone(),
        detail: "suspended since Monday".into(),
    });
    let event = EventId { key, occurrence: 1 };
    let decided = checked(
        &world,
        &Decision::Answer {
            event,
            action: Action::Ignore,
        },
    );
    assert_eq!(
        decided.evidence,
        Some(vec![Ground::Event("suspended since Monday".into())])
    );
    assert_eq!(decided.names.len(), 2);
}

#[test]
fn n14_u10_a_pair_kept_separate_says_how_alike_it_is_and_is_suggested_no_more() {
    let mut world = World::new();
    let (site, company) = (world.site("s1", "Acme"), world.company("c1", "ACME"));
    let separate = Decision::KeepSeparate {
        source: site,
        destination: company,
    };
    let decided = checked(&world, &separate);
    assert_eq!(
        decided.evidence,
        Some(vec![Ground::Pair(Evidence::Name(NameLevel::Folded))])
    );
    assert_eq!(with(&world, |mapping| mapping.suggestions(&[]).len()), 1);
    let id = world.decide(decided);
    assert!(with(&world, |mapping| mapping.suggestions(&[]).is_empty()));
    world.decide(checked(&world, &Decision::Undo { decision: id }));
    assert_eq!(with(&world, |mapping| mapping.suggestions(&[]).len()), 1);
}

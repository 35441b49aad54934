//! What decisions, answers and the ends of steps do to a state.

mod evidence;

use jiff::{SignedDuration, Timestamp};

use super::{
    AbsorbError, AssociationId, AssociationStatus, Body, Decision, Entry, EntryId, LinkedPackage,
    LinkedVariable, State, StepResult, Target,
};
use crate::drift::{Action, ActionKind, EventId, EventKey, EventKind, EventStatus, listed_rows};
use crate::execution::{Outcome, Output};
use crate::identity::{EntityRef, Fingerprint, Instance, Kind, Vendor};
use crate::inventory::Scope;
use crate::plan::{HostStep, Input, Link, PLAN_SCHEMA, Plan, PlannedStep, Step, StepId, Unlink};

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH
        .saturating_add(SignedDuration::from_secs(seconds))
        .expect("in range")
}

fn source() -> Instance {
    Instance::new(Vendor::new("source"), "s")
}

fn destination() -> Instance {
    Instance::new(Vendor::new("destination"), "d")
}

fn site(id: &str) -> EntityRef {
    source().entity(Kind::SITE, id)
}

fn company(id: &str) -> EntityRef {
    destination().entity(Kind::COMPANY, id)
}

/// A state that is built entry by entry, with its log.
struct Told {
    state: State,
    log: Vec<Entry>,
}

impl Told {
    fn new() -> Self {
        let mut told = Self {
            state: State::new(),
            log: Vec::new(),
        };
        told.tell(Body::Bound {
            source: source(),
            destination: destination(),
        });
        told
    }

    fn try_tell(&mut self, body: Body) -> Result<EntryId, AbsorbError> {
        let second = i64::try_from(self.log.len()).expect("few");
        let entry = self.state.entry(body, "operator", at(second));
        self.state.absorb(&entry)?;
        self.log.push(entry.clone());
        Ok(entry.id)
    }

    fn tell(&mut self, body: Body) -> EntryId {
        self.try_tell(body).expect("it fits")
    }

    fn decide(&mut self, decision: Decision) -> EntryId {
        self.tell(Body::Decided(decision.into()))
    }

    fn raise(&mut self, kind: EventKind, entities: Vec<EntityRef>) -> EventId {
        let key = EventKey { kind, entities };
        self.tell(Body::Raised {
            key: key.clone(),
            detail: "seen".into(),
        });
        self.state.event(&key).expect("raised").id.clone()
    }

    fn answer(&mut self, event: &EventId, action: Action) -> EventStatus {
        self.decide(Decision::Answer {
            event: event.clone(),
            action,
        });
        self.state.event(&event.key).expect("known").status
    }

    fn execute(&mut self, association: AssociationId, step: HostStep) {
        let plan = Plan {
            schema: PLAN_SCHEMA,
            state_serial: self.state.serial(),
            source: source(),
            destination: destination(),
            steps: vec![PlannedStep {
                id: StepId(1),
                association,
                step: Step::Host(step),
                after: vec![],
                because: "it was decided".into(),
            }],
            held: vec![],
            notices: vec![],
            made_at: at(0),
            expires_at: at(10_000),
        };
        let digest = plan.digest();
        self.tell(Body::Confirmed {
            plan: Box::new(plan),
            digest,
        });
        self.tell(Body::Intent {
            step: StepId(1),
            attempt: 1,
            facts: super::Facts::None,
        });
        let result = StepResult::Answered {
            attempt: 1,
            outcome: Outcome::Done(Output::Nothing),
        };
        self.tell(Body::Settled {
            step: StepId(1),
            result,
        });
        self.tell(Body::Finished);
    }

    /// An association of site 1 with company 1, established under partner 9.
    fn established() -> (Self, AssociationId) {
        let mut told = Self::new();
        let decision = told.decide(Decision::Associate {
            source: site("1"),
            target: Target::Existing(company("1")),
        });
        let association = AssociationId::from(decision);
        told.link(association, &company("1"));
        (told, association)
    }

    fn link(&mut self, association: AssociationId, to: &EntityRef) {
        let link = Link {
            source: site("1"),
            source_name: "Site".into(),
            destination: Input::Known(to.clone()),
            destination_name: "Company".into(),
            partner: Some(company("9")),
            package: Some(LinkedPackage {
                package: destination().entity(Kind::PACKAGE, "1"),
                name: "site-1".into(),
                modules: None,
            }),
            variable: Some(LinkedVariable {
                name: "Link".into(),
                value: Fingerprint::of("value"),
            }),
        };
        self.execute(association, HostStep::Link(link));
    }

    fn unlink(&mut self, association: AssociationId) {
        let destination = Some(company("1"));
        self.execute(
            association,
            HostStep::Unlink(Unlink {
                source: site("1"),
                destination,
            }),
        );
    }

    fn status(&self, association: AssociationId) -> Option<AssociationStatus> {
        self.state
            .association(association)
            .map(|association| association.status)
    }
}

#[test]
fn f036_a_link_establishes_what_it_records() {
    let (told, id) = Told::established();
    let association = told.state.association(id).expect("there");
    assert_eq!(association.status, AssociationStatus::Established);
    assert_eq!(association.destination(), Some(&company("1")));
    assert_eq!(association.partner, Some(company("9")));
    assert!(association.package.is_some() && association.variable.is_some());
}

#[test]
fn f041_create_tries_another_name_and_ignore_makes_nothing() {
    for (action, expected) in [
        (
            Action::Create {
                name: "Other".into(),
            },
            EventStatus::Resolving,
        ),
        (Action::Ignore, EventStatus::Resolved),
    ] {
        let mut told = Told::new();
        let target = Target::New {
            name: "Taken".into(),
            parent: destination().root(),
        };
        let id = AssociationId::from(told.decide(Decision::Associate {
            source: site("1"),
            target,
        }));
        let event = told.raise(EventKind::DestinationCreation, vec![site("1")]);
        assert_eq!(told.answer(&event, action.clone()), expected);
        if let Some(association) = told.state.association(id) {
            assert_eq!(
                association.target,
                Target::New {
                    name: "Other".into(),
                    parent: destination().root()
                }
            );
        } else {
            assert_eq!(action, Action::Ignore);
            assert!(told.state.ignored().is_empty(), "the site stays mappable");
        }
    }
}

#[test]
fn f043_move_moves_nothing_and_the_event_stays_listed_f044_then_ignore_hides_it() {
    let (mut told, id) = Told::established();
    let before = told.state.association(id).cloned();
    let event = told.raise(EventKind::DestinationMoved, vec![site("1"), company("1")]);
    assert_eq!(told.answer(&event, Action::Move), EventStatus::Open);
    assert!(told.state.event(&event.key).expect("known").is_listed());
    assert_eq!(told.answer(&event, Action::Ignore), EventStatus::Ignored);
    assert_eq!(
        told.state.association(id).cloned(),
        before,
        "the association stays as it is"
    );
    told.raise(EventKind::DestinationMoved, vec![site("1"), company("1")]);
    assert_eq!(
        told.state.event(&event.key).expect("known").status,
        EventStatus::Ignored,
        "still hidden"
    );
}

#[test]
fn f046_recreate_points_the_association_at_a_new_company_under_the_same_partner() {
    for (name, expected) in [(None, "Company"), (Some("Again".to_owned()), "Again")] {
        let (mut told, id) = Told::established();
        let event = told.raise(EventKind::DestinationDeleted, vec![site("1"), company("1")]);
        assert_eq!(
            told.answer(&event, Action::Recreate { name }),
            EventStatus::Resolving
        );
        let association = told.state.association(id).expect("there");
        assert_eq!(
            association.target,
            Target::New {
                name: expected.into(),
                parent: company("9")
            }
        );
        assert!(
            association.package.is_none(),
            "a new company needs a new package"
        );
        assert!(
            association.variable.is_some(),
            "our old value may be replaced"
        );
        told.link(id, &company("2"));
        assert_eq!(
            told.state.event(&event.key).expect("known").status,
            EventStatus::Resolved
        );
    }
}

#[test]
fn f048_associate_links_again_and_ignore_is_remembered() {
    let mut told = Told::new();
    let event = told.raise(EventKind::AssociationMissing, vec![site("1"), company("1")]);
    assert_eq!(
        told.answer(&event, Action::Associate),
        EventStatus::Resolving
    );
    assert_eq!(told.state.associations_of(&site("1")).count(), 1);

    let mut told = Told::new();
    let event = told.raise(EventKind::AssociationMissing, vec![site("1"), company("1")]);
    assert_eq!(told.answer(&event, Action::Ignore), EventStatus::Ignored);
    assert_eq!(told.state.associations().count(), 0, "no link is made");
    assert!(told.state.parted().contains(&(site("1"), company("1"))));
}

#[test]
fn f050_f051_delete_takes_the_company_along_and_keep_only_the_record() {
    for (action, expected) in [
        (Action::Delete, AssociationStatus::LeavingWithCompany),
        (Action::Keep, AssociationStatus::LeavingRecordOnly),
    ] {
        let (mut told, id) = Told::established();
        let event = told.raise(EventKind::SourceDeleted, vec![site("1"), company("1")]);
        assert_eq!(told.answer(&event, action), EventStatus::Resolving);
        assert_eq!(told.status(id), Some(expected));
        told.unlink(id);
        assert_eq!(told.status(id), None);
        assert_eq!(
            told.state.event(&event.key).expect("known").status,
            EventStatus::Resolved
        );
        assert!(
            told.state.parted().contains(&(site("1"), company("1"))),
            "its evidence raises nothing"
        );
    }
}

#[test]
fn f052_ignoring_an_event_and_ignoring_an_organisation_are_different_and_both_can_be_undone() {
    let (mut told, id) = Told::established();
    let event = told.raise(EventKind::SourceDeleted, vec![site("1"), company("1")]);
    let ignored = told.decide(Decision::Answer {
        event: event.clone(),
        action: Action::Ignore,
    });
    assert_eq!(
        told.status(id),
        Some(AssociationStatus::Established),
        "the association stays"
    );
    assert!(told.state.ignored().is_empty());
    let organisation = told.decide(Decision::Ignore { source: site("2") });
    assert!(told.state.ignored().contains(&site("2")));
    told.decide(Decision::Undo {
        decision: organisation,
    });
    assert!(told.state.ignored().is_empty());
    told.decide(Decision::Undo { decision: ignored });
    assert_eq!(
        told.state.event(&event.key).expect("known").status,
        EventStatus::Open
    );
    assert!(
        told.state
            .decisions()
            .iter()
            .filter(|record| record.undone_by.is_some())
            .count()
            == 2
    );
}

#[test]
fn f053_an_action_that_the_kind_does_not_allow_is_refused() {
    let (mut told, _) = Told::established();
    let event = told.raise(EventKind::DestinationMoved, vec![site("1"), company("1")]);
    let before = told.state.clone();
    let delete = Decision::Answer {
        event,
        action: Action::Delete,
    };
    assert!(matches!(
        told.try_tell(Body::Decided(delete.into())),
        Err(AbsorbError::Unknown { .. })
    ));
    assert_eq!(told.state, before, "nothing changed");
}

#[test]
fn an_event_that_cleared_and_came_back_is_the_next_occurrence() {
    let (mut told, _) = Told::established();
    let first = told.raise(EventKind::CompanySuspended, vec![site("1"), company("1")]);
    told.tell(Body::Cleared {
        key: first.key.clone(),
    });
    let second = told.raise(EventKind::CompanySuspended, vec![site("1"), company("1")]);
    assert_eq!((first.occurrence, second.occurrence), (1, 2));
    // An answer to the first is too late for the second.
    let late = Decision::Answer {
        event: first,
        action: Action::Ignore,
    };
    assert!(told.try_tell(Body::Decided(late.into())).is_err());
}

#[test]
fn n17_only_a_reset_binds_to_another_tenant() {
    let (mut told, _) = Told::established();
    let other = Body::Bound {
        source: Instance::new(Vendor::new("source"), "other"),
        destination: destination(),
    };
    assert!(matches!(
        told.try_tell(other.clone()),
        Err(AbsorbError::Bound { .. })
    ));
    told.tell(Body::Reset);
    assert_eq!(
        told.state.associations().count(),
        0,
        "F025: everything is wiped"
    );
    told.tell(other);
}

#[test]
fn u14_a_log_read_again_changes_nothing_and_a_snapshot_equals_it() {
    let (mut told, _) = Told::established();
    told.raise(EventKind::CompanySuspended, vec![site("1"), company("1")]);
    let scope = Scope {
        instance: source(),
        root: source().root(),
        rights: None,
    };
    told.tell(Body::Seen {
        scope,
        entities: vec![site("1")],
    });
    let state = told.state.clone();
    for entry in &told.log {
        assert_eq!(told.state.absorb(entry), Ok(false));
    }
    assert_eq!(told.state, state);
    assert_eq!(State::replay(&told.log), Ok(state.clone()));
    let snapshot = state.snapshot("compaction", at(99));
    let json = serde_json::to_string(&snapshot).expect("serialises");
    let snapshot: Entry = serde_json::from_str(&json).expect("reads back");
    let mut after = state;
    after.absorb(&snapshot).expect("fits");
    assert_eq!(State::replay([&snapshot]), Ok(after));
}

#[test]
fn f055_a_listed_event_shows_type_source_destination_time_and_actions() {
    let (mut told, _) = Told::established();
    let raised_at = at(i64::try_from(told.log.len()).expect("few"));
    told.raise(EventKind::DestinationMoved, vec![site("1"), company("1")]);
    let rows = listed_rows(&told.state);
    let [row] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    assert_eq!(row.kind.label(), "Destination moved");
    assert_eq!(row.sources, [&site("1")]);
    assert_eq!(row.source_name, Some("Site"));
    assert_eq!(row.destination, Some(&company("1")));
    assert_eq!(row.destination_name, Some("Company"));
    assert_eq!(row.generated, raised_at);
    assert_eq!(row.actions, [ActionKind::Move, ActionKind::Ignore]);
}

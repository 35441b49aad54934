//! What a person wants decided: one row of a file, one command, or one answer.

use std::path::Path;

use clap::ValueEnum as _;
use examples::exit::Failure;
use examples::sheet::{self, CellError};
use reconcile::devices::{DeviceError, Devices};
use reconcile::identity::EntityRef;
use reconcile::mapping::Suggestion;
use reconcile::matching::Verdict;
use reconcile::state::{Decided, Decision, DeviceDecision, Target};

use super::cli::Action;
use super::desk::Desk;
use super::lookup::{self, Subject, label};
use super::records;

/// What is wanted.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) action: Action,
    pub(crate) subject: String,
    pub(crate) object: Option<String>,
}

/// A decision that was checked, and what it says.
pub(crate) struct Granted {
    pub(crate) decided: Decided,
    pub(crate) what: String,
}

const COLUMNS: [&str; 3] = ["action", "subject", "object"];

/// Reads wishes from a file.
///
/// # Errors
///
/// A usage error with every row and column that cannot be understood.
pub(crate) fn read(path: &Path) -> Result<Vec<(usize, Wish)>, Failure> {
    let rows = sheet::read(path, &COLUMNS)?;
    let (mut wishes, mut errors) = (Vec::new(), Vec::new());
    for row in &rows {
        let action = Action::from_str(row.text("action"), true);
        match action {
            Ok(_) if row.text("subject").is_empty() => {
                errors.push(row.wrong("subject", "the cell is blank"));
            }
            Ok(action) => {
                let object = row.text("object");
                let wish = Wish {
                    action,
                    subject: row.text("subject").to_owned(),
                    object: (!object.is_empty()).then(|| object.to_owned()),
                };
                wishes.push((row.number, wish));
            }
            Err(_) => {
                let names: Vec<_> = Action::value_variants()
                    .iter()
                    .filter_map(|action| Some(action.to_possible_value()?.get_name().to_owned()))
                    .collect();
                errors.push(row.wrong("action", format!("it is none of {}", names.join(", "))));
            }
        }
    }
    if errors.is_empty() {
        Ok(wishes)
    } else {
        Err(sheet::refused(path, &errors))
    }
}

/// What cannot be granted in a file.
pub(crate) fn refused(path: &Path, row: usize, wish: &Wish, why: &Failure) -> Failure {
    let error = CellError::in_row(row, "subject", &wish.subject, why.in_one_line());
    sheet::refused(path, &[error])
}

impl Wish {
    /// Checks it against what was read and decided.
    ///
    /// # Errors
    ///
    /// A usage error that says what stands against it.
    pub(crate) fn grant(&self, desk: &Desk) -> Result<Granted, Failure> {
        let devices = desk.devices()?;
        match self.action {
            Action::Map | Action::New => {
                let network = lookup::network(desk, &self.subject)?;
                self.grant_network(desk, network)
            }
            Action::Match | Action::Create => {
                let device = lookup::device(desk, &devices, &self.subject)?;
                self.grant_device(desk, &devices, device)
            }
            Action::Accept | Action::Ignore | Action::Separate => {
                match lookup::subject(desk, &devices, &self.subject)? {
                    Subject::Network(network) => self.grant_network(desk, network),
                    Subject::Device(device) => self.grant_device(desk, &devices, device),
                }
            }
        }
    }

    fn object(&self, what: &str) -> Result<&str, Failure> {
        self.object.as_deref().ok_or_else(|| {
            Failure::usage(format!(
                "say which {what} is meant, after {:?}",
                self.subject
            ))
        })
    }

    fn grant_network(&self, desk: &Desk, source: EntityRef) -> Result<Granted, Failure> {
        let network = format!("network {:?} ({})", desk.name_of(&source), source.id);
        let (decision, what) = match self.action {
            Action::Accept => {
                let suggestions = desk.suggestions()?;
                let suggestion = suggestions.iter().find(|known| *known.source() == source);
                match suggestion {
                    Some(Suggestion::One(proposal)) => (
                        proposal.decision(),
                        format!("{network} belongs to {:?}", proposal.candidate.name),
                    ),
                    Some(tie @ Suggestion::Tie(_)) => {
                        let names: Vec<_> = tie
                            .best()
                            .iter()
                            .map(|candidate| {
                                format!("{:?} ({})", candidate.name, candidate.destination.id)
                            })
                            .collect();
                        return Err(Failure::usage(format!(
                            "{network} may belong to {}: say which",
                            names.join(" or ")
                        )));
                    }
                    None => {
                        return Err(Failure::usage(format!(
                            "nothing is suggested for {network}"
                        )));
                    }
                }
            }
            Action::Map => {
                let organization = lookup::organization(desk, self.object("organisation")?)?;
                let what = format!(
                    "{network} belongs to {:?} ({})",
                    desk.name_of(&organization),
                    organization.id
                );
                (towards(desk, source, Target::Existing(organization)), what)
            }
            Action::New => {
                let listed = desk.name_of(&source);
                let name = self.object.as_deref().unwrap_or(&listed).trim().to_owned();
                refuse_duplicate(desk, &source, &name, &network)?;
                let parent = records::instance().root();
                let what = format!("{network} gets a new organisation {name:?}");
                (towards(desk, source, Target::New { name, parent }), what)
            }
            Action::Ignore => (
                Decision::Ignore {
                    source: source.clone(),
                },
                format!("{network} is not to be matched"),
            ),
            Action::Separate => {
                let destination = lookup::organization(desk, self.object("organisation")?)?;
                let what = format!(
                    "{network} and {:?} are different ones",
                    desk.name_of(&destination)
                );
                let decision = Decision::KeepSeparate {
                    source,
                    destination,
                };
                (decision, what)
            }
            Action::Match | Action::Create => {
                return Err(Failure::usage(format!("{network} is no device")));
            }
        };
        let decided = desk.check_network(&decision)?;
        Ok(Granted { decided, what })
    }

    fn grant_device(
        &self,
        desk: &Desk,
        devices: &Devices<'_>,
        source: EntityRef,
    ) -> Result<Granted, Failure> {
        let row = lookup::row(devices, &source)? as usize;
        let lines = devices.source();
        let line = &lines[row];
        let device = format!("{} {:?}", label(&source), line.device.name);
        let (decision, what) = match self.action {
            Action::Accept => match (line.verdict, line.partner) {
                (Verdict::Suggested { .. }, Some(partner)) => (
                    DeviceDecision::Match {
                        source,
                        destination: partner.entity.clone(),
                    },
                    format!(
                        "{device} is configuration {} {:?}",
                        partner.entity.id, partner.name
                    ),
                ),
                _ => return Err(Failure::usage(format!("nothing is suggested for {device}"))),
            },
            Action::Match => {
                let destination =
                    lookup::configuration(desk, devices, self.object("configuration")?)?;
                let what = format!("{device} is configuration {}", destination.id);
                let decision = DeviceDecision::Match {
                    source,
                    destination,
                };
                (decision, what)
            }
            Action::Ignore => (
                DeviceDecision::Ignore { source },
                format!("{device} is not to be matched"),
            ),
            Action::Separate => {
                let destination =
                    lookup::configuration(desk, devices, self.object("configuration")?)?;
                let what = format!(
                    "{device} and configuration {} are different ones",
                    destination.id
                );
                let decision = DeviceDecision::KeepSeparate {
                    source,
                    destination,
                };
                (decision, what)
            }
            Action::Create => (
                DeviceDecision::Create { source },
                format!("a configuration is to be created for {device}"),
            ),
            Action::Map | Action::New => {
                return Err(Failure::usage(format!("{device} is no network")));
            }
        };
        let checked: Result<Decided, DeviceError> = devices.check(&decision);
        let decided = checked.map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Granted { decided, what })
    }
}

/// Gives a network an organisation, or another one if it has one (F090).
fn towards(desk: &Desk, source: EntityRef, target: Target) -> Decision {
    let association = desk
        .state
        .associations_of(&source)
        .find(|known| !known.is_leaving());
    match association {
        Some(known) => Decision::Change {
            association: known.id,
            target,
        },
        None => Decision::Associate { source, target },
    }
}

/// Nothing is created beside something that it could be a duplicate of (F089).
fn refuse_duplicate(
    desk: &Desk,
    source: &EntityRef,
    name: &str,
    network: &str,
) -> Result<(), Failure> {
    let alike = desk.with_mapping(|mapping| mapping.lookalikes(source, name))?;
    if alike.is_empty() {
        return Ok(());
    }
    let alike: Vec<_> = alike
        .iter()
        .map(|candidate| {
            if !desk.view.sees(&candidate.destination) {
                return "an organisation that you do not see".to_owned();
            }
            let evidence = candidate
                .evidence
                .first()
                .map(ToString::to_string)
                .unwrap_or_default();
            format!(
                "{:?} ({}): {evidence}",
                candidate.name, candidate.destination.id
            )
        })
        .collect();
    Err(Failure::usage(format!(
        "a new organisation {name:?} for {network} could be a duplicate of {}",
        alike.join("; ")
    ))
    .with_advice("map the network to it, or decide that the two are separate and ask again"))
}

impl Wish {
    /// Whether it was decided before and still holds, so that there is nothing to do.
    pub(crate) fn holds(&self, desk: &Desk) -> bool {
        let Ok(devices) = desk.devices() else {
            return false;
        };
        let organization = || lookup::organization(desk, self.object.as_deref()?).ok();
        let configuration = || lookup::configuration(desk, &devices, self.object.as_deref()?).ok();
        let subject = match self.action {
            Action::Map | Action::New => lookup::network(desk, &self.subject).map(Subject::Network),
            Action::Match | Action::Create => {
                lookup::device(desk, &devices, &self.subject).map(Subject::Device)
            }
            Action::Accept | Action::Ignore | Action::Separate => {
                lookup::subject(desk, &devices, &self.subject)
            }
        };
        let decided = desk.state.devices();
        match subject {
            Ok(Subject::Network(network)) => {
                let association = desk
                    .state
                    .associations_of(&network)
                    .find(|known| !known.is_leaving());
                match self.action {
                    Action::Map => organization().is_some_and(|organization| {
                        association.and_then(|known| known.destination()) == Some(&organization)
                    }),
                    // What was created since has the name, too.
                    Action::New | Action::Accept => association.is_some(),
                    Action::Ignore => desk.state.ignored().contains(&network),
                    Action::Separate => organization().is_some_and(|organization| {
                        desk.state
                            .kept_separate()
                            .contains(&(network, organization))
                    }),
                    Action::Match | Action::Create => false,
                }
            }
            Ok(Subject::Device(device)) => match self.action {
                Action::Match => configuration().is_some_and(|configuration| {
                    decided.matched().get(&device) == Some(&configuration)
                }),
                Action::Accept => decided.matched().contains_key(&device),
                Action::Ignore => decided.ignored().contains(&device),
                Action::Create => decided.to_create().contains(&device),
                Action::Separate => configuration().is_some_and(|configuration| {
                    decided.kept_separate().contains(&(device, configuration))
                }),
                Action::Map | Action::New => false,
            },
            Err(_) => false,
        }
    }
}

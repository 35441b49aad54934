//! What became of every network and device that a person may see, as data; shown as text, JSON or HTML.

mod build;
mod html;
mod text;
mod why;

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use reconcile::fields::{FieldChange, Values};
use reconcile::identity::EntityRef;
use serde::Serialize;

pub(crate) use build::build;
pub(crate) use why::{Explained, explained};

/// Everything that a person may see.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// When Datto Networking was read; what is shown live is as it was then.
    pub(crate) taken_at: Timestamp,
    /// The organisations that it is limited to; empty for an administrator, who sees all.
    pub(crate) as_manager_of: Vec<String>,
    /// Every kind of device, and what became of it.
    pub(crate) kinds: Vec<Kind>,
    /// Devices that cannot be synced.
    pub(crate) unsupported: Vec<Unsupported>,
    /// What a person should know: what was read in part, cells that cannot be read, organisations of one name.
    pub(crate) remarks: Vec<String>,
    /// Networks that have no organisation; nobody but an administrator sees them.
    pub(crate) networks: Vec<Network>,
    /// Organisations that have a network.
    pub(crate) organizations: Vec<Organization>,
}

/// What became of a kind of device.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Kind {
    pub(crate) kind: String,
    pub(crate) became: String,
}

/// A device that cannot be synced.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Unsupported {
    pub(crate) network: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) why: String,
}

/// What became of a network without an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NetworkState {
    /// One organisation stands out.
    Suggested,
    /// Several are as likely.
    Tied,
    /// Nothing is alike.
    Unmatched,
    /// An organisation is to be created for it.
    New,
    /// A person said that it is not to be matched.
    Ignored,
}

impl fmt::Display for NetworkState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Suggested => "suggested",
            Self::Tied => "several are as likely",
            Self::Unmatched => "unmatched",
            Self::New => "to be created",
            Self::Ignored => "ignored",
        })
    }
}

/// A network without an organisation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Network {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: NetworkState,
    /// The name of an organisation to be created.
    pub(crate) new_name: Option<String>,
    pub(crate) candidates: Vec<Candidate>,
    /// How many devices it has.
    pub(crate) devices: usize,
}

/// Somebody or something that may be meant.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Candidate {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) why: String,
}

/// An organisation with its networks and devices.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) networks: Vec<Mapped>,
    pub(crate) counts: Counts,
    /// How many devices wait for a person or for creation (F146).
    pub(crate) unmatched: usize,
    pub(crate) devices: Vec<Device>,
    /// Configurations that no device was found for.
    pub(crate) without_device: Vec<Configuration>,
}

/// A network of an organisation, and on which evidence it was decided so.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Mapped {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) why: String,
}

/// What became of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It is a configuration.
    Matched,
    /// It may be one; a person should say so.
    Suggested,
    /// Several may be the same one.
    Ambiguous,
    /// It has none, and one may be created.
    New,
    /// It has none, and something speaks against creating one.
    Held,
    /// A person said that it is not to be matched.
    Ignored,
    /// It takes no part.
    LeftOut,
}

impl State {
    pub(crate) const ALL: [Self; 7] = [
        Self::Matched,
        Self::Suggested,
        Self::Ambiguous,
        Self::New,
        Self::Held,
        Self::Ignored,
        Self::LeftOut,
    ];

    /// Whether it waits for a person or for creation.
    pub(crate) fn is_open(self) -> bool {
        matches!(
            self,
            Self::Suggested | Self::Ambiguous | Self::New | Self::Held
        )
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Matched => "matched",
            Self::Suggested => "suggested",
            Self::Ambiguous => "ambiguous",
            Self::New => "new",
            Self::Held => "held back",
            Self::Ignored => "ignored",
            Self::LeftOut => "left out",
        })
    }
}

/// How many devices became what; each counts once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    pub(crate) devices: usize,
    pub(crate) matched: usize,
    pub(crate) suggested: usize,
    pub(crate) ambiguous: usize,
    pub(crate) new: usize,
    pub(crate) held: usize,
    pub(crate) ignored: usize,
    pub(crate) left_out: usize,
}

impl Counts {
    fn add(&mut self, state: State) {
        self.devices += 1;
        *match state {
            State::Matched => &mut self.matched,
            State::Suggested => &mut self.suggested,
            State::Ambiguous => &mut self.ambiguous,
            State::New => &mut self.new,
            State::Held => &mut self.held,
            State::Ignored => &mut self.ignored,
            State::LeftOut => &mut self.left_out,
        } += 1;
    }

    /// How many became that.
    pub(crate) fn of(&self, state: State) -> usize {
        match state {
            State::Matched => self.matched,
            State::Suggested => self.suggested,
            State::Ambiguous => self.ambiguous,
            State::New => self.new,
            State::Held => self.held,
            State::Ignored => self.ignored,
            State::LeftOut => self.left_out,
        }
    }
}

/// A device of a mapped network.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Device {
    #[serde(skip)]
    pub(crate) entity: EntityRef,
    /// Kind and id.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// Id of the network.
    pub(crate) network: String,
    pub(crate) state: State,
    /// The rule that decided, if one did.
    pub(crate) rule: Option<String>,
    pub(crate) why: String,
    /// The configuration that it is, or that is suggested.
    pub(crate) configuration: Option<Configuration>,
    pub(crate) candidates: Vec<Candidate>,
    /// What is shown live and stored nowhere: label and value (F077).
    pub(crate) live: Vec<Shown>,
    /// Fields of the configuration that differ.
    pub(crate) changes: Vec<FieldChange>,
    /// What a new configuration would hold.
    #[serde(skip)]
    pub(crate) record: Values,
}

/// A field that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Shown {
    pub(crate) label: String,
    pub(crate) value: String,
}

/// A configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Configuration {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// All of it in numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sum {
    pub(crate) organizations: usize,
    pub(crate) networks: usize,
    pub(crate) open_networks: usize,
    pub(crate) counts: Counts,
}

impl Sum {
    /// Whether anything waits for a person.
    pub(crate) fn waits(&self) -> bool {
        self.open_networks + self.counts.suggested + self.counts.ambiguous + self.counts.held > 0
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} organisations with {} networks, {} networks wait; {} devices:",
            self.organizations, self.networks, self.open_networks, self.counts.devices
        )?;
        for (place, state) in State::ALL.into_iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma} {} {state}", self.counts.of(state))?;
        }
        Ok(())
    }
}

impl Report {
    /// All of it in numbers.
    pub(crate) fn sum(&self) -> Sum {
        let mut sum = Sum {
            organizations: self.organizations.len(),
            open_networks: self
                .networks
                .iter()
                .filter(|network| network.is_open())
                .count(),
            ..Sum::default()
        };
        for organization in &self.organizations {
            sum.networks += organization.networks.len();
            for device in &organization.devices {
                sum.counts.add(device.state);
            }
        }
        sum
    }

    /// The columns that the field map stores into, for a file of all kinds.
    pub(crate) fn stored_columns(&self) -> Vec<String> {
        let devices = self
            .organizations
            .iter()
            .flat_map(|organization| &organization.devices);
        let columns: BTreeSet<&String> = devices.flat_map(|device| device.record.keys()).collect();
        columns.into_iter().cloned().collect()
    }

    /// Every device with its organisation.
    pub(crate) fn devices(&self) -> impl Iterator<Item = (&Organization, &Device)> {
        self.organizations.iter().flat_map(|organization| {
            organization
                .devices
                .iter()
                .map(move |device| (organization, device))
        })
    }
}

impl Network {
    /// Whether it waits for a person.
    pub(crate) fn is_open(&self) -> bool {
        matches!(
            self.state,
            NetworkState::Suggested | NetworkState::Tied | NetworkState::Unmatched
        )
    }
}

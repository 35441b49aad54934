//! The report on a terminal.

use examples::console::{clean, table};
use examples::exit::Failure;

use super::{Candidate, Report, State};

fn told(candidates: &[Candidate]) -> String {
    let told: Vec<_> = candidates
        .iter()
        .map(|candidate| format!("{} {:?}: {}", candidate.id, candidate.name, candidate.why))
        .collect();
    told.join("; ")
}

impl Report {
    /// The organisations with their counts, and how many devices each has that wait.
    pub(crate) fn print_organizations(&self) -> Result<(), Failure> {
        table(
            [
                "Organisation",
                "Networks",
                "Unmatched",
                "Matched",
                "Suggested",
                "Ambiguous",
                "New",
                "Held",
                "Ignored",
                "Left out",
            ],
            self.organizations.iter().map(|row| {
                let networks: Vec<_> = row
                    .networks
                    .iter()
                    .map(|network| network.name.as_str())
                    .collect();
                let count = |state| row.counts.of(state).to_string();
                [
                    row.name.clone(),
                    networks.join(", "),
                    row.unmatched.to_string(),
                    count(State::Matched),
                    count(State::Suggested),
                    count(State::Ambiguous),
                    count(State::New),
                    count(State::Held),
                    count(State::Ignored),
                    count(State::LeftOut),
                ]
            }),
        )?;
        if self.networks.is_empty() {
            return Ok(());
        }
        table(
            [
                "Network without organisation",
                "Id",
                "State",
                "Devices",
                "Candidates",
            ],
            self.networks.iter().map(|row| {
                let candidates = match &row.new_name {
                    Some(name) => format!("{name:?} is to be created {}", told(&row.candidates)),
                    None => told(&row.candidates),
                };
                [
                    row.name.clone(),
                    row.id.clone(),
                    row.state.to_string(),
                    row.devices.to_string(),
                    candidates,
                ]
            }),
        )
    }

    /// The devices that wait.
    pub(crate) fn print_waiting(&self) -> Result<(), Failure> {
        self.print_devices(State::is_open)
    }

    /// Devices of these states, with what is shown live.
    pub(crate) fn print_devices(&self, wanted: impl Fn(State) -> bool) -> Result<(), Failure> {
        let rows: Vec<_> = self
            .devices()
            .filter(|(_, device)| wanted(device.state))
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        table(
            [
                "Organisation",
                "Device",
                "Kind",
                "State",
                "Configuration",
                "Why",
                "Live",
            ],
            rows.into_iter().map(|(organization, device)| {
                let configuration = device.configuration.as_ref();
                let candidates = told(&device.candidates);
                let why = if candidates.is_empty() || device.state == State::Suggested {
                    device.why.clone()
                } else {
                    format!("{}: {candidates}", device.why)
                };
                let live: Vec<_> = device
                    .live
                    .iter()
                    .map(|shown| format!("{}: {}", shown.label, shown.value))
                    .collect();
                [
                    organization.name.clone(),
                    format!("{} ({})", device.name, device.id),
                    device.kind.clone(),
                    device.state.to_string(),
                    configuration.map_or_else(String::new, |known| {
                        format!("{} ({})", known.name, known.id)
                    }),
                    why,
                    live.join(", "),
                ]
            }),
        )
    }

    /// What a person should know, on standard error.
    pub(crate) fn print_remarks(&self) {
        for kind in &self.kinds {
            eprintln!("{}: {}", kind.kind, clean(&kind.became));
        }
        for met in &self.unsupported {
            eprintln!(
                "warning: {} {:?} ({}) in {:?}: {}",
                met.kind,
                clean(&met.name),
                met.id,
                clean(&met.network),
                met.why
            );
        }
        for remark in &self.remarks {
            eprintln!("warning: {}", clean(remark));
        }
    }
}

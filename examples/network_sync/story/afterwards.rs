//! What holds after the first run: again, after the import, for a manager, and with refused keys.

use examples::exit::Failure;
use examples::store::Store;
use simulator::Vendor;

use super::{Files, Stage, files, find};
use crate::desk::Desk;
use crate::report::{self, NetworkState, State};
use crate::sample::{CLAIMED, LAB, NEWCOMER};

impl Stage {
    pub(super) async fn second_run(&mut self, before: &Files) -> Result<(), Failure> {
        let entries = Store::entries(&self.store())?.len();
        let desk = self.sync().await?;
        let report = report::build(&desk)?;
        let after = files(&desk, &report);
        drop(desk);
        let now = Store::entries(&self.store())?.len();
        self.expect
            .equal(&now, &entries, "nothing was decided anew (F096)");
        self.expect.that(after == *before, "the files are the same");
        let lab = find(&report, LAB)?;
        self.expect.equal(
            &lab.state,
            &NetworkState::Ignored,
            "the ignored network stays ignored (F088)",
        );
        Ok(())
    }

    pub(super) async fn imported(&mut self, files: &Files) -> Result<Desk, Failure> {
        self.host.import_organizations(&files.organizations)?;
        self.host.import_changes(&files.changes)?;
        let made = self.host.import_configurations(&files.creations)?;
        let desk = self.sync().await?;
        let report = report::build(&desk)?;
        let newcomer = report.organizations.iter().find(|row| row.name == NEWCOMER);
        self.expect.that(
            newcomer.is_some(),
            "networks got the organisations that were created for them",
        );
        let claimed = report.devices().find(|(_, device)| device.name == CLAIMED);
        let held = claimed.is_some_and(|(_, device)| device.state == State::Held);
        self.expect.that(
            held,
            "a device whose address another organisation has is held back",
        );
        let again: Vec<_> = report
            .devices()
            .filter(|(_, device)| files.creations.contains(&format!(",{},", device.id)))
            .filter(|(_, device)| device.state != State::Matched)
            .map(|(_, device)| format!("{} is {}: {}", device.id, device.state, device.why))
            .collect();
        self.expect.equal(
            &again,
            &Vec::new(),
            &format!("the {made} configurations that were created match now"),
        );
        let changes: Vec<_> = report
            .devices()
            .filter(|(_, device)| files.changes.contains(&format!(",{},", device.id)))
            .flat_map(|(_, device)| &device.changes)
            .map(ToString::to_string)
            .collect();
        self.expect.equal(
            &changes,
            &Vec::new(),
            "fields that were changed differ no more (F101)",
        );
        Ok(desk)
    }

    pub(super) fn manager(&mut self, mut desk: Desk) -> Result<(), Failure> {
        let report = report::build(&desk)?;
        desk.see_as(&["org-twin-1".to_owned()])?;
        let seen = report::build(&desk)?;
        let names: Vec<_> = seen
            .organizations
            .iter()
            .map(|row| row.id.as_str())
            .collect();
        self.expect.equal(
            &names,
            &vec!["org-twin-1"],
            "a manager sees the organisation that was given (F081)",
        );
        self.expect.that(
            seen.networks.is_empty(),
            "and no network that nobody has mapped",
        );
        let other = report
            .organizations
            .iter()
            .find(|row| row.id != "org-twin-1");
        let hidden = other.is_some_and(|row| !seen.html().contains(&row.name));
        self.expect.that(hidden, "and no other organisation's name");
        Ok(())
    }

    pub(super) async fn refused(&mut self) -> Result<(), Failure> {
        let before = self.simulator.requests().len();
        let vendors = self.vendors("EXAMPLE-WRONG-SECRET".to_owned())?;
        for _ in 0..3 {
            let read = vendors.read().await;
            let exit = read.err().map(|failure| failure.exit);
            self.expect.equal(
                &exit,
                &Some(examples::exit::Exit::Credentials),
                "a wrong secret is refused",
            );
        }
        let asked = self.simulator.requests().len() - before;
        self.expect.equal(
            &asked,
            &1,
            "and it was sent once only, until it is entered again (F083)",
        );
        Ok(())
    }

    pub(super) fn read_only(&mut self) {
        let requests = self.simulator.requests();
        let written: Vec<_> = requests
            .iter()
            .filter(|request| request.info.is_write && request.info.vendor == Vendor::Networking)
            .map(|request| request.info.operation.clone())
            .collect();
        self.expect.equal(
            &written,
            &Vec::new(),
            "nothing but reads was sent to Datto Networking (F076)",
        );
    }
}

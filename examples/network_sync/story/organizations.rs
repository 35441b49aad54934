//! Discovery, and what a person decides about networks.

use examples::exit::Failure;

use super::{Stage, decide, find, wish};
use crate::cli::Action;
use crate::desk::Desk;
use crate::report::{self, NetworkState};
use crate::sample::{LAB, NEWCOMER, TWINS};
use crate::status::Phase;

impl Stage {
    pub(super) fn discovery(&mut self, desk: &Desk) -> Result<(), Failure> {
        let report = report::build(desk)?;
        report.print_organizations()?;
        report.print_remarks();
        let mut wrong = Vec::new();
        for organization in &report.organizations {
            for network in &organization.networks {
                let id: i64 = network.id.parse()?;
                let truth = self.sample.truth.networks.get(&id).cloned().flatten();
                if truth.as_ref() != Some(&organization.id) {
                    wrong.push(format!("{} -> {}", network.name, organization.name));
                }
            }
        }
        self.expect.equal(
            &wrong,
            &Vec::new(),
            "no network was given to a wrong organisation (F078, F097)",
        );
        let by_id = report.organizations.iter().flat_map(|row| &row.networks);
        let by_id = by_id
            .filter(|network| network.why.contains("autotask-company"))
            .count();
        self.expect.that(
            by_id > 0,
            format!("{by_id} networks found theirs by the PSA company that the RMM knows (N09)"),
        );
        let several = report
            .organizations
            .iter()
            .filter(|row| row.networks.len() > 1)
            .count();
        self.expect
            .that(several > 0, "an organisation may have several networks");
        let tied = find(&report, TWINS)?;
        self.expect.that(
            tied.state == NetworkState::Tied && tied.candidates.len() == 2,
            "two organisations of one name are both named, and neither is taken",
        );
        let status = self.status()?;
        self.expect.equal(
            &status.state,
            &Phase::Ok,
            "the sync went from Syncing to OK (F085)",
        );
        Ok(())
    }

    pub(super) async fn organizations(&mut self, desk: &mut Desk) -> Result<(), Failure> {
        // Suggestions that are right are accepted, the others are set apart, as a person would who knows the customers.
        let report = report::build(desk)?;
        let mut accepted = 0;
        for network in report.networks.iter().filter(|network| network.is_open()) {
            let truth = network
                .id
                .parse()
                .ok()
                .and_then(|id: i64| self.sample.truth.networks.get(&id));
            let subject = format!("network:{}", network.id);
            let Some(truth) = truth else { continue };
            if let Some(right) = truth {
                let is_suggested = network
                    .candidates
                    .first()
                    .is_some_and(|first| first.id == *right);
                let action = if is_suggested && network.state == NetworkState::Suggested {
                    accepted += 1;
                    (Action::Accept, None)
                } else {
                    (Action::Map, Some(right.clone()))
                };
                decide(desk, action.0, &subject, action.1).await?;
            } else {
                for candidate in &network.candidates {
                    decide(desk, Action::Separate, &subject, Some(candidate.id.clone())).await?;
                }
                decide(desk, Action::New, &subject, None).await?;
            }
        }
        self.expect.that(
            accepted > 0,
            format!("{accepted} suggestions were accepted (F087)"),
        );
        decide(desk, Action::Ignore, LAB, None).await?;
        decide(desk, Action::Map, TWINS, Some("org-twin-2".to_owned())).await?;
        decide(desk, Action::Map, TWINS, Some("org-twin-1".to_owned())).await?;
        let report = report::build(desk)?;
        let twin = report
            .organizations
            .iter()
            .find(|row| row.id == "org-twin-1");
        self.expect.that(
            twin.is_some(),
            "a wrong match was changed to another organisation (F090)",
        );
        let duplicate = wish(Action::New, NEWCOMER, Some(TWINS.to_owned())).grant(desk);
        self.expect.that(
            duplicate.is_err(),
            "a new organisation of a name that exists is refused (F089)",
        );
        decide(desk, Action::New, NEWCOMER, None).await?;
        let open = report::build(desk)?.sum().open_networks;
        self.expect.equal(
            &open,
            &0,
            "no network waits any more; the ignored one does not count (F088)",
        );
        Ok(())
    }
}

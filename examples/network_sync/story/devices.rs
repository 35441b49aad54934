//! Devices inside their organisations, and what the host imports.

use std::collections::BTreeSet;
use std::path::Path;

use examples::exit::Failure;
use simulator::records::{Evidence, Expected};

use super::{Files, Stage, decide, files, of};
use crate::cli::Action;
use crate::desk::Desk;
use crate::output;
use crate::report::{self, State};
use crate::sample::{NEWCOMER, Sample};

impl Stage {
    pub(super) fn devices(&mut self, desk: &Desk, path: &Path) -> Result<(), Failure> {
        let report = report::build(desk)?;
        // The page that tells most: before a person settled what waits.
        output::put(path, &report.html())?;
        report.print_waiting()?;
        let (mut wrong, mut missed, mut unnamed) = (Vec::new(), Vec::new(), Vec::new());
        let (mut matched, mut suggested, mut ambiguous) = (0, 0, 0);
        for (label, truth) in self.sample.expected() {
            // Networks of organisations that are still to be created have no part in it yet.
            let Some(device) = of(&report, &label) else {
                continue;
            };
            let found = device.configuration.as_ref().map(|known| &known.id);
            if device.state == State::Matched {
                matched += 1;
                // A device may have a second, stale record, which is its own too.
                let own = [&truth.configuration, &truth.duplicate];
                if !own.into_iter().flatten().any(|known| Some(known) == found) {
                    wrong.push(format!(
                        "{label} as {found:?}, not {:?}",
                        truth.configuration
                    ));
                }
            }
            let holds = match &truth.expected {
                Expected::Match { configuration, by } => {
                    let state = if *by == Evidence::Name {
                        State::Suggested
                    } else {
                        State::Matched
                    };
                    suggested += usize::from(*by == Evidence::Name);
                    device.state == state && found == Some(configuration)
                }
                Expected::Ambiguous { .. } => {
                    ambiguous += 1;
                    device.state == State::Ambiguous
                }
                _ => matches!(device.state, State::New | State::Held),
            };
            if !holds {
                missed.push(format!(
                    "{label} is {} where {:?} is right",
                    device.state, truth.expected
                ));
            }
            if let Some(candidates) = Sample::ambiguous(&truth.expected) {
                let named: BTreeSet<_> = device
                    .candidates
                    .iter()
                    .map(|known| known.id.as_str())
                    .collect();
                if !candidates
                    .iter()
                    .all(|wanted| named.contains(wanted.as_str()))
                {
                    unnamed.push(format!("{label}: {named:?} instead of {candidates:?}"));
                }
            }
        }
        let expect = &mut self.expect;
        expect.that(
            matched > 0,
            format!(
                "{matched} devices matched by MAC and IP address, or by MAC address (F098, F099)"
            ),
        );
        expect.that(
            suggested > 0,
            format!("{suggested} have only the name in common, and wait (F100)"),
        );
        expect.that(ambiguous > 0, format!("{ambiguous} are ambiguous"));
        expect.equal(&wrong, &Vec::new(), "no match is wrong");
        expect.equal(&missed, &Vec::new(), "none is missed that the rules allow");
        expect.equal(
            &unnamed,
            &Vec::new(),
            "each ambiguous one names its candidates",
        );
        let counts_add_up = report.organizations.iter().all(|row| {
            let open = State::ALL.into_iter().filter(|state| state.is_open());
            row.counts.devices
                == State::ALL
                    .into_iter()
                    .map(|state| row.counts.of(state))
                    .sum::<usize>()
                && row.unmatched == open.map(|state| row.counts.of(state)).sum::<usize>()
        });
        expect.that(
            counts_add_up,
            "each organisation tells how many of its devices are unmatched (F146)",
        );
        let shown = report
            .devices()
            .any(|(_, device)| device.live.iter().any(|shown| shown.label == "LTE status"));
        expect.that(
            shown,
            "live fields of every kind are shown and stored nowhere (F077, F102 to F106)",
        );
        let met = report
            .unsupported
            .iter()
            .any(|met| met.kind == "DNA router");
        expect.that(met, "a DNA router is reported as not supported (F075)");
        Ok(())
    }

    pub(super) async fn decide_devices(&mut self, desk: &mut Desk) -> Result<(), Failure> {
        let report = report::build(desk)?;
        let open: Vec<(String, State, Option<String>)> = report
            .devices()
            .filter(|(_, device)| {
                matches!(
                    device.state,
                    State::Suggested | State::Ambiguous | State::Held
                )
            })
            .map(|(_, device)| {
                let found = device.configuration.as_ref().map(|known| known.id.clone());
                (device.id.clone(), device.state, found)
            })
            .collect();
        for (label, state, found) in &open {
            let truth = self.sample.expected().find(|(known, _)| known == label);
            let right = truth.and_then(|(_, truth)| truth.configuration.clone());
            let subject = format!("device:{label}");
            match (state, right) {
                (State::Suggested, Some(right)) if found.as_ref() == Some(&right) => {
                    decide(desk, Action::Accept, &subject, None).await?;
                }
                (_, Some(right)) => decide(desk, Action::Match, &subject, Some(right)).await?,
                (State::Suggested, None) => {
                    // It looks like another one, whose place it took: a person knows.
                    decide(desk, Action::Separate, &subject, found.clone()).await?;
                    decide(desk, Action::Create, &subject, None).await?;
                }
                (_, None) => decide(desk, Action::Ignore, &subject, None).await?,
            }
        }
        self.expect.that(
            !open.is_empty(),
            format!("{} devices were settled by a person (F093)", open.len()),
        );
        let left = report::build(desk)?;
        let waits = left
            .devices()
            .filter(|(_, device)| matches!(device.state, State::Suggested | State::Ambiguous));
        let waits: Vec<_> = waits.map(|(_, device)| device.id.clone()).collect();
        self.expect.equal(
            &waits,
            &Vec::new(),
            "nothing is suggested or ambiguous any more",
        );
        Ok(())
    }

    pub(super) fn files(&mut self, desk: &Desk) -> Result<Files, Failure> {
        let report = report::build(desk)?;
        let files = files(desk, &report);
        print!("{}", files.creations);
        for (_, device) in report.devices() {
            let is_listed = files.creations.contains(&format!(",{},", device.id));
            if is_listed != (device.state == State::New) {
                self.expect.that(
                    false,
                    format!("{} is {} and must not be created", device.id, device.state),
                );
            }
        }
        let new = report.sum().counts.new;
        self.expect.that(
            new > 0,
            format!("{new} devices have no counterpart and are written for creation (F094, F095)"),
        );
        self.expect.that(
            files.organizations.contains(NEWCOMER),
            "the organisations to be created are written too (F087)",
        );
        Ok(files)
    }
}

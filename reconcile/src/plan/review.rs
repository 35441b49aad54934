//! A plan as text for a person: everything that a confirmation agrees to, and everything held back.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::{DestinationStep, HostStep, Input, Plan, PlannedStep, SourceStep, Step};
use crate::state::AssociationId;

/// Prints a plan for review; made by [`Plan::review`].
///
/// Every step is there in its order with its reason, then what is deleted once more, then what is held back, then the
/// counts. Whatever came from a vendor is printed without control characters, so it cannot overwrite what a person
/// reads. There are no secrets in a plan, so there are none in a review.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "a view of one plan")]
pub struct Review<'p>(pub &'p Plan);

impl fmt::Display for Review<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        writeln!(
            f,
            "Plan from {} to {}",
            line(&plan.source),
            line(&plan.destination)
        )?;
        writeln!(
            f,
            "State serial {}, plan schema {}",
            plan.state_serial, plan.schema
        )?;
        writeln!(f, "Digest {}", plan.digest())?;
        writeln!(
            f,
            "Made at {}, may be confirmed until {}",
            plan.made_at, plan.expires_at
        )?;

        let mut notices: BTreeMap<AssociationId, Vec<&str>> = BTreeMap::new();
        for notice in &plan.notices {
            notices
                .entry(notice.association)
                .or_default()
                .push(&notice.text);
        }
        for steps in plan.steps.chunk_by(|a, b| a.association == b.association) {
            write_association(
                f,
                steps,
                &notices.remove(&steps[0].association).unwrap_or_default(),
            )?;
        }
        for (association, notices) in notices {
            writeln!(f, "\nAssociation {}", association.0)?;
            write_notices(f, &notices)?;
        }

        let deletions: Vec<_> = plan
            .steps
            .iter()
            .filter(|step| step.step.is_deletion())
            .collect();
        if !deletions.is_empty() {
            writeln!(f, "\nThis deletes:")?;
            for step in &deletions {
                writeln!(f, "  {}: {}", step.id, line(&step.step))?;
            }
        }
        if !plan.held.is_empty() {
            writeln!(f, "\nHeld back:")?;
            for held in &plan.held {
                match held.association {
                    Some(association) => writeln!(f, "  {association}: {}", held.reason)?,
                    None => writeln!(f, "  {}", held.reason)?,
                }
                writeln!(f, "     {}", line(&held.detail))?;
            }
        }

        writeln!(f)?;
        write_counts(f, plan, deletions.len())
    }
}

fn write_association(
    f: &mut fmt::Formatter<'_>,
    steps: &[PlannedStep],
    notices: &[&str],
) -> fmt::Result {
    writeln!(
        f,
        "\nAssociation {}{}",
        steps[0].association.0,
        subject(steps)
    )?;
    for step in steps {
        writeln!(f, "  {}. {}", step.id.0, line(&step.step))?;
        writeln!(f, "     because {}", line(&step.because))?;
        if !step.after.is_empty() {
            let after: Vec<_> = step.after.iter().map(|id| id.0.to_string()).collect();
            writeln!(f, "     after {}", after.join(", "))?;
        }
    }
    write_notices(f, notices)
}

fn write_notices(f: &mut fmt::Formatter<'_>, notices: &[&str]) -> fmt::Result {
    notices
        .iter()
        .try_for_each(|notice| writeln!(f, "  ! {}", line(notice)))
}

/// What is brought together or parted, from the step that records it.
fn subject(steps: &[PlannedStep]) -> String {
    match steps.last().map(|step| &step.step) {
        Some(Step::Host(HostStep::Link(link))) => {
            let company = match &link.destination {
                Input::Known(company) => format!("{:?} ({})", link.destination_name, company.id),
                Input::MadeBy(_) => format!("{:?} (new)", link.destination_name),
            };
            format!(
                ": establish {:?} ({}) with {}",
                link.source_name,
                line(&link.source.id),
                line(&company)
            )
        }
        Some(Step::Host(HostStep::Unlink(unlink))) => match &unlink.destination {
            Some(company) => format!(
                ": drop {} with {}",
                line(&unlink.source.id),
                line(&company.id)
            ),
            None => format!(": drop {}", line(&unlink.source.id)),
        },
        _ => String::new(),
    }
}

fn write_counts(f: &mut fmt::Formatter<'_>, plan: &Plan, deletions: usize) -> fmt::Result {
    if plan.is_empty() {
        write!(f, "Nothing to do")?;
    } else {
        write!(f, "Steps: {}", plan.steps.len())?;
        let mut counts: BTreeMap<(u8, &str), usize> = BTreeMap::new();
        for step in &plan.steps {
            *counts.entry(effect(&step.step)).or_default() += 1;
        }
        for ((_, effect), count) in counts {
            write!(f, "; {effect}: {count}")?;
        }
        if deletions == 0 {
            write!(f, "; nothing is deleted")?;
        }
    }
    writeln!(f, "\nHeld back: {}", plan.held.len())
}

/// What a step does, and its place among the counts.
fn effect(step: &Step) -> (u8, &'static str) {
    match step {
        Step::Destination(DestinationStep::CreateCompany(_)) => (0, "companies created"),
        Step::Destination(DestinationStep::CreatePackage(_)) => (1, "packages created"),
        Step::Source(SourceStep::SetVariable(_)) => (2, "variables set"),
        Step::Host(HostStep::Link(_)) => (3, "associations established"),
        Step::Destination(DestinationStep::DeleteCompany(_)) => (4, "companies deleted"),
        Step::Destination(DestinationStep::DeletePackage(_)) => (5, "packages deleted"),
        Step::Source(SourceStep::DeleteVariable(_)) => (6, "variables deleted"),
        Step::Host(HostStep::Unlink(_)) => (7, "associations dropped"),
    }
}

/// Text on one line, with whatever could move the cursor or turn the writing direction made visible.
fn line(text: &impl fmt::Display) -> String {
    let mut clean = String::new();
    for c in text.to_string().chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns {
            // Writing to a string cannot fail.
            let _ = write!(clean, "{}", c.escape_unicode());
        } else {
            clean.push(c);
        }
    }
    clean
}

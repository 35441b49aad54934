//! The chapters of the story: from preflight to the second run, and the end. What drifts in between is in its own file.

pub(crate) mod drift;

use std::error::Error;

use examples::present::table;
use gravityzone::general::{Access, Service};
use reconcile::drift::listed_rows;
use reconcile::mapping::{Proposal, SiteState, Suggestion};
use reconcile::plan::{HeldReason, Plan};
use reconcile::state::{AssociationStatus, Decision, Target};

use super::stage::{Stage, VARIABLE, subscription};
use examples::expect::Expectations;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub(crate) async fn preflight(stage: &Stage, expect: &mut Expectations) -> Result<()> {
    let rmm = stage.rmm.preflight().await;
    println!("{rmm}");
    expect.that(
        rmm.is_ready(),
        "the RMM's API answers, the key is good and the account is known",
    );
    let scopes = stage.gravityzone.general().scopes().await?;
    let rows = Service::NEEDED.iter().map(|service| {
        let access = match scopes.access(*service) {
            Access::Enabled => "enabled",
            Access::NotEnabled => "not enabled",
            _ => "unknown",
        };
        [service.to_string(), access.to_owned()]
    });
    table(["GravityZone API", "Key"], rows);
    let needed = &Service::NEEDED;
    expect.that(
        scopes.missing(needed).is_empty() && scopes.unknown(needed).is_empty(),
        "the GravityZone key has the scopes Companies, Licensing, Packages and Network (F011)",
    );
    println!("  source tenant       {}", stage.source.instance());
    println!("  destination tenant  {}", stage.destination.instance());
    Ok(())
}

pub(crate) async fn import(stage: &mut Stage, expect: &mut Expectations) -> Result<()> {
    stage.gather().await?;
    let (eligible, left_out) = stage.with_mapping(|mapping| {
        let eligible: Vec<_> = mapping
            .sites()
            .iter()
            .map(|row| row.site.name.clone())
            .collect();
        let left_out: Vec<_> = mapping
            .left_out()
            .iter()
            .map(|row| [row.site.name.clone(), row.reason.to_string()])
            .collect();
        (eligible, left_out)
    })?;
    table(["Site"], eligible.iter().map(|name| [name.clone()]));
    table(["Left out", "Why"], left_out.clone());
    expect.equal(
        &eligible.len(),
        &8,
        "eight Managed sites are imported (F027)",
    );
    expect.equal(
        &left_out.len(),
        &3,
        "two OnDemand sites and Deleted Devices are left out",
    );
    Ok(())
}

pub(crate) fn suggestions(stage: &Stage, expect: &mut Expectations) -> Result<Vec<Proposal>> {
    let suggestions = stage.with_mapping(|mapping| mapping.suggestions(&[]))?;
    let mut rows = Vec::new();
    let mut proposals = Vec::new();
    for suggestion in suggestions {
        match suggestion {
            Suggestion::One(proposal) => {
                let evidence: Vec<_> = proposal
                    .candidate
                    .evidence
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                rows.push([
                    proposal.source_name.clone(),
                    proposal.candidate.name.clone(),
                    evidence.join("; "),
                ]);
                proposals.push(proposal);
            }
            Suggestion::Tie(tie) => {
                let names: Vec<_> = tie
                    .candidates
                    .iter()
                    .map(|candidate| candidate.name.clone())
                    .collect();
                rows.push([
                    tie.source_name.clone(),
                    names.join(" or "),
                    "left to a person".to_owned(),
                ]);
            }
        }
    }
    table(["Site", "Company", "Evidence"], rows);
    expect.that(
        proposals.len() >= 5,
        "five sites have a company of the same or nearly the same name",
    );
    expect.equal(
        &stage.state.associations().count(),
        &0,
        "a suggestion decides nothing by itself",
    );
    Ok(proposals)
}

pub(crate) async fn decisions(
    stage: &mut Stage,
    suggested: Vec<Proposal>,
    expect: &mut Expectations,
) -> Result<()> {
    // What must be refused is refused, with a reason.
    let root = stage.destination.root();
    let on_demand = Decision::Associate {
        source: stage.site("Walk-in Support")?,
        target: Target::New {
            name: "Walk-in Support".into(),
            parent: root.clone(),
        },
    };
    let refused = stage.decide(on_demand).await;
    expect.that(
        refused.is_err(),
        format!("an OnDemand site is refused: {}", told(refused)),
    );

    for proposal in &suggested {
        println!("  {} → {}", proposal.source_name, proposal.candidate.name);
        stage.decide(proposal.decision()).await?;
    }
    if stage
        .state
        .associations_of(&stage.site("Vantage Legal")?)
        .next()
        .is_none()
    {
        let target = Target::Existing(stage.company("Vantage Legal Services")?);
        println!("  Vantage Legal → Vantage Legal Services (a person's choice)");
        stage
            .decide(Decision::Associate {
                source: stage.site("Vantage Legal")?,
                target,
            })
            .await?;
    }
    let taken = Decision::Associate {
        source: stage.site("Café Zénith")?,
        target: Target::Existing(stage.company("Harbour Clinic")?),
    };
    let refused = stage.decide(taken).await;
    expect.that(
        refused.is_err(),
        format!(
            "a company that is mapped already is refused: {}",
            told(refused)
        ),
    );
    let long = Decision::Associate {
        source: stage.site("Café Zénith")?,
        target: Target::New {
            name: "Z".repeat(65),
            parent: root.clone(),
        },
    };
    let refused = stage.decide(long).await;
    expect.that(
        refused.is_err(),
        format!("a name of 65 characters is refused: {}", told(refused)),
    );

    for name in ["Café Zénith", "Ridgeway Motors"] {
        println!("  {name} → a new company");
        let target = Target::New {
            name: name.into(),
            parent: root.clone(),
        };
        stage
            .decide(Decision::Associate {
                source: stage.site(name)?,
                target,
            })
            .await?;
    }
    expect.equal(
        &stage.state.associations().count(),
        &8,
        "eight associations are decided, none is made yet",
    );
    Ok(())
}

fn told<T>(result: Result<T>) -> String {
    result
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

pub(crate) fn plan(stage: &mut Stage, expect: &mut Expectations) -> Result<Plan> {
    stage.simulator.reset_counts();
    let without = stage.plan()?;
    let held = without
        .held
        .iter()
        .filter(|held| held.reason == HeldReason::NoSubscription)
        .count();
    expect.equal(
        &held,
        &2,
        "without a subscription policy no company is created: both are held",
    );

    stage.policy.subscription = Some(subscription());
    let plan = stage.plan()?;
    print!("{}", plan.review());
    expect.that(
        plan.held.is_empty(),
        "with a subscription policy nothing is held",
    );
    expect.equal(
        &plan.digest(),
        &stage.plan()?.digest(),
        "planning twice gives the same plan",
    );
    expect.equal(&stage.simulator.writes(), &0, "planning sends no write");
    Ok(plan)
}

pub(crate) async fn apply(stage: &mut Stage, plan: Plan, expect: &mut Expectations) -> Result<()> {
    let again = plan.clone();
    println!("  confirmed: {}", plan.digest());
    let report = stage.apply(plan).await?;
    print!("{report}");
    expect.equal(
        &established(stage),
        &7,
        "seven associations are established",
    );
    expect.that(
        report.not_done().next().is_some_and(|step| step.planned.step.to_string().contains("Ridgeway Motors")),
        "the one whose name is in use elsewhere is refused, its dependents are skipped, the others go on",
    );
    expect.that(
        again
            .clone()
            .confirm(again.digest(), &stage.state, stage.now())
            .is_err(),
        "the same plan cannot be confirmed again: the state has moved on",
    );
    let companies = stage.simulator.companies_in_tree();
    let complete = companies.iter().filter(|company| {
        stage
            .simulator
            .packages_of(&company.id)
            .is_ok_and(|packages| packages.len() == 1)
    });
    expect.equal(
        &complete.count(),
        &7,
        "each of the seven companies has exactly one package",
    );
    Ok(())
}

fn established(stage: &Stage) -> usize {
    stage
        .state
        .associations()
        .filter(|link| link.status == AssociationStatus::Established)
        .count()
}

pub(crate) async fn second_run(stage: &mut Stage, expect: &mut Expectations) -> Result<()> {
    stage.later(10);
    stage.simulator.reset_counts();
    let assessment = stage.inspect().await?;
    for key in assessment.raised() {
        println!("  raised: {key}");
    }
    let plan = stage.plan()?;
    print!("{}", plan.review());
    expect.that(plan.is_empty(), "a second run plans nothing (U13)");
    expect.that(
        plan.held
            .iter()
            .any(|held| held.reason == HeldReason::EventOpen),
        "the refused association waits for an answer to its event",
    );
    let serial = stage.state.serial();
    stage.inspect().await?;
    expect.equal(
        &stage.state.serial(),
        &serial,
        "a third look at unchanged facts logs nothing",
    );
    expect.equal(&stage.simulator.writes(), &0, "and no write was sent");
    Ok(())
}

pub(crate) async fn finale(stage: &mut Stage, expect: &mut Expectations) -> Result<()> {
    stage.gather().await?;
    let rows = stage.with_mapping(|mapping| {
        let rows = mapping.sites().into_iter().map(|row| {
            let marks: Vec<_> = row
                .marks
                .iter()
                .map(|event| event.id.key.kind.label())
                .collect();
            [
                row.site.name.clone(),
                state_of(&row.state),
                marks.join(", "),
            ]
        });
        rows.collect::<Vec<_>>()
    })?;
    table(["Site", "State", "Marked by"], rows);
    let made = stage.state.made().iter().map(|made| {
        let what = match &made.variable {
            Some(variable) => format!(
                "variable {variable} of {} {}",
                made.entity.kind, made.entity.id
            ),
            None => format!("{} {}", made.entity.kind, made.entity.id),
        };
        [what, made.by.clone()]
    });
    table(["Made through us", "Confirmed by"], made);
    let plan = stage.plan()?;
    expect.that(
        plan.is_empty() && plan.held.is_empty(),
        "nothing is left to do and nothing is held",
    );
    for association in stage.state.associations() {
        let site = &association.source.id;
        let linked = stage
            .simulator
            .variables_of(site)?
            .iter()
            .filter(|variable| variable.name == VARIABLE)
            .count();
        if linked != 1 {
            expect.that(false, format!("site {site} has {linked} link variables"));
        }
    }
    expect.equal(
        &established(stage),
        &7,
        "seven sites are linked, each with one company, package and variable",
    );
    Ok(())
}

fn state_of(state: &SiteState<'_>) -> String {
    match state {
        SiteState::Unmapped => "not mapped".to_owned(),
        SiteState::Ignored => "ignored".to_owned(),
        SiteState::Associated(link) => {
            format!(
                "linked to {}",
                link.destination_name
                    .as_deref()
                    .unwrap_or("a company to be made")
            )
        }
    }
}

fn events(stage: &Stage) {
    let rows = listed_rows(&stage.state).into_iter().map(|row| {
        let actions: Vec<_> = row
            .actions
            .iter()
            .map(|action| format!("{action:?}"))
            .collect();
        [
            row.kind.label().to_owned(),
            row.source_name.unwrap_or_default().to_owned(),
            row.destination_name.unwrap_or_default().to_owned(),
            row.event.detail.clone(),
            actions.join(", "),
        ]
    });
    table(
        ["Event", "Source", "Destination", "What was seen", "Actions"],
        rows,
    );
}

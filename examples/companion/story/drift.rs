//! The chapters about drift: every kind of event, raised and answered.

use reconcile::drift::{Action, EventKey, EventKind, EventStatus, listed_rows};

use super::{Result, established, events};
use crate::stage::Stage;
use examples::expect::Expectations;

fn status(stage: &Stage, key: &EventKey) -> Option<EventStatus> {
    stage.state.event(key).map(|event| event.status)
}

pub(crate) async fn destination_creation(
    stage: &mut Stage,
    expect: &mut Expectations,
) -> Result<()> {
    events(stage);
    let key = stage.event(EventKind::DestinationCreation)?;
    stage
        .answer(
            &key,
            Action::Create {
                name: "Ridgeway Motors (Lighthouse)".into(),
            },
        )
        .await?;
    let report = stage.carry_out().await?;
    print!("{report}");
    expect.that(
        report.is_success(),
        "the company is created under the name that was given (F041)",
    );
    expect.equal(
        &established(stage),
        &8,
        "all eight associations are established",
    );
    expect.equal(
        &status(stage, &key),
        &Some(EventStatus::Resolved),
        "the event is resolved",
    );
    Ok(())
}

pub(crate) async fn destination_moved(stage: &mut Stage, expect: &mut Expectations) -> Result<()> {
    let company = stage.company("Northgate Logistics")?;
    let north = stage.company("Lighthouse North")?;
    stage.simulator.move_company(&company.id, &north.id)?;
    // Inside one partner, a move to a folder is no move to another partner.
    let clinic = stage.company("Harbour Clinic")?;
    let retail = stage.company("Retail")?;
    stage.simulator.move_company(&clinic.id, &retail.id)?;
    stage.later(10);
    stage.inspect().await?;
    events(stage);
    let key = stage.event(EventKind::DestinationMoved)?;
    expect.that(
        key.entities.contains(&company),
        "the company that now stands under another partner is noticed",
    );
    let moved = listed_rows(&stage.state)
        .iter()
        .filter(|row| row.kind == EventKind::DestinationMoved)
        .count();
    expect.equal(&moved, &1, "a folder does not count as a partner");
    stage.simulator.reset_counts();
    stage.answer(&key, Action::Move).await?;
    expect.that(stage.plan()?.is_empty(), "Move moves nothing (F043)");
    expect.equal(
        &status(stage, &key),
        &Some(EventStatus::Open),
        "and the event stays listed",
    );
    stage.answer(&key, Action::Ignore).await?;
    expect.equal(
        &status(stage, &key),
        &Some(EventStatus::Ignored),
        "Ignore hides it (F044)",
    );
    expect.equal(&established(stage), &8, "the association stays");
    expect.equal(&stage.simulator.writes(), &0, "and no write was sent");
    Ok(())
}

pub(crate) async fn destination_deleted(
    stage: &mut Stage,
    expect: &mut Expectations,
) -> Result<()> {
    let company = stage.company("STONE AND FIELDS")?;
    stage.simulator.delete_company(&company.id)?;
    stage.later(10);
    stage.inspect().await?;
    events(stage);
    expect.that(
        stage.event(EventKind::DestinationDeleted).is_err(),
        "one look does not make a deletion",
    );
    expect.that(
        stage.event(EventKind::DestinationNotVisible).is_ok(),
        "until the second, it is not visible",
    );
    stage.later(20);
    stage.inspect().await?;
    events(stage);
    let key = stage.event(EventKind::DestinationDeleted)?;
    stage.answer(&key, Action::Recreate { name: None }).await?;
    let report = stage.carry_out().await?;
    print!("{report}");
    expect.that(
        report.is_success(),
        "the company is made again, with a package, and the variable follows (F046)",
    );
    let names: Vec<_> = stage
        .simulator
        .companies_in_tree()
        .iter()
        .filter(|c| c.name == "STONE AND FIELDS")
        .map(|c| c.id.clone())
        .collect();
    expect.equal(
        &names.len(),
        &1,
        "there is exactly one company of that name",
    );
    expect.equal(
        &status(stage, &key),
        &Some(EventStatus::Resolved),
        "the event is resolved",
    );
    Ok(())
}

pub(crate) async fn association_missing(
    stage: &mut Stage,
    expect: &mut Expectations,
) -> Result<()> {
    let site = stage
        .simulator
        .with_world_mut(|world| world.add_site("Quarry Hill Dental"));
    let company = stage.company("Quarry Hill Dental")?;
    stage
        .simulator
        .add_association_evidence(&site, &company.id)?;
    stage.later(10);
    stage.inspect().await?;
    events(stage);
    let key = stage.event(EventKind::AssociationMissing)?;
    expect.that(
        key.entities.contains(&company),
        "a site that carries the link of a company's package is noticed",
    );
    stage.simulator.reset_counts();
    stage.answer(&key, Action::Associate).await?;
    let plan = stage.plan()?;
    let report = stage.carry_out().await?;
    print!("{report}");
    expect.that(
        report.is_success() && !plan.is_empty(),
        "the two are linked again (F048)",
    );
    expect.equal(&established(stage), &9, "nine associations are established");
    Ok(())
}

pub(crate) async fn source_deleted(stage: &mut Stage, expect: &mut Expectations) -> Result<()> {
    for (name, company, action) in [
        ("Café Zénith", "Café Zénith", Action::Delete),
        ("Vantage Legal", "Vantage Legal Services", Action::Keep),
    ] {
        stage.gather().await?;
        let site = stage.site(name)?;
        let company = stage.company(company)?;
        stage.simulator.delete_site(&site.id)?;
        stage.later(10);
        stage.inspect().await?;
        stage.later(20);
        stage.inspect().await?;
        events(stage);
        let key = stage.event(EventKind::SourceDeleted)?;
        stage.answer(&key, action.clone()).await?;
        let report = stage.carry_out().await?;
        print!("{report}");
        let exists = stage
            .simulator
            .companies_in_tree()
            .iter()
            .any(|known| known.id == company.id);
        let promise = if action == Action::Delete {
            "Delete takes the company and the association (F050)"
        } else {
            "Keep drops only the association, the company stays (F051)"
        };
        expect.that(
            report.is_success() && exists == (action == Action::Keep),
            promise,
        );
        expect.that(
            stage.state.associations_of(&site).next().is_none(),
            "the association is gone",
        );
    }
    expect.equal(&established(stage), &7, "seven associations are left");
    Ok(())
}

pub(crate) async fn narrowed_rights(stage: &mut Stage, expect: &mut Expectations) -> Result<()> {
    let north = stage.company("Lighthouse North")?;
    let before = established(stage);
    stage.simulator.reset_counts();
    stage.simulator.restrict_gravityzone_key(Some(&north.id))?;
    stage.later(30);
    let assessment = stage.inspect().await?;
    for hold in &assessment.holds {
        println!("  {hold}");
    }
    events(stage);
    expect.equal(
        &assessment.holds.len(),
        &1,
        "a key that sees less is one hold",
    );
    expect.that(
        stage.event(EventKind::DestinationDeleted).is_err(),
        "and no deletion (U02, U03)",
    );
    expect.equal(&established(stage), &before, "every association stays");
    expect.equal(&stage.simulator.writes(), &0, "and no write was sent");
    stage.simulator.restrict_gravityzone_key(None)?;
    stage.later(10);
    let assessment = stage.inspect().await?;
    expect.that(
        assessment.holds.is_empty(),
        "with its rights back, the hold is gone",
    );
    Ok(())
}

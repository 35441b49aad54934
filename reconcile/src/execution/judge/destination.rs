//! Steps at the destination.

use super::super::side::{
    DestinationAction, DestinationProbe, Finding, Output, Probe, Refusal, RefusalKind, SourceProbe,
};
use super::{Action, Case, Need, need};
use crate::identity::EntityRef;
use crate::inventory::{Organization, Package, Role};
use crate::plan::{CreateCompany, CreatePackage, DeleteCompany, DeletePackage};
use crate::state::Facts;

pub(super) fn create_company(step: &CreateCompany, case: &Case<'_>) -> Need {
    let named = Probe::Destination(DestinationProbe::CompaniesNamed(step.name.clone()));
    let Finding::Organizations(visible) = need!(case.look(named)) else {
        return case.mismatch();
    };
    let create = Action::Destination(DestinationAction::CreateCompany {
        name: step.name.clone(),
        parent: step.parent.clone(),
        subscription: step.subscription.clone(),
    });
    let before = case
        .attempts
        .iter()
        .find_map(|attempt| match &attempt.facts {
            Facts::Holders(holders) => Some(holders.as_slice()),
            Facts::Value(_) | Facts::None => None,
        });
    let Some(before) = before.filter(|_| case.sends() > 0) else {
        // Nothing of ours can be among them: whoever holds the name is somebody else.
        if let Some(holder) = visible.first() {
            return Need::Stop(in_use(step, holder));
        }
        return case.creation(
            case.pace.visibility.companies,
            Facts::Holders(Vec::new()),
            create,
        );
    };
    let new: Vec<_> = visible
        .iter()
        .filter(|company| !before.contains(&company.entity))
        .collect();
    match new.as_slice() {
        [] => case.creation(
            case.pace.visibility.companies,
            Facts::Holders(before.to_vec()),
            create,
        ),
        [company] if stands_under(company, &step.parent) => {
            let note = format!(
                "the company appeared under the intended partner after an attempt: {}",
                company.entity.id
            );
            Need::Found(Output::Company(company.entity.clone()), note)
        }
        [company] => {
            let detail = format!(
                "a company {:?} appeared under another partner ({}) than {}",
                step.name, company.entity.id, step.parent.id
            );
            Need::Stop(Refusal::new(RefusalKind::NameTaken, detail))
        }
        several => {
            let ids: Vec<_> = several
                .iter()
                .map(|company| company.entity.id.as_str())
                .collect();
            let detail = format!(
                "several companies {:?} appeared: {}",
                step.name,
                ids.join(", ")
            );
            Need::Stop(Refusal::new(RefusalKind::NameTaken, detail))
        }
    }
}

fn stands_under(company: &Organization, parent: &EntityRef) -> bool {
    company.parent.as_ref() == Some(parent) || company.partner.as_ref() == Some(parent)
}

fn in_use(step: &CreateCompany, holder: &Organization) -> Refusal {
    let detail = format!(
        "company {} already has the name {:?}: associate with it instead",
        holder.entity.id, step.name
    );
    Refusal::new(RefusalKind::NameInUse, detail)
}

pub(super) fn delete_company(step: &DeleteCompany, case: &Case<'_>) -> Need {
    let id = &step.company.id;
    let by_id = Probe::Destination(DestinationProbe::Company(step.company.clone()));
    let Finding::Organization(company) = need!(case.look(by_id)) else {
        return case.mismatch();
    };
    let Some(company) = company else {
        // Not seen may also mean that the credentials no longer see anything.
        return match need!(case.look(Probe::Destination(DestinationProbe::Control))) {
            Finding::Control(instance) if *instance == step.company.instance => {
                Need::Found(Output::Nothing, "the company is gone".to_owned())
            }
            _ => case.mismatch(),
        };
    };
    if company.role != Role::Customer || step.company == step.company.instance.root() {
        let detail = format!("company {id} is not a customer company");
        return Need::Stop(Refusal::new(RefusalKind::Invalid, detail));
    }
    if company.name != step.name {
        let detail = format!(
            "company {id} is called {:?} now, not {:?}",
            company.name, step.name
        );
        return Need::Stop(Refusal::new(RefusalKind::Foreign, detail));
    }
    let site = Probe::Source(SourceProbe::Site(step.site.clone()));
    match need!(case.look(site)) {
        Finding::Organization(None) => {}
        Finding::Organization(Some(site)) => {
            let detail = format!(
                "site {:?} ({}) is there, so its company {id} is not deleted",
                site.name, step.site.id
            );
            return Need::Stop(Refusal::new(RefusalKind::Foreign, detail));
        }
        _ => return case.mismatch(),
    }
    match need!(case.look(Probe::Source(SourceProbe::Control))) {
        Finding::Control(instance) if *instance == step.site.instance => {}
        _ => return case.mismatch(),
    }
    let contents = Probe::Destination(DestinationProbe::Contents(step.company.clone()));
    let Finding::Contents(contents) = need!(case.look(contents)) else {
        return case.mismatch();
    };
    if contents.children > 0 || contents.endpoints > 0 {
        let (children, endpoints) = (contents.children, contents.endpoints);
        let detail =
            format!("company {id} still has {children} companies and {endpoints} endpoints");
        return Need::Stop(Refusal::new(RefusalKind::NotEmpty, detail));
    }
    let delete = DestinationAction::DeleteCompany {
        company: step.company.clone(),
    };
    case.send(Facts::None, Action::Destination(delete))
}

pub(super) fn create_package(step: &CreatePackage, case: &Case<'_>) -> Need {
    let company = need!(case.resolve(&step.company));
    let by_id = Probe::Destination(DestinationProbe::Company(company.clone()));
    let Finding::Organization(visible) = need!(case.look(by_id)) else {
        return case.mismatch();
    };
    if visible.is_none() {
        let shows = case
            .made_at
            .and_then(|made| made.checked_add(case.pace.visibility.companies).ok());
        return match shows {
            Some(shows) if case.as_of < shows => case.wait(case.now, case.pace.retry),
            _ => Need::Stop(Refusal::new(
                RefusalKind::Gone,
                format!("company {} is not visible", company.id),
            )),
        };
    }
    match need!(packages(case, &company, &step.name)) {
        [] => {
            let create = DestinationAction::CreatePackage {
                company,
                name: step.name.clone(),
                modules: step.modules.clone(),
                remove_competitors: step.remove_competitors,
            };
            case.creation(
                case.pace.visibility.packages,
                Facts::None,
                Action::Destination(create),
            )
        }
        [package] => {
            let output = Output::Package {
                package: package.entity.clone(),
                modules: package.modules.clone(),
            };
            Need::Found(output, format!("the company has a package {:?}", step.name))
        }
        several => {
            let ids: Vec<_> = several
                .iter()
                .map(|package| package.entity.id.as_str())
                .collect();
            let detail = format!(
                "company {} has several packages {:?}: {}",
                company.id,
                step.name,
                ids.join(", ")
            );
            Need::Stop(Refusal::new(RefusalKind::NameInUse, detail))
        }
    }
}

pub(super) fn delete_package(step: &DeletePackage, case: &Case<'_>) -> Need {
    let packages = need!(packages(case, &step.company, &step.name));
    if packages
        .iter()
        .any(|package| package.entity == step.package)
    {
        let delete = DestinationAction::DeletePackage {
            package: step.package.clone(),
        };
        case.send(Facts::None, Action::Destination(delete))
    } else {
        Need::Found(
            Output::Nothing,
            format!("there is no package {:?} by this id", step.name),
        )
    }
}

fn packages<'c>(case: &Case<'c>, company: &EntityRef, name: &str) -> Result<&'c [Package], Need> {
    let probe = DestinationProbe::PackagesNamed {
        company: company.clone(),
        name: name.to_owned(),
    };
    match case.look(Probe::Destination(probe))? {
        Finding::Packages(packages) => Ok(packages),
        _ => Err(case.mismatch()),
    }
}

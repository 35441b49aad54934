//! Steps at the source.

use super::super::side::{
    DestinationProbe, Finding, Kit, Output, Probe, Refusal, RefusalKind, SourceAction, SourceProbe,
};
use super::{Action, Case, Need, need};
use crate::identity::EntityRef;
use crate::inventory::{Variable, VariableValue};
use crate::plan::{DeleteVariable, SetVariable};
use crate::state::Facts;

pub(super) fn set_variable(step: &SetVariable, case: &Case<'_>) -> Need {
    let company = need!(case.resolve(&step.company));
    let package = need!(case.resolve(&step.package));
    let kit = Probe::Destination(DestinationProbe::Kit {
        company,
        package,
        name: step.package_name.clone(),
    });
    let link = match need!(case.look(kit)) {
        Finding::Kit(Kit::Ready(link)) => link,
        Finding::Kit(Kit::Building) => {
            let patience = case
                .first_look
                .checked_add(case.pace.kit_patience)
                .unwrap_or(jiff::Timestamp::MAX);
            if case.now >= patience {
                let detail = format!(
                    "the kit of package {:?} was still not ready",
                    step.package_name
                );
                return Need::Stop(Refusal::new(RefusalKind::Other, detail));
            }
            return case.wait(case.now, case.pace.kit);
        }
        _ => return case.mismatch(),
    };
    let wanted = link.fingerprint();
    let facts = Facts::Value(Some(wanted));
    let create = || SourceAction::CreateVariable {
        site: step.site.clone(),
        name: step.name.clone(),
        value: link.clone(),
    };
    let Some(Variable { id, value, .. }) = need!(variable(case, &step.site, &step.name)) else {
        return case.creation(
            case.pace.visibility.variables,
            facts,
            Action::Source(create()),
        );
    };
    match value {
        VariableValue::Is(value) if *value == wanted => Need::Found(
            Output::Variable(wanted),
            "the variable has this value".to_owned(),
        ),
        VariableValue::Is(value) if step.replaces == Some(*value) => {
            let update = SourceAction::UpdateVariable {
                site: step.site.clone(),
                id: id.clone(),
                name: step.name.clone(),
                value: link.clone(),
                replaces: *value,
            };
            case.send(facts, Action::Source(update))
        }
        VariableValue::Is(value) => Need::Stop(foreign(&step.name, &step.site, &value.short())),
        VariableValue::Masked => Need::Stop(masked(&step.name, &step.site)),
    }
}

pub(super) fn delete_variable(step: &DeleteVariable, case: &Case<'_>) -> Need {
    let Some(Variable { id, value, .. }) = need!(variable(case, &step.site, &step.name)) else {
        return Need::Found(Output::Nothing, "the variable is gone".to_owned());
    };
    match value {
        VariableValue::Is(value) if *value == step.value => {}
        VariableValue::Is(value) => {
            return Need::Stop(foreign(&step.name, &step.site, &value.short()));
        }
        VariableValue::Masked => return Need::Stop(masked(&step.name, &step.site)),
    }
    // A variable of the whole account would take effect on the site's devices at once.
    let root = step.site.instance.root();
    if need!(variable(case, &root, &step.name)).is_some() {
        let detail = format!(
            "a variable {} of the whole account would take the place of that of site {}",
            step.name, step.site.id
        );
        return Need::Stop(Refusal::new(RefusalKind::Foreign, detail));
    }
    let delete = SourceAction::DeleteVariable {
        site: step.site.clone(),
        id: id.clone(),
        name: step.name.clone(),
        value: step.value,
    };
    case.send(Facts::Value(None), Action::Source(delete))
}

fn variable<'c>(case: &Case<'c>, of: &EntityRef, name: &str) -> Result<Option<&'c Variable>, Need> {
    let probe = Probe::Source(SourceProbe::Variable {
        of: of.clone(),
        name: name.to_owned(),
    });
    match case.look(probe)? {
        Finding::Variable(variable) => Ok(variable.as_ref()),
        _ => Err(case.mismatch()),
    }
}

fn foreign(name: &str, site: &EntityRef, value: &str) -> Refusal {
    let detail = format!(
        "variable {name} of site {} has a value that we did not write (#{value})",
        site.id
    );
    Refusal::new(RefusalKind::Foreign, detail)
}

fn masked(name: &str, site: &EntityRef) -> Refusal {
    Refusal::new(
        RefusalKind::Masked,
        format!("variable {name} of site {} is masked", site.id),
    )
}

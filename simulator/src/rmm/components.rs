//! The component library, as far as the caller's component level reaches.

use serde_json::{Value, json};

use super::Call;
use crate::server::Answer;
use crate::world::Component;

impl Call<'_> {
    /// Whether the caller's component level reaches a component.
    pub(super) fn reaches(&self, component: &Component) -> bool {
        self.user()
            .is_none_or(|user| component.level <= user.component_level)
    }
}

fn wire(component: &Component) -> Value {
    let variables: Vec<_> = component
        .variables
        .iter()
        .enumerate()
        .map(|(index, variable)| {
            json!({
                "name": variable.name,
                "defaultVal": variable.default,
                "type": variable.kind,
                "direction": variable.input,
                "description": variable.description,
                "variablesIdx": index,
            })
        })
        .collect();
    json!({
        "id": component.id,
        "uid": component.uid,
        "name": component.name,
        "description": component.description,
        "categoryCode": component.category,
        "credentialsRequired": component.credentials_required,
        "variables": variables,
    })
}

/// `GET /api/v2/account/components`
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let components = call.state.world.account.components.iter();
    let rows: Vec<_> = components
        .filter(|component| call.reaches(component))
        .collect();
    call.page("components", &rows, |component| wire(component))
}

//! Variables of the account and of sites. PUT creates, POST updates, and neither has a body to read.

use serde::Deserialize;
use serde_json::json;

use super::Call;
use crate::server::Answer;
use crate::world::{ActivitySpec, Variable};

/// A listing is a set: its order is fixed and means nothing.
fn page(call: &Call<'_>, variables: &[Variable]) -> Result<Answer, Answer> {
    let mut rows: Vec<_> = variables.iter().collect();
    rows.sort_by_key(|variable| variable.id.wrapping_mul(0x9E37_79B9) % 65_537);
    let placeholder = &call.state.settings.rmm.masked_placeholder;
    call.page("variables", &rows, |variable| {
        json!({
            "id": variable.id,
            "name": variable.name,
            "value": if variable.masked { placeholder } else { &variable.value },
            "masked": variable.masked,
        })
    })
}

/// `GET /api/v2/account/variables`
pub(super) fn list_account(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page(call, &call.state.world.account.variables)
}

/// `GET /api/v2/site/{siteUid}/variables`: the site's own only.
pub(super) fn list_site(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page(call, &call.site()?.variables)
}

/// Whose variables a call is about.
#[derive(Clone, Copy)]
enum Scope {
    Account,
    Site,
}

fn variables<'a>(call: &'a mut Call<'_>, scope: Scope) -> Result<&'a mut Vec<Variable>, Answer> {
    match scope {
        Scope::Account => Ok(&mut call.state.world.account.variables),
        Scope::Site => Ok(&mut call.site_mut()?.variables),
    }
}

/// Notes the change, without the value.
fn log(call: &mut Call<'_>, scope: Scope, action: &str, id: i64) {
    let spec = ActivitySpec::user("", "variable", action).detail("variable.id", id);
    let spec = match scope {
        Scope::Account => spec,
        Scope::Site => spec.site(call.part(0)),
    };
    call.log(spec);
}

#[derive(Deserialize)]
struct VariableRequest {
    name: Option<String>,
    value: Option<String>,
    /// On creation only.
    masked: Option<bool>,
}

fn create(call: &mut Call<'_>, scope: Scope) -> Result<Answer, Answer> {
    let body: VariableRequest = call.body()?;
    let name = body
        .name
        .filter(|name| !name.trim().is_empty())
        .ok_or_else(|| call.error(400))?;
    let duplicate = call.error(call.state.settings.rmm.duplicate_variable_status);
    if variables(call, scope)?
        .iter()
        .any(|known| known.name == name)
    {
        return Err(duplicate);
    }
    let id = call.state.world.ids.number();
    let (value, masked) = (body.value.unwrap_or_default(), body.masked.unwrap_or(false));
    variables(call, scope)?.push(Variable {
        id,
        name,
        value,
        masked,
    });
    log(call, scope, "create", id);
    Ok(Answer::empty(200))
}

/// Changes name or value; masking stays what it was.
fn update(call: &mut Call<'_>, scope: Scope) -> Result<Answer, Answer> {
    let id = call.number()?;
    let body: VariableRequest = call.body()?;
    if body
        .name
        .as_ref()
        .is_some_and(|name| name.trim().is_empty())
    {
        return Err(call.error(400));
    }
    let (missing, duplicate) = (
        call.error(404),
        call.error(call.state.settings.rmm.duplicate_variable_status),
    );
    let variables = variables(call, scope)?;
    if variables
        .iter()
        .any(|known| known.id != id && Some(&known.name) == body.name.as_ref())
    {
        return Err(duplicate);
    }
    let variable = variables
        .iter_mut()
        .find(|known| known.id == id)
        .ok_or(missing)?;
    variable.name = body.name.unwrap_or_else(|| variable.name.clone());
    variable.value = body.value.unwrap_or_else(|| variable.value.clone());
    log(call, scope, "update", id);
    Ok(Answer::empty(200))
}

fn delete(call: &mut Call<'_>, scope: Scope) -> Result<Answer, Answer> {
    let id = call.number()?;
    let missing = call.error(404);
    let variables = variables(call, scope)?;
    let place = variables
        .iter()
        .position(|known| known.id == id)
        .ok_or(missing)?;
    variables.remove(place);
    log(call, scope, "delete", id);
    Ok(Answer::empty(200))
}

/// `PUT /api/v2/account/variable`
pub(super) fn create_account(call: &mut Call<'_>) -> Result<Answer, Answer> {
    create(call, Scope::Account)
}

/// `POST /api/v2/account/variable/{variableId}`
pub(super) fn update_account(call: &mut Call<'_>) -> Result<Answer, Answer> {
    update(call, Scope::Account)
}

/// `DELETE /api/v2/account/variable/{variableId}`
pub(super) fn delete_account(call: &mut Call<'_>) -> Result<Answer, Answer> {
    delete(call, Scope::Account)
}

/// `PUT /api/v2/site/{siteUid}/variable`
pub(super) fn create_site(call: &mut Call<'_>) -> Result<Answer, Answer> {
    create(call, Scope::Site)
}

/// `POST /api/v2/site/{siteUid}/variable/{variableId}`
pub(super) fn update_site(call: &mut Call<'_>) -> Result<Answer, Answer> {
    update(call, Scope::Site)
}

/// `DELETE /api/v2/site/{siteUid}/variable/{variableId}`
pub(super) fn delete_site(call: &mut Call<'_>) -> Result<Answer, Answer> {
    delete(call, Scope::Site)
}

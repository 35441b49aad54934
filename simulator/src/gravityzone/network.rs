//! The company tree, which lies in the service `network`.

use serde_json::{Value, json};

use super::Call;
use super::envelope::Failure;
use super::params::Members;
use crate::world::{Company, CompanyKind};

/// `getCompaniesList`: direct children, a bare list, and no paging parameters.
pub(super) fn companies(call: &mut Call<'_>) -> Result<Value, Failure> {
    for refused in ["page", "perPage"] {
        if call.params.contains_key(refused) {
            return Err(Failure::invalid(refused));
        }
    }
    let parent = call.holder("parentId")?;
    let filters = call
        .members()
        .object("filters")?
        .cloned()
        .unwrap_or_default();
    let (kind, licence) = (
        Members(&filters).number("companyType")?,
        Members(&filters).number("licenseType")?,
    );
    let fits = |company: &&Company| {
        let has_kind =
            kind.is_none_or(|kind| (kind == 0) == (company.kind == CompanyKind::Partner));
        has_kind
            && licence.is_none_or(|licence| licence == company.subscription.kind)
            && call.sees(company)
    };
    let world = &call.state.world;
    let mut rows: Vec<_> = world.child_companies(&parent).filter(fits).collect();
    if call.state.settings.gravityzone.list_through_folders {
        let mut folders: Vec<_> = world.child_folders(&parent).collect();
        while let Some(folder) = folders.pop() {
            rows.extend(world.child_companies(&folder.id).filter(fits));
            folders.extend(world.child_folders(&folder.id));
        }
    }
    let mut rows: Vec<_> = rows
        .iter()
        .map(|company| json!({"id": company.id, "name": company.name}))
        .collect();
    call.tweaks.cut(&mut rows);
    Ok(rows.into())
}

/// `getCompanyFoldersList`: direct children, a bare list.
pub(super) fn folders(call: &mut Call<'_>) -> Result<Value, Failure> {
    let parent = call.holder("parentId")?;
    let visible = call
        .state
        .world
        .child_folders(&parent)
        .filter(|folder| call.sees_folder(&folder.id));
    let mut rows: Vec<_> = visible
        .map(|folder| json!({"id": folder.id, "name": folder.name}))
        .collect();
    call.tweaks.cut(&mut rows);
    Ok(rows.into())
}

/// `moveCompanyOrCompanyFolder`
pub(super) fn move_company(call: &mut Call<'_>) -> Result<Value, Failure> {
    let (id, parent) = (
        call.members().required("id")?,
        call.members().required("newParentId")?,
    );
    let is_own = id == call.key().company;
    if is_own || !(call.sees_folder(&id) || call.actionable(&id, "id").is_ok()) {
        return Err(call.missing("id"));
    }
    if !(call.sees_folder(&parent) || call.company(&parent, "newParentId").is_ok()) {
        return Err(call.missing("newParentId"));
    }
    call.state
        .world
        .put_under(&id, &parent)
        .map_err(|_| Failure::invalid("newParentId"))?;
    Ok(Value::Null)
}

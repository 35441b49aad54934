//! The listing of endpoints.

use serde_json::{Value, json};

use super::Call;
use super::envelope::Failure;
use super::inventory::{Filters, Item, largest_page};
use crate::world::{Company, Endpoint};

pub(super) const PARAMETERS: &[&str] = &[
    "parentId",
    "isManaged",
    "filters",
    "options",
    "page",
    "perPage",
];

/// An endpoint as the listing shows it; flags that are off are left out.
pub(super) fn wire(company: &Company, endpoint: &Endpoint) -> Value {
    let macs: Vec<_> = endpoint.macs.iter().map(|mac| mac.spelled("")).collect();
    let mut wire = json!({
        "id": endpoint.id,
        "name": endpoint.name,
        "label": endpoint.label,
        "fqdn": endpoint.fqdn,
        "groupId": endpoint.group.as_ref().unwrap_or(&company.group_id),
        "companyId": company.id,
        "isManaged": endpoint.managed,
        "machineType": endpoint.machine,
        "operatingSystemVersion": endpoint.operating_system,
        "ip": endpoint.ip,
        "macs": macs,
        "ssid": "",
        "policy": {"id": format!("{:0>24}", company.group_id.get(..16).unwrap_or_default()), "name": "Default policy", "applied": true},
    });
    if endpoint.protected {
        wire["managedWithBest"] = true.into();
    }
    wire
}

/// `getEndpointsList`: below `parentId`. Nobody reads `companyId` here.
pub(super) fn list(call: &mut Call<'_>) -> Result<Value, Failure> {
    let parent = call.id_or_own("parentId")?;
    let is_managed = call.members().flag("isManaged")?;
    let items = call.items(&parent, &Filters::read(call)?)?;
    let rows: Vec<_> = items
        .into_iter()
        .filter_map(|item| match item {
            Item::Endpoint(company, endpoint) => Some((company, endpoint)),
            _ => None,
        })
        .filter(|(_, endpoint)| is_managed.is_none_or(|is_managed| is_managed == endpoint.managed))
        .collect();
    call.page(&rows, largest_page(call), |(company, endpoint)| {
        wire(company, endpoint)
    })
}

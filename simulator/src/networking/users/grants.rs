//! What users may do with networks and groups.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::networking::{Call, Done, Problem};
use crate::world::{NetworkUser, role};

#[derive(Deserialize)]
struct GrantRequest {
    role_id: Option<i64>,
}

/// The granted roles of one kind.
type Grants = fn(&mut NetworkUser) -> &mut BTreeMap<i64, i64>;

/// Grants the role of the body, on what the path names first, to the user whom it names second.
fn grant(call: &mut Call<'_>, resource: i64, missing: i64, grants: Grants) -> Done {
    let user = call.named_user(1)?.id;
    let role = call.body::<GrantRequest>()?.role_id;
    let role = role.ok_or_else(|| Problem::new(403, missing, "role_id"))?;
    if !role::is_of_resource(role) {
        return Err(Problem::new(403, 30_000, "role_id"));
    }
    grants(call.user_mut(user)?).insert(resource, role);
    call.audit("grant", "user", &user.to_string(), None, Vec::new());
    call.braces()
}

fn revoke(call: &mut Call<'_>, resource: i64, missing: i64, grants: Grants) -> Done {
    let user = call.named_user(1)?.id;
    let revoked = grants(call.user_mut(user)?).remove(&resource);
    revoked.ok_or_else(|| Problem::new(403, missing, ""))?;
    call.audit("revoke", "user", &user.to_string(), None, Vec::new());
    call.braces()
}

/// The network that the path names, for a caller who manages users.
fn network(call: &Call<'_>) -> Result<i64, Problem> {
    call.manager()?;
    Ok(call.network(0)?.id)
}

/// `PUT /network/{network}/user/{user}`
pub(in crate::networking) fn grant_network(call: &mut Call<'_>) -> Done {
    let network = network(call)?;
    grant(call, network, 20_018, |user| &mut user.networks)
}

/// `DELETE /network/{network}/user/{user}`
pub(in crate::networking) fn revoke_network(call: &mut Call<'_>) -> Done {
    let network = network(call)?;
    revoke(call, network, 20_021, |user| &mut user.networks)
}

/// `PUT /networkgroup/{group}/user/{user}`
pub(in crate::networking) fn grant_group(call: &mut Call<'_>) -> Done {
    call.manager()?;
    let group = call.group()?.id;
    grant(call, group, 20_017, |user| &mut user.groups)
}

/// `DELETE /networkgroup/{group}/user/{user}`
pub(in crate::networking) fn revoke_group(call: &mut Call<'_>) -> Done {
    call.manager()?;
    let group = call.group()?.id;
    revoke(call, group, 20_019, |user| &mut user.groups)
}

//! The table of endpoints: 59 operations of version 2 and 6 of version 3, of which status, which
//! asks for no token, stands elsewhere.

use axum::http::Method;

use super::limits::{Charge, MUTE, RESET_KEYS};
use super::{
    Endpoint, Handler, account, activity, alerts, audit, auth, components, devices, fields,
    filters, jobs, patches, site_settings, sites, system, users, variables,
};
use crate::server::Route;

const fn read(path: &'static str, handler: Handler) -> Route<Endpoint> {
    route(Method::GET, path, 0, Charge::Read, handler)
}

/// A call that is not on every platform yet.
const fn read_new(path: &'static str, handler: Handler) -> Route<Endpoint> {
    route(Method::GET, path, 235, Charge::Read, handler)
}

const fn write(
    method: Method,
    path: &'static str,
    key: &'static str,
    handler: Handler,
) -> Route<Endpoint> {
    route(method, path, 0, Charge::Write(key), handler)
}

const fn route(
    method: Method,
    path: &'static str,
    build: u16,
    charge: Charge,
    handler: Handler,
) -> Route<Endpoint> {
    Route {
        method,
        path,
        handler: Endpoint {
            build,
            charge,
            handler,
        },
    }
}

pub(super) static ROUTES: &[Route<Endpoint>] = &[
    // Account.
    read("/api/v2/account", account::get),
    read("/api/v2/account/sites", sites::list),
    read("/api/v2/account/devices", devices::list_account),
    read("/api/v2/account/users", users::list),
    read("/api/v2/account/components", components::list),
    read("/api/v2/account/alerts/open", alerts::list_account_open),
    read(
        "/api/v2/account/alerts/resolved",
        alerts::list_account_resolved,
    ),
    read("/api/v2/account/dnet-site-mappings", sites::list_networks),
    read("/api/v2/account/variables", variables::list_account),
    write(
        Method::PUT,
        "/api/v2/account/variable",
        "account-variable-create",
        variables::create_account,
    ),
    write(
        Method::POST,
        "/api/v2/account/variable/{variableId}",
        "account-variable-update",
        variables::update_account,
    ),
    write(
        Method::DELETE,
        "/api/v2/account/variable/{variableId}",
        "account-variable-delete",
        variables::delete_account,
    ),
    // Site.
    write(Method::PUT, "/api/v2/site", "site-create", sites::create),
    read("/api/v2/site/{siteUid}", sites::get),
    write(
        Method::POST,
        "/api/v2/site/{siteUid}",
        "site-update",
        sites::update,
    ),
    read("/api/v2/site/{siteUid}/devices", devices::list_site),
    read(
        "/api/v2/site/{siteUid}/devices/network-interface",
        devices::list_interfaces,
    ),
    read("/api/v2/site/{siteUid}/filters", filters::list_site),
    read("/api/v2/site/{siteUid}/alerts/open", alerts::list_site_open),
    read(
        "/api/v2/site/{siteUid}/alerts/resolved",
        alerts::list_site_resolved,
    ),
    read_new("/api/v2/site/{siteUid}/patches", patches::list_site),
    read("/api/v2/site/{siteUid}/settings", site_settings::get),
    write(
        Method::POST,
        "/api/v2/site/{siteUid}/settings/proxy",
        "site-proxy-create",
        site_settings::set_proxy,
    ),
    write(
        Method::DELETE,
        "/api/v2/site/{siteUid}/settings/proxy",
        "site-proxy-delete",
        site_settings::delete_proxy,
    ),
    read("/api/v2/site/{siteUid}/variables", variables::list_site),
    write(
        Method::PUT,
        "/api/v2/site/{siteUid}/variable",
        "site-variable-create",
        variables::create_site,
    ),
    write(
        Method::POST,
        "/api/v2/site/{siteUid}/variable/{variableId}",
        "site-variable-update",
        variables::update_site,
    ),
    write(
        Method::DELETE,
        "/api/v2/site/{siteUid}/variable/{variableId}",
        "site-variable-delete",
        variables::delete_site,
    ),
    // Device.
    read("/api/v2/device/{deviceUid}", devices::get),
    read("/api/v2/device/id/{deviceId}", devices::get_by_id),
    read(
        "/api/v2/device/macAddress/{macAddress}",
        devices::list_by_mac,
    ),
    read(
        "/api/v2/device/{deviceUid}/alerts/open",
        alerts::list_device_open,
    ),
    read(
        "/api/v2/device/{deviceUid}/alerts/resolved",
        alerts::list_device_resolved,
    ),
    read_new("/api/v2/device/{deviceUid}/patches", patches::list_device),
    write(
        Method::PUT,
        "/api/v2/device/{deviceUid}/quickjob",
        "device-job-create",
        jobs::create,
    ),
    write(
        Method::PUT,
        "/api/v2/device/{deviceUid}/site/{siteUid}",
        "device-move",
        devices::move_to_site,
    ),
    write(
        Method::POST,
        "/api/v2/device/{deviceUid}/udf",
        "device-udf-set",
        fields::set,
    ),
    write(
        Method::POST,
        "/api/v2/device/{deviceUid}/warranty",
        "device-warranty-create",
        devices::set_warranty,
    ),
    // Alert.
    read("/api/v2/alert/{alertUid}", alerts::get),
    write(
        Method::POST,
        "/api/v2/alert/{alertUid}/resolve",
        "alert-resolve",
        alerts::resolve,
    ),
    write(
        Method::POST,
        "/api/v2/alert/{alertUid}/mute",
        MUTE,
        alerts::mute,
    ),
    write(
        Method::POST,
        "/api/v2/alert/{alertUid}/unmute",
        MUTE,
        alerts::mute,
    ),
    // Audit.
    read("/api/v2/audit/device/{deviceUid}", audit::device),
    read("/api/v2/audit/device/{deviceUid}/software", audit::software),
    read(
        "/api/v2/audit/device/macAddress/{macAddress}",
        audit::list_by_mac,
    ),
    read("/api/v2/audit/esxihost/{deviceUid}", audit::esxi_host),
    read("/api/v2/audit/printer/{deviceUid}", audit::printer),
    // Job.
    read("/api/v2/job/{jobUid}", jobs::get),
    read("/api/v2/job/{jobUid}/components", jobs::list_components),
    read("/api/v2/job/{jobUid}/results/{deviceUid}", jobs::results),
    read(
        "/api/v2/job/{jobUid}/results/{deviceUid}/stdout",
        jobs::stdout,
    ),
    read(
        "/api/v2/job/{jobUid}/results/{deviceUid}/stderr",
        jobs::stderr,
    ),
    // Filter, activity log, system, user.
    read("/api/v2/filter/default-filters", filters::list_default),
    read("/api/v2/filter/custom-filters", filters::list_custom),
    read("/api/v2/activity-logs", activity::list),
    read("/api/v2/system/request_rate", system::request_rate),
    read("/api/v2/system/pagination", system::pagination),
    write(
        Method::POST,
        "/api/v2/user/resetApiKeys",
        RESET_KEYS,
        auth::reset_keys,
    ),
    // Version 3.
    read_new("/api/v3/account/devices", devices::list_account),
    read_new("/api/v3/site/{siteUid}/devices", devices::list_site),
    read_new("/api/v3/device/{deviceUid}", devices::get),
    read_new("/api/v3/device/id/{deviceId}", devices::get_by_id),
    read_new(
        "/api/v3/device/macAddress/{macAddress}",
        devices::list_by_mac,
    ),
    route(
        Method::POST,
        "/api/v3/device/{deviceUid}/udf",
        235,
        Charge::Write("device-udf-set"),
        fields::set_typed,
    ),
];

#[cfg(test)]
mod tests {
    use super::ROUTES;

    #[test]
    fn all_operations_of_the_build_are_there() {
        let of = |version: &str| {
            ROUTES
                .iter()
                .filter(|route| route.path.starts_with(version))
                .count()
        };
        // With status, which is no row.
        assert_eq!((of("/api/v2/") + 1, of("/api/v3/")), (59, 6));
    }
}

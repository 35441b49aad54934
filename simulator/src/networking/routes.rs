//! All endpoints: the 103 of the reference, two of them under two paths, and two guesses.

use axum::http::Method;

use super::{
    Endpoint, Handler, accounts, channels, clients, groups, history, networks, nodes, power_strips,
    routers, survey, switches, time, users, vouchers,
};
use crate::server::Route;

const fn route(
    method: Method,
    path: &'static str,
    is_write: bool,
    handler: Handler,
) -> Route<Endpoint> {
    Route {
        method,
        path,
        handler: Endpoint { is_write, handler },
    }
}

const fn read(path: &'static str, handler: Handler) -> Route<Endpoint> {
    route(Method::GET, path, false, handler)
}

/// A GET that acts.
const fn act(path: &'static str, handler: Handler) -> Route<Endpoint> {
    route(Method::GET, path, true, handler)
}

const fn post(path: &'static str, handler: Handler) -> Route<Endpoint> {
    route(Method::POST, path, true, handler)
}

const fn put(path: &'static str, handler: Handler) -> Route<Endpoint> {
    route(Method::PUT, path, true, handler)
}

const fn delete(path: &'static str, handler: Handler) -> Route<Endpoint> {
    route(Method::DELETE, path, true, handler)
}

pub(super) const TIME: &str = "/time";
pub(super) const LOGIN: &str = "/account/login";

pub(super) static ROUTES: &[Route<Endpoint>] = &[
    read(TIME, time),
    // Networks
    read("/network/list", networks::list),
    read("/network/search", networks::search),
    post("/network", networks::create),
    post("/network/networkgroup/{group}", networks::create_in_group),
    delete("/network/{network}", networks::delete),
    read("/network/{network}/allowed_channels", channels::of_network),
    read("/network/{network}/settings", networks::settings::get),
    put("/network/{network}/settings", networks::settings::update),
    post("/network/{network}/file", networks::files::create),
    delete("/network/{network}/file/{file}", networks::files::delete),
    put(
        "/network/{network}/user/{user}",
        users::grants::grant_network,
    ),
    delete(
        "/network/{network}/user/{user}",
        users::grants::revoke_network,
    ),
    // Groups
    post("/networkgroup", groups::create),
    read("/networkgroup/list", groups::list),
    read("/networkgroup/{group}", groups::get),
    put("/networkgroup/{group}", groups::update),
    delete("/networkgroup/{group}", groups::delete),
    put(
        "/networkgroup/{group}/network/{network}",
        groups::move_network,
    ),
    put(
        "/networkgroup/{group}/user/{user}",
        users::grants::grant_group,
    ),
    delete(
        "/networkgroup/{group}/user/{user}",
        users::grants::revoke_group,
    ),
    // Access points
    read("/node/network/{network}/list", nodes::list),
    post("/node/network/{network}", nodes::create),
    read("/node/does_mac_exist", nodes::does_mac_exist),
    read("/node/{node}", nodes::get),
    put("/node/{node}", nodes::update),
    delete("/node/{node}", nodes::delete),
    act("/node/{node}/reboot", nodes::act),
    read("/node/{node}/allowed_channels", channels::of_node),
    act("/node/{node}/reset_encrypt_key", nodes::act),
    act("/node/{node}/enable_pairing", nodes::act),
    act("/node/{node}/expedite_upgrade", nodes::act),
    // Switches
    read("/switch/network/{network}/list", switches::list),
    post("/switch/network/{network}", switches::create),
    read("/switch/{switch}", switches::get),
    put("/switch/{switch}", switches::update),
    delete("/switch/{switch}", switches::delete),
    act("/switch/{switch}/reboot", switches::act),
    act("/switch/{switch}/port/{port}/reset", switches::reset_port),
    act("/switch/{switch}/enable_pairing", switches::act),
    act("/switch/{switch}/expedite_upgrade", switches::act),
    read(
        "/switch/network/{network}/settings",
        switches::settings::get,
    ),
    put(
        "/switch/network/{network}/settings",
        switches::settings::update,
    ),
    read(
        "/switch/network/{network}/allowed_firmware",
        switches::settings::allowed_firmware,
    ),
    read("/switch/{switch}/snmp_traps", switches::traps::get),
    put("/switch/{switch}/snmp_traps", switches::traps::update),
    read("/switch/{switch}/acl", switches::acls::get),
    post("/switch/{switch}/acl", switches::acls::create),
    put("/switch/{switch}/acl", switches::acls::update),
    delete("/switch/{switch}/acl", switches::acls::delete),
    // Managed power
    read("/powerstrip/network/{network}/list", power_strips::list),
    post("/powerstrip/network/{network}", power_strips::create),
    read("/powerstrip/{powerstrip}", power_strips::get),
    put("/powerstrip/{powerstrip}", power_strips::update),
    delete("/powerstrip/{powerstrip}", power_strips::delete),
    read("/powerstrip/{powerstrip}/usage", power_strips::usage),
    act("/powerstrip/{powerstrip}/checkin", power_strips::act),
    act("/powerstrip/{powerstrip}/reboot", power_strips::act),
    act("/powerstrip/{powerstrip}/enable_pairing", power_strips::act),
    act(
        "/powerstrip/{powerstrip}/port/{port}/reset",
        power_strips::reset_outlet,
    ),
    read(
        "/powerstrip/network/{network}/settings",
        power_strips::get_settings,
    ),
    put(
        "/powerstrip/network/{network}/settings",
        power_strips::update_settings,
    ),
    act(
        "/powerstrip/network/{network}/expedite_upgrade",
        power_strips::expedite_upgrade,
    ),
    read(
        "/powerstrip/network/{network}/firmware_versions",
        power_strips::firmware_versions,
    ),
    // Clients and history
    read("/client/network/{network}/block", clients::list_blocked),
    put("/client/network/{network}/block", clients::block),
    put("/client/network/{network}/edit", clients::edit),
    read("/history/network/{network}", history::of_network),
    read("/history/network/{network}/clients", history::clients),
    read(
        "/history/network/{network}/client/{client}",
        history::client,
    ),
    read("/history/network/{network}/nodes", history::nodes),
    read("/history/network/{network}/node/{node}", history::node),
    // Site survey
    act("/sitesurvey/network/{network}/scan", survey::scan),
    read("/sitesurvey/network/{network}", survey::get),
    // Vouchers
    read("/voucher/network/{network}/list", vouchers::list),
    read("/voucher/network/{network}", vouchers::get),
    post("/voucher/network/{network}", vouchers::create),
    put("/voucher/network/{network}/update", vouchers::update),
    put("/voucher/network/{network}/{action}", vouchers::act),
    // Users and keys
    read("/user/list", users::list),
    post("/user", users::create),
    read("/user/{user}", users::get),
    put("/user/{user}", users::update),
    delete("/user/{user}", users::delete),
    put("/user/{user}/disable", users::disable),
    put("/user/{user}/enable", users::enable),
    post("/user/key", users::keys::create_own),
    post("/user/{user}/key", users::keys::create),
    read("/user/{user}/key/list", users::keys::list),
    delete("/user/key/{key}", users::keys::delete_own),
    delete("/user/{user}/key/{key}", users::keys::delete),
    put("/user/{user}/password", users::own::change_password),
    post("/user/{user}/password_set", users::own::make_password_token),
    read(
        "/user/{user}/network/{network}",
        users::own::role_in_network,
    ),
    read("/user/{user}/account", users::own::role_in_account),
    read("/user/{user}/service_agreement", users::own::get_agreement),
    put("/user/{user}/service_agreement", users::own::agree),
    // Accounts
    put("/account/{account}", accounts::update),
    put("/account/{account}/user/{user}/owner", accounts::set_owner),
    post(LOGIN, accounts::log_in),
    act(
        "/account/credential/{network}/embed",
        accounts::create_embed,
    ),
    delete(
        "/account/credential/{network}/embed",
        accounts::delete_embed,
    ),
    read("/account/service_agreement", accounts::get_agreement),
    put("/account/service_agreement", accounts::agree),
    read("/account/{account}/auditlogs", accounts::audit_logs),
    // Guesses, unknown unless the settings say otherwise
    read("/router/network/{network}/list", routers::list),
    read("/router/{router}", routers::get),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ROUTES;

    #[test]
    fn every_endpoint_of_the_reference_has_its_row() {
        let rows: BTreeSet<_> = ROUTES
            .iter()
            .map(|route| (route.method.as_str(), route.path))
            .collect();
        assert_eq!(rows.len(), ROUTES.len(), "a row comes twice");
        // 103, two of which have two paths, and the two guesses.
        assert_eq!(rows.len(), 103 + 2 + 2);
    }

    #[test]
    fn the_gets_that_act_are_writes() {
        let acting: Vec<_> = ROUTES
            .iter()
            .filter(|route| route.method == "GET" && route.handler.is_write)
            .map(|route| route.path)
            .collect();
        assert_eq!(acting.len(), 15, "{acting:?}");
    }
}

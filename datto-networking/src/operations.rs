//! Every operation that this crate knows, for hosts that list, count or restrict them.

use client_core::Operation;

use crate::{
    accounts, clients, files, groups, history, keys, networks, nodes, power_strips, settings,
    site_survey, switches, time, users, vouchers,
};

/// All operations, ordered by name. [`Family::of`](crate::Family::of) tells the host of each.
///
/// One rule gives the [`Repeat`](client_core::Repeat) class: what only reads is `Read`; what starts something or gives
/// something out is `Action`, a `GET` too; what puts a record into a given state is `Idempotent`; all else is
/// `OnlyIfUnprocessed`. A client that only reads sends nothing but the first.
pub const OPERATIONS: &[Operation] = &[
    accounts::ACCEPT_SERVICE_AGREEMENT,
    accounts::AUDIT_LOG,
    accounts::LOGIN,
    accounts::SERVICE_AGREEMENT,
    accounts::UPDATE,
    accounts::UPDATE_OWNER,
    clients::BLOCK,
    clients::BLOCKED,
    clients::RENAME,
    accounts::CREATE_EMBED,
    accounts::DELETE_EMBED,
    history::CLIENT,
    history::CLIENTS,
    history::NETWORK,
    history::NODE,
    history::NODES,
    files::CREATE,
    files::DELETE,
    groups::DELETE_USER,
    groups::UPDATE_USER,
    groups::ADD_NETWORK,
    groups::CREATE,
    groups::DELETE,
    groups::GET,
    groups::LIST,
    groups::UPDATE,
    settings::GET,
    settings::UPDATE,
    networks::DELETE_USER,
    networks::UPDATE_USER,
    networks::ALLOWED_CHANNELS,
    networks::CREATE,
    networks::CREATE_IN_GROUP,
    networks::DELETE,
    networks::LIST,
    networks::SEARCH,
    nodes::ALLOWED_CHANNELS,
    nodes::CREATE,
    nodes::DELETE,
    nodes::ENABLE_PAIRING,
    nodes::EXPEDITE_UPGRADE,
    nodes::GET,
    nodes::LIST,
    nodes::MAC_EXISTS,
    nodes::REBOOT,
    nodes::RESET_ENCRYPT_KEY,
    nodes::UPDATE,
    keys::CREATE_OWN,
    keys::DELETE_OWN,
    power_strips::CHECK_IN,
    power_strips::CREATE,
    power_strips::DELETE,
    power_strips::ENABLE_PAIRING,
    power_strips::EXPEDITE_UPGRADE,
    power_strips::FIRMWARE_VERSIONS,
    power_strips::GET,
    power_strips::LIST,
    power_strips::REBOOT,
    power_strips::RESET_OUTLET,
    power_strips::SETTINGS,
    power_strips::UPDATE,
    power_strips::UPDATE_SETTINGS,
    power_strips::USAGE,
    site_survey::LIST,
    site_survey::SCAN,
    switches::ACLS,
    switches::ALLOWED_FIRMWARE,
    switches::CREATE,
    switches::CREATE_ACLS,
    switches::DELETE,
    switches::DELETE_ACLS,
    switches::ENABLE_PAIRING,
    switches::EXPEDITE_UPGRADE,
    switches::GET,
    switches::LIST,
    switches::REBOOT,
    switches::RESET_PORT,
    switches::SETTINGS,
    switches::SNMP_TRAPS,
    switches::UPDATE,
    switches::UPDATE_ACLS,
    switches::UPDATE_SETTINGS,
    switches::UPDATE_SNMP_TRAPS,
    time::GET,
    keys::CREATE,
    keys::DELETE,
    keys::LIST,
    users::ACCEPT_SERVICE_AGREEMENT,
    users::ACCOUNT,
    users::CREATE,
    users::DELETE,
    users::DISABLE,
    users::ENABLE,
    users::GET,
    users::LIST,
    users::NETWORK_ROLE,
    users::PASSWORD_TOKEN,
    users::SERVICE_AGREEMENT,
    users::UPDATE,
    users::UPDATE_PASSWORD,
    vouchers::CREATE,
    vouchers::DELETE,
    vouchers::GET,
    vouchers::LIST,
    vouchers::RENEW,
    vouchers::RESET,
    vouchers::RESTORE,
    vouchers::UPDATE,
];

#[cfg(test)]
mod tests {
    use client_core::{Method, Repeat};

    use super::OPERATIONS;
    use crate::access::{Access, is_action};

    #[test]
    fn each_is_named_once() {
        assert!(
            OPERATIONS
                .windows(2)
                .all(|pair| pair[0].name() < pair[1].name()),
            "in order, without repeats"
        );
    }

    #[test]
    fn the_method_bounds_the_repeat_class() {
        for operation in OPERATIONS {
            let allowed: &[Repeat] = match operation.method() {
                Method::Get => &[Repeat::Read, Repeat::Action],
                Method::Post => &[Repeat::OnlyIfUnprocessed, Repeat::Action],
                Method::Put => &[
                    Repeat::Idempotent,
                    Repeat::OnlyIfUnprocessed,
                    Repeat::Action,
                ],
                _ => &[Repeat::Idempotent],
            };
            assert!(
                allowed.contains(&operation.repeat_class()),
                "{}",
                operation.name()
            );
        }
    }

    /// F076: a `GET` that starts something is known by its path too, so that nobody sends it undeclared.
    #[test]
    fn acting_gets_are_known_by_their_paths() {
        for operation in OPERATIONS {
            if operation.method() == Method::Get {
                assert_eq!(
                    is_action(operation.path()),
                    operation.repeat_class() == Repeat::Action,
                    "{}",
                    operation.name()
                );
            }
        }
    }

    #[test]
    fn a_reading_client_may_send_the_reads_only() {
        for operation in OPERATIONS {
            let path = operation.path();
            assert_eq!(
                Access::ReadOnly.check(operation, path).is_ok(),
                operation.repeat_class() == Repeat::Read,
                "{}",
                operation.name()
            );
            Access::Writes.check(operation, path).unwrap();
        }
    }
}

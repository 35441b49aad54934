//! Every operation that this crate knows, for hosts that list, count or restrict them.

use client_core::Operation;

use crate::{
    account, activity_logs, alerts, audits, auth, components, devices, dnet_site_mappings, filters,
    jobs, patches, sites, system, users, variables,
};

/// All operations, log-ins included, ordered by name.
pub const OPERATIONS: &[Operation] = &[
    account::GET,
    alerts::OPEN_ACCOUNT,
    alerts::RESOLVED_ACCOUNT,
    devices::LIST_ACCOUNT,
    devices::v3::LIST_ACCOUNT,
    variables::change::CREATE_ACCOUNT,
    variables::change::DELETE_ACCOUNT,
    variables::LIST_ACCOUNT,
    variables::change::UPDATE_ACCOUNT,
    activity_logs::LIST,
    alerts::GET,
    alerts::MUTE,
    alerts::RESOLVE,
    alerts::UNMUTE,
    audits::BY_MAC,
    audits::ESXI_HOST,
    audits::PRINTER,
    auth::TOKEN,
    components::LIST,
    alerts::OPEN_DEVICE,
    alerts::RESOLVED_DEVICE,
    audits::GET_DEVICE,
    audits::SOFTWARE,
    patches::LIST_DEVICE,
    devices::BY_ID,
    devices::BY_MAC,
    devices::scope::GET,
    devices::scope::MOVE,
    devices::scope::SET_UDF,
    devices::scope::SET_WARRANTY,
    devices::v3::BY_ID,
    devices::v3::BY_MAC,
    devices::v3::GET,
    devices::v3::SET_UDF,
    dnet_site_mappings::LIST,
    filters::CUSTOM,
    filters::DEFAULTS,
    jobs::COMPONENTS,
    jobs::GET,
    jobs::RESULTS,
    jobs::STDERR,
    jobs::STDOUT,
    jobs::CREATE,
    alerts::OPEN_SITE,
    alerts::RESOLVED_SITE,
    devices::LIST_SITE,
    devices::LIST_INTERFACES,
    devices::v3::LIST_SITE,
    filters::LIST_SITE,
    patches::LIST_SITE,
    sites::settings::DELETE_PROXY,
    sites::settings::GET,
    sites::settings::SET_PROXY,
    variables::change::CREATE_SITE,
    variables::change::DELETE_SITE,
    variables::LIST_SITE,
    variables::change::UPDATE_SITE,
    sites::CREATE,
    sites::GET,
    sites::LIST,
    sites::UPDATE,
    system::PAGINATION,
    system::REQUEST_RATE,
    system::STATUS,
    users::keys::RESET,
    users::LIST,
];

#[cfg(test)]
mod tests {
    use client_core::{Method, Repeat};

    use super::OPERATIONS;
    use crate::budget::{KINDS, READ, WRITE};

    #[test]
    fn each_is_named_once_and_charged() {
        assert!(
            OPERATIONS
                .windows(2)
                .all(|pair| pair[0].name() < pair[1].name()),
            "in order, without repeats"
        );
        for operation in OPERATIONS {
            let charges = operation.charge_names();
            let reads = operation.method() == Method::Get;
            assert_eq!(reads, charges == ["read"], "{}", operation.name());
            assert_eq!(
                reads,
                operation.repeat_class() == Repeat::Read,
                "{}",
                operation.name()
            );
            assert!(reads || charges.contains(&"write"), "{}", operation.name());
            let is_known = |charge: &&&str| {
                [READ, WRITE].contains(charge) || KINDS.iter().any(|(kind, _)| kind == *charge)
            };
            assert_eq!(
                charges.iter().find(|charge| !is_known(charge)),
                None,
                "{}",
                operation.name()
            );
        }
    }
}

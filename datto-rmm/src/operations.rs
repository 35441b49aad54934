//! Every operation that this crate knows, for hosts that list, count or restrict them.

use client_core::Operation;

use crate::{account, auth, devices, dnet_site_mappings, sites, system, variables};

/// All operations, log-ins included, ordered by name.
pub const OPERATIONS: &[Operation] = &[
    account::GET,
    devices::LIST_ACCOUNT,
    variables::LIST_ACCOUNT,
    auth::TOKEN,
    dnet_site_mappings::LIST,
    devices::LIST_SITE,
    devices::LIST_INTERFACES,
    variables::CREATE_SITE,
    variables::DELETE_SITE,
    variables::LIST_SITE,
    variables::UPDATE_SITE,
    sites::CREATE,
    sites::GET,
    sites::LIST,
    sites::UPDATE,
    system::PAGINATION,
    system::REQUEST_RATE,
    system::STATUS,
];

#[cfg(test)]
mod tests {
    use client_core::{Method, Repeat};

    use super::OPERATIONS;

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
        }
    }
}

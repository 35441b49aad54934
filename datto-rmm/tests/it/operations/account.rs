//! The account.

use super::Case;
use crate::support::{json, line};

pub(super) async fn account_get(case: &Case) {
    let body = r#"{"id":4711,"uid":"abc123","name":"Example MSP","currency":null,
        "descriptor":{"bilingEmail":"billing@example.com","deviceLimit":2000,"timeZone":"Europe/Berlin"},
        "devicesStatus":{"numberOfDevices":10,"numberOfOnlineDevices":7,"numberOfOfflineDevices":3,
        "numberOfOnDemandDevices":2,"numberOfManagedDevices":8},"addedLater":[1]}"#;
    case.wire
        .answer(line("GET", "/api/v2/account"), 1, json(200, body))
        .await;
    let account = case.client.account().get().await.unwrap();
    assert_eq!(account.id, Some(4711));
    assert_eq!(account.uid.unwrap().as_str(), "abc123");
    let descriptor = account.descriptor.unwrap();
    assert_eq!(
        descriptor.billing_email.as_deref(),
        Some("billing@example.com")
    );
    assert_eq!(
        (descriptor.device_limit, descriptor.time_zone.as_deref()),
        (Some(2000), Some("Europe/Berlin"))
    );
    let counts = account.devices_status.unwrap();
    assert_eq!(
        (counts.number_of_devices, counts.number_of_on_demand_devices),
        (Some(10), Some(2))
    );
    assert_eq!(
        (
            counts.number_of_online_devices,
            counts.number_of_offline_devices
        ),
        (Some(7), Some(3))
    );
    assert_eq!(counts.number_of_managed_devices, Some(8));
}

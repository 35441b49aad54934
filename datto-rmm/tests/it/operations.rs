//! Every operation once: method, path, query, body, and what is made of the vendor's own JSON.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use client_core::{AttemptReport, Observer};
use datto_rmm::sites::SiteUid;
use datto_rmm::{Client, OPERATIONS};

use crate::support::{SITE, Wire};

mod account;
mod activity_logs;
mod alerts;
mod audits;
mod auth;
mod devices;
mod devices_v3;
mod dnet_site_mappings;
mod filters;
mod jobs;
mod patches;
mod settings;
mod sites;
mod system;
mod users;
mod variables;

/// Notes which operations were sent.
#[derive(Default)]
struct Ran(Mutex<BTreeSet<&'static str>>);

impl Observer for Ran {
    fn attempt(&self, report: &AttemptReport) {
        assert_eq!(report.error, None, "{report:?}");
        self.0.lock().unwrap().insert(report.operation.name());
    }
}

struct Case {
    wire: Wire,
    client: Client,
    site: SiteUid,
}

async fn case(ran: &Arc<Ran>) -> Case {
    let wire = Wire::start().await;
    let client = wire
        .builder()
        .observer(Arc::clone(ran) as _)
        .build()
        .unwrap();
    Case {
        wire,
        client,
        site: SiteUid::new(SITE),
    }
}

/// Fails if an operation was added without a case here.
#[tokio::test]
async fn every_operation_of_the_crate() {
    let ran = Arc::new(Ran::default());
    auth::log_in(&ran).await;
    account::account_get(&case(&ran).await).await;
    variables::account_variables(&case(&ran).await).await;
    variables::account_variable_writes(&case(&ran).await).await;
    devices::account_devices(&case(&ran).await).await;
    dnet_site_mappings::dnet_site_mappings(&case(&ran).await).await;
    sites::sites_list(&case(&ran).await).await;
    sites::sites_get(&case(&ran).await).await;
    sites::sites_create(&case(&ran).await).await;
    sites::sites_update(&case(&ran).await).await;
    devices::site_devices(&case(&ran).await).await;
    devices::site_interfaces(&case(&ran).await).await;
    devices::device_get(&case(&ran).await).await;
    devices::devices_by_id(&case(&ran).await).await;
    devices::devices_by_mac(&case(&ran).await).await;
    devices::device_move(&case(&ran).await).await;
    devices::device_set_udf(&case(&ran).await).await;
    devices::device_set_warranty(&case(&ran).await).await;
    devices_v3::account_devices(&case(&ran).await).await;
    devices_v3::site_devices(&case(&ran).await).await;
    devices_v3::device_get(&case(&ran).await).await;
    devices_v3::devices_by_id(&case(&ran).await).await;
    devices_v3::devices_by_mac(&case(&ran).await).await;
    devices_v3::device_set_udf(&case(&ran).await).await;
    filters::defaults(&case(&ran).await).await;
    filters::custom(&case(&ran).await).await;
    filters::of_site(&case(&ran).await).await;
    settings::get(&case(&ran).await).await;
    settings::set_proxy(&case(&ran).await).await;
    settings::delete_proxy(&case(&ran).await).await;
    users::list(&case(&ran).await).await;
    users::reset_api_keys(&case(&ran).await).await;
    variables::site_variables(&case(&ran).await).await;
    variables::site_variable_writes(&case(&ran).await).await;
    system::system(&case(&ran).await).await;
    alerts::listed(&case(&ran).await).await;
    alerts::one(&case(&ran).await).await;
    audits::of_devices(&case(&ran).await).await;
    audits::of_esxi_hosts(&case(&ran).await).await;
    audits::of_printers(&case(&ran).await).await;
    patches::of_devices(&case(&ran).await).await;
    patches::of_sites(&case(&ran).await).await;
    jobs::quick_job(&case(&ran).await).await;
    jobs::one(&case(&ran).await).await;
    jobs::results(&case(&ran).await).await;
    jobs::components(&case(&ran).await).await;
    activity_logs::listed(&case(&ran).await).await;
    let ran = ran.0.lock().unwrap().clone();
    let known: BTreeSet<_> = OPERATIONS
        .iter()
        .map(client_core::Operation::name)
        .collect();
    assert_eq!(ran, known);
}

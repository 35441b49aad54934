//! The account, its limits, its people, and what they can choose from.

use std::sync::Arc;

use datto_rmm::account::AccountUid;
use datto_rmm::client_core::ExposeSecret as _;
use datto_rmm::devices::ListDevices;
use datto_rmm::filters::FilterType;
use datto_rmm::users::ReplaceMyKeys;
use datto_rmm::{Client, ErrorKind};
use simulator::{FilterRule, FilterScope, SecurityLevel, SiteKind, World};

use super::{Seen, Stage, small};

pub(super) async fn account_and_system(seen: &Arc<Seen>) {
    let Stage { simulator, client } = Stage::set(World::demo(), seen).await;
    let account = client.account().get().await.expect("reads");
    let (uid, name, devices) = simulator.with_world(|world| {
        let live = world.sites.iter();
        let live = live.filter(|site| site.kind != SiteKind::DeletedDevices);
        let devices: usize = live.map(|site| site.devices.len()).sum();
        (
            world.account.uid.clone(),
            world.account.name.clone(),
            devices,
        )
    });
    assert_eq!(
        account.uid.as_ref().map(AccountUid::as_str),
        Some(uid.as_str())
    );
    assert_eq!(account.name, Some(name));
    let status = account.devices_status.expect("told");
    assert_eq!(status.number_of_devices, i64::try_from(devices).ok());
    let terms = account.descriptor.expect("told");
    assert_eq!(
        terms.billing_email.as_deref(),
        Some("billing@lighthouse.example"),
        "the vendor misspells it"
    );

    let system = client.system().status().await.expect("answers");
    assert!(
        system
            .version
            .is_some_and(|version| version.contains("Build"))
    );
    assert!(system.started.is_some_and(|at| at.timestamp().is_some()));
    let pages = client.system().pagination().await.expect("reads");
    assert_eq!(pages.max, Some(250));
    let rates = client.system().request_rate().await.expect("reads");
    assert_eq!(rates.account_uid.map(|uid| uid.to_string()), Some(uid));
    assert!(
        rates
            .operation_write_status
            .contains_key("device-job-create")
    );
    let calibration = client.calibrate().await.expect("reads");
    assert!(!calibration.single_bucket);
}

pub(super) async fn users_components_and_filters(seen: &Arc<Seen>) {
    let mut world = small();
    world.add_user("ada", SecurityLevel::ReadOnly);
    world.user_mut("ada").expect("added").disabled = true;
    let alder = world.sites.iter().find(|site| site.name == "Alder Dental");
    let alder = alder.expect("there").uid.clone();
    let custom = world
        .add_filter(
            "Nines",
            FilterScope::Custom,
            FilterRule::Hostname("-9".into()),
        )
        .expect("for the account");
    let of_site = world
        .add_filter(
            "Ones",
            FilterScope::Site(alder),
            FilterRule::Hostname("-1".into()),
        )
        .expect("for a site");
    let stage = Stage::set(world, seen).await;
    let Stage { simulator, client } = &stage;

    let users = client.users().list().collect_all().await.expect("reads");
    let told: Vec<_> = users
        .as_slice()
        .iter()
        .map(|user| (user.username.clone(), user.email.clone(), user.disabled))
        .collect();
    let held = simulator.with_world(|world| {
        let users = world.account.users.iter();
        let held = users.map(|user| {
            (
                Some(user.username.clone()),
                Some(user.email.clone()),
                Some(user.disabled),
            )
        });
        held.collect::<Vec<_>>()
    });
    assert_eq!(told, held);
    assert!(told.iter().any(|(_, _, disabled)| *disabled == Some(true)));

    let components = client
        .components()
        .list()
        .collect_all()
        .await
        .expect("reads");
    let told: Vec<_> = components
        .as_slice()
        .iter()
        .map(|component| (component.uid.to_string(), component.variables.len()))
        .collect();
    let held = simulator.with_world(|world| {
        let all = world.account.components.iter();
        let held = all.map(|component| (component.uid.clone(), component.variables.len()));
        held.collect::<Vec<_>>()
    });
    assert_eq!(told, held);

    let defaults = client
        .filters()
        .defaults()
        .collect_all()
        .await
        .expect("reads");
    let defaults = defaults.as_slice();
    assert!(!defaults.is_empty());
    assert!(
        defaults
            .iter()
            .all(|filter| filter.kind == Some(FilterType::RmmDefault))
    );
    let customs = client
        .filters()
        .custom()
        .collect_all()
        .await
        .expect("reads");
    let [nines] = customs.as_slice() else {
        panic!("{customs:?}")
    };
    assert_eq!(
        (nines.id.to_string(), nines.name.as_deref()),
        (custom.to_string(), Some("Nines"))
    );
    let chosen = ListDevices::default().filter(nines.id);
    let devices = client
        .account()
        .devices()
        .list(&chosen)
        .collect_all()
        .await
        .expect("reads");
    let names: Vec<_> = devices
        .as_slice()
        .iter()
        .map(|device| device.hostname.as_deref())
        .collect();
    assert_eq!(names, [Some("PC-9")]);
    let (alder, birch) = (stage.site("Alder Dental"), stage.site("Birch Motors"));
    let own = client
        .site(&alder)
        .filters()
        .collect_all()
        .await
        .expect("reads");
    let own: Vec<_> = own
        .as_slice()
        .iter()
        .map(|filter| filter.id.to_string())
        .collect();
    assert_eq!(own, [of_site.to_string()]);
    let none = client
        .site(&birch)
        .filters()
        .collect_all()
        .await
        .expect("reads");
    assert!(none.as_slice().is_empty());
}

pub(super) async fn keys_are_replaced_and_the_client_goes_on(seen: &Arc<Seen>) {
    let Stage { simulator, client } = Stage::set(small(), seen).await;
    let (key, secret) = (simulator.rmm_key(), simulator.rmm_secret());
    client.account().get().await.expect("the first pair works");
    let consent = ReplaceMyKeys::and_lock_out_everything_that_uses_them();
    let keys = client
        .user()
        .reset_api_keys(consent)
        .await
        .expect("replaces");
    let (new_key, new_secret) = keys.pair().expect("told once");
    assert_eq!(
        (new_key.expose_secret(), new_secret.expose_secret()),
        (
            simulator.rmm_key().as_str(),
            simulator.rmm_secret().as_str()
        )
    );
    assert_ne!(simulator.rmm_key(), key);
    client
        .account()
        .get()
        .await
        .expect("the client took the new pair");
    let late = Client::builder(
        simulator.rmm_url().parse().expect("an address"),
        key,
        secret,
    );
    let late = late.build().expect("builds");
    let error = late
        .account()
        .get()
        .await
        .expect_err("the old pair is gone");
    assert_eq!(error.kind(), ErrorKind::Credentials);
}

//! Sites, their settings, variables and networks.

use std::sync::Arc;

use datto_rmm::ErrorKind;
use datto_rmm::sites::{ListSites, NewSite, ProxySettings, ProxyType, SiteUid, SiteUpdate};
use datto_rmm::variables::{NewVariable, VariableUpdate, VariableValue};
use simulator::{SiteKind, World};

use super::{Seen, Stage, small};

fn kind(stage: &Stage, uid: &SiteUid) -> (String, SiteKind, Option<String>) {
    let sites = stage.simulator.sites();
    let site = sites.into_iter().find(|site| site.uid == uid.as_str());
    let site = site.expect("there");
    (site.name, site.kind, site.notes)
}

pub(super) async fn from_creation_to_on_demand(seen: &Arc<Seen>) {
    let stage = Stage::set(small(), seen).await;
    let client = &stage.client;
    let new = NewSite::managed("Café Zénith")
        .description("New")
        .notes("Ring twice");
    let made = client.sites().create(&new).await.expect("creates");
    assert_eq!(
        kind(&stage, &made.uid),
        (
            "Café Zénith".into(),
            SiteKind::Managed,
            Some("Ring twice".into())
        )
    );
    let list = ListSites::default().site_name("zénith");
    let listed = client
        .sites()
        .list(&list)
        .collect_all()
        .await
        .expect("reads");
    assert_eq!(listed.as_slice(), std::slice::from_ref(&made));
    assert_eq!(client.sites().get(&made.uid).await.expect("reads"), made);
    assert_eq!(client.site(&made.uid).get().await.expect("reads"), made);

    let update = SiteUpdate::of(&made).name("Zénith").turn_on_demand();
    let updated = client.sites().update(&update).await.expect("updates");
    assert_eq!(
        (updated.name.as_deref(), updated.on_demand),
        (Some("Zénith"), Some(true))
    );
    assert_eq!(
        kind(&stage, &made.uid),
        (
            "Zénith".into(),
            SiteKind::OnDemand,
            Some("Ring twice".into())
        ),
        "what was not changed was written as it was"
    );

    let settings = client.site(&made.uid).settings();
    assert_eq!(settings.get().await.expect("reads").proxy_settings, None);
    let proxy = ProxySettings::new(ProxyType::Socks5, "proxy.example", 1080)
        .credentials("agent", "EXAMPLE-PASSWORD".into());
    let set = settings.set_proxy(&proxy).await.expect("sets");
    let shown = set.proxy_settings.expect("it is there");
    assert_eq!(
        (
            shown.host.as_deref(),
            shown.port,
            &shown.kind,
            shown.username.as_deref()
        ),
        (
            Some("proxy.example"),
            Some(1080),
            &Some(ProxyType::Socks5),
            Some("agent")
        )
    );
    assert!(!format!("{shown:?}").contains("EXAMPLE-PASSWORD"));
    let held = stage
        .simulator
        .sites()
        .into_iter()
        .find(|site| site.uid == made.uid.as_str());
    let held = held.and_then(|site| site.proxy).expect("it is there");
    assert_eq!(held.password.as_deref(), Some("EXAMPLE-PASSWORD"));
    let general = settings
        .get()
        .await
        .expect("reads")
        .general_settings
        .expect("told");
    assert_eq!(
        (general.uid, general.on_demand),
        (Some(made.uid.clone()), Some(true))
    );
    settings.delete_proxy().await.expect("deletes");
    settings
        .delete_proxy()
        .await
        .expect("there is none, which is as well");
    assert_eq!(settings.get().await.expect("reads").proxy_settings, None);

    let unknown = SiteUid::from("00000000-0000-4000-8000-000000000000");
    let error = client.sites().get(&unknown).await.expect_err("unknown");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub(super) async fn variables_of_both_scopes(seen: &Arc<Seen>) {
    let stage = Stage::set(small(), seen).await;
    let (simulator, client) = (&stage.simulator, &stage.client);
    let site = stage.site("Alder Dental");
    let held = || simulator.variables_of(site.as_str()).expect("there");
    let value = VariableValue::new;

    let own = client.site(&site);
    let own = own.variables();
    own.create(&NewVariable::new("Tier", value("gold")))
        .await
        .expect("creates");
    own.create(&NewVariable::new("Key", value("EXAMPLE-KEY")).masked())
        .await
        .expect("creates");
    let error = own.create(&NewVariable::new("Tier", value("tin"))).await;
    assert!(error.is_err(), "the name is taken");
    let listed = own.list().collect_all().await.expect("reads").into_inner();
    assert_eq!(listed.len(), 2);
    let tier = own.find("Tier").await.expect("reads").expect("there");
    assert_eq!(tier.value, Some(value("gold")));
    let key = own.find("Key").await.expect("reads").expect("there");
    assert_eq!(
        (key.is_masked(), key.value),
        (true, None),
        "a placeholder is no value"
    );
    own.update(tier.id, &VariableUpdate::new("Grade", value("silver")))
        .await
        .expect("updates");
    let grade: Vec<_> = held()
        .into_iter()
        .map(|known| (known.name, known.value))
        .collect();
    assert!(
        grade.contains(&("Grade".into(), "silver".into())),
        "{}",
        grade.len()
    );
    own.delete(tier.id).await.expect("deletes");
    assert_eq!(own.find("Grade").await.expect("reads"), None);
    assert_eq!(held().len(), 1);

    let account = client.account();
    let all = account.variables();
    all.create(&NewVariable::new("Tier", value("tin")))
        .await
        .expect("creates");
    let tier = all.find("Tier").await.expect("reads").expect("there");
    all.update(tier.id, &VariableUpdate::new("Tier", value("copper")))
        .await
        .expect("updates");
    let copper = all.list().collect_all().await.expect("reads").into_inner();
    assert_eq!(copper[0].value, Some(value("copper")));
    assert_eq!(
        own.find("Tier").await.expect("reads"),
        None,
        "a site lists its own only"
    );
    all.delete(tier.id).await.expect("deletes");
    let left = simulator.with_world(|world| world.account.variables.len());
    assert_eq!(left, 0);
    let error = all.delete(tier.id).await.expect_err("it is gone");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub(super) async fn networks(seen: &Arc<Seen>) {
    let Stage { simulator, client } = Stage::set(World::demo(), seen).await;
    let mappings = client
        .account()
        .dnet_site_mappings()
        .collect_all()
        .await
        .expect("reads");
    let told: Vec<_> = mappings
        .into_inner()
        .into_iter()
        .map(|mapping| (mapping.uid.to_string(), mapping.network_ids))
        .collect();
    let held: Vec<_> = simulator
        .sites()
        .into_iter()
        .filter(|site| site.kind != SiteKind::DeletedDevices)
        .map(|site| (site.uid, site.network_ids))
        .collect();
    assert_eq!(told, held, "absent, null and empty are all none");
    assert!(told.iter().any(|(_, networks)| networks.len() > 1));
}

//! Every operation once: method, path, query, body, and what is made of the vendor's own JSON.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use client_core::{AttemptReport, Observer};
use datto_rmm::devices::{
    AntivirusStatus, DeviceClass, FilterId, ListDevices, ListSiteDevices, PatchStatus,
};
use datto_rmm::sites::{ListSites, NewSite, SiteUid, SiteUpdate};
use datto_rmm::variables::{NewVariable, VariableId, VariableUpdate, VariableValue};
use datto_rmm::{Client, OPERATIONS, WireTime};
use wiremock::matchers::{header, headers};
use wiremock::{Mock, ResponseTemplate};

use crate::support::{Exactly, KEY, SECRET, SITE, Wire, assert_no_secret, json, line, token};

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
    log_in(&ran).await;
    account_get(&case(&ran).await).await;
    account_variables(&case(&ran).await).await;
    account_devices(&case(&ran).await).await;
    dnet_site_mappings(&case(&ran).await).await;
    sites_list(&case(&ran).await).await;
    sites_get(&case(&ran).await).await;
    sites_create(&case(&ran).await).await;
    sites_update(&case(&ran).await).await;
    site_devices(&case(&ran).await).await;
    site_interfaces(&case(&ran).await).await;
    site_variables(&case(&ran).await).await;
    site_variable_writes(&case(&ran).await).await;
    system(&case(&ran).await).await;
    let ran = ran.0.lock().unwrap().clone();
    let known: BTreeSet<_> = OPERATIONS
        .iter()
        .map(client_core::Operation::name)
        .collect();
    assert_eq!(ran, known);
}

async fn log_in(ran: &Arc<Ran>) {
    let wire = Wire::bare().await;
    // "public-client:public" in Base64.
    Mock::given(line("POST", "/auth/oauth/token"))
        .and(header(
            "authorization",
            "Basic cHVibGljLWNsaWVudDpwdWJsaWM=",
        ))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(Exactly(
            "grant_type=password&username=EXAMPLE-KEY&password=a%2Fb%26c%2Bd",
        ))
        .respond_with(token("CANARY-TOKEN"))
        .expect(1)
        .mount(&wire.server)
        .await;
    Mock::given(line("GET", "/api/v2/account"))
        .and(header("authorization", "Bearer CANARY-TOKEN"))
        .respond_with(json(200, "{}"))
        .expect(1)
        .mount(&wire.server)
        .await;
    let address = wire.server.uri().parse().unwrap();
    // The end of line that files have is no part of them.
    let builder = Client::builder(address, " EXAMPLE-KEY\n", "a/b&c+d\r\n").no_proxy();
    let client = builder.observer(Arc::clone(ran) as _).build().unwrap();
    let account = client.account().get().await.unwrap();
    assert_eq!(
        (account.uid, account.name),
        (None, None),
        "every field may be absent"
    );
}

async fn account_get(case: &Case) {
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

async fn account_variables(case: &Case) {
    let body = r#"{"pageDetails":{"count":2,"totalCount":2,"prevPageUrl":null,"nextPageUrl":null},"variables":[
        {"id":2,"name":"Tier","value":"gold","masked":false},{"id":1,"name":"Key","value":"********","masked":true}]}"#;
    case.wire
        .answer(
            line("GET", "/api/v2/account/variables?max=250&page=0"),
            2,
            json(200, body),
        )
        .await;
    let variables = case.client.account().variables();
    let all = variables.list().collect_all().await.unwrap();
    assert_eq!(
        all.as_slice()[0].value.as_ref().map(VariableValue::expose),
        Some("gold")
    );
    assert_eq!(
        (
            all.as_slice()[1].value.clone(),
            all.as_slice()[1].is_masked()
        ),
        (None, true)
    );
    assert_eq!(
        variables.find("Key").await.unwrap().unwrap().id,
        VariableId::new(1)
    );
}

const DEVICE: &str = r#"{"id":17,"uid":"d-1","siteId":3,"siteUid":"00000000-0000-4000-8000-000000000001","siteName":"Acme",
    "deviceType":{"category":"Laptop","type":"Notebook"},"hostname":"NB-1","intIpAddress":"10.0.0.5",
    "operatingSystem":"Microsoft Windows 11 Pro","lastLoggedInUser":"ACME\\ada","domain":"acme.example","cagVersion":"4.4.2450.2450",
    "displayVersion":"2450","extIpAddress":"198.51.100.7","description":"Front desk","a64Bit":null,"rebootRequired":false,
    "online":true,"suspended":false,"deleted":false,"lastSeen":1767225600000,"lastReboot":-62135596800000,
    "lastAuditDate":"2026-01-01T00:00:00Z","creationDate":1767225600,"udf":{"udf1":"CANARY-UDF","udf2":null},"snmpEnabled":false,
    "deviceClass":"device","portalUrl":"https://merlot.centrastage.net/csm/device/17","warrantyDate":"2027-06-30",
    "antivirus":{"antivirusProduct":"Example AV","antivirusStatus":"RunningAndUpToDate"},
    "patchManagement":{"patchStatus":"FullyPatched","patchesApprovedPending":0,"patchesNotApproved":2,"patchesInstalled":40},
    "softwareStatus":null,"webRemoteUrl":"https://merlot.centrastage.net/csm/remote/17","networkProbe":false,
    "onboardedViaNetworkMonitor":false,"anotherField":{}}"#;

fn devices_page(rows: &str, count: usize) -> ResponseTemplate {
    json(
        200,
        format!(
            r#"{{"pageDetails":{{"count":{count},"totalCount":{count},"nextPageUrl":""}},"devices":[{rows}]}}"#
        ),
    )
}

async fn account_devices(case: &Case) {
    let target = "/api/v2/account/devices?hostname=NB&deviceType=Laptop&operatingSystem=Windows%2011&siteName=Acme&max=250&page=0";
    let odd = r#"{"uid":"d-2","deviceClass":"toaster","antivirus":null,"patchManagement":{"patchStatus":"Sleeping"},"udf":null}"#;
    case.wire
        .answer(
            line("GET", target),
            1,
            devices_page(&format!("{DEVICE},{odd}"), 2),
        )
        .await;
    let filter = ListDevices::default()
        .hostname("NB")
        .device_type("Laptop")
        .operating_system("Windows 11")
        .site_name("Acme");
    let devices = case
        .client
        .account()
        .devices()
        .list(&filter)
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    assert_no_secret(&format!("{devices:?}"));
    let device = &devices[0];
    assert_eq!(
        (device.id, device.uid.as_str(), device.site_id),
        (Some(17), "d-1", Some(3))
    );
    assert_eq!(device.site_uid, Some(SiteUid::new(SITE)));
    assert_eq!(
        device.device_type.as_ref().unwrap().kind.as_deref(),
        Some("Notebook")
    );
    assert_eq!(
        (device.hostname.as_deref(), device.a64_bit),
        (Some("NB-1"), None)
    );
    assert_eq!(
        device
            .last_seen
            .as_ref()
            .and_then(WireTime::timestamp)
            .unwrap()
            .as_second(),
        1_767_225_600
    );
    assert_eq!(device.last_reboot, None, "year 1 means never");
    assert_eq!(device.last_audit_date, device.creation_date);
    assert_eq!(
        (device.udf.get(1), device.udf.len()),
        (Some("CANARY-UDF"), 1)
    );
    assert_eq!(device.device_class, Some(DeviceClass::Device));
    assert_eq!(
        device.antivirus.as_ref().unwrap().antivirus_status,
        Some(AntivirusStatus::RunningAndUpToDate)
    );
    assert_eq!(
        device.patch_management.as_ref().unwrap().patch_status,
        Some(PatchStatus::FullyPatched)
    );
    assert_eq!(
        (
            device.warranty_date.as_deref(),
            device.onboarded_via_network_monitor
        ),
        (Some("2027-06-30"), Some(false))
    );
    assert_eq!(
        devices[1].device_class.as_ref().unwrap().as_str(),
        "toaster"
    );

    let by_filter = line("GET", "/api/v2/account/devices?filterId=7&max=250&page=0");
    case.wire.answer(by_filter, 1, devices_page("", 0)).await;
    let none = case
        .client
        .account()
        .devices()
        .list(&ListDevices::default().filter(FilterId::new(7)));
    assert!(none.collect_all().await.unwrap().as_slice().is_empty());
}

async fn dnet_site_mappings(case: &Case) {
    let body = r#"{"pageDetails":{"count":4,"totalCount":4,"prevPageUrl":null,"nextPageUrl":null},"dnetSiteMappings":[
        {"id":3,"uid":"s-1","accountUid":"abc123","name":"Acme","description":null,"dattoNetworkingNetworkIds":[900,901],
        "portalUrl":"https://merlot.centrastage.net/csm/site/3"},{"id":4,"uid":"s-2","dattoNetworkingNetworkIds":null},
        {"id":5,"uid":"s-3","dattoNetworkingNetworkIds":[]},{"id":6,"uid":"s-4"}]}"#;
    case.wire
        .answer(
            line("GET", "/api/v2/account/dnet-site-mappings?max=250&page=0"),
            1,
            json(200, body),
        )
        .await;
    let mappings = case
        .client
        .account()
        .dnet_site_mappings()
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(mappings[0].network_ids, [900, 901]);
    assert!(
        mappings[1..]
            .iter()
            .all(|mapping| mapping.network_ids.is_empty())
    );
}

const SITE_JSON: &str = r#"{"id":3,"uid":"00000000-0000-4000-8000-000000000001","accountUid":"abc123","name":"Acme","description":"Main",
    "notes":null,"onDemand":false,"splashtopAutoInstall":null,"proxySettings":{"host":"proxy.example.com","password":"CANARY-PROXY",
    "port":8080,"type":"socks5","username":"user"},"devicesStatus":{"numberOfDevices":3,"numberOfOnlineDevices":2,
    "numberOfOfflineDevices":1},"autotaskCompanyName":"Acme Ltd","autotaskCompanyId":"29683",
    "portalUrl":"https://merlot.centrastage.net/csm/site/3","newField":true}"#;

async fn sites_list(case: &Case) {
    let nulls = r#"{"id":null,"uid":"deleted-1","accountUid":null,"name":"Deleted Devices","description":null,"notes":null,
        "onDemand":null,"splashtopAutoInstall":null,"proxySettings":null,"devicesStatus":null,"autotaskCompanyName":null,
        "autotaskCompanyId":null,"portalUrl":null}"#;
    let body = format!(
        r#"{{"pageDetails":{{"count":2,"totalCount":2,"nextPageUrl":null}},"sites":[{SITE_JSON},{nulls}]}}"#
    );
    case.wire
        .answer(
            line("GET", "/api/v2/account/sites?siteName=A%26B&max=250&page=0"),
            1,
            json(200, body),
        )
        .await;
    let filter = ListSites::default().site_name("A&B");
    let sites = case
        .client
        .sites()
        .list(&filter)
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    assert_no_secret(&format!("{sites:?}"));
    assert_eq!((sites[0].is_pseudo(), sites[1].is_pseudo()), (false, true));
    assert_eq!(sites[0].autotask_company_id.as_deref(), Some("29683"));
    assert_eq!(
        sites[0]
            .devices_status
            .as_ref()
            .unwrap()
            .number_of_online_devices,
        Some(2)
    );
}

async fn sites_get(case: &Case) {
    // An id is text: whatever it holds, it stays one segment.
    let uid = SiteUid::new("a/../b%2f?c#d e");
    let target = "/api/v2/site/a%2F..%2Fb%252f%3Fc%23d%20e";
    case.wire
        .answer(line("GET", target), 2, json(200, SITE_JSON))
        .await;
    let site = case.client.sites().get(&uid).await.unwrap();
    assert_eq!(site, case.client.site(&uid).get().await.unwrap());
    assert_eq!(
        (site.name.as_deref(), site.notes, site.on_demand),
        (Some("Acme"), None, Some(false))
    );
}

async fn sites_create(case: &Case) {
    let body = r#"{"name":"Müller & Söhne","description":"New","onDemand":false}"#;
    Mock::given(line("PUT", "/api/v2/site"))
        .and(Exactly(body))
        .and(header("content-type", "application/json"))
        .respond_with(json(200, SITE_JSON))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let site = case
        .client
        .sites()
        .create(&NewSite::managed("Müller & Söhne").description("New"))
        .await
        .unwrap();
    assert_eq!(site.uid.as_str(), SITE);
}

async fn sites_update(case: &Case) {
    let body = r#"{"name":"Acme","description":"Main","notes":"Moved","onDemand":false,"splashtopAutoInstall":null}"#;
    Mock::given(line("POST", format!("/api/v2/site/{SITE}")))
        .and(Exactly(body))
        .respond_with(json(200, SITE_JSON))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let site = serde_json::from_str(SITE_JSON).unwrap();
    case.client
        .sites()
        .update(&SiteUpdate::of(&site).notes("Moved"))
        .await
        .unwrap();
}

async fn site_devices(case: &Case) {
    let target = format!("/api/v2/site/{SITE}/devices?filterId=7&max=250&page=0");
    case.wire
        .answer(line("GET", target), 1, devices_page(DEVICE, 1))
        .await;
    let filter = ListSiteDevices::default().filter(FilterId::new(7));
    let devices = case
        .client
        .site(&case.site)
        .devices()
        .list(&filter)
        .collect_all()
        .await
        .unwrap();
    assert_eq!(devices.as_slice()[0].hostname.as_deref(), Some("NB-1"));
}

async fn site_interfaces(case: &Case) {
    let rows = r#"{"id":17,"uid":"d-1","siteId":3,"siteUid":"s-1","siteName":"Acme","deviceType":{"category":"Laptop","type":null},
        "hostname":"NB-1","intIpAddress":"10.0.0.5","extIpAddress":"198.51.100.7","nics":[
        {"instance":"Ethernet","ipv4":"10.0.0.5","ipv6":"fe80::1","macAddress":"00:11:22:AA:BB:CC","type":"6"},
        {"instance":null,"ipv4":null,"ipv6":null,"macAddress":null,"type":null}]},{"uid":"d-2","nics":null}"#;
    let target = format!("/api/v2/site/{SITE}/devices/network-interface?max=250&page=0");
    case.wire
        .answer(line("GET", target), 1, devices_page(rows, 2))
        .await;
    let devices = case
        .client
        .site(&case.site)
        .devices()
        .network_interfaces()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(
        devices.as_slice()[0].nics[0].mac_address.as_deref(),
        Some("00:11:22:AA:BB:CC")
    );
    assert!(devices.as_slice()[1].nics.is_empty());
}

async fn site_variables(case: &Case) {
    let body = r#"{"pageDetails":{"count":1,"totalCount":1},"variables":[{"id":9,"name":"Tier","value":null,"masked":null}]}"#;
    let target = format!("/api/v2/site/{SITE}/variables?max=250&page=0");
    case.wire
        .answer(line("GET", target), 3, json(200, body))
        .await;
    let variables = case.client.site(&case.site).variables();
    assert_eq!(
        variables.list().collect_all().await.unwrap().as_slice()[0].value,
        None
    );
    assert_eq!(
        variables.find("Tier").await.unwrap().unwrap().id,
        VariableId::new(9)
    );
    assert_eq!(
        variables.find("tier").await.unwrap(),
        None,
        "names are compared exactly"
    );
}

async fn site_variable_writes(case: &Case) {
    let empty = || ResponseTemplate::new(200);
    Mock::given(line("PUT", format!("/api/v2/site/{SITE}/variable")))
        .and(Exactly(r#"{"name":"Tier","value":"gold","masked":false}"#))
        .and(headers("accept", vec!["application/json"]))
        .respond_with(empty())
        .expect(1)
        .mount(&case.wire.server)
        .await;
    Mock::given(line("POST", format!("/api/v2/site/{SITE}/variable/9")))
        .and(Exactly(r#"{"name":"Tier","value":"silver"}"#))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    case.wire
        .answer(
            line("DELETE", format!("/api/v2/site/{SITE}/variable/9")),
            1,
            empty(),
        )
        .await;
    let variables = case.client.site(&case.site).variables();
    variables
        .create(&NewVariable::new("Tier", VariableValue::new("gold")))
        .await
        .unwrap();
    let update = VariableUpdate::new("Tier", VariableValue::new("silver"));
    variables.update(VariableId::new(9), &update).await.unwrap();
    variables.delete(VariableId::new(9)).await.unwrap();
}

async fn system(case: &Case) {
    let status = r#"{"version":"2.0.0 Build 235","status":"OK","started":1767225600000}"#;
    case.wire
        .answer(line("GET", "/api/v2/system/status"), 1, json(200, status))
        .await;
    let status = case.client.system().status().await.unwrap();
    assert_eq!(status.version.as_deref(), Some("2.0.0 Build 235"));
    assert_eq!(case.wire.logins().await, 0, "the one call without a token");
    let requests = case.wire.server.received_requests().await.unwrap();
    assert!(!requests[0].headers.contains_key("authorization"));

    case.wire
        .answer(
            line("GET", "/api/v2/system/pagination"),
            1,
            json(200, r#"{"max":250}"#),
        )
        .await;
    assert_eq!(
        case.client.system().pagination().await.unwrap().max,
        Some(250)
    );

    let rate = r#"{"slidingTimeWindowSizeSeconds":60,"accountUid":"abc123","accountCount":12,"accountRateLimit":600,
        "accountCutOffRatio":0.9,"accountWriteRateLimit":600,"accountWriteCount":3,
        "operationWriteStatus":{"site-create":{"limit":100,"count":1},"device-udf-set":{"limit":600,"count":0}}}"#;
    case.wire
        .answer(
            line("GET", "/api/v2/system/request_rate"),
            2,
            json(200, rate),
        )
        .await;
    let read = case.client.system().request_rate().await.unwrap();
    assert_eq!(
        (
            read.account_count,
            read.operation_write_status["site-create"].limit
        ),
        (Some(12), Some(100))
    );
    let found = case.client.calibrate().await.unwrap();
    assert!(!found.single_bucket);
    let usage = case.client.limits().usage();
    let used = |bucket: &str| {
        usage
            .iter()
            .find(|usage| usage.bucket == bucket)
            .map(|usage| usage.used)
    };
    assert_eq!(
        (used("read"), used("write"), used("site-create")),
        (Some(12), Some(3), Some(1))
    );
}

/// N23: the credentials of the support module are used by nobody but the log-in.
#[tokio::test]
async fn credentials_go_to_the_log_in_only() {
    let wire = Wire::start().await;
    wire.answer(line("GET", "/api/v2/account"), 1, json(200, "{}"))
        .await;
    wire.client().account().get().await.unwrap();
    let requests = wire.server.received_requests().await.unwrap();
    let login = String::from_utf8_lossy(&requests[0].body).into_owned();
    assert!(login.contains(KEY) && login.contains(SECRET));
    assert!(requests[1].body.is_empty() && !format!("{:?}", requests[1].headers).contains(SECRET));
}

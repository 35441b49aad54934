//! The handle: what it changes shows on the wire, and what was asked is counted.

use std::io::{self, Read};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use msp_simulator::{LINK_VARIABLE, Phase, Settings, Simulator, Vendor, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Rmm, demo, failure, networking, result, rpc};

#[tokio::test]
async fn sites_come_and_go_behind_the_clients_back() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let clinic = simulator.site_uid("Harbour Clinic").unwrap();
    let path = format!("/api/v2/site/{clinic}");
    simulator
        .rename_site(&clinic, "Harbour Clinic East")
        .unwrap();
    simulator.set_on_demand(&clinic, true).unwrap();
    let site = rmm.get(&path).await.json();
    assert_eq!(
        (&site["name"], &site["onDemand"]),
        (&json!("Harbour Clinic East"), &json!(true))
    );
    simulator.delete_site(&clinic).unwrap();
    assert_eq!(rmm.get(&path).await.status, 404);
    let error = simulator.delete_site(&clinic).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("no site `{clinic}` in the simulated world")
    );
    assert_eq!(simulator.writes(), 0, "control is not a request");
}

#[tokio::test]
async fn variables_are_changed_masked_and_removed() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let site = simulator.site_uid("Harbour Clinic").unwrap();
    let read = async || {
        rmm.get(&format!("/api/v2/site/{site}/variables"))
            .await
            .json()["variables"]
            .clone()
    };
    simulator.set_variable(&site, LINK_VARIABLE, "one").unwrap();
    simulator.set_variable(&site, LINK_VARIABLE, "two").unwrap();
    assert_eq!(
        (
            read().await.as_array().unwrap().len(),
            &read().await[0]["value"]
        ),
        (1, &json!("two"))
    );
    simulator.set_masked(&site, LINK_VARIABLE, true).unwrap();
    assert_eq!(read().await[0]["value"], "********");
    simulator.remove_variable(&site, LINK_VARIABLE).unwrap();
    assert_eq!(read().await, json!([]));
    assert!(simulator.remove_variable(&site, LINK_VARIABLE).is_err());
}

#[tokio::test]
async fn evidence_of_an_association_is_a_package_and_a_variable() {
    let simulator = demo();
    let (site, company) = (
        simulator.site_uid("Harbour Clinic").unwrap(),
        simulator.company_id("Harbour Clinic").unwrap(),
    );
    let package = simulator.add_association_evidence(&site, &company).unwrap();
    let links = result(
        &simulator,
        "packages.getInstallationLinks",
        json!({"companyId": company}),
    )
    .await;
    let variables = simulator.variables_of(&site).unwrap();
    assert_eq!(links[0]["installLinkWindows"], variables[0].value);
    assert_eq!(simulator.packages_of(&company).unwrap()[0].id, package);
    simulator.remove_association_evidence(&site).unwrap();
    assert!(
        simulator.variables_of(&site).unwrap().is_empty()
            && simulator.packages_of(&company).unwrap().is_empty()
    );
    simulator.remove_association_evidence(&site).unwrap();
}

#[tokio::test]
async fn a_company_moves_inside_the_tree_and_out_of_it() {
    let simulator = demo();
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let north = simulator.company_id("Lighthouse North").unwrap();
    let details = async || {
        rpc(
            &simulator,
            "companies.getCompanyDetails",
            json!({"companyId": clinic}),
        )
        .await
        .json()
    };
    simulator.move_company(&clinic, &north).unwrap();
    assert_eq!(details().await["result"]["parentCompanyId"], json!(north));
    simulator.move_company_out(&clinic).unwrap();
    assert_eq!(details().await["error"]["code"], -32_602);
    let create = json!({"type": 1, "name": "Harbour Clinic"});
    assert_eq!(
        failure(&simulator, "companies.createCompany", create)
            .await
            .0,
        -32_602,
        "its name stays taken"
    );
    simulator
        .move_company(&clinic, &simulator.root_company())
        .unwrap();
    assert_eq!(details().await["result"]["name"], "Harbour Clinic");
    assert!(
        simulator.move_company(&north, &clinic).is_err(),
        "a customer holds no companies"
    );
    simulator.delete_company(&clinic).unwrap();
    assert_eq!(details().await["error"]["code"], -32_602);
    assert!(
        result(
            &simulator,
            "companies.createCompany",
            json!({"type": 1, "name": "Harbour Clinic"})
        )
        .await
        .is_string()
    );
}

#[tokio::test]
async fn a_narrowed_key_sees_a_branch_and_the_way_to_it() {
    let simulator = demo();
    let (north, school) = (
        simulator.company_id("Lighthouse North").unwrap(),
        simulator.company_id("Orchard Primary School").unwrap(),
    );
    simulator.restrict_gravityzone_key(Some(&school)).unwrap();
    let list = result(&simulator, "network.getCompaniesList", json!({})).await;
    assert_eq!(list, json!([{"id": north, "name": "Lighthouse North"}]));
    let list = result(
        &simulator,
        "network.getCompaniesList",
        json!({"parentId": north}),
    )
    .await;
    assert_eq!(list[0]["id"], json!(school));
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    assert_eq!(
        failure(
            &simulator,
            "companies.getCompanyDetails",
            json!({"companyId": clinic})
        )
        .await
        .0,
        -32_602
    );
    let own = result(&simulator, "companies.getCompanyDetails", json!({})).await;
    assert_eq!(own["id"], json!(simulator.root_company()));

    simulator.rehome_gravityzone_key(&north).unwrap();
    assert_eq!(
        result(&simulator, "companies.getCompanyDetails", json!({})).await["id"],
        json!(north)
    );
    simulator.restore_keys();
    assert_eq!(
        result(&simulator, "network.getCompaniesList", json!({}))
            .await
            .as_array()
            .unwrap()
            .len(),
        6
    );
}

#[tokio::test]
async fn a_company_that_manages_itself_shows_but_not_inside() {
    let simulator = demo();
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    simulator.set_managed_by_above(&clinic, false).unwrap();
    let details = result(
        &simulator,
        "companies.getCompanyDetails",
        json!({"companyId": clinic}),
    )
    .await;
    assert_eq!(details["canBeManagedByAbove"], false);
    let endpoints = result(
        &simulator,
        "network.getEndpointsList",
        json!({"parentId": clinic}),
    )
    .await;
    assert_eq!(endpoints["items"], json!([]));
    assert!(simulator.with_world(|world| !world.companies[&clinic].endpoints.is_empty()));
}

#[tokio::test]
async fn packages_and_subscriptions_change() {
    let simulator = demo();
    let (site, company) = (
        simulator.site_uid("Harbour Clinic").unwrap(),
        simulator.company_id("Harbour Clinic").unwrap(),
    );
    let package = simulator.add_association_evidence(&site, &company).unwrap();
    simulator.rename_package(&package, "Renamed").unwrap();
    simulator.set_module(&package, "firewall", true).unwrap();
    let details = result(
        &simulator,
        "packages.getPackageDetails",
        json!({"packageId": package}),
    )
    .await;
    assert_eq!(
        (&details["packageName"], &details["modules"]["firewall"]),
        (&json!("Renamed"), &json!(1))
    );
    simulator
        .set_subscription(&company, msp_simulator::Subscription::trial())
        .unwrap();
    let license = result(
        &simulator,
        "licensing.getLicenseInfo",
        json!({"companyId": company}),
    )
    .await;
    assert_eq!(license["subscriptionType"], 1);
    simulator.set_suspended(&company, true).unwrap();
    let details = result(
        &simulator,
        "companies.getCompanyDetails",
        json!({"companyId": company}),
    )
    .await;
    assert_eq!(details["isSuspended"], true);
    simulator.delete_package(&package).unwrap();
    assert!(simulator.delete_package(&package).is_err());
}

#[tokio::test]
async fn requests_are_recorded_and_writes_counted_even_when_refused() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    simulator.reset_counts();
    rmm.get("/api/v2/account/sites?max=3").await;
    rmm.send(Method::PUT, "/api/v2/site", "{}").await;
    failure(&simulator, "companies.createCompany", json!({})).await;
    failure(&simulator, "companies.noSuchMethod", json!({})).await;
    networking(&simulator, "/network/list", "n1").await;
    let records = simulator.requests();
    let told: Vec<_> = records
        .iter()
        .map(|record| {
            (
                record.info.vendor,
                record.info.operation.as_str(),
                record.info.is_write,
                record.status.unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (Vendor::Rmm, "rmm GET /api/v2/account/sites", false, 200),
            (Vendor::Rmm, "rmm PUT /api/v2/site", true, 400),
            (
                Vendor::GravityZone,
                "gravityzone companies.createCompany",
                true,
                200
            ),
            (
                Vendor::GravityZone,
                "gravityzone companies.noSuchMethod",
                false,
                200
            ),
            (
                Vendor::Networking,
                "networking GET /network/list",
                false,
                200
            ),
        ]
    );
    assert_eq!(records[0].info.target, "/api/v2/account/sites?max=3");
    assert!(
        records
            .windows(2)
            .all(|pair| pair[0].info.sequence < pair[1].info.sequence)
    );
    assert_eq!((simulator.writes(), simulator.reads()), (2, 3));
    simulator.reset_counts();
    assert_eq!((simulator.writes(), simulator.requests().len()), (0, 0));
}

#[tokio::test]
async fn hooks_run_before_the_world_is_touched_and_before_the_answer_is_sent() {
    let simulator = demo();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (log, handle) = (Arc::clone(&seen), simulator.downgrade());
    simulator.on_request(move |info, phase| {
        let simulator = handle.upgrade().unwrap();
        let exists = simulator.company_id("Copper Kettle").is_ok();
        log.lock()
            .unwrap()
            .push((info.operation.clone(), phase, exists));
    });
    result(
        &simulator,
        "companies.createCompany",
        json!({"type": 1, "name": "Copper Kettle"}),
    )
    .await;
    let operation = "gravityzone companies.createCompany".to_owned();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (operation.clone(), Phase::Before, false),
            (operation, Phase::After, true)
        ]
    );
    simulator.clear_hooks();
    result(&simulator, "companies.getCompanyDetails", json!({})).await;
    assert_eq!(seen.lock().unwrap().len(), 2);
}

/// An idle connection to the RMM. Whether it is open is asked of it, not of the port, which another
/// test may get.
fn connection(simulator: &Simulator) -> TcpStream {
    let stream = TcpStream::connect(simulator.rmm_url().trim_start_matches("http://")).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    stream
}

/// Whether the other end closes within a few seconds.
fn closes(mut stream: TcpStream) -> bool {
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    !stream
        .read(&mut [0])
        .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

#[test]
fn the_servers_stop_with_the_last_handle_or_on_demand() {
    let simulator = Simulator::start_blocking(World::new(1), Settings::default()).unwrap();
    let (clone, weak) = (simulator.clone(), simulator.downgrade());
    let mut stream = connection(&simulator);
    drop(simulator);
    let error = stream.read(&mut [0]).unwrap_err();
    assert_eq!(
        error.kind(),
        io::ErrorKind::WouldBlock,
        "a clone keeps them running"
    );
    clone.shutdown();
    assert!(closes(stream));
    assert_eq!(clone.writes(), 0);
    drop(clone);
    assert!(weak.upgrade().is_none());

    let simulator = Simulator::start_blocking(World::new(1), Settings::default()).unwrap();
    let stream = connection(&simulator);
    drop(simulator);
    assert!(closes(stream));
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let simulator = demo();
    let port = simulator
        .rmm_url()
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    let mut settings = Settings::default();
    settings.ports.gravityzone = port;
    let error = Simulator::start(World::new(1), settings).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert_eq!(simulator.control_url(), None::<String>);
    assert_eq!(simulator.count("nothing"), 0);
    assert!(simulator.with_world(|world| serde_json::to_value(world).unwrap() != Value::Null));
}

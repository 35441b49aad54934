//! GravityZone: packages and their links.

use std::collections::BTreeSet;
use std::time::Duration;

use msp_simulator::{PackageSpec, Settings, Simulator, UnlicensedModules, World};
use serde_json::{Value, json};

use crate::support::{demo, failure, result, start};

async fn create(simulator: &Simulator, company: &str, name: &str, modules: Value) -> String {
    let params = json!({"packageName": name, "companyId": company, "modules": modules, "roles": {"exchange": 1},
        "settings": {"removeCompetitors": 1, "uninstallPassword": "Abcdef1!"}});
    let result = result(simulator, "packages.createPackage", params).await;
    assert_eq!(
        (result.as_array().unwrap().len(), &result[0]["success"]),
        (1, &json!(true)),
        "a list of one object"
    );
    result[0]["records"][0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_package_reads_back_without_ids_and_with_derived_modules() {
    let simulator = demo();
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let modules =
        json!({"contentControl": 1, "advancedThreatControl": true, "firewall": 0, "edrSensor": 1});
    let id = create(&simulator, &clinic, "rmm-1", modules).await;
    let details = result(
        &simulator,
        "packages.getPackageDetails",
        json!({"packageId": id}),
    )
    .await;
    assert_eq!((details.get("id"), details.get("companyId")), (None, None));
    assert_eq!(details["packageName"], "rmm-1");
    for (module, value) in [
        ("antimalware", 1),
        ("contentControl", 1),
        ("userControl", 1),
        ("antiphishing", 1),
        ("trafficScan", 1),
        ("advancedThreatControl", 1),
        ("atc", 1),
        ("edrSensor", 1),
        ("firewall", 0),
        ("patchManagement", 0),
    ] {
        assert_eq!(details["modules"][module], value, "{module}");
    }
    assert_eq!(details["roles"], json!({"relay": 0, "exchange": 1}));
    assert_eq!(
        details["settings"],
        json!({"scanBeforeInstall": false, "removeCompetitors": true})
    );
    let list = result(
        &simulator,
        "packages.getPackagesList",
        json!({"companyId": clinic}),
    )
    .await;
    assert_eq!(
        list["items"],
        json!([{"id": id, "name": "rmm-1", "type": 4}])
    );
    assert_eq!(
        (&list["total"], &list["pagesCount"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn content_control_is_three_modules_that_must_agree() {
    let simulator = demo();
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let bad = json!({"packageName": "p", "companyId": clinic, "modules": {"contentControl": 1, "trafficScan": 0}});
    assert_eq!(
        failure(&simulator, "packages.createPackage", bad).await.0,
        -32_602
    );
    let id = create(
        &simulator,
        &clinic,
        "p",
        json!({"userControl": 1, "antiphishing": 1}),
    )
    .await;
    let details = result(
        &simulator,
        "packages.getPackageDetails",
        json!({"packageId": id}),
    )
    .await;
    assert_eq!(
        (
            &details["modules"]["contentControl"],
            &details["modules"]["userControl"]
        ),
        (&json!(0), &json!(1))
    );
}

#[tokio::test]
async fn modules_without_a_licence_are_dropped_or_refused() {
    let simulator = demo();
    let bakery = simulator.company_id("Bluebird Bakery").unwrap();
    let wanted = json!({"firewall": 1, "edrSensor": 1, "patchManagement": 1, "encryption": 1});
    let id = create(&simulator, &bakery, "p", wanted.clone()).await;
    let package = &simulator.packages_of(&bakery).unwrap()[0];
    assert_eq!(
        (&package.id, &package.modules, package.exchange),
        (&id, &BTreeSet::from(["firewall".to_owned()]), false)
    );

    simulator.update_settings(|settings| {
        settings.gravityzone.unlicensed_modules = UnlicensedModules::Refuse;
    });
    let params = json!({"packageName": "q", "companyId": bakery, "modules": wanted});
    let (code, details) = failure(&simulator, "packages.createPackage", params).await;
    assert!(code == -32_000 && details.contains("license") && details.contains("edrSensor"));
    assert_eq!(simulator.packages_of(&bakery).unwrap().len(), 1);
}

#[tokio::test]
async fn report_only_mode_forces_its_modules() {
    let simulator = demo();
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let params = json!({"packageName": "p", "companyId": clinic, "modules": {"firewall": 1}, "productType": 3});
    let made = result(&simulator, "packages.createPackage", params).await;
    let details = result(
        &simulator,
        "packages.getPackageDetails",
        json!({"packageId": made[0]["records"][0]}),
    )
    .await;
    let modules = &details["modules"];
    assert_eq!(
        (
            &modules["edrSensor"],
            &modules["contentControl"],
            &modules["firewall"]
        ),
        (&json!(1), &json!(1), &json!(0))
    );
    assert_eq!(details["productType"], 3);
}

#[tokio::test]
async fn names_are_unique_in_a_company_and_the_own_root_is_refused() {
    let simulator = demo();
    let (clinic, bakery) = (
        simulator.company_id("Harbour Clinic").unwrap(),
        simulator.company_id("Bluebird Bakery").unwrap(),
    );
    create(&simulator, &clinic, "Same", json!({})).await;
    let again = json!({"packageName": "Same", "companyId": clinic});
    let (code, details) = failure(&simulator, "packages.createPackage", again).await;
    assert!(code == -32_602 && details.contains("exist"));
    create(&simulator, &bakery, "Same", json!({})).await;
    let root = simulator.root_company();
    let (_, details) = failure(
        &simulator,
        "packages.getPackagesList",
        json!({"companyId": root}),
    )
    .await;
    assert!(details.contains("managed company"));
    assert_eq!(
        failure(
            &simulator,
            "packages.getPackagesList",
            json!({"companyId": clinic, "perPage": 101})
        )
        .await
        .0,
        -32_602
    );

    let links = result(
        &simulator,
        "packages.getInstallationLinks",
        json!({"packageName": "Same"}),
    )
    .await;
    assert_eq!(links.as_array().unwrap().len(), 2, "of other companies too");
    let links = result(
        &simulator,
        "packages.getInstallationLinks",
        json!({"packageName": "Same", "companyId": bakery}),
    )
    .await;
    assert_eq!(
        (links.as_array().unwrap().len(), &links[0]["companyId"]),
        (1, &json!(bakery))
    );
}

#[tokio::test]
async fn links_exist_before_their_kit_is_built() {
    let mut settings = Settings::unlimited();
    settings.gravityzone.kit_build = Duration::from_mins(3);
    let simulator = start(World::demo(), settings);
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let (one, two) = (
        create(&simulator, &clinic, "one", json!({})).await,
        create(&simulator, &clinic, "two", json!({})).await,
    );
    let query = json!({"companyId": clinic});
    let links = result(&simulator, "packages.getInstallationLinks", query.clone()).await;
    let of = |name: &str| {
        links
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["packageName"] == name)
            .unwrap()
    };
    let (first, second) = (
        &of("one")["installLinkWindows"],
        &of("two")["installLinkWindows"],
    );
    assert_ne!(first, second);
    assert_eq!(
        first.as_str().unwrap(),
        simulator.windows_link(&one).unwrap()
    );
    let code = first
        .as_str()
        .unwrap()
        .split_once("setupdownloader_[")
        .unwrap()
        .1
        .strip_suffix("].exe")
        .unwrap();
    assert!(
        code.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'='),
        "{code}"
    );
    assert_eq!(of("one")["status"]["windows"], 1);
    assert_eq!(of("one")["companyName"], "Harbour Clinic");

    simulator.advance(Duration::from_mins(3));
    let links = result(&simulator, "packages.getInstallationLinks", query.clone()).await;
    assert_eq!(links[0]["status"]["windows"], 2);
    simulator.rename_package(&two, "renamed").unwrap();
    assert_eq!(
        simulator.windows_link(&two).unwrap(),
        second.as_str().unwrap()
    );

    assert_eq!(
        result(
            &simulator,
            "packages.deletePackage",
            json!({"packageId": one})
        )
        .await,
        Value::Null
    );
    assert_eq!(
        failure(
            &simulator,
            "packages.getPackageDetails",
            json!({"packageId": one})
        )
        .await
        .0,
        -32_602
    );
    assert_eq!(
        result(&simulator, "packages.getInstallationLinks", query)
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_new_package_comes_into_sight_after_a_while() {
    let mut settings = Settings::unlimited();
    settings.gravityzone.visibility_delay = Duration::from_mins(1);
    let simulator = start(World::demo(), settings);
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let id = create(&simulator, &clinic, "p", json!({})).await;
    let list = json!({"companyId": clinic});
    assert_eq!(
        result(&simulator, "packages.getPackagesList", list.clone()).await["items"],
        json!([])
    );
    assert_eq!(
        result(&simulator, "packages.getInstallationLinks", list.clone()).await,
        json!([])
    );
    assert_eq!(
        failure(
            &simulator,
            "packages.getPackageDetails",
            json!({"packageId": id})
        )
        .await
        .0,
        -32_602
    );
    simulator.advance(Duration::from_mins(1));
    assert_eq!(
        result(&simulator, "packages.getPackagesList", list).await["items"][0]["id"],
        json!(id)
    );
}

#[tokio::test]
async fn packages_of_others_cannot_be_touched() {
    let mut world = World::demo();
    let foreign = world.company_named("Ridgeway Motors").unwrap().id.clone();
    let package = world
        .add_package(&foreign, "theirs", PackageSpec::default())
        .unwrap();
    let simulator = start(world, Settings::unlimited());
    for (method, params) in [
        ("packages.getPackageDetails", json!({"packageId": package})),
        ("packages.deletePackage", json!({"packageId": package})),
        ("packages.getPackagesList", json!({"companyId": foreign})),
        (
            "packages.getInstallationLinks",
            json!({"companyId": foreign}),
        ),
        (
            "packages.createPackage",
            json!({"companyId": foreign, "packageName": "ours"}),
        ),
    ] {
        assert_eq!(
            failure(&simulator, method, params).await.0,
            -32_602,
            "{method}"
        );
    }
    assert_eq!(simulator.packages_of(&foreign).unwrap().len(), 1);
}

//! GravityZone: the company tree.

use std::time::Duration;

use msp_simulator::{Settings, Simulator, World};
use serde_json::{Value, json};

use crate::support::{demo, failure, result, start};

async fn names(simulator: &Simulator, method: &str, params: Value) -> Vec<String> {
    let mut names: Vec<_> = result(simulator, method, params)
        .await
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_listing_is_a_bare_array_of_direct_children() {
    let simulator = demo();
    let list = "network.getCompaniesList";
    let direct = names(&simulator, list, json!({})).await;
    let expected = [
        "Harbour Clinic",
        "Lighthouse North",
        "Northgate Logistics",
        "Quarry Hill Dental",
        "STONE AND FIELDS",
        "Vantage Legal Services",
    ];
    assert_eq!(direct, expected);
    let north = simulator.company_id("Lighthouse North").unwrap();
    assert_eq!(
        names(&simulator, list, json!({"parentId": north})).await,
        ["Orchard Primary School"]
    );
    let folders = result(&simulator, "network.getCompanyFoldersList", json!({})).await;
    assert_eq!(
        (folders.as_array().unwrap().len(), &folders[0]["name"]),
        (1, &json!("Retail"))
    );
    assert_eq!(
        names(&simulator, list, json!({"parentId": folders[0]["id"]})).await,
        ["Bluebird Bakery"]
    );
    assert_eq!(
        names(&simulator, list, json!({"filters": {"companyType": 0}})).await,
        ["Lighthouse North"]
    );
    assert!(
        names(&simulator, list, json!({"filters": {"licenseType": 1}}))
            .await
            .is_empty()
    );

    let details = "Invalid value for 'parentId' parameter.".to_owned();
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    assert_eq!(
        failure(&simulator, list, json!({"parentId": clinic})).await,
        (-32_602, details)
    );
    for refused in ["page", "perPage"] {
        assert_eq!(
            failure(&simulator, list, json!({refused: 1})).await.0,
            -32_602
        );
    }
    assert_eq!(
        failure(&simulator, "companies.getCompaniesList", json!({}))
            .await
            .0,
        -32_601
    );

    simulator.update_settings(|settings| settings.gravityzone.list_through_folders = true);
    assert!(
        names(&simulator, list, json!({}))
            .await
            .contains(&"Bluebird Bakery".to_owned())
    );
}

#[tokio::test]
async fn details_default_to_the_own_company() {
    let mut settings = Settings::unlimited();
    settings.clock_ms = Some(1_795_251_600_000);
    let simulator = start(World::demo(), settings);
    let own = result(&simulator, "companies.getCompanyDetails", json!({})).await;
    assert_eq!(
        (&own["type"], own.get("parentCompanyId")),
        (&json!(0), None)
    );
    assert_eq!(own["contactPerson"]["fullName"], "Robin Keeper");
    let bakery = simulator.company_id("Bluebird Bakery").unwrap();
    let details = result(
        &simulator,
        "companies.getCompanyDetails",
        json!({"companyId": bakery}),
    )
    .await;
    assert_eq!(
        details["parentCompanyId"], own["id"],
        "the folder does not count"
    );
    assert_eq!(
        (&details["country"], &details["customFields"]),
        (&json!("N/A"), &json!([]))
    );
    assert_eq!(details["createdAt"], "2026-11-21T08:00:00");
    assert_eq!(
        (&details["isSuspended"], details.get("contactPerson")),
        (&json!(false), None)
    );
}

#[tokio::test]
async fn what_is_not_seen_is_an_error_of_the_chosen_code() {
    let simulator = demo();
    let foreign = simulator.company_id("Ridgeway Motors").unwrap();
    let details = "companies.getCompanyDetails";
    for code in [-32_602, -32_001, -32_002] {
        simulator.update_settings(|settings| settings.gravityzone.missing_code = code);
        for id in [foreign.as_str(), "0123456789abcdef01234567"] {
            assert_eq!(
                failure(&simulator, details, json!({"companyId": id}))
                    .await
                    .0,
                code
            );
        }
    }
}

#[tokio::test]
async fn a_company_is_made_as_a_trial_unless_a_subscription_is_given() {
    let simulator = demo();
    let create = "companies.createCompany";
    let id = result(
        &simulator,
        create,
        json!({"type": 1, "name": "Copper Kettle"}),
    )
    .await;
    let id = id.as_str().unwrap();
    assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let license = result(
        &simulator,
        "licensing.getLicenseInfo",
        json!({"companyId": id}),
    )
    .await;
    assert_eq!(license["subscriptionType"], 1);
    assert!(license["licenseKey"].is_string() && license["totalSlots"].is_i64());

    let subscription = json!({"type": 3, "managePatchManagement": true, "manageSomethingNew": 1, "reservedSlots": 5});
    let north = simulator.company_id("Lighthouse North").unwrap();
    let params = json!({"type": 1, "name": "Amber Foods", "parentId": north, "licenseSubscription": subscription,
        "customFields": {"referenceID": "29684999"}, "country": "NL"});
    let id = result(&simulator, create, params).await;
    let license = result(
        &simulator,
        "licensing.getLicenseInfo",
        json!({"companyId": id}),
    )
    .await;
    assert_eq!(
        (&license["subscriptionType"], &license["totalSlots"]),
        (&json!(3), &json!(5))
    );
    assert_eq!(
        (
            &license["managePatchManagement"],
            &license["manageExchange"]
        ),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (
            &license["manageSomethingNew"],
            &license["assignedProtectionModel"]
        ),
        (&json!(true), &json!("aLaCarte"))
    );
    assert_eq!(license.get("licenseKey"), None);
    let details = result(
        &simulator,
        "companies.getCompanyDetails",
        json!({"companyId": id}),
    )
    .await;
    assert_eq!(
        (&details["parentCompanyId"], &details["country"]),
        (&json!(north), &json!("NL"))
    );
    assert_eq!(details["customFields"], json!({"referenceID": "29684999"}));
    assert_eq!(simulator.writes(), 2);
}

#[tokio::test]
async fn a_monthly_licence_has_no_total_and_comes_as_an_object() {
    let simulator = demo();
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let license = result(
        &simulator,
        "licensing.getLicenseInfo",
        json!({"companyId": clinic}),
    )
    .await;
    assert_eq!(
        (&license["subscriptionType"], &license["totalSlots"]),
        (&json!(3), &Value::Null)
    );
    assert_eq!(
        (
            &license["manageExchange"],
            &license["manageEventCorrelator"]
        ),
        (&json!(true), &json!(true))
    );
    simulator.update_settings(|settings| settings.gravityzone.licence_as_list = true);
    assert!(result(&simulator, "licensing.getLicenseInfo", json!({})).await[0].is_object());
}

#[tokio::test]
async fn what_makes_no_sense_makes_no_company() {
    let simulator = demo();
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let folder = simulator.with_world(|world| world.folders.keys().next().unwrap().clone());
    let foreign = simulator.with_world(|world| world.foreign_root.clone());
    let name = "Copper Kettle";
    let bad = [
        json!({"name": name}),
        json!({"type": 2, "name": name}),
        json!({"type": 1}),
        json!({"type": 1, "name": "  "}),
        json!({"type": 1, "name": "x".repeat(65)}),
        json!({"type": 1, "name": "<b>Copper</b>"}),
        json!({"type": 1, "name": name, "address": "x".repeat(129)}),
        json!({"type": 1, "name": name, "parentId": clinic}),
        json!({"type": 1, "name": name, "parentId": folder}),
        json!({"type": 1, "name": name, "parentId": foreign}),
        json!({"type": 1, "name": name, "skip2FAPeriod": 2}),
        json!({"type": 1, "name": name, "canBeManagedByAbove": false}),
        json!({"type": 1, "name": name, "licenseSubscription": {"type": 7}}),
        json!({"type": 1, "name": name, "licenseSubscription": {"type": 2}}),
        json!({"type": 1, "name": name, "licenseSubscription": {"type": 3, "assignedProductType": 4}}),
        json!({"type": 1, "name": name, "licenseSubscription": {"type": 3, "additionalProductTypes": [3]}}),
        json!({"type": 1, "name": name, "licenseSubscription": {"type": 3, "manageExchange": true, "ownUse": {"manageExchange": true}}}),
        json!({"type": 1, "name": name, "licenseSubscription":
            {"type": 3, "assignedProtectionModel": "mspSecure", "manageRemoteEnginesScanning": true}}),
    ];
    for params in bad {
        assert_eq!(
            failure(&simulator, "companies.createCompany", params.clone())
                .await
                .0,
            -32_602,
            "{params}"
        );
    }
    assert!(simulator.company_id(name).is_err());
    let longest = json!({"type": 1, "name": "é".repeat(64)});
    assert!(
        result(&simulator, "companies.createCompany", longest)
            .await
            .is_string()
    );
}

#[tokio::test]
async fn a_name_is_unique_on_the_whole_platform() {
    let simulator = demo();
    for taken in ["Ridgeway Motors", "harbour clinic ", "Lighthouse MSP"] {
        let (code, details) = failure(
            &simulator,
            "companies.createCompany",
            json!({"type": 1, "name": taken}),
        )
        .await;
        assert_eq!(code, -32_602);
        assert!(details.contains("exist"));
    }
    let found = result(
        &simulator,
        "companies.findCompaniesByName",
        json!({"nameFilter": "Ridgeway Motors"}),
    )
    .await;
    assert_eq!(found, json!([]), "the holder is outside the tree");
    simulator.take_company_name("Copper Kettle");
    let create = json!({"type": 1, "name": "Copper Kettle"});
    assert_eq!(
        failure(&simulator, "companies.createCompany", create)
            .await
            .0,
        -32_602
    );
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let rename = json!({"id": clinic, "name": "Copper Kettle"});
    assert_eq!(
        failure(&simulator, "companies.updateCompanyDetails", rename)
            .await
            .0,
        -32_602
    );
    let same = json!({"id": clinic, "name": "HARBOUR CLINIC"});
    assert_eq!(
        result(&simulator, "companies.updateCompanyDetails", same).await,
        Value::Null
    );
}

#[tokio::test]
async fn names_are_found_by_prefix_and_25_at_most() {
    let mut world = World::new(1);
    let root = world.root.clone();
    for number in 0..40 {
        world
            .add_customer(&root, &format!("Branch {number:02}"))
            .unwrap();
    }
    let simulator = start(world, Settings::unlimited());
    let find = "companies.findCompaniesByName";
    assert_eq!(
        names(&simulator, find, json!({"nameFilter": "branch"}))
            .await
            .len(),
        25
    );
    assert_eq!(
        names(&simulator, find, json!({"nameFilter": "Branch 07"})).await,
        ["Branch 07"]
    );
    assert!(
        names(&simulator, find, json!({"nameFilter": "07"}))
            .await
            .is_empty()
    );
    assert_eq!(
        names(&simulator, find, json!({"nameFilter": "*h 07"})).await,
        ["Branch 07"]
    );
    assert_eq!(failure(&simulator, find, json!({})).await.0, -32_602);
}

#[tokio::test]
async fn an_update_without_id_hits_the_own_company() {
    let simulator = demo();
    let clinic = simulator.company_id("Harbour Clinic").unwrap();
    let misnamed = json!({"companyId": clinic, "phone": "12345"});
    result(
        &simulator,
        "companies.updateCompanyDetails",
        misnamed.clone(),
    )
    .await;
    let phone = |id: &str| simulator.with_world(|world| world.companies[id].phone.clone());
    assert_eq!(
        (
            phone(&clinic).as_str(),
            phone(&simulator.root_company()).as_str()
        ),
        ("", "12345")
    );
    simulator.update_settings(|settings| settings.gravityzone.refuse_unknown_parameters = true);
    assert_eq!(
        failure(&simulator, "companies.updateCompanyDetails", misnamed)
            .await
            .0,
        -32_602
    );
    let own_type = json!({"type": 1});
    assert_eq!(
        failure(&simulator, "companies.updateCompanyDetails", own_type)
            .await
            .0,
        -32_602
    );
}

#[tokio::test]
async fn deleting_suspending_and_moving() {
    let simulator = demo();
    let (north, clinic) = (
        simulator.company_id("Lighthouse North").unwrap(),
        simulator.company_id("Harbour Clinic").unwrap(),
    );
    let delete = "companies.deleteCompany";
    assert_eq!(
        failure(&simulator, delete, json!({"companyId": north}))
            .await
            .0,
        -32_602,
        "it has a company below"
    );
    assert_eq!(
        failure(
            &simulator,
            delete,
            json!({"companyId": simulator.root_company()})
        )
        .await
        .0,
        -32_602
    );
    assert_eq!(failure(&simulator, delete, json!({})).await.0, -32_602);

    result(
        &simulator,
        "companies.suspendCompany",
        json!({"companyId": north, "recursive": true}),
    )
    .await;
    let school = simulator.company_id("Orchard Primary School").unwrap();
    let details = result(
        &simulator,
        "companies.getCompanyDetails",
        json!({"companyId": school}),
    )
    .await;
    assert_eq!(details["isSuspended"], true);
    result(
        &simulator,
        "companies.activateCompany",
        json!({"companyId": school}),
    )
    .await;
    assert!(!simulator.with_world(|world| world.companies[&school].suspended));
    assert!(simulator.with_world(|world| world.companies[&north].suspended));

    let moved = "network.moveCompanyOrCompanyFolder";
    assert_eq!(
        result(
            &simulator,
            moved,
            json!({"id": clinic, "newParentId": north})
        )
        .await,
        Value::Null
    );
    let details = result(
        &simulator,
        "companies.getCompanyDetails",
        json!({"companyId": clinic}),
    )
    .await;
    assert_eq!(details["parentCompanyId"], json!(north));
    assert_eq!(
        failure(
            &simulator,
            moved,
            json!({"id": north, "newParentId": clinic})
        )
        .await
        .0,
        -32_602
    );
    assert_eq!(
        failure(
            &simulator,
            moved,
            json!({"id": north, "newParentId": north})
        )
        .await
        .0,
        -32_602
    );

    assert_eq!(
        result(&simulator, delete, json!({"companyId": clinic})).await,
        Value::Null
    );
    assert_eq!(
        failure(&simulator, delete, json!({"companyId": clinic}))
            .await
            .0,
        -32_602
    );
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
}

#[tokio::test]
async fn a_new_company_comes_into_sight_after_a_while_but_holds_its_name_at_once() {
    let mut settings = Settings::unlimited();
    settings.gravityzone.visibility_delay = Duration::from_mins(1);
    let simulator = start(World::demo(), settings);
    let create = json!({"type": 1, "name": "Copper Kettle"});
    let id = result(&simulator, "companies.createCompany", create.clone()).await;
    let find = json!({"nameFilter": "Copper"});
    assert_eq!(
        result(&simulator, "companies.findCompaniesByName", find.clone()).await,
        json!([])
    );
    assert_eq!(
        failure(
            &simulator,
            "companies.getCompanyDetails",
            json!({"companyId": id})
        )
        .await
        .0,
        -32_602
    );
    let listed = names(&simulator, "network.getCompaniesList", json!({})).await;
    assert!(!listed.contains(&"Copper Kettle".to_owned()));
    assert_eq!(
        failure(&simulator, "companies.createCompany", create)
            .await
            .0,
        -32_602,
        "the second net"
    );
    simulator.advance(Duration::from_mins(1));
    assert_eq!(
        result(&simulator, "companies.findCompaniesByName", find).await[0]["id"],
        id
    );
}

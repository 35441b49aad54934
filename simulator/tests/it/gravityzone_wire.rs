//! GravityZone: envelope, versions, keys, limits, inventory.

use std::time::Duration;

use msp_simulator::{Settings, ThrottleBody, World};
use serde_json::{Value, json};

use crate::support::{Reply, client, demo, failure, result, rpc, rpc_on, start, try_rpc};

async fn raw(simulator: &msp_simulator::Simulator, path: &str, body: &str) -> Reply {
    Reply::read(try_rpc(simulator, path, body).await.unwrap()).await
}

#[tokio::test]
async fn errors_come_inside_200() {
    let simulator = demo();
    let cases = [
        ("{", -32_700),
        ("[]", -32_600),
        (
            r#"[{"id":"1","jsonrpc":"2.0","method":"getCompanyDetails","params":{}}]"#,
            -32_600,
        ),
        (
            r#"{"jsonrpc":"2.0","method":"getCompanyDetails","params":{}}"#,
            -32_600,
        ),
        (
            r#"{"id":"1","method":"getCompanyDetails","params":{}}"#,
            -32_600,
        ),
        (
            r#"{"id":"1","jsonrpc":"2.0","method":"getCompanyDetails"}"#,
            -32_600,
        ),
        (
            r#"{"id":"1","jsonrpc":"2.0","method":"removeCompany","params":{}}"#,
            -32_601,
        ),
    ];
    for (body, code) in cases {
        let reply = raw(&simulator, "v1.0/jsonrpc/companies", body).await;
        assert_eq!(
            (reply.status, reply.json()["error"]["code"].as_i64()),
            (200, Some(code)),
            "{body}"
        );
    }
    let body = r#"{"id":7,"jsonrpc":"2.0","method":"getCompanyDetails","params":[]}"#;
    let reply = raw(&simulator, "v1.0/jsonrpc/companies/", body)
        .await
        .json();
    assert_eq!(
        (&reply["id"], &reply["result"]["name"]),
        (&json!(7), &json!("Lighthouse MSP"))
    );
}

#[tokio::test]
async fn wrong_paths_and_methods_are_no_json() {
    let simulator = demo();
    for path in [
        "v1.0/jsonrpc/quarantine",
        "v1.0/jsonrpc/nonsense",
        "v3.0/jsonrpc/network",
        "jsonrpc/network",
    ] {
        let reply = raw(&simulator, path, "{}").await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (404, Some("text/html")),
            "{path}"
        );
    }
    let get = client()
        .get(format!(
            "{}/v1.0/jsonrpc/network",
            simulator.gravityzone_url()
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(get.status(), 405);
}

#[tokio::test]
async fn a_method_exists_only_under_its_versions() {
    let simulator = demo();
    for (version, method) in [
        ("v1.1", "companies.getCompanyDetails"),
        ("v1.2", "network.getEndpointsList"),
    ] {
        assert_eq!(
            rpc_on(&simulator, version, method, json!({})).await.json()["error"]["code"],
            -32_601
        );
    }
    assert!(
        rpc_on(&simulator, "v1.1", "network.getEndpointsList", json!({}))
            .await
            .json()["result"]
            .is_object()
    );
}

#[tokio::test]
async fn the_key_is_the_user_and_the_password_empty() {
    let simulator = demo();
    let url = format!("{}/v1.0/jsonrpc/general", simulator.gravityzone_url());
    let body = r#"{"id":"r-1","jsonrpc":"2.0","method":"getApiKeyDetails","params":{}}"#;
    let send = async |user: &str, password: &str| {
        let request = client()
            .post(&url)
            .basic_auth(user, Some(password))
            .body(body);
        Reply::read(request.send().await.unwrap()).await
    };
    let key = simulator.gravityzone_key();
    let good = send(&key, "").await.json();
    assert_eq!(
        good["result"]["enabledApis"],
        json!(["companies", "general", "licensing", "network", "packages"])
    );
    for (user, password) in [(key.as_str(), "x"), ("nobody", "")] {
        let bad = send(user, password).await;
        assert_eq!(
            (bad.status, &bad.json()["error"]["code"]),
            (401, &json!(-32_000))
        );
        assert!(
            bad.json()["error"]["data"]["details"]
                .as_str()
                .unwrap()
                .starts_with("Invalid API key")
        );
        assert!(!bad.text.contains(&key));
    }
    simulator.revoke_gravityzone_key();
    assert_eq!(send(&key, "").await.status, 401);
}

#[tokio::test]
async fn an_api_missing_on_the_key_is_refused_by_text() {
    let simulator = demo();
    simulator.remove_gravityzone_api("general");
    let refused = rpc(&simulator, "general.getApiKeyDetails", json!({})).await;
    assert_eq!(
        (refused.status, &refused.json()["error"]["code"]),
        (403, &json!(-32_000))
    );
    let details = "API Key is not allowed to access the selected API: general";
    assert_eq!(refused.json()["error"]["data"]["details"], details);
    assert_eq!(
        rpc(&simulator, "push.getPushEventSettings", json!({}))
            .await
            .status,
        403
    );
    simulator.update_settings(|settings| settings.gravityzone.denied_inside_ok = true);
    assert_eq!(
        failure(&simulator, "general.getApiKeyDetails", json!({})).await,
        (-32_001, details.to_owned())
    );
    assert!(
        result(&simulator, "companies.getCompanyDetails", json!({}))
            .await
            .is_object()
    );
}

#[tokio::test]
async fn each_method_has_its_rate_and_429_comes_from_the_gateway() {
    let mut settings = Settings::default();
    settings.gravityzone.limits = settings.gravityzone.limits.faster(1);
    settings.gravityzone.limits.retry_after = Some("60, 60".into());
    let minute = vec![(3, Duration::from_mins(1))];
    settings
        .gravityzone
        .limits
        .methods
        .insert("companies.getCompanyDetails".into(), minute.clone());
    settings
        .gravityzone
        .limits
        .methods
        .insert("network.moveCompanyOrCompanyFolder".into(), minute);
    let simulator = start(World::demo(), settings);
    for _ in 0..3 {
        assert_eq!(
            rpc(&simulator, "companies.getCompanyDetails", json!({}))
                .await
                .status,
            200
        );
    }
    let refused = rpc(&simulator, "companies.getCompanyDetails", json!({})).await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("60, 60"))
    );
    assert!(refused.text.starts_with("<html>"));
    assert_eq!(
        rpc(&simulator, "network.moveCompanyOrCompanyFolder", json!({}))
            .await
            .status,
        200
    );
    simulator.update_settings(|settings| settings.gravityzone.limits.body = ThrottleBody::Json);
    let refused = rpc(&simulator, "companies.getCompanyDetails", json!({})).await;
    assert_eq!(
        (refused.status, &refused.json()["error"]["code"]),
        (429, &json!(-32_003))
    );
    simulator.advance(Duration::from_mins(1));
    assert_eq!(
        rpc(&simulator, "companies.getCompanyDetails", json!({}))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_default_rate_is_ten_in_a_second() {
    let simulator = start(World::demo(), Settings::default());
    simulator.set_clock_ms(1_000_000);
    let mut refused = 0;
    for _ in 0..20 {
        simulator.set_clock_ms(1_000_000);
        refused += usize::from(
            rpc(&simulator, "general.getApiKeyDetails", json!({}))
                .await
                .status
                == 429,
        );
    }
    assert_eq!(refused, 10);
}

#[tokio::test]
async fn totals_come_with_the_first_page_of_v1_1_only() {
    let simulator = demo();
    let everything = json!({"depth": {"allItemsRecursively": true}});
    let page = async |version: &str, page: u8| {
        let params = json!({"filters": everything, "page": page, "perPage": 10});
        rpc_on(
            &simulator,
            version,
            "network.getNetworkInventoryItems",
            params,
        )
        .await
        .json()["result"]
            .clone()
    };
    let (first, second) = (page("v1.1", 1).await, page("v1.1", 2).await);
    assert!(first["total"].as_i64().unwrap() > 10 && first["pagesCount"].as_i64().unwrap() > 1);
    assert_eq!(first["hasMoreRecords"], true);
    assert_eq!(
        (second.get("total"), second.get("pagesCount")),
        (None, None)
    );
    assert!(
        second["hasMoreRecords"].is_boolean() && !second["items"].as_array().unwrap().is_empty()
    );
    let beyond = page("v1.1", 90).await;
    assert_eq!(
        (&beyond["items"], &beyond["hasMoreRecords"]),
        (&json!([]), &json!(false))
    );
    let old = page("v1.0", 2).await;
    assert_eq!(old["total"], first["total"]);
    assert_eq!(old.get("hasMoreRecords"), None);
    let too_large = rpc_on(
        &simulator,
        "v1.0",
        "network.getNetworkInventoryItems",
        json!({"perPage": 101}),
    )
    .await
    .json();
    assert_eq!(too_large["error"]["code"], -32_602);
}

#[tokio::test]
async fn the_inventory_has_types_and_listings_miss_what_lies_deeper() {
    let mut world = World::new(1);
    let root = world.root.clone();
    let company = world.add_customer(&root, "Harbour Clinic").unwrap();
    let group = world.add_group(&company, "Laptops").unwrap();
    let mac = msp_simulator::MacAddress([0xac, 0x86, 0x74, 0x1f, 0, 0xa8]);
    world
        .add_endpoint(&company, "FRONT-DESK", "10.0.0.5", &[mac])
        .unwrap();
    world
        .add_endpoint(&company, "LAPTOP-1", "10.0.0.6", &[])
        .unwrap();
    world.company_mut(&company).unwrap().endpoints[1].group = Some(group.clone());
    world.company_mut(&company).unwrap().endpoints[1].protected = false;
    let simulator = start(world, Settings::unlimited());
    let list = async |method: &str, params: Value| {
        let reply = rpc_on(&simulator, "v1.1", method, params).await.json();
        reply["result"]["items"]
            .as_array()
            .unwrap_or_else(|| panic!("{reply}"))
            .clone()
    };
    let names = |items: &[Value]| {
        items
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };

    let direct = list("network.getEndpointsList", json!({"parentId": company})).await;
    assert_eq!(names(&direct), ["FRONT-DESK"]);
    assert_eq!(direct[0]["macs"], json!(["ac86741f00a8"]));
    assert_eq!(
        (&direct[0]["ip"], &direct[0]["ssid"]),
        (&json!("10.0.0.5"), &json!(""))
    );
    assert_eq!(direct[0]["managedWithBest"], true);
    let deep = json!({"parentId": company, "filters": {"depth": {"allItemsRecursively": true}}});
    let all = list("network.getEndpointsList", deep).await;
    assert_eq!(names(&all), ["FRONT-DESK", "LAPTOP-1"]);
    assert_eq!(all[1].get("managedWithBest"), None, "absent when off");
    assert_eq!(
        names(&list("network.getEndpointsList", json!({"parentId": group})).await),
        ["LAPTOP-1"]
    );
    let ignored = list("network.getEndpointsList", json!({"companyId": company})).await;
    assert!(
        ignored.is_empty(),
        "companyId is not read, and the root has no endpoints"
    );

    let filters = json!({"depth": {"allItemsRecursively": true}});
    let items = list(
        "network.getNetworkInventoryItems",
        json!({"filters": filters}),
    )
    .await;
    let kinds: Vec<_> = items
        .iter()
        .map(|item| {
            (
                item["name"].as_str().unwrap(),
                item["type"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("Harbour Clinic", 1),
            ("Laptops", 4),
            ("FRONT-DESK", 5),
            ("LAPTOP-1", 5)
        ]
    );
    assert!(
        items[1..]
            .iter()
            .all(|item| item["companyId"] == company.as_str())
    );
    assert_eq!(items[2]["details"]["macs"], json!(["ac86741f00a8"]));
    assert_eq!(items[0].get("details"), None);
    for (filter, expected) in [
        (json!({"type": {"companies": true}}), vec!["Harbour Clinic"]),
        (
            json!({"type": {"computers": 1}, "details": {"name": "*top"}}),
            vec!["LAPTOP-1"],
        ),
        (
            json!({"details": {"macs": ["AC-86-74-1F-00-A8"]}}),
            vec!["FRONT-DESK"],
        ),
        (
            json!({"security": {"management": {"managedWithBest": true}}}),
            vec!["FRONT-DESK"],
        ),
    ] {
        let mut filters = filter;
        filters["depth"] = json!({"allItemsRecursively": true});
        assert_eq!(
            names(
                &list(
                    "network.getNetworkInventoryItems",
                    json!({"filters": filters})
                )
                .await
            ),
            expected
        );
    }
}

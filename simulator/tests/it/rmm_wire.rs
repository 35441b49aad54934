//! Datto RMM: tokens, account, pages, devices, system.

use std::time::Duration;

use msp_simulator::{Interface, MacAddress, MacStyle, Settings, World, WorldSpec, WrongKey};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PUBLIC_CLIENT, Reply, Rmm, client, demo, start, token};

#[tokio::test]
async fn a_token_comes_from_the_password_grant_of_the_public_client() {
    let simulator = demo();
    let reply = token(&simulator, &simulator.rmm_key(), &simulator.rmm_secret()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["token_type"], "bearer");
    assert_eq!(reply.json()["expires_in"], 360_000);
    assert!(reply.json()["refresh_token"].is_string());

    simulator.update_settings(|settings| settings.rmm.send_expires_in = false);
    let reply = token(&simulator, &simulator.rmm_key(), &simulator.rmm_secret()).await;
    assert_eq!(reply.json().get("expires_in"), None);
    assert_eq!((simulator.writes(), simulator.reads()), (0, 2));
}

#[tokio::test]
async fn a_wrong_pair_is_refused_with_400_or_401() {
    let simulator = demo();
    let reply = token(&simulator, &simulator.rmm_key(), "wrong").await;
    assert_eq!(
        (reply.status, reply.json()["error"].as_str()),
        (400, Some("invalid_grant"))
    );
    simulator.update_settings(|settings| settings.rmm.wrong_key = WrongKey::Unauthorized);
    let reply = token(
        &simulator,
        &simulator.rmm_key(),
        &format!("{}\n", simulator.rmm_secret()),
    )
    .await;
    assert_eq!((reply.status, reply.text.as_str()), (401, "Unauthorized"));
}

#[tokio::test]
async fn the_token_endpoint_lies_outside_api_and_wants_its_form() {
    let simulator = demo();
    let post = |path: &str, authorization: &'static str, body: &'static str| {
        let request = client()
            .post(format!("{}{path}", simulator.rmm_url()))
            .header("authorization", authorization);
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        async move { Reply::read(request.send().await.unwrap()).await.status }
    };
    for wrong_base in ["/api", "/api/v2"] {
        let path = format!("{wrong_base}/auth/oauth/token");
        assert_eq!(
            post(&path, PUBLIC_CLIENT, "grant_type=password").await,
            404,
            "{path}"
        );
    }
    assert_eq!(
        post("/oauth/token", PUBLIC_CLIENT, "grant_type=password").await,
        404
    );
    assert_eq!(
        post("/auth/oauth/token", "Basic eDp5", "grant_type=password").await,
        401
    );
    assert_eq!(
        post(
            "/auth/oauth/token",
            PUBLIC_CLIENT,
            "grant_type=client_credentials"
        )
        .await,
        400
    );
}

#[tokio::test]
async fn tokens_expire_and_end_with_their_key() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    assert_eq!(rmm.get("/api/v2/account").await.status, 200);
    simulator.advance(Duration::from_hours(100));
    let reply = rmm.get("/api/v2/account").await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.json()["path"], "/v2/account");
    assert_eq!(reply.json()["error"], "Unauthorized");
    assert!(reply.json()["timestamp"].is_i64());

    let (key, secret) = simulator.add_rmm_key();
    let rmm = Rmm::new(&simulator).await;
    simulator.revoke_rmm_key();
    assert_eq!(rmm.get("/api/v2/account").await.status, 401);
    assert_eq!(
        token(&simulator, &simulator.rmm_key(), &simulator.rmm_secret())
            .await
            .status,
        400
    );
    assert_eq!(token(&simulator, &key, &secret).await.status, 200);
}

#[tokio::test]
async fn the_account_is_spelled_as_on_the_wire() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let account = rmm.get("/api/v2/account/").await.json();
    assert_eq!(
        account["descriptor"]["bilingEmail"],
        "billing@lighthouse.example"
    );
    let uid = account["uid"].as_str().unwrap();
    assert!(uid.len() == 8 && uid.chars().all(|letter| letter.is_ascii_alphanumeric()));
    let status = &account["devicesStatus"];
    assert_eq!(status["numberOfOnDemandDevices"], 4);
    assert!(status["numberOfManagedDevices"].as_i64() < status["numberOfDevices"].as_i64());
}

#[tokio::test]
async fn pages_count_from_zero_and_link_absolutely() {
    let simulator = start(
        World::generate(&WorldSpec::new(5).sites(20)),
        Settings::unlimited(),
    );
    let rmm = Rmm::new(&simulator).await;
    let first = rmm
        .get("/api/v2/account/sites?max=9&siteName=e")
        .await
        .json();
    let details = &first["pageDetails"];
    assert_eq!(details["prevPageUrl"], Value::Null);
    assert_eq!(details["count"], 9);
    let next = details["nextPageUrl"].as_str().unwrap();
    assert_eq!(
        next,
        format!("{}/api/v2/account/sites?max=9&page=1", simulator.rmm_url()),
        "the filter is lost"
    );

    let all = rmm.get("/api/v2/account/sites?page=&max=").await.json();
    assert_eq!(all["pageDetails"]["totalCount"], 23);
    assert_eq!(all["pageDetails"]["nextPageUrl"], Value::Null);
    let beyond = rmm.get("/api/v2/account/sites?page=7").await.json();
    assert_eq!(
        (&beyond["sites"], &beyond["pageDetails"]["nextPageUrl"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(rmm.get("/api/v2/account/sites?page=-1").await.status, 400);

    simulator.update_settings(|settings| {
        settings.rmm.next_page_keeps_filters = true;
        settings.rmm.next_page_origin = Some("http://elsewhere.invalid".into());
    });
    let first = rmm
        .get("/api/v2/account/sites?max=9&siteName=e")
        .await
        .json();
    let next = &first["pageDetails"]["nextPageUrl"];
    assert_eq!(
        next,
        "http://elsewhere.invalid/api/v2/account/sites?max=9&page=1&siteName=e"
    );
}

#[tokio::test]
async fn more_than_250_rows_are_never_on_one_page() {
    let mut world = World::new(1);
    for number in 0..260 {
        world.add_site(&format!("Site {number}"));
    }
    let simulator = start(world, Settings::unlimited());
    let rmm = Rmm::new(&simulator).await;
    for max in ["", "?max=250", "?max=1000"] {
        let page = rmm.get(&format!("/api/v2/account/sites{max}")).await.json();
        assert_eq!(page["sites"].as_array().unwrap().len(), 250);
        assert!(
            page["pageDetails"]["nextPageUrl"]
                .as_str()
                .unwrap()
                .ends_with("?max=250&page=1")
        );
    }
    let last = rmm.get("/api/v2/account/sites?page=1").await.json();
    assert_eq!(last["sites"].as_array().unwrap().len(), 11);
    assert_eq!(
        rmm.get("/api/v2/system/pagination").await.json(),
        json!({"max": 250})
    );
}

#[tokio::test]
async fn devices_have_their_oddities() {
    let mut world = World::new(1);
    let site = world.add_site("Harbour Clinic");
    let card = Interface::new(
        "Ethernet",
        MacAddress([0xac, 0x86, 0x74, 0x1f, 0, 0xa8]),
        "10.0.0.5",
    )
    .ipv6("fe80::1");
    let bare = Interface::new("Wi-Fi", MacAddress([2, 0, 0, 0, 0, 1]), "10.0.9.5");
    let uid = world
        .add_device(&site, "FRONT-DESK", vec![card, bare])
        .unwrap();
    let device = &mut world.site_mut(&site).unwrap().devices[0];
    device.udfs.insert(7, "x".into());
    device.last_reboot_ms = None;
    let simulator = start(world, Settings::unlimited());
    let rmm = Rmm::new(&simulator).await;
    let page = rmm
        .get(&format!("/api/v2/site/{site}/devices"))
        .await
        .json();
    let device = &page["devices"][0];
    assert_eq!(device["uid"], uid);
    assert_eq!(device["a64Bit"], Value::Null);
    assert_eq!(device["lastReboot"], -62_135_596_800_000_i64);
    assert!(device["lastSeen"].as_i64().unwrap() > 1_000_000_000_000);
    let udf = device["udf"].as_object().unwrap();
    assert_eq!(
        (udf.len(), &udf["udf7"], &udf["udf300"]),
        (300, &json!("x"), &Value::Null)
    );
    assert_eq!(
        device["deviceType"],
        json!({"category": "Desktop", "type": "Desktop"})
    );
    assert_eq!(
        rmm.get(&format!("/api/v2/device/{uid}")).await.json(),
        *device
    );
    assert_eq!(rmm.get("/api/v2/device/nobody").await.status, 404);

    let path = format!("/api/v2/site/{site}/devices/network-interface");
    let nics = rmm.get(&path).await.json()["devices"][0]["nics"].clone();
    let expected = json!({
        "instance": "Ethernet", "ipv4": "10.0.0.5", "ipv6": "fe80::1", "macAddress": "AC:86:74:1F:00:A8", "type": "Ethernet"
    });
    assert_eq!((&nics[0], &nics[1]["ipv6"]), (&expected, &Value::Null));
    simulator.update_settings(|settings| settings.rmm.mac_style = MacStyle::Dashes);
    assert_eq!(
        rmm.get(&path).await.json()["devices"][0]["nics"][0]["macAddress"],
        "ac-86-74-1f-00-a8"
    );
}

#[tokio::test]
async fn device_filters_are_parts_of_the_value() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let total = |page: Value| page["pageDetails"]["totalCount"].as_i64().unwrap();
    let all = total(rmm.get("/api/v2/account/devices").await.json());
    let clinic = rmm
        .get("/api/v2/account/devices?siteName=harbour%20CLIN")
        .await
        .json();
    assert!(total(clinic.clone()) > 0 && total(clinic.clone()) < all);
    assert!(
        clinic["devices"]
            .as_array()
            .unwrap()
            .iter()
            .all(|device| device["siteName"] == "Harbour Clinic")
    );
    assert_eq!(
        total(
            rmm.get("/api/v2/account/devices?hostname=no-such")
                .await
                .json()
        ),
        0
    );
    assert_eq!(
        rmm.get("/api/v2/account/devices?filterId=5&hostname=x")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn status_alone_needs_no_token() {
    let simulator = demo();
    let get = async |path: &str| {
        Reply::read(
            client()
                .get(format!("{}{path}", simulator.rmm_url()))
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    let status = get("/api/v2/system/status").await;
    assert_eq!(
        (status.status, &status.json()["status"]),
        (200, &json!("OK"))
    );
    for path in [
        "/api/v2/system/pagination",
        "/api/v2/account",
        "/api/v2/nonsense",
    ] {
        assert_eq!(get(path).await.status, 401, "{path}");
    }
    let rmm = Rmm::new(&simulator).await;
    assert_eq!(rmm.get("/api/v2/nonsense").await.status, 404);
    assert_eq!(
        rmm.send(Method::DELETE, "/api/v2/account", "").await.status,
        405
    );
    assert_eq!(
        simulator.requests().last().unwrap().info.operation,
        "rmm DELETE unknown"
    );
}

#[tokio::test]
async fn a_list_is_no_object() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let site = &simulator.sites()[1];
    let device = &site.devices[0].uid;
    let component = simulator.with_world(|world| world.account.components[0].uid.clone());
    let before = simulator.with_world(|world| json!(world));
    for (method, path, body) in [
        (
            "PUT",
            "site".to_owned(),
            json!(["Seq", null, null, null, null, null]),
        ),
        (
            "PUT",
            "site".to_owned(),
            json!({"name": "New", "proxySettings": ["h", 1, "http", "u", "p"]}),
        ),
        (
            "PUT",
            "account/variable".to_owned(),
            json!(["V", "x", false]),
        ),
        (
            "POST",
            format!("site/{}/settings/proxy", site.uid),
            json!(["h", 1, "http", "u", "p"]),
        ),
        (
            "POST",
            format!("device/{device}/udf"),
            json!([["udf1", "x"]]),
        ),
        (
            "PUT",
            format!("device/{device}/quickjob"),
            json!({"jobName": "Now", "jobComponent": [component, null]}),
        ),
    ] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let reply = rmm
            .send(method, &format!("/api/v2/{path}"), &body.to_string())
            .await;
        assert_eq!(reply.status, 400, "{path} {body}");
    }
    assert_eq!(simulator.with_world(|world| json!(world)), before);
}

#[tokio::test]
async fn a_body_of_another_type_is_taken_unless_the_settings_refuse_it() {
    let simulator = demo();
    let authorization = {
        let reply = token(&simulator, &simulator.rmm_key(), &simulator.rmm_secret()).await;
        format!("Bearer {}", reply.json()["access_token"].as_str().unwrap())
    };
    let put = async |kind: &str, name: &str| {
        let request = client()
            .put(format!("{}/api/v2/site", simulator.rmm_url()))
            .header("authorization", &authorization)
            .header("content-type", kind)
            .body(json!({"name": name}).to_string());
        Reply::read(request.send().await.unwrap()).await
    };
    assert_eq!(put("text/plain", "One").await.status, 200);
    simulator.update_settings(|settings| settings.rmm.other_content_type_status = Some(415));
    let refused = put("text/plain", "Two").await;
    assert_eq!(
        (refused.status, &refused.json()["error"]),
        (415, &json!("Unsupported Media Type"))
    );
    assert_eq!(
        put("Application/JSON; charset=utf-8", "Three").await.status,
        200
    );
}

//! The control port.

use msp_simulator::{Settings, Simulator, World};
use serde_json::{Value, json};

use crate::support::{Reply, Rmm, client, start};

fn open() -> Simulator {
    let mut settings = Settings::unlimited();
    settings.ports.control = Some(0);
    start(World::demo(), settings)
}

async fn get(simulator: &Simulator, path: &str) -> Value {
    let url = format!("{}{path}", simulator.control_url().unwrap());
    Reply::read(client().get(url).send().await.unwrap())
        .await
        .json()
}

async fn command(simulator: &Simulator, command: Value) -> (u16, Value) {
    let request = client().post(format!("{}/commands", simulator.control_url().unwrap()));
    let request = request
        .header("content-type", "application/json")
        .body(command.to_string());
    let reply = Reply::read(request.send().await.unwrap()).await;
    (reply.status, reply.json())
}

#[tokio::test]
async fn it_tells_where_the_vendors_are_and_what_they_were_asked() {
    let simulator = open();
    let about = get(&simulator, "/").await;
    assert_eq!(about["rmm"]["url"], simulator.rmm_url());
    assert_eq!(about["gravityzone"]["key"], simulator.gravityzone_key());
    let rmm = Rmm::new(&simulator).await;
    rmm.get("/api/v2/account").await;
    let counts = get(&simulator, "/counts").await;
    assert_eq!(
        (&counts["reads"], &counts["writes"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(counts["operations"]["rmm GET /api/v2/account"], 1);
    let requests = get(&simulator, "/requests").await;
    assert_eq!(
        (&requests[1]["vendor"], &requests[1]["status"]),
        (&json!("rmm"), &json!(200))
    );
    assert_eq!(
        get(&simulator, "/world").await["sites"]
            .as_array()
            .unwrap()
            .len(),
        11
    );
}

#[tokio::test]
async fn commands_do_what_the_handle_does() {
    let simulator = open();
    let site = simulator.site_uid("Harbour Clinic").unwrap();
    let company = simulator.company_id("Harbour Clinic").unwrap();
    let evidence = json!({"op": "add-association-evidence", "site": site, "company": company});
    let (status, made) = command(&simulator, evidence).await;
    assert_eq!(
        (status, &made["result"]["package"]),
        (200, &json!(simulator.packages_of(&company).unwrap()[0].id))
    );
    let several = json!([
        {"op": "rename-site", "site": site, "name": "Renamed"},
        {"op": "move-company-out", "company": company},
        {"op": "restrict-gravityzone-key", "target": null},
        {"op": "inject", "operation": "rmm GET /api/v2/account", "action": {"status": 503}, "nth": 2},
        {"op": "inject", "vendor": "gravityzone", "action": "close-after", "always": true},
        {"op": "advance", "seconds": 5},
        {"op": "reset-counts"},
    ]);
    let (status, done) = command(&simulator, several).await;
    assert_eq!((status, done["result"].as_array().unwrap().len()), (200, 7));
    assert!(simulator.site_uid("Renamed").is_ok());
    assert!(!simulator.with_world(|world| world.in_tree(&company)));
    let rmm = Rmm::new(&simulator).await;
    assert_eq!(rmm.get("/api/v2/account").await.status, 200);
    assert_eq!(rmm.get("/api/v2/account").await.status, 503);
}

#[tokio::test]
async fn commands_of_the_rmm_reach_devices_jobs_users_and_the_log() {
    let simulator = open();
    let device = simulator.sites()[1].devices[0].uid.clone();
    let gone = simulator.sites()[1].devices[1].uid.clone();
    let site = simulator.site_uid("Bluebird Bakery").unwrap();
    let several = json!([
        {"op": "set-online", "device": device, "on": false},
        {"op": "move-device", "device": device, "site": site},
        {"op": "add-alert", "device": device, "priority": "High", "context": {"@class": "new_ctx"}},
        {"op": "script-jobs", "script": {"outcome": "failure", "stderr": "no"}},
        {"op": "clear-job-scripts"},
        {"op": "add-activity", "entity": "device", "category": "device", "action": "note", "device": device, "visible-from-ms": 5},
        {"op": "simulate-activity", "seed": 4, "entries": 7},
        {"op": "add-rmm-user", "username": "sam", "level": "read-only"},
        {"op": "set-user-level", "username": "sam", "level": "administrator"},
        {"op": "restrict-user", "username": "sam", "sites": [site]},
        {"op": "set-latency", "milliseconds": 1},
        {"op": "delete-device", "device": gone},
    ]);
    let (status, done) = command(&simulator, several).await;
    assert_eq!(status, 200, "{done}");
    let results = done["result"].as_array().unwrap();
    let (site, moved) = simulator.with_world(|world| {
        let (site, device) = world.device(&device).unwrap();
        (site.name.clone(), device.clone())
    });
    assert_eq!((site.as_str(), moved.online), ("Bluebird Bakery", false));
    assert!(simulator.with_world(|world| world.device(&gone).unwrap().1.deleted));
    let alert = simulator.alerts().pop().unwrap();
    assert_eq!(results[2]["alert"], alert.uid.as_str());
    assert_eq!(simulator.activity().len(), 8);
    assert_eq!(results[6]["activities"].as_array().unwrap().len(), 7);
    let (key, secret) = (
        results[7]["key"].as_str().unwrap(),
        results[7]["secret"].as_str().unwrap(),
    );
    let rmm = Rmm::with(&simulator, key, secret).await;
    let sites = rmm.get("/api/v2/account/sites").await.json();
    assert_eq!(sites["pageDetails"]["totalCount"], 1);
    let resolve = json!({"op": "resolve-alert", "alert": alert.uid, "by": "Sam"});
    assert_eq!(command(&simulator, resolve).await.0, 200);
    assert_eq!(
        simulator.alerts().pop().unwrap().resolution.unwrap().by,
        "Sam"
    );
    let unknown = json!({"op": "set-user-level", "username": "nobody", "level": "read-only"});
    assert_eq!(command(&simulator, unknown).await.0, 404);
}

#[tokio::test]
async fn what_is_unknown_is_told() {
    let simulator = open();
    let (status, body) = command(&simulator, json!({"op": "delete-site", "site": "nowhere"})).await;
    assert_eq!(
        (status, &body["error"]),
        (404, &json!("no site `nowhere` in the simulated world"))
    );
    assert_eq!(command(&simulator, json!({"op": "make-tea"})).await.0, 400);
}

#[tokio::test]
async fn misspelt_input_is_refused() {
    let simulator = open();
    let inject = |more: Value| {
        let mut rule = json!({"op": "inject", "action": {"status": 503}});
        let fields = rule.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        rule
    };
    for (misspelt, status) in [
        (inject(json!({"time": 2})), 400),
        (inject(json!({"nth": 2, "times": 2})), 400),
        (inject(json!({"operation": "rmm GET /api/v2/acount"})), 404),
        (inject(json!({"operation": "companies.makeCompany"})), 404),
        (inject(json!({"operation": "networking PUT /time"})), 404),
        (
            inject(json!({"operation": "GET /time", "vendor": "rmm"})),
            404,
        ),
        (
            json!({"op": "script-jobs", "script": {"outcom": "failure"}}),
            400,
        ),
        (
            json!({"op": "rename-site", "site": "x", "name": "y", "nmae": "z"}),
            400,
        ),
        (json!({"op": "clear-faults", "vendor": "rmm"}), 400),
        (json!({"op": "simulate-activity", "entrys": 3}), 400),
        (
            json!({"op": "add-activity", "entity": "user", "category": "a", "action": "b", "users": "c"}),
            400,
        ),
    ] {
        let (answered, body) = command(&simulator, misspelt.clone()).await;
        assert_eq!(answered, status, "{misspelt}: {body}");
    }
    for operation in [
        "rmm POST /auth/oauth/token",
        "GET /api/v2/system/status",
        "DELETE /api/v2/account/variable/{variableId}",
        "rmm PUT unknown",
        "gravityzone companies.createCompany",
        "packages.getInstallationLinks",
        "networking GET /network/list",
    ] {
        let rule = inject(json!({"operation": operation, "always": true}));
        assert_eq!(command(&simulator, rule).await.0, 200, "{operation}");
    }
}

#[tokio::test]
async fn faults_that_struck_nothing_are_told() {
    let simulator = open();
    let several = json!([
        {"op": "inject", "operation": "GET /api/v2/account", "action": {"status": 503}},
        {"op": "inject", "operation": "GET /api/v2/account", "action": "html-ok", "nth": 2},
        {"op": "inject", "vendor": "gravityzone", "action": "close-after", "page": 2},
    ]);
    assert_eq!(command(&simulator, several).await.0, 200);
    let rmm = Rmm::new(&simulator).await;
    assert_eq!(rmm.get("/api/v2/account").await.status, 503);
    let (_, told) = command(&simulator, json!({"op": "unfired-faults"})).await;
    assert_eq!(
        told["result"]["faults"],
        json!([
            "GET /api/v2/account: html-ok; matched 1 requests",
            "gravityzone, page 2: close-after; matched 0 requests",
        ])
    );
    assert_eq!(rmm.get("/api/v2/account").await.status, 200);
    assert_eq!(
        simulator.unfired_faults().len(),
        1,
        "the second hit the second"
    );
    simulator.clear_faults();
    assert_eq!(simulator.unfired_faults().len(), 0);
}

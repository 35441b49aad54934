//! Datto RMM: components and quick jobs, which run on the vendor's clock.

use std::time::Duration;

use msp_simulator::{
    AGENT_COMPONENT, Interface, JobOutcome, JobScript, LINK_VARIABLE, MacAddress, PackageSpec,
    Settings, Simulator, World,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Reply, Rmm, start};

const MAC: MacAddress = MacAddress([0xac, 0x86, 0x74, 0x1f, 0, 0xa8]);
const COLLECT: &str = "Collect event logs";

struct Stage {
    simulator: Simulator,
    rmm: Rmm,
    site: String,
    device: String,
}

impl Stage {
    async fn new() -> Self {
        let mut world = World::new(5);
        let site = world.add_site("Harbour Clinic");
        let card = Interface::new("Ethernet", MAC, "10.0.0.5");
        let device = world.add_device(&site, "PC-1", vec![card]).unwrap();
        let simulator = start(world, Settings::unlimited());
        let rmm = Rmm::new(&simulator).await;
        Self {
            simulator,
            rmm,
            site,
            device,
        }
    }

    async fn component(&self, name: &str) -> Value {
        let page = self.rmm.get("/api/v2/account/components").await.json();
        let rows = page["components"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap().clone()
    }

    async fn try_run(&self, body: &Value) -> Reply {
        let path = format!("/api/v2/device/{}/quickjob", self.device);
        self.rmm.put(&path, &body.to_string()).await
    }

    /// The uid of a new job of that component.
    async fn run(&self, component: &str) -> String {
        let uid = self.component(component).await["uid"].clone();
        let body = json!({"jobName": "Now", "jobComponent": {"componentUid": uid}});
        let made = self.try_run(&body).await;
        assert_eq!(made.status, 200, "{}", made.text);
        made.json()["job"]["uid"].as_str().unwrap().to_owned()
    }

    async fn results(&self, job: &str) -> Value {
        let path = format!("/api/v2/job/{job}/results/{}", self.device);
        self.rmm.get(&path).await.json()
    }

    async fn output(&self, job: &str, stream: &str) -> Value {
        let path = format!("/api/v2/job/{job}/results/{}/{stream}", self.device);
        self.rmm.get(&path).await.json()
    }

    async fn status(&self, job: &str) -> (Value, Value) {
        let whole = self.rmm.get(&format!("/api/v2/job/{job}")).await.json();
        let results = self.results(job).await;
        (
            whole["status"].clone(),
            results["jobDeploymentStatus"].clone(),
        )
    }

    fn wait(&self, seconds: u64) {
        self.simulator.advance(Duration::from_secs(seconds));
    }
}

#[tokio::test]
async fn the_library_tells_inputs_and_outputs() {
    let stage = Stage::new().await;
    let component = stage.component(COLLECT).await;
    assert_eq!(component["credentialsRequired"], Value::Null);
    assert_eq!(component["categoryCode"], "scripts");
    assert_eq!(
        component["variables"][0],
        json!({"name": "days", "defaultVal": "7", "type": "number", "direction": true, "description": null, "variablesIdx": 0})
    );
    assert_eq!(component["variables"][2]["direction"], false);
}

#[tokio::test]
async fn a_job_waits_runs_and_completes() {
    let stage = Stage::new().await;
    let component = stage.component(COLLECT).await;
    let body = json!({"jobName": "Logs", "jobComponent": {
        "componentUid": component["uid"], "variables": [{"name": "days", "value": "30"}],
    }});
    let made = stage.try_run(&body).await.json();
    let job = made["job"]["uid"].as_str().unwrap();
    assert_eq!(
        (&made["job"]["name"], &made["job"]["status"]),
        (&json!("Logs"), &json!("active"))
    );
    assert!(made["job"]["dateCreated"].is_i64() && made["job"]["id"].is_i64());
    let components = json!([{
        "uid": component["uid"],
        "name": COLLECT,
        "variables": [{"name": "days", "value": "30"}, {"name": "verbose", "value": "false"}],
    }]);
    assert_eq!(made["jobComponents"], components);
    let page = stage
        .rmm
        .get(&format!("/api/v2/job/{job}/components"))
        .await
        .json();
    assert_eq!(
        (&page["jobComponents"], &page["pageDetails"]["count"]),
        (&components, &json!(1))
    );

    let pending = stage.results(job).await;
    assert_eq!(
        pending,
        json!({"jobUid": job, "deviceUid": stage.device, "ranOn": null, "jobDeploymentStatus": "Pending", "componentResults": []})
    );
    assert_eq!(stage.output(job, "stdout").await, json!([]));
    stage.wait(3);
    assert_eq!(stage.status(job).await, (json!("active"), json!("Running")));
    assert!(stage.results(job).await["ranOn"].is_i64());
    stage.wait(5);
    assert_eq!(
        stage.status(job).await,
        (json!("completed"), json!("Success"))
    );
    assert_eq!(
        stage.results(job).await["componentResults"],
        json!([{
            "componentUid": component["uid"], "componentName": COLLECT, "componentStatus": "Success",
            "numberOfWarnings": 0, "hasStdOut": true, "hasStdErr": false,
        }])
    );
    assert_eq!(
        stage.output(job, "stdout").await,
        json!([{"componentUid": component["uid"], "componentName": COLLECT, "stdData": "412 events\r\n"}])
    );
    assert_eq!(stage.output(job, "stderr").await, json!([]));
    assert!(
        !format!("{:?}", stage.simulator.jobs()).contains("\"30\""),
        "values stay out of debug text"
    );
}

#[tokio::test]
async fn outcomes_are_scripted_by_component_and_device() {
    let stage = Stage::new().await;
    let fails = JobScript::new(JobOutcome::Failure).stderr("exit code 1\r\n");
    stage.simulator.script_jobs(None, None, fails).unwrap();
    let job = stage.run(COLLECT).await;
    stage.wait(60);
    assert_eq!(
        stage.status(&job).await,
        (json!("completed"), json!("Failure")),
        "completed is no success"
    );
    let result = stage.results(&job).await["componentResults"][0].clone();
    assert_eq!(
        (
            &result["componentStatus"],
            &result["hasStdOut"],
            &result["hasStdErr"]
        ),
        (&json!("Failure"), &json!(false), &json!(true))
    );
    assert_eq!(
        stage.output(&job, "stderr").await[0]["stdData"],
        "exit code 1\r\n"
    );

    let component = stage.component(COLLECT).await["uid"]
        .as_str()
        .unwrap()
        .to_owned();
    let warns = JobScript::new(JobOutcome::Warning).stdout("nearly\r\n");
    stage
        .simulator
        .script_jobs(Some(&component), Some(&stage.device), warns)
        .unwrap();
    let job = stage.run(COLLECT).await;
    stage.wait(60);
    assert_eq!(stage.status(&job).await.1, "Warning");
    assert_eq!(
        stage.results(&job).await["componentResults"][0]["numberOfWarnings"],
        1
    );

    stage
        .simulator
        .script_jobs(None, None, JobScript::new(JobOutcome::Retired))
        .unwrap();
    let job = stage.run(COLLECT).await;
    stage.wait(60);
    let retired = stage.results(&job).await;
    assert_eq!(
        (
            &retired["jobDeploymentStatus"],
            &retired["ranOn"],
            &retired["componentResults"]
        ),
        (&json!("Retired"), &Value::Null, &json!([]))
    );
    stage.simulator.clear_job_scripts();
    let job = stage.run(COLLECT).await;
    stage.wait(60);
    assert_eq!(stage.status(&job).await.1, "Success");
    let wrong = stage
        .simulator
        .script_jobs(Some("nothing"), None, JobScript::default());
    assert!(wrong.is_err());
}

#[tokio::test]
async fn what_cannot_be_reached_expires_unless_it_comes_back() {
    let stage = Stage::new().await;
    stage.simulator.set_online(&stage.device, false).unwrap();
    let (late, never) = (stage.run(COLLECT).await, stage.run(COLLECT).await);
    stage.wait(3600);
    assert_eq!(
        stage.status(&late).await,
        (json!("active"), json!("Pending"))
    );
    stage.simulator.set_online(&stage.device, true).unwrap();
    assert_eq!(stage.status(&late).await.1, "Pending");
    stage.wait(60);
    assert_eq!(stage.status(&late).await.1, "Success");
    assert_eq!(stage.status(&never).await.1, "Success", "both had waited");

    stage.simulator.set_on_demand(&stage.site, true).unwrap();
    let expired = stage.run(COLLECT).await;
    stage.wait(24 * 3600);
    assert_eq!(
        stage.status(&expired).await,
        (json!("completed"), json!("Expired"))
    );
    stage.simulator.set_on_demand(&stage.site, false).unwrap();
    stage.wait(60);
    assert_eq!(stage.status(&expired).await.1, "Expired", "it stays so");
}

#[tokio::test]
async fn a_device_that_goes_before_the_start_does_not_run_the_job() {
    let stage = Stage::new().await;
    let job = stage.run(COLLECT).await;
    stage.wait(1);
    stage.simulator.set_online(&stage.device, false).unwrap();
    stage.wait(60);
    assert_eq!(
        stage.status(&job).await,
        (json!("active"), json!("Pending"))
    );
    stage.simulator.set_online(&stage.device, true).unwrap();
    stage.wait(3);
    assert_eq!(
        stage.status(&job).await.1,
        "Running",
        "it waited until then"
    );
    stage.simulator.set_online(&stage.device, false).unwrap();
    stage.wait(60);
    assert_eq!(stage.status(&job).await.1, "Success", "what runs goes on");

    stage.simulator.set_online(&stage.device, true).unwrap();
    let moved = stage.run(COLLECT).await;
    let on_demand = stage
        .simulator
        .with_world_mut(|world| world.add_on_demand_site("Walk-in"));
    let path = format!("/api/v2/device/{}/site/{on_demand}", stage.device);
    assert_eq!(stage.rmm.put(&path, "").await.status, 200);
    stage.wait(60);
    assert_eq!(
        stage.status(&moved).await.1,
        "Pending",
        "nor one that moved away"
    );
    stage.wait(24 * 3600);
    assert_eq!(stage.status(&moved).await.1, "Expired");
}

#[tokio::test]
async fn bad_jobs_are_refused_and_make_nothing() {
    let stage = Stage::new().await;
    let uid = stage.component(COLLECT).await["uid"].clone();
    let with = |variables: Value| json!({"jobName": "x", "jobComponent": {"componentUid": uid, "variables": variables}});
    for body in [
        json!({"jobComponent": {"componentUid": uid}}),
        json!({"jobName": " ", "jobComponent": {"componentUid": uid}}),
        json!({"jobName": "x"}),
        json!({"jobName": "x", "jobComponent": {"componentUid": "nothing"}}),
        with(json!([{"name": "unknown", "value": "1"}])),
        with(json!([{"name": "count", "value": "1"}])),
        with(json!([{"name": "days", "value": "many"}])),
        with(json!([{"name": "verbose", "value": "yes"}])),
        with(json!([{"name": "days", "value": 7}])),
    ] {
        assert_eq!(stage.try_run(&body).await.status, 400, "{body}");
    }
    let body = json!({"jobName": "x", "jobComponent": {"componentUid": uid}}).to_string();
    let other = stage
        .rmm
        .send(Method::PUT, "/api/v2/device/nobody/quickjob", &body)
        .await;
    assert_eq!(other.status, 404);
    assert!(stage.simulator.jobs().is_empty());
    let job = stage.run(COLLECT).await;
    for path in [
        "/api/v2/job/nothing".to_owned(),
        "/api/v2/job/nothing/components".to_owned(),
        format!("/api/v2/job/nothing/results/{}", stage.device),
        format!("/api/v2/job/{job}/results/nobody"),
        format!("/api/v2/job/{job}/results/nobody/stdout"),
        format!("/api/v2/job/{job}/results/nobody/stderr"),
    ] {
        assert_eq!(stage.rmm.get(&path).await.status, 404, "{path}");
    }
}

/// F014, F016, F036: the site's variable leads the installer to the company.
#[tokio::test]
async fn the_installer_puts_the_device_into_the_company_of_the_package() {
    let stage = Stage::new().await;
    let company = stage.simulator.with_world_mut(|world| {
        let root = world.root.clone();
        let company = world.add_customer(&root, "Harbour Clinic").unwrap();
        world.add_association(&stage.site, &company).unwrap();
        company
    });
    let endpoints = || {
        let companies = stage.simulator.companies();
        let found = companies.into_iter().find(|known| known.id == company);
        found.unwrap().endpoints
    };
    let job = stage.run(AGENT_COMPONENT).await;
    stage.wait(3);
    assert!(endpoints().is_empty(), "not while it runs");
    stage.wait(5);
    let made = endpoints();
    assert_eq!(
        (made.len(), made[0].name.as_str(), &made[0].macs),
        (1, "PC-1", &vec![MAC])
    );
    assert!(made[0].managed && made[0].protected);
    assert_eq!(stage.status(&job).await.1, "Success");
    stage.run(AGENT_COMPONENT).await;
    stage.wait(60);
    assert_eq!(
        endpoints().len(),
        1,
        "a second run makes no second endpoint"
    );
}

#[tokio::test]
async fn the_installer_fails_without_a_link_that_leads_to_a_ready_kit() {
    let stage = Stage::new().await;
    let failure = async |reason: &str| {
        let job = stage.run(AGENT_COMPONENT).await;
        stage.wait(60);
        assert_eq!(stage.status(&job).await.1, "Failure", "{reason}");
        let stderr = stage.output(&job, "stderr").await;
        assert!(
            stderr[0]["stdData"].as_str().unwrap().contains(reason),
            "{stderr}"
        );
    };
    failure("GravityZonePackageLink").await;
    stage
        .simulator
        .set_account_variable(LINK_VARIABLE, "https://nowhere.invalid/x.exe");
    failure("404").await;
    let package = stage.simulator.with_world_mut(|world| {
        let root = world.root.clone();
        let company = world.add_customer(&root, "Harbour Clinic").unwrap();
        let package = world
            .add_package(&company, "p", PackageSpec::default())
            .unwrap();
        world.package_mut(&package).unwrap().built_at_ms = i64::MAX;
        package
    });
    let link = stage.simulator.windows_link(&package).unwrap();
    // The site's variable wins over the account's.
    stage
        .simulator
        .set_variable(&stage.site, LINK_VARIABLE, &link)
        .unwrap();
    failure("not ready").await;
    // Any component can be the one that installs.
    stage
        .simulator
        .update_settings(|settings| settings.rmm.jobs.agent_component = COLLECT.into());
    let job = stage.run(AGENT_COMPONENT).await;
    stage.wait(60);
    assert_eq!(stage.status(&job).await.1, "Success");
}

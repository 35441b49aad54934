//! Every operation once: host, method, path, query, body, and what is made of the vendor's answer.

mod accounts;
mod clients;
mod groups;
mod history;
mod keys;
mod networks;
mod nodes;
mod power_strips;
mod settings;
mod site_survey;
mod switches;
mod time;
mod users;
mod vouchers;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use client_core::{AttemptReport, Observer, Operation};
use datto_networking::{Client, Error, Family, Host, OPERATIONS};

use crate::support::{builder, json, received, scripted, target, verify_over};

/// What the vendor says when it did something and has nothing to tell.
const DONE: [&str; 5] = [
    r#"{"code":1009,"message":"Success.","context":"op","values":{},"details":""}"#,
    r#"{"status":200}"#,
    "{}",
    "",
    "OK",
];

/// Fails if an operation was added without a case here.
#[tokio::test]
async fn every_operation_of_the_crate() {
    let ran = Ran::default();
    accounts::all(&ran).await;
    clients::all(&ran).await;
    groups::all(&ran).await;
    history::all(&ran).await;
    keys::all(&ran).await;
    networks::all(&ran).await;
    nodes::all(&ran).await;
    power_strips::all(&ran).await;
    settings::all(&ran).await;
    site_survey::all(&ran).await;
    switches::all(&ran).await;
    time::all(&ran).await;
    users::all(&ran).await;
    vouchers::all(&ran).await;
    let ran = ran.0.lock().unwrap().clone();
    let known: BTreeSet<_> = OPERATIONS.iter().map(Operation::name).collect();
    assert_eq!(ran, known);
}

/// Notes which operations were sent.
#[derive(Clone, Default)]
struct Ran(Arc<Mutex<BTreeSet<&'static str>>>);

impl Observer for Ran {
    fn attempt(&self, report: &AttemptReport) {
        assert_eq!(report.error, None, "{report:?}");
        self.0.lock().unwrap().insert(report.operation.name());
    }
}

impl Ran {
    /// Makes one call on a server that gives `answer`, and checks the one request that it sends, byte for byte.
    ///
    /// `line` is method, host and target: the hosts of the families are told apart by the paths `/v1`, `/v2` and `/v3`
    /// of their addresses, which are not signed. `body` is empty if none is sent.
    async fn sends<T: Debug>(
        &self,
        line: &str,
        body: &str,
        answer: &str,
        call: impl AsyncFn(Client) -> Result<T, Error>,
    ) -> T {
        let mut results = self.exchange(line, body, &[answer], call).await;
        results.remove(0)
    }

    /// As [`sends`](Self::sends), for a call that gives nothing, with every answer that means "done".
    async fn done(&self, line: &str, body: &str, call: impl AsyncFn(Client) -> Result<(), Error>) {
        self.exchange(line, body, &DONE, call).await;
    }

    /// As [`sends`](Self::sends), once for each of the answers.
    async fn exchange<T: Debug>(
        &self,
        line: &str,
        body: &str,
        answers: &[&str],
        call: impl AsyncFn(Client) -> Result<T, Error>,
    ) -> Vec<T> {
        let server = scripted(answers.iter().map(|answer| json(200, answer))).await;
        let mut builder = builder(&server).allow_writes();
        for (family, path) in Family::ALL.into_iter().zip(["v1", "v2", "v3"]) {
            builder = builder.host(family, Host::new(format!("{}/{path}", server.uri())));
        }
        let ran = self.clone();
        let observed =
            move |core: client_core::ClientBuilder| core.no_proxy().observer(Arc::new(ran.clone()));
        let client = builder.settings(observed).build().unwrap();
        let mut results = Vec::new();
        for answer in answers {
            let result = call(client.clone()).await;
            let result =
                result.unwrap_or_else(|error| panic!("{line}, answered {answer}: {error}"));
            assert!(
                !format!("{result:?}").contains("canary"),
                "{line}, answered {answer}"
            );
            results.push(result);
        }
        let requests = received(&server).await;
        assert_eq!(requests.len(), answers.len(), "{line}");
        for request in &requests {
            let target = target(request);
            assert_eq!(format!("{} {target}", request.method), line);
            assert_eq!(String::from_utf8_lossy(&request.body), body, "{line}");
            verify_over(request, ("authorization", "signature"), &target[3..]);
        }
        results
    }
}

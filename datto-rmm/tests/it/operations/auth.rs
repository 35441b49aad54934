//! The log-in.

use std::sync::Arc;

use datto_rmm::{CalibrationPolicy, Client};
use wiremock::Mock;
use wiremock::matchers::header;

use super::Ran;
use crate::support::{Exactly, KEY, SECRET, Wire, json, line, token};

pub(super) async fn log_in(ran: &Arc<Ran>) {
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
    let builder = builder.calibration(CalibrationPolicy::off());
    let client = builder.observer(Arc::clone(ran) as _).build().unwrap();
    let account = client.account().get().await.unwrap();
    assert_eq!(
        (account.uid, account.name),
        (None, None),
        "every field may be absent"
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

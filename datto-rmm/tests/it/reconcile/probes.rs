//! Probes: certain or unknown.

use datto_rmm::sites::SiteUid;
use reconcile::execution::{Finding, Source as _, SourceProbe};
use reconcile::identity::{EntityRef, Instance, Kind, Vendor};
use reconcile::inventory::VariableValue;
use serde_json::json as value;
use wiremock::Mock;

use super::{ACME, BROKEN, LATER, connected, variables};
use crate::support::{Wire, html, json, line, refused};

#[tokio::test]
async fn probes_say_what_is_certain_only() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    assert_eq!(
        source.probe(&SourceProbe::Control).await,
        Finding::Control(source.instance().clone())
    );
    let site = |uid: &str| source.site(&SiteUid::new(uid));
    for (uid, answer, wanted) in [
        (
            ACME,
            json(
                200,
                value!({"uid": ACME, "name": "Acme", "onDemand": false}).to_string(),
            ),
            "found",
        ),
        (LATER, refused(404, "Not Found", "/v2/site"), "absent"),
        (BROKEN, refused(403, "Forbidden", "/v2/site"), "unknown"),
        ("a", html(404), "unknown"),
        (
            "b",
            json(404, r#"{"message":"No static resource"}"#),
            "unknown",
        ),
        (
            "c",
            json(
                200,
                value!({"uid": "other", "name": "X", "onDemand": false}).to_string(),
            ),
            "unknown",
        ),
        ("d", json(200, "{}"), "unknown"),
        ("e", refused(401, "Unauthorized", "/v2/site"), "unknown"),
    ] {
        Mock::given(line("GET", format!("/api/v2/site/{uid}")))
            .respond_with(answer)
            .mount(&wire.server)
            .await;
        let found = match source.probe(&SourceProbe::Site(site(uid))).await {
            Finding::Organization(Some(found)) if found.entity == site(uid) => "found",
            Finding::Organization(None) => "absent",
            Finding::Unknown(_) => "unknown",
            _ => "another answer",
        };
        assert_eq!(found, wanted, "{uid}");
    }
    let foreign = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123").entity(Kind::SITE, ACME);
    assert!(matches!(
        source.probe(&SourceProbe::Site(foreign.clone())).await,
        Finding::Unknown(_)
    ));
    let of_foreign = SourceProbe::Variable {
        of: foreign,
        name: "Link".into(),
    };
    assert!(matches!(
        source.probe(&of_foreign).await,
        Finding::Unknown(_)
    ));
}

#[tokio::test]
async fn a_variable_is_absent_only_from_a_whole_listing() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    variables(
        &wire,
        "account",
        value!([{"id": 3, "name": "Link", "value": "****", "masked": true}]),
    )
    .await;
    variables(
        &wire,
        &format!("site/{ACME}"),
        value!([{"id": 4, "name": "link", "value": "x"}]),
    )
    .await;
    variables(
        &wire,
        &format!("site/{LATER}"),
        value!([{"id": 4, "name": {}}]),
    )
    .await;
    let missing = refused(404, "Not Found", "/v2/site");
    wire.answer(
        line(
            "GET",
            format!("/api/v2/site/{BROKEN}/variables?max=250&page=0"),
        ),
        1,
        missing,
    )
    .await;
    let probe = |of: EntityRef| SourceProbe::Variable {
        of,
        name: "Link".into(),
    };
    let site = |uid: &str| source.site(&SiteUid::new(uid));
    let Finding::Variable(Some(found)) = source.probe(&probe(source.root())).await else {
        panic!()
    };
    assert_eq!(
        (found.id.as_str(), found.value),
        ("3", VariableValue::Masked)
    );
    assert_eq!(
        source.probe(&probe(site(ACME))).await,
        Finding::Variable(None)
    );
    assert!(matches!(
        source.probe(&probe(site(LATER))).await,
        Finding::Unknown(_)
    ));
    assert!(matches!(
        source.probe(&probe(site(BROKEN))).await,
        Finding::Unknown(_)
    ));
}

//! Companies by id and by name.

use gravityzone::ErrorKind;
use gravityzone::companies::{CompanyId, LicenseSubscription, NewCompany};
use serde_json::{Value, json};

use crate::console::{ACME, Answer, BETA, Console, FOLDER, ROOT, company, root};

/// What a deleted company answers differs; a wrong path, a missing right and a throttle are no absence.
#[tokio::test]
async fn a_company_is_absent_only_if_the_vendor_says_so() {
    for (answer, absent) in [
        (
            || Answer::Error(-32602, "Invalid value for 'companyId' parameter.") as Answer,
            true,
        ),
        (|| Answer::Error(-32002, "Resource not found"), true),
        (|| Answer::Error(-32001, "Authorization failed."), false),
        (
            || {
                Answer::Status(
                    403,
                    -32000,
                    "API Key is not allowed to access the selected API: companies",
                )
            },
            false,
        ),
        (|| Answer::Status(401, -32000, "Invalid API key"), false),
        (|| Answer::Raw(wiremock::ResponseTemplate::new(404)), false),
        (|| Answer::Raw(wiremock::ResponseTemplate::new(500)), false),
        (|| Answer::Raw(wiremock::ResponseTemplate::new(429)), false),
    ] as [(fn() -> Answer, bool); 8]
    {
        let console = Console::start(move |_| answer()).await;
        let found = console.client().company(&CompanyId::new(ACME)).find().await;
        assert_eq!(matches!(found, Ok(None)), absent, "{found:?}");
        if !absent {
            assert!(found.is_err());
        }
    }
    // An id of another shape may be refused for its shape.
    let console =
        Console::start(|_| Answer::Error(-32602, "Invalid value for 'companyId' parameter.")).await;
    let error = console
        .client()
        .company(&CompanyId::new("short"))
        .find()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn names_are_compared_whole_and_without_case() {
    let console = Console::with(&[
        ("getCompanyDetails", root()),
        (
            "findCompaniesByName",
            json!([
                company(ACME, "ACME", 1, ROOT),
                company(BETA, "Acme North", 1, ROOT)
            ]),
        ),
    ])
    .await;
    let named = console.client().companies().named("Acme").await.unwrap();
    assert_eq!(named.len(), 1);
    assert_eq!(named[0].company.id.as_str(), ACME);
    assert_eq!(named[0].partner, Some(CompanyId::new(ROOT)));
    assert_eq!(console.asked()[0].params, json!({"nameFilter": "Acme"}));
    assert_eq!(console.count("getCompaniesList"), 0, "no walk is needed");
}

#[tokio::test]
async fn the_own_company_has_a_name_too() {
    let console = Console::with(&[
        ("getCompanyDetails", root()),
        ("findCompaniesByName", json!([])),
    ])
    .await;
    let named = console
        .client()
        .companies()
        .named("example partner")
        .await
        .unwrap();
    assert_eq!(named[0].company.id.as_str(), ROOT);
}

#[tokio::test]
async fn a_name_with_a_leading_star_is_searched_for_as_text() {
    let console = Console::with(&[
        ("getCompanyDetails", root()),
        (
            "findCompaniesByName",
            json!([
                company(ACME, "*Star", 1, ROOT),
                company(BETA, "Big *Star", 1, ROOT)
            ]),
        ),
    ])
    .await;
    let named = console.client().companies().named("*Star").await.unwrap();
    assert_eq!(
        named
            .iter()
            .map(|named| named.company.id.as_str())
            .collect::<Vec<_>>(),
        [ACME]
    );
    assert_eq!(console.asked()[0].params, json!({"nameFilter": "**Star"}));
}

/// A tree with the company in a folder; the search gives 25 others.
fn crowded(asked: &crate::console::Asked) -> Answer {
    let others: Vec<Value> = (0..25)
        .map(|n| {
            company(
                &format!("0123456789abcdef000001{n:02x}"),
                &format!("Acme {n}"),
                1,
                ROOT,
            )
        })
        .collect();
    match (asked.method.as_str(), asked.params["parentId"].as_str()) {
        ("findCompaniesByName", _) => Answer::Result(others.into()),
        ("getCompanyDetails", _) => match asked.params["companyId"].as_str() {
            None => Answer::Result(root()),
            Some(ACME) => {
                let mut acme = company(ACME, "Acme", 1, "");
                acme.as_object_mut().unwrap().remove("parentCompanyId");
                Answer::Result(acme)
            }
            Some(_) => Answer::Error(-32002, "Resource not found"),
        },
        ("getCompaniesList", Some(ROOT)) => Answer::Result(json!([{"id": BETA, "name": "Beta"}])),
        ("getCompaniesList", Some(FOLDER)) => Answer::Result(json!([{"id": ACME, "name": "Acme"}])),
        ("getCompaniesList", _) => Answer::Error(-32602, "Invalid value for 'parentId' parameter."),
        ("getCompanyFoldersList", Some(ROOT)) => {
            Answer::Result(json!([{"id": FOLDER, "name": "North"}]))
        }
        ("getCompanyFoldersList", _) => Answer::Result(json!([])),
        _ => Answer::Error(-32601, "Method not found"),
    }
}

/// 25 rows may be a cut list: then the tree is walked.
#[tokio::test]
async fn a_full_search_is_followed_by_a_walk() {
    let console = Console::start(crowded).await;
    let found = console.client().companies().search("Acme").await.unwrap();
    assert!(found.may_be_cut());
    let named = console.client().companies().named("acme").await.unwrap();
    assert_eq!(named.len(), 1);
    assert_eq!(
        named[0]
            .parent
            .as_ref()
            .map(gravityzone::network::NodeId::as_str),
        Some(FOLDER)
    );
    assert_eq!(
        named[0].partner,
        Some(CompanyId::new(ROOT)),
        "folders do not count"
    );
}

/// A part of the tree that cannot be read may hide the name.
#[tokio::test]
async fn a_walk_that_is_not_whole_finds_nothing() {
    let console =
        Console::start(
            |asked| match (asked.method.as_str(), asked.params["parentId"].as_str()) {
                ("getCompaniesList", Some(FOLDER)) => {
                    Answer::Error(-32000, "Something of its own.")
                }
                _ => crowded(asked),
            },
        )
        .await;
    let error = console
        .client()
        .companies()
        .named("acme")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vendor);
}

/// Leaving the subscription out would make a trial: it is always sent, even when it is one.
#[tokio::test]
async fn the_trial_is_never_an_accident() {
    let console = Console::with(&[("createCompany", json!(ACME))]).await;
    for subscription in [
        LicenseSubscription::trial(),
        LicenseSubscription::monthly(),
        LicenseSubscription::key("FAKE"),
    ] {
        console
            .client()
            .companies()
            .create(&NewCompany::partner("Acme", subscription))
            .await
            .unwrap();
    }
    let types: Vec<_> = console
        .asked()
        .iter()
        .map(|asked| asked.params["licenseSubscription"]["type"].clone())
        .collect();
    assert_eq!(types, [json!(1), json!(3), json!(2)]);
}

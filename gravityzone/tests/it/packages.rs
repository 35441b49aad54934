//! Packages and their links.

use gravityzone::ErrorKind;
use gravityzone::companies::CompanyId;
use gravityzone::packages::{LinkQuery, ListPackages};
use serde_json::json;

use crate::console::{ACME, Answer, BETA, Console, PACKAGE, ROOT};

/// A filter by name alone gives other companies' packages too; so may a console that ignores the company.
#[tokio::test]
async fn links_of_other_companies_and_packages_are_left_out() {
    let row = |name: &str, company: &str, n: u8| {
        json!({
            "packageName": name, "companyName": "x", "companyId": company,
            "installLinkWindows": format!("https://downloads.invalid/setupdownloader_[{n}].exe"),
        })
    };
    let rows = json!([
        row("site-1", BETA, 1),
        row("site-1", ACME, 2),
        row("site-10", ACME, 3)
    ]);
    let console = Console::with(&[("getInstallationLinks", rows)]).await;
    let query = LinkQuery::of(CompanyId::new(ACME)).package("site-1");
    let links = console.client().packages().links(&query).await.unwrap();
    assert_eq!(links.len(), 1);
    assert!(
        links[0]
            .install_link_windows
            .as_ref()
            .unwrap()
            .expose()
            .contains("[2]")
    );
    let all = console
        .client()
        .packages()
        .links(&LinkQuery::all().package("site-1"))
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(
        console
            .client()
            .company(&CompanyId::new(ACME))
            .links()
            .await
            .unwrap()
            .len(),
        2
    );
    assert!(!format!("{all:?}").contains("downloads.invalid"));
}

/// A link in an answer that cannot be read shows up nowhere.
#[tokio::test]
async fn links_are_in_no_error() {
    let bad = json!([{
        "packageName": [1],
        "installLinkWindows": "https://downloads.invalid/canary",
        "fullKitLinuxX64": "https://downloads.invalid/canary",
    }]);
    let console = Console::with(&[("getInstallationLinks", bad)]).await;
    let error = console
        .client()
        .packages()
        .links(&LinkQuery::all())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{error:?}"
    );
}

/// The root's own id is refused where a managed company is expected; without it, the root's packages come.
#[tokio::test]
async fn the_roots_packages_are_asked_for_without_its_id() {
    let console = Console::start(|asked| match asked.params.get("companyId") {
        Some(_) => Answer::Error(-32602, "The ID of a managed company is expected."),
        None => Answer::Result(
            json!({"total": 1, "items": [{"id": PACKAGE, "name": "Default", "type": 4}]}),
        ),
    })
    .await;
    let client = console.client();
    let error = client
        .packages()
        .list(&CompanyId::new(ROOT))
        .collect_all()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let own = client
        .packages()
        .own(&ListPackages::default())
        .collect_all()
        .await
        .unwrap();
    assert_eq!(own.as_slice()[0].name, "Default");
}

#[tokio::test]
async fn an_answer_without_the_new_id_leaves_the_outcome_open() {
    let console =
        Console::with(&[("createPackage", json!([{"records": [], "success": true}]))]).await;
    let new = gravityzone::packages::NewPackage::new("x", gravityzone::packages::Competitors::Keep);
    let error = console.client().packages().create(&new).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.is_outcome_unknown());
}

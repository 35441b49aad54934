//! Every operation: path, version, method, parameters and answer. The last check is that none was left out.

use std::collections::BTreeSet;
use std::pin::Pin;

use gravityzone::companies::{
    CompanyId, CompanyType, LicenseSubscription, NewCompany, UpdateCompany,
};
use gravityzone::licensing::{ProtectionModel, SubscriptionType};
use gravityzone::network::{
    FolderId, InventoryType, ItemSort, ListCompanies, ListEndpoints, ListInventory, NodeId,
};
use gravityzone::packages::{Competitors, LinkQuery, Module, NewPackage, PackageId, PackageType};
use gravityzone::{Client, OPERATIONS};
use serde_json::{Value, json};

use crate::console::{ACME, Answer, Console, FOLDER, PACKAGE, ROOT, company, root};

type Run = fn(Client) -> Pin<Box<dyn Future<Output = ()>>>;

struct Case {
    operation: &'static str,
    path: &'static str,
    method: &'static str,
    params: Value,
    result: Value,
    run: Run,
}

fn acme() -> CompanyId {
    CompanyId::new(ACME)
}

fn cases() -> Vec<Case> {
    let mut cases = company_cases();
    cases.extend(network_cases());
    cases.extend(package_cases());
    cases.extend([
        Case {
            operation: "general.api_key_details",
            path: "/v1.0/jsonrpc/general",
            method: "getApiKeyDetails",
            params: json!({}),
            result: json!({"enabledApis": ["companies", "network"], "createdAt": "2019-04-11T12:00:54"}),
            run: |client| {
                Box::pin(async move {
                    let details = client.general().api_key_details().await.unwrap();
                    assert_eq!(details.enabled_apis, ["companies", "network"]);
                    assert_eq!(details.created_at, Some("2019-04-11T12:00:54Z".parse().unwrap()));
                })
            },
        },
        Case {
            operation: "licensing.get",
            path: "/v1.0/jsonrpc/licensing",
            method: "getLicenseInfo",
            params: json!({"companyId": ACME}),
            result: json!({"subscriptionType": 3, "usedSlots": 12, "totalSlots": null, "assignedProtectionModel": "mspSecure"}),
            run: |client| {
                Box::pin(async move {
                    let license = client.company(&acme()).license().await.unwrap();
                    assert_eq!(license.subscription_type, SubscriptionType::Monthly);
                    assert_eq!((license.used_slots, license.total_slots), (Some(12), None));
                    assert_eq!(license.assigned_protection_model, Some(ProtectionModel::MspSecure));
                })
            },
        },
        Case {
            operation: "licensing.get",
            path: "/v1.0/jsonrpc/licensing",
            method: "getLicenseInfo",
            params: json!({"returnAllProducts": true}),
            // As documented: a list.
            result: json!([{"subscriptionType": 2, "licenseKey": "FAKE-KEY"}, {"subscriptionType": 2, "isAddon": 1}]),
            run: |client| {
                Box::pin(async move {
                    let licenses = client.licensing().list(None).await.unwrap();
                    assert_eq!(licenses.iter().map(|license| license.is_addon).collect::<Vec<_>>(), [false, true]);
                })
            },
        },
    ]);
    cases
}

fn company_cases() -> Vec<Case> {
    const PATH: &str = "/v1.0/jsonrpc/companies";
    vec![
        Case {
            operation: "companies.get",
            path: PATH,
            method: "getCompanyDetails",
            params: json!({}),
            result: root(),
            run: |client| {
                Box::pin(async move {
                    let own = client.companies().own().await.unwrap();
                    assert_eq!(
                        (own.id.as_str(), own.company_type),
                        (ROOT, CompanyType::Partner)
                    );
                })
            },
        },
        Case {
            operation: "companies.get",
            path: PATH,
            method: "getCompanyDetails",
            params: json!({"companyId": ACME}),
            result: company(ACME, "Acme", 1, ROOT),
            run: |client| {
                Box::pin(async move {
                    let company = client.company(&acme()).get().await.unwrap();
                    assert_eq!(company.parent_company_id, Some(CompanyId::new(ROOT)));
                    assert_eq!(company.country, None);
                })
            },
        },
        Case {
            operation: "companies.create",
            path: PATH,
            method: "createCompany",
            params: json!({
                "type": 1,
                "name": "Acme",
                "parentId": ROOT,
                "licenseSubscription": {"type": 3, "assignedProtectionModel": "mspSecure"},
            }),
            result: json!(ACME),
            run: |client| {
                Box::pin(async move {
                    let subscription =
                        LicenseSubscription::monthly().protection_model(ProtectionModel::MspSecure);
                    let new = NewCompany::customer("Acme", subscription).parent(ROOT.into());
                    assert_eq!(client.companies().create(&new).await.unwrap(), acme());
                })
            },
        },
        Case {
            operation: "companies.update",
            path: PATH,
            method: "updateCompanyDetails",
            // The parameter is `id`: under another name the own company would change.
            params: json!({"id": ACME, "name": "Acme 2"}),
            result: Value::Null,
            run: |client| {
                Box::pin(async move {
                    client
                        .company(&acme())
                        .update(&UpdateCompany::new().name("Acme 2"))
                        .await
                        .unwrap();
                })
            },
        },
        Case {
            operation: "companies.update",
            path: PATH,
            method: "updateCompanyDetails",
            params: json!({"phone": "+40 1"}),
            result: Value::Null,
            run: |client| {
                Box::pin(async move {
                    client
                        .companies()
                        .update_own(&UpdateCompany::new().phone("+40 1"))
                        .await
                        .unwrap();
                })
            },
        },
        Case {
            operation: "companies.delete",
            path: PATH,
            method: "deleteCompany",
            params: json!({"companyId": ACME}),
            result: Value::Null,
            run: |client| Box::pin(async move { client.company(&acme()).delete().await.unwrap() }),
        },
        Case {
            operation: "companies.suspend",
            path: PATH,
            method: "suspendCompany",
            params: json!({"companyId": ACME, "recursive": true}),
            result: Value::Null,
            run: |client| {
                Box::pin(async move { client.company(&acme()).suspend(true).await.unwrap() })
            },
        },
        Case {
            operation: "companies.activate",
            path: PATH,
            method: "activateCompany",
            params: json!({"companyId": ACME, "recursive": false}),
            result: Value::Null,
            run: |client| {
                Box::pin(async move { client.company(&acme()).activate(false).await.unwrap() })
            },
        },
        Case {
            operation: "companies.search",
            path: PATH,
            method: "findCompaniesByName",
            params: json!({"nameFilter": "*cm"}),
            result: json!([company(ACME, "Acme", 1, ROOT)]),
            run: |client| {
                Box::pin(async move {
                    let found = client.companies().search("*cm").await.unwrap();
                    assert_eq!(found.companies.len(), 1);
                    assert!(!found.may_be_cut());
                })
            },
        },
    ]
}

fn network_cases() -> Vec<Case> {
    const OLD: &str = "/v1.0/jsonrpc/network";
    const NEW: &str = "/v1.1/jsonrpc/network";
    vec![
        Case {
            operation: "network.companies",
            path: OLD,
            method: "getCompaniesList",
            params: json!({"parentId": FOLDER, "filters": {"companyType": 1}}),
            result: json!([{"id": ACME, "name": "Acme"}]),
            run: |client| {
                Box::pin(async move {
                    let list = ListCompanies::below(FolderId::new(FOLDER))
                        .company_type(CompanyType::Customer);
                    let rows = client
                        .network()
                        .companies(&list)
                        .collect_all()
                        .await
                        .unwrap();
                    assert_eq!(rows.as_slice()[0].id, acme());
                })
            },
        },
        Case {
            operation: "network.folders",
            path: OLD,
            method: "getCompanyFoldersList",
            params: json!({"parentId": ROOT}),
            result: json!([{"id": FOLDER, "name": "North"}]),
            run: |client| {
                Box::pin(async move {
                    let root = NodeId::Company(ROOT.into());
                    let rows = client
                        .network()
                        .folders(Some(&root))
                        .collect_all()
                        .await
                        .unwrap();
                    assert_eq!(rows.as_slice()[0].name, "North");
                })
            },
        },
        Case {
            operation: "network.move_node",
            path: OLD,
            method: "moveCompanyOrCompanyFolder",
            params: json!({"id": ACME, "newParentId": FOLDER}),
            result: Value::Null,
            run: |client| {
                Box::pin(async move {
                    client
                        .company(&acme())
                        .move_to(FolderId::new(FOLDER))
                        .await
                        .unwrap();
                })
            },
        },
        Case {
            operation: "network.endpoints",
            path: NEW,
            method: "getEndpointsList",
            // `parentId`, not `companyId`, which would be ignored.
            params: json!({
                "parentId": ACME,
                "filters": {"depth": {"allItemsRecursively": true}},
                "page": 1,
                "perPage": 30,
            }),
            result: json!({
                "total": 1, "page": 1, "perPage": 30, "pagesCount": 1, "hasMoreRecords": false,
                "items": [{
                    "id": "5a37b660b1a43d99117b23aa", "name": "RECEPTION", "isManaged": true, "machineType": 1,
                    "ip": "10.0.0.7", "macs": ["324935237335"], "managedWithBest": true,
                }],
            }),
            run: |client| {
                Box::pin(async move {
                    let list = ListEndpoints::below(ACME).recursive().per_page(30);
                    let endpoints = client
                        .network()
                        .endpoints(&list)
                        .collect_all()
                        .await
                        .unwrap();
                    assert!(endpoints.as_slice()[0].management.managed_with_best);
                })
            },
        },
        Case {
            operation: "network.inventory",
            path: NEW,
            method: "getNetworkInventoryItems",
            params: json!({"filters": {"type": {"companies": true}}, "page": 1, "perPage": 1000}),
            result: json!({
                "total": 1, "pagesCount": 1, "hasMoreRecords": false,
                "items": [{"id": ACME, "name": "Acme", "type": 1, "parentId": ROOT, "companyId": ACME}],
            }),
            run: |client| {
                Box::pin(async move {
                    let list = ListInventory::default().sorts([ItemSort::Companies]);
                    let items = client
                        .network()
                        .inventory(&list)
                        .collect_all()
                        .await
                        .unwrap();
                    assert_eq!(items.as_slice()[0].item_type, Some(InventoryType::Company));
                })
            },
        },
    ]
}

fn package_cases() -> Vec<Case> {
    const PATH: &str = "/v1.0/jsonrpc/packages";
    vec![
        Case {
            operation: "packages.list",
            path: PATH,
            method: "getPackagesList",
            params: json!({"companyId": ACME, "page": 1, "perPage": 100}),
            result: json!({
                "total": 1, "page": 1, "perPage": 100, "pagesCount": 1,
                "items": [{"id": PACKAGE, "name": "site-1", "type": 4}],
            }),
            run: |client| {
                Box::pin(async move {
                    let rows = client
                        .company(&acme())
                        .packages()
                        .collect_all()
                        .await
                        .unwrap();
                    assert_eq!(rows.as_slice()[0].package_type, Some(PackageType::Best));
                })
            },
        },
        Case {
            operation: "packages.get",
            path: PATH,
            method: "getPackageDetails",
            params: json!({"packageId": PACKAGE}),
            result: json!({
                "packageName": "site-1",
                "modules": {"antimalware": 1, "firewall": 1, "atc": 0, "advancedThreatControl": 0},
                "roles": {"relay": 0, "exchange": 1},
                "settings": {"scanBeforeInstall": false, "removeCompetitors": true},
            }),
            run: |client| {
                Box::pin(async move {
                    let package = client
                        .package(&PackageId::new(PACKAGE))
                        .get()
                        .await
                        .unwrap();
                    assert_eq!(
                        package.enabled_modules(),
                        [Module::Antimalware, Module::Firewall]
                    );
                    assert!(package.roles.exchange);
                })
            },
        },
        Case {
            operation: "packages.create",
            path: PATH,
            method: "createPackage",
            params: json!({
                "packageName": "site-1",
                "companyId": ACME,
                "modules": {"firewall": 1, "userControl": 1, "antiphishing": 1, "trafficScan": 1},
                "settings": {"scanBeforeInstall": 0, "removeCompetitors": 1},
                "roles": {"relay": 0, "exchange": 0},
            }),
            result: json!([{"records": [PACKAGE], "success": true}]),
            run: |client| {
                Box::pin(async move {
                    let new = NewPackage::new("site-1", Competitors::Remove)
                        .company(acme())
                        .modules([Module::Firewall, Module::ContentControl]);
                    assert_eq!(
                        client.packages().create(&new).await.unwrap().as_str(),
                        PACKAGE
                    );
                })
            },
        },
        Case {
            operation: "packages.delete",
            path: PATH,
            method: "deletePackage",
            params: json!({"packageId": PACKAGE}),
            result: Value::Null,
            run: |client| {
                Box::pin(async move {
                    client
                        .package(&PackageId::new(PACKAGE))
                        .delete()
                        .await
                        .unwrap();
                })
            },
        },
        Case {
            operation: "packages.links",
            path: PATH,
            method: "getInstallationLinks",
            params: json!({"companyId": ACME, "packageName": "site-1", "ringId": 3}),
            result: json!([{
                "packageName": "site-1", "companyName": "Acme", "companyId": ACME,
                "installLinkWindows": "https://downloads.invalid/setupdownloader_[QUJD].exe",
                "status": {"windows": 2},
            }]),
            run: |client| {
                Box::pin(async move {
                    let query = LinkQuery::of(acme()).package("site-1").ring(3);
                    let links = client.packages().links(&query).await.unwrap();
                    let link = links[0].ready_windows_link().unwrap();
                    assert_eq!(
                        link.expose(),
                        "https://downloads.invalid/setupdownloader_[QUJD].exe"
                    );
                })
            },
        },
    ]
}

#[tokio::test]
async fn every_operation_sends_what_is_documented_and_reads_the_answer() {
    let mut ran = BTreeSet::new();
    for case in cases() {
        let result = case.result.clone();
        let console = Console::start(move |_| Answer::Result(result.clone())).await;
        (case.run)(console.client()).await;
        let asked = console.asked();
        assert_eq!(asked.len(), 1, "{}", case.operation);
        let sent = (
            asked[0].path.as_str(),
            asked[0].method.as_str(),
            &asked[0].params,
        );
        assert_eq!(
            sent,
            (case.path, case.method, &case.params),
            "{}",
            case.operation
        );
        assert_eq!(console.seen.names(), [case.operation]);
        ran.insert(case.operation);
    }
    let all: BTreeSet<_> = OPERATIONS
        .iter()
        .map(client_core::Operation::name)
        .collect();
    assert_eq!(ran, all, "every operation has a case here");
}

/// The version is bound to the method: a 1.0 method fails on 1.1 and the other way round.
#[tokio::test]
async fn versions_are_as_documented() {
    for operation in OPERATIONS {
        let is_new = ["getEndpointsList", "getNetworkInventoryItems"]
            .contains(&operation.rpc_method().unwrap());
        let version = if is_new {
            "/v1.1/jsonrpc/"
        } else {
            "/v1.0/jsonrpc/"
        };
        assert!(
            operation.path().starts_with(version),
            "{}",
            operation.name()
        );
    }
}

/// A void method succeeds whether `result` is null or missing.
#[tokio::test]
async fn a_void_answer_may_lack_its_result() {
    let console = Console::start(|asked| {
        let body = json!({"id": asked.id, "jsonrpc": "2.0"});
        Answer::Raw(wiremock::ResponseTemplate::new(200).set_body_json(body))
    })
    .await;
    console.client().company(&acme()).delete().await.unwrap();
    console
        .client()
        .company(&acme())
        .suspend(false)
        .await
        .unwrap();
}

/// What is wrong with the input is told before anything is sent.
#[tokio::test]
async fn bad_input_is_never_sent() {
    let console = Console::with(&[]).await;
    let client = console.client();
    let trial = LicenseSubscription::trial;
    let empty = CompanyId::new("");
    let errors = [
        client
            .companies()
            .create(&NewCompany::customer("x".repeat(65), trial()))
            .await
            .unwrap_err(),
        client
            .companies()
            .create(&NewCompany::customer("<i>x</i>", trial()))
            .await
            .unwrap_err(),
        client
            .companies()
            .update_own(&UpdateCompany::new().company_type(CompanyType::Customer))
            .await
            .unwrap_err(),
        client
            .company(&acme())
            .update(&UpdateCompany::new().skip_2fa_period(5))
            .await
            .unwrap_err(),
        // An empty id would mean the own company.
        client
            .company(&empty)
            .update(&UpdateCompany::new().name("x"))
            .await
            .unwrap_err(),
        client.company(&empty).get().await.unwrap_err(),
        client.company(&empty).delete().await.unwrap_err(),
        client.company(&empty).license().await.unwrap_err(),
    ];
    let fields = [
        "name",
        "name",
        "type",
        "skip2FAPeriod",
        "id",
        "companyId",
        "companyId",
        "companyId",
    ];
    for (error, field) in errors.iter().zip(fields) {
        assert_eq!(
            error.kind(),
            gravityzone::ErrorKind::InvalidInput,
            "{error}"
        );
        assert!(error.message().contains(field), "{error}");
        assert_eq!(error.delivery(), client_core::Delivery::NotSent);
    }
    assert!(console.asked().is_empty());
}

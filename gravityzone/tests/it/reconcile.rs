//! The destination of `reconcile`: what it observes and what its looks find.

use std::collections::BTreeSet;

use gravityzone::reconcile::{Destination, ObserveOptions, PackagesOf, Stage};
use reconcile::execution::{Contents, Destination as _, DestinationProbe, Finding, Kit};
use reconcile::identity::{EntityRef, Fingerprint, Kind, SecretText};
use reconcile::inventory::{Coverage, Index, Observation, Organization, Reading, Role, Sort};
use serde_json::{Value, json};

use crate::console::{
    ACME, Answer, Asked, BETA, Console, FOLDER, PACKAGE, PARTNER, ROOT, company, root,
};
use crate::tree::estate;

const LINK: &str = "https://downloads.invalid/setupdownloader_[QUJD].exe";

/// The estate with licences, packages, links and machines.
fn tenant(asked: &Asked) -> Answer {
    let of = asked.params["companyId"].as_str();
    match asked.method.as_str() {
        "getApiKeyDetails" => Answer::Result(
            json!({"enabledApis": ["packages", "companies", "network", "licensing"]}),
        ),
        "getLicenseInfo" => Answer::Result(json!({
            "subscriptionType": 3, "assignedProductType": 0, "assignedProtectionModel": "mspSecure",
            "manageEventCorrelator": of == Some(ACME),
        })),
        "getPackagesList" => match of {
            Some(ROOT) => Answer::Error(-32602, "The ID of a managed company is expected."),
            Some(ACME) => Answer::Result(
                json!({"total": 1, "items": [{"id": PACKAGE, "name": "site-1", "type": 4}]}),
            ),
            _ => Answer::Result(json!({"total": 0, "items": []})),
        },
        "getPackageDetails" => Answer::Result(json!({
            "packageName": "site-1", "modules": {"antimalware": 1, "firewall": 1}, "roles": {"exchange": 1},
        })),
        "getInstallationLinks" => Answer::Result(json!([
            {"packageName": "site-1", "companyId": BETA, "installLinkWindows": "https://downloads.invalid/other"},
            {"packageName": "site-1", "companyId": ACME, "installLinkWindows": LINK, "status": {"windows": 2}},
        ])),
        "getNetworkInventoryItems" => Answer::Result(json!({
            "total": 3, "hasMoreRecords": false,
            "items": [
                {"id": "e1", "name": "A", "type": 5, "companyId": ACME, "details": {"isManaged": true}},
                {"id": "e2", "name": "B", "type": 6, "companyId": BETA, "details": {"isManaged": true}},
                {"id": "e3", "name": "C", "type": 5, "companyId": ACME, "details": {"isManaged": false}},
            ],
        })),
        _ => estate(asked),
    }
}

async fn destination(
    answer: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
) -> (Console, Destination) {
    let console = Console::start(move |asked| answer(asked).unwrap_or_else(|| tenant(asked))).await;
    let destination = Destination::connect(console.client()).await.unwrap();
    (console, destination)
}

fn of_company(destination: &Destination, id: &str) -> EntityRef {
    destination.instance().entity(Kind::COMPANY, id)
}

async fn observe(destination: &Destination) -> Observation {
    let options = ObserveOptions::default().packages(PackagesOf::All);
    destination.observe(&options, |_| {}).await
}

/// F001: the tenant is the console and the root company.
#[tokio::test]
async fn f001_an_instance_is_a_console_and_a_root_company() {
    let (console, destination) = destination(|_| None).await;
    assert_eq!(destination.instance().vendor.as_str(), "gravityzone");
    assert_eq!(
        destination.instance().tenant,
        format!("{}/{ROOT}", console.authority())
    );
    assert_eq!(destination.root(), of_company(&destination, ROOT));
    let control = destination.probe(&DestinationProbe::Control).await;
    assert_eq!(control, Finding::Control(destination.instance().clone()));
}

#[tokio::test]
async fn the_whole_tenant_is_observed_in_parts() {
    let (_console, destination) = destination(|_| None).await;
    let mut stages = Vec::new();
    let options = ObserveOptions::default()
        .packages(PackagesOf::All)
        .at_once(2);
    let observation = destination
        .observe(&options, |progress| stages.push(progress.stage))
        .await;
    let index = Index::new(&observation);
    assert_eq!(index.organizations_reading(), Reading::Complete);
    assert_eq!(observation.scope.root, destination.instance().root());
    assert_eq!(
        observation.scope.rights,
        Some(Fingerprint::of("companies\nlicensing\nnetwork\npackages"))
    );

    let entity = |id| of_company(&destination, id);
    let folder = destination.instance().entity(Kind::FOLDER, FOLDER);
    let place = |entity: &EntityRef| -> (Role, Option<EntityRef>, Option<EntityRef>) {
        let row: &Organization = index.organization(entity).unwrap();
        (row.role, row.parent.clone(), row.partner.clone())
    };
    assert_eq!(place(&entity(ROOT)), (Role::Partner, None, None));
    assert_eq!(
        place(&entity(PARTNER)),
        (Role::Partner, Some(entity(ROOT)), Some(entity(ROOT)))
    );
    assert_eq!(
        place(&entity(BETA)),
        (Role::Customer, Some(entity(PARTNER)), Some(entity(PARTNER)))
    );
    assert_eq!(
        place(&folder),
        (Role::Folder, Some(entity(ROOT)), Some(entity(ROOT)))
    );
    // Folders do not count as partners.
    assert_eq!(
        place(&entity(ACME)),
        (Role::Customer, Some(folder.clone()), Some(entity(ROOT)))
    );

    let acme = index.organization(&entity(ACME)).unwrap();
    assert_eq!(
        (acme.suspended, acme.managed_by_us),
        (Some(false), Some(true))
    );
    let subscription = acme.subscription.as_ref().unwrap();
    assert_eq!(
        subscription.to_string(),
        "monthly, endpoint-security, mspSecure, shared seats, add-ons edr"
    );

    let packages = index.packages(&entity(ACME));
    assert_eq!(packages.len(), 1);
    assert_eq!(
        packages[0].entity,
        destination.instance().entity(Kind::PACKAGE, PACKAGE)
    );
    assert_eq!(
        packages[0].link,
        Some(Fingerprint::of(LINK)),
        "the link of this company, not of another"
    );
    let modules: Vec<_> = packages[0]
        .modules
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    assert_eq!(modules, ["antimalware", "exchange-protection", "firewall"]);
    for id in [ROOT, PARTNER, BETA, ACME] {
        assert_eq!(
            index.reading(&entity(id), Sort::Packages),
            Reading::Complete,
            "{id}"
        );
    }
    // An empty list of a partner is a list all the same.
    for parent in [
        destination.instance().root(),
        entity(ROOT),
        entity(PARTNER),
        folder,
    ] {
        assert_eq!(
            index.reading(&parent, Sort::Organizations),
            Reading::Complete,
            "{parent}"
        );
    }
    for stage in [Stage::Tree, Stage::Subscriptions, Stage::Packages] {
        assert!(stages.contains(&stage), "{stage:?}");
    }
    let text = format!(
        "{observation:?} {}",
        serde_json::to_string(&observation).unwrap()
    );
    assert!(!text.contains("downloads.invalid"), "no link is kept");
}

#[tokio::test]
async fn packages_are_read_of_whom_they_are_asked() {
    let (console, destination) = destination(|_| None).await;
    let nobody = destination
        .observe(&ObserveOptions::default().subscriptions(false), |_| {})
        .await;
    assert_eq!(
        console.count("getPackagesList") + console.count("getLicenseInfo"),
        0
    );
    assert_eq!(
        Index::new(&nobody).reading(&of_company(&destination, ACME), Sort::Packages),
        Reading::Missing
    );
    let these = PackagesOf::These(BTreeSet::from([of_company(&destination, ACME)]));
    destination
        .observe(&ObserveOptions::default().packages(these), |_| {})
        .await;
    assert_eq!(console.count("getPackagesList"), 1);
}

fn partial<'o>(index: &Index<'o>, of: &EntityRef, sort: Sort) -> &'o str {
    match index.reading(of, sort) {
        Reading::Partial(reason) => reason,
        other => panic!("{of}: {other:?}"),
    }
}

/// What could not be read makes its part partial and nothing else, and no row disappears.
#[tokio::test]
async fn failures_stay_in_their_part() {
    let (_console, destination) = destination(|asked| {
        let is_beta = asked.method == "getCompanyDetails" && asked.params["companyId"] == BETA;
        let is_links = asked.method == "getInstallationLinks";
        (is_beta || is_links).then(|| Answer::Error(-32000, "Something of its own."))
    })
    .await;
    let observation = observe(&destination).await;
    let index = Index::new(&observation);
    let entity = |id| of_company(&destination, id);
    assert!(partial(&index, &entity(PARTNER), Sort::Organizations).contains(BETA));
    assert_eq!(
        index.reading(&entity(ROOT), Sort::Organizations),
        Reading::Complete
    );
    let beta = index.organization(&entity(BETA)).unwrap();
    assert_eq!(
        (beta.name.as_str(), beta.suspended, beta.partner.clone()),
        ("Beta", None, Some(entity(PARTNER)))
    );
    assert!(partial(&index, &entity(ACME), Sort::Packages).contains("links"));
    assert_eq!(index.packages(&entity(ACME))[0].link, None);
    assert_eq!(
        index.reading(&entity(BETA), Sort::Packages),
        Reading::Complete
    );
}

#[tokio::test]
async fn an_unreadable_root_is_an_observation_of_nothing() {
    let times = std::sync::atomic::AtomicUsize::new(0);
    let (_console, destination) = destination(move |asked| {
        let is_own = asked.method == "getCompanyDetails" && asked.params.get("companyId").is_none();
        let connected = is_own && times.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0;
        connected.then(|| {
            Answer::Status(
                403,
                -32000,
                "API Key is not allowed to access the selected API: companies",
            )
        })
    })
    .await;
    let observation = observe(&destination).await;
    assert_eq!(observation.segments.len(), 1);
    assert!(matches!(
        &observation.segments[0].coverage,
        Coverage::Partial(_)
    ));
    assert!(matches!(
        destination.probe(&DestinationProbe::Control).await,
        Finding::Unknown(_)
    ));
}

/// A key without General or Licensing still observes; it knows less.
#[tokio::test]
async fn a_key_with_fewer_rights_observes_less() {
    let (console, destination) = destination(|asked| {
        let refused = asked.method == "getApiKeyDetails" || asked.method == "getLicenseInfo";
        refused.then(|| {
            Answer::Error(
                -32001,
                "API Key is not allowed to access the selected API: x",
            )
        })
    })
    .await;
    let observation = observe(&destination).await;
    assert_eq!(observation.scope.rights, None);
    let index = Index::new(&observation);
    assert_eq!(index.organizations_reading(), Reading::Complete);
    assert!(index.organizations().all(|row| row.subscription.is_none()));
    assert_eq!(console.count("getLicenseInfo"), 1, "one refusal is enough");
}

/// A company that its partner may not manage hides its network: empty lists say nothing.
#[tokio::test]
async fn a_hidden_company_proves_nothing() {
    let (_console, destination) = destination(|asked| {
        let is_acme = asked.method == "getCompanyDetails" && asked.params["companyId"] == ACME;
        is_acme.then(|| {
            let mut acme = company(ACME, "Acme", 1, ROOT);
            acme["canBeManagedByAbove"] = Value::Bool(false);
            Answer::Result(acme)
        })
    })
    .await;
    let acme = of_company(&destination, ACME);
    let observation = observe(&destination).await;
    let index = Index::new(&observation);
    assert_eq!(
        index.organization(&acme).unwrap().managed_by_us,
        Some(false)
    );
    assert!(partial(&index, &acme, Sort::Packages).contains("hidden"));
    assert!(matches!(
        destination.probe(&DestinationProbe::Contents(acme)).await,
        Finding::Unknown(_)
    ));
}

#[tokio::test]
async fn a_company_by_its_id() {
    let (_console, destination) = destination(|_| None).await;
    let look = async |entity| destination.probe(&DestinationProbe::Company(entity)).await;
    let Finding::Organization(Some(beta)) = look(of_company(&destination, BETA)).await else {
        panic!("Beta is there")
    };
    assert_eq!((beta.name.as_str(), beta.role), ("Beta", Role::Customer));
    assert_eq!(beta.partner, Some(of_company(&destination, PARTNER)));
    assert_eq!(
        look(of_company(&destination, "0123456789abcdef0000beef")).await,
        Finding::Organization(None)
    );
    // Another tenant's company, and a folder, are no question for this side.
    let mut foreign = of_company(&destination, BETA);
    foreign.instance.tenant = "elsewhere/1".into();
    assert!(matches!(look(foreign).await, Finding::Unknown(_)));
    assert!(matches!(
        look(destination.instance().entity(Kind::FOLDER, FOLDER)).await,
        Finding::Unknown(_)
    ));
}

/// Only the vendor's word about the id is an absence.
#[tokio::test]
async fn other_refusals_are_no_absence() {
    for answer in [
        (|| Answer::Error(-32001, "Authorization failed.")) as fn() -> Answer,
        || {
            Answer::Status(
                403,
                -32000,
                "API Key is not allowed to access the selected API: companies",
            )
        },
        || Answer::Raw(wiremock::ResponseTemplate::new(429)),
        || Answer::Raw(wiremock::ResponseTemplate::new(404)),
        || Answer::Raw(wiremock::ResponseTemplate::new(503)),
        || Answer::Result(company(BETA, "Beta", 1, ROOT)),
    ] {
        let (_console, destination) = destination(move |asked| {
            let is_acme = asked.method == "getCompanyDetails" && asked.params["companyId"] == ACME;
            is_acme.then(answer)
        })
        .await;
        let finding = destination
            .probe(&DestinationProbe::Company(of_company(&destination, ACME)))
            .await;
        assert!(matches!(finding, Finding::Unknown(_)), "{finding:?}");
    }
}

#[tokio::test]
async fn companies_by_name_come_with_their_place() {
    let (_console, destination) = destination(|asked| match asked.method.as_str() {
        "findCompaniesByName" if asked.params["nameFilter"] == "beta" => {
            Some(Answer::Result(json!([
                company(BETA, "Beta", 1, PARTNER),
                company(ACME, "Beta Two", 1, ROOT)
            ])))
        }
        // A console that does not tell the parent: the tree is walked.
        "findCompaniesByName" if asked.params["nameFilter"] == "acme" => {
            Some(Answer::Result(json!([company(ACME, "Acme", 1, "")])))
        }
        "findCompaniesByName" => Some(Answer::Result(json!([]))),
        _ => None,
    })
    .await;
    let look = async |name: &str| match destination
        .probe(&DestinationProbe::CompaniesNamed(name.into()))
        .await
    {
        Finding::Organizations(found) => found
            .into_iter()
            .map(|found| {
                (
                    found.entity.id,
                    found.parent.unwrap().id,
                    found.partner.unwrap().id,
                )
            })
            .collect(),
        other => panic!("{name}: {other:?}"),
    };
    let beta: Vec<(String, String, String)> = look("beta").await;
    assert_eq!(
        beta,
        [(BETA.to_owned(), PARTNER.to_owned(), PARTNER.to_owned())]
    );
    assert_eq!(
        look("acme").await,
        [(ACME.to_owned(), FOLDER.to_owned(), ROOT.to_owned())]
    );
    assert!(look("nobody").await.is_empty());
}

#[tokio::test]
async fn a_name_is_unknown_if_the_search_fails() {
    let (_console, destination) = destination(|asked| {
        (asked.method == "findCompaniesByName")
            .then(|| Answer::Raw(wiremock::ResponseTemplate::new(503)))
    })
    .await;
    let finding = destination
        .probe(&DestinationProbe::CompaniesNamed("Acme".into()))
        .await;
    assert!(matches!(finding, Finding::Unknown(_)), "{finding:?}");
}

/// U02: what a company still holds, without other companies' machines.
#[tokio::test]
async fn contents_are_counted_by_company() {
    let (console, destination) = destination(|_| None).await;
    let look = async |id| {
        destination
            .probe(&DestinationProbe::Contents(of_company(&destination, id)))
            .await
    };
    assert_eq!(
        look(ACME).await,
        Finding::Contents(Contents {
            children: 0,
            endpoints: 2
        })
    );
    assert_eq!(
        look(PARTNER).await,
        Finding::Contents(Contents {
            children: 1,
            endpoints: 0
        })
    );
    let asked = console
        .asked()
        .into_iter()
        .find(|asked| asked.method == "getNetworkInventoryItems")
        .unwrap();
    assert_eq!(asked.params["parentId"], ACME);
    assert_eq!(
        asked.params["filters"]["depth"]["allItemsRecursively"],
        true
    );
    assert!(matches!(
        look("0123456789abcdef0000beef").await,
        Finding::Unknown(_)
    ));
}

/// Machines whose company is not told may belong to anybody; a list that is short proves nothing.
#[tokio::test]
async fn contents_are_unknown_where_the_inventory_is_not_sound() {
    for page in [
        json!({"total": 1, "hasMoreRecords": false, "items": [{"id": "e1", "name": "A", "type": 5}]}),
        json!({"total": 2, "hasMoreRecords": false, "items": []}),
        json!({"total": 1, "hasMoreRecords": false, "items": [{"id": "e1", "name": {}, "type": 5, "companyId": ACME}]}),
    ] {
        let (_console, destination) = destination(move |asked| {
            (asked.method == "getNetworkInventoryItems").then(|| Answer::Result(page.clone()))
        })
        .await;
        let finding = destination
            .probe(&DestinationProbe::Contents(of_company(&destination, ACME)))
            .await;
        assert!(matches!(finding, Finding::Unknown(_)), "{finding:?}");
    }
}

#[tokio::test]
async fn packages_by_name_come_with_their_modules() {
    let (console, destination) = destination(|_| None).await;
    let look = async |id, name: &str| {
        let probe = DestinationProbe::PackagesNamed {
            company: of_company(&destination, id),
            name: name.into(),
        };
        match destination.probe(&probe).await {
            Finding::Packages(packages) => packages,
            other => panic!("{other:?}"),
        }
    };
    let found = look(ACME, "site-1").await;
    assert_eq!(found.len(), 1);
    assert!(
        found[0]
            .modules
            .as_ref()
            .unwrap()
            .contains("exchange-protection")
    );
    assert_eq!(found[0].company, of_company(&destination, ACME));
    assert!(look(ACME, "SITE-1").await.is_empty(), "names are exact");
    assert!(
        look(ROOT, "site-1").await.is_empty(),
        "the root's list is asked for without its id"
    );
    assert_eq!(console.count("getPackageDetails"), 1);
}

/// F036: the link is handed out verbatim, once its kit is ready, and only that of the company.
#[tokio::test]
async fn f036_a_kit_is_ready_with_its_own_link() {
    let row = |company: &str, status: Value| json!({"packageName": "site-1", "companyId": company, "installLinkWindows": LINK, "status": status});
    let ready = Finding::Kit(Kit::Ready(SecretText::new(LINK)));
    let building = Finding::Kit(Kit::Building);
    for (rows, wanted) in [
        (
            json!([row(ACME, json!({"windows": 2}))]),
            Some(ready.clone()),
        ),
        (json!([row(ACME, json!({}))]), Some(ready.clone())),
        (
            json!([
                row(BETA, json!({"windows": 2})),
                row(ACME, json!({"windows": 2}))
            ]),
            Some(ready),
        ),
        (
            json!([row(ACME, json!({"windows": 1}))]),
            Some(building.clone()),
        ),
        (
            json!([{"packageName": "site-1", "companyId": ACME}]),
            Some(building.clone()),
        ),
        (
            json!([row(BETA, json!({"windows": 2}))]),
            Some(building.clone()),
        ),
        (json!([]), Some(building)),
        (json!([{"packageName": "site-1", "companyId": [7]}]), None),
        (
            json!([{"packageName": "site-1", "installLinkWindows": LINK}]),
            None,
        ),
    ] {
        let (_console, destination) = destination({
            let rows = rows.clone();
            move |asked| {
                (asked.method == "getInstallationLinks").then(|| Answer::Result(rows.clone()))
            }
        })
        .await;
        let probe = DestinationProbe::Kit {
            company: of_company(&destination, ACME),
            package: destination.instance().entity(Kind::PACKAGE, PACKAGE),
            name: "site-1".into(),
        };
        let finding = destination.probe(&probe).await;
        match wanted {
            Some(wanted) => assert_eq!(finding, wanted, "{rows}"),
            None => assert!(
                matches!(finding, Finding::Unknown(_)),
                "{rows}: {finding:?}"
            ),
        }
        assert!(!format!("{finding:?}").contains("downloads.invalid"));
    }
}

/// The root is read without its id everywhere.
#[tokio::test]
async fn the_root_is_never_asked_for_packages_by_id() {
    let (console, destination) = destination(|_| None).await;
    observe(&destination).await;
    let asked = console.asked();
    let by_root = asked
        .iter()
        .filter(|asked| asked.path.ends_with("packages") && asked.params["companyId"] == ROOT);
    assert_eq!(by_root.count(), 0);
    assert_eq!(root()["id"], ROOT);
}

/// U02: endpoints are read below each company, without those of companies below it.
#[tokio::test]
async fn u02_endpoints_are_devices_of_their_company_and_a_broken_list_is_partial() {
    let (console, destination) = destination(|asked| {
        if asked.method != "getEndpointsList" {
            return None;
        }
        Some(match asked.params["parentId"].as_str() {
            Some(ACME) => Answer::Result(json!({"total": 3, "items": [
                {"id": "e1", "name": "PC-1", "companyId": ACME, "isManaged": true, "managedWithBest": true,
                 "operatingSystemVersion": "Windows 11 Pro", "ip": "10.0.0.5", "macs": ["0011.22aa.bbcc", "n/a"]},
                {"id": "e2", "name": "PC-2", "isManaged": false, "ip": "127.0.0.1", "macs": ["001122AABBCD"]},
                {"id": "e3", "name": "PC-3", "companyId": BETA, "isManaged": true},
            ]})),
            _ => Answer::Error(-32000, "An internal error."),
        })
    })
    .await;
    let (acme, beta) = (
        of_company(&destination, ACME),
        of_company(&destination, BETA),
    );
    let foreign = reconcile::identity::Instance::new(gravityzone::reconcile::vendor(), "other");
    let foreign = foreign.entity(Kind::COMPANY, ACME);
    let observed = destination
        .observe_endpoints([&acme, &beta, &foreign])
        .await;
    let index = Index::new(&observed);
    assert!(matches!(
        index.reading(&acme, Sort::Devices),
        Reading::Complete
    ));
    for of in [&beta, &foreign] {
        assert!(
            matches!(index.reading(of, Sort::Devices), Reading::Partial(_)),
            "{of}"
        );
    }
    let of_acme = observed.segments.iter().find(|segment| segment.of == acme);
    let Some(reconcile::inventory::Rows::Devices(devices)) = of_acme.map(|segment| &segment.rows)
    else {
        panic!("{observed:?}")
    };
    let told: Vec<_> = devices
        .iter()
        .map(|device| {
            let macs: Vec<_> = device.macs.iter().map(ToString::to_string).collect();
            let ips: Vec<_> = device.ips.iter().map(ToString::to_string).collect();
            let field = |name: &str| device.fields.get(name).map(String::as_str);
            let managed = (field("isManaged"), field("managedWithBest"));
            (device.name.as_str(), macs, ips, managed)
        })
        .collect();
    let text = |text: &str| vec![text.to_owned()];
    assert_eq!(
        told,
        [
            (
                "PC-1",
                text("00:11:22:aa:bb:cc"),
                text("10.0.0.5"),
                (Some("true"), Some("true"))
            ),
            (
                "PC-2",
                text("00:11:22:aa:bb:cd"),
                vec![],
                (Some("false"), Some("false"))
            ),
        ]
    );
    let asked = console.asked();
    let lists = asked
        .iter()
        .filter(|asked| asked.method == "getEndpointsList");
    for list in lists {
        let depth = &list.params["filters"]["depth"]["allItemsRecursively"];
        assert_eq!(*depth, true, "endpoints in groups too");
    }
}

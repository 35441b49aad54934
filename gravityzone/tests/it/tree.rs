//! The walk over the company tree.

use gravityzone::ErrorKind;
use gravityzone::companies::CompanyId;
use gravityzone::network::{FolderId, NodeId, TreeOptions};
use serde_json::{Value, json};

use crate::console::{ACME, Answer, Asked, BETA, Console, FOLDER, PARTNER, ROOT, company, root};

/// Root → partner → Beta, and root → folder → Acme.
pub(crate) fn estate(asked: &Asked) -> Answer {
    let parent = asked.params["parentId"].as_str();
    match asked.method.as_str() {
        "getCompanyDetails" => match asked.params["companyId"].as_str() {
            None | Some(ROOT) => Answer::Result(root()),
            Some(ACME) => Answer::Result(company(ACME, "Acme", 1, ROOT)),
            Some(BETA) => Answer::Result(company(BETA, "Beta", 1, PARTNER)),
            Some(PARTNER) => Answer::Result(company(PARTNER, "Sub-partner", 0, ROOT)),
            Some(_) => Answer::Error(-32602, "Invalid value for 'companyId' parameter."),
        },
        "getCompaniesList" => match parent {
            None | Some(ROOT) => Answer::Result(json!([{"id": PARTNER, "name": "Sub-partner"}])),
            Some(PARTNER) => Answer::Result(json!([{"id": BETA, "name": "Beta"}])),
            Some(FOLDER) => Answer::Result(json!([{"id": ACME, "name": "Acme"}])),
            Some(_) => Answer::Error(-32602, "Invalid value for 'parentId' parameter."),
        },
        "getCompanyFoldersList" => match parent {
            None | Some(ROOT) => Answer::Result(json!([{"id": FOLDER, "name": "North"}])),
            Some(FOLDER) => Answer::Error(-32602, "Invalid value for 'parentId' parameter."),
            Some(_) => Answer::Result(json!([])),
        },
        _ => Answer::Error(-32601, "Method not found"),
    }
}

fn node(id: &str) -> NodeId {
    NodeId::Company(CompanyId::new(id))
}

#[tokio::test]
async fn the_tree_is_read_through_partners_and_folders() {
    let console = Console::start(estate).await;
    let mut heard = Vec::new();
    let tree = console
        .client()
        .network()
        .tree_with(&TreeOptions::default(), |progress| {
            heard.push(progress.read);
        })
        .await
        .unwrap();
    assert!(tree.is_complete());
    assert_eq!(tree.root.id.as_str(), ROOT);
    assert_eq!(
        tree.parent_of(&node(ACME)),
        Some(&NodeId::Folder(FolderId::new(FOLDER)))
    );
    assert_eq!(tree.partner_of(&node(ACME)), Some(&CompanyId::new(ROOT)));
    assert_eq!(tree.partner_of(&node(BETA)), Some(&CompanyId::new(PARTNER)));
    let mut parents: Vec<_> = tree
        .listings
        .iter()
        .map(|listing| listing.parent.as_str())
        .collect();
    parents.sort_unstable();
    assert_eq!(parents, [ROOT, PARTNER, FOLDER]);
    assert!(tree.nodes().all(|node| node.failure.is_none()));
    // Customers are known by their details, so nobody asks them for children.
    assert_eq!(console.count("getCompaniesList"), 3);
    assert_eq!(heard.len(), 5, "root, partner, folder and two customers");
}

/// Without details customers are known by their refusal: no children, and no failure.
#[tokio::test]
async fn a_customers_refusal_means_no_children() {
    let console = Console::start(estate).await;
    let options = TreeOptions::default().without_details().at_once(1);
    let tree = console.client().network().tree(&options).await.unwrap();
    assert!(tree.is_complete());
    assert_eq!(tree.nodes().count(), 4);
    assert_eq!(console.count("getCompanyDetails"), 1, "the root only");
}

async fn failing(fails: fn(&Asked) -> Option<Answer>) -> gravityzone::network::CompanyTree {
    let console = Console::start(move |asked| fails(asked).unwrap_or_else(|| estate(asked))).await;
    console
        .client()
        .network()
        .tree(&TreeOptions::default())
        .await
        .unwrap()
}

/// N02: each list fails by itself; what hangs below a failed one is unknown, not gone.
#[tokio::test]
async fn n02_every_list_is_whole_or_failed_by_itself() {
    let tree = failing(|asked| {
        let is_it = asked.method == "getCompaniesList" && asked.params["parentId"] == PARTNER;
        is_it.then(|| Answer::Error(-32000, "Something of its own."))
    })
    .await;
    assert!(!tree.is_complete());
    let failed: Vec<_> = tree
        .listings
        .iter()
        .filter(|listing| listing.failure.is_some())
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].parent, node(PARTNER));
    assert!(tree.nodes().any(|node| node.id.as_str() == ACME));

    // A partner that refuses like a customer is no customer.
    let tree = failing(|asked| {
        let is_it = asked.method == "getCompaniesList" && asked.params["parentId"] == PARTNER;
        is_it.then(|| Answer::Error(-32602, "Invalid value for 'parentId' parameter."))
    })
    .await;
    assert_eq!(
        tree.first_failure().map(gravityzone::Error::kind),
        Some(ErrorKind::InvalidInput)
    );

    // Folders that cannot be read may hold companies.
    let tree = failing(|asked| {
        let is_it = asked.method == "getCompanyFoldersList" && asked.params["parentId"] == ROOT;
        is_it.then(|| Answer::Error(-32000, "Something of its own."))
    })
    .await;
    assert!(!tree.is_complete());
}

#[tokio::test]
async fn details_that_cannot_be_read_stay_with_their_node() {
    let tree = failing(|asked| {
        let is_it = asked.method == "getCompanyDetails" && asked.params["companyId"] == ACME;
        is_it.then(|| Answer::Error(-32000, "Something of its own."))
    })
    .await;
    let acme = tree.nodes().find(|node| node.id.as_str() == ACME).unwrap();
    assert_eq!(acme.name, "Acme");
    assert!(acme.company.is_none() && acme.failure.is_some());
    assert!(tree.is_complete(), "the lists were read");
}

#[tokio::test]
async fn a_bad_row_fails_its_list_and_spares_the_others() {
    let tree = failing(|asked| {
        let is_it = asked.method == "getCompaniesList" && asked.params["parentId"] == ROOT;
        is_it.then(|| {
            Answer::Result(json!([{"id": PARTNER, "name": "Sub-partner"}, {"id": "x", "name": 7}]))
        })
    })
    .await;
    assert_eq!(
        tree.first_failure().map(gravityzone::Error::kind),
        Some(ErrorKind::Decode)
    );
    assert!(tree.nodes().any(|node| node.id.as_str() == BETA));
}

#[tokio::test]
async fn a_circle_ends() {
    let tree = failing(|asked| {
        let is_it = asked.method == "getCompaniesList" && asked.params["parentId"] == PARTNER;
        let rows: Value = json!([{"id": ROOT, "name": "Example Partner"}, {"id": PARTNER, "name": "Sub-partner"}]);
        is_it.then(|| Answer::Result(rows))
    })
    .await;
    assert_eq!(
        tree.first_failure().map(gravityzone::Error::kind),
        Some(ErrorKind::Paging)
    );
    assert_eq!(
        tree.nodes()
            .filter(|node| node.id.as_str() == PARTNER)
            .count(),
        1
    );
}

/// A key of a customer has nothing below its company and may not ask for lists.
#[tokio::test]
async fn a_customers_key_sees_its_company_alone() {
    let console = Console::with(&[("getCompanyDetails", company(ACME, "Acme", 1, ""))]).await;
    let tree = console
        .client()
        .network()
        .tree(&TreeOptions::default())
        .await
        .unwrap();
    assert_eq!(tree.nodes().count(), 0);
    assert_eq!(console.asked().len(), 1);
}

//! Listings: their ends, their odd pages, and what makes them untrustworthy.

use gravityzone::ErrorKind;
use gravityzone::companies::CompanyId;
use gravityzone::network::{ListEndpoints, ListInventory};
use serde_json::{Value, json};

use crate::console::{ACME, Answer, Console};

fn machine(n: usize) -> Value {
    json!({"id": format!("e{n}"), "name": format!("PC-{n}"), "type": 5, "companyId": ACME, "details": {"isManaged": true}})
}

/// A console with these pages.
async fn paged(pages: Vec<Value>) -> Console {
    Console::start(move |asked| {
        let page = usize::try_from(asked.params["page"].as_u64().unwrap()).unwrap();
        Answer::Result(
            pages
                .get(page - 1)
                .cloned()
                .unwrap_or_else(|| json!({"items": []})),
        )
    })
    .await
}

async fn inventory(console: &Console, per_page: u32) -> Result<Vec<String>, gravityzone::Error> {
    let list = ListInventory::below(ACME).per_page(per_page);
    let items = console
        .client()
        .network()
        .inventory(&list)
        .collect_all()
        .await?;
    Ok(items.into_iter().map(|item| item.id.to_string()).collect())
}

/// Version 1.1: totals on page 1 only, `hasMoreRecords` on every page.
#[tokio::test]
async fn totals_come_with_the_first_page_only() {
    let console = paged(vec![
        json!({"total": 5, "page": 1, "perPage": 2, "pagesCount": 3, "hasMoreRecords": true, "items": [machine(1), machine(2)]}),
        json!({"page": 2, "perPage": 2, "hasMoreRecords": true, "items": [machine(3), machine(4)]}),
        json!({"page": 3, "perPage": 2, "hasMoreRecords": false, "items": [machine(5)]}),
    ])
    .await;
    assert_eq!(
        inventory(&console, 2).await.unwrap(),
        ["e1", "e2", "e3", "e4", "e5"]
    );
    let pages: Vec<_> = console
        .asked()
        .iter()
        .map(|asked| asked.params["page"].clone())
        .collect();
    assert_eq!(pages, [json!(1), json!(2), json!(3)]);
}

#[tokio::test]
async fn without_has_more_records_the_first_pages_count_is_remembered() {
    let console = paged(vec![
        json!({"total": 3, "pagesCount": 2, "items": [machine(1), machine(2)]}),
        json!({"items": [machine(3)]}),
    ])
    .await;
    assert_eq!(inventory(&console, 2).await.unwrap().len(), 3);
    assert_eq!(console.asked().len(), 2);
}

#[tokio::test]
async fn an_empty_listing_may_leave_out_its_members() {
    for empty in [
        json!({"total": 0, "pagesCount": 0, "items": []}),
        json!({"total": 0}),
        json!([]),
    ] {
        let console = paged(vec![empty]).await;
        assert_eq!(inventory(&console, 2).await.unwrap(), Vec::<String>::new());
    }
}

/// N02: rows that are missing must not look deleted.
#[tokio::test]
async fn n02_a_listing_that_is_shorter_than_it_says_is_an_error() {
    let console = paged(vec![
        json!({"total": 4, "pagesCount": 2, "hasMoreRecords": true, "items": [machine(1), machine(2)]}),
        json!({"hasMoreRecords": false, "items": [machine(3)]}),
    ])
    .await;
    assert_eq!(
        inventory(&console, 2).await.unwrap_err().kind(),
        ErrorKind::Paging
    );
    let lenient = ListInventory::below(ACME).per_page(2).ignoring_total();
    let items = console
        .client()
        .network()
        .inventory(&lenient)
        .collect_all()
        .await
        .unwrap();
    assert_eq!(items.as_slice().len(), 3);
}

#[tokio::test]
async fn a_listing_that_goes_round_is_an_error() {
    let page = json!({"total": 90, "hasMoreRecords": true, "items": [machine(1), machine(2)]});
    let console = paged(vec![page.clone(), page.clone(), page]).await;
    assert_eq!(
        inventory(&console, 2).await.unwrap_err().kind(),
        ErrorKind::Paging
    );
}

/// Rows shift while pages are read: what comes twice counts once.
#[tokio::test]
async fn rows_that_moved_between_pages_count_once() {
    let console = paged(vec![
        json!({"total": 4, "hasMoreRecords": true, "items": [machine(1), machine(2)]}),
        json!({"hasMoreRecords": false, "items": [machine(2), machine(3)]}),
    ])
    .await;
    assert_eq!(inventory(&console, 2).await.unwrap(), ["e1", "e2", "e3"]);
}

/// A page that fails fails the listing.
#[tokio::test]
async fn a_failed_page_fails_the_listing() {
    let console = Console::start(|asked| match asked.params["page"].as_u64() {
        Some(1) => Answer::Result(
            json!({"total": 3, "hasMoreRecords": true, "items": [machine(1), machine(2)]}),
        ),
        _ => Answer::Error(-32602, "Invalid value for 'page' parameter."),
    })
    .await;
    assert_eq!(
        inventory(&console, 2).await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    let gathered = console
        .client()
        .network()
        .inventory(&ListInventory::below(ACME).per_page(2))
        .gather()
        .await;
    assert_eq!(gathered.as_slice().len(), 2);
    assert!(gathered.error().is_some());
}

/// N20, U16: one bad row does not hide the good ones, and does not disappear.
#[tokio::test]
async fn a_bad_row_is_surfaced() {
    let bad = json!({"id": "e2", "name": {"canary": 1}, "type": 5});
    let console = paged(vec![
        json!({"total": 2, "hasMoreRecords": false, "items": [machine(1), bad]}),
    ])
    .await;
    assert_eq!(
        inventory(&console, 2).await.unwrap_err().kind(),
        ErrorKind::Decode
    );
    let list = ListInventory::below(ACME).per_page(2);
    let rows = console
        .client()
        .network()
        .inventory(&list)
        .decoded()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(rows.as_slice().len(), 2);
    assert_eq!(
        rows.as_slice()
            .iter()
            .filter(|row| row.as_item().is_some())
            .count(),
        1
    );
}

/// Bare lists take no paging parameters, and none are sent.
#[tokio::test]
async fn company_lists_send_no_paging() {
    let console = Console::start(|asked| {
        let has_paging =
            asked.params.get("page").is_some() || asked.params.get("perPage").is_some();
        if has_paging {
            Answer::Error(-32602, "Invalid params")
        } else {
            Answer::Result(json!([{"id": ACME, "name": "Acme"}]))
        }
    })
    .await;
    let rows = console
        .client()
        .company(&CompanyId::new(crate::console::ROOT))
        .children()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(rows.as_slice().len(), 1);
}

#[tokio::test]
async fn a_company_asks_for_endpoints_by_parent_and_recursively() {
    let console = paged(vec![json!({"total": 0, "items": []})]).await;
    console
        .client()
        .company(&CompanyId::new(ACME))
        .endpoints()
        .collect_all()
        .await
        .unwrap();
    let params = &console.asked()[0].params;
    assert_eq!(params["parentId"], ACME);
    assert!(params.get("companyId").is_none());
    assert_eq!(params["filters"]["depth"]["allItemsRecursively"], true);
    let list = ListEndpoints::default();
    console
        .client()
        .network()
        .endpoints(&list)
        .collect_all()
        .await
        .unwrap();
    assert!(console.asked()[1].params.get("parentId").is_none());
}

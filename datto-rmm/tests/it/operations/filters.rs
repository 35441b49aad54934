//! Device filters.

use client_core::Complete;
use datto_rmm::filters::{Filter, FilterId, FilterType};
use wiremock::ResponseTemplate;

use super::Case;
use crate::support::{SITE, json, line};

fn filters() -> ResponseTemplate {
    let body = r#"{"pageDetails":{"count":4,"totalCount":4,"prevPageUrl":null,"nextPageUrl":null},"filters":[
        {"id":7,"name":"All Servers","description":"Every server","type":"rmm_default","dateCreate":1767225600000,
        "lastUpdated":"2026-01-01T00:00:00Z","new":1},{"id":8,"type":"custom"},{"id":9,"type":"site"},
        {"id":10,"name":null,"description":null,"type":"shared","dateCreate":null,"lastUpdated":null}]}"#;
    json(200, body)
}

fn check(filters: &Complete<Vec<Filter>>) {
    let filters = filters.as_slice();
    assert_eq!(
        (filters[0].id, filters[0].name.as_deref()),
        (FilterId::new(7), Some("All Servers"))
    );
    assert_eq!(filters[0].description.as_deref(), Some("Every server"));
    assert_eq!(filters[0].date_created, filters[0].last_updated);
    assert!(filters[0].date_created.is_some() && filters[3].date_created.is_none());
    let kinds: Vec<_> = filters.iter().map(|filter| &filter.kind).collect();
    assert_eq!(
        kinds[..3],
        [
            &Some(FilterType::RmmDefault),
            &Some(FilterType::Custom),
            &Some(FilterType::Site)
        ]
    );
    assert_eq!(kinds[3].as_ref().unwrap().as_str(), "shared");
}

pub(super) async fn defaults(case: &Case) {
    let target = "/api/v2/filter/default-filters?max=250&page=0";
    case.wire.answer(line("GET", target), 1, filters()).await;
    check(
        &case
            .client
            .filters()
            .defaults()
            .collect_all()
            .await
            .unwrap(),
    );
}

pub(super) async fn custom(case: &Case) {
    let target = "/api/v2/filter/custom-filters?max=250&page=0";
    case.wire.answer(line("GET", target), 1, filters()).await;
    check(&case.client.filters().custom().collect_all().await.unwrap());
}

pub(super) async fn of_site(case: &Case) {
    let target = format!("/api/v2/site/{SITE}/filters?max=250&page=0");
    case.wire.answer(line("GET", target), 1, filters()).await;
    let listed = case.client.site(&case.site).filters().collect_all().await;
    check(&listed.unwrap());
}
